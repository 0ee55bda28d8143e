"""A power cut at any moment, with torn writes: nothing acknowledged is lost, and the record opens and goes on.

The two controls lose entries; if they did not, the test could not fail.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.support.fault_runs import runs
from tests.support.recording_vfs import Operation, RecordingVfs, left_by_a_cut
from tests.support.records import KEY, ORIGIN, Parts, call, repeating_chance, sequencer

from answerable.errors import AnswerableError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import verify_receipt
from answerable.proof.tree import root_at
from answerable.record.ports import Mark
from answerable.record.prepared import prepare
from answerable.record.proving import receipt_of
from answerable.record.sequencer import Placed
from answerable.stores import sqlite_file
from answerable.stores.memory import MemoryHighWater
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault

CUTS = runs(100, full=20_000)
CONTROL_CUTS = runs(40, full=1_000)
BATCHES = 60
TRUST = TrustPolicy.of_log(KEY.verifier)


class Acknowledged(NamedTuple):
    """An answer somebody got: after how many operations on the disk, and what its receipt, which holds, said."""

    after: int
    id: str
    entry: bytes
    size: int
    root: bytes


class Story(NamedTuple):
    """Everything that happened: to the disk, to the mark, and what was answered."""

    operations: list[Operation]
    marks: list[tuple[int, Mark]]
    acknowledged: list[Acknowledged]


class MarkOnAnotherDisk(MemoryHighWater):
    """Remembers when each mark was written."""

    def __init__(self, vfs: RecordingVfs) -> None:
        super().__init__()
        self._vfs = vfs
        self.marks: list[tuple[int, Mark]] = []

    def write(self, mark: Mark) -> None:
        super().write(mark)
        self.marks.append((len(self._vfs.operations), mark))


@pytest.fixture
def small_wal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The write-ahead log is folded in every few batches, so that cuts fall into that too."""
    monkeypatch.setattr(sqlite_file, "CHECKPOINT_BYTES", 120_000)


def told(folder: Path, vfs: RecordingVfs, *, pragma: str = "") -> Story:
    """Write batches of many sizes, and remember what was acknowledged when."""
    high_water = MarkOnAnotherDisk(vfs)
    store = SqliteStore(folder / "record.db", origin=ORIGIN, write=True, vfs=vfs.name)
    vault = SqliteVault(folder / "vault.db", write=True, vfs=vfs.name)
    for file in (store._file, vault._file):
        assert file._writer is not None
        if pragma:
            file._writer.execute(pragma)
    parts = Parts(store=store, vault=vault, high_water=high_water)
    chance, make = random.Random(11), repeating_chance(3)
    writer = sequencer(parts)
    acknowledged = list[Acknowledged]()
    number = 0
    for _ in range(BATCHES):
        drafts = [call(number + each, phone=str(number + each)) for each in range(chance.choice((1, 1, 2, 7, 40)))]
        number += len(drafts)
        for placed in writer.write([prepare(draft, recorded_at_us=number, chance=make) for draft in drafts]):
            assert isinstance(placed, Placed)
            state = verify_receipt(receipt_of(placed, store=store), entry=placed.body, trust=TRUST).checkpoint
            id_ = f"call-{placed.index}"
            acknowledged.append(Acknowledged(len(vfs.operations), id_, placed.body, state.size, state.root))
    operations = list(vfs.operations)
    store.close()
    vault.close()
    return Story(operations, high_water.marks, acknowledged)


def lost_after_a_cut(story: Story, cut: int, folder: Path, chance: random.Random) -> int:
    """How many acknowledged entries are not there after a cut; raises where the record does not open."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in left_by_a_cut(story.operations[:cut], chance).items():
        (folder / name).write_bytes(content)
    high_water = MemoryHighWater()
    for after, mark in story.marks:
        if after <= cut:
            high_water.write(mark)
    store = SqliteStore(folder / "record.db", origin=ORIGIN, write=True)
    vault = SqliteVault(folder / "vault.db", write=True)
    try:
        writer = sequencer(Parts(store=store, vault=vault, high_water=high_water))
        hash_at = writer.snapshot.edge.hash_at(store.tile)
        answered = [one for one in story.acknowledged if one.after <= cut]
        there = {entry.id: entry for entry in store.entries(0, writer.snapshot.head.size)}
        assert [entry.index for entry in there.values()] == list(range(len(there)))
        kept = [one for one in answered if one.id in there and there[one.id].body == one.entry]
        for size, root in {(one.size, one.root) for one in kept}:
            assert root_at(size, hash_at) == root
        salts = vault.salts(there)
        for id_ in there:  # what can be seen has its salts
            assert salts.get(id_, {}).keys() == store.sealed(id_).keys()
        return len(answered) - len(kept)
    finally:
        store.close()
        vault.close()


@pytest.fixture
def vfs(request: pytest.FixtureRequest) -> RecordingVfs:
    return RecordingVfs(f"recording-{request.node.name}", lying="lies" in request.node.name)


@pytest.mark.timeout(7200)
def test_no_power_cut_loses_what_was_acknowledged(
    tmp_path: Path, vfs: RecordingVfs, small_wal: None, record_property: Callable[[str, object], None]
) -> None:
    story = told(tmp_path, vfs)
    folded = sum(one.kind == "sync" and one.file == "record.db" for one in story.operations)
    assert folded > 2, "no cut could fall into the folding of the log"
    chance = random.Random(1)
    first = min(one.after for one in story.acknowledged)
    for _ in range(CUTS):
        cut = chance.randint(first, len(story.operations))
        assert lost_after_a_cut(story, cut, tmp_path / "after", chance) == 0, f"cut after {cut} operations"
    record_property(
        "counted", f"{CUTS:,} power cuts, {len(story.operations):,} operations, 0 of {len(story.acknowledged):,} lost"
    )


def cuts_that_lose(story: Story, folder: Path) -> int:
    chance = random.Random(2)
    first = min(one.after for one in story.acknowledged)
    losing = 0
    for _ in range(CONTROL_CUTS):
        try:
            losing += lost_after_a_cut(story, chance.randint(first, len(story.operations)), folder, chance) > 0
        except (AnswerableError, sqlite3.Error, AssertionError, LookupError):
            losing += 1  # it does not even open
    return losing


@pytest.mark.timeout(3600)
def test_control_with_synchronous_normal_cuts_do_lose(
    tmp_path: Path, vfs: RecordingVfs, small_wal: None, record_property: Callable[[str, object], None]
) -> None:
    losing = cuts_that_lose(told(tmp_path, vfs, pragma="PRAGMA synchronous = NORMAL"), tmp_path / "after")
    assert losing > 0
    record_property("counted", f"control: {losing} of {CONTROL_CUTS} cuts lose")


@pytest.mark.timeout(3600)
def test_control_on_a_disk_that_lies_about_fsync_cuts_do_lose(
    tmp_path: Path, vfs: RecordingVfs, small_wal: None, record_property: Callable[[str, object], None]
) -> None:
    losing = cuts_that_lose(told(tmp_path, vfs), tmp_path / "after")
    assert losing > 0
    record_property("counted", f"control: {losing} of {CONTROL_CUTS} cuts lose")
