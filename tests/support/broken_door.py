# mypy: disable-error-code="attr-defined,method-assign,assignment"
"""A served desk with a fault: `python -m tests.support.broken_door NAME serve …`.

A fault test must find it, or stand it. `FAULTS` names what is broken. Nothing of it is in the product.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from answerable.cli import app
from answerable.record.ports import Batch, Mark, StoredEntry, StoredTile
from answerable.stores import sqlite_file
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.sqlite_record import SqliteStore
from answerable.web import fronts, intake, server
from answerable.wiring import desk_core

SLOW_S = 0.010


def answers_early() -> None:
    """Answers before it is durable: batches reach the disk twenty at a time."""
    held: list[tuple[SqliteStore, Batch]] = []
    marks: list[tuple[HighWaterFile, Mark]] = []
    commit, find, tile, write = SqliteStore.commit, SqliteStore.find, SqliteStore.tile, HighWaterFile.write

    def flush() -> None:
        for store, batch in held:
            commit(store, batch)
        for file, mark in marks[-1:]:
            write(file, mark)
        held.clear()
        marks.clear()

    def commit_later(self: SqliteStore, batch: Batch) -> None:
        held.append((self, batch))
        if len(held) >= 20:
            flush()

    def write_later(self: HighWaterFile, mark: Mark) -> None:
        if held:
            marks.append((self, mark))
        else:
            write(self, mark)

    def find_all(self: SqliteStore, ids: Iterable[str]) -> dict[str, StoredEntry]:
        wanted = list(ids)
        waiting = {one.id: one for _, batch in held for one in batch.entries if one.id in wanted}
        return find(self, wanted) | waiting

    def tile_at_once(self: SqliteStore, level: int, index: int) -> StoredTile | None:
        flush()
        return tile(self, level, index)

    SqliteStore.commit, HighWaterFile.write = commit_later, write_later
    SqliteStore.find, SqliteStore.tile = find_all, tile_at_once


def help_waits() -> None:
    """Takes nothing at all while the record cannot be written."""
    desk_core.HELP_NEVER_WAITS = ()


def takes_twice() -> None:
    """Forgets which ids it has had: what is sent again is another call."""
    read, count = intake.read_json, iter(range(1_000_000))

    async def renamed(request: Any, kind: Any) -> Any:
        command = await read(request, kind)
        return msgspec.structs.replace(command, id=f"{command.id}-{next(count)}")

    intake.read_json = renamed


def slow_disk() -> None:
    """Each time something is made durable it takes ten milliseconds longer."""
    sync, transaction = os.fdatasync, sqlite_file.SqliteFile.transaction

    def slow_sync(handle: int) -> None:
        time.sleep(SLOW_S)
        sync(handle)

    @contextmanager
    def slow_transaction(self: sqlite_file.SqliteFile) -> Any:
        with transaction(self) as connection:
            yield connection
            time.sleep(SLOW_S)  # before the commit, with the lock held, as a slow fsync would

    os.fdatasync = slow_sync
    sqlite_file.SqliteFile.transaction = slow_transaction


def waits_for_ever() -> None:
    """Gives a client all the time in the world for the head of its request."""
    server.HEAD_S = 100_000


def leaks() -> None:
    """Keeps each batch for ever, and opens a file for it."""
    kept: list[object] = []
    take = desk_core.DeskCore.take

    def keeping(self: desk_core.DeskCore, asked: Sequence[desk_core.Asking]) -> list[desk_core.Answer]:
        kept.append((bytes(20_000 * len(asked)), os.open("/dev/null", os.O_RDONLY)))
        return take(self, asked)

    desk_core.DeskCore.take = keeping


def answers_for_the_desk() -> None:
    """Begins web processes that say that a call is recorded before the desk has heard of it."""
    fronts.COMMAND = [sys.executable, "-m", "tests.support.broken_front", "answers-for-the-desk"]


def no_front() -> None:
    """Cannot begin a web process."""
    fronts.COMMAND = [sys.executable, "-c", "raise SystemExit(7)"]


def silent_front() -> None:
    """Begins web processes that never answer, and do not end by themselves."""
    fronts.COMMAND = [sys.executable, "-c", "import time; time.sleep(300)"]


FAULTS: dict[str, Callable[[], None]] = {
    "answers-early": answers_early,
    "answers-for-the-desk": answers_for_the_desk,
    "help-waits": help_waits,
    "takes-twice": takes_twice,
    "slow-disk": slow_disk,
    "waits-for-ever": waits_for_ever,
    "leaks": leaks,
    "no-front": no_front,
    "silent-front": silent_front,
}

if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    app(args=sys.argv[2:], prog_name="answerable")
