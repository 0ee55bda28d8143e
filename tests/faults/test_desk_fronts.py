"""The desk behind several web processes: they are killed, it is killed, and nobody learns of it by a lost call."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from tests.support.door_process import ROOT, DoorProcess, device_token, person_at, sent, served
from tests.support.fault_runs import runs
from tests.support.killed_desks import CLIENTS, LostError, Sent, body_of, check, check_again, killed

from answerable.watch.people import Role
from answerable.web import server
from answerable.web.limits import RATES
from answerable.web.routes import Limit
from answerable.wiring.people import Scope
from answerable.wiring.recording import read_record

TWO = ("--processes", "2")
FRONT_KILLS = runs(5, full=100)
DESK_KILLS = runs(3, full=50)
WAIT_S = 20.0


def until(holds: Callable[[], bool], why: str) -> None:
    """Look again until it is so."""
    end = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < end, why
        time.sleep(0.02)


def another_came(desk: DoorProcess, *, instead_of: int) -> None:
    """Wait until there are two again, and that one is none of them."""
    until(lambda: instead_of not in desk.fronts() and len(desk.fronts()) == 2, "no other one came")


class Feeds:
    """Sixteen feeds that go on whatever happens: what was not answered is sent again, under the same id."""

    def __init__(self, desk: DoorProcess, into: Sent) -> None:
        self._desk, self._into, self._ended = desk, into, threading.Event()
        self.sent = set[str]()
        self.again = 0
        self._threads = [threading.Thread(target=self._feed, args=(f"f{number}",)) for number in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Each hears of its last call, and ends."""
        self._ended.set()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive(), "a feed waits for ever"

    def _feed(self, name: str) -> None:
        number, line = 0, None
        while not self._ended.is_set():
            id_ = f"{name}-{number}"
            self.sent.add(id_)
            try:
                line = line or self._desk.connect()
                if self._told(line, id_):
                    number += 1
                    continue
            except (OSError, ValueError):
                pass
            self.again += 1
            if line is not None:
                line.close()
            line = None
        if line is not None:
            line.close()

    def _told(self, line: socket.socket, id_: str) -> bool:
        host, token = f"127.0.0.1:{self._desk.port}", self._into.token
        status, told = sent(line, "POST", "/v1/calls", host=host, token=token, body=body_of(id_))
        if status in (200, 201):
            said = json.loads(told)
            self._into.acknowledged[id_] = (said["index"], said["receipt"])
        elif status:
            self._into.faults.append(f"{status}: {told[:200]!r}")
        return status in (200, 201)


def fronts_killed(folder: Path, *, kills: int, broken: str = "") -> tuple[Sent, Feeds, int]:
    """Kill one web process after another under load; how many calls others took until the next one was there."""
    chance, meanwhile = random.Random(63), 0
    with served(folder):
        told = Sent(token=device_token(folder, Scope.CALLS))
    with served(folder, *TWO, broken=broken) as desk:
        feeds = Feeds(desk, told)
        try:
            for _ in range(kills):
                time.sleep(chance.uniform(0.1, 0.4))
                there = desk.fronts()
                killed_one = chance.choice(there)
                os.kill(killed_one, signal.SIGKILL)
                before = len(told.acknowledged)
                another_came(desk, instead_of=killed_one)
                assert len(told.acknowledged) > before, "nobody was served meanwhile"
                meanwhile += len(told.acknowledged) - before
                for new in set(desk.fronts()) - set(there):  # before the next one is killed
                    with desk.through(new), desk.connect() as line:
                        assert sent(line, "GET", "/-/live", host=f"127.0.0.1:{desk.port}")[0] == 200
        finally:
            feeds.end()
        assert desk.stop() == 0
        assert desk.errors().count("killed by SIGKILL") == kills
    assert not told.faults
    return told, feeds, meanwhile


