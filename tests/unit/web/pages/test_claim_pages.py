"""An allegation split into claims of every kind, filled in by forms, with documents, and put to the record."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from answerable.model.claim import ClaimKind
from answerable.watch import commands as do
from answerable.web.pages.allegations import KINDS
from answerable.wiring.desk_examined import read_examined

if TYPE_CHECKING:
    from tests.unit.web.pages.conftest import Staff

LETTER = b"To the Mayor.\nWe called from the gate, and nobody came.\n"
WINDOW = {"from": "2018-06-19", "to": "2018-06-20"}


def opened(staff: Staff, kind: str, calls: str = "") -> str:
    """The address of an allegation of a kind."""
    answer = staff.post("aud", "/allegations/new", kind=kind, text="Calls were ignored.", by="counsel", calls=calls)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


def begun(staff: Staff, path: str, kind: str) -> str:
    """The address of a claim of a kind that was begun."""
    answer = staff.post("aud", f"{path}/claims", kind=kind)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def kept(staff: Staff, claim: str, change: str, **fields: Any) -> None:
    answer = staff.post("aud", f"{claim}/{change}", **fields)
    assert answer.status_code == 303, trouble(answer.text)


def uploaded(staff: Staff, claim: str, change: str, files: list[tuple[str, bytes]], **fields: Any) -> Any:
    client = staff.as_("aud")
    data = fields | {"csrf": client.headers["x-csrf-token"]}
    sent = [("file", (name, content)) for name, content in files]
    token = client.headers.pop("x-csrf-token")  # as a browser: the token stands in the form alone
    try:
        return client.post(f"{claim}/{change}", data=data, files=sent)
    finally:
        client.headers["x-csrf-token"] = token


def trouble(page: str) -> str:
    return html.unescape(" ".join(re.findall(r'role="alert">.*?</div></div>', page, re.DOTALL)))


def trouble_to_come(page: str) -> str:
    """Why a claim cannot be put, as its page says it."""
    return html.unescape(" ".join(re.findall(r"It cannot be put yet\..*?</p>", page, re.DOTALL)))


def put(staff: Staff, path: str) -> list[Any]:
    """The findings of every claim."""
    answer = staff.post("aud", f"{path}/examine")
    assert answer.status_code == 303, trouble(answer.text)
    held = staff.house.desk.record.folder.path / "examinations" / path.rpartition("/")[2]
    return list(read_examined(sorted(held.iterdir())[-1]).findings)


def test_every_kind_of_claim_that_the_engine_knows_can_be_alleged_and_begun(staff: Staff) -> None:
    assert set(KINDS) == set(ClaimKind)
    for kind in ClaimKind:
        claim = begun(staff, opened(staff, kind), kind)
        assert "Keep the claim" in staff.page("aud", claim)


def test_an_allegation_nobody_split_is_put_as_it_stands(staff: Staff) -> None:
    call = staff.call(priority=1, life_safety=True)
    staff.later(hours=3)
    (finding,) = put(staff, opened(staff, "calls_ignored", call))
    assert finding.finding == "sustained"
    assert finding.calls[0].outcome == "unheard"


def test_one_allegation_comes_to_several_claims_each_with_its_own_finding(staff: Staff) -> None:
    call = staff.call(priority=1, life_safety=True)
    staff.later(hours=3)
    path = opened(staff, "calls_ignored", call)
    begun(staff, path, "calls_ignored")
    begun(staff, path, "request_denied")
    first, second = put(staff, path)
    assert (first.id, first.finding) == ("calls-ignored", "sustained")
    assert (second.id, second.finding) == ("request-denied", "not_sustained")
    page = staff.page("aud", path)
    assert "<code>calls-ignored</code>: Calls were ignored." in page
    assert "<code>request-denied</code>: Calls were ignored." in page


def test_that_a_policy_allows_something_is_searched_for_in_every_version(staff: Staff) -> None:
    path = opened(staff, "policy_exists")
    claim = begun(staff, path, "policy_exists")
    kept(
        staff, claim, "frame", text="Requests may be declined.", alleged_by="counsel", **WINDOW,
        **{"given.kind": "request_for_assistance", "given.life_safety": "no"},
    )  # fmt: skip
    (finding,) = put(staff, path)
    assert finding.finding == "policy_failure"


def test_a_statement_is_held_sentence_by_sentence_with_its_document(staff: Staff) -> None:
    staff.refusal(staff.request())
    path = opened(staff, "statement")
    claim = begun(staff, path, "statement")
    assert "need at least one" in staff.page("aud", claim)
    said = b"Every call about danger was answered.\nOne request was declined.\n"
    answer = uploaded(
        staff, claim, "document", [("press release.txt", said)], kind="statement", sender="The Mayor",
        dated="2018-06-19 09:00", passages="One request was declined.",
    )  # fmt: skip
    assert answer.status_code == 303, trouble(answer.text)
    kept(
        staff, claim, "passage", quote="One request was declined.", test="some_decision",
        decision="decline_with_conditions", evidence="press-release",
    )  # fmt: skip
    kept(staff, claim, "passage", quote="They only want attention.", test="not_in_the_record")
    (finding,) = put(staff, path)
    assert [one.verdict.value for one in finding.passages] == ["supported", "cannot_be_determined"]
    assert finding.finding == "partly"
    assert finding.evidence[0].passages_checked
    page = staff.page("aud", path)
    assert "Sentence by sentence" in page
    assert "The Mayor" in page


def test_a_passage_that_does_not_stand_in_its_document_is_said_before_it_is_put(staff: Staff) -> None:
    path = opened(staff, "calls_ignored")
    claim = begun(staff, path, "calls_ignored")
    answer = uploaded(
        staff, claim, "document", [("letter.txt", LETTER)], kind="letter", sender="Counsel", dated="2018-06-19",
        passages="Nobody ever came.",
    )  # fmt: skip
    assert answer.status_code == 303
    assert "does not contain the passage" in staff.page("aud", claim)
    refused = staff.post("aud", f"{path}/examine")
    assert refused.status_code == 422
    assert "cannot be put yet" in trouble(refused.text)
    held = staff.house.desk.record.folder.path / "examinations" / path.rpartition("/")[2]
    assert not held.exists() or list(held.iterdir()) == [], "and nothing half done is left"
    kept(staff, claim, "drop", table="evidence", number="0")
    assert put(staff, path)


def test_a_complainants_list_is_taken_in_as_a_file_or_as_text(staff: Staff) -> None:
    call = staff.call(priority=1, life_safety=True)
    staff.later(hours=3)
    path = opened(staff, "listed_calls")
    claim = begun(staff, path, "listed_calls")
    rows = f"id,about,call\nfirst,2018-06-19T12:00:00-07:00,{call}\n"
    assert uploaded(staff, claim, "list", [("list.csv", rows.encode())]).status_code == 303
    kept(staff, claim, "list", list_text=rows)
    (finding,) = put(staff, path)
    assert finding.finding == "sustained"
    assert [(one.entry, one.state, one.call) for one in finding.identified] == [("first", "identified", call)]


def test_a_receipt_that_a_list_names_comes_with_it_and_identifies_exactly(staff: Staff) -> None:
    call = staff.call(priority=1, life_safety=True)
    receipt = staff.as_("aud").get(f"/v1/calls/{call}/receipt").content
    staff.later(hours=3)
    path = opened(staff, "listed_calls")
    claim = begun(staff, path, "listed_calls")
    rows = b"id,about,receipt\nfirst,2018-06-19T12:00:00-07:00,mine.tlog-proof\n"
    answer = uploaded(staff, claim, "list", [("mine.tlog-proof", receipt), ("list.csv", rows)])
    assert answer.status_code == 303, trouble(answer.text)
    (finding,) = put(staff, path)
    assert finding.identified[0].call == call, finding.identified


def test_a_lapse_is_looked_for_in_the_desks_own_log(staff: Staff) -> None:
    path = opened(staff, "monitoring_lapse")
    claim = begun(staff, path, "monitoring_lapse")
    assert "needs `from` and `to`" in staff.page("aud", claim)
    staff.later(hours=3)
    staff.house.desk.tick()
    kept(
        staff, claim, "frame", text="Nobody watched.", alleged_by="counsel", **{"from": "2018-06-19T19:05:00Z"},
        to="2018-06-19T21:00:00Z", every="5 min", within="10 min",
    )  # fmt: skip
    (finding,) = put(staff, path)
    assert finding.finding == "sustained"


def test_another_watchs_log_takes_the_place_of_the_desks_own(staff: Staff) -> None:
    path = opened(staff, "monitoring_lapse")
    claim = begun(staff, path, "monitoring_lapse")
    log = "number,at,event,about\n" + "".join(
        f"{number},2018-06-19T{10 + number // 60:02}:{number % 60:02}:00-07:00,heartbeat,\n" for number in range(60)
    )
    assert uploaded(staff, claim, "watch", [("watch.csv", log.encode())]).status_code == 303
    kept(
        staff, claim, "frame", text="Nobody watched.", alleged_by="counsel", **{"from": "2018-06-19T17:00:00Z"},
        to="2018-06-19T17:59:00Z", every="5 min", within="10 min",
    )  # fmt: skip
    (finding,) = put(staff, path)
    assert finding.finding == "unfounded"


@pytest.mark.parametrize("kind", ["slower_response", "pattern"])
def test_a_comparison_is_registered_before_it_is_put_and_held_to_it(staff: Staff, kind: str) -> None:
    staff.call(priority=3, requester="federal_agency")
    path = opened(staff, kind)
    claim = begun(staff, path, kind)
    assert "without `where` or `calls`" in staff.page("aud", claim)
    said = {
        "text": "They wait longer.",
        "alleged_by": "union",
        "where": "requester == 'federal_agency'",
        "alpha": "0.05",
    }
    kept(staff, claim, "frame", **said, smallest="2", others="requester", neighbours="HARBOR: CENTRAL, NORTH")
    before = staff.house.desk.head().size
    kept(staff, claim, "register")
    assert staff.house.desk.head().size == before + 1
    (finding,) = put(staff, path)
    assert finding.finding == "not_sustained"
    assert "Registered" in staff.page("aud", claim)
    kept(staff, claim, "frame", **(said | {"alpha": "0.1"}), smallest="2", others="requester")
    page = staff.page("aud", claim)
    assert "It cannot be put yet." in page
    assert "alpha" in trouble_to_come(page)
    refused = staff.post("aud", f"{path}/examine")
    assert refused.status_code == 422
    assert "alpha" in trouble(refused.text)


def test_a_registration_is_made_once(staff: Staff) -> None:
    path = opened(staff, "pattern")
    claim = begun(staff, path, "pattern")
    kept(staff, claim, "frame", text="They wait.", alleged_by="union", where="requester == 'federal_agency'")
    kept(staff, claim, "register")
    again = staff.post("aud", f"{claim}/register")
    assert again.status_code == 422
    assert "never changed" in trouble(again.text)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"from": "soon"}, "From: 'soon' is no time."),
        (
            {"count_calls": "many", "count_source": "switch"},
            "How many calls were counted: 'many' is not a whole number.",
        ),
        ({"count_source": "switch"}, "How many calls were counted is missing."),
        ({"text": " "}, "What is alleged is missing."),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(staff: Staff, fields: dict[str, str], words: str) -> None:
    claim = begun(staff, opened(staff, "calls_ignored"), "calls_ignored")
    typed = {"text": "Something of my own.", "alleged_by": "me"} | fields
    refused = staff.post("aud", f"{claim}/frame", **typed)
    assert refused.status_code == 422
    assert words in trouble(refused.text)
    assert all(html.escape(value) in refused.text for value in typed.values())
    assert "Calls were ignored." in staff.page("aud", claim)


def test_a_condition_that_cannot_be_read_keeps_a_claim_from_being_put(staff: Staff) -> None:
    claim = begun(staff, opened(staff, "calls_ignored"), "calls_ignored")
    kept(staff, claim, "frame", text="x", alleged_by="me", where="colour == 'blue'")
    page = html.unescape(staff.page("aud", claim))
    assert "It cannot be put yet." in page
    assert "colour" in page


def test_the_file_of_a_claim_can_be_written_by_hand_and_keeps_its_id(staff: Staff) -> None:
    claim = begun(staff, opened(staff, "calls_ignored"), "calls_ignored")
    source = (
        'answerable-claim = 1\n[claim]\nid = "calls-ignored"\nkind = "request_denied"\ntext = "By hand."\n'
        'alleged-by = "me"\n'
    )
    kept(staff, claim, "text", source=source)
    assert "By hand." in staff.page("aud", claim)
    refused = staff.post("aud", f"{claim}/text", source=source.replace("calls-ignored", "other"))
    assert "stays" in trouble(refused.text)
    broken = staff.post("aud", f"{claim}/text", source="[claim\nid=")
    assert broken.status_code == 422
    assert "line 1" in trouble(broken.text)
    odd = staff.post("aud", f"{claim}/text", source=f"{source}\n[evidence]\nid = 1\n")
    assert odd.status_code in (303, 422)
    assert staff.page("aud", claim)


def test_a_claim_is_taken_away_with_the_documents_that_only_it_names(staff: Staff, tmp_path: Path) -> None:
    path = opened(staff, "calls_ignored")
    first, second = begun(staff, path, "calls_ignored"), begun(staff, path, "calls_ignored")
    for claim in (first, second):
        said = {"kind": "letter", "sender": "Counsel", "dated": "2018-06-19"}
        assert uploaded(staff, claim, "document", [("letter.txt", LETTER)], **said).status_code == 303
    held = staff.house.desk.record.folder.path / "allegations" / path.rpartition("/")[2]
    assert [one.name for one in (held / "evidence").iterdir()] == ["letter.txt"]
    kept(staff, first, "remove")
    assert [one.name for one in (held / "evidence").iterdir()] == ["letter.txt"]
    kept(staff, second, "remove")
    assert list((held / "evidence").iterdir()) == []
    assert list((held / "claims").iterdir()) == []


@pytest.mark.parametrize("name", ["../../keys/log.key", "..", "C:\\secret\\a.txt", "-rf", ".hidden", "a\u202eb.txt"])
def test_a_documents_name_leads_nowhere(staff: Staff, name: str) -> None:
    path = opened(staff, "calls_ignored")
    claim = begun(staff, path, "calls_ignored")
    said = {"kind": "letter", "sender": "Counsel", "dated": "2018-06-19"}
    assert uploaded(staff, claim, "document", [(name, LETTER)], **said).status_code == 303
    held = staff.house.desk.record.folder.path / "allegations" / path.rpartition("/")[2] / "evidence"
    (kept_as,) = held.iterdir()
    assert kept_as.read_bytes() == LETTER
    assert not kept_as.name.startswith((".", "-"))
    assert put(staff, path)


def test_a_form_with_files_is_capped_and_only_taken_where_files_are(staff: Staff) -> None:
    path = opened(staff, "calls_ignored")
    claim = begun(staff, path, "calls_ignored")
    large = uploaded(staff, claim, "document", [("a.bin", b"x" * (8 * 1024 * 1024))], kind="x")
    assert large.status_code == 413
    elsewhere = uploaded(staff, claim, "frame", [("a.bin", b"x")], text="x", alleged_by="y")
    assert elsewhere.status_code == 415
    hidden = uploaded(staff, claim, "document", [("a.txt", b"x")], kind="a\u202eb", sender="x", dated="2018-06-19")
    assert hidden.status_code == 422


WHOLE = (
    b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nletter\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (WHOLE[:-8], "multipart/form-data; boundary=b"),
        (WHOLE.partition(b"\r\n--b--")[0], "multipart/form-data; boundary=b"),
        (WHOLE, "multipart/form-data"),
        (WHOLE, "multipart/form-data; boundary=c"),
        (WHOLE.replace(b'name="kind"', b"nothing=1"), "multipart/form-data; boundary=b"),
        (WHOLE.replace(b"letter", b"\xff\xfe"), "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data; boundary=b"),
    ],
    ids=[
        "cut short",
        "without an end",
        "no boundary",
        "another boundary",
        "a part without a name",
        "no UTF-8",
        "empty",
    ],
)
def test_a_form_with_files_that_did_not_come_whole_is_refused(staff: Staff, body: bytes, media: str) -> None:
    claim = begun(staff, opened(staff, "calls_ignored"), "calls_ignored")
    answer = staff.as_("aud").post(f"{claim}/document", content=body, headers={"content-type": media})
    assert answer.status_code == 400
    assert "The form could not be read." in answer.text


def test_a_form_with_files_needs_the_token_of_the_log_in(staff: Staff) -> None:
    claim = begun(staff, opened(staff, "calls_ignored"), "calls_ignored")
    client = staff.as_("aud")
    token = client.headers.pop("x-csrf-token")
    answer = client.post(f"{claim}/document", data={"kind": "x"}, files={"file": ("a.txt", b"x")})
    client.headers["x-csrf-token"] = token
    assert answer.status_code == 403


def test_only_an_auditor_works_out_claims(staff: Staff) -> None:
    path = opened(staff, "calls_ignored")
    claim = begun(staff, path, "calls_ignored")
    answers = [
        staff.post(name, f"{claim}/{change}").status_code
        for name in ("dana", "chief", "fern", "polly")
        for change in ("frame", "document", "register", "remove")
    ]
    assert set(answers) == {403}
    assert staff.as_("chief").get(claim).status_code == 403


def test_who_asks_for_assistance_may_allege_and_is_not_sent_to_what_they_may_not_see(staff: Staff) -> None:
    answer = staff.post("fern", "/allegations/new", kind="request_denied", text="Refused.", by="us", calls="")
    assert answer.headers["location"].startswith("/requests?notice=")
    assert staff.as_("fern").get(answer.headers["location"]).status_code == 200


# who wrote a refusal down (outcomes.md: decider = recorder cannot exonerate without independent corroboration)


def denied(staff: Staff, request: str) -> Any:
    (finding,) = put(staff, opened(staff, "request_denied", request))
    return finding


def test_a_refusal_that_only_its_decider_entered_exonerates_nobody(staff: Staff) -> None:
    request = staff.request()
    staff.refusal(request)
    finding = denied(staff, request)
    assert finding.finding == "not_sustained"
    assert "only the decider recorded" in finding.answer


def test_the_requesters_own_entry_that_the_notice_was_read_corroborates_it(staff: Staff) -> None:
    request = staff.request()
    staff.refusal(request)
    staff.give(do.ReadNotice(id=staff.id(), about=request), by=staff.actor("fern"))
    finding = denied(staff, request)
    assert finding.finding == "exonerated"
    assert any("also wrote it down" in one for one in finding.limits)
    (entries,) = finding.evidence
    assert (entries.kind, entries.about) == ("entries of the log", (request,))


def test_a_review_by_the_decider_corroborates_nothing_and_an_appeal_of_the_requester_does(staff: Staff) -> None:
    request = staff.request()
    staff.refusal(request)
    staff.house.hands.at_us += 60_000_000
    due_us = staff.house.hands.at_us + 3_600_000_000
    review = do.Review(id=staff.id(), about=request, result=do.ReviewResult.UPHELD, review_due_us=due_us)
    staff.give(review, by=staff.actor("chief"))
    assert denied(staff, request).finding == "not_sustained"
    staff.give(do.Appeal(id=staff.id(), about=request, grounds="Look again."), by=staff.actor("fern"))
    assert denied(staff, request).finding == "exonerated"


def test_what_was_put_is_what_anybody_can_put_again(staff: Staff) -> None:
    path = opened(staff, "calls_ignored", staff.call(priority=3))
    begun(staff, path, "calls_ignored")
    put(staff, path)
    held = staff.house.desk.record.folder.path / "examinations" / path.rpartition("/")[2] / "0001"
    said = json.loads((held / "result" / "finding.json").read_text())["recompute"]
    assert said.endswith("--claim claims --out result")
    assert [one.name for one in (held / "claims").iterdir()] == ["01-calls-ignored.toml"]
