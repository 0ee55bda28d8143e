"""Forms that bring files: taken apart byte for byte, and refused in words where they are none."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from answerable.web.bodies import Upload, read_files, read_form
from answerable.web.problems import RefusedError

BOUNDARY = "----WebKitFormBoundaryQ1"


def asked(body: bytes, *, media: str = f"multipart/form-data; boundary={BOUNDARY}", uploads: bool = True) -> Request:
    sent = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return sent.pop(0)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", media.encode())]}
    request = Request(scope, receive)
    request.state.uploads = uploads
    return request


def read(request: Request) -> tuple[dict[str, str], tuple[Upload, ...]]:
    """Fields and files, read in a thread of their own: a browser's loop may run in this one."""

    async def both() -> tuple[dict[str, str], tuple[Upload, ...]]:
        return await read_form(request), await read_files(request, "file")

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, both()).result()


def form(*parts: tuple[str, str | None, bytes], boundary: str = BOUNDARY) -> bytes:
    """What a browser sends."""
    out = b""
    for name, file, content in parts:
        said = f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file is not None else ""
        out += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{said}\r\n\r\n'.encode() + content + b"\r\n"
        )
    return out + f"--{boundary}--\r\n".encode()


@given(
    content=st.binary(max_size=400), text=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40)
)
def test_what_is_sent_arrives_byte_for_byte(content: bytes, text: str) -> None:
    if f"\r\n--{BOUNDARY}".encode() in b"\r\n" + content:
        return  # no browser chooses a boundary that stands in the content
    fields, files = read(asked(form(("text", None, text.encode()), ("file", "a.bin", content))))
    assert fields == {"text": text}
    assert files == (Upload(name="a.bin", content=content),)


def test_names_are_read_as_browsers_write_them() -> None:
    _, files = read(asked(form(("file", "Brief %22an%22 Jörg.pdf", b"x"), ("file", "", b""))))
    assert files == (Upload(name='Brief "an" Jörg.pdf', content=b"x"),), "and a field without a file brings none"


def test_what_is_ticked_several_times_comes_as_lines() -> None:
    fields, _ = read(asked(form(("outcomes", None, b"answered"), ("outcomes", None, b"merged"))))
    assert fields == {"outcomes": "answered\nmerged"}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"nonsense", form(("a", None, b"x"))[:-6], form(("a", None, b"\xff")),
        b"--" + BOUNDARY.encode() + b"\r\nContent-Type: text/plain\r\n\r\nx\r\n--" + BOUNDARY.encode() + b"--\r\n",
        form(("a", None, b"x"), boundary="another"),
    ],
)  # fmt: skip
def test_what_is_no_whole_form_is_refused(body: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        read(asked(body))
    assert refused.value.problem.status == 400


@pytest.mark.parametrize(
    "media", ["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""']
)
def test_a_form_without_its_boundary_is_refused(media: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(asked(form(("a", None, b"x")), media=media))
    assert refused.value.problem.status == 400


def test_too_many_files_and_too_long_texts_are_refused() -> None:
    for body in (form(*[("file", "a", b"x")] * 21), form(("a", None, b"x" * 70_000)), form(*[("a", None, b"")] * 201)):
        with pytest.raises(RefusedError) as refused:
            read(asked(body))
        assert refused.value.problem.status == 413


def test_hidden_characters_are_refused_here_too() -> None:
    with pytest.raises(RefusedError) as refused:
        read(asked(form(("a", None, "x\u202ey".encode()))))
    assert refused.value.problem.status == 422


def test_where_no_files_are_taken_such_a_form_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        read(asked(form(("a", None, b"x")), uploads=False))
    assert refused.value.problem.status == 415
