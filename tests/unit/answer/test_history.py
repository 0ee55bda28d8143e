"""Calls and requests with a history: facts that change, decisions, reviews, later versions."""

from __future__ import annotations

import msgspec
import pytest
from tests.support.small_policies import CHOICES, RAISED, TWO_SPEEDS

from answerable.answer.assess import Assessment, assess
from answerable.answer.record import CallRecord, SourceTerms
from answerable.model.call import EndedBy, Known, Quality
from answerable.model.decision import Decision, DecisionKind, FactAssertion
from answerable.model.outcome import Outcome, Reason
from answerable.model.times import parse_instant
from answerable.model.vocabulary import FactValue
from answerable.policy import VersionSet, load_policy

LEAVES_CHOICE = VersionSet([load_policy(CHOICES.encode(), file="choices.toml")])
TERMS = SourceTerms(
    blanks=frozenset({"dispatched", "disposition", "contact", "closed"}),
    records_callbacks=True,
    decisions_supplied=True,
    horizon_us=parse_instant("2018-07-31T00:00:00Z"),
)
FACTS: dict[str, FactValue] = {
    "kind": "request_for_assistance", "asks_for": "additional_resources", "priority": 4, "life_safety": False,
    "alternatives_exhausted": False,
}  # fmt: skip


def at(day: int, clock: str) -> int:
    return parse_instant(f"2018-06-{day:02d}T{clock}:00Z")


REQUEST = CallRecord(
    key="R1",
    times_us={"received": at(19, "10:00")},
    quality={},
    dispatched=Known.NO,
    ended_by=EndedBy.NOBODY,
    facts=FACTS,
)


def decision(kind: DecisionKind, day: int, clock: str, **more: object) -> Decision:
    given = Decision(
        call="R1", at_us=at(day, clock), recorded_at_us=at(day, clock), actor="Deputy, Operations", rank="deputy",
        decision=kind, clause="resources", reason="ALTERNATIVES_NOT_EXHAUSTED", recorded_by="Records",
    )  # fmt: skip
    return msgspec.structs.replace(given, **more)


def asserted(fact: str, value: bool | int | str, day: int, clock: str, by: str = "requester") -> FactAssertion:
    return FactAssertion(
        call="R1", fact=fact, value=value, asserted_by=by, occurred_at_us=at(day, clock), recorded_at_us=at(day, clock)
    )


def judge(*decisions: Decision, facts: tuple[FactAssertion, ...] = (), call: CallRecord = REQUEST) -> Assessment:
    return assess(call, versions=LEAVES_CHOICE, terms=TERMS, assertions=facts, decisions=decisions)


def closed(day: int, clock: str) -> CallRecord:
    return msgspec.structs.replace(
        REQUEST, times_us={**REQUEST.times_us, "closed": at(day, clock)}, ended_by=EndedBy.REQUESTER
    )


DECLINE = decision(DecisionKind.DECLINE_WITH_CONDITIONS, 19, "10:40", conditions="exhaust alternatives")


def test_a_denial_in_time_by_the_right_rank_with_a_reason_is_within_policy() -> None:
    assert judge(DECLINE, call=closed(20, "10:00")).ruling.outcome is Outcome.DECLINED_WITHIN_POLICY


@pytest.mark.parametrize(
    ("change", "link"),
    [
        ({"rank": "sergeant"}, "rank"),
        ({"reason": "none"}, "reason"),
        ({"recorded_at_us": at(19, "11:30")}, "in_time"),
        ({"actor": "Chief"}, "clause"),
    ],
)
def test_one_broken_link_makes_a_denial_against_policy(change: dict[str, object], link: str) -> None:
    found = judge(msgspec.structs.replace(DECLINE, **change), call=closed(20, "10:00"))
    assert found.ruling.outcome is Outcome.DECLINED_AGAINST_POLICY
    assert found.deciding.links is not None
    assert getattr(found.deciding.links, link) is Known.NO


@pytest.mark.parametrize(
    "change", [{"rank": None}, {"rank": "captain"}, {"reason": None}, {"clause": None}, {"clause": "others"}]
)
def test_a_link_the_record_does_not_show_is_undetermined_not_against(change: dict[str, object]) -> None:
    found = judge(msgspec.structs.replace(DECLINE, **change), call=closed(20, "10:00"))
    assert (found.ruling.outcome, found.ruling.reason) == (Outcome.UNDETERMINED, Reason.DECISION_NOT_RECORDED)


def test_a_denial_while_a_fact_is_open_cannot_be_called_within_policy() -> None:
    unknown = msgspec.structs.replace(
        closed(20, "10:00"), facts={fact: value for fact, value in REQUEST.facts.items() if fact != "life_safety"}
    )
    found = judge(DECLINE, call=unknown)
    assert (found.ruling.outcome, found.ruling.reason, found.ruling.facts) == (
        Outcome.UNDETERMINED, Reason.FACT, ("life_safety",),
    )  # fmt: skip


def test_nobody_decided_within_the_time_for_deciding() -> None:
    assert judge().ruling.outcome is Outcome.UNHEARD


