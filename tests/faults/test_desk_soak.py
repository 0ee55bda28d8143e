"""A served desk under load for a long time: memory and handles stay where they are, but for the calls that it holds."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.support.desk_load import begun
from tests.support.door_process import DoorProcess, device_token, person_at, sent, served
from tests.support.fault_runs import FULL, runs

from answerable.watch.people import Role
from answerable.wiring.people import Scope

WARM_S, SOAK_S = runs(1, full=60), runs(2, full=300)
"""Each of the two parts goes on so long; together eleven minutes at full size."""

CLIENTS, CALLS = 4, 200
MOST_GROWTH, MOST_BYTES = 0.05, 2_000
"""While nothing new comes: growth at full size, and for each request, which the usual, short run can tell too."""

MOST_BYTES_A_CALL = 12_000
"""What a desk may hold in memory of each call that it has ever had."""

MOST_HANDLES = 3
"""More than this at the end than after the warm-up is a leak: one appears now and then as SQLite folds its log."""


class LeakError(AssertionError):
    """Memory or handles grew."""


@dataclass
class Watched:
    """Memory and handles of a process, looked at again and again."""

    pid: int
    bytes: list[int] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)

    def look(self) -> None:
        """Once more."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        (kib,) = (line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:"))
        self.bytes.append(int(kib) * 1024)
        self.handles.append(sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir()))

    def look_for(self, seconds: float) -> None:
        """Twenty times in so long."""
        for _ in range(20):
            time.sleep(seconds / 20)
            self.look()

    @property
    def grew_bytes(self) -> int:
        """From the mean of the first looks to that of the last."""
        return (sum(self.bytes[-3:]) - sum(self.bytes[:3])) // 3

    @property
    def share(self) -> float:
        """Growth, of what it was."""
        return self.grew_bytes / self.bytes[0]

    def check_handles(self) -> None:
        """Raises LeakError."""
        if min(self.handles[-3:]) - min(self.handles[:3]) > MOST_HANDLES:
            raise LeakError(f"handles grew from {self.handles[:3]} to {self.handles[-3:]}")


class Traffic:
    """Clients that send what was sent before and read what there is, as fast as it is answered."""

    def __init__(self, desk: DoorProcess, *, token: str, person: dict[str, str]) -> None:
        self._desk, self._token, self._person = desk, token, person
        self.answered, self.faults = 0, list[str]()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop, and say whether anything else than an answer came."""
        self._ended.set()
        for thread in self._threads:
            thread.join(60)
        assert not self.faults

    def _run(self, client: int) -> None:
        host, number = f"127.0.0.1:{self._desk.port}", client
        with self._desk.connect() as connection:
            while not self._ended.is_set():
                number += 1
                id_ = f"call-{number % CALLS}"
                if number % 10:
                    status, told = sent(
                        connection, "POST", "/v1/calls", host=host, token=self._token, body=body_of(id_)
                    )
                else:
                    path = ("/v1/board", f"/v1/calls/{id_}", "/-/ready", "/v1/log/checkpoint")[number // 10 % 4]
                    status, told = sent(connection, "GET", path, host=host, headers=self._person)
                if status not in (200, 201):
                    self.faults.append(f"{status} {told[:100]!r}")
                    return
                self.answered += 1


def body_of(id_: str) -> bytes:
    return json.dumps({"id": id_, "place": "1 Alder Street", "narrative": "Two people shout"}).encode()


def nothing_new(desk: DoorProcess, token: str) -> tuple[Watched, int]:
    """What was there comes again and again: what the desk's process took, and how many requests that were."""
    with desk.connect() as connection:
        for number in range(CALLS):
            body = body_of(f"call-{number}")
            status, _ = sent(connection, "POST", "/v1/calls", host=f"127.0.0.1:{desk.port}", token=token, body=body)
            assert status == 201
    watched = Watched(desk.process.pid)
    traffic = Traffic(desk, token=token, person=person_at(desk, "dana", Role.DISPATCHER))
    time.sleep(WARM_S)
    before = traffic.answered
    watched.look_for(SOAK_S)
    requests = traffic.answered - before
    traffic.end()
    watched.check_handles()
    if watched.grew_bytes > MOST_BYTES * requests:
        raise LeakError(f"{watched.grew_bytes:,} bytes more after {requests:,} requests")
    return watched, requests


@pytest.mark.timeout(1800)
def test_memory_and_handles_stay_where_they_are(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    with served(tmp_path / "desk") as desk:
        token = device_token(desk.folder, Scope.CALLS)
        time.sleep(1.5)
        watched, requests = nothing_new(desk, token)
        if FULL:
            assert watched.share <= MOST_GROWTH, watched.bytes
        new = Watched(desk.process.pid)
        clients = begun(desk, token=token, clients=16, seconds=SOAK_S)
        new.look_for(SOAK_S)
        calls = len(json.loads(clients.communicate()[0])["acknowledged"])
        after = Watched(desk.process.pid)
        after.look()
        assert after.handles[0] <= watched.handles[0] + MOST_HANDLES
        assert new.grew_bytes / calls <= MOST_BYTES_A_CALL
        assert desk.stop() == 0
        assert desk.errors() == ""
    record_property(
        "counted",
        f"{requests:,} requests in {SOAK_S} s without a new call: memory {watched.share:+.1%} of "
        f"{watched.bytes[0] / 1e6:.0f} MB; of {calls:,} new calls {new.grew_bytes / calls:,.0f} bytes each; "
        f"handles {watched.handles[0]} to {watched.handles[-1]}",
    )


def test_a_desk_that_leaks_is_found_out(tmp_path: Path) -> None:
    """The control."""
    with served(tmp_path / "desk", broken="leaks") as desk:
        token = device_token(desk.folder, Scope.CALLS)
        time.sleep(1.5)
        with pytest.raises(LeakError):
            nothing_new(desk, token)
