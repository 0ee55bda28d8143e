"""The desk as a process: killed under load, flooded, starved, told to stop while boards listen."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Self

import pytest
from tests.support.desk_load import Seen, loaded
from tests.support.door_process import DoorProcess, answer, device_token, person_at, sent, served
from tests.support.fault_runs import FULL, runs

from answerable.proof.note import VerifierKey
from answerable.proof.quorum import TrustPolicy
from answerable.proof.verifier import Verdict, judge_receipt
from answerable.watch.people import Role
from answerable.web import bodies, server
from answerable.wiring.people import Scope
from answerable.wiring.recording import read_record

SECONDS, ROUNDS = runs(1, full=8), runs(1, full=5)
IDLE, BOARDS = runs(50, full=500), runs(10, full=100)
both = pytest.mark.parametrize("behind", [(), ("--processes", "2")], ids=["one process", "two web processes"])


def test_it_stops_in_order_while_boards_listen_and_exits_without_a_fault(tmp_path: Path) -> None:
    """A board's line never ends by itself; the server may not wait for it."""
    with served(tmp_path / "desk") as desk:
        lines = [desk.connect() for _ in range(5)]
        host = f"127.0.0.1:{desk.port}"
        cookie = person_at(desk, "ada", Role.DISPATCHER)["cookie"]
        for line in lines:
            line.sendall(f"GET /events HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n".encode())
            assert b"200 OK" in line.recv(4_096)
        assert desk.stop(within_s=server.GRACE_S + 15) == 0
        assert "Traceback" not in desk.errors()
        for line in lines:
            line.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_by_itself_at_either_signal(tmp_path: Path, how: signal.Signals) -> None:
    with served(tmp_path / "desk") as desk:
        assert desk.stop(how) == 0
        assert desk.errors() == ""
    with read_record(tmp_path / "desk") as record:
        assert record.high_water.halted() is None


# What a client can do to a server


@both
def test_a_head_without_end_is_refused_and_so_is_one_in_many_pieces(tmp_path: Path, behind: tuple[str, ...]) -> None:
    with served(tmp_path / "desk", *behind) as desk:
        for piece in (2_000_000, 1_000):
            with desk.connect() as connection:
                connection.sendall(f"GET / HTTP/1.1\r\nhost: 127.0.0.1:{desk.port}\r\n".encode())
                status = 0
                try:
                    for _ in range(2_000_000 // piece):
                        connection.sendall(b"x-a: " + b"b" * (piece - 7) + b"\r\n")
                    status, _ = answer(connection)
                except OSError:
                    status, _ = _last_words(connection)
                assert status in (0, 431)
        with desk.connect() as connection:
            assert sent(connection, "GET", "/-/live", host=f"127.0.0.1:{desk.port}")[0] == 200


def _last_words(connection: socket.socket) -> tuple[int, bytes]:
    try:
        return answer(connection)
    except OSError:
        return 0, b""


@both
def test_a_large_body_after_a_small_head_is_answered_in_words(tmp_path: Path, behind: tuple[str, ...]) -> None:
    with served(tmp_path / "desk", *behind) as desk, desk.connect() as connection:
        token = device_token(tmp_path / "desk", Scope.CALLS)
        time.sleep(1.2)
        body = b'{"id":"a","place":"' + b"x" * 60_000 + b'"}'
        host = f"127.0.0.1:{desk.port}"
        status, told = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body)
        assert (status, json.loads(told)["code"]) == (422, "not-valid")
        assert sent(connection, "GET", "/-/live", host=host)[0] == 200


@both
def test_clients_that_say_nothing_or_half_a_head_are_cut_off_and_hold_nobody_up(
    tmp_path: Path, behind: tuple[str, ...]
) -> None:
    silent = 500 if FULL else 60
    with served(tmp_path / "desk", *behind) as desk:
        host = f"127.0.0.1:{desk.port}"
        idle = [desk.connect() for _ in range(silent)]
        for connection in idle[::2]:
            connection.sendall(b"GET / HTTP/1.1\r\nhost:")
        with desk.connect() as connection:
            assert sent(connection, "GET", "/-/live", host=host)[0] == 200
        begun = time.monotonic()
        for connection in idle:
            connection.settimeout(server.HEAD_S + 20)
            assert connection.recv(100) == b""
            connection.close()
        assert time.monotonic() - begun < server.HEAD_S + 20
        with desk.connect() as connection:
            assert sent(connection, "GET", "/-/live", host=host)[0] == 200


def test_a_server_that_waits_for_ever_is_found_out(tmp_path: Path) -> None:
    with served(tmp_path / "desk", broken="waits-for-ever") as desk, desk.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost:")
        connection.settimeout(server.HEAD_S + 2)
        with pytest.raises(TimeoutError):
            connection.recv(100)


