"""From a CSV file to numbered rows in the staging database, with every physical line accounted for.

The bulk reader goes first. Its rows are believed only if physical lines = header + rows + newlines inside accepted
quoted fields holds exactly and no such field has swallowed a row; else the careful reader reads the file again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from answerable.errors import SourceError
from answerable.sources.careful import Counts, is_row, parse_row, read_lines, write_apart
from answerable.sources.seal import Bytes
from answerable.sources.sql_text import any_of, literal

Derive: TypeAlias = Callable[[str], str]
LF = "\n"


@dataclass(frozen=True, slots=True)
class Staged:
    """`rows` were read into `numbered` (line, covers, c0, c1, … and what was derived from them) and `rejected` into the
    table `rejected` (line, reason, raw). `careful`: which reader it took."""

    header: tuple[str, ...]
    rows: int
    rejected: int
    careful: bool


def read_header(path: Path, delimiter: str, *, shown: str) -> tuple[str, ...]:
    """The fields of the first physical line of a UTF-8 file. Raises SourceError if it is no header."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        line = next(text, "")
    try:
        header = tuple(field.strip() for field in parse_row(line, delimiter))
    except ValueError as error:
        raise SourceError(f"the header cannot be read: {error}", file=shown, line=1) from None
    if not any(header):
        raise SourceError(
            "the first line is blank; it must name the columns", file=shown, line=1, hint="Remove it and try again."
        )
    return header


def stage_rows(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    read: Bytes,
    *,
    header: tuple[str, ...],
    delimiter: str,
    folder: Path,
    undecodable: Collection[int] = (),
    derive: Derive = lambda relation: f"SELECT * FROM {relation}",
) -> Staged:
    """Load a UTF-8 file. `folder` is for the careful reader's files; `derive` makes the SELECT that adds columns to
    c0, c1, … while they are read, since writing them twice would cost more than reading them."""
    con.execute("CREATE TABLE rejected (line BIGINT, reason VARCHAR, raw VARCHAR)")
    width = len(header)
    if _bulk_can_read(read, width) and not undecodable:
        rows = _read_in_bulk(con, path, read, width=width, delimiter=delimiter, derive=derive)
        if rows is not None:
            return Staged(header=header, rows=rows, rejected=0, careful=False)
    good, bad = folder / "rows.csv", folder / "rejected.csv"
    judged = read_lines(path, width=width, delimiter=delimiter, undecodable=undecodable)
    counts = write_apart(judged, rows=good, rejected=bad)
    if read.lines != 1 + counts.row_lines + counts.rejected + counts.blank:
        raise AssertionError(f"{read.lines} physical lines, but {counts} were accounted for")
    _load_apart(con, counts, rows=good, rejected=bad, width=width, derive=derive)
    return Staged(header=header, rows=counts.rows, rejected=counts.rejected, careful=True)


def _bulk_can_read(read: Bytes, width: int) -> bool:
    # the bulk reader strips spaces around quotes, takes NUL bytes as letters and one kind of line end only
    return read.newline is not None and not read.nul_bytes and not read.spaced_quotes and width > 1


def _read_in_bulk(
    con: duckdb.DuckDBPyConnection, path: Path, read: Bytes, *, width: int, delimiter: str, derive: Derive
) -> int | None:
    columns = [f"c{position}" for position in range(width)]
    try:
        rows_of_file = _csv(path, columns, delimiter, read.newline or "", header=True)
        con.execute(f"CREATE TABLE source_rows AS {derive(rows_of_file)}")
    except duckdb.Error:
        # whatever it stumbled over, the careful reader names the line
        con.execute("DROP TABLE IF EXISTS source_rows")
        return None
    rows = _count(con, "SELECT count(*) FROM source_rows")
    if read.lines == 1 + rows:
        con.execute("CREATE VIEW numbered AS SELECT rowid + 2 AS line, 1 AS covers, * FROM source_rows")
        return rows
    if _inner_newlines_explain(con, read, rows, columns, delimiter):
        con.execute(
            f"""CREATE TABLE numbered AS SELECT 2 + row_at + coalesce(sum(inner_newlines) OVER (
                    ORDER BY row_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS line,
                1 + inner_newlines AS covers, * EXCLUDE (row_at, inner_newlines)
            FROM (SELECT rowid AS row_at, {_inner_newlines(columns)} AS inner_newlines, * FROM source_rows)"""
        )
        return rows
    con.execute("DROP TABLE source_rows")
    return None


