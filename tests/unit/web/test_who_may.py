"""Who may use which address: every role and token against every route, by a table that is written here by hand.

A route that is not in the table fails, and so does a line without a route: nobody adds an address by accident.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from starlette.requests import Request
from tests.support.door import ORIGIN, House, unlimited

from answerable.watch import commands as do
from answerable.watch.people import Role
from answerable.watch.roles import Sight
from answerable.web.access import Access, Kind, Who, allows, may, public, signed_in
from answerable.web.application import create_app
from answerable.web.page import check_owner
from answerable.web.problems import RefusedError
from answerable.web.routes import Route
from answerable.web.sessions import COOKIE, identify
from answerable.web.table import ROUTES
from answerable.wiring.people import GIVEN, Scope

ANYBODY = "anybody"
SIGNED_IN = "signed in"
TAKERS = {Role.CALL_TAKER, Role.DISPATCHER, Role.WATCH_COMMANDER}
SENDERS = {Role.DISPATCHER, Role.WATCH_COMMANDER}
BOARD = TAKERS | {Role.RECORDS_OFFICER, Role.AUDITOR}
OWN = {Role.REQUESTER}
ADMINISTRATOR = {Role.ADMINISTRATOR}

MAY: dict[str, Any] = {
    "POST /v1/calls": TAKERS | OWN | {Scope.CALLS},
    "POST /v1/facts": TAKERS | OWN | {Scope.FACTS},
    "POST /v1/units": SENDERS | {Scope.UNITS},
    "POST /v1/requests": TAKERS | OWN | {Scope.REQUESTS},
    "POST /v1/decisions": TAKERS,
    "POST /v1/feeds": {Scope.FEED},
    "GET /events": BOARD,
    "GET /v1/board": BOARD,
    **{f"GET /v1/board.{suffix}": BOARD for suffix in ("json", "jsonl", "csv", "parquet")},
    **{
        f"GET /v1/{what}{suffix}": BOARD
        for what in ("calls", "facts", "decisions")
        for suffix in ("", ".json", ".jsonl", ".csv", ".parquet")
    },
    "GET /f": ANYBODY,
    "GET /f/{id}": ANYBODY,
    "GET /f/{id}/{name:path}": ANYBODY,
    "GET /embed/f/{id}": ANYBODY,
    "GET /embed/log": ANYBODY,
    "GET /v1/calls/{id}": BOARD | OWN,
    "GET /v1/calls/{id}/receipt": BOARD | OWN,
    "GET /v1/requests/{id}": BOARD | OWN,
    "GET /v1/requests/{id}/receipt": BOARD | OWN,
    "GET /-/live": ANYBODY,
    "GET /-/ready": ANYBODY,
    "GET /-/versions": ANYBODY,
    "GET /metrics": ADMINISTRATOR | {Scope.METRICS},
    "GET /v1/log/checkpoint": ANYBODY,
    "GET /v1/log/log.vkey": ANYBODY,
    "GET /v1/log/tile/{path:path}": ANYBODY,
    "GET /v1/log/entries.jsonl": ANYBODY,
    "GET /": ANYBODY,
    "GET /openapi.json": ANYBODY,
    "GET /log-in": ANYBODY,
    "POST /log-in": ANYBODY,
    "GET /log-in/code": ANYBODY,
    "POST /log-in/code": ANYBODY,
    "GET /account/second-factor": ANYBODY,
    "POST /account/second-factor": ANYBODY,
    "GET /invitation/{secret}": ANYBODY,
    "POST /invitation/{secret}": ANYBODY,
    "POST /log-out": ANYBODY,
    "GET /account": SIGNED_IN,
    "POST /theme": ANYBODY,
    "GET /status": ANYBODY,
    "POST /status": ANYBODY,
    "GET /r/{number}": ANYBODY,
    "POST /receipt": ANYBODY,
    "GET /call": ANYBODY,
    "POST /call": ANYBODY,
    "GET /verify": ANYBODY,
    "GET /log": ANYBODY,
    "GET /e/{entry}": ANYBODY,
    "GET /people": ADMINISTRATOR | {Role.WATCH_COMMANDER, Role.AUDITOR},
    "POST /people": ADMINISTRATOR,
    "POST /people/{id}/reset": ADMINISTRATOR,
    "POST /people/{id}/lock": ADMINISTRATOR,
    "POST /people/{id}/assign": ADMINISTRATOR,
    "POST /people/{id}/end": ADMINISTRATOR,
    "POST /tokens": ADMINISTRATOR,
    "POST /tokens/{id}/revoke": ADMINISTRATOR,
    "GET /looks": {Role.AUDITOR},
    "GET /static/{name:path}": ANYBODY,
}

COMMAND = {Role.WATCH_COMMANDER}
POLICIES = BOARD - {Role.RECORDS_OFFICER} | OWN | {Role.POLICY_OFFICER, Role.POLICY_APPROVER}

DO: dict[str, set[Role]] = {
    **dict.fromkeys(
        ("decide-respond", "accept-request", "acknowledge-request", "answer", "enter", "callback", "ask-information",
         "reopen", "notify-delay", "prioritize", "correct", "merge", "link"),
        TAKERS,
    ),
    **dict.fromkeys(("record-unit", "commit-units", "hold", "release", "transfer", "accept-referral"), SENDERS),
    "close": SENDERS,
    **dict.fromkeys(("give-information", "report-condition-met", "withdraw"), TAKERS | OWN),
    **dict.fromkeys(("confirm-request", "dispute-request", "read-notice", "appeal"), OWN),
    **dict.fromkeys(("review", "write-response"), COMMAND),
}  # fmt: skip
FORMS: dict[str, set[Role]] = {
    **dict.fromkeys(("callback", "ask", "reopen", "delay", "priority", "correct", "merge", "link"), TAKERS),
    **dict.fromkeys(("unit", "commit", "hold", "transfer", "referral", "close"), SENDERS),
    **dict.fromkeys(("inform", "condition", "withdraw"), TAKERS | OWN),
    **dict.fromkeys(("dispute", "appeal"), OWN),
    **dict.fromkeys(("review", "response", "decline"), COMMAND),
}

MAY |= {
    **{f"POST /c/{{id}}/do/{name}": held for name, held in DO.items()},
    **{f"GET /c/{{id}}/{name}": held for name, held in FORMS.items()},
    "POST /c/{id}/decline": COMMAND,
    "POST /c/{id}/fact/{fact}": TAKERS | OWN,
    "GET /c/{id}": BOARD | OWN,
    "GET /board": BOARD,
    "GET /board/rows": BOARD,
    "GET /wall": BOARD,
    "GET /wall/rows": BOARD,
    "POST /alarms/{id}/acknowledge": TAKERS,
    "POST /alarms/mute": TAKERS,
    "GET /calls/new": TAKERS | OWN,
    "POST /calls/new": TAKERS | OWN,
    "GET /requests": BOARD | OWN,
    "GET /requests/new": TAKERS | OWN,
    "POST /requests/new": TAKERS | OWN,
    "GET /requests/telephone": TAKERS,
    "POST /requests/telephone": TAKERS,
    "GET /requests/telephone/{id}": BOARD,
    "GET /denials": BOARD | {Role.POLICY_OFFICER, Role.POLICY_APPROVER},
    "GET /policies": POLICIES,
    "GET /policies/new": {Role.POLICY_OFFICER},
    "POST /policies/new": {Role.POLICY_OFFICER},
    "GET /policies/{id}": POLICIES,
    "POST /policies/{id}/approve": {Role.POLICY_APPROVER},
    "GET /allegations": {Role.AUDITOR, Role.RECORDS_OFFICER, Role.WATCH_COMMANDER},
    "GET /allegations/new": {Role.AUDITOR, Role.RECORDS_OFFICER} | OWN,
    "POST /allegations/new": {Role.AUDITOR, Role.RECORDS_OFFICER} | OWN,
    "GET /allegations/{id}": {Role.AUDITOR, Role.RECORDS_OFFICER, Role.WATCH_COMMANDER},
    "POST /allegations/{id}/examine": {Role.AUDITOR},
    "POST /allegations/{id}/propose": {Role.AUDITOR},
    "POST /allegations/{id}/ask": {Role.AUDITOR},
    "POST /allegations/{id}/reply": {Role.AUDITOR},
    "POST /allegations/{id}/letter": {Role.AUDITOR},
    "POST /allegations/{id}/sign": {Role.AUDITOR},
    "POST /allegations/{id}/publish": {Role.AUDITOR},
    "GET /allegations/{id}/draft.zip": {Role.AUDITOR},
    "POST /allegations/{id}/claims": {Role.AUDITOR},
    "GET /redact/{id}": {Role.RECORDS_OFFICER},
    "POST /redact/{id}": {Role.RECORDS_OFFICER},
    "POST /allegations/{id}/log": {Role.AUDITOR},
    "POST /allegations/{id}/log/remove": {Role.AUDITOR},
    "GET /allegations/{id}/claims/{claim}": {Role.AUDITOR},
    **{
        f"POST /allegations/{{id}}/claims/{{claim}}/{change}": {Role.AUDITOR}
        for change in ("frame", "passage", "document", "list", "watch", "text", "drop", "register", "remove")
    },
}

NAMES = [f"{route.method} {route.path}" for route in ROUTES]
SOME = ["nobody", "no role", Role.DISPATCHER]
COMERS = ["nobody", "a log-in without its second factor", "no role", *GIVEN, *Scope]


def test_every_route_stands_in_the_table_and_no_other() -> None:
    assert sorted(NAMES) == sorted(MAY)


def test_every_route_says_who_may_use_it() -> None:
    assert all(route.access.kind in Kind for route in ROUTES)
    assert all(route.access.roles or route.access.scope for route in ROUTES if route.access.kind is Kind.ROLES)


def expected(route: Route, comer: str) -> bool:
    may = MAY[f"{route.method} {route.path}"]
    if may == ANYBODY:
        return True
    if may == SIGNED_IN:
        return comer == "no role" or comer in set(GIVEN)
    assert isinstance(may, set)
    return comer in may


@pytest.mark.parametrize("comer", COMERS)
def test_only_those_of_the_table_get_in(
    house: House, comer: str, record_property: Callable[[str, object], None]
) -> None:
    assert not not_as_in_the_table(house, comer)
    if comer == COMERS[-1]:
        record_property("counted", f"{len(COMERS)} comers at {len(ROUTES)} addresses, 0 let in or kept out wrongly")


@pytest.mark.parametrize(
    ("name", "access"),
    [
        ("POST /people", public()),
        ("GET /metrics", public()),
        ("GET /looks", signed_in()),
        ("POST /v1/feeds", may(do.DecideRespond)),
    ],
)
def test_a_route_that_lets_others_in_is_found_out(house: House, name: str, access: Access) -> None:
    """The control: one line of the route table says something else than the table here."""
    assert set(SOME) <= set(COMERS)
    routes = [
        msgspec.structs.replace(route, access=access) if f"{route.method} {route.path}" == name else route
        for route in ROUTES
    ]
    house.app = create_app(house.site, routes)
    wrong = [(method, path) for comer in SOME for method, path, _ in not_as_in_the_table(house, comer)]
    assert {f"{method} {path}" for method, path in wrong} == {name}


def not_as_in_the_table(house: House, comer: str) -> list[tuple[str, str, int]]:
    """The routes that let `comer` in, or keep them out, and should not; with the status that they gave."""
    client = house.browser()
    if comer in set(Scope):
        client.headers["authorization"] = f"Bearer {house.token(comer)}"
    elif comer == "a log-in without its second factor":
        client = house.signed_in(house.person("half", *GIVEN), stage="code")
    elif comer != "nobody":
        roles = [] if comer == "no role" else [Role(comer)]
        client = house.signed_in(house.person(f"with {comer}", *roles))
    client.headers["accept"] = "application/json"
    unlimited(house)
    wrong = []
    for route in sorted(ROUTES, key=lambda one: one.path == "/log-out"):  # which ends the log-in, so it comes last
        if route.path == "/events" and expected(route, comer):
            continue  # a line that does not end; the same guard stands before it
        path = route.path.replace("{path:path}", "0/000").replace("{name:path}", "desk.css")
        path = path.replace("{id}", "u-nobody").replace("{", "").replace("}", "")
        answer = client.request(route.method, path, headers={"content-type": "text/plain"})
        let_in = answer.status_code not in {401, 403} or _by_its_own_step(route, answer.status_code)
        if let_in != expected(route, comer):
            wrong.append((route.method, route.path, answer.status_code))
    return wrong


def _by_its_own_step(route: Route, status: int) -> bool:
    """Pages of a log-in are open to anybody, and say themselves that a step is missing."""
    return status == 401 and route.path in {"/log-in/code", "/account/second-factor"}


def test_a_requester_of_another_agency_is_told_that_there_is_nothing(house: House) -> None:
    """Ownership: what the guard cannot know is judged where the call is known."""
    mine = house.signed_in(house.person("ada", Role.REQUESTER, agency="Federal Protective Service"))
    cookie = f"{COOKIE}={mine.cookies[COOKIE]}".encode()
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": [(b"cookie", cookie)]}
    request = Request(scope)
    scope["answerable.who"] = identify(request, house.site)
    check_owner(request, agency="Federal Protective Service", seen_by=(Sight.BOARD,))
    for agency in ("Alder City Police", "", None):
        with pytest.raises(RefusedError) as refusal:
            check_owner(request, agency=agency, seen_by=(Sight.BOARD,))
        assert refusal.value.problem.status == 404


def test_a_token_opens_nothing_of_people_even_where_its_person_could(house: House) -> None:
    text = house.token(*Scope)
    client = house.browser()
    client.headers["authorization"] = f"Bearer {text}"
    assert client.get("/account").status_code == 403
    assert client.get("/people").status_code == 403


def test_nobody_with_no_session_is_let_in_by_kind() -> None:
    assert not any(allows(route.access, Who()) for route in ROUTES if route.access.kind is not Kind.PUBLIC)


def test_an_unknown_token_is_refused_even_where_anybody_may_come(house: House) -> None:
    client = house.browser()
    client.headers.update({"authorization": "Bearer nonsense", "accept": "application/json"})
    assert client.get("/-/live").status_code == 401
    assert client.post(f"{ORIGIN}/v1/calls", json={}).headers["www-authenticate"] == "Bearer"
