"""An SQLite file that may be trusted with a record: how it is opened, checked, written and what its faults mean.

`synchronous=FULL` and checkpoints that we start ourselves, so that the failure of any fsync is seen: SQLite passes over
one that fails in its own automatic checkpoint, and the kernel reports it only once.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any

from answerable.errors import RecordError, StorageError, UncertainWriteError

CHECKPOINT_BYTES = 16_000_000
"""How long the write-ahead log may grow before it is folded into the file."""

ROWS_AT_ONCE = 64
"""Rows that one statement inserts: after each statement Python lets other threads go first, which costs more than the
row."""

LOOK_MS = 200
"""For how long emptying the write-ahead log waits for a reader: a publisher looks into the record each second."""

_SQL = resources.files("answerable.stores") / "sql"
_FULL = 2
_NOTHING_WRITTEN = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_logs = logging.getLogger(__name__)
_HINT_DAMAGED = "Stop the record, copy its files away, and run `answerable log fsck` on the copy."


class SqliteFile:
    """One writing connection and one that only reads, each behind a lock. `vfs` names another layer under SQLite.

    Before it writes the whole file is checked, unless this process has `checked` it already: that takes a second or two
    a gigabyte. Another program's transaction is waited for `patience_s`; a record has one writer, and waits for none.
    """

    def __init__(
        self,
        path: Path,
        *,
        schema: str,
        write: bool,
        secure_delete: bool = False,
        vfs: str = "",
        checked: bool = False,
        patience_s: float = 0,
    ) -> None:
        self.path = path
        self._patience_s = patience_s
        self._wal = path.with_name(path.name + "-wal")
        self._reading, self._writing, self._checking = threading.Lock(), threading.Lock(), threading.Lock()
        if write:
            _make_private(path)
        place = self._place = path.absolute().as_uri() + "?" + (f"vfs={vfs}&" if vfs else "")
        with self._told():
            self._writer = self._open_writer(place, schema, secure_delete=secure_delete) if write else None
            if self._writer is not None and not checked:
                self._check(self._writer)
            if not write and not path.is_file():
                raise StorageError(f"{path}: there is no such file", hint="Is this the folder of a record?")
            self._reader = _connected(place + "mode=ro", patience_s=patience_s)
            self._reader.execute("PRAGMA query_only = ON")
            _check_version(self._reader, schema, path)

    def _open_writer(self, place: str, schema: str, *, secure_delete: bool) -> sqlite3.Connection:
        writer = _connected(place + "mode=rwc", patience_s=self._patience_s)
        if secure_delete:
            writer.execute("PRAGMA secure_delete = ON")
        writer.execute("PRAGMA synchronous = FULL")
        (mode,) = writer.execute("PRAGMA journal_mode = WAL").fetchone()
        (synchronous,) = writer.execute("PRAGMA synchronous").fetchone()
        if mode != "wal" or synchronous != _FULL:
            raise StorageError(f"{self.path}: this disk cannot keep a write-ahead log (journal mode {mode}).")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        _migrate(writer, schema, self.path)
        return writer

    def check(self) -> None:
        """Look through the whole file, on a connection of its own. Nobody waits for it but `fold`, which must not find
        anybody reading. Raises RecordError where the file is damaged."""
        with self._checking, self._told():
            connection = _connected(self._place + "mode=ro", patience_s=self._patience_s)
            try:
                self._check(connection)
            finally:
                connection.close()

    def _check(self, connection: sqlite3.Connection) -> None:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise RecordError(f"{self.path} is damaged: {found}", hint=_HINT_DAMAGED)

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, as of the last commit."""
        with self._reading, self._told():
            return self._reader.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside is durable at the end, or nothing is.

        Raises StorageError where nothing was written, UncertainWriteError where nobody knows.
        """
        if self._writer is None:
            raise RecordError(f"{self.path} was opened for reading only.")
        with self._writing, self._told():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            self._fold_if_long(self._writer)

    def _fold_if_long(self, writer: sqlite3.Connection) -> None:
        """Keep the write-ahead log short. What was committed stays committed: a full disk only leaves it long."""
        if not self._wal.is_file() or self._wal.stat().st_size <= CHECKPOINT_BYTES:
            return
        try:
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode & 0xFF not in _NOTHING_WRITTEN:
                raise
            _logs.warning("%s could not be folded in, and stays long: %s", self._wal, fault)

    def fold(self) -> None:
        """Fold the write-ahead log into the file and empty it. Raises StorageError while somebody still reads."""
        if self._writer is None:
            raise RecordError(f"{self.path} was opened for reading only.")
        with self._checking, self._writing, self._reading, self._told():
            self._writer.execute(f"PRAGMA busy_timeout = {LOOK_MS}")
            try:
                ((busy, _, _),) = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                self._writer.execute(f"PRAGMA busy_timeout = {int(self._patience_s * 1_000)}")
        if busy:
            raise StorageError(
                f"{self.path}-wal could not be emptied: another program is reading it",
                hint="End that program (an export, fsck or a backup) and do this again.",
            )

    def close(self) -> None:
        """Close both connections; the write-ahead log is folded into the file."""
        with self._writing, self._reading, self._told():
            self._reader.close()
            if self._writer is not None:
                self._writer.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's faults in our words. A full disk and a lock are known to have written nothing; the rest are not."""
        try:
            yield
        except UnicodeDecodeError as fault:  # of a text, or of SQLite's own message about one
            raise RecordError(f"{self.path} is damaged: {fault}", hint=_HINT_DAMAGED) from fault
        except sqlite3.Error as fault:
            code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
            text = f"{self.path}: {fault}"
            if code == sqlite3.SQLITE_FULL:
                raise StorageError(text, hint="Free some space; then send it again with the same id.") from fault
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StorageError(text, hint="Another program is writing to this record; end it.") from fault
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise RecordError(f"{self.path} is damaged: {fault}", hint=_HINT_DAMAGED) from fault
            if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
                raise StorageError(text, hint="Check the path and its permissions.") from fault
            raise UncertainWriteError(text, hint="Check the disk, then run `answerable log fsck`.") from fault


