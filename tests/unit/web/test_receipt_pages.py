"""For whoever holds a receipt and has no account: neutral pages, and nothing for whoever has only half of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from starlette.testclient import TestClient
from tests.support.door import NOW_US, House

from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt
from answerable.proof.verifier import Verdict, judge_receipt
from answerable.watch.people import Role

MARKED = {
    "what": "CANARY-WHAT somebody shouts",
    "place": "CANARY-PLACE 12 Alder",
    "caller_name": "CANARY-NAME",
    "phone": "CANARY-PHONE",
}


def sent(house: House, **more: str) -> tuple[TestClient, str, str, str]:
    """A call by the public form: browser, page, number, secret."""
    client = house.browser()
    (id_,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', client.get("/call").text)
    answer = client.post("/call", data={"id": id_, **MARKED, **more})
    assert answer.status_code == 201, answer.text
    (number,) = re.findall(r'<dd class="readback">([^<]+)</dd>', answer.text)
    (secret,) = re.findall(r'<dt>Secret</dt><dd><code class="secret">([^<]+)</code>', answer.text)
    return client, answer.text, number, secret


def test_the_public_form_makes_a_call_and_gives_a_neutral_receipt(desk_house: House) -> None:
    _, page, number, secret = sent(desk_house, life_safety="yes")
    assert "CANARY" not in page
    assert "<svg" in page
    assert f"https://desk.test/r/{number}#{secret.replace(' ', '')}" in page
    assert len(secret.replace(" ", "")) == 26, "128 bits"
    assert "not 911" in page
    (row,) = desk_house.desk.board().pending
    assert row.duty.code == "must-respond"


def test_sending_the_form_twice_is_one_call(desk_house: House) -> None:
    client = desk_house.browser()
    (id_,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', client.get("/call").text)
    for _ in range(2):
        assert client.post("/call", data={"id": id_, **MARKED}).status_code == 201
    assert len(desk_house.desk.board().pending) == 1


def test_an_empty_form_and_one_without_its_id_are_refused(desk_house: House) -> None:
    client = desk_house.browser()
    (id_,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', client.get("/call").text)
    assert client.post("/call", data={"id": id_, "what": " "}).status_code == 422
    assert client.post("/call", data={"id": id_, "what": "x" * 4_001}).status_code == 422
    assert client.post("/call", data={"id": "log:open", "what": "x"}).status_code == 422


def test_number_and_secret_show_how_it_stands_and_neither_where_nor_what(desk_house: House) -> None:
    client, _, number, secret = sent(desk_house)
    answer = client.post("/status", data={"number": number, "secret": secret})
    assert answer.status_code == 200
    assert number in answer.text
    assert "CANARY" not in answer.text


def test_one_without_the_other_shows_nothing(desk_house: House) -> None:
    client, _, number, secret = sent(desk_house)
    _, _, other_number, other_secret = sent(desk_house)
    for wrong in (
        (number, ""),
        (number, other_secret),
        (other_number, secret),
        ("", secret),
        ("2018h1-0-0000", secret),
    ):
        answer = client.post("/status", data={"number": wrong[0], "secret": wrong[1]})
        assert answer.status_code == 404
        assert "do not belong together" in answer.text


def test_the_secret_is_in_no_address_that_a_browser_sends(desk_house: House) -> None:
    client, page, number, secret = sent(desk_house)
    for address in re.findall(r'(?:href|action)="([^"]+)"', page):
        assert secret.replace(" ", "") not in address.partition("#")[0]
    assert client.get(f"/r/{number}").status_code == 200


def test_the_receipt_is_a_file_with_or_without_what_was_told_and_both_are_proved(desk_house: House) -> None:
    client, _, number, secret = sent(desk_house)
    trust = TrustPolicy().with_log(*desk_house.desk.record.keyring.verifiers)
    asked = {"number": number, "secret": secret}
    bare = client.post("/receipt", data={**asked, "parts": "bare"}).content
    whole = client.post("/receipt", data={**asked, "parts": "all"}).content
    for text in (bare, whole):
        assert judge_receipt(text, trust=trust).verdict is Verdict.PROVED
    assert Receipt.parse(bare).carried().disclosures == ()
    assert "CANARY-PLACE 12 Alder" in json.dumps(judge_receipt(whole, trust=trust).shows)
    assert client.post("/receipt", data={"number": number, "secret": "x"}).status_code == 404


def test_the_verifier_is_the_file_that_works_without_us_under_its_own_policy(desk_house: House) -> None:
    from importlib import resources  # noqa: PLC0415

    file = (resources.files("answerable.proof.verifier") / "verifier.html").read_bytes()
    answer = desk_house.browser().get("/verify")
    assert answer.content == file
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]


def test_every_page_cites_the_log_it_rests_on(desk_house: House) -> None:
    head = desk_house.desk.head()
    for path in ("/", "/status", "/call", "/log", "/log-in", "/e/0"):
        text = desk_house.browser().get(path).text
        assert desk_house.desk.origin in text
        assert head.root.hex() in text


def test_every_export_cites_the_log_it_rests_on(desk_house: House) -> None:
    ada = desk_house.signed_in(desk_house.person("ada", Role.DISPATCHER))
    head = desk_house.desk.head()
    for path in ("/v1/board", "/v1/board.csv", "/v1/log/entries.jsonl", "/v1/log/checkpoint"):
        cited = ada.get(path).headers["answerable-log"]
        assert cited == f"{desk_house.desk.origin} {head.size} {head.root.hex()}"


# The log


def test_an_entry_shows_its_hash_and_proof_at_once_and_what_it_says_after_the_embargo(desk_house: House) -> None:
    _, _, number, _ = sent(desk_house)
    public = desk_house.browser()
    page = public.get(f"/e/{number}")
    assert page.status_code == 200
    assert "Under embargo" in page.text
    assert "c2sp.org/tlog-proof" in page.text
    assert "call.received" not in page.text
    assert "extra " not in page.text
    desk_house.hands.at_us = NOW_US + 80 * 3_600 * 1_000_000
    later = public.get(f"/e/{number}").text
    assert "call.received" in later
    assert "CANARY" not in later


def test_numbers_that_no_log_reaches_are_said_to_be_none(desk_house: House) -> None:
    client = desk_house.browser()
    for number in ("2018h1-9223372036854775807-0000", "2018h1-9223372036854775806-0000", "2018h1-99999-0000"):
        assert client.get(f"/e/{number}").status_code == 404
        assert client.post("/status", data={"number": number, "secret": "x"}).status_code == 404
    for index in ("9" * 18, "9" * 19, "9" * 30, "²"):
        assert client.get(f"/e/{index}").status_code == 404
        assert client.get("/log", params={"before": index}).status_code == 200


def test_whoever_works_here_reads_entries_at_once(desk_house: House) -> None:
    _, _, number, _ = sent(desk_house)
    auditor = desk_house.signed_in(desk_house.person("ada", Role.AUDITOR))
    assert "call.received" in auditor.get(f"/e/{number}").text


def test_a_misheard_number_finds_no_entry(desk_house: House) -> None:
    _, _, number, _ = sent(desk_house)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert desk_house.browser().get(f"/e/{wrong}").status_code == 404


def test_the_published_log_can_be_followed_with_the_tools_of_others(desk_house: House, tmp_path: Path) -> None:
    """What is served is what `answerable log publish` writes, byte for byte."""
    for _ in range(3):
        sent(desk_house)
    from answerable.wiring.publishing import publish_record  # noqa: PLC0415

    out = tmp_path / "public"
    folder = desk_house.desk.record.folder.path
    publish_record(folder, out=out, embargo_s=-(10**9), trust=TrustPolicy())
    auditor = desk_house.signed_in(desk_house.person("ada", Role.AUDITOR))
    size = desk_house.desk.head().size
    served = [path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()]
    assert any("entries" in path for path in served)
    for path in served:
        answer = auditor.get(f"/v1/log/{path}")
        if path == "checkpoint":
            assert f"\n{size}\n" in answer.text
        else:
            assert answer.content == (out / path).read_bytes(), path
    assert desk_house.browser().get("/v1/log/tile/entries/000.p/2").status_code == 403
    assert desk_house.browser().get("/v1/log/tile/0/000.p/255").status_code == 404
    for wrong in ("0/00", "0/000.p/0", "0/000.p/256", "9/x", "0/000/.."):
        assert desk_house.browser().get(f"/v1/log/tile/{wrong}").status_code == 404


def test_entries_come_as_lines_with_null_where_the_embargo_holds(desk_house: House) -> None:
    sent(desk_house)
    public = desk_house.browser()
    lines = [json.loads(line) for line in public.get("/v1/log/entries.jsonl").text.splitlines()]
    assert [line["index"] for line in lines] == list(range(desk_house.desk.head().size))
    assert lines[-1]["body"] is None
    after = public.get("/v1/log/entries.jsonl", params={"after": lines[-2]["index"]}).text.splitlines()
    assert len(after) == 1
    assert public.get("/v1/log/entries.jsonl", params={"after": "x"}).status_code == 422
