"""Two connections to a PostgreSQL server, one that writes and one that reads, and what its faults mean.

A commit whose answer is lost may have happened: that is an uncertain write, and the record stops. Whatever fails before
the commit was sent has not happened; the next use connects anew.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import Any

import psycopg
from psycopg import sql

from answerable.errors import StorageError, UncertainWriteError

_SQL = resources.files("answerable.stores") / "sql"
_HINT = "Check that the server runs and can be reached; what was sent can be sent again with the same id."
Row = tuple[Any, ...]


class PostgresServer:
    """A database with the tables of `schema`. With `write` this process holds the lock of the one writer."""

    def __init__(self, address: str, *, schema: str, write: bool) -> None:
        self._address, self._schema, self._write = address, schema, write
        self._reading, self._writing = threading.Lock(), threading.Lock()
        self._reader: psycopg.Connection[Row] | None = None
        self._writer: psycopg.Connection[Row] | None = None
        if write:
            with _told():
                self._connected_writer()
        self._check_version()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query, as of the last commit."""
        with self._reading, _told():
            if self._reader is None or self._reader.closed:
                self._reader = psycopg.connect(self._address, autocommit=True)
            return self._reader.execute(query.encode(), values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Cursor[Row]]:
        """Everything inside is durable at the end, or nothing is.

        Raises StorageError where nothing was written, UncertainWriteError where nobody knows.
        """
        with self._writing, _told():
            writer = self._connected_writer()
            try:
                with writer.cursor() as cursor:
                    yield cursor
            except BaseException:
                if not writer.closed:
                    writer.rollback()
                raise
            try:
                writer.commit()
            except psycopg.Error as fault:
                writer.close()
                raise UncertainWriteError(
                    f"The server did not answer whether it committed: {_first_line(fault)}",
                    hint="Start the record again: it looks what was written. Sending the same entries again is safe.",
                ) from fault

    def close(self) -> None:
        """Close both connections; the lock goes with the writer's."""
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()

    def _connected_writer(self) -> psycopg.Connection[Row]:
        """The connection that holds the advisory lock; a new one where the last was lost."""
        if not self._write:
            raise StorageError("This database was opened for reading only.")
        if self._writer is None or self._writer.closed:
            writer = psycopg.connect(self._address)
            try:
                # the server needs a moment to notice that the one before has gone
                writer.execute("SET lock_timeout = '5s'")
                writer.execute("SELECT pg_advisory_lock(%s)", (_lock_key(self._schema),))
            except psycopg.errors.LockNotAvailable as fault:
                writer.close()
                raise StorageError(
                    "Another program is writing to this database.", hint="Only one may write; end it."
                ) from fault
            writer.execute("SET lock_timeout = 0")
            writer.execute("SET synchronous_commit = on")
            _migrate(writer, self._schema)
            writer.commit()
            self._writer = writer
        return self._writer

    def _check_version(self) -> None:
        ((made,),) = self.rows("SELECT to_regclass('answerable_schema') IS NOT NULL")
        query = "SELECT version FROM answerable_schema WHERE name = %s"
        version = self.rows(query, (self._schema,)) if made else []
        if version != [(len(_steps(self._schema)),)]:
            self.close()
            raise StorageError(
                f"The database does not have the tables of this version ({self._schema}).",
                hint="Was it written by a newer Answerable, or is it another program's?",
            )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as fault:
        raise StorageError(f"PostgreSQL: {_first_line(fault)}", hint=_HINT) from fault


def _first_line(fault: psycopg.Error) -> str:
    return (str(fault).strip() or type(fault).__name__).split("\n")[0]


def _lock_key(schema: str) -> int:
    """The same for every process, and another for each kind of tables: 63 bits of a hash."""
    return int.from_bytes(hashlib.sha256(f"answerable/{schema}".encode()).digest()[:8], "big") >> 1


def _steps(schema: str) -> list[str]:
    steps = list[str]()
    while (step := _SQL / f"{schema}_{len(steps) + 1}.sql").is_file():
        steps.append(step.read_text(encoding="utf-8"))
    return steps


def _migrate(writer: psycopg.Connection[Row], schema: str) -> None:
    writer.execute("CREATE TABLE IF NOT EXISTS answerable_schema (name TEXT PRIMARY KEY, version INTEGER NOT NULL)")
    found = writer.execute("SELECT version FROM answerable_schema WHERE name = %s", (schema,)).fetchone()
    version = found[0] if found else 0
    for step in _steps(schema)[version:]:
        writer.execute(sql.SQL(step))
    writer.execute(
        "INSERT INTO answerable_schema VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET version = excluded.version",
        (schema, max(version, len(_steps(schema)))),
    )
