"""`calls.parquet` of a result: every call with its outcome, in the report's allow-list of columns and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from answerable.engines.duck import engine_faults, text_literal
from answerable.engines.evaluate import Judgement
from answerable.model.examination import ReportRow

_COLUMNS = tuple(ReportRow.__struct_fields__)
_KINDS = {"limit_s": "BIGINT", "waited_s": "BIGINT", "claims": "VARCHAR[]"}
_BATCH = 50_000


def write_calls(judgement: Judgement, out: Path, *, rows: Sequence[ReportRow]) -> None:
    """Write `rows` as Parquet. Raises StorageError."""
    connection = judgement.connection
    columns = ", ".join(f"{name} {_KINDS.get(name, 'VARCHAR')}" for name in _COLUMNS)
    with engine_faults(out):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE shown ({columns})")
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            values = ", ".join(
                f"unnest(${index + 1}::{_KINDS.get(name, 'VARCHAR')}[])" for index, name in enumerate(_COLUMNS)
            )
            connection.execute(
                f"INSERT INTO shown SELECT {values}", [[_value(row, name) for row in batch] for name in _COLUMNS]
            )
        connection.execute(f"COPY shown TO {text_literal(str(out))} (FORMAT parquet, COMPRESSION zstd)")


def _value(row: ReportRow, name: str) -> object:
    value = getattr(row, name)
    return list(value) if name == "claims" else value
