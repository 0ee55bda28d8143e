"""Two connections to a PostgreSQL server, one that writes and one that reads, and what its faults mean.

A commit whose answer is lost may have happened: then `settle` waits for the lock that the lost connection held, and
only after that what is read is what there is. Whatever fails before the commit was sent has not happened; the next use
connects anew. An address may name several hosts, of which one takes writes (docs/decisions/0055).
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from importlib import resources
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from answerable.errors import StorageError, UnansweredWriteError

_SQL = resources.files("answerable.stores") / "sql"
_OFTEN = {"connect_timeout": "5", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
          "tcp_user_timeout": "5000", "application_name": "answerable"}  # fmt: skip
"""What an address does not say itself: a server that has gone without a word is given up within seconds."""

READ_S = 3.0
"""How long a query may take: a server that hangs would hold up whoever reads, the desk too."""

MOMENT_S = 0.5
"""For how long a reader waits for a connection that was lost; whoever reads then may be the desk itself."""

_HINT = "Check that the server runs and can be reached; what was sent can be sent again with the same id."
Row = tuple[Any, ...]


class PostgresServer:
    """A database with the tables of `schema`. With `write` this process holds the lock of the one writer."""

    def __init__(self, address: str, *, schema: str, write: bool) -> None:
        self._address, self._schema, self._write = _whole(address, write=write), schema, write
        self._reading, self._writing = threading.Lock(), threading.Lock()
        self._reader: psycopg.Connection[Row] | None = None
        self._writer: psycopg.Connection[Row] | None = None
        self._dialing: Future[psycopg.Connection[Row]] | None = None
        if write:
            with _told():
                self._connected_writer()
        self._check_version()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query, as of the last commit."""
        with self._reading, _told():
            if self._reader is None:
                self._reader = self._dialed(within_s=None)
            elif self._reader.closed:
                self._reader = self._dialed(within_s=MOMENT_S)
            with _given_up_after(READ_S, self._reader):
                return self._reader.execute(query.encode(), values).fetchall()

    def settle(self) -> None:
        """Have the lock of the one writer anew: no commit of a connection that was lost can end from now on.

        Raises StorageError where the server cannot be reached, or still holds the lock for the lost connection.
        """
        with self._writing, _told():
            if self._writer is not None:
                self._writer.close()
            self._connected_writer()
        with self._reading:
            if self._reader is not None:
                self._reader.close()  # it may be of a server that is no longer the one

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Cursor[Row]]:
        """Everything inside is durable at the end, or nothing is.

        Raises StorageError where nothing was written, UnansweredWriteError where nobody knows.
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
                raise UnansweredWriteError(
                    f"The server did not answer whether it committed: {_first_line(fault)}",
                    hint="What it holds is read before the next write. Sending the same entries again is safe.",
                ) from fault

    def close(self) -> None:
        """Close both connections; the lock goes with the writer's."""
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        if self._dialing is not None:
            self._dialing.add_done_callback(_hung_up)

    def _dialed(self, *, within_s: float | None) -> psycopg.Connection[Row]:
        """A connection to read. It is made in a thread of its own, which goes on while nobody waits any longer."""
        if self._dialing is None:
            self._dialing = _in_thread(lambda: psycopg.connect(self._address, autocommit=True))
        elif not self._dialing.done():
            within_s = 0  # somebody has waited for this one already
        try:
            made = self._dialing.result(within_s)
        except TimeoutError:
            raise StorageError("PostgreSQL: the server does not answer.", hint=_HINT) from None
        except BaseException:
            self._dialing = None
            raise
        self._dialing = None
        return made

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


def _whole(address: str, *, write: bool) -> str:
    """The address with what it does not say itself; of several hosts, whoever writes takes one that can be written."""
    said = conninfo_to_dict(address)
    several = "," in str(said.get("host", "")) or "," in str(said.get("hostaddr", ""))
    wanted = {"target_session_attrs": "read-write"} if write and several else {}
    return make_conninfo(address, **{name: value for name, value in (_OFTEN | wanted).items() if name not in said})


@contextmanager
def _given_up_after(seconds: float, connection: psycopg.Connection[Row]) -> Iterator[None]:
    """Cut the connection's line after so long: whatever waits on it fails then."""
    line = socket.socket(fileno=os.dup(connection.fileno()))

    def cut() -> None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        line.close()


def _hung_up(dialed: Future[psycopg.Connection[Row]]) -> None:
    if dialed.exception() is None:
        dialed.result().close()


def _in_thread(work: Callable[[], psycopg.Connection[Row]]) -> Future[psycopg.Connection[Row]]:
    future: Future[psycopg.Connection[Row]] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as fault:  # noqa: BLE001  whoever asks for the result is told
            future.set_exception(fault)

    threading.Thread(target=run, name="postgres-dial", daemon=True).start()
    return future


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
