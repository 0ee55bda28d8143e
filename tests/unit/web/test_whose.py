"""Ownership: what another agency asked for is, to a requester, as if it were not there, at every address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.support.desks import RESOURCES
from tests.support.door import House, unlimited

from answerable.stores.accounts import User
from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.web import page
from answerable.web.pages import subjects
from answerable.web.table import ROUTES

THEIRS, OTHER = "Federal Protective Service", "County Sheriff"
NOT_THERE = "nobody-asked"
ABOUT = [route for route in ROUTES if re.search(r"\{id\}", route.path) and route.path.startswith(("/c/", "/v1/"))]
BODIES: dict[str, dict[str, Any]] = {
    "/v1/facts": {"id": "a-fact", "fact": "life_safety", "value": True, "asserted_by": "requester"},
}


@pytest.fixture
def asked(desk_house: House) -> tuple[House, User, User, str]:
    """A request of one agency, somebody of it, somebody of another."""
    owner = desk_house.person("fern", Role.REQUESTER, agency=THEIRS)
    other = desk_house.person("olga", Role.REQUESTER, agency=OTHER)
    request = do.RequestAssistance(id="theirs", agency=THEIRS, asks="Four officers", facts=RESOURCES)
    actor = Actor(id=owner.id, role=Role.REQUESTER, agency=THEIRS)
    desk_house.desk.do(request, by=actor).result()
    return unlimited(desk_house), owner, other, "theirs"


def answers(client: TestClient, id_: str) -> dict[str, tuple[int, str]]:
    """What every address about a call or a request answers of this one, without its id."""
    client.headers["accept"] = "application/json"
    found = {}
    for route in ABOUT:
        path = re.sub(r"\{(?!id).*?\}", "life_safety", route.path).replace("{id}", id_)
        answer = client.request(route.method, path, data={"value": "yes"} if route.unsafe else None)
        found[f"{route.method} {route.path}"] = (answer.status_code, answer.text.replace(id_, "…"))
    for path, body in BODIES.items():
        answer = client.post(path, json={**body, "about": id_})
        found[f"POST {path}"] = (answer.status_code, answer.text.replace(id_, "…"))
    return found


def seen_by_another(asked: tuple[House, User, User, str]) -> list[str]:
    """The addresses at which somebody of another agency learns anything."""
    house, _, other, id_ = asked
    before = house.desk.head().size
    client = house.signed_in(other)
    there, not_there = answers(client, id_), answers(client, NOT_THERE)
    told = [name for name in there if there[name] != not_there[name] or there[name][0] < 400]
    return [*told, *(["something was entered"] if house.desk.head().size != before else [])]


def test_to_another_agency_it_is_as_if_it_were_not_there(
    asked: tuple[House, User, User, str], record_property: Callable[[str, object], None]
) -> None:
    assert len(ABOUT) > 40
    assert seen_by_another(asked) == []
    record_property("counted", f"{len(ABOUT) + len(BODIES)} addresses, nothing learned, nothing entered")


def test_to_those_who_asked_it_is_there(asked: tuple[House, User, User, str]) -> None:
    house, owner, _, id_ = asked
    mine = answers(house.signed_in(owner), id_)
    assert {status for status, _ in (mine["GET /c/{id}"], mine["GET /v1/requests/{id}"])} == {200}
    assert mine["POST /v1/facts"][0] == 201


def test_a_desk_that_does_not_look_whose_it_is_is_found_out(
    asked: tuple[House, User, User, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    from answerable.watch import judging, showing  # noqa: PLC0415

    for module in (page, subjects):
        monkeypatch.setattr(module, "check_owner", lambda *_, **__: None, raising=False)
    monkeypatch.setattr(judging, "is_own", lambda *_: True)
    monkeypatch.setattr(showing.Looking, "sees", lambda *_: True)
    assert seen_by_another(asked)
