"""The disk under a served desk is full, or slow: help goes on, what ends something is refused with the reason."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher
from tests.support.broken_door import SLOW_S
from tests.support.desk_load import loaded
from tests.support.desks import ALDER, ALDER_NAME, RESOURCES
from tests.support.door_process import DoorProcess, device_token, person_at, sent, served
from tests.support.fault_runs import runs

from answerable.stores.accounts import Accounts
from answerable.watch.people import Role
from answerable.wiring.people import Scope
from answerable.wiring.recording import now_us, read_record

ALARM_S = 5
PASSWORD = "four words in a row"  # noqa: S105  of nobody
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
CALLS = 40
SECONDS, CLIENTS = runs(1, full=30), runs(32, full=64)


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


def fill(disk: Path) -> Path:
    """Take the last byte of a disk; the file that took it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue  # no room for so much
    return filler


class Client:
    """Talks to a desk, as a device or as somebody who is logged in."""

    def __init__(self, desk: DoorProcess, *, token: str = "", headers: dict[str, str] | None = None) -> None:
        self._desk, self._token, self._headers = desk, token, headers or {}

    def ask(self, method: str, path: str, **fields: Any) -> tuple[int, Any]:
        body = json.dumps(fields).encode() if fields else b""
        with self._desk.connect() as connection:
            status, told = sent(
                connection, method, path, host=f"127.0.0.1:{self._desk.port}", token=self._token, body=body,
                headers=self._headers,
            )  # fmt: skip
        return status, json.loads(told) if told[:1] in (b"{", b"[") else told


