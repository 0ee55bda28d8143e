"""Every table of an import in one staging table, so that one file and twenty are the same to what comes after.

Lines count through the files in their order: a line of the whole is a line of one file, after those before.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from answerable.model.source import Rows, SourcePart
from answerable.sources.files.opening import Opened
from answerable.sources.rows.one_header import Placed
from answerable.sources.rows.reader import Derive, Staged, Told, forget
from answerable.sources.rows.staging import count
from answerable.sources.sql_text import literal


@dataclass(frozen=True, slots=True)
class Part:
    """One table as it was staged. `lines_before`: how many lines the tables before it have."""

    opened: Opened
    staged: Staged
    placed: Placed
    lines_before: int


class Place(NamedTuple):
    """Two SQL expressions over the column `line`: the file it is in, and its number there. `names`: of all files."""

    file: str
    line: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The tables in the order of reading."""

    every: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """Rows that were read into `numbered`."""
        return sum(part.staged.rows for part in self.every)

    @property
    def rejected(self) -> int:
        """Lines that are no rows."""
        return sum(part.staged.rejected for part in self.every)

    @property
    def place(self) -> Place:
        """As SQL over a line of the whole: the name of its file, and its number there."""
        later = [(part, f"line > {part.lines_before}") for part in reversed(self.every[1:]) if part.staged.lines]
        names = tuple(dict.fromkeys(part.opened.readable.name for part in self.every))
        if not later:
            return Place(literal(names[0]), "line", names)
        file = [f"WHEN {within} THEN {literal(part.opened.readable.name)}" for part, within in later]
        line = [f"WHEN {within} THEN line - {part.lines_before}" for part, within in later]
        return Place(
            f"CASE {' '.join(file)} ELSE {literal(names[0])} END", f"CASE {' '.join(line)} ELSE line END", names
        )

    def of(self, line: int) -> tuple[Part, int]:
        """The table that a line of the whole is in, and its number there."""
        at = bisect_right([part.lines_before for part in self.every], line - 1) - 1
        return self.every[at], line - self.every[at].lines_before


def stage_all(
    con: duckdb.DuckDBPyConnection,
    tables: Sequence[tuple[Opened, Path]],
    placed: Sequence[Placed],
    *,
    derive: Derive,
    told: Told = lambda _lines: None,
) -> Parts:
    """Make `numbered` and `rejected` of all tables. Those that an earlier run gathered are not read again."""
    parts: list[Part] = []
    before = 0
    gathered = _Gathered(con, tables, placed, derive=derive) if len(tables) > 1 else None
    for at, ((opened, folder), place) in enumerate(zip(tables, placed, strict=True)):
        staged = gathered.earlier(at) if gathered else None
        if staged is None:
            staged = opened.stage(
                con, columns=place.columns, folder=folder, derive=place.derive(derive),
                told=_after(before, told),
            )  # fmt: skip
            if gathered:
                gathered.add(at, staged, before=before)
        parts.append(Part(opened, staged, place, before))
        before += staged.lines
        told(before)
    if gathered:
        gathered.show()
    return Parts(tuple(parts))


def _after(before: int, told: Told) -> Told:
    return lambda lines: told(before + lines)


