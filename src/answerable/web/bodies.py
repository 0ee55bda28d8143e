"""What a client sends, read with a cap on its size and its time, and refused in words where it is not what it says."""

from __future__ import annotations

import asyncio
import re
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request

from answerable.web.headers import WHOLE_BODY, header
from answerable.web.problems import refused

MOST_BODY_BYTES = 64 * 1024
BODY_S = 10.0
"""How long a client may take to send its body."""

MOST_FIELDS = 200
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""Characters that nobody sees, or that turn the direction of reading. Tab and line feed are none of them, nor are the
joiners (U+200C, U+200D), without which some languages cannot be written."""

T = TypeVar("T")


async def read_body(request: Request, *, media: str) -> bytes:
    """The body, at most 64 KiB, of the media type `media`. Raises RefusedError 400, 408, 413, 415."""
    said = (header(request.scope, b"content-type") or "").partition(";")[0].strip().lower()
    if said != media:
        raise refused(415, "media-type", f"This takes {media} only.")
    declared = header(request.scope, b"content-length")
    if declared is not None and (not declared.isdigit() or int(declared) > MOST_BODY_BYTES):
        raise _too_large()
    try:
        if WHOLE_BODY in request.scope:
            return await _streamed(request)
        async with asyncio.timeout(BODY_S):
            return await _streamed(request)
    except TimeoutError:
        raise refused(408, "slow", "The body did not arrive in time.", Connection="close") from None
    except ClientDisconnect:
        raise refused(400, "cut-off", "The body did not arrive whole.") from None


async def _streamed(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY_BYTES:
            raise _too_large()
    return bytes(body)


async def read_json(request: Request, kind: type[T]) -> T:
    """The body as a value of `kind`, strictly. Raises RefusedError 400 (no JSON), 422 (something else), as above."""
    return decoded(await read_body(request, media=JSON), kind)


def decoded(body: bytes, kind: type[T]) -> T:
    """JSON as a value of `kind`: no unknown key, no hidden character."""
    try:
        text = body.decode("utf-8")
        if HIDDEN.search(text):
            raise refused(422, "hidden-character", "The body has a control or direction-changing character.")
        made = _decoder(kind).decode(body)
    except (UnicodeDecodeError, RecursionError):
        raise refused(400, "not-json", "The body is no JSON in UTF-8.") from None
    except msgspec.ValidationError as fault:
        raise refused(422, "not-valid", str(fault)) from None
    except msgspec.DecodeError:
        raise refused(400, "not-json", "The body is no JSON in UTF-8.") from None
    if "\\" in text:
        _refuse_hidden(made)
    return made


async def read_form(request: Request) -> dict[str, str]:
    """The fields of an HTML form, decoded; what is ticked several times under one name comes as lines of one text.

    Kept on the request, so that the guard and the handler may both ask. Raises RefusedError.
    """
    kept = getattr(request.state, "form", None)
    if kept is not None:
        return dict(kept)
    body = await read_body(request, media=FORM)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), errors="strict",
            max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        raise refused(400, "not-a-form", "The form could not be read.") from None
    fields = dict[str, str]()
    for name, value in pairs:
        plain = value.replace("\r\n", "\n")
        if HIDDEN.search(name) or HIDDEN.search(plain):
            raise refused(422, "hidden-character", "The form has a control or direction-changing character.")
        fields[name] = f"{fields[name]}\n{plain}" if name in fields else plain
    request.state.form = fields
    return fields


_decoders: dict[type, msgspec.json.Decoder[object]] = {}


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.json.Decoder(kind)
    return found  # type: ignore[return-value]  # kept by its own type


def _refuse_hidden(value: object) -> None:
    r"""Characters that came escaped (`\u202e`), which the text of the body did not show."""
    if isinstance(value, str):
        if HIDDEN.search(value):
            raise refused(422, "hidden-character", "A text has a control or direction-changing character.")
    elif isinstance(value, dict):
        for key, one in value.items():
            _refuse_hidden(key)
            _refuse_hidden(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            _refuse_hidden(one)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _refuse_hidden(getattr(value, name))


def _too_large() -> Exception:
    return refused(413, "too-large", f"At most {MOST_BODY_BYTES // 1024} KiB are taken.", Connection="close")
