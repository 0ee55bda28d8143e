"""The questions that a draft profile leaves to a person: where they stand, what they ask, and that none is left.

A draft writes `"?3"` wherever the answer to its question 3 belongs, as a value or in place of a key, and the question
itself in the comment above. Such a profile is no profile yet: nothing is read by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

_MARK = re.compile(r"\?([1-9]\d{0,3})")


class OpenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` (1-based): everywhere its answer belongs; `key`: the first of those keys, as a path; `text`: the question
    with what may be answered, as the comment has it (empty if somebody took the comment away)."""

    number: int
    lines: tuple[int, ...]
    key: str
    text: str


def mark(number: int) -> str:
    """What stands in a draft for the answer to a question."""
    return f"?{number}"


def open_questions(data: dict[str, Any], text: str) -> tuple[OpenQuestion, ...]:
    """The questions without an answer in a TOML document and its text, by their number."""
    keys: dict[int, str] = {}
    for number, path in _marks(data, ()):
        keys.setdefault(number, ".".join(path))
    lines = text.splitlines()
    return tuple(
        OpenQuestion(number=number, lines=tuple(_lines_of(number, lines)), key=keys[number], text=_asked(number, lines))
        for number in sorted(keys)
    )


def _marks(value: Any, path: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    if isinstance(value, str):
        if found := _MARK.fullmatch(value):
            yield int(found[1]), path
    elif isinstance(value, list):
        for item in value:
            yield from _marks(item, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _marks(key, path)
            yield from _marks(item, path if _MARK.fullmatch(key) else (*path, key))


def _lines_of(number: int, lines: list[str]) -> Iterator[int]:
    quoted = re.compile(rf"[\"']\?{number}[\"']")
    return (at for at, line in enumerate(lines, start=1) if not line.lstrip().startswith("#") and quoted.search(line))


def _asked(number: int, lines: list[str]) -> str:
    """The comment that begins with `# Question N`, its lines joined."""
    begins = [at for at, line in enumerate(lines) if re.match(rf"# Question {number}\b", line)]
    if not begins:
        return ""
    said: list[str] = []
    for line in lines[begins[0] :]:
        if not line.startswith("#") or (said and re.match(r"# Question \d", line)):
            break
        said.append(re.sub(r"^# (Question \d+: )?", "", line).strip("# "))
    return " ".join(part for part in said if part)
