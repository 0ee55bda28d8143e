"""`calls.parquet` of a result: every call with its outcome, in the report's allow-list of columns and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import duckdb

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.model.examination import ReportRow

_COLUMNS = tuple(ReportRow.__struct_fields__)
_KINDS = {"limit_s": "BIGINT", "waited_s": "BIGINT", "claims": "VARCHAR[]"}
_BATCH, _PART = 10_000, 50_000

Row: TypeAlias = tuple[int | None, ReportRow]
"""When a call was told (microseconds, None: nobody knows), and its row."""
Part: TypeAlias = Callable[[int, Callable[[Path], object]], Path]
"""Gives the file of the part of this number: made now by the function, or kept from an earlier run."""


def write_calls(rows: Iterable[Row], out: Path, *, settings: Settings | None = None) -> int:
    """Write rows in the order in which their calls were told, as Parquet. Returns how many. Raises StorageError."""
    given = list(rows)
    with tempfile.TemporaryDirectory(prefix=".answerable-", dir=out.parent) as folder:

        def part(number: int, make: Callable[[Path], object]) -> Path:
            path = Path(folder) / f"{number}.parquet"
            make(path)
            return path

        write_calls_in_parts(lambda first: iter(given[first:]), out, calls=len(given), part=part, settings=settings)
    return len(given)


def write_calls_in_parts(
    rows_from: Callable[[int], Iterator[Row]], out: Path, *, calls: int, part: Part, settings: Settings | None = None
) -> None:
    """The same of many `calls`, few of which are in memory, part by part. `rows_from`: the rows from a number on; it is
    asked where a part was not kept. Raises StorageError.
    """
    with closing(connect(settings)) as connection, engine_faults(out):
        columns = ", ".join(f"{name} {_KINDS.get(name, 'VARCHAR')}" for name in _COLUMNS)
        connection.execute(f"CREATE TEMP TABLE part (told_us BIGINT, {columns})")
        coming = _Coming(rows_from)
        parts = [
            part(number, lambda path, first=first: _write_part(connection, coming.rows(first), path))  # type: ignore[misc]
            for number, first in enumerate(range(0, calls, _PART))
        ]
        order = "" if _ordered(connection, parts) else "ORDER BY told_us NULLS LAST, file_index, file_row_number"
        whole = (
            f"SELECT {', '.join(_COLUMNS)} FROM {_read(parts)} {order}"
            if parts
            else "SELECT * EXCLUDE told_us FROM part"
        )
        connection.execute(f"COPY ({whole}) TO {text_literal(str(out))} (FORMAT parquet, COMPRESSION zstd)")


class _Coming:
    """The rows of parts that follow one another; asked anew where one between was kept."""

    def __init__(self, rows_from: Callable[[int], Iterator[Row]]) -> None:
        self._rows_from, self._next = rows_from, -1
        self._rows: Iterator[Row] = iter(())

    def rows(self, first: int) -> Iterator[Row]:
        """The rows of the part that begins with row `first`."""
        if first != self._next:
            self._rows = self._rows_from(first)
        self._next = first + _PART
        return islice(self._rows, _PART)


def read_calls(parquet: Path, *, settings: Settings | None = None) -> Iterator[ReportRow]:
    """The rows of such a file, in order. Raises StorageError."""
    with closing(connect(settings)) as connection, engine_faults(parquet):
        cursor = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM read_parquet({text_literal(str(parquet))})")
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                values = dict(zip(_COLUMNS, row, strict=True))
                yield ReportRow(**{**values, "claims": tuple(values["claims"])})


def _write_part(connection: duckdb.DuckDBPyConnection, rows: Iterator[Row], path: Path) -> None:
    values = ", ".join(f"unnest(${index + 2}::{_KINDS.get(name, 'VARCHAR')}[])" for index, name in enumerate(_COLUMNS))
    connection.execute("DELETE FROM part")
    while batch := list(islice(rows, _BATCH)):
        connection.execute(
            f"INSERT INTO part SELECT unnest($1::BIGINT[]), {values}",
            [[told_us for told_us, _ in batch], *([_value(row, name) for _, row in batch] for name in _COLUMNS)],
        )
    connection.execute(f"COPY part TO {text_literal(str(path))} (FORMAT parquet)")


def _ordered(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> bool:
    """Whether the parts, one after the other, have their calls as they were told."""
    last_us = -(2**63)
    for part in parts:
        first, last, descents = connection.execute(
            f"""SELECT min(now), max(now), count(*) FILTER (now < before)
            FROM (SELECT now, lag(now) OVER () AS before FROM (
                SELECT coalesce(told_us, {2**63 - 1}) AS now FROM read_parquet({text_literal(str(part))})))"""
        ).fetchall()[0]
        if descents or first < last_us:
            return False
        last_us = last
    return True


def _read(parts: Sequence[Path]) -> str:
    listed = ", ".join(text_literal(str(part)) for part in parts)
    return f"read_parquet([{listed}], file_row_number = true)"


def _value(row: ReportRow, name: str) -> object:
    value = getattr(row, name)
    return list(value) if name == "claims" else value
