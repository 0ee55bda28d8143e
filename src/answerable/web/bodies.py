"""What a client sends, read with a cap on its size and its time, and refused in words where it is not what it says."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request

from answerable.web.headers import WHOLE_BODY, header
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

if TYPE_CHECKING:
    from python_multipart.multipart import File

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
    declared = header(request.scope, b"content-length")
    if declared is not None and (not declared.isdigit() or int(declared) > most_bytes):
        raise _too_large(most_bytes)
    try:
        if WHOLE_BODY in request.scope:
            return await _streamed(request, most_bytes)
        async with asyncio.timeout(within_s):
            return await _streamed(request, most_bytes)
    except TimeoutError:
        raise refused(408, "slow", "The body did not arrive in time.", Connection="close") from None
    except ClientDisconnect:
        raise refused(400, "cut-off", "The body did not arrive whole.") from None


async def _streamed(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise _too_large(most_bytes)
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
    try:
        fields, files = _split(body, request.headers["content-type"])
    except ValueError:
        raise refused(400, "not-a-form", "The form could not be read.") from None
    if len(fields) > MOST_FIELDS or len(files) > MOST_FILES or any(len(one) > MOST_BODY_BYTES for _, one in fields):
        raise refused(413, "too-large", f"At most {MOST_FILES} files are taken, and texts of at most 64 KiB.")
    return fields, files


def _split(body: bytes, content_type: str) -> tuple[list[tuple[str, str]], tuple[tuple[str, Upload], ...]]:
    """The fields and the files of a form (RFC 7578). Raises ValueError."""
    from python_multipart import multipart  # noqa: PLC0415  only a form with files needs it

    boundary = multipart.parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise ValueError("no boundary is said")
    made, brought, ended = list[multipart.Field](), list[multipart.File](), list[bool]()
    parser = multipart.FormParser(
        MULTIPART, made.append, brought.append, lambda: ended.append(True), boundary,
        config={"MAX_MEMORY_FILE_SIZE": MOST_UPLOAD_BYTES},
    )  # fmt: skip
    parser.write(body)
    parser.finalize()
    if not ended:
        raise ValueError("the last boundary is not there")
    fields = [((one.field_name or b"").decode(), (one.value or b"").decode()) for one in made]
    return fields, tuple(_upload(one) for one in brought if one.file_name)


def _upload(file: File) -> tuple[str, Upload]:
    held = file.file_object
    held.seek(0)
    name = (file.file_name or b"").decode().replace("%22", '"')  # as browsers spell a quotation mark there
    return (file.field_name or b"").decode(), Upload(name=name, content=held.read())


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
