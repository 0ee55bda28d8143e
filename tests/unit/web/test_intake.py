"""What feeds and programs send: taken strictly, recorded durably, answered with a receipt that anybody can check."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.support.door import NOW_US, ORIGIN, House

from answerable.errors import OverloadedError, StorageError, UncertainWriteError
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.watch.people import Role
from answerable.web.bodies import MOST_BODY_BYTES

ID = "018f3c1e-7a53-7c58-a0a1-6f2d1f9f0f11"
CALL: dict[str, Any] = {"id": ID, "place": "12 Alder Street", "nature": "Shouting", "facts": {"life_safety": False}}


def feed(house: House) -> TestClient:
    client = TestClient(house.app, base_url=ORIGIN)
    text = house.token("calls:write", "facts:write", "units:write", "requests:write", "feed:write")
    client.headers["authorization"] = f"Bearer {text}"
    return client


def test_a_call_is_recorded_and_its_receipt_proves_it(desk_house: House) -> None:
    answer = feed(desk_house).post("/v1/calls", json=CALL)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/calls/{ID}"
    told = answer.json()
    receipt = Receipt.parse(told["receipt"].encode())
    entry = receipt.carried().entry
    assert entry is not None
    trust = TrustPolicy().with_log(*desk_house.desk.record.keyring.verifiers)
    verify_receipt(receipt, entry=entry, trust=trust)
    assert (json.loads(entry)["id"], receipt.index) == (ID, told["index"])
    assert told["spoken"].startswith(f"2018h1-{told['index']}-")
    assert told["secret"]
    assert not told["spooled"]


def test_the_same_again_is_the_same_receipt_and_other_content_is_refused(desk_house: House) -> None:
    client = feed(desk_house)
    first = client.post("/v1/calls", json=CALL)
    again = client.post("/v1/calls", json=CALL)
    assert (again.status_code, again.json()["index"]) == (200, first.json()["index"])
    assert again.json()["secret"] == first.json()["secret"]
    size = desk_house.desk.head().size
    other = client.post("/v1/calls", json={**CALL, "place": "13 Alder Street"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert client.post("/v1/calls", json={**CALL, "id": "another"}).status_code == 201
    assert desk_house.desk.head().size > size


def test_a_fact_and_a_unit_are_about_a_call_that_is_there(desk_house: House) -> None:
    client = feed(desk_house)
    client.post("/v1/calls", json=CALL)
    fact = {"id": "f-1", "about": ID, "fact": "life_safety", "value": True, "asserted_by": "caller"}
    unit = {"id": "unit-1", "about": ID, "unit": "841", "status": "dispatched"}
    assert client.post("/v1/facts", json=fact).status_code == 201
    assert client.post("/v1/units", json=unit).status_code == 201
    assert client.post("/v1/facts", json={**fact, "id": "f-2", "about": "nothing"}).status_code == 404


def test_a_request_for_assistance_and_a_sign_of_life(desk_house: House) -> None:
    client = feed(desk_house)
    asked = {"id": "r-1", "agency": "Federal Protective Service", "asks": "Twenty officers"}
    answer = client.post("/v1/requests", json=asked)
    assert (answer.status_code, answer.headers["location"]) == (201, "/v1/requests/r-1")
    assert client.post("/v1/feeds", json={"id": "h-1", "feed": "cad", "every_s": 60}).status_code == 201


def test_a_decision_is_for_people_whose_role_has_it(desk_house: House) -> None:
    feed(desk_house).post("/v1/calls", json=CALL)
    respond = {"do": "decide-respond", "id": "d-1", "about": ID}
    assert feed_again(desk_house).post("/v1/decisions", json=respond).status_code == 403
    dispatcher = desk_house.signed_in(desk_house.person("ada", Role.DISPATCHER))
    assert dispatcher.post("/v1/decisions", json=respond).status_code == 201
    close = {"do": "close", "id": "d-2", "about": ID, "reason_code": "SERVED"}
    taker = desk_house.signed_in(desk_house.person("bea", Role.CALL_TAKER))
    assert taker.post("/v1/decisions", json=close).status_code == 403
    assert dispatcher.post("/v1/decisions", json={**respond, "do": "assign"}).status_code == 422


def feed_again(house: House) -> TestClient:
    client = TestClient(house.app, base_url=ORIGIN)
    client.headers["authorization"] = "Bearer token-of-calls:write-facts:write-units:write-requests:write-feed:write"
    return client


# What is no call

BAD: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "no JSON": (b"{", 400),
    "not UTF-8": (b'{"id":"\xff"}', 400),
    "half a surrogate": (b'{"id":"a","place":"\\ud800"}', 400),
    "too deep": (b'{"id":"a","facts":' + b"[" * 5_000 + b"]" * 5_000 + b"}", 422),
    "deep and never closed": (b"[" * 60_000, 422),
    "a list": (b"[]", 422),
    "no id": (b"{}", 422),
    "an unknown key": (b'{"id":"a","colour":"red"}', 422),
    "a number for a text": (b'{"id":"a","place":1}', 422),
    "a fraction of a microsecond": (b'{"id":"a","told_at_us":1.5}', 422),
    "a time in words": (b'{"id":"a","told_at_us":"2018-06-19T08:00:00"}', 422),
    "a time without end": (b'{"id":"a","told_at_us":1' + b"0" * 400 + b"}", 422),
    "an id with a line feed behind it": (b'{"id":"a\\n"}', 422),
    "an id with a space": (b'{"id":"a b"}', 422),
    "an id of the record's own": (b'{"id":"log:open"}', 422),
    "a long text": (b'{"id":"a","place":"' + b"x" * 4_001 + b'"}', 422),
    "another command": (b'{"id":"a","do":"close"}', 422),
    "NaN": (b'{"id":"a","told_at_us":NaN}', 400),
    "a key twice is the last": (b'{"id":"a","id":"b"}', 201),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_call_is_refused_in_words_and_nothing_is_entered(desk_house: House, name: str) -> None:
    body, status = BAD[name]
    client, size = feed(desk_house), desk_house.desk.head().size
    answer = client.post("/v1/calls", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert desk_house.desk.head().size == size
    assert client.post("/v1/calls", json={"id": "after"}).status_code == 201, "the desk goes on"


HIDDEN = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u061c", "\u200e", "\u202e", "\u2066", "\u2028", "\ufeff"]


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda char: f"U+{ord(char):04X}")
@pytest.mark.parametrize("spelled", ["escaped", "plain"])
def test_characters_that_nobody_sees_are_refused_escaped_or_not(desk_house: House, hidden: str, spelled: str) -> None:
    body = json.dumps({"id": "a", "place": f"12 {hidden}Alder"}, ensure_ascii=spelled == "escaped").encode()
    answer = feed(desk_house).post("/v1/calls", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert hidden not in answer.text


@pytest.mark.parametrize("kept", ["a\nb\tc", "zwj \u200d and zwnj \u200c", "ümlaut", "日本", "🚓", "नमस्ते"])
def test_what_people_write_is_taken(desk_house: House, kept: str) -> None:
    assert feed(desk_house).post("/v1/calls", json={"id": "a", "narrative": kept}).status_code == 201
    view = desk_house.desk.call("a", by=_auditor())
    assert view is not None
    assert view.narrative == kept


def _auditor() -> Any:
    from answerable.watch.people import Actor  # noqa: PLC0415

    return Actor(id="u-x", role=Role.AUDITOR)


def test_more_than_64_kib_is_refused_whether_it_is_declared_or_not(desk_house: House) -> None:
    client = feed(desk_house)
    large = b'{"id":"a","place":"' + b"x" * MOST_BODY_BYTES + b'"}'
    assert client.post("/v1/calls", content=large, headers={"content-type": "application/json"}).status_code == 413
    pieces = (large[at : at + 1_000] for at in range(0, len(large), 1_000))
    answer = client.post("/v1/calls", content=pieces, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


def test_another_media_type_is_refused(desk_house: House) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
        answer = feed_again_or_new(desk_house).post("/v1/calls", content=b"{}", headers={"content-type": media})
        assert answer.status_code == 415


def feed_again_or_new(house: House) -> TestClient:
    return feed(house) if not house.accounts.tokens() else feed_again(house)


# When the record cannot


@pytest.mark.parametrize(
    ("fault", "status"),
    [(OverloadedError(), 503), (StorageError("disk full"), 503), (UncertainWriteError(), 503)],
    ids=lambda value: type(value).__name__,
)
def test_what_could_not_be_recorded_may_be_sent_again(
    desk_house: House, fault: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise fault

    client = feed(desk_house)
    monkeypatch.setattr(desk_house.desk, "send", refuses)
    answer = client.post("/v1/calls", json=CALL)
    assert answer.status_code == status
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["code"] == fault.code  # type: ignore[attr-defined]


def test_a_fault_that_nobody_foresaw_is_no_traceback_and_no_word_of_the_caller(
    desk_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("12 Alder Street")

    client = feed(desk_house)
    monkeypatch.setattr(desk_house.desk, "send", breaks)
    answer = client.post("/v1/calls", json=CALL)
    assert answer.status_code == 500
    assert "Alder" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


def test_a_token_runs_out_and_can_be_taken_back(desk_house: House) -> None:
    client = feed(desk_house)
    assert client.post("/v1/calls", json=CALL).status_code == 201
    desk_house.accounts.revoke("f-1", at_us=NOW_US)
    desk_house.site.tokens.refresh()
    assert client.post("/v1/calls", json=CALL).status_code == 401


def test_a_token_runs_out(desk_house: House) -> None:
    client = feed(desk_house)
    desk_house.hands.at_us += 2 * 86_400_000_000
    assert client.post("/v1/calls", json=CALL).status_code == 401
