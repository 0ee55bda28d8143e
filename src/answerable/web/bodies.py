"""What a client sends, read with a cap on its size and its time, and refused in words where it is not what it says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request

from answerable.web.problems import refused

MOST_BODY_BYTES = 64 * 1024
BODY_S = 10.0
"""How long a client may take to send its body."""

MOST_FIELDS = 200
MOST_UPLOAD_BYTES = 8 * 1024 * 1024
"""What a form may bring that takes files, all of them together."""

UPLOAD_S = 120.0
MOST_FILES = 20
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""Characters that nobody sees, or that turn the direction of reading. Tab and line feed are none of them, nor are the
joiners (U+200C, U+200D), without which some languages cannot be written."""

_BOUNDARY = re.compile(r";\s*boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", re.IGNORECASE)
_NAME = re.compile(r"^content-disposition:\s*form-data;[^\r\n]*?\bname=\"([^\"\r\n]*)\"", re.IGNORECASE | re.MULTILINE)
_FILE = re.compile(r"^content-disposition:[^\r\n]*?;\s*filename=\"([^\"\r\n]*)\"", re.IGNORECASE | re.MULTILINE)

T = TypeVar("T")


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a form: the name that its sender gives it, and its bytes."""

    name: str
    content: bytes


async def read_body(
    request: Request, *, media: str, most_bytes: int = MOST_BODY_BYTES, within_s: float = BODY_S
) -> bytes:
    """The body, at most `most_bytes`, of the media type `media`. Raises RefusedError 400, 408, 413, 415."""
    if _media(request) != media:
        raise refused(415, "media-type", f"This takes {media} only.")
    declared = request.headers.get("content-length")
    if declared is not None and (not declared.isdigit() or int(declared) > most_bytes):
        raise _too_large(most_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for piece in request.stream():
                body += piece
                if len(body) > most_bytes:
                    raise _too_large(most_bytes)
    except TimeoutError:
        raise refused(408, "slow", "The body did not arrive in time.", Connection="close") from None
    except ClientDisconnect:
        raise refused(400, "cut-off", "The body did not arrive whole.") from None
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
    if getattr(request.state, "uploads", False) and _media(request) == MULTIPART:
        pairs, request.state.files = await _parts(request)
    else:
        pairs = _pairs(await read_body(request, media=FORM))
    fields = dict[str, str]()
    for name, value in pairs:
        plain = value.replace("\r\n", "\n")
        if HIDDEN.search(name) or HIDDEN.search(plain):
            raise refused(422, "hidden-character", "The form has a control or direction-changing character.")
        fields[name] = f"{fields[name]}\n{plain}" if name in fields else plain
    request.state.form = fields
    return fields


async def read_files(request: Request, name: str) -> tuple[Upload, ...]:
    """The files that a form brought under a name; none where it brought none. Raises RefusedError, as `read_form`."""
    await read_form(request)
    files: tuple[tuple[str, Upload], ...] = getattr(request.state, "files", ())
    return tuple(upload for field, upload in files if field == name)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), errors="strict",
            max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        raise refused(400, "not-a-form", "The form could not be read.") from None


async def _parts(request: Request) -> tuple[list[tuple[str, str]], tuple[tuple[str, Upload], ...]]:
    """The fields and the files of a form that takes files. The whole body is capped before it is taken apart."""
    body = await read_body(request, media=MULTIPART, most_bytes=MOST_UPLOAD_BYTES, within_s=UPLOAD_S)
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    fields, files = list[tuple[str, str]](), list[tuple[str, Upload]]()
    try:
        for name, file, content in _split(body, (boundary[1] or boundary[2]).encode() if boundary else b""):
            if file is None:
                fields.append((name, content.decode("utf-8")))
            elif file:
                files.append((name, Upload(name=file.replace("%22", '"'), content=content)))
    except ValueError:
        raise refused(400, "not-a-form", "The form could not be read.") from None
    if len(fields) > MOST_FIELDS or len(files) > MOST_FILES or any(len(one) > MOST_BODY_BYTES for _, one in fields):
        raise refused(413, "too-large", f"At most {MOST_FILES} files are taken, and texts of at most 64 KiB.")
    return fields, tuple(files)


def _split(body: bytes, boundary: bytes) -> Iterator[tuple[str, str | None, bytes]]:
    """The parts of a form (RFC 7578, as browsers write it): name, the file's own name, bytes. Raises ValueError."""
    before, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if not boundary or before or not parts or not parts[-1].startswith(b"--"):
        raise ValueError("no whole form")
    for part in parts[:-1]:
        head, end, content = part.partition(b"\r\n\r\n")
        said = head.decode("utf-8")
        name, file = _NAME.search(said), _FILE.search(said)
        if not end or not head.startswith(b"\r\n") or name is None:
            raise ValueError("a part without a name")
        yield name[1], None if file is None else file[1], content


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


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


def _too_large(most_bytes: int) -> Exception:
    return refused(413, "too-large", f"At most {most_bytes // 1024:,} KiB are taken.", Connection="close")
