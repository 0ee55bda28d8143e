"""What a desk does beside its work, in a thread that waits more than it works: look through the whole files once, and
keep its state now and then, so that the next start is short.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from answerable.errors import AnswerableError, RecordError, StorageError
from answerable.proof.tree import RightEdge, leaf_hash
from answerable.record.sequencer import Snapshot
from answerable.watch.views import FilesChecked
from answerable.wiring.desk_core import DeskCore
from answerable.wiring.desk_kept import UnusableError, Writer, made_of, read_state, remove_torn, write_state
from answerable.wiring.recording import OpenRecord, check_files

LEAST_ENTRIES: Final = 2_000
"""So many new entries are worth keeping: replaying fewer takes no tenth of a second."""

SHARE: Final = 10
"""Of the time, keeping takes a tenth at most."""

LOOK_S: Final = 1.0
BREATH_S: Final = 0.002
LOOK_AGAIN_S: Final = 60.0
ENTRIES_AT_ONCE: Final = 256
_logs = logging.getLogger(__name__)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """From what a desk began: a state kept at `kept` entries (0: none), and `replayed` entries after it. `refused` says
    why a state that was there was not used."""

    kept: int = 0
    replayed: int = 0
    refused: str | None = None


def begin_from(path: Path, record: OpenRecord, core: DeskCore) -> Begun:
    """Bring `core` to where the record is: from the state kept in `path` if it is this record's, else from nothing."""
    refused, found = None, None
    remove_torn(path)
    with _all_of_it_stays():
        try:
            found = read_state(
                path,
                snapshot=record.writing.sequencer.snapshot,
                store=record.store,
                keyring=record.keyring,
                origin=record.origin,
                rules=core.world.rules,
            )
        except UnusableError as fault:
            refused = fault.message
            _logs.info("the kept state of the desk is not used, and every entry is replayed: %s", refused)
        replayed = core.replay(found)
    return Begun(kept=0 if found is None else found.size, replayed=replayed, refused=refused)


@contextmanager
def _all_of_it_stays() -> Iterator[None]:
    """What a start makes stays, and Python need not look through it for what does not: a third of a start's time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if before:
            gc.enable()


class Keeper:
    """Checks the files of `record` and keeps the state of `core` in `path`. `locked` holds the desk still."""

    def __init__(
        self, path: Path, record: OpenRecord, core: DeskCore, *, locked: AbstractContextManager[object]
    ) -> None:
        self._path, self._record, self._core, self._locked = path, record, core, locked
        self._kept_size = 0
        self._not_before_s = self._rested_s = 0.0
        self._writer = Writer()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk-keeper", daemon=True)
        self.files = FilesChecked(entries=0, of=record.store.head().size)

    def start(self, *, kept_size: int) -> None:
        """Begin. `kept_size`: how many entries the state has that lies there already."""
        self._kept_size = kept_size
        self._thread.start()

    def close(self) -> None:
        """Stop, and keep the state as it is in the end."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._keep(least=1, pause=lambda: None)

    def _run(self) -> None:
        looked = False
        while not self._ending.wait(LOOK_S if looked else 0):
            looked = looked or self._looked()
            if time.monotonic() >= self._not_before_s:
                self._keep(least=LEAST_ENTRIES, pause=self._breathe)

    def _breathe(self) -> None:
        """Let the others work: a thousandth of a second was taken."""
        begun_s = time.monotonic()
        self._ending.wait(BREATH_S)
        self._rested_s += time.monotonic() - begun_s

    # the state

    def _keep(self, *, least: int, pause: Callable[[], None]) -> None:
        """What fails is written down, and tried again: nothing depends on a kept state but the length of a start."""
        begun_s, self._rested_s = time.monotonic(), 0.0
        try:
            self._kept_size = self._kept(least, pause)
        except Exception as fault:  # noqa: BLE001  its words may be a caller's
            _logs.warning("the state of the desk was not kept: %s", type(fault).__name__)
        now_s = time.monotonic()
        self._not_before_s = now_s + SHARE * (now_s - begun_s - self._rested_s)

    def _kept(self, least: int, pause: Callable[[], None]) -> int:
        with self._locked:
            size = self._core.world.watch.index + 1
            still = self._core.still() if size - self._kept_size >= least else None
            snapshot = self._record.writing.sequencer.snapshot
        if still is None or self.files.fault is not None:
            return self._kept_size
        store, origin, rules = self._record.store, self._record.origin, self._core.world.rules
        made = made_of(snapshot, store, origin=origin, size=size, rules=rules)
        body = self._writer.encoded(still, self._core.spoken, pause)
        write_state(self._path, body, made, keyring=self._record.keyring, now_us=self._core.time())
        return size

    # the files

    def _looked(self) -> bool:
        """Whether the files were looked through. What cannot be read now (another program holds it) is no damage."""
        try:
            self._check()
        except StorageError as fault:
            _logs.warning("the files of the record could not be checked yet: %s", type(fault).__name__)
            self._ending.wait(LOOK_AGAIN_S)
            return False
        except AnswerableError as fault:
            self._found_damage(fault)
        return True

    def _check(self) -> None:
        """SQLite's own check of every page, then every entry hashed and held against the signed root."""
        check_files(self._record)
        snapshot = self._record.writing.sequencer.snapshot
        self._hash_again(snapshot)
        if not self._ending.is_set():
            self.files = FilesChecked(entries=snapshot.head.size, of=snapshot.head.size, whole=True)

    def _hash_again(self, snapshot: Snapshot) -> None:
        tree, size = RightEdge(), snapshot.head.size
        while tree.size < size and not self._ending.is_set():
            begun_s = time.monotonic()
            entries = list(self._record.store.entries(tree.size, min(ENTRIES_AT_ONCE, size - tree.size)))
            if not entries:
                break
            for entry in entries:
                tree.append(leaf_hash(entry.body))
            self.files = FilesChecked(entries=tree.size, of=size)
            self._ending.wait(4 * (time.monotonic() - begun_s))  # a fifth of the time
        if not self._ending.is_set() and (tree.size, tree.root()) != (size, snapshot.head.root):
            raise RecordError("The entries are not those that were signed: the record is damaged.")

    def _found_damage(self, fault: AnswerableError) -> None:
        """Nothing more is signed on top of it; what may not wait is spooled, and everybody is told."""
        self.files = FilesChecked(entries=self.files.entries, of=self.files.of, fault=fault.message)
        _logs.error("the files of the record are damaged: %s", type(fault).__name__)
        self._record.high_water.halt(f"{type(fault).__name__}: {fault.message}")
        with self._locked:
            self._core.stop_recording(fault)
