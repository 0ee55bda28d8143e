"""The findings table of listed_calls and monitoring_lapse: which list, which log, leads to which finding."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.cases import case, claim, declined, judged

from answerable.answer.claims import answer_claim
from answerable.answer.judged import JudgedCall
from answerable.model.call import Inclusion
from answerable.model.claim import Claim, ClaimKind, Scope
from answerable.model.decision import Decision, DecisionKind
from answerable.model.finding import Finding
from answerable.model.listed import Found, Identification
from answerable.model.monitoring import Event, MonitoringEvent, MonitoringLog
from answerable.model.outcome import Outcome, Reason
from answerable.model.times import SECOND_US

LISTED = claim(ClaimKind.LISTED_CALLS)
OK, LATE = judged("1", Outcome.ANSWERED), judged("2", Outcome.ANSWERED_LATE)
UNHEARD = judged("3", Outcome.UNHEARD)
WITHIN = declined("4")
SELF_RECORDED = declined("5", recorder_is_decider=True)
UNKNOWN = judged("6", Outcome.UNDETERMINED, reason=Reason.TIME_NOT_RECORDED)
NO_RULE = judged("7", Outcome.UNDETERMINED, reason=Reason.NO_RULE)
MERGED = judged("8", Outcome.MERGED)


def entry(call: JudgedCall | None, state: Found = Found.IDENTIFIED, *, name: str = "") -> Identification:
    return Identification(
        entry=name or f"e{call.key if call else 0}", state=state, call=call.key if call else None, how="time and place",
        nearby=9, absent_bits=3.0, absent_probability=10,
    )  # fmt: skip


POSSIBLE, ABSENT = entry(None, Found.POSSIBLE), entry(None, Found.NOT_FOUND)

LISTS: list[tuple[str, tuple[JudgedCall, ...], tuple[Identification, ...], Finding]] = [
    ("one identified call is unheard", (OK, UNHEARD), (entry(OK), entry(UNHEARD)), Finding.SUSTAINED),
    ("sustained even where others are not found", (UNHEARD,), (entry(UNHEARD), ABSENT), Finding.SUSTAINED),
    ("each was identified and answered", (OK, LATE), (entry(OK), entry(LATE)), Finding.UNFOUNDED),
    ("one was not found", (OK,), (entry(OK), ABSENT), Finding.NOT_SUSTAINED),
    ("one is only possible", (OK,), (entry(OK), POSSIBLE), Finding.NOT_SUSTAINED),
    ("none was found", (), (ABSENT,), Finding.NOT_SUSTAINED),
    ("one is undetermined", (OK, UNKNOWN), (entry(OK), entry(UNKNOWN)), Finding.NOT_SUSTAINED),
    ("one was merged into nobody knows what", (OK, MERGED), (entry(OK), entry(MERGED)), Finding.NOT_SUSTAINED),
    ("one was declined within policy", (OK, WITHIN), (entry(OK), entry(WITHIN)), Finding.EXONERATED),
    ("a refusal only its decider recorded", (SELF_RECORDED,), (entry(SELF_RECORDED),), Finding.NOT_SUSTAINED),
    ("no rule covered one", (OK, NO_RULE), (entry(OK), entry(NO_RULE)), Finding.POLICY_FAILURE),
    ("two entries name the same call", (OK,), (entry(OK), entry(OK, name="again")), Finding.NOT_SUSTAINED),
]


@pytest.mark.parametrize(("calls", "entries", "finding"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS])
def test_findings_of_a_complainants_own_list(
    calls: tuple[JudgedCall, ...], entries: tuple[Identification, ...], finding: Finding
) -> None:
    found = answer_claim(LISTED, case(*calls, identified={LISTED.id: entries}))
    assert found.finding is finding
    assert found.identified == entries
    assert found.answer
    assert found.because
    assert found.would_change


def test_every_finding_can_come_of_a_list() -> None:
    assert {row[3] for row in LISTS} == set(Finding)


def test_what_was_not_found_is_never_said_not_to_have_been_made() -> None:
    found = answer_claim(LISTED, case(OK, identified={LISTED.id: (entry(OK), ABSENT)}))
    assert "not found in what was supplied" in " ".join(found.because)
    assert any("Not found does not mean not made" in limit for limit in found.limits)


def test_a_list_of_which_nothing_is_in_a_partial_source_cannot_be_determined() -> None:
    record = case(inclusion=Inclusion.DISPATCHED_ONLY, identified={LISTED.id: (ABSENT,)})
    assert answer_claim(LISTED, record).cannot_be_determined


# monitoring_lapse ---------------------------------------------------------------------------------------------------

MINUTE_US = 60 * SECOND_US


def event(number: int, minute: float, kind: Event = Event.HEARTBEAT, about: str = "") -> MonitoringEvent:
    return MonitoringEvent(at_us=round(minute * MINUTE_US), event=kind, number=number, about=about)


def log(*events: MonitoringEvent) -> MonitoringLog:
    return MonitoringLog(file="log.csv", heartbeat_every_s=300, acknowledge_within_s=120, events=events)


def watched(its_log: MonitoringLog | None) -> Claim:
    return claim(ClaimKind.MONITORING_LAPSE, scope=Scope(from_us=0, to_us=20 * MINUTE_US), monitoring=its_log)


def refusal(minute: float = 1, due: float | None = 10, call: str = "R1", **more: Any) -> Decision:
    given = {"decision": DecisionKind.DECLINE_WITH_CONDITIONS, **more}
    at_us = round(minute * MINUTE_US)
    return Decision(
        call=call, at_us=at_us, recorded_at_us=at_us, actor="Deputy", rank="deputy",
        review_due_us=None if due is None else round(due * MINUTE_US), **given,
    )  # fmt: skip


BEATS = tuple(event(number, 5 * number) for number in range(5))
ALARM = (*BEATS[:2], event(2, 6, Event.ALARM, "call 7"), event(3, 7, Event.ACKNOWLEDGED, "call 7"),
         *(event(number, 5 * (number - 2)) for number in range(4, 7)))  # fmt: skip
REVIEW = refusal(9, None, decision=DecisionKind.REVIEW)

LOGS: list[tuple[str, MonitoringLog | None, tuple[Decision, ...] | None, Finding]] = [
    ("a whole log", log(*BEATS), (), Finding.UNFOUNDED),
    ("an alarm that was acknowledged", log(*ALARM), (), Finding.UNFOUNDED),
    ("a gap between heartbeats", log(*BEATS[:2], event(2, 12), event(3, 16), event(4, 20)), (), Finding.SUSTAINED),
    ("a gap from which rows are missing", log(*BEATS[:2], event(5, 12), event(6, 16), event(7, 20)), (),
     Finding.NOT_SUSTAINED),
    ("a heartbeat just in time", log(event(0, 0), event(1, 5), event(2, 10), event(3, 15), event(4, 20)), (),
     Finding.UNFOUNDED),
    ("an alarm nobody acknowledged", log(*ALARM[:3], *(event(at, 5 * (at - 1)) for at in range(3, 6))), (),
     Finding.SUSTAINED),
    ("an alarm acknowledged too late", log(*ALARM[:3], event(3, 9, Event.ACKNOWLEDGED, "call 7"),
     *(event(at, 5 * (at - 2)) for at in range(4, 7))), (), Finding.SUSTAINED),
    ("another alarm was acknowledged", log(*ALARM[:3], event(3, 7, Event.ACKNOWLEDGED, "call 8"),
     *(event(at, 5 * (at - 2)) for at in range(4, 7))), (), Finding.SUSTAINED),
    ("an alarm at the very end of the log", log(*BEATS, event(5, 20, Event.ALARM, "x")), (), Finding.UNFOUNDED),
    ("an alarm whose limit the log does not reach", log(*BEATS[:4], event(4, 19.5, Event.ALARM, "x"), event(5, 20)), (),
     Finding.NOT_SUSTAINED),
    ("a log that begins late", log(*(event(at, 5 * (at + 2)) for at in range(3))), (), Finding.NOT_SUSTAINED),
    ("a log that ends early", log(*BEATS[:3]), (), Finding.NOT_SUSTAINED),
    ("an empty log", log(), (), Finding.NOT_SUSTAINED),
    ("no log", None, (), Finding.NOT_SUSTAINED),
    ("no decisions supplied", log(*BEATS), None, Finding.NOT_SUSTAINED),
    ("a missed review", log(*BEATS), (refusal(),), Finding.SUSTAINED),
    ("a missed review without any log", None, (refusal(),), Finding.SUSTAINED),
    ("a review in time", log(*BEATS), (refusal(), REVIEW), Finding.UNFOUNDED),
    ("a review of another call", log(*BEATS), (refusal(), refusal(9, None, "R2", decision=DecisionKind.REVIEW)),
     Finding.SUSTAINED),
    ("a review after its time", log(*BEATS), (refusal(), refusal(11, None, decision=DecisionKind.REVIEW)),
     Finding.SUSTAINED),
    ("a review due after the window", log(*BEATS), (refusal(due=30),), Finding.UNFOUNDED),
    ("a review that let the refusal stand, whose own review was missed", log(*BEATS),
     (refusal(), refusal(9, 15, decision=DecisionKind.REVIEW)), Finding.SUSTAINED),
    ("a refusal withdrawn before its review was due", log(*BEATS),
     (refusal(), refusal(9, None, decision=DecisionKind.WITHDRAW)), Finding.UNFOUNDED),
]  # fmt: skip


@pytest.mark.parametrize(("its_log", "decisions", "finding"), [row[1:] for row in LOGS], ids=[row[0] for row in LOGS])
def test_findings_of_a_watch(
    its_log: MonitoringLog | None, decisions: tuple[Decision, ...] | None, finding: Finding
) -> None:
    record = case(decisions=decisions or (), decisions_supplied=decisions is not None)
    found = answer_claim(watched(its_log), record)
    assert found.finding is finding
    assert found.answer
    assert found.because
    assert found.would_change


def test_a_lapse_says_nothing_of_any_call() -> None:
    found = answer_claim(watched(log(*BEATS[:2], event(2, 20))), case(decisions_supplied=True))
    assert "No heartbeat for 15 min" in found.answer
    assert any("no finding about any call" in limit for limit in found.limits)
