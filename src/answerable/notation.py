"""TOML and JSON that somebody else wrote: its values, or one kind of refusal.

The readers underneath give up in many ways: over bytes that are no UTF-8, values nested too deep, a number of thousands
of digits. And a name of very many parts takes the TOML reader time without end: 10 s for 64 kB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import msgspec

MOST_PARTS: Final = 50
"""A dotted name of more parts is nobody's, and the next line finds it."""

_MANY_PARTS: Final = re.compile(r"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}""", re.ASCII)
_AT_LINE: Final = re.compile(r"at line (\d+)")
_TOO_DEEP: Final = "values inside values, too deep to read"

T = TypeVar("T")


class NotationError(ValueError):
    """Why it cannot be read, in words. `line`: where, from 1; None where that is not known."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def toml_values(data: bytes) -> dict[str, Any]:
    """The tables of a TOML file (1.0, UTF-8). Raises NotationError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise NotationError(f"this is not UTF-8 (line {line}); save the file as UTF-8", line=line) from None
    if (line_no := line_of_many_parts(text)) is not None:
        raise NotationError(f"a name of more than {MOST_PARTS} parts, divided by dots (line {line_no})", line=line_no)
    import tomllib  # noqa: PLC0415  most commands read no TOML

    with _told():
        return tomllib.loads(text)


def line_of_many_parts(text: str) -> int | None:
    """The line of a name of more than `MOST_PARTS` parts; None where there is none."""
    found = _MANY_PARTS.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def json_values(data: bytes | str) -> Any:
    """The value of a JSON text. Raises NotationError."""
    with _told():
        return json.loads(data)


def json_as(data: bytes | str, kind: type[T]) -> T:
    """A JSON text as a value of `kind`, strictly. Raises NotationError, which names what does not fit."""
    with _told():
        return msgspec.json.decode(data, type=kind)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise NotationError(_TOO_DEEP) from None
    except (ValueError, msgspec.DecodeError) as fault:
        found = _AT_LINE.search(str(fault))
        raise NotationError(str(fault), line=int(found[1]) if found else None) from None
