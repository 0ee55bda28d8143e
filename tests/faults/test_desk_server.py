"""The desk as a process: killed under load, flooded, starved, told to stop while boards listen."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.door_process import DoorProcess, answer, device_token, sent, served

from answerable.proof.note import VerifierKey
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.proof.verifier import Verdict, judge_receipt
from answerable.stores.accounts import Accounts, Session
from answerable.watch.people import Role
from answerable.web import bodies, server
from answerable.web.sessions import COOKIE
from answerable.wiring.people import NewUser, Scope, add_user, ask_role
from answerable.wiring.recording import now_us, read_record

FULL = os.environ.get("FAULTS") == "full"
KILLS = 1_000 if FULL else 8
CLIENTS = 16


class Clients:
    """Sixteen feeds that send calls until the desk is gone, and remember every receipt that they were given."""

    def __init__(self, desk: DoorProcess, token: str, *, round_: int) -> None:
        self.receipts = dict[str, tuple[int, str]]()
        self.faults = list[str]()
        self._threads = [
            threading.Thread(target=self._send, args=(desk, token, f"k{round_}-c{client}")) for client in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _send(self, desk: DoorProcess, token: str, name: str) -> None:
        try:
            with desk.connect() as connection:
                for number in range(100_000):
                    id_ = f"{name}-{number}"
                    body = json.dumps({"id": id_, "place": f"{number} Alder Street", "nature": "Shouting"}).encode()
                    host = f"127.0.0.1:{desk.port}"
                    status, told = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body)
                    if status == 0:
                        return
                    if status not in (200, 201):
                        self.faults.append(f"{status}: {told[:200]!r}")
                        return
                    said = json.loads(told)
                    self.receipts[id_] = (said["index"], said["receipt"])
        except (OSError, ValueError):
            return  # the desk was killed in the middle of an answer


@pytest.mark.timeout(7200)
def test_no_acknowledged_call_is_lost_when_the_desk_is_killed_under_load(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "desk"
    chance = random.Random(18)
    acknowledged = dict[str, tuple[int, str]]()
    with served(folder):
        token = device_token(folder, Scope.CALLS)
    for round_ in range(KILLS):
        with served(folder) as desk:
            clients = Clients(desk, token, round_=round_)
            time.sleep(chance.uniform(0.02, 0.4))
            desk.kill()
            clients.join()
            assert not clients.faults
            acknowledged |= clients.receipts
    with served(folder) as desk, desk.connect() as connection:
        status, _ = sent(connection, "GET", "/-/ready", host=f"127.0.0.1:{desk.port}")
        assert status == 200
        assert desk.stop() == 0
    assert len(acknowledged) > KILLS
    with read_record(folder) as record:
        trust = TrustPolicy().with_log(*record.keyring.verifiers)
        head = record.store.head()
        entries = list(record.store.entries(0, head.size))
        assert [one.index for one in entries] == list(range(head.size))
        by_id = {one.id: one for one in entries}
        for id_, (index, text) in acknowledged.items():
            assert by_id[id_].index == index, id_
            receipt = Receipt.parse(text.encode())
            verify_receipt(receipt, entry=by_id[id_].body, trust=trust)
    record_property("counted", f"{KILLS} kills, {len(acknowledged)} acknowledged calls")


def test_it_stops_in_order_while_boards_listen_and_exits_without_a_fault(tmp_path: Path) -> None:
    """A board's line never ends by itself; the server may not wait for it."""
    with served(tmp_path / "desk") as desk:
        lines = [desk.connect() for _ in range(5)]
        host = f"127.0.0.1:{desk.port}"
        cookie = _signed_in(tmp_path / "desk")
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


def _signed_in(folder: Path) -> str:
    """The cookie of somebody with a board, put into the accounts beside the running desk."""
    accounts = Accounts(folder)
    try:
        user, _ = add_user(accounts, NewUser(name="ada", agency="Alder City"), now_us=now_us())
        ask_role(accounts, user.id, role=Role.DISPATCHER, now_us=now_us())
        cookie = "a-cookie-for-a-test"
        digest = hashlib.sha256(cookie.encode()).digest()
        accounts.begin(
            Session(hash=digest, user_id=user.id, csrf="c", stage="open", made_us=now_us(), seen_us=now_us())
        )
        for _ in range(100):
            if not accounts.asked(waiting=True):
                break
            time.sleep(0.1)
    finally:
        accounts.close()
    return f"{COOKIE}={cookie}"


# The disk


@contextmanager
def small_disk(folder: Path, *, mb: int) -> Iterator[Path]:
    """A disk of a few megabytes. Only root can make one; without that the test says so."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mb}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("no small disk can be made here (mount: permission denied)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=False)


def test_a_full_disk_takes_no_call_away_and_is_used_again_once_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mb=6) as disk, served(disk / "desk") as desk, desk.connect() as connection:
        folder, host = disk / "desk", f"127.0.0.1:{desk.port}"
        token = device_token(folder, Scope.CALLS)
        time.sleep(1.2)

        def send(id_: str) -> tuple[int, dict[str, object]]:
            body = json.dumps({"id": id_, "place": f"{id_} Alder Street"}).encode()
            status, told = sent(connection, "POST", "/v1/calls", host=host, token=token, body=body)
            return status, json.loads(told)

        assert send("before")[0] == 201
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 65_536)
            except OSError:
                pass  # the disk is full
        statuses = [send(f"full-{number}")[0] for number in range(40)]
        assert set(statuses) <= {201, 202}, "help is taken, into the record or into the spool"
        assert 202 in statuses
        ready = json.loads(sent(connection, "GET", "/-/ready", host=host)[1])
        assert (ready["ready"], ready["record"]) == (True, "spooling")
        filler.unlink()
        for _ in range(100):
            time.sleep(0.2)
            if json.loads(sent(connection, "GET", "/-/ready", host=host)[1])["record"] == "writing":
                break
        assert send("after")[0] == 201
        assert [send(f"full-{number}")[0] for number in range(40)] == [200] * 40
        assert desk.stop() == 0
        with read_record(folder) as record:
            ids = [entry.id for entry in record.store.entries(0, record.store.head().size)]
        assert len(ids) == len(set(ids))
        assert {"before", "after", *(f"full-{number}" for number in range(40))} <= set(ids)


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
