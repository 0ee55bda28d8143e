"""The requests for assistance: decided in time, reviewed in time, reopened at once; facts and decisions have a call."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest

from answerable.answer.intake.decisions_file import read_decisions
from answerable.answer.intake.facts_file import read_facts
from answerable.demo import Story
from answerable.model.decision import DecisionKind

Row = dict[str, str]
PDT = timezone(timedelta(hours=-7))
HOUR = timedelta(hours=1)
DECLINED = "decline_with_conditions"


def of(rows: list[Row], number: str) -> list[Row]:
    return [row for row in rows if row["call"] == number]


def stamp(row: Row, column: str) -> datetime:
    return datetime.strptime(row[column], "%m/%d/%Y %H:%M:%S").replace(tzinfo=PDT)


def instant(row: Row, column: str) -> datetime:
    return datetime.fromisoformat(row[column])


def call(rows: list[Row], number: str) -> Row:
    return next(row for row in rows if row["CallNumber"] == number)


def test_there_are_about_ten_requests_from_agencies(story: Story, calls: list[Row]) -> None:
    requests = [row for row in calls if row["Kind"] == "RFA"]
    assert tuple(row["CallNumber"] for row in requests) == story.requests
    assert 9 <= len(requests) <= 12
    assert {row["Requester"] for row in requests} == {"FEDERAL", "STATE", "LOCAL"}
    assert {row["AsksFor"] for row in requests} == {"HELP", "ADDRES"}
    assert {row["CallSource"] for row in requests} == {"AGENCY"}


def test_facts_and_decisions_are_about_calls_in_the_file(
    calls: list[Row], facts: list[Row], decisions: list[Row]
) -> None:
    numbers = {row["CallNumber"] for row in calls}
    assert {row["call"] for row in facts + decisions} <= numbers


def test_facts_and_decisions_can_be_read(story: Story) -> None:
    assert len(read_facts(story.facts.read_bytes(), file="facts.csv")) > 30
    kinds = {one.decision for one in read_decisions(story.decisions.read_bytes(), file="decisions.csv")}
    assert kinds == {
        DecisionKind.RESPOND, DecisionKind.DECLINE, DecisionKind.DECLINE_WITH_CONDITIONS, DecisionKind.REVIEW,
        DecisionKind.WITHDRAW,
    }  # fmt: skip


def test_the_denial_of_19_june_was_taken_and_written_down_within_the_hour(
    story: Story, calls: list[Row], decisions: list[Row]
) -> None:
    denial = of(decisions, story.denial_of_19_june)[0]
    asked = stamp(call(calls, story.denial_of_19_june), "Received")
    assert asked.date().isoformat() == "2018-06-19"
    assert denial["decision"] == DECLINED
    assert (denial["rank"], denial["clause"], denial["reason"]) == (
        "deputy_chief", "agency-resources", "ALTERNATIVES_NOT_EXHAUSTED"
    )  # fmt: skip
    assert asked < instant(denial, "at") < instant(denial, "recorded_at") <= asked + HOUR
    for condition in ("short of arrests", "protective service", "watched", "assaulted", "leave safely"):
        assert condition in denial["conditions"]


def test_four_requests_were_denied_and_nobody_wrote_down_their_own_decision(story: Story, decisions: list[Row]) -> None:
    denied = [row["call"] for row in decisions if row["decision"].startswith("decline")]
    assert denied == [
        story.denial_of_19_june, story.reopened_request, story.denied_too_late, story.denied_too_late,
        story.covered_by_no_rule,
    ]  # fmt: skip
    assert all(row["recorded_by"] and row["recorded_by"] != row["actor"] for row in decisions)


def test_the_second_denial_came_a_day_after_its_condition_was_met_and_its_review_was_missed(
    story: Story, facts: list[Row], decisions: list[Row]
) -> None:
    (met,) = [row for row in of(facts, story.denied_too_late) if row["recorded_at"] != row["occurred_at"]]
    assert (met["fact"], met["value"], met["asserted_by"]) == ("alternatives_exhausted", "yes", "requester")
    first, second, withdrawn = of(decisions, story.denied_too_late)
    assert instant(first, "review_due") < instant(met, "recorded_at") < instant(second, "at") - 18 * HOUR
    assert withdrawn["decision"] == "withdraw"


def test_the_request_from_beyond_the_city_was_refused_under_no_clause(
    story: Story, calls: list[Row], decisions: list[Row]
) -> None:
    (refused,) = of(decisions, story.covered_by_no_rule)
    assert (refused["decision"], refused["clause"]) == ("decline", "")
    row = call(calls, story.covered_by_no_rule)
    assert (row["Requester"], row["Place"], row["Dispatched"]) == ("STATE", "OTHER", "")


@pytest.mark.parametrize("which", ["denial_of_19_june", "reopened_request"])
def test_every_review_came_before_it_was_due(which: str, story: Story, decisions: list[Row], facts: list[Row]) -> None:
    number = getattr(story, which)
    standing = [row for row in of(decisions, number) if row["decision"] in (DECLINED, "review")]
    assert len(standing) >= 3
    for before, after in pairwise(standing):
        due = min(instant(before, "review_due"), instant(before, "recorded_at") + 24 * HOUR)
        assert instant(before, "recorded_at") < instant(after, "at") <= instant(after, "recorded_at") <= due
    withdrawn = [row for row in of(decisions, number) if row["decision"] == "withdraw"]
    reopened = [row for row in of(facts, number) if (row["fact"], row["value"]) == ("officer_assaulted", "yes")]
    assert min(instant(row, "recorded_at") for row in withdrawn + reopened) <= instant(standing[-1], "review_due")


def test_the_assault_on_an_officer_reopens_the_denied_request_at_once(
    story: Story, calls: list[Row], facts: list[Row]
) -> None:
    (report,) = [
        row for row in of(facts, story.reopened_request) if row["fact"] == "officer_assaulted" and row["value"] == "yes"
    ]
    assert report["asserted_by"] == "requester"
    row = call(calls, story.reopened_request)
    reported = instant(report, "recorded_at")
    assert reported < stamp(row, "Dispatched") <= reported + timedelta(minutes=5)
    assert stamp(row, "OnScene") <= reported + timedelta(minutes=15)


def test_the_other_requests_were_accepted_and_units_went_in_time(
    story: Story, calls: list[Row], decisions: list[Row]
) -> None:
    minutes = {"agency-resources": 60, "agency-resources-revisit": 60, "other-agency": 30}
    accepted = [row for row in decisions if row["decision"] == "respond" and row["call"] != story.reopened_request]
    assert len(accepted) >= 5
    for decision in accepted:
        row = call(calls, decision["call"])
        limit = timedelta(minutes=minutes[decision["clause"]])
        decided = instant(decision, "recorded_at")
        assert decided <= stamp(row, "Received") + limit
        assert decided < stamp(row, "Dispatched") <= decided + HOUR


def test_facts_of_a_request_were_written_down_when_it_came_in(story: Story, calls: list[Row], facts: list[Row]) -> None:
    for number in story.requests:
        asked = stamp(call(calls, number), "Received")
        known = {row["fact"] for row in of(facts, number) if instant(row, "recorded_at") == asked}
        needed = {"life_safety", "officer_assaulted", "safe_exit_needed"}
        if call(calls, number)["Requester"] == "FEDERAL" and call(calls, number)["AsksFor"] == "ADDRES":
            needed |= {"alternatives_exhausted", "own_service_used"}
        assert needed <= known


def test_no_person_is_named(decisions: list[Row]) -> None:
    assert {row["actor"] for row in decisions} | {row["recorded_by"] for row in decisions} == {
        "Deputy Chief, Operations", "Watch Commander", "Dispatcher", "Officer in charge, federal building",
        "Desk Sergeant", "Records Officer",
    }  # fmt: skip
