"""Administration: people, roles, tokens. Every role is an entry; nobody can shut the last administrator out."""

from __future__ import annotations

import json
import re

from starlette.testclient import TestClient
from tests.support.door import ORIGIN, House

from answerable.watch.people import Role
from answerable.wiring.people import Scope


def administrator(house: House) -> TestClient:
    return house.signed_in(house.person("root", Role.ADMINISTRATOR))


def test_a_new_user_gets_a_link_that_works_once(desk_house: House) -> None:
    page = administrator(desk_house).post("/people", data={"name": "ada", "agency": "Alder City"}).text
    (link,) = re.findall(rf"{ORIGIN}(/invitation/[\w-]+)", page)
    assert desk_house.browser().get(link).status_code == 200
    user = desk_house.accounts.user_named("ada")
    assert user is not None
    assert user.second_factor
    assert user.password is None


def test_a_name_that_is_taken_and_one_that_cannot_be_seen_are_refused(desk_house: House) -> None:
    client = administrator(desk_house)
    assert client.post("/people", data={"name": "root", "agency": "a"}).status_code == 422
    assert client.post("/people", data={"name": "", "agency": "a"}).status_code == 422
    assert client.post("/people", data={"name": "a\u202eb", "agency": "a"}).status_code == 422


def test_a_role_is_a_dated_entry_with_the_pseudonym_alone(desk_house: House) -> None:
    client = administrator(desk_house)
    desk_house.person("ada")
    size = desk_house.desk.head().size
    form = {"role": "watch-commander", "rank": "captain", "until": "2018-07-01T00:00:00-07:00"}
    assert client.post("/people/u-ada/assign", data=form).status_code == 303
    (held,) = desk_house.desk.held_by("u-ada")
    assert (held.role, held.rank, held.until_us) == (Role.WATCH_COMMANDER, "captain", 1_530_428_400_000_000)
    (entry,) = desk_house.desk.record.store.entries(size, 5)
    body = json.loads(entry.body)
    assert (body["type"], body["person"]) == ("assignment", "u-ada")
    assert '"ada"' not in entry.body.decode()
    assert client.post("/people/u-ada/end", data={"role": "watch-commander"}).status_code == 303
    assert desk_house.desk.held_by("u-ada") == ()


def test_a_time_without_an_offset_and_a_role_of_no_person_are_refused(desk_house: House) -> None:
    client = administrator(desk_house)
    desk_house.person("ada")
    for form in ({"role": "dispatcher", "from": "2018-07-01 08:00"}, {"role": "desk"}, {"role": "feed"}, {"role": ""}):
        assert client.post("/people/u-ada/assign", data=form).status_code == 422


def test_the_last_administrator_can_neither_be_locked_nor_lose_the_role(desk_house: House) -> None:
    client = administrator(desk_house)
    assert client.post("/people/u-root/lock", data={"locked": "yes"}).status_code == 422
    assert client.post("/people/u-root/end", data={"role": "administrator"}).status_code == 409
    desk_house.person("second", Role.ADMINISTRATOR)
    assert client.post("/people/u-root/lock", data={"locked": "yes"}).status_code == 303


def test_a_locked_administrator_is_not_counted_as_one_who_could_help(desk_house: House) -> None:
    client = administrator(desk_house)
    desk_house.person("second", Role.ADMINISTRATOR, locked=True)
    assert client.post("/people/u-root/lock", data={"locked": "yes"}).status_code == 422


def test_a_token_is_shown_once_works_at_once_and_is_taken_back_at_once(desk_house: House) -> None:
    client = administrator(desk_house)
    form = {"name": "cad", "agency": "Alder City", "days": "30", "scopes": [Scope.CALLS.value, Scope.FEED.value]}
    page = client.post("/tokens", data=form).text
    (text,) = re.findall(r"<pre>(answerable_[\w-]+)</pre>", page)
    assert text not in client.get("/people").text
    device = TestClient(desk_house.app, base_url=ORIGIN, headers={"authorization": f"Bearer {text}"})
    assert device.post("/v1/calls", json={"id": "a"}).status_code == 201
    assert device.post("/v1/units", json={}).status_code == 403
    (token,) = desk_house.accounts.tokens()
    assert client.post(f"/tokens/{token.id}/revoke").status_code == 303
    assert device.post("/v1/calls", json={"id": "b"}).status_code == 401
    assert client.post(f"/tokens/{token.id}/revoke").status_code == 404
    for wrong in ({"scopes": "all"}, {"scopes": ""}, {"days": "0"}, {"days": "4000"}, {"name": ""}):
        assert client.post("/tokens", data={**form, **wrong}).status_code == 422


def test_the_store_has_no_token_in_it(desk_house: House) -> None:
    page = (
        administrator(desk_house)
        .post("/tokens", data={"name": "cad", "agency": "A", "days": "1", "scopes": "calls:write"})
        .text
    )
    (text,) = re.findall(r"<pre>(answerable_[\w-]+)</pre>", page)
    folder = desk_house.desk.record.folder.path
    assert all(text.encode() not in file.read_bytes() for file in folder.iterdir() if file.is_file())


def test_whoever_looks_at_what_is_private_is_written_down_first(desk_house: House) -> None:
    device = TestClient(desk_house.app, base_url=ORIGIN)
    device.headers["authorization"] = f"Bearer {desk_house.token('calls:write')}"
    device.post("/v1/calls", json={"id": "a", "place": "12 Alder Street"})
    ada = desk_house.signed_in(desk_house.person("ada", Role.DISPATCHER))
    assert "12 Alder Street" in ada.get("/v1/calls/a").text
    auditor = desk_house.signed_in(desk_house.person("aud", Role.AUDITOR))
    looks = auditor.get("/looks").text
    assert "u-ada" in looks
    assert [(one.user_id, one.page, one.about) for one in desk_house.accounts.readings(most=5)] == [
        ("u-ada", "call", "a")
    ]


def test_an_administrator_sees_no_call(desk_house: House) -> None:
    device = TestClient(desk_house.app, base_url=ORIGIN)
    device.headers["authorization"] = f"Bearer {desk_house.token('calls:write')}"
    device.post("/v1/calls", json={"id": "a", "place": "12 Alder Street"})
    client = administrator(desk_house)
    for path in ("/v1/calls/a", "/v1/board", "/board", "/c/a", "/v1/board.csv", "/looks"):
        answer = client.get(path)
        assert answer.status_code in {403, 404}
        assert "Alder Street" not in answer.text


def test_a_cell_that_a_spreadsheet_would_compute_is_harmless(desk_house: House) -> None:
    device = TestClient(desk_house.app, base_url=ORIGIN)
    device.headers["authorization"] = f"Bearer {desk_house.token('calls:write')}"
    for number, place in enumerate(("=1+1", "+1", "-1", "@x", "'=1", 'a "quoted", place')):
        device.post("/v1/calls", json={"id": f"c-{number}", "place": place})
    text = desk_house.signed_in(desk_house.person("ada", Role.DISPATCHER)).get("/v1/board.csv").text
    for shown in ("'=1+1", "'+1", "'-1", "'@x", "''=1", '"a ""quoted"", place"'):
        assert f",{shown}," in text
