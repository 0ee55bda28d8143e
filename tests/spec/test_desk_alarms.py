"""What rings when: before a deadline, at it, higher each minute; what is never silenced; what a timer never does."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.desks import (
    ALDER,
    ALDER_NAME,
    APPROVER,
    CAD,
    DAY,
    DISPATCHER,
    FPS,
    HOUR,
    MINUTE,
    SERGEANT,
    TAKER,
    WRITER,
    Room,
)

from answerable.errors import IncompleteError, NotAllowedError, NotPossibleError, PolicyError
from answerable.model.call import EntryKind, Origin
from answerable.model.outcome import Outcome
from answerable.watch import commands as do
from answerable.watch.alarms import NEVER_MUTED, AlarmKind
from answerable.watch.clocks import unmet
from answerable.watch.people import Role
from answerable.watch.ringing import SOON_AND_PAST
from answerable.watch.rules import DeskRules
from answerable.watch.showing import Looking, Rows, board
from answerable.watch.states import State
from answerable.watch.views import Board, RecordHealth
from answerable.wiring.desk_calls import assessed, outcome_view

SECOND = 1_000_000

# Limit of a clock in seconds -> how long before its deadline it rings
LEADS = [(10, 10), (60, 30), (300, 75), (900, 225), (3_600, 600), (14_400, 600), (86_400, 600)]


@pytest.mark.parametrize(("within_s", "lead_s"), LEADS)
def test_it_rings_a_quarter_of_the_limit_before_the_deadline_within_bounds(within_s: int, lead_s: int) -> None:
    assert DeskRules().lead_s(within_s) == lead_s


# priority -> limit, and when the first alarm and the second ring, in seconds from the receipt
@pytest.mark.parametrize(("priority", "soon_s", "past_s"), [(1, 225, 300), (2, 675, 900), (3, 3_000, 3_600)])
def test_a_call_rings_before_it_goes_unheard_and_again_when_it_has(priority: int, soon_s: int, past_s: int) -> None:
    room = Room()
    call = room.call(facts={"priority": priority})
    room.pass_time((soon_s - 1) * SECOND)
    assert room.alarms(call) == []
    room.pass_time(1 * SECOND)
    assert room.alarms(call) == ["about_to_go_unheard"]
    assert room.alarm(call).due_us == room.subject(call).told_us + past_s * SECOND
    room.pass_time((past_s - soon_s) * SECOND)
    assert room.alarms(call) == ["unheard"]


def test_an_alarm_that_nobody_acknowledges_climbs_from_dispatcher_to_supervisor_to_command() -> None:
    room = Room()
    call = room.call(facts={"priority": 3})
    room.pass_time(50 * MINUTE)
    rungs = [room.alarm(call).rung.value]
    for _ in range(4):
        room.pass_time(MINUTE)
        rungs.append(room.alarm(call).rung.value)
    assert rungs == ["dispatcher", "watch_supervisor", "command", "command", "command"]


def test_acknowledging_ends_the_noise_and_the_climbing_and_not_the_duty() -> None:
    room = Room()
    call = room.call(facts={"priority": 3})
    room.pass_time(50 * MINUTE)
    room.say(do.AcknowledgeAlarm(id=room.id(), alarm=room.alarm(call).id), DISPATCHER)
    assert not room.alarm(call).rings
    room.pass_time(5 * MINUTE)
    assert room.alarm(call).rung.value == "dispatcher"
    room.pass_time(5 * MINUTE)
    assert room.alarms(call) == ["unheard"]
    assert room.alarm(call).rings


def test_sending_somebody_ends_the_alarm_and_calling_them_back_brings_it_again() -> None:
    room = Room()
    call = room.call(facts={"priority": 3})
    room.pass_time(50 * MINUTE)
    room.unit(call, do.UnitStatus.DISPATCHED)
    assert room.alarms(call) == []
    room.unit(call, do.UnitStatus.CANCELLED)
    room.pass_time(10 * SECOND)
    assert room.alarms(call) == ["about_to_go_unheard"]
    assert "was called back" in room.alarm(call).text


def test_a_call_whose_unit_was_called_back_is_not_unheard_somebody_was_sent_and_never_came() -> None:
    """outcomes.md: unheard is no response and no decision; a response that never arrived has its own row."""
    room = Room()
    call = room.call(facts={"priority": 3})
    room.unit(call, do.UnitStatus.DISPATCHED)
    room.unit(call, do.UnitStatus.CANCELLED)
    room.pass_time(90 * MINUTE, step_us=MINUTE)
    view = outcome_view(room.subject(call), world=room.core.world, now_us=room.clock())
    assert view is not None
    assert view.outcome == "sent_not_arrived"
    assert view.because == "sent, never there: dispatched after 0 s (limit 1 h)"
    assert room.alarms(call) == ["unheard"]  # the desk rings on: somebody may still be sent
    assert room.alarm(call).text == "The deadline is past, and who was sent was called back: nobody is on the way"


def test_another_unit_after_one_was_called_back_counts() -> None:
    room = Room()
    call = room.call(facts={"priority": 3})
    room.unit(call, do.UnitStatus.DISPATCHED)
    room.unit(call, do.UnitStatus.CANCELLED)
    room.unit(call, do.UnitStatus.DISPATCHED, unit="4A13")
    assert outcome(room, call) is Outcome.ANSWERED


def test_where_somebody_has_to_be_there_in_time_the_arrival_rings_too() -> None:
    room = Room()
    call = room.call(facts={"life_safety": True, "priority": 1})
    room.unit(call, do.UnitStatus.DISPATCHED)
    room.pass_time(12 * MINUTE)
    assert room.alarms(call) == ["arrival_due"]
    room.pass_time(3 * MINUTE)
    assert room.alarms(call) == ["not_arrived"]
    room.unit(call, do.UnitStatus.ON_SCENE)
    assert room.alarms(call) == []


def test_a_request_rings_for_its_decision() -> None:
    room = Room()
    request = room.request()
    room.pass_time(50 * MINUTE)
    assert room.alarms(request) == ["decision_due"]
    room.pass_time(10 * MINUTE)
    assert room.alarms(request) == ["undecided"]
    assert room.alarm(request).rung.value == "command"
    room.say(do.AcceptRequest(id=room.id(), about=request), DISPATCHER)
    assert room.alarms(request) == []


def test_accepting_a_request_starts_the_clocks_of_a_response() -> None:
    room = Room()
    request = room.request(facts={"priority": 2})
    room.clock.now_us += 10 * MINUTE
    room.say(do.AcceptRequest(id=room.id(), about=request), DISPATCHER)
    (due,) = unmet(room.subject(request), room.core.world.rules)
    assert (due.what, due.due_us) == ("dispatch", room.clock() + 15 * MINUTE)


def test_a_caller_who_hung_up_is_owed_a_callback() -> None:
    room = Room()
    call = room.call(abandoned=True)
    assert room.subject(call).state is State.ABANDONED
    room.pass_time(50 * MINUTE)
    assert room.alarms(call) == ["callback_due"]
    room.pass_time(10 * MINUTE)
    assert room.alarms(call) == ["callback_missed"]
    room.say(do.Callback(id=room.id(), about=call, reached=True), TAKER)
    assert room.alarms(call) == []


def test_an_attempt_that_reached_nobody_is_no_callback() -> None:
    room = Room()
    call = room.call(abandoned=True)
    room.say(do.Callback(id=room.id(), about=call, reached=False), TAKER)
    assert [due.what for due in unmet(room.subject(call), room.core.world.rules)] == ["callback"]


def test_an_oral_request_is_answered_in_writing_within_thirty_days() -> None:
    room = Room(rules=DeskRules(heartbeat_s=3_600))
    request = room.request(SERGEANT, by_telephone=True)
    room.decline(request, conditions=())
    room.say(do.DecideRespond(id=room.id(), about=request), DISPATCHER)
    room.unit(request, do.UnitStatus.DISPATCHED)
    room.pass_time(27 * DAY - MINUTE, step_us=6 * HOUR)
    assert room.alarms(request) == []
    room.pass_time(2 * MINUTE)
    assert room.alarms(request) == ["response_due"]
    room.pass_time(3 * DAY, step_us=HOUR)
    assert room.alarms(request) == ["response_not_written"]
    room.say(do.WriteResponse(id=room.id(), about=request, text="We came."), SERGEANT)
    assert room.alarms(request) == []


def test_a_request_in_writing_owes_no_written_response_by_that_law() -> None:
    room = Room()
    whats = [due.what for due in unmet(room.subject(room.request()), room.core.world.rules)]
    assert whats == ["decide"]


# times


def test_the_clock_runs_from_when_it_was_told_and_rings_when_it_was_entered() -> None:
    room = Room()
    told_us = room.clock() - 20 * MINUTE
    call = room.call(facts={"priority": 2}, told_at_us=told_us)
    (due,) = unmet(room.subject(call), room.core.world.rules)
    assert due.due_us == told_us + 15 * MINUTE
    room.core.tick()
    assert room.alarms(call) == ["unheard"]


def test_of_a_disputed_time_the_earlier_counts_for_the_alarm_and_both_are_kept() -> None:
    room = Room()
    request = room.request(SERGEANT, by_telephone=True)
    said_us = room.clock() - 30 * MINUTE
    room.say(do.DisputeRequest(id=room.id(), about=request, what="We called at 11:30", told_at_us=said_us), FPS)
    due = next(one for one in unmet(room.subject(request), room.core.world.rules) if one.what == "decide")
    assert due.due_us == said_us + HOUR
    assert room.subject(request).told_us > said_us


def test_a_raised_priority_runs_from_now_and_a_lowered_one_takes_nothing_away() -> None:
    room = Room()
    raised, lowered = room.call(facts={"priority": 3}), room.call(facts={"priority": 2})
    room.clock.now_us += 10 * MINUTE
    room.say(do.Prioritize(id=room.id(), about=raised, priority=1), DISPATCHER)
    room.say(do.Prioritize(id=room.id(), about=lowered, priority=5), DISPATCHER)
    assert unmet(room.subject(raised), room.core.world.rules)[0].due_us == room.clock() + 5 * MINUTE
    assert unmet(room.subject(lowered), room.core.world.rules)[0].due_us == room.clock() + 5 * MINUTE
    assert unmet(room.subject(lowered), room.core.world.rules)[0].start_us == room.clock() - 10 * MINUTE


@pytest.mark.parametrize("more", [{"origin": Origin.OFFICER}, {"entry_kind": EntryKind.TEST}])
def test_an_entry_for_which_nobody_waits_has_no_clock(more: dict[str, Any]) -> None:
    room = Room()
    call = room.call(**more)
    room.pass_time(2 * HOUR, step_us=MINUTE)
    assert room.alarms(call) == []


# mute


def test_a_mute_is_personal_and_ends_after_ten_minutes() -> None:
    room = Room()
    room.say(do.Mute(id=room.id()), DISPATCHER)
    assert shown(room, DISPATCHER).muted_until_us == room.clock() + 10 * MINUTE
    assert shown(room, TAKER).muted_until_us is None
    room.clock.now_us += 10 * MINUTE
    assert shown(room, DISPATCHER).muted_until_us is None


def test_what_is_about_to_go_unheard_is_never_muted() -> None:
    assert {
        AlarmKind.ABOUT_TO_GO_UNHEARD,
        AlarmKind.UNHEARD,
        AlarmKind.LIFE_SAFETY_ON_DENIAL,
    } == NEVER_MUTED
    assert {soon for soon, _ in (SOON_AND_PAST["dispatch"], SOON_AND_PAST["answer"])} <= NEVER_MUTED


# what a timer never does


def test_a_timer_closes_nothing_however_long_it_waits() -> None:
    room = Room(rules=DeskRules(heartbeat_s=3_600))
    calls = [room.call(), room.call(abandoned=True), room.request(), room.request(SERGEANT, by_telephone=True)]
    declined = room.request()
    room.decline(declined)
    before = [room.subject(one).state for one in calls]
    room.pass_time(90 * DAY, step_us=6 * HOUR)
    assert [room.subject(one).state for one in calls] == before
    assert room.subject(declined).state is State.REVIEW_DUE
    assert all(not room.subject(one).made for one in calls)


CLOSINGS: list[tuple[str, Callable[[Room, str], None], do.CloseReason | None, str | None, str]] = [
    ("no reason", lambda *_: None, None, None, "needs a reason"),
    ("served, though nobody was there", lambda *_: None, do.CloseReason.SERVED, None, "Nobody was there"),
    ("gone on arrival without arrival", lambda *_: None, do.CloseReason.GONE_ON_ARRIVAL, None, "Nobody was there"),
    ("by telephone without contact", lambda *_: None, do.CloseReason.SERVED_BY_PHONE, None, "Nobody was spoken to"),
    ("another reason, not said", lambda *_: None, do.CloseReason.OTHER, " ", "which"),
]


@pytest.mark.parametrize(("name", "before", "reason", "text", "words"), CLOSINGS, ids=[row[0] for row in CLOSINGS])
def test_closing_without_a_unit_needs_a_reason_that_is_true(
    name: str, before: Callable[[Room, str], None], reason: do.CloseReason | None, text: str | None, words: str
) -> None:
    room = Room()
    call = room.call()
    before(room, call)
    with pytest.raises(IncompleteError, match=words):
        room.say(do.Close(id=room.id(), about=call, reason_code=reason, reason_text=text), DISPATCHER)
    assert room.subject(call).state is State.RECEIVED


def test_closing_a_call_that_had_to_be_answered_is_a_refusal_against_policy_and_says_so() -> None:
    room = Room()
    call = room.call()
    room.say(do.Close(id=room.id(), about=call, reason_code=do.CloseReason.OTHER, reason_text="busy"), DISPATCHER)
    assert outcome(room, call) is Outcome.DECLINED_AGAINST_POLICY


def test_a_closing_that_a_feed_brings_without_a_reason_is_recorded_as_it_was() -> None:
    room = Room()
    call = room.call(CAD)
    room.say(do.Close(id=room.id(), about=call), CAD)
    assert outcome(room, call) is Outcome.CLOSED_WITHOUT_REASON


# feeds


def test_a_silent_feed_is_a_gap_in_words_and_never_unheard_calls() -> None:
    room = Room()
    room.say(do.HearFeed(id=room.id(), feed="cad", every_s=60), CAD)
    call = room.call(CAD, facts={"priority": 1})
    room.pass_time(4 * MINUTE)
    view = shown(room, DISPATCHER)
    assert [alarm.kind for alarm in view.alarms] == [AlarmKind.FEED_GAP]
    assert view.feeds[0].gap_since_us is not None
    (row,) = view.pending
    assert row.gap is not None
    assert "not known here" in row.gap
    room.pass_time(HOUR, step_us=MINUTE)
    assert room.alarms(call) == []
    assert not shown(room, DISPATCHER).pending[0].late
    assert outcome(room, call) is not Outcome.UNHEARD


def test_when_the_feed_is_heard_again_what_it_does_not_explain_rings() -> None:
    room = Room()
    room.say(do.HearFeed(id=room.id(), feed="cad", every_s=60), CAD)
    silent, sent = room.call(CAD, facts={"priority": 1}), room.call(CAD, facts={"priority": 1})
    room.pass_time(10 * MINUTE)
    room.unit(sent, do.UnitStatus.DISPATCHED, by=CAD)
    room.say(do.HearFeed(id=room.id(), feed="cad", every_s=60), CAD)
    room.pass_time(10 * SECOND)
    assert room.alarms(silent) == ["unheard"]
    assert room.alarms(sent) == []
    assert not [one for one in shown(room, DISPATCHER).alarms if one.kind is AlarmKind.FEED_GAP]


def test_the_desk_says_each_minute_that_it_is_alive() -> None:
    room = Room()
    room.pass_time(5 * MINUTE)
    beats = [
        entry.recorded_at_us
        for entry in room.parts.store.entries(0, 1_000)
        if b'"event":"watch.heartbeat"' in entry.body
    ]
    assert [late - early for early, late in itertools.pairwise(beats)] == [MINUTE] * 5


# versions of the policy


def test_a_policy_is_drafted_by_one_and_approved_by_another_before_it_is_in_force() -> None:
    room = Room()
    text = later_version(dispatch_p3="60 min")
    draft = room.say(do.DraftPolicy(id=room.id(), text=text), WRITER).id
    assert room.core.world.meaning.in_force(room.clock()) == ALDER_NAME
    with pytest.raises(NotAllowedError):
        room.say(do.ApprovePolicy(id=room.id(), about=draft), WRITER)
    room.say(do.ApprovePolicy(id=room.id(), about=draft), APPROVER)
    room.clock.now_us += 2 * DAY
    assert room.core.world.meaning.in_force(room.clock()) == "alder-city/response 2018-06-20"


def test_whoever_drafted_a_policy_does_not_approve_it_in_any_role() -> None:
    room = Room()
    draft = room.say(do.DraftPolicy(id=room.id(), text=later_version(dispatch_p3="60 min")), WRITER).id
    both = APPROVER.__class__(id=WRITER.id, role=Role.POLICY_APPROVER)
    room.assign(both)
    with pytest.raises(NotAllowedError, match="Whoever drafted a policy does not approve it"):
        room.say(do.ApprovePolicy(id=room.id(), about=draft), both)


def test_no_policy_is_in_force_before_it_was_approved() -> None:
    room = Room()
    draft = room.say(do.DraftPolicy(id=room.id(), text=later_version(dispatch_p3="60 min")), WRITER).id
    room.clock.now_us += 2 * DAY
    with pytest.raises(NotPossibleError, match="in force before it was approved"):
        room.say(do.ApprovePolicy(id=room.id(), about=draft), APPROVER)


def test_a_policy_with_errors_is_not_even_a_draft() -> None:
    room = Room()
    with pytest.raises(PolicyError):
        room.say(do.DraftPolicy(id=room.id(), text="answerable-policy = 1\n"), WRITER)


@pytest.mark.parametrize(("limit", "due_after"), [("30 min", 30 * MINUTE), ("4 h", 3 * HOUR)])
def test_a_later_version_raises_and_never_lowers_what_an_open_call_is_owed(limit: str, due_after: int) -> None:
    room = Room(rules=DeskRules(heartbeat_s=3_600))
    draft = room.say(do.DraftPolicy(id=room.id(), text=later_version(dispatch_p3=limit)), WRITER).id
    room.say(do.ApprovePolicy(id=room.id(), about=draft), APPROVER)
    begins_us = 1_529_478_000_000_000  # 20 June, 0:00 in Portland
    room.clock.now_us = begins_us - HOUR
    call = room.call(facts={"priority": 3}, told_at_us=begins_us - HOUR)
    room.clock.now_us = begins_us
    room.core.tick()
    (due,) = unmet(room.subject(call), room.core.world.rules)
    raised = limit == "30 min"
    assert due.due_us == (begins_us + due_after if raised else begins_us)
    assert outcome(room, call) is Outcome.PENDING


def test_a_version_that_is_in_the_record_is_not_drafted_again_and_the_next_free_one_is_named() -> None:
    room = Room()
    with pytest.raises(NotPossibleError, match="Version 2018-01-01 of alder-city/response is in the record") as refused:
        room.say(do.DraftPolicy(id=room.id(), text=ALDER.read_text(encoding="utf-8")), WRITER)
    assert refused.value.hint == 'Write another version: version = "2018-01-01.2" is free.'


def test_two_drafts_of_one_version_do_not_wait_side_by_side() -> None:
    room = Room()
    room.say(do.DraftPolicy(id=room.id(), text=later_version(dispatch_p3="60 min")), WRITER)
    with pytest.raises(NotPossibleError, match="a draft that waits for approval"):
        room.say(do.DraftPolicy(id=room.id(), text=later_version(dispatch_p3="4 h")), WRITER)


def test_a_refused_version_may_be_drafted_again() -> None:
    room = Room()
    draft = room.say(do.DraftPolicy(id=room.id(), text=later_version(dispatch_p3="60 min")), WRITER).id
    room.say(do.ApprovePolicy(id=room.id(), about=draft, approve=False, reason_text="a slip"), APPROVER)
    assert room.say(do.DraftPolicy(id=room.id(), text=later_version(dispatch_p3="4 h")), WRITER).placed is not None


def test_a_draft_sent_again_under_its_id_is_the_same_draft() -> None:
    room = Room()
    command = do.DraftPolicy(id=room.id(), text=later_version(dispatch_p3="60 min"))
    first, second = room.say(command, WRITER), room.say(command, WRITER)
    assert first.placed is not None
    assert second.placed is not None
    assert (second.placed.index, second.placed.again) == (first.placed.index, True)


def test_a_filed_policy_is_as_good_as_approved_and_says_so() -> None:
    room = Room()
    (version,) = room.core.world.versions.values()
    assert version.state == "filed"
    assert version.policy.text_sha256 == __import__("hashlib").sha256(ALDER.read_bytes()).hexdigest()


def later_version(*, dispatch_p3: str) -> str:
    text = ALDER.read_text(encoding="utf-8")
    text = text.replace('version = "2018-01-01"', 'version = "2018-06-20"')
    text = text.replace("from = 2018-01-01T00:00:00-08:00", "from = 2018-06-20T00:00:00-07:00")
    text = text.replace("2017-12-15T09:00:00-08:00", "2018-06-19T09:00:00-07:00")
    before, after = text.split('when = "3 <= priority <= 5"', 1)
    after = after.replace('dispatch-within = "60 min"', f'dispatch-within = "{dispatch_p3}"', 1)
    return before + 'when = "3 <= priority <= 5"' + without_examples(after)


def without_examples(text: str) -> str:
    return text.split("# What that means for single calls.", maxsplit=1)[0]


def shown(room: Room, by: Any) -> Board:
    world = room.core.world
    record = RecordHealth(writing=True, spooling=False, waiting=0, text="", size=0, heartbeat_us=None)
    rows = Rows(world, room.core.spoken.get)
    return board(world, rows, Looking(by=by), now_us=room.clock(), record=record, spoken=room.core.spoken.get)


def outcome(room: Room, id_: str) -> Outcome:
    subject, world = room.subject(id_), room.core.world
    return assessed(subject, world=world, versions=world.meaning.versions, now_us=room.clock()).ruling.outcome
