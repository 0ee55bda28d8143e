"""A publisher that stays: heartbeats, and a public folder that follows the record."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from answerable.errors import ForkedLogError, HeldRecordError, RecordError, StorageError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.tiles import TILE_HASHES
from answerable.record import acts
from answerable.record.ports import StoredEntry
from answerable.record.rhythm import MINUTE_US, Rhythm
from answerable.stores.tile_folder import TileFolder
from answerable.stores.web import Witnesses
from answerable.wiring.publishing import Published, publish
from answerable.wiring.recording import chance, now_us, open_record, read_record

T = TypeVar("T")


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Something that did not work and will be tried again. `code` is stable; `act` is heartbeat or publication."""

    code: str
    message: str
    act: str


SILENT_US = 3 * MINUTE_US
"""A program that holds a record and enters nothing for so long enters no heartbeats either."""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one round did: the index of the heartbeat entered, and what was published; None where it was not due.

    `held`: another program writes to the record, and enters the heartbeats itself.
    """

    heartbeat: int | None = None
    held: bool = False
    published: Published | None = None
    trouble: tuple[Trouble, ...] = ()


class Publisher:
    """Publishes one record into one folder, which it holds; read `round`."""

    def __init__(
        self,
        folder: Path,
        *,
        out: Path,
        target: TileFolder,
        embargo_s: int,
        trust: TrustPolicy,
        steady_us: Callable[[], int],
    ) -> None:
        self._folder, self._out, self._target = folder, out, target
        self._embargo_s, self._trust, self._steady_us = embargo_s, trust, steady_us
        self._witnesses = Witnesses()
        self._beats, self._publications = Rhythm(), Rhythm()
        self._size: int | None = None
        self._full_bundles = 0
        self._checked = False
        self._held = 0
        """How many times on end another program held the record when a heartbeat was due."""

        self._held_size: int | None = None

    def round(self) -> Round:
        """Do what is due: a heartbeat each minute; tiles, witnesses, checkpoint when the head moved, and each minute.

        What fails is told as trouble and tried again a little later. Raises ForkedLogError where the public folder
        shows another history, InputError where it shows another log or the record is gone: then a person is needed.
        """
        trouble = list[Trouble]()
        due = self._beats.due(self._steady_us())
        heartbeat = self._try("heartbeat", self._heartbeat, self._beats, trouble) if due else None
        published = self._try("publication", self._publish, self._publications, trouble)
        return Round(heartbeat=heartbeat, held=self._held > 1, published=published, trouble=tuple(trouble))

    def _try(self, name: str, act: Callable[[], T | None], rhythm: Rhythm, trouble: list[Trouble]) -> T | None:
        try:
            done = act()
        except ForkedLogError:
            raise
        except (RecordError, StorageError) as fault:
            rhythm.failed(self._steady_us())
            trouble.append(Trouble(code=fault.code, message=fault.message, act=name))
            return None
        if done is not None:
            rhythm.done(self._steady_us())
        return done

    def _heartbeat(self) -> int | None:
        """Enter a heartbeat. A program that is writing is not waited for: it is tried again a little later.

        One that still writes then (a desk) enters the heartbeats itself, and is looked at each minute. Raises
        HeldRecordError where it has entered nothing for longer than heartbeats are apart.
        """
        try:
            with open_record(self._folder, patience_s=0, checked=self._checked) as record:
                self._checked, self._held = True, 0
                return acts.heartbeat(record.writing, clock=now_us, chance=chance).index
        except HeldRecordError:
            self._held += 1
            if self._held > 1:
                self._check_alive()
                self._beats.done(self._steady_us())
            else:
                self._beats.failed(self._steady_us())
                self._held_size = self._end()[0]
            return None

    def _check_alive(self) -> None:
        """That the other program enters something: the log has grown since it was last looked at, or just before."""
        size, last = self._end()
        grown, self._held_size = size != self._held_size, size
        if not grown and (last is None or now_us() - last.recorded_at_us > SILENT_US):
            self._held = 1
            raise HeldRecordError(
                "Another program is writing to the record, and has entered nothing, not even a heartbeat, "
                f"for more than {SILENT_US // MINUTE_US} min."
            )

    def _end(self) -> tuple[int, StoredEntry | None]:
        """How long the log is, and its last entry."""
        with read_record(self._folder) as record:
            size = record.store.head().size
            return size, next(iter(record.store.entries(size - 1, 1)), None) if size else None

    def _publish(self) -> Published | None:
        with read_record(self._folder) as record:
            moved = record.store.head().size != self._size
            if not self._publications.due(self._steady_us(), moved=moved):
                return None
            published = publish(
                record,
                self._target,
                out=self._out,
                embargo_s=self._embargo_s,
                trust=self._trust,
                witnesses=self._witnesses,
                full_bundles=self._full_bundles,
            )
        self._size, self._full_bundles = published.size, published.entries // TILE_HASHES
        return published


def steady_us() -> int:
    """Microseconds of a clock that nobody sets."""
    return time.monotonic_ns() // 1_000


@contextmanager
def open_publisher(
    folder: Path, *, out: Path, embargo_s: int, trust: TrustPolicy, steady: Callable[[], int] = steady_us
) -> Iterator[Publisher]:
    """Hold `out` for publishing the record in `folder`. Raises InputError without a record, StorageError where `out` is
    held already."""
    with read_record(folder):
        target = TileFolder(out)
    with target.one_publisher():
        yield Publisher(folder, out=out, target=target, embargo_s=embargo_s, trust=trust, steady_us=steady)
