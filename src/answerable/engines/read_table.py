"""A Parquet file of ours as rows, or as columns of numbers: instants as whole microseconds, never by a zone's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.model.times import from_us

_BATCH = 10_000
INSTANT = "TIMESTAMP WITH TIME ZONE"


class ParquetTable:
    """The columns of a Parquet file but those `hidden`. Raises StorageError, SourceError where it cannot be read."""

    def __init__(
        self, parquet: Path, *, hidden: frozenset[str] = frozenset(), settings: Settings | None = None
    ) -> None:
        self.parquet, self._settings = parquet, settings
        with closing(connect(settings)) as connection, engine_faults(parquet):
            told = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({self._file()})").fetchall()
            self.count: int = connection.execute(f"SELECT count(*) FROM read_parquet({self._file()})").fetchall()[0][0]
        self.kinds: Mapping[str, str] = {name: kind for name, kind, *_ in told if name not in hidden}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row in the order of the file; instants as aware UTC datetimes, what is not recorded as None."""
        instants = [name for name, kind in self.kinds.items() if kind == INSTANT]
        with closing(connect(self._settings)) as connection:
            with engine_faults(self.parquet):
                cursor = connection.execute(self._query())
            while True:
                with engine_faults(self.parquet):
                    batch = cursor.fetchmany(_BATCH)
                if not batch:
                    return
                for values in batch:
                    row = dict(zip(self.kinds, values, strict=True))
                    for name in instants:
                        row[name] = None if row[name] is None else from_us(row[name])
                    yield row

    def arrays(self) -> dict[str, Any]:
        """NumPy arrays by column, masked where nothing is recorded; instants as int64 microseconds since 1970 in UTC.

        Needs NumPy.
        """
        with closing(connect(self._settings)) as connection, engine_faults(self.parquet):
            return dict(connection.execute(self._query()).fetchnumpy())

    def _query(self) -> str:
        columns = ", ".join(
            f'epoch_us("{name}") AS "{name}"' if kind == INSTANT else f'"{name}"' for name, kind in self.kinds.items()
        )
        return f"SELECT {columns} FROM read_parquet({self._file()})"

    def _file(self) -> str:
        return text_literal(str(self.parquet))
