"""No line that the server logs has a word of what was sent, and nothing that is sent can make a line of its own."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.support.door import ORIGIN, House, unlimited

from answerable.watch.people import Role
from answerable.web import guard
from answerable.web.table import ROUTES
from answerable.wiring.people import Scope

MARK = "MARKED-CALLER-NAME"
FORGED = f"{MARK}\nERROR forged line\x1b[2J\u202e"
OURS = ("answerable", "uvicorn", "starlette", "asyncio", "concurrent")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the server would write: records of every part of it, with the text of any trace."""
    formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")
    ours = (record for record in caplog.records if record.name.startswith(OURS) and record.levelno > logging.DEBUG)
    return [formatter.format(record) for record in ours]


@pytest.mark.parametrize("broken", [False, True], ids=["all is well", "the desk fails at everything"])
def test_a_marked_name_sent_through_every_address_is_in_no_line(
    desk_house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    told = told_by_every_address(desk_house, caplog, monkeypatch, broken=broken)
    assert not [line for line in told if MARK in line]
    assert not [line for line in told if "\n" in line.strip() or "\x1b" in line or "\u202e" in line]
    assert bool(told) is broken, "a fault is told, by its kind and its place"
    if broken:
        assert any("RuntimeError at" in line for line in told)


def test_a_server_that_logs_what_was_wrong_is_found_out(
    desk_house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the message of a fault holds what somebody said, and a line feed makes a line of its own."""

    def log_all(fault: BaseException, *, where: str) -> None:
        logging.getLogger("answerable.web.guard").error("%s failed: %s", where, fault)

    monkeypatch.setattr(guard, "log_fault", log_all)
    told = told_by_every_address(desk_house, caplog, monkeypatch, broken=True)
    assert [line for line in told if MARK in line]
    assert [line for line in told if "\n" in line.strip()]


def told_by_every_address(
    desk_house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> list[str]:
    """What the server logs while the mark is sent to every address in every place; on a desk that fails at everything
    where it is `broken`."""
    clients = [_device(desk_house), desk_house.signed_in(desk_house.person("ada", *_people())), desk_house.browser()]
    unlimited(desk_house)
    caplog.set_level(logging.DEBUG)
    if broken:
        for name in ("do", "board", "call", "request", "status_by_receipt", "receipt", "head"):
            monkeypatch.setattr(desk_house.desk, name, _breaks)
    for route in sorted(ROUTES, key=lambda one: one.path == "/log-out"):
        if route.path == "/events":
            continue
        path = re.sub(r"\{.*?\}", MARK, route.path)
        for client in clients:
            ask: dict[str, Any] = {"params": {"next": MARK, "notice": MARK, "after": MARK}, "headers": {"x-name": MARK}}
            fields = dict.fromkeys(
                ("id", "name", "what", "place", "number", "secret", "password", "reason_text"), FORGED
            )
            client.request(route.method, path, data=fields, **ask)
            client.request(route.method, path, json={"id": "a", "caller_name": FORGED, "place": FORGED}, **ask)
            client.request(route.method, path, content=FORGED.encode(), **ask)
    return lines(caplog)


def _breaks(*_: object, **__: object) -> None:
    raise RuntimeError(FORGED)


def _people() -> list[Role]:
    return [role for role in Role if role not in {Role.DESK, Role.FEED}]


def _device(house: House) -> TestClient:
    client = TestClient(house.app, base_url=ORIGIN, raise_server_exceptions=False)
    client.headers["authorization"] = f"Bearer {house.token(*Scope)}"
    return client