class _Gathered:
    """The tables that were staged so far, one under the other, in `gathered`, `gathered_rejected` and `gathered_parts`,
    which says how far."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        tables: Sequence[tuple[Opened, Path]],
        placed: Sequence[Placed],
        *,
        derive: Derive,
    ) -> None:
        self._con, self._headers = con, [opened.header for opened, _ in tables]
        seals = [
            f"{opened.readable.name} {opened.seal.sha256} {place.derive(derive)(', '.join(place.columns))}"
            for (opened, _), place in zip(tables, placed, strict=True)
        ]
        self._reading = hashlib.sha256("\n".join(seals).encode()).hexdigest()
        con.execute(
            """CREATE TABLE IF NOT EXISTS gathered_parts (reading VARCHAR, part INTEGER, rows BIGINT, rejected BIGINT,
            careful BOOLEAN, lines BIGINT)"""
        )
        if con.execute("SELECT 1 FROM gathered_parts WHERE reading <> ?", [self._reading]).fetchone():
            con.execute("DELETE FROM gathered_parts")
        if not con.execute("SELECT 1 FROM gathered_parts").fetchone():
            for table in ("gathered", "gathered_rejected"):
                con.execute(f"DROP TABLE IF EXISTS {table}")

    def earlier(self, part: int) -> Staged | None:
        """A table as an earlier run staged it."""
        row = self._con.execute(
            "SELECT rows, rejected, careful, lines FROM gathered_parts WHERE part = ?", [part]
        ).fetchone()
        if row is None:
            return None
        rows, rejected, careful, lines = row
        return Staged(header=self._headers[part], rows=rows, rejected=rejected, careful=careful, lines=lines)

    def add(self, part: int, staged: Staged, *, before: int) -> None:
        """Put the table just staged under those before it, its lines counted on."""
        self._con.begin()
        for name, target in (("numbered", "gathered"), ("rejected", "gathered_rejected")):
            rows = f"SELECT * REPLACE ((line + {before})::BIGINT AS line) FROM {name}"
            verb = f"INSERT INTO {target} BY NAME" if part else f"CREATE TABLE {target} AS"
            self._con.execute(f"{verb} {rows}")
        forget(self._con)
        self._con.execute(
            "INSERT INTO gathered_parts VALUES (?, ?, ?, ?, ?, ?)",
            [self._reading, part, staged.rows, staged.rejected, staged.careful, staged.lines],
        )
        self._con.commit()

    def show(self) -> None:
        """What comes after sees them under the names that one table has."""
        self._con.execute("CREATE OR REPLACE VIEW numbered AS SELECT * FROM gathered")
        self._con.execute("CREATE OR REPLACE VIEW rejected AS SELECT * FROM gathered_rejected")


def rows_by_part(con: duckdb.DuckDBPyConnection, parts: Parts, whole: Rows) -> tuple[SourcePart, ...]:
    """The rows of each table. The tables' rows add up to `whole`."""
    if len(parts.every) == 1:
        (part,) = parts.every
        return (SourcePart(name=part.opened.readable.name, rows=whole, lines_before=0),)
    counted = {
        query: _by_part(con, parts, query)
        for query in (
            "SELECT line FROM kept",
            "SELECT line FROM numbered WHERE fault IS NOT NULL",
            "SELECT line FROM duplicate_rows",
        )
    }
    imported, unreadable, duplicates = counted.values()
    return tuple(
        SourcePart(
            name=part.opened.readable.name,
            rows=Rows(
                read=part.staged.rows + part.staged.rejected,
                imported=imported.get(at, 0),
                quarantined=part.staged.rejected + unreadable.get(at, 0),
                duplicates=duplicates.get(at, 0),
            ),
            lines_before=part.lines_before,
        )
        for at, part in enumerate(parts.every)
    )


def _by_part(con: duckdb.DuckDBPyConnection, parts: Parts, query: str) -> Mapping[int, int]:
    """How many lines of a query lie in each table, by its position."""
    return dict(
        con.execute(
            f"""SELECT part, count(*) FROM ({query}) lines ASOF JOIN ({_starts(parts)}) parts
                ON lines.line > parts.before GROUP BY part"""
        ).fetchall()
    )


def _starts(parts: Parts) -> str:
    # a table without a line shares its start with the next, which is the one to be found
    starts = {part.lines_before: at for at, part in enumerate(parts.every) if part.staged.lines}
    return (
        "SELECT * FROM (VALUES " + ", ".join(f"({at}, {before})" for before, at in starts.items()) + ") v(part, before)"
    )


def repeated_across(con: duckdb.DuckDBPyConnection, parts: Parts) -> int:
    """Duplicate rows whose first copy stands in another table."""
    if len(parts.every) == 1:
        return 0
    return count(
        con,
        f"""WITH parts AS ({_starts(parts)})
        SELECT count(*) FROM duplicate_rows ASOF JOIN parts ON line > parts.before
            ASOF JOIN parts AS firsts ON first_line > firsts.before
        WHERE parts.part <> firsts.part""",
    )
