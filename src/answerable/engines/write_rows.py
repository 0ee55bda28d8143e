"""Rows of plain values as one Parquet file, for whoever takes a list away."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal


def parquet_of(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], *, cited: str, settings: Settings | None = None
) -> bytes:
    """Parquet with these columns (name to a type of DuckDB), in the order of `rows`. A value that is absent is null.

    `cited`, what the rows rest on, is its metadata `answerable-log`. Raises StorageError.
    """
    with tempfile.TemporaryDirectory(prefix="answerable-") as folder:
        out = Path(folder, "rows.parquet")
        with closing(connect(settings)) as connection, engine_faults(out):
            kinds = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f"CREATE TEMP TABLE listed ({kinds})")
            if rows:
                values = ", ".join(f"unnest(${at}::{kind}[])" for at, kind in enumerate(columns.values(), start=1))
                connection.execute(
                    f"INSERT INTO listed SELECT {values}", [[row.get(name) for row in rows] for name in columns]
                )
            said = f"KV_METADATA {{'answerable-log': {text_literal(cited)}}}"
            connection.execute(f"COPY listed TO {text_literal(str(out))} (FORMAT parquet, COMPRESSION zstd, {said})")
        return out.read_bytes()
