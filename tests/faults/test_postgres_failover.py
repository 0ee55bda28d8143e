"""The database of a served desk is killed and its copy takes over: nothing acknowledged is lost, nobody waits."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.support.door_process import DoorProcess, device_token, sent
from tests.support.fault_runs import runs
from tests.support.postgres_pair import PostgresPair, postgres_pair
from tests.support.postgres_server import PostgresServer, programs

from answerable.proof.note import Note
from answerable.proof.promise import Promise
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.wiring.people import Scope
from answerable.wiring.recording import read_record

FAILOVERS = runs(3, full=100)
CLIENTS = 8
WRITABLE_S = 10
"""Within this after the copy took over a call is in the record again."""

WAIT_S = 60.0


@pytest.fixture(scope="module")
def pair(postgres_server: PostgresServer) -> Iterator[PostgresPair]:
    """Two servers for the tests in their order; the last leaves one of them. (Without the program the server of the
    session says so.)"""
    where = programs()
    assert where is not None, postgres_server
    with postgres_pair(where) as made:
        made.follow()
        yield made


class Feeds:
    """Devices that send calls to a desk without a pause, and keep what each was answered."""

    def __init__(self, desk: DoorProcess, token: str) -> None:
        self.recorded = dict[str, dict[str, Any]]()
        self.spooled = dict[str, str | None]()
        self.faults = list[str]()
        self.slowest_s = 0.0
        self._desk, self._token, self._ended = desk, token, threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(f"c{number}",)) for number in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(WAIT_S)

    def _send(self, name: str) -> None:
        with self._desk.connect() as connection:
            number = 0
            while not self._ended.is_set():
                id_, number = f"{name}-{number}", number + 1
                body = json.dumps({"id": id_, "place": f"{number} Alder Street"}).encode()
                begun = time.monotonic()
                status, told = sent(
                    connection, "POST", "/v1/calls", host=f"127.0.0.1:{self._desk.port}", token=self._token, body=body
                )
                self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
                if status in (200, 201):
                    self.recorded[id_] = json.loads(told)
                elif status == 202:
                    self.spooled[id_] = json.loads(told)["promise"]
                    time.sleep(0.02)
                else:
                    self.faults.append(f"{status} {told[:200]!r}")
                    return


def told(desk: DoorProcess, method: str, path: str, **more: Any) -> tuple[int, Any]:
    with desk.connect() as connection:
        status, body = sent(connection, method, path, host=f"127.0.0.1:{desk.port}", **more)
    return status, json.loads(body)


def call(desk: DoorProcess, token: str, id_: str) -> tuple[int, Any]:
    return told(desk, "POST", "/v1/calls", token=token, body=json.dumps({"id": id_, "place": "1 Alder"}).encode())


def until(holds: Callable[[], bool], *, within_s: float = WAIT_S) -> float:
    """How long it took until it held."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < within_s, "it never came to that"
        time.sleep(0.02)
    return time.monotonic() - begun


def written(desk: DoorProcess) -> bool:
    state = told(desk, "GET", "/-/ready")[1]
    return bool(state["record"] == "writing" and state["spooled"] == 0)


def test_a_copy_that_is_gone_holds_no_caller_up_and_what_hung_is_recorded_once(
    tmp_path: Path, pair: PostgresPair
) -> None:
    """A commit that waits for the copy does not end. Calls are taken all the same, and none is recorded twice."""
    folder = tmp_path / "desk"
    with DoorProcess(folder, "--database", pair.url(pair.new_database())) as desk:
        token = device_token(folder, Scope.CALLS)
        until(lambda: call(desk, token, "first")[0] in (200, 201))
        pair.second.kill()
        answers = [call(desk, token, f"hung-{number}") for number in range(10)]
        assert [status for status, _ in answers] == [202] * 10
        promised = {said["id"]: said["promise"] for _, said in answers if said["promise"] is not None}
        assert len(promised) >= 9, "of the first nobody knows whether it is recorded as it came"
        pair.second.start()
        until(lambda: written(desk))
        assert [call(desk, token, f"hung-{number}")[0] for number in range(10)] == [200] * 10
        assert call(desk, token, "after")[0] == 201
        assert desk.stop() == 0
    with read_record(folder) as record:
        entries = list(record.store.entries(0, record.store.head().size))
    hung = {entry.id: entry.body for entry in entries if entry.id.startswith("hung")}
    assert sum(entry.id.startswith("hung") for entry in entries) == len(hung) == 10
    assert all(Promise.parse(Note.parse(word.encode()).text).is_kept_by(hung[id_]) for id_, word in promised.items())


