"""The second path of an alarm: a signed message that says that something rings, and is sent again until it is taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import stat
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from answerable.errors import InputError
from answerable.stores.accounts import Accounts
from answerable.stores.webhook import KEY_FILE, webhook_key
from answerable.watch.commands import ReceiveCall
from answerable.watch.people import Actor, Role
from answerable.watch.views import Change
from answerable.web import alarm_calls
from answerable.web.alarm_calls import AlarmCalls, calling
from answerable.wiring.desk import open_desk

KEY = b"k" * 32
RAISED = Change(index=7, event="alarm.raised", about="call-1", alarm="unheard", rung="watch_supervisor")


class Pager:
    """Another system: answers with what stands in `says`, then 204, and remembers what it was told."""

    def __init__(self, *says: int) -> None:
        self.says, self.told = list(says), list[tuple[dict[str, str], bytes]]()
        pager = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                pager.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(pager.says.pop(0) if pager.says else 204)
                self.send_header("location", "http://127.0.0.1:9/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class ToldDesk:
    def __init__(self) -> None:
        self.heard: list[Any] = []

    def subscribe(self, heard: Any) -> Any:
        self.heard.append(heard)
        return lambda: self.heard.remove(heard)

    def happens(self, *changes: Change) -> None:
        for heard in self.heard:
            heard(changes)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    made = Accounts(tmp_path)
    yield made
    made.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_calls, "AGAIN_S", (0, 0, 0, 0, 0, 0))


def told(accounts: Accounts, pager: Pager, *changes: Change, tries: int) -> None:
    """Let the changes happen, and wait until so many tries are written down."""
    desk = ToldDesk()
    calls = AlarmCalls(
        accounts, [pager.address], key=KEY, url="https://desk.test", now_us=lambda: 1_529_434_800_000_000
    )
    with calling(desk, calls):  # type: ignore[arg-type]
        desk.happens(*changes)
        end = time.monotonic() + 30
        while len(accounts.deliveries(most=99)) < tries and time.monotonic() < end:
            time.sleep(0.01)
    pager.server.shutdown()
    pager.server.server_close()
    assert len(accounts.deliveries(most=99)) == tries


def test_an_alarm_is_told_with_a_signature_that_the_receiver_can_check(accounts: Accounts) -> None:
    pager = Pager()
    told(accounts, pager, RAISED, tries=1)
    ((headers, body),) = pager.told
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == "1529434800"


def test_it_says_what_rings_and_where_to_look_and_no_more(accounts: Accounts) -> None:
    pager = Pager()
    told(accounts, pager, RAISED, tries=1)
    said = json.loads(pager.told[0][1])
    assert said["type"] == "alarm.raised"
    page = "https://desk.test/c/call-1"
    says = "The deadline is past and nobody was sent. It rings for the watch supervisor."
    rung = {"rung": "watch_supervisor", "says": says}
    assert said["data"] == {"index": 7, "kind": "unheard", "about": "call-1", "page": page, **rung}


def test_a_desk_says_of_an_alarm_that_climbs_what_rings_and_for_whom_now(tmp_path: Path) -> None:
    now = Hands()
    policies = Path("src/answerable/demo/story/policies")
    with open_desk(tmp_path, origin="alder.example/d/1", policies=policies, ticking=False, clock=now) as desk:
        heard = list[Change]()
        desk.subscribe(heard.extend)
        command = ReceiveCall(id="c-1", facts={"kind": "call", "asks_for": "help", "life_safety": True})
        desk.do(command, by=Actor(id="t", role=Role.CALL_TAKER)).result()
        for _ in range(9):
            now.at_us += 60_000_000
            desk.tick()
    told = [(one.event, one.alarm, one.rung) for one in heard if one.event in alarm_calls.TOLD]
    assert ("alarm.raised", "unheard", "watch_supervisor") in told
    assert told.count(("alarm.escalated", "unheard", "command")) == 1
    assert all(one.alarm is None for one in heard if one.event not in alarm_calls.TOLD)


class Hands:
    """A clock that is moved by hand."""

    at_us = 1_529_434_800_000_000

    def __call__(self) -> int:
        return self.at_us


def test_only_alarms_are_told_the_raised_and_those_that_climb(accounts: Accounts) -> None:
    pager = Pager()
    others = (
        Change(index=8, event="call.received", about="a"),
        Change(index=9, event="alarm.acknowledged", about="a"),
        Change(index=9, event="alarm.raised", about="a"),  # entered late; it was told when it rang
    )
    told(
        accounts,
        pager,
        *others,
        Change(index=10, event="alarm.escalated", about=None, alarm="record_down", rung="command"),
        tries=1,
    )
    assert [json.loads(body)["type"] for _, body in pager.told] == ["alarm.escalated"]


def test_what_is_not_taken_is_sent_again_with_the_same_id_and_each_try_is_written_down(
    accounts: Accounts, at_once: None
) -> None:
    pager = Pager(500, 302, 503)
    told(accounts, pager, RAISED, tries=4)
    assert len({headers["webhook-id"] for headers, _ in pager.told}) == 1
    tries = [(one.tried, one.status) for one in reversed(accounts.deliveries(most=9))]
    assert tries == [(1, 500), (2, 302), (3, 503), (4, 204)], "and no redirect is followed"


def test_after_six_tries_it_is_given_up(accounts: Accounts, at_once: None) -> None:
    pager = Pager(*[500] * 9)
    told(accounts, pager, RAISED, tries=6)


def test_nobody_there_is_status_0_and_no_fault(accounts: Accounts, at_once: None) -> None:
    pager = Pager()
    pager.address = "http://127.0.0.1:9/hook"
    told(accounts, pager, RAISED, tries=6)
    assert {one.status for one in accounts.deliveries(most=9)} == {0}


def test_the_key_is_made_once_in_a_file_of_the_owner_alone(tmp_path: Path) -> None:
    key = webhook_key(tmp_path)
    assert (len(key), webhook_key(tmp_path)) == (32, key)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert (tmp_path / KEY_FILE).read_text(encoding="ascii").startswith("whsec_")


def test_an_address_that_is_none_is_refused_at_the_start(accounts: Accounts) -> None:
    for wrong in ("pager.example", "file:///etc/passwd", "ftp://a/b"):
        with pytest.raises(InputError):
            AlarmCalls(accounts, [wrong], key=KEY, url="https://desk.test", now_us=lambda: 0)
