"""Delimited text into the staging database, block by block, with every physical line accounted for.

The bulk reader goes first. Its rows are believed only if a block's physical lines = rows + newlines inside accepted
quoted fields holds exactly and no such field has swallowed a row; else the careful reader reads that part again. What
is read is kept with how far it goes, in one transaction: a reading that was interrupted goes on after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from answerable.sources.files.seal import Bytes
from answerable.sources.rows.blocks import BLOCK_BYTES, PART_BYTES, Block, Content, content, even_blocks, next_block
from answerable.sources.rows.careful import LinesFrom, is_row, write_apart
from answerable.sources.rows.reader import (
    LF,
    LONGEST_HEADER_LETTERS,
    Derive,
    Staged,
    Told,
    csv_relation,
    forget,
    load_rejected,
    make_rejected,
    plain_columns,
    rows_apart,
)
from answerable.sources.rows.reading_ahead import Looked, readers, reading_ahead
from answerable.sources.rows.staging import count
from answerable.sources.sql_text import any_of


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
    told: Told = lambda _lines: None,
    block_bytes: int = BLOCK_BYTES,
) -> Staged:
    """Load a UTF-8 file.

    `folder` is for what is written on the way; `columns` names the file's columns where they are not c0, c1, …;
    `derive` makes the SELECT that adds columns to them while they are read, since writing them twice would cost more
    than reading them.
    """
    columns = tuple(columns) or tuple(plain_columns(len(header)))
    text = _Text(path, read, columns=columns, delimiter=delimiter, undecodable=frozenset(undecodable))
    kept = _Kept(con, text, derive=derive, folder=folder)
    with path.open("rb") as file:
        file_bytes = read.seal.size_bytes
        block_bytes = even_blocks(file_bytes, most_bytes=block_bytes, readers=readers(con))
        kept.begin(file, block_bytes)
        blocks = 1 + (read.seal.size_bytes - kept.end) // block_bytes
        with reading_ahead(con, kept, blocks=blocks) as ahead:
            while kept.end < read.seal.size_bytes:
                block, taken = ahead.take()
                if not taken:
                    _take_in_parts(kept, block, min(PART_BYTES, block_bytes), told)
                told(kept.next_line - 1)
    if kept.next_line - 1 != read.lines:
        raise AssertionError(f"{read.lines} physical lines, but {kept.next_line - 1} were accounted for")
    return kept.staged(header)


def _take_in_parts(kept: _Kept, block: Block, part_bytes: int, told: Told) -> None:
    """A block that is not clean: carefully where it is broken, the rest in bulk."""
    while kept.end < block.end:
        part = kept.next(part_bytes)
        if part == block or not kept.take_in_bulk(part):
            kept.take_carefully(part)
        told(kept.next_line - 1)


def _header_bytes(file: BinaryIO) -> int:
    """How many bytes the first physical line has, its end and the mark of the encoding included."""
    file.seek(0)
    line = file.readline(4 * LONGEST_HEADER_LETTERS)
    lone = line.find(b"\r")
    return lone + 1 if 0 <= lone < len(line) - 2 else len(line)


@dataclass(frozen=True, slots=True)
class _Text:
    """A file of delimited text and what is known about it."""

    path: Path
    read: Bytes
    columns: tuple[str, ...]
    delimiter: str
    undecodable: frozenset[int]


class _Kept:
    """The blocks of one text in the staging database: `source_rows`, `rejected`, and `blocks`, which says how far."""

    def __init__(self, con: duckdb.DuckDBPyConnection, text: _Text, *, derive: Derive, folder: Path) -> None:
        self._con, self._text, self._derive, self._folder = con, text, derive, folder
        self._blocks = 0
        self.end, self.next_line = 0, 1
        """The byte and the line after the last that is kept."""

    def begin(self, file: BinaryIO, block_bytes: int) -> None:
        """Go on where an earlier reading of the same bytes ended, else begin after the header of the open text."""
        self._file, self._block_bytes = file, block_bytes
        self.end, self.next_line = _header_bytes(file), 2
        if self._has_blocks():
            row = self._con.execute("SELECT count(*), max(end_byte), max(next_line) FROM blocks").fetchone() or ()
            self._blocks, self.end, self.next_line = row
            return
        forget(self._con)
        make_rejected(self._con)
        empty = self._folder / "empty.csv"
        empty.write_bytes(b"")
        none = self._derive(self._csv(empty, header=False))
        self._con.execute(
            f"""CREATE TABLE source_rows AS
            SELECT 0::UINTEGER AS block, 0::BIGINT AS own_line, 0::BIGINT AS own_covers, * FROM ({none}) LIMIT 0"""
        )
        self._con.execute(
            """CREATE TABLE blocks (block UINTEGER, reading VARCHAR, end_byte BIGINT, first_line BIGINT,
            next_line BIGINT, rows BIGINT, rejected BIGINT, careful BOOLEAN)"""
        )

    def _has_blocks(self) -> bool:
        if not self._con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'blocks'").fetchone():
            return False
        same = self._con.execute("SELECT bool_and(reading = ?) FROM blocks", [self._reading()]).fetchone()
        return same == (True,)

    def _reading(self) -> str:
        """A digest of the bytes that are read and of what is made of them."""
        made = self._derive(f"a file of {', '.join(self._text.columns)}")
        return hashlib.sha256(f"{self._text.read.seal.sha256} {made}".encode()).hexdigest()

    def next(self, size: int) -> Block:
        """The block of about `size` bytes after the last that is kept."""
        return self._after(self.end, self.next_line, size)

    def _after(self, end: int, next_line: int, size: int) -> Block:
        file_bytes = self._text.read.seal.size_bytes
        return next_block(self._file, start=end, first_line=next_line, size=size, file_bytes=file_bytes)

    def look_ahead(self, before: Looked | None) -> Looked | None:
        """As `reading_ahead.Keeper` says."""
        if before is None:
            return self._look_at(self.next(self._block_bytes), number=self._blocks)
        end, line = before.block.end, before.block.first_line + before.found.lines
        if end >= self._text.read.seal.size_bytes:
            return None
        return self._look_at(self._after(end, line, self._block_bytes), number=before.number + 1)

    def _look_at(self, block: Block, *, number: int) -> Looked:
        """Make a block ready for the bulk reader, if it can read it."""
        whole = number == 0 and block.end == self._text.read.seal.size_bytes
        copy = None if whole else self._copy(number)
        found = content(self._file, block, delimiter=self._text.delimiter, copy=copy)
        newline = self._text.read.newline or found.newline
        if newline is None or not self._bulk_can_read(block, found):
            return Looked(number, block, found, None)
        return Looked(number, block, found, self._csv(copy or self._text.path, header=whole, newline=newline))

    def _copy(self, number: int) -> Path:
        return self._folder / f"block-{number}.csv"

    def take_in_bulk(self, block: Block) -> bool:
        """Load a block with the bulk reader if that loses nothing; else nothing is loaded."""
        looked = self._look_at(block, number=self._blocks)
        return self.keep(self._con, looked, self.load(self._con, looked))

    def load(self, con: duckdb.DuckDBPyConnection, looked: Looked) -> int | None:
        """As `reading_ahead.Keeper` says: None if not every physical line of the block is accounted for."""
        con.begin()
        if looked.source is None:
            return None
        try:
            return self._load(con, looked)
        except duckdb.Error:
            # whatever it stumbled over, the careful reader names the line
            return None

    def keep(self, con: duckdb.DuckDBPyConnection, looked: Looked, rows: int | None) -> bool:
        """As `reading_ahead.Keeper` says."""
        self._copy(looked.number).unlink(missing_ok=True)
        if rows is None:
            con.rollback()
            return False
        block, lines = looked.block, looked.found.lines
        self._commit(con, block, end=block.end, next_line=block.first_line + lines, rows=rows, rejected=None)
        return True

    def _bulk_can_read(self, block: Block, found: Content) -> bool:
        lines = range(block.first_line, block.first_line + found.lines)
        broken = any(line in lines for line in self._text.undecodable)
        return block.whole_rows and found.plain and len(self._text.columns) > 1 and not broken

    def _load(self, con: duckdb.DuckDBPyConnection, looked: Looked) -> int | None:
        """Insert the rows; None if they do not account for every physical line of the block."""
        number, block, found, source = looked
        assert source is not None  # noqa: S101  load() looked
        con.execute(f"INSERT INTO source_rows SELECT {number}, NULL, NULL, * FROM ({self._derive(source)})")
        rows = count(con, f"SELECT count(*) FROM source_rows WHERE block = {number}")
        if rows == found.lines:
            return rows
        if not self._inner_newlines_explain(con, number, found.lines - rows):
            return None
        con.execute(
            f"""UPDATE source_rows SET own_line = numbers.line, own_covers = numbers.covers FROM (
                SELECT row_at, 1 + inner_newlines AS covers,
                    {block.first_line} - 1 + row_number() OVER (ORDER BY row_at) + coalesce(sum(inner_newlines) OVER (
                        ORDER BY row_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS line
                FROM (SELECT rowid AS row_at, {_inner_newlines(self._text.columns)} AS inner_newlines
                    FROM source_rows WHERE block = {number})) numbers
            WHERE source_rows.rowid = numbers.row_at"""
        )
        return rows

    def _inner_newlines_explain(self, con: duckdb.DuckDBPyConnection, number: int, missing: int) -> bool:
        """Whether newlines inside accepted fields are all that rows and lines differ by, and no field holds a row."""
        columns, of_block = self._text.columns, f"FROM source_rows WHERE block = {number}"
        if missing != count(con, f"SELECT coalesce(sum({_inner_newlines(columns)}), 0)::BIGINT {of_block}"):
            return False
        with_newline = " + ".join(f"contains({c}, chr(10))::INTEGER" for c in columns)
        if count(con, f"SELECT count(*) {of_block} AND {with_newline} > 1"):
            return False  # a line between two such fields may be a row by itself: the careful reader sees it as it lies
        spanning = any_of(f"contains({c}, chr(10))" for c in columns)
        found = con.execute(f"SELECT {', '.join(columns)} {of_block} AND ({spanning})")
        while batch := found.fetchmany(1000):
            if any(_swallowed_a_row(value, len(columns), self._text.delimiter) for row in batch for value in row):
                return False
        return True

    def take_carefully(self, block: Block) -> None:
        """Judge a block line by line, to the end of the row in which it ends."""
        text = self._text
        lines = content(self._file, block, delimiter=text.delimiter, copy=None).lines
        judge = LinesFrom(text.path, start=block.start, first_line=block.first_line)
        judged = judge.judged(
            width=len(text.columns), delimiter=text.delimiter, undecodable=text.undecodable,
            until_line=block.first_line + lines,
        )  # fmt: skip
        good, bad = self._folder / "rows.csv", self._folder / "rejected.csv"
        counts = write_apart(judged, rows=good, rejected=bad)
        accounted = counts.row_lines + counts.rejected + counts.blank
        if judge.next_line - block.first_line != accounted:
            raise AssertionError(f"{judge.next_line - block.first_line} lines, but {counts} were accounted for")
        self._con.begin()
        rows = self._derive(rows_apart(good, text.columns, counts))
        self._con.execute(
            f"""INSERT INTO source_rows SELECT {self._blocks}, line::BIGINT, covers::BIGINT, * EXCLUDE (line, covers)
            FROM ({rows})"""
        )
        loaded = count(self._con, f"SELECT count(*) FROM source_rows WHERE block = {self._blocks}")
        if loaded != counts.rows:
            raise AssertionError(f"{counts} were written, {loaded} rows were loaded")
        load_rejected(self._con, bad, counts)
        self._commit(
            self._con, block, end=judge.end, next_line=judge.next_line, rows=counts.rows, rejected=counts.rejected
        )

    def _commit(
        self, con: duckdb.DuckDBPyConnection, block: Block, *, end: int, next_line: int, rows: int, rejected: int | None
    ) -> None:  # fmt: skip
        """Keep a block. `rejected`: lines that are no rows, or None for a block read in bulk."""
        con.execute(
            f"""INSERT INTO blocks SELECT {self._blocks}, ?, {end}, {block.first_line}, {next_line}, {rows},
            {rejected or 0}, {rejected is not None}""",
            [self._reading()],
        )
        con.commit()
        self._blocks, self.end, self.next_line = self._blocks + 1, end, next_line

    def staged(self, header: tuple[str, ...]) -> Staged:
        """Make the view `numbered` of everything that is kept."""
        blocks = self._con.execute(
            """SELECT first_line, first_rowid FROM blocks LEFT JOIN (
                SELECT block, min(rowid) AS first_rowid FROM source_rows GROUP BY block) USING (block) ORDER BY block"""
        ).fetchall()
        before = [str(line - (rowid or 0)) for line, rowid in blocks]
        own = count(self._con, "SELECT count(*) FROM source_rows WHERE own_line IS NOT NULL")
        line = f"rowid + ([{', '.join(before)}])[block + 1]" if len(before) > 1 else f"rowid + {(*before, '0')[0]}"
        numbers = (
            f"CASE WHEN own_line IS NULL THEN {line} ELSE own_line END AS line, coalesce(own_covers, 1) AS covers"
            if own
            else f"{line} AS line, 1 AS covers"
        )
        self._con.execute(
            f"""CREATE OR REPLACE VIEW numbered AS
            SELECT {numbers}, * EXCLUDE (block, own_line, own_covers) FROM source_rows"""
        )
        rows, rejected, careful = self._con.execute(
            "SELECT coalesce(sum(rows), 0)::BIGINT, coalesce(sum(rejected), 0)::BIGINT, bool_or(careful) FROM blocks"
        ).fetchone() or (0, 0, False)
        return Staged(header=header, rows=rows, rejected=rejected, careful=bool(careful), lines=self.next_line - 1)

    def _csv(self, path: Path, *, header: bool, newline: str = LF) -> str:
        return csv_relation(path, self._text.columns, self._text.delimiter, newline, header=header)


def _inner_newlines(columns: Sequence[str]) -> str:
    return " + ".join(f"(length({c}) - length(replace({c}, chr(10), '')))" for c in columns)


def _swallowed_a_row(value: str, width: int, delimiter: str) -> bool:
    inside = value.replace('"', '""').split("\n")[1:-1]
    return any(is_row(line, width=width, delimiter=delimiter) for line in inside)
