"""From a CSV file to numbered rows in the staging database, with every physical line accounted for.

The bulk reader goes first. Its rows are believed only if physical lines = header + rows + newlines inside accepted
quoted fields holds exactly and no such field has swallowed a row; else the careful reader reads the file again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from answerable.errors import SourceError
from answerable.sources.careful import (
    LONGEST_ROW_LETTERS,
    USUAL_ROW_LETTERS,
    Blank,
    Counts,
    Rejected,
    Row,
    is_row,
    parse_row,
    read_lines,
    write_apart,
)
from answerable.sources.seal import Bytes
from answerable.sources.sql_text import any_of, literal

Derive: TypeAlias = Callable[[str], str]
LF = "\n"
LONGEST_HEADER_LETTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Staged:
    """`rows` were read into `numbered` (line, covers, c0, c1, … and what was derived from them) and `rejected` into the
    table `rejected` (line, reason, raw). `careful`: which reader it took. `lines`: the number of the last line."""

    header: tuple[str, ...]
    rows: int
    rejected: int
    careful: bool
    lines: int


def read_header(path: Path, delimiter: str, *, shown: str) -> tuple[str, ...]:
    """The fields of the first physical line of a UTF-8 file. Raises SourceError if it is no header."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        line = text.readline(LONGEST_HEADER_LETTERS)
    if len(line) == LONGEST_HEADER_LETTERS:
        raise SourceError("the first line is too long to be the names of columns", file=shown, line=1)
    try:
        header = tuple(field.strip() for field in parse_row(line, delimiter))
    except ValueError as error:
        raise SourceError(f"the header cannot be read: {error}", file=shown, line=1) from None
    if not any(header):
        raise SourceError(
            "the first line is blank; it must name the columns", file=shown, line=1, hint="Remove it and try again."
        )
    return header


def stage_rows(  # noqa: PLR0913  what is known about the file
    con: duckdb.DuckDBPyConnection,
    path: Path,
    read: Bytes,
    *,
    header: tuple[str, ...],
    delimiter: str,
    folder: Path,
    columns: Sequence[str] = (),
    undecodable: Collection[int] = (),
    derive: Derive = lambda relation: f"SELECT * FROM {relation}",
) -> Staged:
    """Load a UTF-8 file. `folder` is for the careful reader's files; `columns` names the file's columns where they are
    not c0, c1, …; `derive` makes the SELECT that adds columns to them while they are read, since writing them twice
    would cost more than reading them."""
    width = len(header)
    columns = list(columns) or plain_columns(width)
    if _bulk_can_read(read, width) and not undecodable:
        rows = _read_in_bulk(con, path, read, columns=columns, delimiter=delimiter, derive=derive)
        if rows is not None:
            make_rejected(con)
            return Staged(header=header, rows=rows, rejected=0, careful=False, lines=read.lines)
    judged = read_lines(path, width=width, delimiter=delimiter, undecodable=undecodable)
    return stage_judged(con, judged, header=header, columns=columns, lines=read.lines, folder=folder, derive=derive)


def plain_columns(width: int) -> list[str]:
    """The staging names of a file's columns: c0, c1, …"""
    return [f"c{position}" for position in range(width)]


def stage_judged(
    con: duckdb.DuckDBPyConnection,
    judged: Iterator[Row | Rejected | Blank],
    *,
    header: tuple[str, ...],
    columns: Sequence[str],
    lines: int | None,
    folder: Path,
    derive: Derive,
    before: int = 1,
) -> Staged:
    """Load rows that were judged one by one. `lines`: how many there must be, `before` of them before the first row
    (None: as many as were judged)."""
    make_rejected(con)
    good, bad = folder / "rows.csv", folder / "rejected.csv"
    counts = write_apart(judged, rows=good, rejected=bad)
    accounted = before + counts.row_lines + counts.rejected + counts.blank
    if lines is not None and lines != accounted:
        raise AssertionError(f"{lines} physical lines, but {counts} were accounted for")
    _load_apart(con, counts, rows=good, rejected=bad, columns=columns, derive=derive)
    return Staged(header=header, rows=counts.rows, rejected=counts.rejected, careful=True, lines=accounted)


