"""A publisher's own Parquet file: every column as text, row by row, in the order of the file.

Rows are numbered from 1. Whole numbers that the file keeps as floating point lose their ".0", times become ISO text
(an instant in UTC, with its offset), lists and structures become JSON text. A null is blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from answerable.errors import SourceError
from answerable.model.source import FileSeal
from answerable.sources.files.containers import LIMITS, Limits, Readable, seal_bytes
from answerable.sources.files.opening import plainly_named
from answerable.sources.rows.reader import Derive, Staged, Told, forget, make_rejected
from answerable.sources.sql_text import any_of, literal, name

OURS = {"row_key", "raw_hash", "raw_line_no", "received_at"}
"""Columns that only `answerable import` writes together."""


@dataclass(frozen=True, slots=True)
class ParquetRows:
    """`types`: the engine's type of each column, by position; `columns_of` its names as the file has them."""

    readable: Readable
    path: Path
    seal: FileSeal
    names: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(one.strip() for one in self.names)

    @property
    def encoding(self) -> str:
        """Parquet's text is always UTF-8."""
        return "utf-8"

    @property
    def notes(self) -> tuple[str, ...]:
        """Which columns were not text."""
        other = [f"{one} ({kind})" for one, kind in zip(self.header, self.types, strict=True) if kind != "VARCHAR"]
        said = (
            (f"Columns of the Parquet file that are no text were read as text: {', '.join(other)}.",) if other else ()
        )
        return (*self.readable.notes, "Read as Parquet; the line of a row is its number, from 1.", *said)

    @property
    def lines(self) -> None:
        """Its rows are read in one go."""
        return

    def stage(
        self,
        con: duckdb.DuckDBPyConnection,
        *,
        columns: tuple[str, ...],
        folder: Path,  # noqa: ARG002  the protocol's
        derive: Derive,
        told: Told,  # noqa: ARG002  the protocol's: the engine reads it in one go
    ) -> Staged:
        """Load the rows; one with a NUL byte is rejected."""
        forget(con)
        make_rejected(con)
        texts = ", ".join(
            f"{_as_text(one, kind)} AS {column}"
            for one, kind, column in zip(self.names, self.types, columns, strict=True)
        )
        rows = f"(SELECT file_row_number + 1 AS line, 1 AS covers, {texts} FROM {_read(self.path)})"
        odd = any_of(f"contains({column}, chr(0))" for column in columns)
        try:
            con.execute(f"CREATE TABLE source_rows AS {derive(f'(SELECT * FROM {rows} WHERE NOT ({odd}))')}")
            listed = ", ".join(f"replace({column}, chr(0), '\\0')" for column in columns)
            con.execute(
                f"""INSERT INTO rejected SELECT line, 'has a NUL byte', array_to_string([{listed}], ',')
                FROM {rows} WHERE {odd}"""
            )
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error as error:
            raise _unreadable(self.readable, error) from None
        con.execute("CREATE VIEW numbered AS SELECT * FROM source_rows")
        rows_loaded, rejected = (
            int((con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0])
            for table in ("source_rows", "rejected")
        )
        return Staged(
            header=self.header, rows=rows_loaded, rejected=rejected, careful=False, lines=rows_loaded + rejected
        )

    def raw(self, wanted: Mapping[int, int]) -> Iterator[tuple[int, str]] | None:  # noqa: ARG002  the protocol's
        """A row of a Parquet file is no text of its own."""
        return None

    def remarks(self) -> tuple[str, ...]:
        """Nothing more than `notes`."""
        return ()


def open_parquet(readable: Readable, folder: Path, *, limits: Limits = LIMITS) -> ParquetRows:
    """Read a Parquet file's footer. Raises SourceError for what is no Parquet, is one of ours, or holds too much."""
    path = plainly_named(readable.path, folder)
    with duckdb.connect() as con:
        try:
            described = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {_read(path)}").fetchall()
            counted = con.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({literal(str(path))})").fetchone()
        except duckdb.Error as error:
            raise _unreadable(readable, error) from None
    names = tuple(str(one[0]) for one in described)
    if set(names) >= OURS:
        raise SourceError(
            "these are canonical calls that `answerable import` wrote, not a publisher's rows", file=readable.shown,
            hint="Examine it with its manifest beside it: `answerable examine CALLS.parquet`.",
        )  # fmt: skip
    # a run of equal values takes next to no room: every value counts for one byte at least
    beyond = limits.exceeded(int((counted or (0,))[0] or 0) * len(names), packed_bytes=readable.path.stat().st_size)
    if beyond:
        raise SourceError(f"its values would take {beyond}, as a decompression bomb does", file=readable.shown)
    return ParquetRows(
        readable, path, readable.given or seal_bytes(readable.path), names, tuple(str(one[1]) for one in described)
    )


def is_publishers_parquet(path: Path) -> bool:
    """Whether a file is Parquet with other columns than those that `answerable import` writes."""
    with duckdb.connect() as con:
        try:
            described = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        except duckdb.Error:
            return False
    return not {str(one[0]) for one in described} >= OURS


def _read(path: Path) -> str:
    return f"read_parquet({literal(str(path))}, binary_as_string = true, file_row_number = true)"


def _as_text(column: str, kind: str) -> str:
    quoted = name(column)
    if kind in ("DOUBLE", "FLOAT"):
        text = f"regexp_replace({quoted}::VARCHAR, '\\.0$', '')"
    elif kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        text = f"to_json({quoted})::VARCHAR"
    else:
        text = f"{quoted}::VARCHAR"
    return f"coalesce({text}, '')"


def _unreadable(readable: Readable, error: duckdb.Error) -> SourceError:
    said = str(error).splitlines()[0].replace(str(readable.path), readable.name)
    return SourceError(f"it cannot be read as Parquet: {said}", file=readable.shown)