def begins_later(desk: DoorProcess, name: str, *roles: Role) -> None:
    """Somebody with a password who has not logged in yet."""
    person_at(desk, name, *roles)
    accounts = Accounts(desk.folder)
    try:
        user = accounts.user_named(name)
        assert user is not None
        accounts.set_password(user.id, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
        accounts.set_totp(user.id, SECRET, used=0)
    finally:
        accounts.close()


def log_in(desk: DoorProcess, name: str, *, password: str = PASSWORD) -> str | int:
    """By name, password and code, as a browser does: the cookie; or the status that kept them out."""
    url = f"http://127.0.0.1:{desk.port}"
    with httpx.Client(base_url=url, headers={"origin": url, "accept": "text/html"}) as browser:
        answer = browser.post("/log-in", data={"name": name, "password": password})
        if answer.status_code == 303:
            cookie = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
            form = browser.get("/log-in/code", headers=cookie)
            (csrf,) = set(re.findall(r'name="csrf" value="([^"]+)"', form.text))
            said = {"csrf": csrf, "code": pyotp.TOTP(SECRET).now()}
            answer = browser.post("/log-in/code", data=said, headers=cookie)
        return answer.headers["set-cookie"].partition(";")[0] if answer.status_code == 303 else answer.status_code


def page_of(desk: DoorProcess, cookie: str | int) -> int:
    assert isinstance(cookie, str), cookie
    return httpx.get(f"http://127.0.0.1:{desk.port}/board", headers={"cookie": cookie}).status_code


def until(holds: Callable[[], bool], *, within_s: float = 60.0) -> float:
    """How long it took until it held."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < within_s, "it never came to that"
        time.sleep(0.05)
    return time.monotonic() - begun


def test_on_a_full_disk_help_goes_on_and_what_ends_something_is_refused_with_the_reason(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    policy = ("--policy", str(ALDER))
    with small_disk(tmp_path / "disk", mb=6) as disk, served(disk / "desk", *policy) as desk:
        device = Client(desk, token=device_token(desk.folder, Scope.CALLS, Scope.FACTS, Scope.UNITS, Scope.REQUESTS))
        dispatcher = Client(desk, headers=person_at(desk, "dana", Role.DISPATCHER))
        deputy = Client(desk, headers=person_at(desk, "chief", Role.WATCH_COMMANDER, rank="deputy_chief"))
        auditor = Client(desk, headers=person_at(desk, "aud", Role.AUDITOR))
        until(lambda: device.ask("POST", "/v1/calls", id="before", place="1 Alder Street")[0] in (200, 201))
        assert device.ask("POST", "/v1/calls", id="over", place="2 Alder Street")[0] == 201
        assert dispatcher.ask("POST", "/v1/decisions", do="close", **over())[0] == 201
        begins_later(desk, "dora", Role.DISPATCHER)
        begins_later(desk, "aude", Role.AUDITOR)
        asked = {"agency": "Federal Protective Service", "asks": "Four officers", "facts": RESOURCES}
        assert device.ask("POST", "/v1/requests", id="asked", **asked)[0] == 201
        filler = fill(disk)
        begun = time.monotonic()
        statuses = [device.ask("POST", "/v1/calls", id=f"full-{n}", place=f"{n} Alder Street")[0] for n in range(CALLS)]
        assert set(statuses) <= {201, 202}, "help is taken, into the record or into the spool"
        assert statuses[-1] == 202

        def rings() -> bool:
            return any(one["kind"] == "record_down" for one in dispatcher.ask("GET", "/v1/board")[1]["alarms"])

        until(rings)
        alarm_s = time.monotonic() - begun
        assert alarm_s <= ALARM_S
        helps = [
            device.ask("POST", "/v1/units", id="unit", about="full-1", unit="4A12", status="dispatched"),
            device.ask("POST", "/v1/facts", id="fact", about="full-1", fact="priority", value=1, asserted_by="caller"),
            dispatcher.ask("POST", "/v1/decisions", do="decide-respond", id="respond", about="asked"),
            dispatcher.ask("POST", "/v1/decisions", do="reopen", id="reopen", about="over"),
        ]
        assert [status for status, _ in helps] == [202] * 4, helps
        ends = [
            dispatcher.ask("POST", "/v1/decisions", do="close", **(over() | {"id": "no", "about": "before"})),
            deputy.ask("POST", "/v1/decisions", do="decline", **declining()),
        ]
        assert [(status, said["code"]) for status, said in ends] == [(503, "record-down")] * 2, ends
        assert all("full" in said["detail"] for _, said in ends), "with the reason"
        shown = [dispatcher.ask("GET", path)[0] for path in ("/board", "/v1/board", "/c/full-1", "/v1/calls/full-1")]
        assert shown == [200] * 4, "whoever sends help sees what it is about"
        assert auditor.ask("GET", "/v1/calls/full-1")[0] == 503, "whoever sends none waits until the look is written"
        cookie = log_in(desk, "dora")
        assert page_of(desk, cookie) == 200, "a shift that begins now logs in"
        assert log_in(desk, "dora", password=PASSWORD[::-1]) == 401
        assert log_in(desk, "aude") == 503
        assert desk.process.poll() is None
        filler.unlink()
        until(lambda: well(device))
        assert device.ask("POST", "/v1/calls", id="after")[0] == 201
        assert {
            device.ask("POST", "/v1/calls", id=f"full-{n}", place=f"{n} Alder Street")[0] for n in range(CALLS)
        } == {200}
        assert (
            dispatcher.ask("POST", "/v1/decisions", do="close", **(over() | {"id": "yes", "about": "before"}))[0] == 201
        )
        until(lambda: looks(desk.folder).count("full-1") >= 2)
        assert page_of(desk, cookie) == 200, "and is logged in when there is room again"
        assert desk.stop() == 0
        with read_record(desk.folder) as record:
            ids = [entry.id for entry in record.store.entries(0, record.store.head().size)]
        assert len(ids) == len(set(ids))
        kept = {"before", "after", "unit", "fact", "respond", "reopen", *(f"full-{n}" for n in range(CALLS))}
        assert kept <= set(ids)
        assert "no" not in ids
        record_property(
            "counted", f"{statuses.count(202)} calls through the spool, 0 lost; alarm after {alarm_s:.2f} s"
        )


def test_a_desk_on_which_help_waits_for_the_disk_is_found_out(tmp_path: Path) -> None:
    """The control: without the spool the calls of a full disk are refused."""
    with small_disk(tmp_path / "disk", mb=6) as disk, served(disk / "desk", broken="help-waits") as desk:
        device = Client(desk, token=device_token(desk.folder, Scope.CALLS))
        until(lambda: device.ask("POST", "/v1/calls", id="before")[0] in (200, 201))
        fill(disk)
        statuses = {device.ask("POST", "/v1/calls", id=f"full-{n}", place="1 Alder Street")[0] for n in range(CALLS)}
        assert not statuses <= {201, 202}
        assert statuses <= {201, 503}, "and even then nothing is a fault of ours"


# slow


@pytest.mark.timeout(600)
def test_a_disk_that_takes_ten_milliseconds_more_each_time_loses_nothing(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """At full size it is measured too: the calls of a batch share the wait, so that many come through."""
    with served(tmp_path / "desk", broken="slow-disk") as desk:
        token = device_token(desk.folder, Scope.CALLS)
        until(lambda: Client(desk, token=token).ask("POST", "/v1/calls", id="first")[0] in (200, 201))
        load = loaded(desk, token=token, clients=CLIENTS, seconds=SECONDS)
        assert desk.stop() == 0
    assert set(load.statuses) <= {"201"}
    assert load.taken_ms(0.5) > SLOW_S * 1_000, "the disk was not slow"
    with read_record(tmp_path / "desk") as record:
        there = {entry.id: entry.index for entry in record.store.entries(0, record.store.head().size)}
    assert load.acknowledged
    assert all(there.get(id_) == index for id_, index in load.acknowledged)
    record_property("counted", f"+{SLOW_S * 1_000:.0f} ms each time: {load.said()}, 0 lost")


def over() -> dict[str, Any]:
    return {"id": "closing", "about": "over", "reason_code": "OTHER", "reason_text": "The caller said so"}


def declining() -> dict[str, Any]:
    return {
        "id": "declining",
        "about": "asked",
        "policy_version": ALDER_NAME,
        "clause": "agency-resources",
        "reason_code": "ALTERNATIVES_NOT_EXHAUSTED",
        "conditions": [{"text": "Everything short of arrests was tried", "fact": "alternatives_exhausted"}],
        "review_due_us": now_us() + 3_600_000_000,
        "notice_text": "Not now",
    }


def well(client: Client) -> bool:
    state = client.ask("GET", "/-/ready")[1]
    return bool(state["record"] == "writing" and state["spooled"] == 0)


def looks(folder: Path) -> list[str]:
    accounts = Accounts(folder)
    try:
        return [one.about for one in accounts.readings(most=100)]
    finally:
        accounts.close()