def insert_rows(connection: sqlite3.Connection, into: str, rows: Sequence[tuple[object, ...]]) -> int:
    """Insert rows of one length, `into` being the statement up to VALUES; how many were inserted."""
    if not rows:
        return 0
    place = f"({', '.join('?' * len(rows[0]))})"
    whole = len(rows) - len(rows) % ROWS_AT_ONCE
    together = [list(chain(*rows[at : at + ROWS_AT_ONCE])) for at in range(0, whole, ROWS_AT_ONCE)]
    done = connection.executemany(f"{into} VALUES {', '.join([place] * ROWS_AT_ONCE)}", together).rowcount
    return done + connection.executemany(f"{into} VALUES {place}", rows[whole:]).rowcount


def _make_private(path: Path) -> None:
    """Only the owner reads it; what SQLite puts beside it gets the same rights."""
    try:
        path.touch(mode=0o600)
    except OSError as fault:
        raise StorageError(f"{path}: {fault.strerror}", hint="Check the path and its permissions.") from fault


def _connected(place: str, *, patience_s: float) -> sqlite3.Connection:
    made = sqlite3.connect(place, uri=True, isolation_level=None, check_same_thread=False, timeout=patience_s)
    made.execute("PRAGMA trusted_schema = OFF")
    return made


def schema_steps(schema: str) -> list[str]:
    """The SQL of each version of a schema, from 1 on."""
    steps = list[str]()
    while (step := _SQL / f"{schema}_{len(steps) + 1}.sql").is_file():
        steps.append(step.read_text(encoding="utf-8"))
    return steps


def _migrate(writer: sqlite3.Connection, schema: str, path: Path) -> None:
    """Bring the file to the newest version, all steps in one transaction."""
    (version,) = writer.execute("PRAGMA user_version").fetchone()
    steps = schema_steps(schema)
    if version < len(steps):
        todo = "\n".join(steps[version:])
        writer.executescript(f"BEGIN EXCLUSIVE;\n{todo}\nPRAGMA user_version = {len(steps)};\nCOMMIT;")
    _check_version(writer, schema, path)


def _check_version(connection: sqlite3.Connection, schema: str, path: Path) -> None:
    """That the tables are exactly those which the steps make in an empty file."""
    steps = schema_steps(schema)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(steps):
        raise StorageError(f"{path} was written by a newer Answerable (version {version}).", hint="Use that one.")
    fresh = sqlite3.connect(":memory:")
    fresh.executescript("\n".join(steps))
    query = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    expected, found = fresh.execute(query).fetchall(), connection.execute(query).fetchall()
    fresh.close()
    if version != len(steps) or expected != found:
        raise StorageError(f"{path} does not have the tables of a {schema}.", hint="Is it another program's file?")