def test_without_the_decisions_at_hand_a_request_nobody_decided_is_undetermined() -> None:
    not_at_hand = msgspec.structs.replace(TERMS, decisions_supplied=False)
    found = assess(REQUEST, versions=LEAVES_CHOICE, terms=not_at_hand)
    assert (found.ruling.outcome, found.ruling.reason) == (Outcome.UNDETERMINED, Reason.DECISION_NOT_RECORDED)


def test_reviews_in_time_keep_a_denial_within_policy() -> None:
    reviews = [decision(DecisionKind.REVIEW, day, "10:00") for day in (20, 21, 22)]
    assert judge(DECLINE, *reviews, call=closed(23, "09:00")).ruling.outcome is Outcome.DECLINED_WITHIN_POLICY


def test_a_missed_review_without_any_decision_goes_unheard() -> None:
    reviews = [decision(DecisionKind.REVIEW, 20, "10:00")]
    found = judge(DECLINE, *reviews, call=closed(25, "09:00"))
    assert found.ruling.outcome is Outcome.UNHEARD
    assert found.deciding.period.cause == "a missed review"


def test_a_review_within_the_deciders_time_after_it_was_due_is_still_in_time() -> None:
    late = decision(DecisionKind.REVIEW, 20, "11:20")  # due 10:40, decide-within 60 min
    assert judge(DECLINE, late, call=closed(21, "09:00")).ruling.outcome is Outcome.DECLINED_WITHIN_POLICY


def test_a_review_hours_after_it_was_due_is_against_policy() -> None:
    late = decision(DecisionKind.REVIEW, 20, "15:00")
    assert judge(DECLINE, late, call=closed(21, "09:00")).ruling.outcome is Outcome.DECLINED_AGAINST_POLICY


def test_life_safety_asserted_later_reopens_a_denial_and_silence_is_unheard() -> None:
    found = judge(DECLINE, facts=(asserted("life_safety", True, 19, "20:00"),))
    assert found.ruling.outcome is Outcome.UNHEARD
    assert found.deciding.period.cause == "life_safety recorded"


def test_life_safety_asserted_later_and_answered_leaves_the_denial_within_policy() -> None:
    sent = msgspec.structs.replace(
        REQUEST,
        dispatched=Known.YES,
        arrived=Known.YES,
        times_us={**REQUEST.times_us, "dispatched": at(19, "20:01"), "arrived": at(19, "20:10")},
    )
    found = judge(DECLINE, facts=(asserted("life_safety", True, 19, "20:00"),), call=sent)
    assert [one.ruling.outcome for one in found.periods] == [Outcome.DECLINED_WITHIN_POLICY, Outcome.ANSWERED]
    assert found.ruling.outcome is Outcome.DECLINED_WITHIN_POLICY


def test_a_no_from_the_agency_does_not_settle_a_requesters_yes_on_life_safety() -> None:
    facts = (
        asserted("life_safety", True, 19, "20:00"),
        asserted("life_safety", False, 19, "20:00", by="dispatcher"),
    )
    assert judge(DECLINE, facts=facts).ruling.outcome is Outcome.UNHEARD


def test_a_condition_reported_met_starts_a_new_decision() -> None:
    facts = (asserted("alternatives_exhausted", True, 20, "09:00"),)
    no_row = msgspec.structs.replace(REQUEST, facts={k: v for k, v in FACTS.items() if k != "alternatives_exhausted"})
    first = asserted("alternatives_exhausted", False, 19, "10:00")
    found = judge(DECLINE, facts=(first, *facts), call=no_row)
    assert found.ruling.outcome is Outcome.UNHEARD
    assert found.deciding.period.cause == "alternatives_exhausted recorded"


def test_a_refusal_that_was_reopened_has_to_be_decided_anew() -> None:
    refused = decision(DecisionKind.DECLINE, 19, "10:30")
    reopened = decision(DecisionKind.REOPEN, 19, "12:00")
    silent = judge(refused, reopened)
    assert silent.ruling.outcome is Outcome.UNHEARD
    assert silent.deciding.period.cause == "a reopening"
    answered = judge(refused, reopened, decision(DecisionKind.DECLINE, 19, "12:30", review_due_us=at(31 - 1, "12:00")))
    assert [one.period.decline is not None for one in answered.periods[:2]] == [True, True]


def test_a_reopening_where_no_refusal_stands_does_nothing() -> None:
    assert judge(decision(DecisionKind.REOPEN, 19, "10:10")).ruling == judge().ruling


def test_a_decision_to_respond_in_time_starts_the_clocks_of_a_response() -> None:
    respond = decision(DecisionKind.RESPOND, 19, "10:20")
    sent = msgspec.structs.replace(
        REQUEST, dispatched=Known.YES, times_us={**REQUEST.times_us, "dispatched": at(19, "12:00")}
    )
    found = judge(respond, call=sent)
    assert [one.ruling.outcome for one in found.periods] == [Outcome.ANSWERED, Outcome.ANSWERED]
    nobody = judge(respond)  # decided, and then nobody was sent
    assert nobody.ruling.outcome is Outcome.UNHEARD
    assert nobody.base is not None
    assert nobody.base.within_s("dispatch_within") == 4 * 3600


