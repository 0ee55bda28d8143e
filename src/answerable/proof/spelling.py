"""One spelling a value: the strict readers that every format of a log is made of.

Two spellings of one value would let two verifiers disagree about the same bytes, so `+7`, `007`, `1_0`, base64 with
loose bits and JSON that names a key twice are all refused.
"""

from __future__ import annotations

import base64
import json
import re
from binascii import Error as Base64Error
from binascii import b2a_base64
from typing import Final, TypeAlias

from answerable.errors import MalformedError

Json: TypeAlias = None | bool | int | str | list["Json"] | dict[str, "Json"]

LARGEST_SIZE: Final = 2**63 - 1
LARGEST_NUMBER: Final = 2**53 - 1
"""Beyond it JSON numbers are not carried exactly by everybody."""
DEEPEST: Final = 64
"""Lists and objects within each other that a JSON text may have."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})", re.ASCII)


def decimal(text: str, *, what: str) -> int:
    """A whole number from 0 to 2**63-1 without sign, leading zero or separator."""
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST_SIZE:
        raise MalformedError(f"{what} {_short(text)} is not a plain decimal number below 2**63")
    return int(text)


def base64_bytes(text: str, *, what: str, url: bool = False) -> bytes:
    """RFC 4648 section 4 with padding; with `url` section 5 without. The loose bits of the last letter must be zero."""
    try:
        if url:
            data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        else:
            data = base64.b64decode(text, validate=True)
    except (Base64Error, ValueError):
        data = b""
    if (base64url_text(data) if url else base64_text(data)) != text:
        raise MalformedError(f"{what} {_short(text)} is not base64 as the format spells it")
    return data


def hash_bytes(text: str, *, what: str) -> bytes:
    """A SHA-256 hash in base64."""
    data = base64_bytes(text, what=what)
    if len(data) != 32:
        raise MalformedError(f"{what} has {len(data)} bytes; a SHA-256 hash has 32")
    return data


_URL_LETTERS: Final = bytes.maketrans(b"+/", b"-_")


def base64_text(data: bytes) -> str:
    """RFC 4648 section 4, with padding."""
    return b2a_base64(data, newline=False).decode()


def base64url_text(data: bytes) -> str:
    """RFC 4648 section 5, without padding."""
    return base64url(data).decode()


def base64url(data: bytes) -> bytes:
    """As `base64url_text`, in ASCII."""
    return b2a_base64(data, newline=False).translate(_URL_LETTERS, b"=")


def utf8(data: bytes, *, what: str) -> str:
    """The text of UTF-8 bytes, a byte order mark included."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{what} is not UTF-8 at byte {error.start}") from None


def json_value(text: str, *, what: str) -> Json:
    """RFC 8259 JSON of whole numbers, each key once, no lone surrogate, at most 64 levels deep."""
    try:
        value = json.loads(
            text, object_pairs_hook=_each_key_once, parse_float=_no_float, parse_int=_exact, parse_constant=_no_float
        )
        _refuse_deep(value, left=DEEPEST)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise MalformedError(f"{what} holds half a character (a lone surrogate)") from None
    except RecursionError:
        raise MalformedError(f"{what} is nested more than {DEEPEST} levels deep") from None
    except ValueError as error:
        raise MalformedError(f"{what} is not JSON as the log spells it: {error}") from None
    return value  # type: ignore[no-any-return]  # json.loads cannot say what it returns


def _each_key_once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_float(text: str) -> Json:
    raise ValueError(f"{_short(text)} is not a whole number")


def _exact(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text) or abs(int(text)) > LARGEST_NUMBER:
        raise ValueError(f"{_short(text)} is beyond what JSON numbers carry exactly")
    return int(text)


def _refuse_deep(value: Json, *, left: int) -> None:
    if not isinstance(value, list | dict):
        return
    if left == 0:
        raise ValueError(f"nested more than {DEEPEST} levels deep")
    for item in value.values() if isinstance(value, dict) else value:
        _refuse_deep(item, left=left - 1)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
