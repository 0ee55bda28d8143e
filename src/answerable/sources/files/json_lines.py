"""JSON lines: one object a line. A line that is none is rejected by itself, with its number and what is wrong with it.

Text stays as it is, numbers keep the letters they are written in (so that 007 in quotes and 1.50 live), true and false
are those words, null is blank. An object or a list inside is kept as its JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import duckdb

from answerable.errors import SourceError
from answerable.sources.files.containers import Readable
from answerable.sources.files.opening import OfText, Text, open_text
from answerable.sources.rows.careful import LONGEST_ROW_LETTERS, Blank, Rejected, Row
from answerable.sources.rows.reader import Derive, Staged, Told, stage_judged

MOST_COLUMNS = 2_000
"""More different keys than this are no columns of calls."""


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Fault(ValueError):  # noqa: N818  a reason to reject a line, never seen outside
    """Why a line is no object of one row."""


@dataclass(frozen=True, slots=True)
class JsonLines(OfText):
    """A file of JSON lines; `header` is every key of any line, in the order in which they appear first."""

    header: tuple[str, ...]
    nested: list[str] = field(default_factory=list)
    said: str = "Read as JSON lines; a key that a line lacks, and null, are blank."

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was read."""
        return (*self.text.notes, self.said)

    def stage(
        self, con: duckdb.DuckDBPyConnection, *, columns: tuple[str, ...], folder: Path, derive: Derive, told: Told
    ) -> Staged:
        """Load the rows."""
        return stage_judged(
            con, self._judged(), header=self.header, columns=columns, lines=self.text.bytes.lines, folder=folder,
            derive=derive, told=told, before=0,
        )  # fmt: skip

    def remarks(self) -> tuple[str, ...]:
        """Which columns had values inside values."""
        inside = sorted(set(self.nested))
        return (f"Lists and objects are kept as JSON text in: {', '.join(inside)}.",) if inside else ()

    def _judged(self) -> Iterator[Row | Rejected | Blank]:
        position = {key: at for at, key in enumerate(self.header)}
        for line, text in _lines(self.text.path):
            if not text.strip():
                yield Blank(line)
                continue
            if line in self.text.undecodable:
                yield Rejected(line, "cannot be decoded in this encoding", text)
                continue
            try:
                found = _object(text)
                fields = [""] * len(self.header)
                for key, value in found.items():
                    if isinstance(value, list | dict):
                        self._remember(key)
                    fields[position[key]] = _as_text(value)
                yield Row(line, 1, fields)
            except _Fault as fault:
                yield Rejected(line, str(fault), text)

    def _remember(self, key: str) -> None:
        if key not in self.nested:
            self.nested.append(key)


def open_json_lines(readable: Readable, folder: Path, *, stated: str | None) -> JsonLines:
    """Open a file of JSON lines and gather its keys. Raises SourceError if no line of it is an object."""
    return open_lines_of(open_text(readable, folder, stated=stated))


def open_lines_of(text: Text, *, said: str | None = None) -> JsonLines:
    """The same for a text that is open. `said`: how it was read, where that is not as JSON lines."""
    readable = text.readable
    header: dict[str, None] = {}
    first_fault: tuple[int, str] | None = None
    for line, content in _lines(text.path):
        try:
            header.update(dict.fromkeys(_object(content) if content.strip() else ()))
        except _Fault as fault:
            first_fault = first_fault or (line, str(fault))
        if len(header) > MOST_COLUMNS:
            raise SourceError(
                f"its lines have more than {MOST_COLUMNS:,} different keys", file=readable.shown, line=line
            )
    if not header:
        line, reason = first_fault or (1, "is blank")
        raise SourceError(
            f"no line of it is a JSON object; the first {reason}", file=readable.shown, line=line,
            hint="JSON is read with one object a line, or as one array of objects. Where the rows lie deeper, take "
            f"them out first, such as with: jq -c '.data[]' {readable.path.name} > calls.jsonl",
        )  # fmt: skip
    return JsonLines(text, tuple(header), said=said) if said else JsonLines(text, tuple(header))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        for line, content in enumerate(text, start=1):
            yield line, content.rstrip("\r\n")


def _object(text: str) -> dict[str, Any]:
    """The object of one line, numbers as text. Raises _Fault."""
    if len(text) > LONGEST_ROW_LETTERS:
        raise _Fault(f"longer than {LONGEST_ROW_LETTERS:,} letters")
    try:
        value = json.loads(
            text, object_pairs_hook=_without_twins, parse_int=_Number, parse_float=_Number, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        raise _Fault(f"is not JSON: {error.msg} at letter {error.pos + 1}") from None
    except RecursionError:
        raise _Fault("is not a row: values inside values, too deep to read") from None
    if not isinstance(value, dict):
        raise _Fault("is JSON, but not an object")
    if _has_odd_letters(text, value):
        raise _Fault("has a NUL byte or half a letter (a lone surrogate)")
    return value


def _has_odd_letters(text: str, value: dict[str, Any]) -> bool:
    # both can only be written as an escape; looking for one first keeps the usual line quick
    if "\0" in text:
        return True
    if "\\u" not in text:
        return False
    whole = json.dumps(value, ensure_ascii=False)
    return "\\u0000" in whole or any("\ud800" <= letter <= "\udfff" for letter in whole)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Fault(f"has the key {next(key for key in keys if keys.count(key) > 1)!r} more than once")
    return found


def _no_number(name: str) -> NoReturn:
    raise _Fault(f"has {name}, which is no JSON number")


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str(value)
    return _nested_text(value)


def _nested_text(value: Any) -> str:
    """JSON text of a list or an object, its numbers as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        inside = (f"{json.dumps(key, ensure_ascii=False)}:{_nested_text(one)}" for key, one in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_nested_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
