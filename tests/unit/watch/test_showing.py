"""What pages are given: rows in their order, questions, forms that the clause fills, timelines in words."""

from __future__ import annotations

import pytest
from tests.support.desks import (
    ALDER_NAME,
    AUDITOR,
    CAD,
    DAY,
    DEPUTY,
    DISPATCHER,
    FPS,
    HOUR,
    MINUTE,
    SERGEANT,
    TAKER,
    Room,
)

from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.watch.roles import MAY_DO
from answerable.watch.showing import Looking, Rows, board, row_of
from answerable.watch.showing_call import decline_form, public_status, subject_view
from answerable.watch.states import Kind
from answerable.watch.views import Board, RecordHealth, Row, SubjectView

WELL = RecordHealth(writing=True, spooling=False, waiting=0, text="", size=0, heartbeat_us=None)


def shown(room: Room, by: Actor | None = DISPATCHER, rows: Rows | None = None) -> Board:
    world, spoken = room.core.world, room.core.spoken.get
    rows = rows or Rows(world, spoken)
    return board(world, rows, Looking(by=by), now_us=room.clock(), record=WELL, spoken=spoken)


def view(room: Room, id_: str, by: Actor | None = DISPATCHER) -> SubjectView:
    subject = room.subject(id_)
    return subject_view(
        subject,
        room.core.events_of(subject),
        room.core.world,
        Looking(by=by),
        now_us=room.clock(),
        spoken=room.core.spoken.get,
        outcome=None,
    )


def row(room: Room, id_: str, by: Actor = DISPATCHER) -> Row:
    return row_of(room.subject(id_), room.core.world, Looking(by=by), spoken=None)


def test_what_is_due_soonest_stands_on_top_then_the_priority_then_the_oldest() -> None:
    room = Room()
    slow = room.call(facts={"priority": 6})
    room.clock.now_us += MINUTE
    urgent = room.call(facts={"priority": 1})
    older = room.call(facts={"priority": 4})
    same = room.call(facts={"priority": 3})
    assert [one.id for one in shown(room).pending] == [urgent, same, older, slow]


def test_pending_active_and_closed_are_apart_and_closed_ones_go_after_a_day() -> None:
    room = Room()
    waits, sent, over = room.call(), room.call(), room.call()
    room.unit(sent, do.UnitStatus.DISPATCHED)
    room.say(do.Close(id=room.id(), about=over, reason_code=do.CloseReason.TEST_OR_MISDIAL), DISPATCHER)
    now = shown(room)
    assert [[one.id for one in part] for part in (now.pending, now.active, now.closed)] == [[waits], [sent], [over]]
    room.clock.now_us += DAY + 1
    assert shown(room).closed == ()


def test_a_row_is_late_by_the_clock_alone_and_the_same_row_otherwise() -> None:
    room = Room()
    call = room.call(facts={"priority": 1})
    rows = Rows(room.core.world, room.core.spoken.get)
    first, again = shown(room, rows=rows).pending[0], shown(room, rows=rows).pending[0]
    assert first is again
    room.clock.now_us += 6 * MINUTE
    late = shown(room, rows=rows).pending[0]
    assert (late.id, late.late, late.version) == (call, True, first.version)
    rows.forget()
    assert shown(room, rows=rows).pending[0] == late


def test_the_caller_is_named_only_to_whoever_may_see_it() -> None:
    room = Room()
    call = room.call(TAKER, caller_name="Ann", nature="noise", place="12 Elm")
    assert row(room, call).caller == "Ann"
    (public,) = shown(room, by=Actor(id="w", role=Role.WITNESS)).pending
    assert (public.caller, public.nature, public.place) == ("public, 911", None, None)


