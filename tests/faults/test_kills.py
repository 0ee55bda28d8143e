"""kill -9 at any moment, with sixteen callers: what was acknowledged is there, in place, and provable for ever."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest
from tests.support.fault_runs import runs
from tests.support.records import KEY, ORIGIN, Parts, in_sqlite, sequencer

from answerable.errors import ForkedLogError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.proof.tree import root_at
from answerable.record.fsck import Fsck
from answerable.record.ports import Head
from answerable.stores.memory import NEW
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault

KILLS = runs(25, full=1_000)
EACH = 100
"""Kills of one record; then another begins, or the starts of a long run would mostly check a large file."""

READY_S = 60
ROOT = Path(__file__).resolve().parents[2]


class Answer(NamedTuple):
    """Call `number` is entry `place`."""

    number: int
    place: int
    receipt: Receipt


Places: TypeAlias = dict[int, int]
"""Where each call is, by its number."""


def killed_run(folder: Path, *, first: int, after_s: float, how: tuple[str, ...] = ()) -> list[Answer]:
    """Start a writer, kill it while it is at work, and give everything that it had acknowledged in full."""
    said = folder / "said"
    with said.open("wb") as out:
        program = [sys.executable, "-m", "tests.support.killable_writer", str(folder), str(first), *how]
        writer = subprocess.Popen(program, stdout=out, cwd=ROOT)
    until_s = time.monotonic() + READY_S
    while not said.read_bytes().startswith(b"ready\n"):
        assert writer.poll() is None, "the writer ended by itself"
        assert time.monotonic() < until_s, "the writer does not begin"
        time.sleep(0.005)
    time.sleep(after_s)
    assert writer.poll() is None, "the writer ended by itself"
    writer.kill()
    writer.wait()
    # a last line without its end was never acknowledged in full
    return [_answer(line) for line in said.read_bytes().split(b"\n")[1:-1]]


def _answer(line: bytes) -> Answer:
    number, index, receipt = line.split(b" ")
    return Answer(int(number), int(index), Receipt.parse(bytes.fromhex(receipt.decode())))


def check(parts: Parts, answers: list[Answer], *, before: Head) -> tuple[Head, float]:
    """What was acknowledged since `before` is there, without a gap; this state begins with that one, and with every
    state between. Gives this state, and the seconds until the record could be written to again."""
    started = time.monotonic()
    writer = sequencer(parts)
    started_s = time.monotonic() - started
    head = writer.snapshot.head
    hash_at = writer.snapshot.edge.hash_at(parts.store.tile)
    assert root_at(before.size, hash_at) == before.root
    entries = list(parts.store.entries(before.size, head.size))
    assert [entry.index for entry in entries] == list(range(before.size, head.size))
    for answer in answers:
        entry = entries[answer.place - before.size]
        assert entry.id == f"call-{answer.number}"
        assert json.loads(entry.body)["id"] == entry.id
        state = verify_receipt(answer.receipt, entry=entry.body, trust=TrustPolicy.of_log(KEY.verifier)).checkpoint
        assert root_at(state.size, hash_at) == state.root
    return head, started_s


def check_all(parts: Parts, places: Places) -> None:
    """After the last kill: everything that was ever acknowledged is where it was, and the record is whole."""
    ids = [entry.id for entry in parts.store.entries(0, parts.store.head().size)]
    for number, place in places.items():
        assert ids[place] == f"call-{number}"
    fsck = Fsck(origin=ORIGIN, store=parts.store, vault=parts.vault, high_water=parts.high_water)
    assert fsck.examine(keys=[KEY.verifier]).faults == ()


def killed_record(
    folder: Path, *, kills: int, chance: random.Random, how: tuple[str, ...] = ()
) -> tuple[Places, float]:
    """A record whose writer is killed again and again: all that was acknowledged, and the slowest start."""
    folder.mkdir()
    places, head, slowest_s = Places(), NEW, 0.0
    for kill in range(kills):
        new = killed_run(folder, first=kill * 1_000_000, after_s=chance.uniform(0.02, 0.4), how=how)
        begun = time.monotonic()
        parts = in_sqlite(folder)
        opened_s = time.monotonic() - begun
        head, started_s = check(parts, new, before=head)
        slowest_s = max(slowest_s, opened_s + started_s)
        places |= {answer.number: answer.place for answer in new}
        if kill == kills - 1:
            check_all(parts, places)
        _close(parts)
    return places, slowest_s


@pytest.mark.timeout(7200)
def test_a_killed_writer_has_lost_nothing_that_it_acknowledged(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(4)
    acknowledged, slowest_s = 0, 0.0
    for first in range(0, KILLS, EACH):
        places, taken_s = killed_record(tmp_path / str(first), kills=min(EACH, KILLS - first), chance=chance)
        acknowledged += len(places)
        slowest_s = max(slowest_s, taken_s)
    assert acknowledged > 10 * KILLS, "the writers were killed before they were at work"
    record_property(
        "counted",
        f"{KILLS:,} kills, 0 of {acknowledged:,} acknowledged lost, slowest start {slowest_s:.2f} s",
    )


@pytest.mark.timeout(600)
def test_control_a_writer_that_acknowledges_before_it_commits_is_caught(tmp_path: Path) -> None:
    with pytest.raises(ForkedLogError, match="were signed"):
        killed_record(tmp_path / "early", kills=5, chance=random.Random(5), how=("early",))


def _close(parts: Parts) -> None:
    assert isinstance(parts.store, SqliteStore)
    assert isinstance(parts.vault, SqliteVault)
    parts.store.close()
    parts.vault.close()
