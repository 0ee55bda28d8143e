"""The server of the record crashes under load: nothing acknowledged is lost, and what was not can be sent again."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.support.fault_runs import runs
from tests.support.postgres_server import PostgresServer
from tests.support.records import KEY, ORIGIN, Parts, call, log, repeating_chance, sequencer

from answerable.errors import AnswerableError, StorageError, UnansweredWriteError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.proof.tree import root_at
from answerable.record.fsck import Fsck
from answerable.record.opening import looked_again
from answerable.record.prepared import prepare
from answerable.record.proving import receipt_of
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.memory import NEW
from answerable.stores.postgres import PostgresStore
from answerable.stores.sqlite_vault import SqliteVault

CRASHES = runs(3, full=100)
CALLERS = 8


def opened(address: str, folder: Path) -> Parts:
    return Parts(
        store=PostgresStore(address, origin=ORIGIN, write=True),
        vault=SqliteVault(folder / "vault.db", write=True),
        high_water=HighWaterFile(folder / "high-water"),
    )


def close(parts: Parts) -> None:
    assert isinstance(parts.store, PostgresStore)
    assert isinstance(parts.vault, SqliteVault)
    parts.store.close()
    parts.vault.close()


def crashed_run(
    server: PostgresServer, parts: Parts, *, first: int, after_s: float
) -> tuple[dict[int, Receipt], list[type[AnswerableError]]]:
    """Callers send until the server is gone: what they had been answered, and what the rest were told."""
    answered, told, lock = dict[int, Receipt](), list[type[AnswerableError]](), threading.Lock()
    with log(parts) as open_log:

        def send(number: int) -> None:
            while True:
                try:
                    receipt = receipt_of(open_log.append(call(number, phone=str(number))), store=parts.store)
                except AnswerableError as fault:
                    with lock:
                        told.append(type(fault))
                    return
                with lock:
                    answered[number] = receipt
                number += CALLERS

        threads = [threading.Thread(target=send, args=(first + caller,)) for caller in range(CALLERS)]
        for thread in threads:
            thread.start()
        time.sleep(after_s)
        server.stop(how=signal.SIGQUIT)
        for thread in threads:
            thread.join()
    return answered, told


@pytest.mark.timeout(7200)
def test_a_crash_of_the_server_loses_nothing_that_was_acknowledged(
    tmp_path: Path, postgres_server: PostgresServer, record_property: Callable[[str, object], None]
) -> None:
    address = postgres_server.dsn(postgres_server.new_database())
    chance = random.Random(12)
    answered, uncertain, head = dict[int, Receipt](), 0, NEW
    for crash in range(CRASHES):
        parts = opened(address, tmp_path)
        more, told = crashed_run(postgres_server, parts, first=crash * 1_000_000, after_s=chance.uniform(0.1, 0.5))
        answered |= more
        close(parts)
        assert set(told) <= {UnansweredWriteError, StorageError}
        uncertain += UnansweredWriteError in told
        postgres_server.start()
        parts = opened(address, tmp_path)
        # everything acknowledged before is in the state of before, and this one begins with that
        snapshot = sequencer(parts).snapshot
        assert root_at(head.size, snapshot.edge.hash_at(parts.store.tile)) == head.root
        head = snapshot.head
        there = parts.store.find([f"call-{number}" for number in more])
        for number, receipt in more.items():
            entry = there[f"call-{number}"]
            assert entry.index == receipt.index
            verify_receipt(receipt, entry=entry.body, trust=TrustPolicy.of_log(KEY.verifier))
        close(parts)
    parts = opened(address, tmp_path)
    ids = [entry.id for entry in parts.store.entries(0, head.size)]
    assert all(ids[receipt.index] == f"call-{number}" for number, receipt in answered.items())
    fsck = Fsck(origin=ORIGIN, store=parts.store, vault=parts.vault, high_water=parts.high_water)
    assert fsck.examine(keys=[KEY.verifier]).faults == ()
    close(parts)
    assert len(answered) > CRASHES
    record_property("counted", f"{CRASHES} crashes, 0 of {len(answered):,} acknowledged lost, {uncertain} uncertain")


@pytest.mark.parametrize("how", ["by the same process", "by the next start"])
def test_a_commit_whose_answer_is_lost_is_looked_for_before_anything_more_is_written(
    tmp_path: Path, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    parts = opened(postgres_dsn, tmp_path)
    writer = sequencer(parts)
    assert isinstance(parts.store, PostgresStore)
    connection = parts.store._server._writer
    assert connection is not None
    real = connection.commit

    def answer_lost() -> None:
        real()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    ready = prepare(call(1, phone="1"), recorded_at_us=1, chance=repeating_chance(5))
    with monkeypatch.context() as patch:
        patch.setattr(connection, "commit", answer_lost)
        with pytest.raises(UnansweredWriteError, match="did not answer"):
            writer.write([ready])
    with pytest.raises(UnansweredWriteError):
        writer.write([ready])
    if how == "by the same process":
        again = looked_again(writer)
    else:
        close(parts)
        parts = opened(postgres_dsn, tmp_path)
        again = sequencer(parts)
    (placed,) = again.write([prepare(call(1, phone="1"), recorded_at_us=9, chance=repeating_chance(6))])
    assert not isinstance(placed, AnswerableError)
    assert (placed.index, placed.again) == (0, True)
    close(parts)


def test_nothing_is_looked_at_while_the_lost_connection_could_still_commit(
    tmp_path: Path, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has not noticed yet that the connection is gone, and holds the one writer's lock for it."""
    parts = opened(postgres_dsn, tmp_path)
    writer = sequencer(parts)
    assert isinstance(parts.store, PostgresStore)
    lost = parts.store._server._writer
    assert lost is not None
    with monkeypatch.context() as patch:
        patch.setattr(lost, "commit", fails)
        patch.setattr(lost, "close", lambda: None)
        with pytest.raises(UnansweredWriteError):
            writer.write([prepare(call(1, phone="1"), recorded_at_us=1, chance=repeating_chance(5))])
        parts.store._server._writer = None
        with pytest.raises(StorageError, match="Another program is writing"):
            looked_again(writer)
    lost.commit()  # and so it does, late
    lost.close()
    assert looked_again(writer).snapshot.head.size == 1
    close(parts)


def fails() -> None:
    raise psycopg.OperationalError("the line is cut")


def test_a_connection_that_breaks_before_the_commit_has_written_nothing_and_the_next_batch_passes(
    tmp_path: Path, postgres_dsn: str
) -> None:
    parts = opened(postgres_dsn, tmp_path)
    writer = sequencer(parts)
    assert isinstance(parts.store, PostgresStore)
    connection = parts.store._server._writer
    assert connection is not None
    connection.close()
    for _ in range(2):
        (placed,) = writer.write([prepare(call(1, phone="1"), recorded_at_us=1, chance=repeating_chance(5))])
        assert not isinstance(placed, AnswerableError)
        assert placed.index == 0
    close(parts)
