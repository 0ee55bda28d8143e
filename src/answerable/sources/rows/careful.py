"""The careful reader: one physical line at a time, so that a stray quote breaks its own line and no other.

Slower than the bulk reader and never lossy: every physical line is the header, part of an accepted row, a rejected
line or a blank one, and the counts are checked. A quote inside a field that does not begin with one is a letter like
any other (a 5" pipe), as long as the number of fields is right.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TextIO

LONGEST_ROW_LINES = 1_000
"""A quoted field that runs over more physical lines than this is an unclosed quote."""
LONGEST_ROW_LETTERS = 4_000_000
"""A longer row is rejected: it is no call, and the engine must be told how long a line may be."""
USUAL_ROW_LETTERS = 400_000
"""Up to here the engine needs no telling: it takes lines of 2 MB, and a letter has up to 4 bytes."""


@dataclass(frozen=True, slots=True)
class Row:
    """An accepted row: its first physical line (1-based), how many it covers, and its fields."""

    line: int
    covers: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no row: why in plain words, and its text."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty physical line."""

    line: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the physical lines after the header. `longest`: letters of the longest row or rejected line."""

    rows: int
    row_lines: int
    rejected: int
    blank: int
    longest: int


class UnclosedQuoteError(ValueError):
    """A quoted field is still open at the end of the text."""


def parse_row(text: str, delimiter: str) -> list[str]:
    """The fields of one row. Raises UnclosedQuoteError, or ValueError for text after a closing quote."""
    plain = text.rstrip("\r\n")
    if '"' not in plain:
        return plain.split(delimiter)
    try:
        (fields,) = csv.reader([plain], delimiter=delimiter, strict=True)
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise UnclosedQuoteError(str(error)) from None
        raise ValueError(str(error)) from None
    return fields


def is_row(text: str, *, width: int, delimiter: str) -> bool:
    """Whether a text is a complete row of `width` fields by itself, every quote in its place.

    Stricter than `parse_row`: the last line of a field that spans lines ends in a quote that is no letter.
    """
    plain = text.rstrip("\r\n")
    if '"' not in plain:
        return plain.count(delimiter) == width - 1
    return _strict_row(width, delimiter).fullmatch(plain) is not None


@cache
def _strict_row(width: int, delimiter: str) -> re.Pattern[str]:
    apart = re.escape(delimiter)
    field = f'(?:"(?:[^"]|"")*+"|[^"{apart}]*+)'
    return re.compile(f"{field}(?:{apart}{field}){{{width - 1}}}")


def read_lines(
    path: Path, *, width: int, delimiter: str, undecodable: Collection[int] = ()
) -> Iterator[Row | Rejected | Blank]:
    """Judge every physical line after the header of a UTF-8 file, in order."""
    return LinesFrom(path, start=0, skip=1).judged(width=width, delimiter=delimiter, undecodable=undecodable)


class LinesFrom:
    """The physical lines of a UTF-8 file from a byte on, which must be where a line begins."""

    def __init__(self, path: Path, *, start: int, first_line: int = 1, skip: int = 0) -> None:
        self._path, self._skip = path, skip
        self.end, self.next_line = start, first_line
        """The byte and the line after the last that was judged."""

    def judged(
        self, *, width: int, delimiter: str, undecodable: Collection[int] = (), until_line: int | None = None
    ) -> Iterator[Row | Rejected | Blank]:
        """Judge each, in order, up to the first row that begins at `until_line` or after it (None: to the end)."""
        csv.field_size_limit(1 << 30)
        with self._path.open("rb") as file:
            file.seek(self.end)
            # only at its start does a file have a mark of its encoding
            text = io.TextIOWrapper(file, encoding="utf-8" if self.end else "utf-8-sig", newline="")
            lines = _Lines(text, before=self.next_line - 1)
            for _ in range(self._skip):
                lines.take()
            while (until_line is None or lines.at + 1 < until_line) and (line := lines.take()) is not None:
                yield _judged(line, lines, width=width, delimiter=delimiter, undecodable=undecodable)
            self.end, self.next_line = self.end + lines.bytes, lines.at + 1


def _judged(
    line: str, lines: _Lines, *, width: int, delimiter: str, undecodable: Collection[int]
) -> Row | Rejected | Blank:
    at, raw = lines.at, line.rstrip("\r\n")
    if at in undecodable:
        return Rejected(at, "cannot be decoded in this encoding", raw)
    if "\0" in line:
        return Rejected(at, "has a NUL byte", raw)
    if not raw.strip(" \t".replace(delimiter, "")):
        return Blank(at)
    try:
        fields = parse_row(line, delimiter)
    except UnclosedQuoteError:
        return _joined(line, lines, width=width, delimiter=delimiter) or Rejected(at, "a quote is never closed", raw)
    except ValueError:
        return Rejected(at, "a quoted field goes on after its closing quote", raw)
    if len(fields) != width:
        return Rejected(at, f"expected {width} fields, found {len(fields)}", raw)
    return Row(at, 1, fields)


def _joined(line: str, lines: _Lines, *, width: int, delimiter: str) -> Row | None:
    """The row that `line` begins, if the lines after it end its open quote and none of them is a row by itself."""
    text = line
    for count, following in enumerate(lines.ahead(LONGEST_ROW_LINES - 1), start=2):
        if "\0" in following or is_row(following, width=width, delimiter=delimiter):
            return None
        text += following
        if '"' not in following:
            continue
        try:
            fields = _parse_lines(text, delimiter)
        except UnclosedQuoteError:
            continue
        except ValueError:
            return None
        if len(fields) != width:
            return None
        row = Row(lines.at, count, fields)
        lines.skip(count - 1)
        return row
    return None


def _parse_lines(text: str, delimiter: str) -> list[str]:
    """As `parse_row`, for a text of several physical lines."""
    if text.count('"') % 2:
        raise UnclosedQuoteError("odd number of quotes")
    try:
        rows = list(csv.reader([text.rstrip("\r\n")], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if len(rows) != 1:
        raise ValueError("more than one row")
    return rows[0]


class _Lines:
    """Physical lines with a look ahead; `at` is the number of the line taken last (1-based), `bytes` those taken."""

    def __init__(self, text: TextIO, *, before: int) -> None:
        self._text = text
        self._waiting: list[str] = []
        self.at, self.bytes = before, 0

    def take(self) -> str | None:
        line = self._waiting.pop(0) if self._waiting else next(self._text, None)
        if line is not None:
            self._took(line)
        return line

    def ahead(self, limit: int) -> Iterator[str]:
        for position in range(limit):
            if position == len(self._waiting):
                line = next(self._text, None)
                if line is None:
                    return
                self._waiting.append(line)
            yield self._waiting[position]

    def skip(self, count: int) -> None:
        for line in self._waiting[:count]:
            self._took(line)
        del self._waiting[:count]

    def _took(self, line: str) -> None:
        self.at += 1
        self.bytes += len(line) if line.isascii() else len(line.encode())


def write_apart(judged: Iterator[Row | Rejected | Blank], *, rows: Path, rejected: Path) -> Counts:
    """Write accepted rows (line, covered lines, fields) and rejected lines (line, reason, raw) to two clean files."""
    count = {"rows": 0, "row_lines": 0, "rejected": 0, "blank": 0, "longest": 0}
    with rows.open("w", encoding="utf-8", newline="") as good, rejected.open("w", encoding="utf-8", newline="") as bad:
        accept = csv.writer(good, quoting=csv.QUOTE_ALL, lineterminator="\n")
        refuse = csv.writer(bad, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for item in _short_enough(judged):
            if isinstance(item, Row):
                accept.writerow((item.line, item.covers, *item.fields))
                count["rows"] += 1
                count["longest"] = max(count["longest"], sum(map(len, item.fields)))
                count["row_lines"] += item.covers
            elif isinstance(item, Rejected):
                refuse.writerow((item.line, item.reason, item.raw.replace("\0", "\\0")))
                count["rejected"] += 1
                count["longest"] = max(count["longest"], len(item.raw))
            else:
                count["blank"] += 1
    return Counts(**count)


def _short_enough(judged: Iterator[Row | Rejected | Blank]) -> Iterator[Row | Rejected | Blank]:
    """What the engine can load: a row that is too long is rejected line by line, its text cut with the loss told."""
    for item in judged:
        if isinstance(item, Row) and sum(map(len, item.fields)) > LONGEST_ROW_LETTERS:
            reason = f"longer than {LONGEST_ROW_LETTERS:,} letters"
            yield Rejected(item.line, reason, _cut(",".join(item.fields)))
            for line in range(item.line + 1, item.line + item.covers):
                yield Rejected(line, reason, f"(goes on from line {item.line})")
        elif isinstance(item, Rejected) and len(item.raw) > LONGEST_ROW_LETTERS:
            yield Rejected(item.line, item.reason, _cut(item.raw))
        else:
            yield item


def _cut(text: str) -> str:
    kept = 10_000
    return f"{text[:kept]} … ({len(text) - kept:,} more letters stand in the file)"
