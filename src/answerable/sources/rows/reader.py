"""What every reading of a table shares: the header, rows judged one by one, and strict reading of clean text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from answerable.errors import SourceError
from answerable.sources.rows.careful import (
    LONGEST_ROW_LETTERS,
    USUAL_ROW_LETTERS,
    Blank,
    Counts,
    Rejected,
    Row,
    parse_row,
    write_apart,
)
from answerable.sources.rows.staging import count
from answerable.sources.sql_text import literal

Derive: TypeAlias = Callable[[str], str]
Told: TypeAlias = Callable[[int], None]
"""Hears how many physical lines, or rows, of a table are done."""
LF = "\n"
TOLD_EVERY_ROWS = 10_000
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


def plain_columns(width: int) -> list[str]:
    """The staging names of a file's columns: c0, c1, …"""
    return [f"c{position}" for position in range(width)]


def stage_judged(  # noqa: PLR0913  what is known about the rows
    con: duckdb.DuckDBPyConnection,
    judged: Iterator[Row | Rejected | Blank],
    *,
    header: tuple[str, ...],
    columns: Sequence[str],
    lines: int | None,
    folder: Path,
    derive: Derive,
    told: Told,
    before: int = 1,
) -> Staged:
    """Load rows that were judged one by one. `lines`: how many there must be, `before` of them before the first row
    (None: as many as were judged)."""
    forget(con)
    make_rejected(con)
    good, bad = folder / "rows.csv", folder / "rejected.csv"
    counts = write_apart(_telling(judged, told), rows=good, rejected=bad)
    accounted = before + counts.row_lines + counts.rejected + counts.blank
    if lines is not None and lines != accounted:
        raise AssertionError(f"{lines} physical lines, but {counts} were accounted for")
    con.execute(f"CREATE TABLE source_rows AS {derive(rows_apart(good, columns, counts))}")
    loaded = count(con, "SELECT count(*) FROM source_rows")
    if loaded != counts.rows:
        raise AssertionError(f"{counts} were written, {loaded} rows were loaded")
    numbers = "line::BIGINT AS line, covers::BIGINT AS covers"
    con.execute(f"CREATE VIEW numbered AS SELECT * REPLACE ({numbers}) FROM source_rows")
    load_rejected(con, bad, counts)
    return Staged(header=header, rows=counts.rows, rejected=counts.rejected, careful=True, lines=accounted)


def _telling(judged: Iterator[Row | Rejected | Blank], told: Told) -> Iterator[Row | Rejected | Blank]:
    for done, one in enumerate(judged, start=1):
        if done % TOLD_EVERY_ROWS == 0:
            told(done)
        yield one


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Drop whatever a reading that did not end has left."""
    for (view,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
        con.execute(f"DROP VIEW {view}")
    for table in ("source_rows", "rejected", "blocks"):
        con.execute(f"DROP TABLE IF EXISTS {table}")


def make_rejected(con: duckdb.DuckDBPyConnection) -> None:
    """The table of lines that are no rows."""
    con.execute("CREATE TABLE rejected (line BIGINT, reason VARCHAR, raw VARCHAR)")


def rows_apart(path: Path, columns: Sequence[str], counts: Counts) -> str:
    """The relation of the accepted rows that the careful reader wrote: line, covers and the columns, all text."""
    return csv_relation(path, ["line", "covers", *columns], ",", LF, header=False, long=_long(counts))


def load_rejected(con: duckdb.DuckDBPyConnection, path: Path, counts: Counts) -> None:
    """Add the lines that the careful reader rejected to the table `rejected`."""
    lines = csv_relation(path, ["line", "reason", "raw"], ",", LF, header=False, long=_long(counts))
    before = count(con, "SELECT count(*) FROM rejected")
    con.execute(f"INSERT INTO rejected SELECT line::BIGINT, reason, raw FROM {lines}")
    loaded = count(con, "SELECT count(*) FROM rejected") - before
    if loaded != counts.rejected:
        raise AssertionError(f"{counts} were written, {loaded} rejected lines were loaded")


def _long(counts: Counts) -> bool:
    return counts.longest > USUAL_ROW_LETTERS


def csv_relation(
    path: Path, columns: Sequence[str], delimiter: str, newline: str, *, header: bool, long: bool = False
) -> str:
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


def raw_lines(path: Path, wanted: dict[int, int]) -> Iterator[tuple[int, str]]:
    """The text of some rows of a UTF-8 file: `wanted` maps a first physical line to how many lines it covers."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        numbered = enumerate(text, start=1)
        for number, line in numbered:
            if number in wanted:
                rest = [next(numbered)[1] for _ in range(wanted[number] - 1)]
                yield number, "".join((line, *rest)).rstrip("\r\n")
