"""What comes from another site's page, under another name, or without the form's token, changes nothing."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from starlette.testclient import TestClient
from tests.support.door import ORIGIN, House, password_of, unlimited

from answerable.watch.people import Role
from answerable.web import guard
from answerable.web.headers import CONTENT_SECURITY_POLICY
from answerable.web.table import ROUTES

UNSAFE = [route for route in ROUTES if route.unsafe]


def elsewhere(house: House, **headers: str) -> TestClient:
    client = house.signed_in(house.person("ada", *Role))
    for name in ("origin", "sec-fetch-site"):
        client.headers.pop(name, None)
    client.headers.update({"accept": "application/json", **headers})
    unlimited(house)
    return client


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://desk.test"},
        {"origin": "https://desk.test.evil.test"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {},
    ],
    ids=str,
)
def test_every_unsafe_method_refuses_a_foreign_origin(house: House, headers: dict[str, str]) -> None:
    client = elsewhere(house, **headers)
    assert len(UNSAFE) > 15
    for route in UNSAFE:
        path = re.sub(r"\{.*?\}", "x", route.path)
        answer = client.request(route.method, path, data={"csrf": client.headers["x-csrf-token"]})
        assert (route.path, answer.status_code) == (route.path, 403)
        assert answer.json()["code"] == "foreign-origin"


def test_a_door_that_does_not_look_where_a_form_is_from_is_found_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(guard, "check_origin", lambda *_: None)
    client = elsewhere(house, origin="https://evil.test")
    taken = [
        client.request(route.method, re.sub(r"\{.*?\}", "x", route.path), data={}).status_code != 403
        for route in UNSAFE
    ]
    assert any(taken)


@pytest.mark.parametrize("headers", [{"origin": ORIGIN}, {"sec-fetch-site": "same-origin"}], ids=str)
def test_a_form_of_our_own_page_passes(house: House, headers: dict[str, str]) -> None:
    assert elsewhere(house, **headers).post("/log-out").status_code == 303


@pytest.mark.parametrize("token", ["", "another", None])
def test_a_form_without_its_token_changes_nothing_for_whoever_is_logged_in(house: House, token: str | None) -> None:
    client = house.signed_in(house.person("ada", *Role))
    del client.headers["x-csrf-token"]
    client.headers["accept"] = "application/json"
    for route in UNSAFE:
        path = re.sub(r"\{.*?\}", "x", route.path)
        answer = client.request(route.method, path, data={} if token is None else {"csrf": token})
        assert (route.path, answer.status_code, answer.json()["code"]) == (route.path, 403, "csrf")
    assert client.get("/account").status_code == 200


def test_the_token_of_another_session_does_not_hold(house: House) -> None:
    ada, bea = house.signed_in(house.person("ada")), house.signed_in(house.person("bea"))
    ada.headers["x-csrf-token"] = bea.headers["x-csrf-token"]
    assert ada.post("/log-out").status_code == 403


def test_a_device_needs_no_origin_and_no_form_token_and_a_page_that_has_its_token_is_refused(house: House) -> None:
    client = TestClient(house.app, base_url=ORIGIN)
    client.headers["authorization"] = f"Bearer {house.token('calls:write')}"
    assert client.post("/v1/calls", json={}).status_code == 422
    assert client.post("/v1/calls", json={}, headers={"origin": "https://evil.test"}).status_code == 403


def test_a_name_that_is_not_ours_is_not_answered(house: House) -> None:
    for host in ("evil.test", "desk.test:8040", "127.0.0.1"):
        assert house.browser().get("/log-in", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("path", ["/", "/log-in", "/nothing", "/v1/board", "/static/desk.css", "/-/live", "/verify"])
def test_every_answer_carries_the_headers_that_keep_a_browser_safe(house: House, path: str) -> None:
    headers = house.browser().get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    if path != "/verify":
        assert policy == CONTENT_SECURITY_POLICY
        assert "require-trusted-types-for 'script'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["strict-transport-security"]
    assert "server" not in headers
    assert "cache-control" in headers
    if not path.startswith(("/static", "/verify")):
        assert headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_of_its_own(house: House) -> None:
    """What the policy would refuse must not be there in the first place."""
    for template in (resources.files("answerable.web") / "templates").iterdir():
        text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", text), template.name
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", text), template.name


def test_text_from_data_is_escaped_and_what_cannot_be_seen_is_spelled_out(house: House) -> None:
    client = house.browser()
    answer = client.post("/log-in", data={"name": '"><script>alert(1)</script>', "password": "x"})
    assert "<script>alert" not in answer.text
    assert client.get("/log-in", params={"notice": "a\u202eb<b>"}).text.count("\u202e") == 0


def test_a_path_that_is_not_there_and_a_method_that_is_not_are_said_as_problems(house: House) -> None:
    client = house.browser()
    client.headers["accept"] = "application/json"
    missing = client.get("/nothing")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert set(missing.json()) >= {"title", "status", "code"}
    wrong = client.delete("/log-in")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")


def test_a_static_file_is_kept_for_ever_only_under_its_digest(house: House) -> None:
    client = house.browser()
    page = client.get("/log-in").text
    (address,) = re.findall(r'href="(/static/desk\.css\?v=[0-9a-f]{16})"', page)
    assert "immutable" in client.get(address).headers["cache-control"]
    plain = client.get("/static/desk.css")
    assert plain.headers["cache-control"] == "no-cache"
    assert client.get("/static/desk.css", headers={"if-none-match": plain.headers["etag"]}).status_code == 304
    for path in ("/static/../site.py", "/static/%2e%2e/site.py", "/static//etc/passwd", "/static/"):
        assert client.get(path).status_code == 404


def test_password_of_a_person_is_in_no_answer(house: House) -> None:
    house.person("ada")
    answer = house.browser().post("/log-in", data={"name": "nobody", "password": password_of("ada")})
    assert password_of("ada") not in answer.text