def make_rejected(con: duckdb.DuckDBPyConnection) -> None:
    """The table of lines that are no rows."""
    con.execute("CREATE TABLE rejected (line BIGINT, reason VARCHAR, raw VARCHAR)")


def _bulk_can_read(read: Bytes, width: int) -> bool:
    # the bulk reader strips spaces around quotes, takes NUL bytes as letters and one kind of line end only
    return read.newline is not None and not read.nul_bytes and not read.spaced_quotes and width > 1


def _read_in_bulk(
    con: duckdb.DuckDBPyConnection, path: Path, read: Bytes, *, columns: Sequence[str], delimiter: str, derive: Derive
) -> int | None:
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


def _inner_newlines(columns: Sequence[str]) -> str:
    return " + ".join(f"(length({c}) - length(replace({c}, chr(10), '')))" for c in columns)


def _inner_newlines_explain(
    con: duckdb.DuckDBPyConnection, read: Bytes, rows: int, columns: Sequence[str], delimiter: str
) -> bool:
    inner = _count(con, f"SELECT coalesce(sum({_inner_newlines(columns)}), 0)::BIGINT FROM source_rows")
    if read.lines != 1 + rows + inner:
        return False
    with_newline = " + ".join(f"contains({c}, chr(10))::INTEGER" for c in columns)
    if _count(con, f"SELECT count(*) FROM source_rows WHERE {with_newline} > 1"):
        return False  # a line between two such fields may be a row by itself: the careful reader sees it as it lies
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
    con: duckdb.DuckDBPyConnection,
    counts: Counts,
    *,
    rows: Path,
    rejected: Path,
    columns: Sequence[str],
    derive: Derive,
) -> None:
    long = counts.longest > USUAL_ROW_LETTERS
    rows_apart = _csv(rows, ["line", "covers", *columns], ",", LF, header=False, long=long)
    con.execute(f"CREATE TABLE source_rows AS {derive(rows_apart)}")
    numbers = "line::BIGINT AS line, covers::BIGINT AS covers"
    con.execute(f"CREATE VIEW numbered AS SELECT * REPLACE ({numbers}) FROM source_rows")
    refused = _csv(rejected, ["line", "reason", "raw"], ",", LF, header=False, long=long)
    con.execute(f"INSERT INTO rejected SELECT line::BIGINT, reason, raw FROM {refused}")
    loaded = _count(con, "SELECT count(*) FROM source_rows"), _count(con, "SELECT count(*) FROM rejected")
    if loaded != (counts.rows, counts.rejected):
        raise AssertionError(f"{counts} were written, {loaded} were loaded")


def _csv(path: Path, columns: Sequence[str], delimiter: str, newline: str, *, header: bool, long: bool = False) -> str:
    """A strict read_csv of explicit text columns: nothing is detected, nothing skipped, nothing padded.

    Strict is the engine's default and must not be said: DuckDB 2.0.0 silently reads *no* row of a CR LF file when
    strict_mode and new_line are both given.
    """
    typed = ", ".join(f"{c}: 'VARCHAR'" for c in columns)
    never_null = ", ".join(columns)
    # only where it must be: the engine's buffers grow with it
    longest = f", max_line_size = {8 * LONGEST_ROW_LETTERS}" if long else ""
    ends = newline.replace("\r", "\\r").replace("\n", "\\n")
    return f"""read_csv({literal(str(path))}, columns = {{{typed}}}, header = {literal(header)}, auto_detect = false,
        delim = {literal(delimiter)}, quote = '"', escape = '"', new_line = {literal(ends)},
        null_padding = false, ignore_errors = false, compression = 'none', force_not_null = [{never_null}],
        encoding = 'utf-8'{longest})"""


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