@pytest.mark.timeout(1800)
def test_a_web_process_that_is_killed_under_load_loses_nothing_and_doubles_nothing(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    told, feeds, meanwhile = fronts_killed(tmp_path / "desk", kills=FRONT_KILLS)
    check(tmp_path / "desk", told)
    assert recorded(tmp_path / "desk") <= feeds.sent, "a call is there under another id"
    check_again(tmp_path / "desk", told)
    record_property(
        "counted",
        f"{FRONT_KILLS:,} web processes killed, 0 of {len(told.acknowledged):,} acknowledged calls lost, 0 twice, "
        f"{feeds.again:,} sent again, {meanwhile:,} taken by the other one until the next was there",
    )


def recorded(folder: Path) -> set[str]:
    """The ids of the calls that there are."""
    with read_record(folder) as record:
        entries = list(record.store.entries(0, record.store.head().size))
    return {one.id for one in entries if json.loads(one.body).get("event") == "call.received"}


def test_a_web_process_that_answers_for_the_desk_is_found_out(tmp_path: Path) -> None:
    told, _, _ = fronts_killed(tmp_path / "desk", kills=1, broken="answers-for-the-desk")
    with pytest.raises(LostError, match="was acknowledged, and is not there"):
        check(tmp_path / "desk", told)


@pytest.mark.timeout(1800)
def test_a_desk_that_is_killed_behind_its_web_processes_has_lost_nothing_that_they_passed_on(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    told = killed(tmp_path / "desk", *TWO, kills=DESK_KILLS)
    check(tmp_path / "desk", told)
    check_again(tmp_path / "desk", told)
    record_property("counted", f"{DESK_KILLS:,} kills, 0 of {len(told.acknowledged):,} acknowledged calls lost")


def test_when_the_desk_is_killed_its_web_processes_leave_the_port_at_once(tmp_path: Path) -> None:
    with served(tmp_path / "desk", *TWO) as desk, desk.connect() as waiting:
        fronts = desk.fronts()
        assert len(fronts) == 2
        desk.kill()
        until(lambda: not any(alive(pid) for pid in fronts), "a web process is left over")
        assert waiting.recv(100) == b""
        with pytest.raises(ConnectionRefusedError):
            desk.connect()


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_in_order_with_its_web_processes_while_boards_listen(tmp_path: Path, how: signal.Signals) -> None:
    with served(tmp_path / "desk", *TWO) as desk, ExitStack() as stack:
        cookie = person_at(desk, "ada", Role.DISPATCHER)["cookie"]
        fronts = desk.fronts()
        lines = [board(stack, desk, cookie, front) for front in fronts]
        assert desk.stop(how, within_s=server.GRACE_S + 15) == 0
        assert desk.errors() == ""
        assert not any(alive(pid) for pid in fronts)
        for line in lines:
            assert rest(line).endswith(b"0\r\n\r\n"), "the line was ended, not cut off"
    with read_record(tmp_path / "desk") as record:
        assert record.high_water.halted() is None


def test_a_web_process_that_is_told_to_end_does_so_in_order_and_another_comes(tmp_path: Path) -> None:
    with served(tmp_path / "desk", *TWO) as desk, ExitStack() as stack:
        cookie = person_at(desk, "ada", Role.DISPATCHER)["cookie"]
        front = desk.fronts()[0]
        line = board(stack, desk, cookie, front)
        os.kill(front, signal.SIGTERM)
        another_came(desk, instead_of=front)
        assert rest(line).endswith(b"0\r\n\r\n")
        assert desk.stop() == 0
        assert "(exit status 0); another begins" in desk.errors()


def board(stack: ExitStack, desk: DoorProcess, cookie: str, front: int) -> socket.socket:
    """A board's line through one web process."""
    with desk.through(front):
        line = stack.enter_context(desk.connect())
        line.sendall(f"GET /events HTTP/1.1\r\nhost: 127.0.0.1:{desk.port}\r\ncookie: {cookie}\r\n\r\n".encode())
        assert b"200 OK" in line.recv(4_096)
    return line


def rest(line: socket.socket) -> bytes:
    """Everything until the other side closes."""
    told = b""
    with suppress(ConnectionResetError):
        while piece := line.recv(65_536):
            told += piece
    return told


def hears_of(line: socket.socket, id_: str) -> None:
    told = b""
    while id_.encode() not in told:
        piece = line.recv(65_536)
        assert piece, "the line has ended"
        told += piece


def test_boards_of_every_web_process_hear_of_a_call_and_whoever_leaves_is_counted_no_more(tmp_path: Path) -> None:
    with served(tmp_path / "desk", *TWO) as desk, ExitStack() as stack:
        her = person_at(desk, "ada", Role.DISPATCHER)
        token, host = device_token(desk.folder, Scope.METRICS), f"127.0.0.1:{desk.port}"
        lines = [board(stack, desk, her["cookie"], front) for front in desk.fronts() for _ in range(2)]
        for number, front in enumerate(desk.fronts()):
            with desk.through(front), desk.connect() as line:
                status, _ = sent(line, "POST", "/v1/calls", host=host, body=body_of(f"call-{number}"), headers=her)
                assert status == 201
            for one in lines:
                hears_of(one, f"call-{number}")

        def boards() -> int:
            with desk.connect() as line:
                _, told = sent(line, "GET", "/metrics", host=host, token=token)
            return int(told.partition(b"\nanswerable_boards ")[2].split(b"\n")[0] or b"-1")

        until(lambda: boards() == 4, "four boards are open")
        lines[0].close()
        lines[3].close()
        until(lambda: boards() == 2, "two have left")


def test_a_session_and_its_form_token_hold_at_every_web_process_and_a_call_is_one_call(tmp_path: Path) -> None:
    with served(tmp_path / "desk", *TWO) as desk:
        her, host = person_at(desk, "ada", Role.DISPATCHER), f"127.0.0.1:{desk.port}"
        without = {name: value for name, value in her.items() if name != "x-csrf-token"}
        answers = list[tuple[int, int]]()
        for front in desk.fronts():
            with desk.through(front), desk.connect() as line:
                assert sent(line, "GET", "/v1/board", host=host, headers=her)[0] == 200
                assert sent(line, "POST", "/v1/calls", host=host, body=body_of("b"), headers=without)[0] == 403
                status, told = sent(line, "POST", "/v1/calls", host=host, body=body_of("a"), headers=her)
                answers.append((status, json.loads(told)["index"]))
        assert [status for status, _ in answers] == [201, 200]
        assert len({index for _, index in answers}) == 1


def test_tries_are_counted_once_through_whichever_web_process_they_come(tmp_path: Path) -> None:
    most, per_s = RATES[Limit.LOOK_UP]
    with served(tmp_path / "desk", *TWO) as desk:
        statuses, begun = list[int](), time.monotonic()
        for front in desk.fronts():
            with desk.through(front), desk.connect() as line:
                for _ in range(most):
                    statuses.append(sent(line, "GET", "/invitation/none", host=f"127.0.0.1:{desk.port}")[0])
        let_in = sum(status != 429 for status in statuses)
        assert most <= let_in <= most + per_s * (time.monotonic() - begun) + 1
        assert statuses[:most].count(429) == 0


def test_behind_a_web_server_tries_count_for_the_address_that_it_tells(tmp_path: Path) -> None:
    with server.listening("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    most, _ = RATES[Limit.LOOK_UP]
    where = ("--listen", f"127.0.0.1:{port}", "--url", f"https://127.0.0.1:{port}")
    with served(tmp_path / "desk", *TWO, *where) as desk:
        for front in desk.fronts():
            with desk.through(front), desk.connect() as line:
                last = [tried(line, desk, f"192.0.2.{front % 200}") for _ in range(most + 5)][-1]
                assert (last, tried(line, desk, f"198.51.100.{front % 200}")) == (429, 404)


def tried(line: socket.socket, desk: DoorProcess, address: str) -> int:
    """A link that nobody was given, opened from an address."""
    head = {"x-forwarded-for": address, "x-forwarded-proto": "https"}
    return sent(line, "GET", "/invitation/none", host=f"127.0.0.1:{desk.port}", headers=head)[0]


def test_where_no_web_process_can_begin_the_desk_says_so_and_ends(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match=r"ended \(exit status 7\), and none answered yet"),
        served(tmp_path / "desk", *TWO, broken="no-front"),
    ):
        pass


def test_ctrl_c_twice_ends_it_though_its_web_processes_neither_answer_nor_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.broken_door", "silent-front", "serve", str(tmp_path / "desk")]
    with subprocess.Popen(
        [*command, "--listen", "127.0.0.1:0", *TWO], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        until(lambda: len(children.read_text(encoding="ascii").split()) == 2, "it begins none")
        begun = [int(pid) for pid in children.read_text(encoding="ascii").split()]
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.5)
        out, told = process.communicate(timeout=30)
        assert (process.returncode, out) == (0, b""), told
        assert not any(alive(pid) for pid in begun)
