"""`calls.parquet` of a result: every call with its outcome, in the report's allow-list of columns and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import duckdb

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.model.examination import ReportRow

_COLUMNS = tuple(ReportRow.__struct_fields__)
_KINDS = {"limit_s": "BIGINT", "waited_s": "BIGINT", "claims": "VARCHAR[]"}
_BATCH = 50_000


def write_calls(
    rows: Iterable[tuple[int | None, ReportRow]], out: Path, *, settings: Settings | None = None
) -> int:  # fmt: skip
    """Write rows, each with when its call was told (microseconds, None: nobody knows), in that order, as Parquet.

    They are written in parts as they come, so that few are in memory. Returns how many. Raises StorageError.
    """
    with (
        closing(connect(settings)) as connection,
        engine_faults(out),
        tempfile.TemporaryDirectory(prefix=".answerable-", dir=out.parent) as folder,
    ):
        parts: list[str] = []
        count, last, ordered = 0, -(2**63), True
        columns = ", ".join(f"{name} {_KINDS.get(name, 'VARCHAR')}" for name in _COLUMNS)
        connection.execute(f"CREATE TEMP TABLE part (told_us BIGINT, {columns})")
        for batch in _batches(rows):
            for told_us, _ in batch:
                now = 2**63 if told_us is None else told_us
                ordered, last = ordered and now >= last, now
            parts.append(str(Path(folder) / f"{len(parts)}.parquet"))
            _write_part(connection, batch, parts[-1])
            count += len(batch)
        order = "" if ordered else "ORDER BY told_us NULLS LAST, file_index, file_row_number"
        whole = (
            f"SELECT {', '.join(_COLUMNS)} FROM {_read(parts)} {order}"
            if parts
            else "SELECT * EXCLUDE told_us FROM part"
        )
        connection.execute(f"COPY ({whole}) TO {text_literal(str(out))} (FORMAT parquet, COMPRESSION zstd)")
    return count


def read_calls(parquet: Path, *, settings: Settings | None = None) -> Iterator[ReportRow]:
    """The rows of such a file, in order. Raises StorageError."""
    with closing(connect(settings)) as connection, engine_faults(parquet):
        cursor = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM read_parquet({text_literal(str(parquet))})")
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                values = dict(zip(_COLUMNS, row, strict=True))
                yield ReportRow(**{**values, "claims": tuple(values["claims"])})


def _batches(rows: Iterable[tuple[int | None, ReportRow]]) -> Iterator[list[tuple[int | None, ReportRow]]]:
    given = iter(rows)
    while batch := list(islice(given, _BATCH)):
        yield batch


def _write_part(connection: duckdb.DuckDBPyConnection, batch: list[tuple[int | None, ReportRow]], part: str) -> None:
    values = ", ".join(f"unnest(${index + 2}::{_KINDS.get(name, 'VARCHAR')}[])" for index, name in enumerate(_COLUMNS))
    connection.execute("DELETE FROM part")
    connection.execute(
        f"INSERT INTO part SELECT unnest($1::BIGINT[]), {values}",
        [[told_us for told_us, _ in batch], *([_value(row, name) for _, row in batch] for name in _COLUMNS)],
    )
    connection.execute(f"COPY part TO {text_literal(part)} (FORMAT parquet)")


def _read(parts: list[str]) -> str:
    return f"read_parquet([{', '.join(map(text_literal, parts))}], file_row_number = true)"


def _value(row: ReportRow, name: str) -> object:
    value = getattr(row, name)
    return list(value) if name == "claims" else value
