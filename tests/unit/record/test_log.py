"""Many callers, one writer: every caller gets its own answer, and overload is said at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from tests.support.records import KEY, call, in_memory, log

from answerable.errors import (
    AnswerableError,
    ConflictError,
    InputError,
    OverloadedError,
    RecordError,
    StorageError,
    UnansweredWriteError,
    UncertainWriteError,
)
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import verify_receipt
from answerable.record import log as log_module
from answerable.record.entry import Draft, EntryType
from answerable.record.ports import Batch
from answerable.record.proving import receipt_of
from answerable.record.sequencer import Placed


class Gate:
    """A store whose commits wait until the gate is opened."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind
        self.sizes = list[int]()
        self.waiting, self.open = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def commit(self, batch: Batch) -> None:
        self.sizes.append(len(batch.entries))
        self.waiting.set()
        self.open.wait(30)
        self._behind.commit(batch)


def test_a_hundred_callers_at_once_each_get_their_own_valid_receipt() -> None:
    parts = in_memory()
    with log(parts) as open_log, ThreadPoolExecutor(100) as callers:
        placed = list(callers.map(lambda number: open_log.append(call(number, phone=str(number))), range(1_000)))
        assert sorted(one.index for one in placed) == list(range(1_000))
        for number, one in enumerate(placed):
            receipt = receipt_of(one, store=parts.store)
            verify_receipt(receipt, entry=one.body, trust=TrustPolicy.of_log(KEY.verifier))
            assert f'"id":"call-{number}"'.encode() in one.body


def test_a_batch_is_what_queued_while_the_last_one_was_written() -> None:
    parts = in_memory()
    gate = parts.store = Gate(parts.store)
    with log(parts) as open_log, ThreadPoolExecutor(20) as callers:
        first = callers.submit(open_log.append, call(0))
        gate.waiting.wait(30)
        rest = [callers.submit(open_log.append, call(number)) for number in range(1, 11)]
        while len(open_log._waiting) < 10:
            pass
        gate.open.set()
        assert first.result().index == 0
        assert sorted(one.result().index for one in rest) == list(range(1, 11))
    assert gate.sizes == [1, 10]


@pytest.mark.parametrize(
    ("limit", "value", "sizes"), [("MOST_IN_A_BATCH", 4, [4, 4, 2]), ("MOST_BATCH_BYTES", 500, [3, 3, 3, 1])]
)
def test_a_batch_is_bounded_in_entries_and_bytes(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(log_module, limit, value)
    parts = in_memory()
    gate = parts.store = Gate(parts.store)
    gate.open.set()
    with log(parts) as open_log:
        open_log.append_all([call(number) for number in range(10, 20)])
    assert gate.sizes == sizes


def test_over_the_limit_new_entries_are_refused_at_once_and_nothing_acknowledged_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_module, "MOST_WAITING", 8)
    parts = in_memory()
    gate = parts.store = Gate(parts.store)
    with log(parts) as open_log, ThreadPoolExecutor(20) as callers:
        first = callers.submit(open_log.append, call(0))
        gate.waiting.wait(30)
        waiting = callers.submit(open_log.append_all, [call(number) for number in range(1, 9)])
        while len(open_log._waiting) < 8:
            pass
        with pytest.raises(OverloadedError):
            open_log.append(call(99))
        gate.open.set()
        assert first.result().index == 0
        assert len(waiting.result()) == 8
        assert open_log.append(call(99)).index == 9


def test_what_waits_when_the_log_is_closed_is_written_and_what_comes_later_is_refused() -> None:
    parts = in_memory()
    open_log = log(parts)
    open_log.append(call(1))
    open_log.close()
    with pytest.raises(RecordError, match="being closed"):
        open_log.append(call(2))
    assert parts.store.head().size == 1


