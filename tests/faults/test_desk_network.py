"""A network that cuts, delays and delivers twice: whoever sends again under the same id loses and doubles nothing."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.support.door_process import DoorProcess, answer, device_token, sent, served
from tests.support.fault_proxy import Fault, FaultProxy, faults_before
from tests.support.fault_runs import runs

from answerable.proof.receipt import Receipt
from answerable.wiring.people import Scope
from answerable.wiring.recording import read_record

CLIENTS, EACH = 8, runs(25, full=2_000)
TRIES = 200


class TwiceOrNeverError(AssertionError):
    """A call that was acknowledged is in the record twice, not at all, or under two receipts."""


def body_of(id_: str) -> bytes:
    return json.dumps({"id": id_, "place": f"{id_} Alder Street"}).encode()


def stubborn(proxy: FaultProxy, id_: str, *, token: str, host: str) -> tuple[int, dict[str, Any], int]:
    """Send until an answer comes back whole: its status, what it says, and how often it was sent."""
    for tried in range(1, TRIES):
        try:
            with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection:
                status, told = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body_of(id_))
        except OSError:
            continue
        if status in (200, 201):
            return status, json.loads(told), tried
        assert status in (0, 503), (status, told)
    raise AssertionError(f"{id_} never got through")


def through_faults(desk: DoorProcess, token: str, *, each: int) -> tuple[dict[str, dict[str, Any]], FaultProxy, int]:
    """Clients that send their calls through the proxy; what each call was answered, and how often all were sent."""
    host, answers, sendings = f"127.0.0.1:{desk.port}", dict[str, dict[str, Any]](), 0
    with faults_before(desk.port, seed=6) as proxy, ThreadPoolExecutor(CLIENTS) as clients:
        ids = [f"c{client}-{number}" for client in range(CLIENTS) for number in range(each)]
        done = clients.map(lambda id_: (id_, *stubborn(proxy, id_, token=token, host=host)), ids)
        for id_, _, said, tried in done:
            answers[id_], sendings = said, sendings + tried
    return answers, proxy, sendings


def check(folder: Path, answers: dict[str, dict[str, Any]]) -> None:
    """Each call is in the record once, where its answer said."""
    with read_record(folder) as record:
        entries = list(record.store.entries(0, record.store.head().size))
    calls = [entry for entry in entries if json.loads(entry.body).get("event") == "call.received"]
    place = {entry.id: entry.index for entry in calls}
    if len(calls) != len(answers):
        raise TwiceOrNeverError(f"{len(answers)} calls were sent, {len(calls)} are in the record")
    for id_, said in answers.items():
        if place.get(id_) != said["index"]:
            raise TwiceOrNeverError(f"{id_} is not where it was said")


@pytest.mark.timeout(3600)
def test_whatever_the_network_does_each_call_is_recorded_once(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with served(tmp_path / "desk") as desk:
        token = device_token(desk.folder, Scope.CALLS)
        known(desk, token)
        answers, proxy, sendings = through_faults(desk, token, each=EACH)
        with desk.connect() as connection:
            for id_, said in answers.items():
                status, told = sent(
                    connection, "POST", "/v1/calls", host=f"127.0.0.1:{desk.port}", token=token, body=body_of(id_)
                )
                again = json.loads(told)
                assert status == 200
                assert (again["index"], again["spoken"], again["secret"]) == (
                    said["index"], said["spoken"], said["secret"],
                )  # fmt: skip
                assert extra_of(again) == extra_of(said), "the same entry and disclosures, proved in a later state"
        assert desk.stop() == 0
        assert desk.errors() == ""
    check(tmp_path / "desk", answers | {"known": {"index": place_of(tmp_path / "desk", "known")}})
    assert all(proxy.made[fault] for fault in Fault), proxy.made
    record_property("counted", f"{len(answers):,} calls sent {sendings:,} times, {proxy.made.total():,} connections, "
                    "0 lost, 0 twice")  # fmt: skip


def extra_of(said: dict[str, Any]) -> bytes | None:
    return Receipt.parse(said["receipt"].encode()).extra


def place_of(folder: Path, id_: str) -> int:
    with read_record(folder) as record:
        return record.store.find([id_])[id_].index


def known(desk: DoorProcess, token: str) -> None:
    """Wait until the running desk knows the token."""
    for _ in range(200):
        with desk.connect() as connection:
            status, _ = sent(
                connection, "POST", "/v1/calls", host=f"127.0.0.1:{desk.port}", token=token, body=body_of("known")
            )
        if status in (200, 201):
            return
        assert status == 401
        time.sleep(0.05)
    raise AssertionError("the desk never knew the token")


def test_a_desk_that_takes_what_is_sent_again_for_another_call_is_found_out(tmp_path: Path) -> None:
    with served(tmp_path / "desk", broken="takes-twice") as desk:
        token = device_token(desk.folder, Scope.CALLS)
        known(desk, token)
        answers, _, _ = through_faults(desk, token, each=3)
        desk.kill()
    with pytest.raises(TwiceOrNeverError, match="are in the record"):
        check(tmp_path / "desk", answers | {"known": {"index": 0}})


def test_sent_again_at_once_the_answer_is_the_same_bytes(tmp_path: Path) -> None:
    """As long as nothing else was entered; later the same entry is proved in a later state of the log."""
    with served(tmp_path / "desk") as desk, desk.connect() as connection:
        token = device_token(desk.folder, Scope.CALLS)
        known(desk, token)
        host, told = f"127.0.0.1:{desk.port}", list[tuple[int, bytes]]()
        size = -1
        while size != size_of(desk):  # nothing of the desk's own came between
            size, told = size_of(desk), []
            for _ in range(3):
                told.append(sent(connection, "POST", "/v1/calls", host=host, token=token, body=body_of("known")))
        assert [status for status, _ in told] == [200] * 3
        assert len({body for _, body in told}) == 1


def size_of(desk: DoorProcess) -> int:
    with desk.connect() as connection:
        connection.sendall(f"GET /v1/log/checkpoint HTTP/1.1\r\nhost: 127.0.0.1:{desk.port}\r\n\r\n".encode())
        return int(answer(connection)[1].split(b"\n")[1])
