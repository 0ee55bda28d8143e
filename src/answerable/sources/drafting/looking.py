"""The rows of a file, or some of a big one, in a database to be asked about. Any format and packing that is read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from answerable.config import Settings
from answerable.errors import SourceError
from answerable.sources.drafting.paper import counted
from answerable.sources.drafting.sampling import WHOLE_LINES, Sampled, sampled
from answerable.sources.drafting.written import form_of
from answerable.sources.files.gather import Gathered, Reading, gather
from answerable.sources.files.opening import DELIMITERS, Delimited, Opened, open_delimited
from answerable.sources.profiling.header import unique_names
from answerable.sources.rows.one_header import Placed
from answerable.sources.rows.reader import read_header
from answerable.sources.rows.stage_all import Parts, stage_all
from answerable.sources.rows.staging import database

_LINES_COMPARED = 50


@dataclass(frozen=True, slots=True)
class Looked:
    """The table `numbered` (line, c0, c1, …) of `rows` rows under `header`. `said`: which rows these are, in words."""

    con: duckdb.DuckDBPyConnection
    header: tuple[str, ...]
    rows: int
    rejected: int
    gathered: Gathered
    said: str
    _parts: Parts
    _samples: tuple[Sampled, ...]

    @property
    def delimiter(self) -> str | None:
        """What stands between the fields; None where the format is no delimited text."""
        first = self.gathered.opened[0]
        return first.delimiter if isinstance(first, Delimited) else None

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was read."""
        notes = [*self.gathered.notes, *(note for one in self.gathered.opened for note in one.notes)]
        if self.rejected:
            notes.append(f"{self.rejected:,} of the lines looked at are no rows of {len(self.header)} fields.")
        return tuple(dict.fromkeys(notes))

    def place(self, line: int) -> str:
        """Where a staged line stands in what was given: `line 7`, or with the file's name where there are several."""
        part, within = self._parts.of(line)
        sample = self._samples[self._parts.every.index(part)]
        named = f" of {part.opened.readable.name}" if len(self._parts.every) > 1 else ""
        return f"line {sample.blocks.line(within):,}{named}"

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """Every row that a query gives."""
        return self.con.execute(query).fetchall()

    def one(self, query: str) -> tuple[Any, ...]:
        """The first row that a query gives."""
        row = self.con.execute(query).fetchone()
        if row is None:
            raise AssertionError(f"no row from {query}")
        return row


@contextmanager
def looked_at(
    given: Path | Sequence[Path], *, encoding: str | None, sheet: str | None, settings: Settings | None = None,
    whole_lines: int = WHOLE_LINES,
) -> Iterator[Looked]:  # fmt: skip
    """Open and stage what was given. Raises SourceError where there is nothing to describe."""
    with tempfile.TemporaryDirectory(prefix="answerable-") as made:
        folder = Path(made)
        reading = Reading(delimiter=",", encoding=encoding, sheet=sheet, fits=lambda header: len(header) > 1)
        gathered = gather(given, folder, reading=reading)
        tables = [(_separated(one, place, encoding), place) for one, place in gathered.tables]
        header = _one_header([one for one, _ in tables])
        share = max(whole_lines // len(tables), 1_000)
        samples = tuple(sampled(one, place, whole_lines=share) for one, place in tables)
        with database(folder, settings or Settings()) as con:
            placed = [_placed(header, one) for one, _ in tables]
            staged = stage_all(
                con, [(one.opened, place) for one, (_, place) in zip(samples, tables, strict=True)], placed,
                derive=lambda relation: f"SELECT * FROM {relation}",
            )  # fmt: skip
            shown = tables[0][0].readable.shown
            _refuse_no_rows(staged.rows, staged.rejected, shown)
            yield Looked(
                con=con, header=header, rows=staged.rows, rejected=staged.rejected,
                gathered=Gathered(gathered.shown, tuple(tables), gathered.notes), said=_said(samples, staged.rows),
                _parts=staged, _samples=samples,
            )  # fmt: skip


def _said(samples: Sequence[Sampled], rows: int) -> str:
    parts = [f"{one.opened.readable.name}: {one.said}" if len(samples) > 1 else one.said for one in samples if one.said]
    return f"{counted(rows, 'row')}: {'; '.join(parts)}" if parts else f"all {counted(rows, 'row')}"


def _separated(opened: Opened, folder: Path, encoding: str | None) -> Opened:
    """A delimited text with the delimiter that separates its lines alike, and into the most fields."""
    if not isinstance(opened, Delimited):
        return opened
    widths = {delimiter: _width(opened, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda one: (widths[one], one == opened.delimiter))
    if best == opened.delimiter or widths[best] <= widths.get(opened.delimiter, 0):
        return opened
    again = folder / "separated"
    again.mkdir()
    return open_delimited(opened.readable, again, delimiter=best, stated=encoding, fits=lambda header: len(header) > 1)


def _width(opened: Delimited, delimiter: str) -> int:
    """Into how many fields it separates the header; 0 where it does not separate the first lines alike."""
    try:
        width = len(read_header(opened.text.path, delimiter, shown=opened.readable.shown))
    except SourceError:
        return 0  # its quotes are out of place with this one
    with opened.text.path.open(encoding="utf-8-sig", newline="") as text:
        counts = [
            line.count(delimiter) + 1 for line, _ in zip(text, range(_LINES_COMPARED), strict=False) if line.strip()
        ]
    return width if width > 1 and sum(count >= width for count in counts) * 10 >= len(counts) * 9 else 0


def _one_header(tables: Sequence[Opened]) -> tuple[str, ...]:
    first = tables[0]
    for other in tables[1:]:
        odd = set(unique_names(first.header)) ^ set(unique_names(other.header))
        if odd:
            raise SourceError(
                f"its columns are not those of {first.readable.name}: only one of the two has {min(odd)!r}",
                file=other.readable.shown, line=1,
                hint="Draft a profile from one of the files; in it, columns can be made optional.",
            )  # fmt: skip
    _refuse_no_header(first)
    return first.header


def _placed(header: tuple[str, ...], table: Opened) -> Placed:
    at = {column: position for position, column in enumerate(unique_names(header))}
    return Placed(tuple(f"c{at[column]}" for column in unique_names(table.header)), ())


def _refuse_no_header(table: Opened) -> None:
    if len(table.header) < 2:
        raise SourceError(
            f"it has only one column, {table.header[0]!r}", file=table.readable.shown, line=1,
            hint="A file of calls has at least a number and a time. Is something else than , ; | or a tab between the "
            "fields?",
        )  # fmt: skip
    data = [one for one in table.header if form_of(one, packed=False) or re.fullmatch(r"-?\d+(\.\d+)?", one)]
    if 2 * len(data) > len(table.header):
        raise SourceError(
            f"its first line has no names of columns but values, such as {data[0]!r}",
            file=table.readable.shown, line=1,
            hint="Put a line with a name for each column above the rows, as the publisher's description has them.",
        )  # fmt: skip


def _refuse_no_rows(rows: int, rejected: int, shown: str) -> None:
    if rows:
        return
    why = f"none of its {rejected:,} lines below the header is a row of so many fields" if rejected else (
        "it has the names of columns and no row below them"
    )  # fmt: skip
    raise SourceError(why, file=shown, hint="A profile is drafted from rows. Export the file again, with calls in it.")