def test_a_late_decision_to_respond_is_late() -> None:
    sent = msgspec.structs.replace(
        REQUEST, dispatched=Known.YES, times_us={**REQUEST.times_us, "dispatched": at(19, "13:10")}
    )
    assert judge(decision(DecisionKind.RESPOND, 19, "13:00"), call=sent).ruling.outcome is Outcome.ANSWERED_LATE


def test_facts_that_come_within_minutes_replace_the_first_reading_without_blame() -> None:
    bare = msgspec.structs.replace(REQUEST, facts={"kind": "request_for_assistance", "priority": 4})
    facts = (
        asserted("asks_for", "additional_resources", 19, "10:02"),
        asserted("alternatives_exhausted", False, 19, "10:02"),
        asserted("life_safety", False, 19, "10:02"),
    )
    done = msgspec.structs.replace(bare, times_us=closed(20, "10:00").times_us, ended_by=EndedBy.REQUESTER)
    assert judge(DECLINE, facts=facts, call=done).ruling.outcome is Outcome.DECLINED_WITHIN_POLICY


def test_a_request_withdrawn_before_its_deadline_is_withdrawn_and_after_it_unheard() -> None:
    assert judge(decision(DecisionKind.WITHDRAW, 19, "10:30")).ruling.outcome is Outcome.WITHDRAWN
    assert judge(decision(DecisionKind.WITHDRAW, 19, "12:00")).ruling.outcome is Outcome.UNHEARD


def test_a_withdrawal_on_record_counts_at_its_own_time_whatever_the_row_says_of_its_closing() -> None:
    withdrawn = decision(DecisionKind.WITHDRAW, 19, "10:10")
    blank = msgspec.structs.replace(REQUEST, quality={"closed": int(Quality.MISSING)})
    assert judge(withdrawn, call=blank).ruling.outcome is Outcome.WITHDRAWN
    assert judge(withdrawn, call=closed(25, "09:00")).ruling.outcome is Outcome.WITHDRAWN


def test_a_referral_counts_only_once_the_other_agency_accepted_and_only_in_time() -> None:
    refer = decision(DecisionKind.REFER, 19, "10:10")
    accepted = decision(DecisionKind.ACCEPT_REFERRAL, 19, "10:20", actor="State police")
    late = decision(DecisionKind.ACCEPT_REFERRAL, 19, "13:00", actor="State police")
    found = judge(refer)
    assert (found.ruling.outcome, found.ruling.reason) == (Outcome.UNDETERMINED, Reason.ACCEPTANCE_NOT_RECORDED)
    assert judge(refer, accepted).ruling.outcome is Outcome.HANDED_OVER
    assert judge(refer, late).ruling.outcome is Outcome.UNHEARD


CALL = CallRecord(
    key="C1",
    times_us={"received": parse_instant("2018-06-19T23:50:00Z")},
    dispatched=Known.NO,
    ended_by=EndedBy.NOBODY,
    facts={"kind": "call", "priority": 3, "life_safety": False},
)
TWO = VersionSet([load_policy(text.encode(), file="x.toml") for text in (TWO_SPEEDS, RAISED)])
LOWERED = RAISED.replace('dispatch-within = "15 min"', 'dispatch-within = "4 h"')


def sent_at(instant: str) -> CallRecord:
    return msgspec.structs.replace(
        CALL, dispatched=Known.YES, times_us={**CALL.times_us, "dispatched": parse_instant(instant)}
    )


def test_a_later_version_raises_what_an_open_call_is_owed() -> None:
    found = assess(sent_at("2018-06-20T00:20:00Z"), versions=TWO, terms=TERMS)
    assert found.ruling.outcome is Outcome.ANSWERED_LATE
    assert found.policy is not None
    assert found.policy.version == "2018-06-20"
    assert assess(sent_at("2018-06-20T00:14:00Z"), versions=TWO, terms=TERMS).ruling.outcome is Outcome.ANSWERED


def test_a_later_version_never_lowers_what_an_open_call_is_owed() -> None:
    lowered = VersionSet([load_policy(text.encode(), file="x.toml") for text in (TWO_SPEEDS, LOWERED)])
    found = assess(sent_at("2018-06-20T02:00:00Z"), versions=lowered, terms=TERMS)
    assert found.ruling.outcome is Outcome.ANSWERED_LATE


def test_initial_and_final_priority_that_disagree_are_undetermined() -> None:
    sent = sent_at("2018-06-20T00:05:00Z")  # 15 minutes: in time for priority 3, late for priority 1
    found = assess(msgspec.structs.replace(sent, priority_final=1), versions=TWO, terms=TERMS)
    assert (found.ruling.outcome, found.ruling.reason) == (Outcome.UNDETERMINED, Reason.PRIORITY)
    same = assess(msgspec.structs.replace(sent, priority_final=4), versions=TWO, terms=TERMS)
    assert same.ruling.outcome is Outcome.ANSWERED
