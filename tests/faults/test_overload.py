"""Ten times more than the disk can take: memory stays bounded, the rest is told to come again, nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.support.fault_runs import runs
from tests.support.records import call, in_sqlite, log

from answerable.errors import OverloadedError
from answerable.record import log as log_module
from answerable.record.ports import Batch
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault

CALLERS = 60
EACH = runs(30, full=2_000)
WAITING = 40


class SlowDisk:
    """A store whose commits take their time, whatever they hold."""

    def __init__(self, behind: SqliteStore) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def commit(self, batch: Batch) -> None:
        time.sleep(0.01)
        self._behind.commit(batch)


@pytest.mark.timeout(3600)
def test_under_ten_times_the_load_nothing_acknowledged_is_lost_and_the_queue_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    monkeypatch.setattr(log_module, "MOST_WAITING", WAITING)
    monkeypatch.setattr(log_module, "MOST_IN_A_BATCH", 8)
    parts = in_sqlite(tmp_path)
    store, vault = parts.store, parts.vault
    assert isinstance(store, SqliteStore)
    assert isinstance(vault, SqliteVault)
    parts.store = SlowDisk(store)
    refused, longest, lock = 0, 0, threading.Lock()
    with log(parts) as open_log:

        def send(caller: int) -> list[tuple[str, int]]:
            nonlocal refused, longest
            answered = list[tuple[str, int]]()
            for number in range(caller * EACH, (caller + 1) * EACH):
                while True:
                    try:
                        answered.append((f"call-{number}", open_log.append(call(number, phone="x")).index))
                        break
                    except OverloadedError:
                        with lock:
                            refused += 1
                        time.sleep(0.005)
                longest = max(longest, len(open_log._waiting))
            return answered

        with ThreadPoolExecutor(CALLERS) as callers:
            answered = [one for each in callers.map(send, range(CALLERS)) for one in each]
    there = {entry.id: entry.index for entry in store.entries(0, CALLERS * EACH)}
    assert refused > 0, "it was never overloaded"
    assert longest <= WAITING
    assert dict(answered) == there
    assert sorted(there.values()) == list(range(CALLERS * EACH))
    store.close()
    vault.close()
    record_property("counted", f"{len(there):,} recorded, {refused:,} told to come again, at most {longest} waiting")
