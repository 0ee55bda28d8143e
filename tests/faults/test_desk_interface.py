"""The interface fuzzed from its own description: nothing undescribed, no fault of ours, nothing wrong taken."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient
from tests.support.door import ORIGIN, House, real_house, unlimited
from tests.support.fault_runs import runs

from answerable.watch import commands as do
from answerable.watch.people import Role
from answerable.web import intake
from answerable.web.openapi import description
from answerable.web.problems import refused
from answerable.web.table import ROUTES
from answerable.wiring.people import Scope

CASES = runs(12, full=500)
TOO_LARGE = 413
"""A refusal too, of which the library does not know that it is one."""

DESCRIBED = description([route for route in ROUTES if route.path != "/events"], url=ORIGIN)
OPERATIONS: list[Any] = [each.ok() for each in schemathesis.openapi.from_dict(DESCRIBED).get_all_operations()]  # type: ignore[union-attr]

RIGHT, WRONG = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
TRIES = [
    pytest.param(one, mode, id=f"{one.method.upper()} {one.path} {mode.value}")
    for one in OPERATIONS
    for mode in (RIGHT, WRONG)
    if mode is RIGHT or one.body  # what only takes texts in its address cannot be asked wrongly
]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with real_house(tmp_path_factory.mktemp("fuzzed") / "desk") as house:
        yield unlimited(house)


@pytest.fixture(scope="module")
def comers(fuzzed: House) -> list[TestClient]:
    """A device with every scope, somebody with every role, nobody."""
    device = TestClient(fuzzed.app, base_url=ORIGIN)
    device.headers["authorization"] = f"Bearer {fuzzed.token(*Scope)}"
    person = fuzzed.signed_in(fuzzed.person("ada", *(role for role in Role if role not in {Role.DESK, Role.FEED})))
    nobody = TestClient(fuzzed.app, base_url=ORIGIN)
    return [device, person, nobody]


def sent(client: TestClient, case: schemathesis.Case[Any]) -> httpx.Response:
    """The case as its library would send it, by a client of ours."""
    asked = case.as_transport_kwargs(base_url=ORIGIN)
    body = asked.get("data")
    headers = {name: value for name, value in asked["headers"].items() if name.lower() in {"content-type", "accept"}}
    if "json" in asked:
        body, headers["content-type"] = json.dumps(asked["json"]).encode(), "application/json"
    answer: httpx.Response = client.request(
        asked["method"], asked["url"], params=asked.get("params"), content=body, headers=headers,
    )  # fmt: skip
    return answer


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("operation", "mode"), TRIES)
def test_every_answer_is_described_and_nothing_wrong_is_taken(
    comers: list[TestClient],
    operation: Any,
    mode: schemathesis.GenerationMode,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("counted", f"{tried(comers, operation, mode, cases=CASES)} cases")


def tried(comers: list[TestClient], operation: Any, mode: schemathesis.GenerationMode, *, cases: int) -> int:
    """Ask in so many ways, as everybody who may come; how often. Raises where an answer is not described."""
    count = 0

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def fuzz(case: schemathesis.Case[Any]) -> None:
        nonlocal count
        for client in comers:
            count += 1
            answer = sent(client, case)
            assert answer.status_code < 500, (answer.status_code, case.as_curl_command())
            checks = [status_code_conformance, content_type_conformance, response_schema_conformance]
            if mode is WRONG and answer.status_code != TOO_LARGE and not as_described(operation, case.body):
                checks.append(negative_data_rejection)
            case.validate_response(answer, checks=checks)

    fuzz()
    return count


def as_described(operation: Any, body: object) -> bool:
    """Whether a body that was to be wrong is right all the same: a mutation may turn one decision into another."""
    described = DESCRIBED["paths"][operation.path][operation.method]["requestBody"]["content"]["application/json"]
    schema = {**described["schema"], "components": DESCRIBED["components"]}
    try:
        return bool(jsonschema_rs.is_valid(schema, body))
    except ValueError:
        return False  # no JSON at all


async def fails(_request: object, _kind: object) -> do.ReceiveCall:
    raise RuntimeError("a fault of ours")


async def takes_anything(_request: object, _kind: object) -> do.ReceiveCall:
    return do.ReceiveCall(id="anything")


async def answers_as_nobody_described(_request: object, _kind: object) -> do.ReceiveCall:
    raise refused(418, "teapot", "Nobody described this.")


@pytest.mark.parametrize(
    ("reads", "mode", "found"),
    [
        (fails, RIGHT, r"500"),
        (takes_anything, WRONG, "(?s)negative|should have been rejected|schema-violating"),
        (answers_as_nobody_described, RIGHT, r"Undocumented|418"),
    ],
    ids=["fails", "takes anything", "answers as nobody described"],
)
def test_an_interface_that_is_broken_is_found_out(
    comers: list[TestClient], monkeypatch: pytest.MonkeyPatch, reads: Any, mode: Any, found: str
) -> None:
    """The control, on one address."""
    monkeypatch.setattr(intake, "read_json", reads)
    (operation,) = (one for one in OPERATIONS if (one.method, one.path) == ("post", "/v1/calls"))
    with pytest.raises((AssertionError, FailureGroup), match=found):
        tried(comers, operation, mode, cases=20)


def test_the_description_has_every_address_of_the_interface_and_only_those() -> None:
    described = {(method.upper(), path) for path, methods in DESCRIBED["paths"].items() for method in methods}
    expected = {
        (route.method, route.path.replace(":path", ""))
        for route in ROUTES
        if route.interface and route.path != "/events"
    }
    assert described == expected


def test_what_is_no_part_of_the_interface_says_no_more_than_that(
    fuzzed: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Odd methods, paths and headers: words, never a fault."""
    client = fuzzed.browser()
    with caplog.at_level(logging.ERROR):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X"):
            for path in (
                "/%00",
                "/%ff",
                "/v1/calls/%2e%2e",
                "/c/%0a",
                "/e/" + "9" * 400,
                "/v1/calls/" + "a" * 4_000,
                "//",
            ):
                answer = client.request(method, path)
                assert answer.status_code < 500, (method, path, answer.status_code)
    assert not caplog.records


def test_odd_cookies_and_tokens_are_nobodys(fuzzed: House, tmp_path: Path) -> None:
    for cookie in (
        "__Host-answerable=",
        "__Host-answerable=\xff",
        "__Host-answerable=a;__Host-answerable=b",
        ";;;=",
        "a" * 8_000,
    ):
        answer = fuzzed.browser().get("/account", headers={"cookie": cookie.encode("latin-1")})
        assert answer.status_code == 303
    for said in ("", "Bearer", "Bearer ", "Basic YTpi", "Bearer \xff", "Bearer " + "a" * 8_000):
        answer = fuzzed.browser().get("/v1/board", headers={"authorization": said.encode("latin-1")})
        assert answer.status_code == 401