def test_a_row_asks_only_what_could_change_what_is_owed() -> None:
    room = Room()
    call = room.call(TAKER)
    assert row(room, call).questions == ()
    request = room.say(
        do.RequestAssistance(id=room.id(), agency="FPS", asks="officers", facts={"requester": "federal_agency"}), FPS
    ).id
    asked = {question.fact: question for question in row(room, request).questions}
    assert {"life_safety", "place", "asks_for"} <= set(asked)
    assert [one.text for one in asked["life_safety"].choices] == ["yes", "no"]
    assert asked["place"].ask == "On whose ground is help needed?"
    for fact in ("life_safety", "officer_assaulted", "safe_exit_needed"):
        room.fact(request, fact, False, by=FPS, said_by="requester")
    room.fact(request, "asks_for", "additional_resources", by=FPS, said_by="requester")
    room.fact(request, "place", "elsewhere", by=FPS, said_by="requester")
    assert row(room, request).questions == ()


@pytest.mark.parametrize("by", [TAKER, DISPATCHER, DEPUTY], ids=lambda by: by.role.value)
def test_responding_is_the_first_key_of_everybody_and_declining_the_last_of_command(by: Actor) -> None:
    room = Room()
    offered = row(room, room.request(), by=by).decide
    assert offered[0] == "decide-respond"
    assert ("decline" in offered) is (do.Decline in MAY_DO[by.role])
    assert "decline" not in offered[:-1]


def test_a_requester_is_offered_what_whoever_waits_can_do() -> None:
    room = Room()
    request = room.request(DISPATCHER, by_telephone=True)
    assert set(row(room, request, by=FPS).decide) >= {"report-fact", "confirm-request", "dispute-request", "withdraw"}
    room.say(do.ConfirmRequest(id=room.id(), about=request), FPS)
    assert "confirm-request" not in row(room, request, by=FPS).decide
    room.decline(request)
    assert set(row(room, request, by=FPS).decide) >= {"appeal", "report-condition-met", "read-notice"}
    room.say(do.ReadNotice(id=room.id(), about=request), FPS)
    assert "read-notice" not in row(room, request, by=FPS).decide


def test_a_duty_that_nobody_can_say_is_said_so() -> None:
    room = Room(policies=())
    duty = row(room, room.call()).duty
    assert (duty.code, duty.sentence) == ("none", "No policy was in force when this was told.")
    assert row(room, room.call()).due is None


def test_the_form_of_a_refusal_is_filled_by_the_clause() -> None:
    room = Room()
    request = room.request()
    form = decline_form(room.subject(request), room.core.world, by=DEPUTY, now_us=room.clock())
    assert form.refused is None
    assert (form.clause, form.policy_version, form.cite) == ("agency-resources", ALDER_NAME, "Directive B.4")
    assert form.review_due_us == form.review_latest_us == room.clock() + DAY
    assert form.decide_by_us == room.clock() + HOUR
    assert "alternatives_exhausted" in dict(form.conditions)
    assert form.reasons_that_need_text == ("COMMAND_DISCRETION", "OTHER")
    assert "taken up again" in form.notice_text
    assert form.still_answered[0].code == "life_safety"


def test_the_form_says_why_not() -> None:
    room = Room()
    call, request = room.call(), room.request()
    low = decline_form(room.subject(request), room.core.world, by=SERGEANT, now_us=room.clock())
    assert low.rank_too_low
    assert "deputy chief or higher" in (low.refused or "")
    must = decline_form(room.subject(call), room.core.world, by=DEPUTY, now_us=room.clock())
    assert "must respond" in (must.refused or "")
    assert not must.rank_too_low
    room.decline(request)
    again = decline_form(room.subject(request), room.core.world, by=DEPUTY, now_us=room.clock())
    assert again.refused == "It is declined with conditions."


