"""What comes to the desk over the network: commands in JSON, forms, lines of a feed."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from typing import Any, Final

from starlette.requests import Request
from tests.support.parsers.asking import Parser, as_text, texts

from answerable.errors import InputError
from answerable.notation import NotationError, json_as
from answerable.record.entry import Draft
from answerable.watch.commands import ReceiveCall, RequestAssistance
from answerable.web.bodies import FORM, MULTIPART, decoded, read_files, read_form
from answerable.web.headers import WHOLE_BODY
from answerable.web.intake import Decision

CALL: Final = {
    "id": "c-1", "place": "12 Alder Street", "nature": "Shouting", "facts": {"life_safety": True, "kind": "call"},
}  # fmt: skip
ASKED: Final = {"id": "r-1", "agency": "Federal Protective Service", "asks": "Four officers", "facts": {"priority": 2}}
DECISION: Final = {"do": "close", "id": "d-1", "about": "c-1", "reason_code": "OTHER", "reason_text": "Said so"}
DRAFT: Final = {"id": "a", "type": "call", "public": {"beat": "1"}, "private": {"place": "x"}}
BOUNDARY: Final = "----form"
PARTS: Final = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="text"\r\n\r\nwords\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    f"Content-Type: text/plain\r\n\r\nmore words\r\n--{BOUNDARY}--\r\n"
)


def form(data: bytes, media: str) -> object:
    """What the door makes of a form."""
    sent = [{"type": "http.request", "body": data, "more_body": False}]

    async def receive() -> Any:
        return sent.pop(0)

    headers = [(b"content-type", media.encode("latin-1", "replace"))]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers, WHOLE_BODY: True}, receive)
    request.state.uploads = True

    async def both() -> object:
        return await read_form(request), await read_files(request, "file")

    return at_once(both())


def at_once(work: Coroutine[Any, Any, object]) -> object:
    """What never waits needs no loop."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")


def draft(data: bytes) -> None:
    """A line of `answerable log append`, up to the record."""
    try:
        json_as(data, Draft).check_sender()
    except NotationError as fault:
        raise InputError(str(fault)) from fault  # as the command does, which adds the line's number


def lines(value: object) -> list[bytes]:
    """JSON in one line, and in many."""
    return [json.dumps(value).encode(), json.dumps(value, indent=1).encode()]


BODIES = ("web/bodies.py",)
PARSERS = (
    Parser("a call", BODIES, lambda: lines(CALL), lambda data: decoded(data, ReceiveCall)),
    Parser("a request", BODIES, lambda: lines(ASKED), lambda data: decoded(data, RequestAssistance)),
    Parser("a decision", BODIES, lambda: lines(DECISION), lambda data: decoded(data, Decision)),  # type: ignore[arg-type]  # a union, which msgspec takes
    Parser("form", BODIES, texts("text=a+b%0Ac&by=%C3%A9&by=2"), lambda data: form(data, FORM)),
    Parser("form with files", BODIES, texts(PARTS), lambda data: form(data, f"{MULTIPART}; boundary={BOUNDARY}")),
    Parser(
        "boundary of a form", BODIES, texts(f'{MULTIPART}; charset="utf-8"; boundary={BOUNDARY}'),
        as_text(lambda text: form(PARTS.encode(), text)),
    ),
    Parser("a line of a feed", ("wiring/log_verbs.py",), lambda: lines(DRAFT), draft),
)  # fmt: skip