def test_a_database_that_hangs_holds_callers_up_for_a_moment_and_none_is_lost(
    tmp_path: Path, pair: PostgresPair, record_property: Callable[[str, object], None]
) -> None:
    """No process of it does anything any more, and no connection ends."""
    folder = tmp_path / "desk"
    with DoorProcess(folder, "--database", pair.url(pair.new_database())) as desk:
        token = device_token(folder, Scope.CALLS)
        until(lambda: call(desk, token, "first")[0] in (200, 201))
        pair.first.freeze()
        try:
            begun = time.monotonic()
            assert call(desk, token, "hung-0")[0] == 202
            first_s, begun = time.monotonic() - begun, time.monotonic()
            assert {call(desk, token, f"hung-{number}")[0] for number in range(1, 10)} == {202}
            others_s = time.monotonic() - begun
        finally:
            pair.first.freeze(thaw=True)
        until(lambda: written(desk))
        assert [call(desk, token, f"hung-{number}")[0] for number in range(10)] == [200] * 10
        assert desk.stop() == 0
    with read_record(folder) as record:
        ids = [entry.id for entry in record.store.entries(0, record.store.head().size)]
    assert sorted(id_ for id_ in ids if id_.startswith("hung")) == [f"hung-{number}" for number in range(10)]
    record_property("counted", f"the first call waited {first_s:.1f} s, the nine after it {others_s:.1f} s together")


@pytest.mark.timeout(3600)
def test_a_failover_loses_no_acknowledged_call_and_records_once_what_came_meanwhile(
    tmp_path: Path, pair: PostgresPair, record_property: Callable[[str, object], None]
) -> None:
    folder, chance, longest_s = tmp_path / "desk", random.Random(5), 0.0
    with DoorProcess(folder, "--database", pair.url(pair.new_database())) as desk:
        token = device_token(folder, Scope.CALLS)
        until(lambda: call(desk, token, "first")[0] in (200, 201))
        feeds = Feeds(desk, token)
        for failover in range(FAILOVERS):
            time.sleep(chance.uniform(0.1, 0.4))
            pair.first.kill()
            time.sleep(chance.uniform(0.0, 0.5))
            pair.take_over()
            numbers = iter(range(1_000_000))
            probe = f"probe-{failover}"
            longest_s = max(longest_s, until(lambda: call(desk, token, f"{probe}-{next(numbers)}")[0] == 201))  # noqa: B023
            pair.renew()
            assert not feeds.faults
        feeds.end()
        until(lambda: written(desk))
        assert not feeds.faults
        assert desk.stop() == 0
        assert desk.errors() == ""
    uncertain = check(folder, feeds)
    assert len(feeds.recorded) > FAILOVERS
    assert len(feeds.spooled) > FAILOVERS, "no call came while the database was away"
    assert longest_s <= WRITABLE_S
    record_property(
        "counted",
        f"{FAILOVERS} failovers, 0 of {len(feeds.recorded):,} acknowledged lost, {len(feeds.spooled):,} through the "
        f"spool, each once, {uncertain} of them written though the answer was lost; written again within "
        f"{longest_s:.2f} s, the slowest answer {feeds.slowest_s:.2f} s",
    )


def check(folder: Path, feeds: Feeds) -> int:
    """Everything answered is in the record, once, as it was answered; how many entries were there before the spool."""
    uncertain = 0
    with read_record(folder) as record:
        trust = TrustPolicy().with_log(*record.keyring.verifiers)
        entries = list(record.store.entries(0, record.store.head().size))
    assert [one.index for one in entries] == list(range(len(entries)))
    by_id = {one.id: one for one in entries}
    assert len(by_id) == len(entries)
    for id_, said in feeds.recorded.items():
        assert by_id[id_].index == said["index"]
        verify_receipt(Receipt.parse(said["receipt"].encode()), entry=by_id[id_].body, trust=trust)
    for id_, promise in feeds.spooled.items():
        late = json.loads(by_id[id_].body).get("late", False)
        if promise is not None:
            assert late
            assert Promise.parse(Note.parse(promise.encode()).text).is_kept_by(by_id[id_].body)
        uncertain += not late
    return uncertain


def test_a_copy_that_lacks_what_was_acknowledged_is_never_written_to(tmp_path: Path, pair: PostgresPair) -> None:
    """The control: without waiting for the copy a failover does lose calls. The desk sees it, and makes no second
    history; help goes on."""
    folder = tmp_path / "desk"
    with DoorProcess(folder, "--database", pair.url(name := pair.new_database())) as desk:
        token = device_token(folder, Scope.CALLS)
        until(lambda: call(desk, token, "first")[0] in (200, 201))
        pair.first.wait_for_nobody()
        caught_up(pair, name)
        pair.second.stop()
        assert call(desk, token, "acknowledged")[0] == 201
        pair.first.kill()
        pair.second.start()
        pair.take_over()
        before = head(pair, name)
        for number in range(4):
            assert call(desk, token, f"after-{number}")[0] == 202
            time.sleep(0.7)
        assert told(desk, "GET", "/-/ready")[1]["record"] == "spooling"
        assert head(pair, name) == before
        desk.stop()
    with pytest.raises(RuntimeError, match=r"ForkedLogError|were signed"), DoorProcess(folder):
        pass


def head(pair: PostgresPair, database: str) -> object:
    with psycopg.connect(pair.first.dsn(database)) as connection:
        return connection.execute("SELECT size, root FROM head").fetchone()


def caught_up(pair: PostgresPair, database: str) -> None:
    """The copy has what is there now, the tables too."""
    with psycopg.connect(pair.first.dsn("postgres"), autocommit=True) as connection:
        behind = "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()"
        until(lambda: connection.execute(behind).fetchone() == (1,))
    assert database
