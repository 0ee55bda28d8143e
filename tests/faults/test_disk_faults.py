"""Every single write and sync fails once: what was acknowledged stays, what was not is never half there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.support.fault_runs import runs
from tests.support.recording_vfs import FULL, IOERR_FSYNC, IOERR_WRITE, Operation, RecordingVfs
from tests.support.records import KEY, ORIGIN, Parts, call, in_sqlite, repeating_chance, sequencer

from answerable.errors import RecordError, StorageError, UncertainWriteError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.record.fsck import Fsck
from answerable.record.ports import HighWater
from answerable.record.prepared import prepare
from answerable.record.proving import receipt_of
from answerable.record.sequencer import Placed, Sequencer
from answerable.stores import sqlite_file
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault

BATCHES = 8
EVERY = runs(5, full=1)
"""Each operation fails in the full run, every fifth in the usual one."""


class Answered(NamedTuple):
    id: str
    receipt: Receipt


_NUMBERS = count()


@pytest.fixture
def vfs(monkeypatch: pytest.MonkeyPatch) -> RecordingVfs:
    monkeypatch.setattr(sqlite_file, "CHECKPOINT_BYTES", 60_000)
    return RecordingVfs(f"faulty-{next(_NUMBERS)}")


def close(parts: Parts) -> None:
    assert isinstance(parts.store, SqliteStore)
    assert isinstance(parts.vault, SqliteVault)
    for part in (parts.store, parts.vault):
        try:
            part.close()
        except (RecordError, StorageError):
            continue  # a faulty disk may not even be left in order


def write(writer: Sequencer, parts: Parts, number: int) -> list[Answered]:
    """One batch of three entries."""
    chance = repeating_chance(number)
    drafts = [call(number * 3 + each, phone=str(each)) for each in range(3)]
    answers = writer.write([prepare(one, recorded_at_us=number, chance=chance) for one in drafts])
    return [
        Answered(draft.id, receipt_of(one, store=parts.store))
        for draft, one in zip(drafts, answers, strict=True)
        if isinstance(one, Placed)
    ]


def check(parts: Parts, answered: list[Answered]) -> None:
    """Everything that was answered is there, provable, and the record is whole."""
    found = parts.store.find([one.id for one in answered])
    for one in answered:
        verify_receipt(one.receipt, entry=found[one.id].body, trust=TrustPolicy.of_log(KEY.verifier))
    fsck = Fsck(origin=ORIGIN, store=parts.store, vault=parts.vault, high_water=parts.high_water)
    assert fsck.examine(keys=[KEY.verifier]).faults == ()


def failing_at(number: int, kind: str, code: int) -> Callable[[Operation], int]:
    """A disk on which the operation of that number, among those of that kind, fails once."""
    count = -1

    def fault(operation: Operation) -> int:
        nonlocal count
        count += operation.kind == kind
        return code if operation.kind == kind and count == number else 0

    return fault


def count_of(folder: Path, vfs: RecordingVfs, kind: str) -> int:
    """How many operations of a kind a run without fault has, after the record is open."""
    parts = in_sqlite(folder, vfs=vfs.name)
    writer = sequencer(parts)
    before = sum(one.kind == kind for one in vfs.operations)
    for number in range(BATCHES):
        write(writer, parts, number)
    counted = sum(one.kind == kind for one in vfs.operations) - before
    close(parts)
    return counted


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("kind", "code"), [("write", FULL), ("write", IOERR_WRITE), ("sync", IOERR_FSYNC)], ids=["full", "write", "fsync"]
)
def test_whatever_operation_fails_no_answer_is_lost_and_none_is_false(
    tmp_path: Path, vfs: RecordingVfs, kind: str, code: int, record_property: Callable[[str, object], None]
) -> None:
    (tmp_path / "count").mkdir()
    failing = range(0, count_of(tmp_path / "count", vfs, kind), 1 if kind == "sync" else EVERY)
    assert len(failing) > 3
    refused = 0
    for number in failing:
        folder = tmp_path / str(number)
        folder.mkdir()
        refused += one_run(folder, vfs, failing_at(number, kind, code))
    assert refused > 0, "no fault was ever felt"
    record_property("counted", f"{len(failing)} faults, felt by {refused}, 0 answers lost")


def one_run(folder: Path, vfs: RecordingVfs, fault: Callable[[Operation], int]) -> bool:
    """Write on a disk that fails once; start again where the record stopped. True where somebody felt it."""
    parts = in_sqlite(folder, vfs=vfs.name)
    writer = sequencer(parts)
    vfs.fault = fault
    answered, felt, stopped = list[Answered](), False, False
    for number in range(BATCHES):
        try:
            answered += write(writer, parts, number)
        except UncertainWriteError:
            felt = stopped = True
            break
        except StorageError:
            felt = True  # nothing was written; the next batch may pass
    vfs.fault = lambda _: 0
    if stopped:
        with pytest.raises(UncertainWriteError):
            write(writer, parts, 99)  # never again on top of a write whose end nobody knows
    close(parts)
    parts = in_sqlite(folder)
    if stopped:
        parts.high_water.resume()
    writer = sequencer(parts)
    check(parts, answered)
    for number in range(BATCHES):  # whoever got no answer sends again, and everybody ends up with one place
        answered += write(writer, parts, number)
    assert len(parts.store.find([f"call-{each}" for each in range(BATCHES * 3)])) == BATCHES * 3
    assert parts.store.head().size == BATCHES * 3
    check(parts, answered)
    close(parts)
    return felt


def test_a_failed_fsync_stops_the_record_until_somebody_has_looked(tmp_path: Path, vfs: RecordingVfs) -> None:
    parts = in_sqlite(tmp_path, vfs=vfs.name)
    writer = sequencer(parts)
    write(writer, parts, 0)
    vfs.fault = failing_at(0, "sync", IOERR_FSYNC)
    with pytest.raises(UncertainWriteError):
        write(writer, parts, 1)
    vfs.fault = lambda _: 0
    close(parts)
    parts = in_sqlite(tmp_path)
    with pytest.raises(UncertainWriteError, match="stopped on a fault"):
        sequencer(parts)
    close(parts)


def test_a_full_disk_is_felt_by_nobody_once_it_is_freed(tmp_path: Path, vfs: RecordingVfs) -> None:
    parts = in_sqlite(tmp_path, vfs=vfs.name)
    writer = sequencer(parts)
    answered = write(writer, parts, 0)
    vfs.fault = lambda one: FULL if one.kind == "write" else 0
    for _ in range(3):
        with pytest.raises(StorageError, match="full"):
            write(writer, parts, 1)
    vfs.fault = lambda _: 0
    answered += write(writer, parts, 1)
    check(parts, answered)
    assert parts.store.head().size == 6
    close(parts)


def test_a_mark_that_cannot_be_written_acknowledges_nothing(tmp_path: Path) -> None:
    class BrokenMark:
        def __init__(self, behind: HighWater) -> None:
            self._behind = behind

        def __getattr__(self, name: str) -> object:
            return getattr(self._behind, name)

        def write(self, mark: object) -> None:
            raise StorageError("the other disk is gone")

    parts = in_sqlite(tmp_path)
    writer = sequencer(parts)
    writer.high_water = BrokenMark(parts.high_water)  # type: ignore[assignment]
    with pytest.raises(UncertainWriteError, match="high-water mark could not be written"):
        write(writer, parts, 0)
    close(parts)
