"""Every table of an import in one staging table, so that one file and twenty are the same to what comes after.

Lines count through the files in their order: a line of the whole is a line of one file, after those before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from answerable.model.source import Rows, SourcePart
from answerable.sources.accounting import count
from answerable.sources.one_header import Placed
from answerable.sources.opening import Opened
from answerable.sources.reader import Derive, Staged


@dataclass(frozen=True, slots=True)
class Part:
    """One table as it was staged. `lines_before`: how many lines the tables before it have."""

    opened: Opened
    staged: Staged
    placed: Placed
    lines_before: int


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

    def of(self, line: int) -> tuple[Part, int]:
        """The table that a line of the whole is in, and its number there."""
        at = bisect_right([part.lines_before for part in self.every], line - 1) - 1
        return self.every[at], line - self.every[at].lines_before


def stage_all(
    con: duckdb.DuckDBPyConnection, tables: Sequence[tuple[Opened, Path]], placed: Sequence[Placed], *, derive: Derive
) -> Parts:
    """Make `numbered` and `rejected` of all tables."""
    parts: list[Part] = []
    before = 0
    for (opened, folder), place in zip(tables, placed, strict=True):
        staged = opened.stage(con, columns=place.columns, folder=folder, derive=place.derive(derive))
        parts.append(Part(opened, staged, place, before))
        if len(tables) > 1:
            _gather(con, before, first=len(parts) == 1)
        before += staged.lines
    if len(tables) > 1:
        con.execute("CREATE VIEW numbered AS SELECT * FROM gathered")
        con.execute("CREATE VIEW rejected AS SELECT * FROM gathered_rejected")
    return Parts(tuple(parts))


def _gather(con: duckdb.DuckDBPyConnection, before: int, *, first: bool) -> None:
    """Add the table just staged to those before it, its lines counted on."""
    for name in ("numbered", "rejected"):
        rows = f"SELECT * REPLACE ((line + {before})::BIGINT AS line) FROM {name}"
        target = "gathered" if name == "numbered" else "gathered_rejected"
        con.execute(f"CREATE TABLE {target} AS {rows}" if first else f"INSERT INTO {target} BY NAME {rows}")
    views = con.execute("SELECT view_name FROM duckdb_views() WHERE view_name = 'numbered'").fetchall()
    con.execute(f"DROP {'VIEW' if views else 'TABLE'} numbered")
    con.execute("DROP TABLE source_rows")
    con.execute("DROP TABLE rejected")


def rows_by_part(con: duckdb.DuckDBPyConnection, parts: Parts, whole: Rows) -> tuple[SourcePart, ...]:
    """The rows of each table. The tables' rows add up to `whole`."""
    if len(parts.every) == 1:
        (part,) = parts.every
        return (SourcePart(name=part.opened.readable.name, rows=whole, lines_before=0),)
    counted = {
        query: _by_part(con, parts, query)
        for query in (
            "SELECT line FROM kept",
            "SELECT line FROM numbered WHERE bad_column IS NOT NULL",
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
    starts = _starts(parts)
    return count(
        con,
        f"""WITH placed AS (SELECT numbered.line, raw_hash, part FROM numbered ASOF JOIN ({starts}) parts
                ON numbered.line > parts.before WHERE bad_column IS NULL),
            firsts AS (SELECT raw_hash, arg_min(part, line) AS first_part FROM placed
                GROUP BY raw_hash HAVING count(*) > 1)
        SELECT count(*) FROM placed JOIN firsts USING (raw_hash)
        WHERE part <> first_part AND line IN (SELECT line FROM duplicate_rows)""",
    )
