"""A desk with everybody in it, for each test: `staff.as_("dana")` is a browser in which Dana is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.support.door import House, real_house, unlimited

from answerable.stores.accounts import User
from answerable.watch.commands import Assign, Command, ReceiveCall
from answerable.watch.people import Actor, Role
from answerable.web.housekeeping import CONSOLE
from answerable.wiring.desk import Done

AGENCY = "Federal Protective Service"
ASKED: dict[str, Any] = {
    "asks_for": "additional_resources", "requester": "federal_agency", "place": "federal_property", "life_safety": "no",
    "officer_assaulted": "no", "safe_exit_needed": "no", "alternatives_exhausted": "no", "own_service_used": "no",
}  # fmt: skip
PEOPLE: dict[str, tuple[Role, str | None, str]] = {
    "ada": (Role.CALL_TAKER, None, "Alder City Police"),
    "dana": (Role.DISPATCHER, None, "Alder City Police"),
    "chief": (Role.WATCH_COMMANDER, "deputy_chief", "Alder City Police"),
    "serge": (Role.WATCH_COMMANDER, "sergeant", "Alder City Police"),
    "fern": (Role.REQUESTER, None, AGENCY),
    "rival": (Role.REQUESTER, None, "County Sheriff"),
    "polly": (Role.POLICY_OFFICER, None, "Alder City Police"),
    "appa": (Role.POLICY_APPROVER, None, "Alder City Police"),
    "aud": (Role.AUDITOR, None, "Ombudsman"),
}


class Staff:
    """Everybody, and what they do."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.users = dict[str, User]()
        self._browsers = dict[str, TestClient]()
        self._numbers = iter(range(1_000_000))
        for name, (role, rank, agency) in PEOPLE.items():
            self.users[name] = house.person(name, agency=agency)
            self.give(Assign(id=self.id(), person=self.users[name].id, role=role, rank=rank), by=CONSOLE)

    def id(self) -> str:
        return f"t-{next(self._numbers)}"

    def give(self, command: Command, *, by: Actor) -> Done:
        return self.house.desk.do(command, by=by).result()  # type: ignore[no-any-return]

    def later(self, hours: float) -> None:
        """Time goes by; who was logged in logs in anew."""
        self.house.hands.at_us += int(hours * 3_600_000_000)
        self._browsers.clear()

    def actor(self, name: str) -> Actor:
        role, _, agency = PEOPLE[name]
        return Actor(id=self.users[name].id, role=role, agency=agency)

    def as_(self, name: str) -> TestClient:
        if name not in self._browsers:
            self._browsers[name] = self.house.signed_in(self.users[name])
        return self._browsers[name]

    def post(self, name: str, path: str, /, **fields: Any) -> Any:
        client = self.as_(name)
        return client.post(path, data=fields | {"csrf": client.headers["x-csrf-token"]})

    def page(self, name: str, path: str) -> str:
        answer = self.as_(name).get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return str(answer.text)

    def call(self, **facts: Any) -> str:
        command = ReceiveCall(
            id=self.id(), facts={"kind": "call", "asks_for": "help"} | facts, nature="Quarrel", place="A1"
        )
        return self.give(command, by=self.actor("ada")).id

    def request(self, **changed: str) -> str:
        """What Fern's agency asks for, by the form."""
        facts = {f"fact.{fact}": value for fact, value in (ASKED | changed).items() if value}
        answer = self.post("fern", "/requests/new", asks="Twenty officers", **facts)
        assert answer.status_code == 303, answer.text[:500]
        return str(answer.headers["location"]).partition("?")[0].rpartition("/")[2]

    def refusal(self, request: str, name: str = "chief", **changed: Any) -> Any:
        """A refusal by the form, as it is filled."""
        form = self.house.desk.decline_form(request, by=self.actor(name))
        fields = {
            "clause": form.clause, "policy_version": form.policy_version, "reason_code": "ALTERNATIVES_NOT_EXHAUSTED",
            "clause_condition": [fact for fact, _ in form.conditions], "still_answered": ["life_safety", "liaison"],
            "notice_text": form.notice_text, "seen": "true",
        }  # fmt: skip
        return self.post(name, f"/c/{request}/decline", **(fields | changed))


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with real_house(tmp_path) as house:
        yield Staff(unlimited(house))