@pytest.mark.timeout(600)
def test_idle_clients_and_open_boards_hold_no_call_up_and_every_board_hears(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """At full size what it costs is measured, in turns on one desk: with 500 idle clients and 100 boards the slowest
    calls take at most twice as long as alone."""
    alone, crowded = list[Seen](), list[Seen]()
    with served(tmp_path / "desk") as desk:
        token = device_token(desk.folder, Scope.CALLS)
        cookie = person_at(desk, "ada", Role.DISPATCHER)["cookie"]
        for _ in range(ROUNDS):
            alone.append(loaded(desk, token=token, clients=16, seconds=SECONDS))
            crowded.append(in_company(desk, token=token, cookie=cookie))
    assert {status for seen in (*alone, *crowded) for status in seen.statuses} == {"201"}
    p99, beside = (median(seen.taken_ms(0.99) for seen in some) for some in (alone, crowded))
    if FULL:
        assert beside <= 2 * p99, ([seen.said() for seen in alone], [seen.said() for seen in crowded])
    calls = sum(len(seen.acknowledged) for seen in crowded)
    record_property(
        "counted",
        f"{calls:,} calls beside {IDLE} idle clients and {BOARDS} boards, all heard: p99 {beside:.0f} ms, and "
        f"{p99:.0f} ms alone (medians of {ROUNDS}, in turns)",
    )


def in_company(desk: DoorProcess, *, token: str, cookie: str) -> Seen:
    """The same load while idle clients stay and boards listen; every board hears of the last call."""
    with ExitStack() as stack:
        idle = stack.enter_context(Idle(desk, IDLE))
        boards = [stack.enter_context(desk.connect()) for _ in range(BOARDS)]
        for board in boards:
            head = f"GET /events HTTP/1.1\r\nhost: 127.0.0.1:{desk.port}\r\ncookie: {cookie}\r\n\r\n"
            board.sendall(head.encode())
            assert b"200 OK" in board.recv(4_096)
        heard = [Board(board) for board in boards]
        seen = loaded(desk, token=token, clients=16, seconds=SECONDS)
        last = max(index for _, index in seen.acknowledged)
        for one in heard:
            one.hear_of(last)
        assert idle.still() == IDLE
    return seen


class Idle:
    """Clients that are there, and ask no more than the server demands of whoever wants to stay."""

    def __init__(self, desk: DoorProcess, number: int) -> None:
        self._host, self._ended = f"127.0.0.1:{desk.port}", threading.Event()
        self._lines = [desk.connect() for _ in range(number)]
        self._thread = threading.Thread(target=self._stay)

    def __enter__(self) -> Self:
        self.still()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        for line in self._lines:
            line.close()

    def still(self) -> int:
        """How many are still there: each asks once."""
        if self._thread.is_alive():
            self._end()
        return sum(sent(line, "GET", "/-/live", host=self._host)[0] == 200 for line in self._lines)

    def _stay(self) -> None:
        while not self._ended.wait(2):
            for line in self._lines:
                sent(line, "GET", "/-/live", host=self._host)

    def _end(self) -> None:
        self._ended.set()
        self._thread.join(30)


class Board:
    """Reads a board's line all the time, as a browser does."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._index, self._changed = line, -1, threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        rest = b""
        try:
            while piece := self._line.recv(65_536):
                *events, rest = (rest + piece).split(b"\n\n")
                indexes = [int(line[4:]) for event in events for line in event.split(b"\n") if line.startswith(b"id: ")]
                with self._changed:
                    self._index = max([self._index, *indexes])
                    self._changed.notify_all()
        except OSError:
            return  # the test is over

    def hear_of(self, index: int) -> None:
        """Wait until the line has told of this entry."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._index >= index, 30), "a board never heard of a call"


@both
def test_a_body_that_drips_is_given_up_and_holds_nobody_up(tmp_path: Path, behind: tuple[str, ...]) -> None:
    with served(tmp_path / "desk", *behind) as desk, desk.connect() as slow:
        host = f"127.0.0.1:{desk.port}"
        head = f"POST /log-in HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\ncontent-length: 100\r\n"
        slow.sendall(head.encode() + b"content-type: application/x-www-form-urlencoded\r\n\r\nname=")
        with desk.connect() as connection:
            assert sent(connection, "GET", "/-/live", host=host)[0] == 200
        slow.settimeout(bodies.BODY_S + 20)
        assert answer(slow)[0] == 408
        assert slow.recv(100) == b"", "and the line is closed"


@both
def test_a_receipt_given_over_http_is_proved_by_the_verifier_of_others(tmp_path: Path, behind: tuple[str, ...]) -> None:
    with served(tmp_path / "desk", *behind) as desk, desk.connect() as connection:
        token = device_token(tmp_path / "desk", Scope.CALLS)
        time.sleep(1.2)
        host = f"127.0.0.1:{desk.port}"
        body = b'{"id":"a","place":"12 Alder Street"}'
        status, told = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body)
        assert status == 201
        key = sent(connection, "GET", "/v1/log/log.vkey", host=host)[1].decode().strip()
        trust = TrustPolicy().with_log(VerifierKey.parse(key))
        assert judge_receipt(json.loads(told)["receipt"].encode(), trust=trust).verdict is Verdict.PROVED
