"""kill -9 at any moment, with sixteen callers: what was acknowledged is there, in place, and provable for ever."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.support.fault_runs import runs
from tests.support.records import KEY, ORIGIN, Parts, in_sqlite, sequencer

from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.proof.tree import root_at
from answerable.record.fsck import Fsck
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault

KILLS = runs(25, full=1_000)
ROOT = Path(__file__).resolve().parents[2]


class Answer(NamedTuple):
    """Call `number` is entry `place`."""

    number: int
    place: int
    receipt: Receipt


def killed_run(folder: Path, *, first: int, after_s: float) -> list[Answer]:
    """Start a writer, kill it, and give everything that it had acknowledged in full."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.support.killable_writer", str(folder), str(first)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"ready\n"
    time.sleep(after_s)
    writer.kill()
    said, _ = writer.communicate()
    lines = said.split(b"\n")[:-1]  # a last line without its end was never acknowledged in full
    return [_answer(line) for line in lines]


def _answer(line: bytes) -> Answer:
    number, index, receipt = line.split(b" ")
    return Answer(int(number), int(index), Receipt.parse(bytes.fromhex(receipt.decode())))


def check(parts: Parts, answers: list[Answer]) -> None:
    """No acknowledged entry lost or moved, no gap, every earlier state where this one begins."""
    writer = sequencer(parts)
    head = writer.snapshot.head
    hash_at = writer.snapshot.edge.hash_at(parts.store.tile)
    entries = list(parts.store.entries(0, head.size))
    assert [entry.index for entry in entries] == list(range(head.size))
    for answer in answers:
        entry = entries[answer.place]
        assert entry.id == f"call-{answer.number}"
        assert json.loads(entry.body)["id"] == entry.id
        state = verify_receipt(answer.receipt, entry=entry.body, trust=TrustPolicy.of_log(KEY.verifier)).checkpoint
        assert root_at(state.size, hash_at) == state.root


@pytest.mark.timeout(7200)
def test_a_killed_writer_has_lost_nothing_that_it_acknowledged(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(4)
    answers = list[Answer]()
    slowest_s = 0.0
    for kill in range(KILLS):
        answers += killed_run(tmp_path, first=kill * 1_000_000, after_s=chance.uniform(0.02, 0.4))
        started = time.monotonic()
        parts = in_sqlite(tmp_path)
        check(parts, answers)
        slowest_s = max(slowest_s, time.monotonic() - started)
        _close(parts)
    assert len(answers) > KILLS, "the writers were killed before they wrote anything"
    parts = in_sqlite(tmp_path)
    fsck = Fsck(origin=ORIGIN, store=parts.store, vault=parts.vault, high_water=parts.high_water)
    assert fsck.examine(keys=[KEY.verifier]).faults == ()
    _close(parts)
    record_property(
        "counted",
        f"{KILLS:,} kills, 0 of {len(answers):,} acknowledged lost, slowest start {slowest_s:.2f} s",
    )


def _close(parts: Parts) -> None:
    assert isinstance(parts.store, SqliteStore)
    assert isinstance(parts.vault, SqliteVault)
    parts.store.close()
    parts.vault.close()