def _inner_newlines(columns: list[str]) -> str:
    return " + ".join(f"(length({c}) - length(replace({c}, chr(10), '')))" for c in columns)


def _inner_newlines_explain(
    con: duckdb.DuckDBPyConnection, read: Bytes, rows: int, columns: list[str], delimiter: str
) -> bool:
    inner = _count(con, f"SELECT coalesce(sum({_inner_newlines(columns)}), 0)::BIGINT FROM source_rows")
    if read.lines != 1 + rows + inner:
        return False
    found = con.execute(
        f"SELECT {', '.join(columns)} FROM source_rows WHERE " + any_of(f"contains({c}, chr(10))" for c in columns)
    )
    while batch := found.fetchmany(1000):
        if any(_swallowed_a_row(value, len(columns), delimiter) for row in batch for value in row):
            return False
    return True


def _swallowed_a_row(value: str, width: int, delimiter: str) -> bool:
    inside = value.replace('"', '""').split("\n")[1:-1]
    return any(is_row(line, width=width, delimiter=delimiter) for line in inside)


def _load_apart(
    con: duckdb.DuckDBPyConnection, counts: Counts, *, rows: Path, rejected: Path, width: int, derive: Derive
) -> None:
    columns = ["line", "covers", *(f"c{position}" for position in range(width))]
    con.execute(f"CREATE TABLE source_rows AS {derive(_csv(rows, columns, ',', LF, header=False))}")
    numbers = "line::BIGINT AS line, covers::BIGINT AS covers"
    con.execute(f"CREATE VIEW numbered AS SELECT * REPLACE ({numbers}) FROM source_rows")
    refused = _csv(rejected, ["line", "reason", "raw"], ",", LF, header=False)
    con.execute(f"INSERT INTO rejected SELECT line::BIGINT, reason, raw FROM {refused}")
    loaded = _count(con, "SELECT count(*) FROM source_rows"), _count(con, "SELECT count(*) FROM rejected")
    if loaded != (counts.rows, counts.rejected):
        raise AssertionError(f"{counts} were written, {loaded} were loaded")


def _csv(path: Path, columns: list[str], delimiter: str, newline: str, *, header: bool) -> str:
    """A strict read_csv of explicit text columns: nothing is detected, nothing skipped, nothing padded.

    Strict is the engine's default and must not be said: DuckDB 2.0.0 silently reads *no* row of a CR LF file when
    strict_mode and new_line are both given.
    """
    typed = ", ".join(f"{c}: 'VARCHAR'" for c in columns)
    never_null = ", ".join(columns)
    ends = newline.replace("\r", "\\r").replace("\n", "\\n")
    return f"""read_csv({literal(str(path))}, columns = {{{typed}}}, header = {literal(header)}, auto_detect = false,
        delim = {literal(delimiter)}, quote = '"', escape = '"', new_line = {literal(ends)},
        null_padding = false, ignore_errors = false, compression = 'none', force_not_null = [{never_null}],
        encoding = 'utf-8')"""


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def raw_lines(path: Path, wanted: dict[int, int]) -> Iterator[tuple[int, str]]:
    """The text of some rows of a UTF-8 file: `wanted` maps a first physical line to how many lines it covers."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        numbered = enumerate(text, start=1)
        for number, line in numbered:
            if number in wanted:
                rest = [next(numbered)[1] for _ in range(wanted[number] - 1)]
                yield number, "".join((line, *rest)).rstrip("\r\n")
