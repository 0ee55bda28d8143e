"""What the working pages take and refuse, over the real desk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from answerable.watch import commands as do

if TYPE_CHECKING:
    from tests.unit.web.pages.conftest import Staff


def notice(answer: Any) -> str:
    """What the page after a form says."""
    from urllib.parse import unquote  # noqa: PLC0415

    assert answer.status_code == 303, answer.text[:400]
    return unquote(str(answer.headers["location"]).partition("notice=")[2])


def test_an_empty_form_is_a_call_too_and_what_nobody_said_is_unknown(staff: Staff) -> None:
    answer = staff.post("ada", "/calls/new")
    assert notice(answer).startswith("Call received. Receipt 2018h1-")
    (row,) = staff.house.desk.board(by=staff.actor("dana")).pending
    assert {one.fact for one in row.questions} >= {"life_safety", "priority"}


def test_what_cannot_be_read_is_told_beside_its_field_and_what_was_typed_stays(staff: Staff) -> None:
    answer = staff.post("ada", "/calls/new", nature="A fire", **{"fact.priority": "soon"})
    assert answer.status_code == 422
    assert "Write a whole number" in answer.text
    assert 'value="A fire"' in answer.text
    assert staff.house.desk.board(by=staff.actor("dana")).pending == ()


def test_pressing_twice_is_one_act(staff: Staff) -> None:
    call = staff.call(priority=3)
    first = staff.post("dana", f"/c/{call}/do/decide-respond", id="once-1")
    again = staff.post("dana", f"/c/{call}/do/decide-respond", id="once-1")
    assert first.status_code == again.status_code == 303
    view = staff.house.desk.call(call, by=staff.actor("dana"))
    assert [one.event for one in view.timeline].count("decision.made") == 1


def test_a_script_is_answered_in_json(staff: Staff) -> None:
    call = staff.call(priority=3)
    client = staff.as_("dana")
    said = client.post(f"/c/{call}/do/decide-respond", headers={"accept": "application/json"}, data={"id": "j-1"})
    assert said.status_code == 200
    assert said.json()["said"].startswith("Response recorded for 2018h1-")
    assert said.json()["spooled"] is False


def test_a_requester_sees_and_touches_only_what_their_own_agency_asked_for(staff: Staff) -> None:
    request, call = staff.request(), staff.call(priority=3)
    assert "Twenty officers" in staff.page("fern", f"/c/{request}")
    for path in (f"/c/{request}", f"/c/{call}"):
        assert staff.as_("rival").get(path).status_code == 404
    assert staff.post("rival", f"/c/{request}/fact/life_safety", value="yes").status_code == 404
    assert "Nothing was asked for yet." in staff.page("rival", "/requests")
    assert staff.as_("fern").get("/board").status_code == 403


def test_a_requester_speaks_in_their_own_voice_whatever_the_form_says(staff: Staff) -> None:
    request = staff.request(alternatives_exhausted="")
    staff.post("fern", f"/c/{request}/fact/alternatives_exhausted", value="yes", asserted_by="dispatcher")
    view = staff.house.desk.request(request, by=staff.actor("dana"))
    said = next(one for one in view.facts if one.fact == "alternatives_exhausted").said
    assert [who for who, _, _ in said] == ["requester"]


def test_a_request_is_made_in_ones_own_agencys_name_alone(staff: Staff) -> None:
    staff.post("fern", "/requests/new", asks="Officers", agency="County Sheriff")
    (row,) = staff.house.desk.requests(by=staff.actor("dana"))
    assert row.agency == "Federal Protective Service"


def test_two_fields_are_a_request_by_telephone_and_the_reference_is_read_back(staff: Staff) -> None:
    answer = staff.post("dana", "/requests/telephone", agency="Federal Protective Service", asks="More officers")
    page = staff.page("dana", answer.headers["location"])
    (row,) = staff.house.desk.requests(by=staff.actor("dana"))
    assert "Say before you hang up" in page
    assert row.number is not None
    assert row.number in page
    assert "not yet" in page


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [("do/confirm-request", {}, "confirmed by the requesting agency"),
     ("do/dispute-request", {"what": "We asked for twenty."}, "disputed by the requesting agency")],
)  # fmt: skip
def test_the_requester_confirms_or_disputes_what_was_written_down(
    staff: Staff, path: str, fields: dict[str, str], said: str
) -> None:
    staff.post("dana", "/requests/telephone", agency="Federal Protective Service", asks="More officers")
    (row,) = staff.house.desk.requests(by=staff.actor("dana"))
    assert staff.post("fern", f"/c/{row.id}/{path}", **fields).status_code == 303
    assert said in staff.page("fern", f"/c/{row.id}")
    assert said in staff.page("dana", f"/c/{row.id}")


def test_a_refusal_by_the_form_has_clause_conditions_review_and_notice(staff: Staff) -> None:
    request = staff.request()
    assert "Refusal recorded" in notice(staff.refusal(request, condition_1="A written plan is shown."))
    view = staff.house.desk.request(request, by=staff.actor("fern"))
    denial = view.denial
    assert denial.clause == "agency-resources"
    assert [one.text for one in denial.conditions][-1] == "A written plan is shown."
    assert [one.fact for one in denial.conditions] == ["alternatives_exhausted", "own_service_used", None]
    assert denial.review_due_us is not None
    assert denial.notice_sent_us is not None
    assert {one.code for one in denial.still_answered} == {"life_safety", "liaison"}
    assert "A refusal stands" in staff.page("fern", f"/c/{request}")
    assert "Review due in" in staff.page("dana", "/denials")


def test_below_the_rank_there_is_no_form_but_the_sentence_that_says_why(staff: Staff) -> None:
    request = staff.request()
    page = staff.page("serge", f"/c/{request}/decline")
    assert "Your rank is too low for this refusal." in page
    assert "The clause asks for: deputy chief or above. Your rank in the record now: sergeant." in page
    assert "Respond instead" in page
    assert 'name="reason_code"' not in page
    assert staff.refusal(request, "serge").status_code == 403
    assert staff.as_("dana").get(f"/c/{request}/decline").status_code == 403


def test_what_must_be_answered_has_no_form_of_a_refusal(staff: Staff) -> None:
    call = staff.call(priority=1, life_safety=True)
    page = staff.page("chief", f"/c/{call}/decline")
    assert "This cannot be declined." in page
    assert 'name="reason_code"' not in page


def test_while_a_question_is_open_it_is_asked_and_no_refusal_is_taken(staff: Staff) -> None:
    request = staff.request(life_safety="")
    page = staff.page("chief", f"/c/{request}/decline")
    assert "no refusal is taken before these are answered" in page
    assert 'name="reason_code"' not in page
    refused = staff.refusal(request)
    assert refused.status_code in {409, 422}
    assert "Nothing was recorded." in refused.text or "no refusal is taken" in refused.text


def test_a_clause_that_changed_since_the_form_was_opened_is_read_again(staff: Staff) -> None:
    request = staff.request()
    refused = staff.refusal(request, clause="other-agency")
    assert refused.status_code == 422
    assert "What is owed has changed since this form was opened." in refused.text


def test_what_a_refusal_lacks_is_said_on_the_form_with_what_was_typed(staff: Staff) -> None:
    request = staff.request()
    refused = staff.refusal(request, reason_code="OTHER", reason_text="", condition_2="A plan.")
    assert refused.status_code == 422
    assert "Nothing was recorded." in refused.text
    assert 'value="A plan."' in refused.text
    assert staff.house.desk.denials(by=staff.actor("chief")) == ()


def test_a_standing_refusal_is_reopened_at_once_by_life_safety(staff: Staff) -> None:
    request = staff.request()
    staff.refusal(request)
    staff.post("fern", f"/c/{request}/fact/life_safety", value="yes")
    assert "Must respond" in staff.page("fern", f"/c/{request}")
    rows = staff.as_("dana").get("/board/rows").json()
    assert [one["title"] for one in rows["alarms"]] == ["LIFE SAFETY ON A REFUSAL"]
    assert rows["standing"] == []


def test_after_an_entry_the_board_sends_only_the_row_that_it_changed(staff: Staff) -> None:
    calls = [staff.call(priority=3) for _ in range(3)]
    index = staff.as_("dana").get("/board/rows").json()["index"]
    assert staff.as_("dana").get(f"/board/rows?after={index}").json()["rows"] == []
    staff.post("dana", f"/c/{calls[1]}/do/decide-respond")
    said = staff.as_("dana").get(f"/board/rows?after={index}").json()
    assert [one["id"] for one in said["rows"]] == [calls[1]]
    assert sorted(said["order"][0]) == sorted(calls)


@pytest.mark.parametrize("after", ["", "x", "-5", "999999", "1e3", "9" * 40])
def test_a_board_that_asks_nonsense_gets_everything(staff: Staff, after: str) -> None:
    call = staff.call(priority=3)
    assert [one["id"] for one in staff.as_("dana").get(f"/board/rows?after={after}").json()["rows"]] == [call]


def test_after_a_rank_or_a_feed_changed_every_row_is_sent_again(staff: Staff) -> None:
    call = staff.call(priority=3)
    index = staff.as_("dana").get("/board/rows").json()["index"]
    from answerable.watch.people import Role  # noqa: PLC0415
    from answerable.web.housekeeping import CONSOLE  # noqa: PLC0415

    staff.give(do.Assign(id="more", person="u-new", role=Role.DISPATCHER), by=CONSOLE)
    assert [one["id"] for one in staff.as_("dana").get(f"/board/rows?after={index}").json()["rows"]] == [call]


def test_looking_at_a_call_is_written_down(staff: Staff) -> None:
    call = staff.call(priority=3)
    staff.page("dana", f"/c/{call}")
    looks = staff.house.accounts.readings(most=10)
    assert (looks[0].user_id, looks[0].page, looks[0].about) == ("u-dana", "call", call)


def drafted(staff: Staff, **changed: str) -> str:
    text = next(str(one.text) for one in staff.house.desk.policies() if one.state == "in_force")
    text = text.replace('version = "2018-01-01"', 'version = "2099-01-01"')
    text = text.replace("from = 2018-01-01T00:00:00-08:00", "from = 2099-01-01T00:00:00-08:00")
    for before, after in changed.items():
        text = text.replace(before, after)
    return text


def test_a_draft_is_checked_compared_and_tried_without_entering_anything(staff: Staff) -> None:
    staff.call(
        priority=2, life_safety=False, officer_assaulted=False, safe_exit_needed=False, requester="public", place="city"
    )
    text = drafted(staff).replace(
        'when = "priority == 2"\ndispatch-within = "15 min"', 'when = "priority == 2"\ndispatch-within = "20 min"'
    )
    text = re.sub(r'(text = "A quarrel next door.*?dispatch-within = )"15 min"', r'\1"20 min"', text, flags=re.S)
    before = staff.house.desk.index
    page = staff.post("polly", "/policies/new", text=text, act="check")
    assert page.status_code == 200
    assert "Dispatched within 20 min instead of 15 min, for" in page.text
    assert re.search(r"<strong>1</strong>\s+would be owed something else", page.text)
    assert staff.house.desk.index == before


def test_a_draft_with_an_error_is_shown_with_its_line_and_not_entered(staff: Staff) -> None:
    before = len(staff.house.desk.policies())
    page = staff.post(
        "polly", "/policies/new", text=drafted(staff).replace("life_safety", "life_saftey", 1), act="enter"
    )
    assert page.status_code == 422
    assert "It cannot govern" in page.text
    assert re.search(r"line \d+, column \d+", page.text)
    assert len(staff.house.desk.policies()) == before


def test_nobody_approves_their_own_draft_and_a_second_person_does(staff: Staff) -> None:
    answer = staff.post("polly", "/policies/new", text=drafted(staff), act="enter")
    assert "Somebody else approves it." in notice(answer)
    draft = answer.headers["location"].partition("?")[0]
    assert staff.post("polly", f"{draft}/approve", approve="true").status_code == 403
    page = staff.page("appa", draft)
    assert "Nothing changes for anybody" in page
    assert notice(staff.post("appa", f"{draft}/approve", approve="true")) == "Approved."
    assert "nobody yet" not in staff.page("appa", draft)


def test_an_allegation_names_calls_and_shows_their_outcomes(staff: Staff) -> None:
    call = staff.call(
        priority=1, life_safety=False, officer_assaulted=False, safe_exit_needed=False, requester="public", place="city"
    )
    answer = staff.post(
        "aud", "/allegations/new", kind="calls_ignored", text="It was ignored.", by="counsel", calls=f"{call} nope-1"
    )
    page = staff.page("aud", answer.headers["location"].partition("?")[0])
    assert "<strong>Pending</strong>" in page
    assert "Not found in this record." in page
    assert "It was not put to the record yet." in page


def test_an_allegation_put_to_the_record_gets_a_proposed_finding_and_earlier_ones_are_kept(staff: Staff) -> None:
    call = staff.call(
        priority=1, life_safety=False, officer_assaulted=False, safe_exit_needed=False, requester="public", place="city"
    )
    answer = staff.post(
        "aud", "/allegations/new", kind="calls_ignored", text="It was ignored.", by="counsel", calls=call
    )
    path = answer.headers["location"].partition("?")[0]
    assert staff.post("dana", f"{path}/examine").status_code == 403
    staff.post("aud", f"{path}/examine")
    assert "Not sustained." in staff.page("aud", path)
    staff.house.hands.at_us = staff.house.desk.now_us() + 600_000_000
    staff.post("aud", f"{path}/examine")
    page = staff.page("aud", path)
    assert "The record supports (proposed, unsigned):" in page
    assert "Sustained." in page
    held = staff.house.desk.record.folder.path / "examinations"
    assert len(list(held.glob("*/*/result/finding.json"))) == 2
