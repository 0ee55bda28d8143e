"""What a refusal needs, what is refused of it and why, and what makes it stand no more."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.desks import (
    ADMIN,
    ALDER_NAME,
    CAD,
    CALLER,
    CHIEF,
    DAY,
    DEPUTY,
    DISPATCHER,
    FPS,
    HOUR,
    MINUTE,
    OTHER_AGENCY,
    SERGEANT,
    Room,
)

from answerable.errors import (
    DeskError,
    IncompleteError,
    NotAllowedError,
    NotPossibleError,
    RankError,
    UnknownSubjectError,
)
from answerable.model.outcome import Outcome
from answerable.watch import commands as do
from answerable.watch.clocks import unmet
from answerable.watch.showing_call import decline_form
from answerable.watch.states import Kind, State
from answerable.wiring.desk_calls import assessed

CONDITION = do.ConditionAsked(text="Tried everything", fact="alternatives_exhausted")

# What is changed of a refusal in which nothing is missing -> the error, and what it says
MISSING: list[tuple[str, dict[str, Any], type[DeskError], str]] = [
    ("another clause than the one that decides", {"clause": "other-agency"}, NotPossibleError, "agency-resources"),
    ("another version", {"policy_version": "alder-city/response 2017"}, NotPossibleError, ALDER_NAME),
    ("command's discretion without words", {"reason_code": do.ReasonCode.COMMAND_DISCRETION}, IncompleteError, "text"),
    ("another reason without words", {"reason_code": do.ReasonCode.OTHER}, IncompleteError, "needs a text"),
    ("blank words", {"reason_code": do.ReasonCode.OTHER, "reason_text": "  "}, IncompleteError, "needs a text"),
    ("no review", {"review_due_us": None}, IncompleteError, "When is this reviewed"),
    ("no review, though final", {"review_due_us": None, "conditions": ()}, IncompleteError, "When is this reviewed"),
    ("a review in the past", {"review_due_us": 1}, IncompleteError, "past"),
    ("no notice", {"notice_text": None}, IncompleteError, "notice"),
    ("life safety not answered any more", {"still_answered": ()}, IncompleteError, "life and safety"),
    ("a condition that says nothing", {"conditions": (do.ConditionAsked(text=" "),)}, IncompleteError, "condition"),
]


@pytest.mark.parametrize(("name", "changed", "error", "words"), MISSING, ids=[row[0] for row in MISSING])
def test_a_refusal_lacking_something_is_not_taken(
    name: str, changed: dict[str, Any], error: type[DeskError], words: str
) -> None:
    room = Room()
    request = room.request()
    with pytest.raises(error, match=words):
        room.decline(request, **changed)
    assert room.subject(request).state is State.SUBMITTED
    assert not room.subject(request).made


def test_a_refusal_in_which_nothing_is_missing_is_taken_and_within_policy() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    subject = room.subject(request)
    assert subject.state is State.DECLINED_CONDITIONALLY
    assert subject.denial is not None
    assert subject.denial.cite == "Directive B.4"
    assert outcome(room, request) is Outcome.DECLINED_WITHIN_POLICY


def test_one_without_conditions_is_final_and_still_reviewed() -> None:
    room = Room()
    request = room.request()
    room.decline(request, conditions=())
    denial = room.subject(request).denial
    assert room.subject(request).state is State.DECLINED
    assert denial is not None
    assert denial.final
    assert denial.review_due_us == room.clock() + DAY


@pytest.mark.parametrize(("late_us", "taken"), [(0, True), (1_000_000, False)])
def test_the_review_is_due_at_the_policys_maximum_at_the_latest(late_us: int, taken: bool) -> None:
    room = Room()
    request = room.request()
    if taken:
        room.decline(request, review_due_us=room.clock() + DAY + late_us)
        return
    with pytest.raises(IncompleteError, match="every 24 h"):
        room.decline(request, review_due_us=room.clock() + DAY + late_us)


# who


def test_below_the_rank_it_is_refused_with_both_ranks_said() -> None:
    room = Room()
    request = room.request()
    with pytest.raises(RankError, match="takes the rank deputy chief or higher; yours is watch commander"):
        room.decline(request, SERGEANT)
    form = decline_form(room.subject(request), room.core.world, by=SERGEANT, now_us=room.clock())
    assert form.rank_too_low
    assert form.refused is not None
    assert form.your_rank == "watch_commander"


def test_an_acting_rank_counts_from_its_date_to_its_end_and_not_a_moment_longer() -> None:
    room = Room()
    begins, ends = room.clock() + HOUR, room.clock() + 2 * HOUR
    room.assign(SERGEANT, "deputy_chief", from_us=begins, until_us=ends, acting=True)
    for now_us, allowed in ((begins - 1, False), (begins, True), (ends - 1, True), (ends, False)):
        room.clock.now_us = now_us
        request = room.request()
        if allowed:
            room.decline(request, SERGEANT)
            denial = room.subject(request).denial
            assert denial is not None
            assert denial.decider.rank == "deputy_chief"
        else:
            with pytest.raises(RankError):
                room.decline(request, SERGEANT)


def test_a_rank_that_the_door_claims_and_the_record_does_not_have_is_not_believed() -> None:
    import msgspec  # noqa: PLC0415

    room = Room()
    with pytest.raises(RankError):
        room.decline(room.request(), msgspec.structs.replace(SERGEANT, rank="chief"))


def test_nobody_decides_without_a_role_that_the_record_gives() -> None:
    room = Room(staffed=False)
    with pytest.raises(NotAllowedError, match="The record does not say that u-deputy is watch commander now"):
        room.decline(room.request())


def test_a_role_that_was_ended_decides_nothing_more() -> None:
    room = Room()
    request = room.request()
    room.say(do.EndAssignment(id=room.id(), person=DEPUTY.id, role=DEPUTY.role), ADMIN)
    with pytest.raises(NotAllowedError):
        room.decline(request)


def test_whoever_issued_the_clause_cannot_rest_a_refusal_on_it() -> None:
    room = Room()
    with pytest.raises(NotPossibleError, match="issued by Chief of Police"):
        room.decline(room.request(), CHIEF)


@pytest.mark.parametrize("by", [DISPATCHER, CALLER, FPS, CAD], ids=lambda by: by.role.value)
def test_no_other_role_declines(by: Any) -> None:
    room = Room()
    with pytest.raises(NotAllowedError, match="may not do this"):
        room.decline(room.request(), by)


# when


def test_what_must_be_answered_cannot_be_declined_and_the_rule_is_said() -> None:
    room = Room()
    with pytest.raises(NotPossibleError, match=r"must respond \(emergency-help, Directive A.3\)"):
        room.decline(room.call())


def test_while_a_question_is_open_nothing_is_declined() -> None:
    room = Room()
    request = room.request(facts={"life_safety": True})  # said, then taken back: unknown
    room.fact(request, "life_safety", None, by=FPS, said_by="requester")
    with pytest.raises(NotPossibleError):
        room.decline(request)
    asked = room.say(
        do.RequestAssistance(
            id=room.id(), agency="FPS", asks="officers",
            facts={k: v for k, v in room.subject(request).bound.items() if k != "life_safety"},
        ),
        FPS,
    ).id  # fmt: skip
    with pytest.raises(IncompleteError, match="life_safety"):
        room.decline(asked)
    room.fact(asked, "life_safety", False, by=FPS, said_by="requester")
    room.decline(asked)


def test_without_a_policy_nothing_is_declined_and_everything_is_answered() -> None:
    room = Room(policies=())
    request = room.request()
    with pytest.raises(NotPossibleError, match="No policy was in force"):
        room.decline(request)
    room.say(do.AcceptRequest(id=room.id(), about=request), DISPATCHER)


def test_a_late_refusal_is_taken_and_stands_in_the_record_as_against_policy() -> None:
    room = Room()
    request = room.request()
    room.pass_time(61 * MINUTE, step_us=MINUTE)
    room.decline(request)
    assert outcome(room, request) is Outcome.DECLINED_AGAINST_POLICY


# what makes it stand no more


@pytest.mark.parametrize("fact", ["life_safety", "officer_assaulted", "safe_exit_needed"])
@pytest.mark.parametrize("by", [FPS, DISPATCHER, CAD], ids=lambda by: by.role.value)
def test_a_risk_to_life_asserted_reopens_a_refusal_at_once_with_an_alarm(fact: str, by: Any) -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    room.clock.now_us += HOUR
    room.fact(request, fact, True, by=by, said_by="requester")
    subject = room.subject(request)
    assert subject.kind is Kind.CALL
    assert subject.state is State.PENDING
    assert room.alarms(request) == ["life_safety_on_denial"]
    assert room.events(request)[-3:] == ["assistance.fact_reported", "alarm.raised", "assistance.reopened"]
    assert {due.what for due in unmet(subject, room.core.world.rules)} == {"dispatch", "arrive"}
    assert min(due.due_us for due in unmet(subject, room.core.world.rules)) == room.clock() + 5 * MINUTE


def test_it_reopens_even_where_others_have_said_no() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    room.fact(request, "life_safety", True, by=DISPATCHER, said_by="a passer-by")
    assert room.subject(request).state is State.PENDING
    assert room.alarms(request) == ["life_safety_on_denial"]


def test_a_no_and_an_unknown_reopen_nothing() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    room.fact(request, "officer_assaulted", False, by=FPS, said_by="requester")
    assert room.subject(request).state is State.DECLINED_CONDITIONALLY
    assert room.alarms(request) == []


def test_a_closed_call_whose_caller_says_that_life_is_at_risk_is_open_again() -> None:
    room = Room()
    call = room.call()
    room.say(do.Close(id=room.id(), about=call, reason_code=do.CloseReason.TEST_OR_MISDIAL), DISPATCHER)
    room.fact(call, "life_safety", True)
    assert room.subject(call).state is State.PENDING
    assert room.alarms(call) == ["life_safety_on_denial"]


def test_a_condition_reported_met_starts_the_review_and_its_clock() -> None:
    room = Room()
    request = room.request(facts={"own_service_used": False})
    room.decline(request)
    room.clock.now_us += HOUR
    room.say(do.ReportConditionMet(id=room.id(), about=request, condition=1, asserted_by="requester"), FPS)
    subject = room.subject(request)
    assert subject.state is State.REVIEW_DUE
    assert room.alarms(request) == ["condition_met"]
    (due,) = unmet(subject, room.core.world.rules)
    assert (due.what, due.due_us) == ("review", room.clock() + HOUR)


def test_where_the_condition_changes_the_duty_it_is_decided_afresh() -> None:
    room = Room()
    request = room.request(facts={"alternatives_exhausted": False, "own_service_used": True})
    room.decline(request)
    room.clock.now_us += HOUR
    room.say(do.ReportConditionMet(id=room.id(), about=request, condition=1, asserted_by="the record"), FPS)
    subject = room.subject(request)
    assert subject.period.base is not None
    assert subject.period.base.rule == "agency-resources-revisit"
    assert subject.state is State.UNDER_REVIEW
    assert room.events(request)[-2:] == ["assistance.reopened", "decision.required"]


def test_there_is_no_condition_that_was_not_set() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    with pytest.raises(IncompleteError, match="1 conditions; there is no number 2"):
        room.say(do.ReportConditionMet(id=room.id(), about=request, condition=2, asserted_by="requester"), FPS)


def test_a_review_upheld_sets_the_next_one_and_a_reversed_one_answers() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    room.clock.now_us += 20 * HOUR
    with pytest.raises(IncompleteError):
        room.say(do.Review(id=room.id(), about=request, result=do.ReviewResult.UPHELD), DEPUTY)
    upheld = do.Review(
        id=room.id(), about=request, result=do.ReviewResult.UPHELD, review_due_us=room.clock() + 10 * HOUR
    )
    room.say(upheld, DEPUTY)
    (due,) = unmet(room.subject(request), room.core.world.rules)
    assert due.due_us == room.clock() + 10 * HOUR
    room.say(do.Review(id=room.id(), about=request, result=do.ReviewResult.REVERSED), DEPUTY)
    subject = room.subject(request)
    assert subject.state is State.ACCEPTED
    assert subject.period.committed
    assert subject.denial is not None
    assert not subject.denial.stands


def test_upholding_takes_the_rank_of_the_clause_and_reversing_does_not() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    with pytest.raises(RankError):
        room.say(
            do.Review(id=room.id(), about=request, result=do.ReviewResult.UPHELD, review_due_us=room.clock() + HOUR),
            SERGEANT,
        )
    room.say(do.Review(id=room.id(), about=request, result=do.ReviewResult.REVERSED), SERGEANT)


def test_a_missed_review_rings_climbs_and_reopens_nothing_by_itself() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    room.pass_time(DAY - 11 * MINUTE, step_us=5 * MINUTE)
    assert room.alarms(request) == []
    room.pass_time(2 * MINUTE)
    assert room.alarms(request) == ["review_due"]
    room.pass_time(10 * MINUTE)
    assert room.alarms(request) == ["review_missed"]
    assert room.alarm(request).rung == "command"
    assert room.subject(request).state is State.REVIEW_DUE
    assert "assistance.review_due" in room.events(request)
    assert outcome(room, request) is Outcome.DECLINED_WITHIN_POLICY
    room.pass_time(61 * MINUTE, step_us=MINUTE)
    assert outcome(room, request) is Outcome.UNHEARD  # the time to decide, from when it was due, is past too


def test_an_appeal_calls_command() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    room.say(do.Appeal(id=room.id(), about=request, grounds="They throw stones"), FPS)
    assert room.alarm(request).kind == "appealed"
    assert room.alarm(request).rung == "command"
    assert room.subject(request).state is State.REVIEW_DUE


def test_a_refusal_with_conditions_is_not_closed_away() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    with pytest.raises(NotPossibleError, match="declined with conditions"):
        room.say(do.Close(id=room.id(), about=request, reason_code=do.CloseReason.DECLINED), DISPATCHER)


def test_responding_ends_a_refusal_in_one_step_for_every_dispatcher() -> None:
    room = Room()
    request = room.request()
    room.decline(request)
    room.say(do.DecideRespond(id=room.id(), about=request), DISPATCHER)
    assert room.subject(request).state is State.ACCEPTED


def test_a_decision_can_be_partial() -> None:
    room = Room()
    request = room.request()
    partly = (do.StillAnswered.LIFE_SAFETY, do.StillAnswered.LIAISON, do.StillAnswered.ADVICE)
    room.decline(request, still_answered=partly)
    denial = room.subject(request).denial
    assert denial is not None
    assert denial.still_answered == ("life_safety", "liaison", "advice")


# whose request, and what it is


def test_a_call_is_not_recoded_as_a_request_by_the_side_that_received_it() -> None:
    room = Room()
    call = room.call(CALLER)
    for by in (DISPATCHER, CAD):
        with pytest.raises(NotAllowedError, match="by the side that received it"):
            room.fact(call, "kind", "request_for_assistance", by=by, said_by="caller")
    with pytest.raises(NotAllowedError, match="by the side that received it"):
        room.request(DISPATCHER, from_call=call)
    room.fact(call, "kind", "request_for_assistance", by=CALLER, said_by="caller")


def test_the_requester_alone_makes_a_request_of_their_own_call() -> None:
    room = Room()
    call = room.call(FPS)
    with pytest.raises(NotAllowedError):
        room.request(OTHER_AGENCY, from_call=call)
    request = room.request(FPS, from_call=call)
    assert room.subject(request).linked == (call,)


def test_another_agency_is_told_that_there_is_no_such_request() -> None:
    room = Room()
    request = room.request()
    for about in (request, "nowhere"):
        with pytest.raises(UnknownSubjectError, match="that you could act on"):
            room.fact(about, "life_safety", True, by=OTHER_AGENCY, said_by="requester")


def outcome(room: Room, id_: str) -> Outcome:
    subject, world = room.subject(id_), room.core.world
    return assessed(subject, world=world, versions=world.meaning.versions, now_us=room.clock()).ruling.outcome
