"""The calls of a result of which a claim complains."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal


def complained_calls(parquet: Path, *, settings: Settings | None = None) -> set[str]:
    """The numbers of the calls in `calls.parquet` that are in a claim's scope. Raises StorageError, SourceError."""
    query = f"SELECT DISTINCT call FROM read_parquet({text_literal(str(parquet))}) WHERE len(claims) > 0"
    with closing(connect(settings)) as connection, engine_faults(parquet):
        return {call for (call,) in connection.execute(query).fetchall()}
