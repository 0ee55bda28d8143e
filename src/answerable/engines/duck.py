"""One way to open DuckDB: in UTC, within the settings' memory, without a network, faults in our own words."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import duckdb

from answerable.config import Settings
from answerable.engines.held_folders import spill_folder
from answerable.errors import SourceError, StorageError


def connect(settings: Settings | None = None) -> duckdb.DuckDBPyConnection:
    """A new in-memory connection. Raises SettingsError where the settings name an impossible memory size."""
    chosen = settings if settings is not None else Settings()
    memory_bytes = chosen.engine_bytes()
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET autoinstall_known_extensions = false")  # an audit never downloads anything
    connection.execute(f"SET temp_directory = {text_literal(_spill())}")
    if chosen.threads:
        connection.execute(f"SET threads = {chosen.threads}")
    if memory_bytes is not None:
        connection.execute(f"SET memory_limit = '{memory_bytes} bytes'")
    return connection


def _spill() -> str:
    """Where what does not fit into memory goes, not into the folder one happens to stand in. Nowhere (an empty text)
    where no folder can be made: whoever does not spill need not know."""
    try:
        return str(spill_folder() / secrets.token_hex(8))
    except OSError:
        return ""


def query_text(name: str) -> str:
    """The SQL of `engines/sql/<name>.sql`."""
    return (resources.files("answerable.engines") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def text_literal(text: str) -> str:
    """`text` as a SQL string. For paths in statements that take no parameters (CREATE VIEW, COPY)."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def engine_faults(parquet: Path) -> Iterator[None]:
    """DuckDB's errors about `parquet` as ours: StorageError (disk, memory), SourceError (not canonical)."""
    try:
        yield
    except duckdb.OutOfMemoryException as fault:
        raise StorageError(
            f"{parquet.name} does not fit into the memory allowed: {_first_line(fault)}",
            hint="Allow more (--memory 4GB, or ANSWERABLE_MEMORY), or make room on the disk.",
        ) from fault
    except duckdb.IOException as fault:
        raise StorageError(f"{parquet} cannot be read: {_first_line(fault)}") from fault
    except (duckdb.InvalidInputException, duckdb.BinderException) as fault:
        raise SourceError(
            f"this is not a file that `answerable import` wrote: {_first_line(fault)}",
            file=str(parquet),
            hint="Import the file again: answerable import FILE --source NAME --out calls.parquet",
        ) from fault


def _first_line(fault: duckdb.Error) -> str:
    return str(fault).partition("\n")[0]