def test_a_loop_is_told_of_each_answer_without_waiting() -> None:
    parts = in_memory()
    told = dict[int, Placed | AnswerableError]()
    with log(parts) as open_log:
        for number in range(50):
            open_log.send(call(number, phone="1"), partial(told.__setitem__, number))
        open_log.send(call(7, phone="2"), partial(told.__setitem__, 99))
        with pytest.raises(InputError):
            open_log.send(Draft(id="x", type=EntryType.KEY), partial(told.__setitem__, 100))
    assert isinstance(told.pop(99), ConflictError)
    assert {number: one.index for number, one in told.items() if isinstance(one, Placed)} == {n: n for n in range(50)}


def test_each_entry_has_its_own_answer() -> None:
    with log(in_memory()) as open_log:
        open_log.append(call(1))
        answers = open_log.append_all([call(1), call(1, phone="x"), call(2)])
        assert [type(one) for one in answers] == [Placed, ConflictError, Placed]
        with pytest.raises(ConflictError):
            open_log.append(call(2, phone="x"))


def test_nothing_is_written_of_a_list_with_an_entry_that_cannot_be_entered() -> None:
    parts = in_memory()
    with log(parts) as open_log, pytest.raises(InputError):
        open_log.append_all([call(1), Draft(id="x", type=EntryType.KEY)])
    assert parts.store.head().size == 0


def test_whoever_waits_no_longer_is_told_what_may_be_written_and_what_is_not() -> None:
    parts = in_memory()
    parts.store = slow = Gate(parts.store)
    with log(parts) as open_log:
        (begun,) = open_log.submit([open_log.prepared(call(1))], patience_s=0.05)
        assert isinstance(begun, UnansweredWriteError)
        with pytest.raises(StorageError):  # at once: nothing is put behind what hangs
            open_log.submit([open_log.prepared(call(2))], patience_s=60)
        slow.open.set()
        assert open_log.append(call(3)).index == 1
        (again,) = open_log.submit([open_log.prepared(call(1))], patience_s=60)
        assert isinstance(again, Placed)
        assert (again.index, again.again) == (0, True)
    assert [entry.id for entry in parts.store.entries(0, 9)] == ["call-1", "call-3"]


def test_what_waits_behind_a_write_that_hangs_is_taken_back() -> None:
    parts = in_memory()
    parts.store = slow = Gate(parts.store)
    with log(parts) as open_log, ThreadPoolExecutor(1) as other:
        patient = other.submit(open_log.append, call(1))
        assert slow.waiting.wait(30)
        (waiting,) = open_log.submit([open_log.prepared(call(2))], patience_s=0.05)
        assert type(waiting) is StorageError
        slow.open.set()
        assert patient.result(30).index == 0
    assert [entry.id for entry in parts.store.entries(0, 9)] == ["call-1"]


def test_after_a_write_without_an_answer_the_writer_looks_and_goes_on() -> None:
    parts = in_memory()

    class Mute:
        """Writes, and does not say so; then cannot be asked for a while."""

        away = 2

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def commit(self, batch: Batch) -> None:
            real.commit(batch)
            if batch.before.size == 0:
                raise UnansweredWriteError

        def settle(self) -> None:
            self.away -= 1
            if self.away >= 0:
                raise StorageError("nobody answers")

    real = parts.store
    parts.store = Mute()
    with log(parts) as open_log:
        with pytest.raises(UnansweredWriteError):
            open_log.append(call(1))
        for _ in range(2):
            with pytest.raises(StorageError, match="nobody answers"):
                open_log.append(call(2))
        assert open_log.append(call(2)).index == 1
        assert open_log.append(call(1)).again
    assert parts.high_water.halted() is None


@pytest.mark.parametrize("fault", [UncertainWriteError, StorageError])
def test_everybody_who_waits_is_told_when_the_disk_refuses(fault: type[AnswerableError]) -> None:
    parts = in_memory()

    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def commit(self, batch: Batch) -> None:
            raise fault

    real = parts.store
    parts.store = Broken()
    with log(parts) as open_log, ThreadPoolExecutor(10) as callers:
        for future in [callers.submit(open_log.append, call(number)) for number in range(10)]:
            with pytest.raises(fault):
                future.result()
    assert bool(parts.high_water.halted()) is (fault is UncertainWriteError)
