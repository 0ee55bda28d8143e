"""The desk as a process: killed under load, flooded, starved, told to stop while boards listen."""

from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path

import pytest
from tests.support.door_process import answer, device_token, person_at, sent, served
from tests.support.fault_runs import FULL, runs

from answerable.proof.note import VerifierKey
from answerable.proof.quorum import TrustPolicy
from answerable.proof.verifier import Verdict, judge_receipt
from answerable.watch.people import Role
from answerable.web import bodies, server
from answerable.wiring.people import Scope
from answerable.wiring.recording import read_record

KILLS = runs(8, full=1_000)
CLIENTS = 16


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


def test_a_head_without_end_is_refused_and_so_is_one_in_many_pieces(tmp_path: Path) -> None:
    with served(tmp_path / "desk") as desk:
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


def test_a_large_body_after_a_small_head_is_answered_in_words(tmp_path: Path) -> None:
    with served(tmp_path / "desk") as desk, desk.connect() as connection:
        token = device_token(tmp_path / "desk", Scope.CALLS)
        time.sleep(1.2)
        body = b'{"id":"a","place":"' + b"x" * 60_000 + b'"}'
        host = f"127.0.0.1:{desk.port}"
        status, told = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body)
        assert (status, json.loads(told)["code"]) == (422, "not-valid")
        assert sent(connection, "GET", "/-/live", host=host)[0] == 200


def test_clients_that_say_nothing_or_half_a_head_are_cut_off_and_hold_nobody_up(tmp_path: Path) -> None:
    silent = 500 if FULL else 60
    with served(tmp_path / "desk") as desk:
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


def test_a_body_that_drips_is_given_up_and_holds_nobody_up(tmp_path: Path) -> None:
    with served(tmp_path / "desk") as desk, desk.connect() as slow:
        host = f"127.0.0.1:{desk.port}"
        head = f"POST /log-in HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\ncontent-length: 100\r\n"
        slow.sendall(head.encode() + b"content-type: application/x-www-form-urlencoded\r\n\r\nname=")
        with desk.connect() as connection:
            assert sent(connection, "GET", "/-/live", host=host)[0] == 200
        slow.settimeout(bodies.BODY_S + 20)
        assert answer(slow)[0] == 408
        assert slow.recv(100) == b"", "and the line is closed"


def test_a_receipt_given_over_http_is_proved_by_the_verifier_of_others(tmp_path: Path) -> None:
    with served(tmp_path / "desk") as desk, desk.connect() as connection:
        token = device_token(tmp_path / "desk", Scope.CALLS)
        time.sleep(1.2)
        host = f"127.0.0.1:{desk.port}"
        body = b'{"id":"a","place":"12 Alder Street"}'
        status, told = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body)
        assert status == 201
        key = sent(connection, "GET", "/v1/log/log.vkey", host=host)[1].decode().strip()
        trust = TrustPolicy().with_log(VerifierKey.parse(key))
        assert judge_receipt(json.loads(told)["receipt"].encode(), trust=trust).verdict is Verdict.PROVED