def test_a_call_tells_its_whole_story_in_words() -> None:
    room = Room()
    call = room.call(TAKER, nature="noise", place="12 Elm", number="18-000001")
    room.fact(call, "life_safety", True)
    room.fact(call, "life_safety", False, by=DISPATCHER, said_by="the officer")
    room.unit(call, do.UnitStatus.DISPATCHED)
    found = view(room, call)
    assert [entry.text for entry in found.timeline] == ["call received", "fact reported", "fact reported", "unit sent"]
    assert ("place", "12 Elm") in found.timeline[0].lines
    assert ("fact", "life safety") in found.timeline[1].lines
    assert ("value", "yes") in found.timeline[1].lines
    assert ("place", None) in view(room, call, by=None).timeline[0].lines
    fact = next(one for one in found.facts if one.fact == "life_safety")
    # the caller's yes stands, whoever else says no
    assert (fact.value, fact.contradicted) == (True, True)
    assert [said[0] for said in fact.said] == ["the first entry", "caller", "the officer"]
    assert found.row.number == "18-000001"
    assert {due.what for due in found.clocks} == {"dispatch", "arrive"}


def test_calls_that_were_merged_are_named_on_both_sides() -> None:
    room = Room()
    first, second = room.call(), room.call()
    room.say(do.Merge(id=room.id(), about=second, into=first), DISPATCHER)
    assert view(room, first).merged_here == (second,)
    assert view(room, second).merged_into == first


def test_a_refusal_shows_what_it_says_and_what_became_of_it() -> None:
    room = Room()
    request = room.request()
    room.decline(request, still_answered=(do.StillAnswered.LIFE_SAFETY, do.StillAnswered.LIAISON))
    room.clock.now_us += HOUR
    room.say(do.ReportConditionMet(id=room.id(), about=request, condition=1, asserted_by="a witness"), FPS)
    room.say(do.DecideRespond(id=room.id(), about=request), DISPATCHER)
    denial = view(room, request, by=AUDITOR).denial
    assert denial is not None
    (condition,) = denial.conditions
    assert condition.reported_by == "a witness"
    assert [one.text for one in denial.still_answered] == [
        "calls with a risk to life or safety",
        "a liaison is sent",
    ]
    assert shown(room).denials == ()


def test_whoever_has_the_receipt_is_told_the_steps_and_nothing_private() -> None:
    room = Room()
    request = room.request(place="Gate 4")
    room.decline(request, reason_text="we are few")
    subject = room.subject(request)
    status = public_status(subject, room.core.events_of(subject), spoken="2018h1-9-AAAA")
    assert status.text == "This request for assistance is declined with conditions."
    assert [text for text, _ in status.steps] == ["assistance requested", "request declined with conditions"]
    assert "Gate 4" not in repr(status)
    assert "few" not in repr(status)


def test_a_request_that_became_a_call_is_found_as_both() -> None:
    room = Room()
    request = room.request()
    room.fact(request, "life_safety", True, by=FPS, said_by="requester")
    assert row(room, request).kind is Kind.CALL
    assert room.subject(request).entered_as is Kind.REQUEST
    assert "Anybody" not in row(room, request).duty.text
    assert row(room, request).duty.code == "must-respond"


def test_a_feed_counts_its_open_calls() -> None:
    room = Room()
    room.say(do.HearFeed(id=room.id(), feed="cad"), CAD)
    room.call(CAD)
    room.call(TAKER)
    (feed,) = shown(room).feeds
    assert (feed.name, feed.open_calls, feed.text) == ("cad", 1, "heard")


def test_a_board_forgets_what_is_long_over_and_finds_it_by_its_id() -> None:
    room = Room()
    call = room.call()
    room.say(do.Close(id=room.id(), about=call, reason_code=do.CloseReason.TEST_OR_MISDIAL), DISPATCHER)
    assert not room.core.world.forget_closed(room.clock())
    assert room.core.world.forget_closed(room.clock() + DAY + 1)
    assert call not in room.core.world.recent
    assert room.subject(call).over


def test_who_takes_a_call_and_a_device_that_sends_it_are_not_the_callers_agency() -> None:
    room = Room()
    by_hand, by_device = room.call(), room.call(CAD)
    assert (row(room, by_hand).agency, row(room, by_device).agency) == (None, None)
    told = room.say(do.ReceiveCall(id=room.id(), caller_agency="County Sheriff"), TAKER).id
    assert row(room, told).agency == "County Sheriff"
    assert row(room, room.request()).agency == FPS.agency
