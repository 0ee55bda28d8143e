"""The board as it is shown: what each row says, what can be pressed, what is masked."""

from __future__ import annotations

import msgspec
import pytest
from tests.support import desk_views as made

from answerable.watch.alarms import AlarmKind, Rung
from answerable.watch.people import Role
from answerable.watch.states import State
from answerable.watch.views import FeedHealth
from answerable.web.pages.board_rows import (
    MASKED,
    MOST_DRAWN,
    NOT_THERE,
    shown_alarm,
    shown_board,
    shown_denial,
    shown_row,
    waits,
)


def at(us: int) -> str:
    return f"at {(us - made.NOW_US) // made.S_US}"


def test_a_row_says_what_is_due_what_is_owed_and_since_when_somebody_waits() -> None:
    shown = shown_row(made.row(), role=Role.DISPATCHER)
    assert (shown.number, shown.duty, shown.tone, shown.shape) == ("18-004711", "Must respond", "plain", "must")
    assert waits(shown, made.NOW_US) == "4 min 20 s"
    assert waits(shown, made.NOW_US + 300 * made.S_US) == "LATE 40 s"
    assert shown.since_us == made.NOW_US - 65 * made.S_US


def test_responding_is_one_press_and_declining_is_a_form_that_comes_last() -> None:
    acts = shown_row(made.request(), role=Role.WATCH_COMMANDER).acts
    assert [one.act for one in acts] == ["respond", "acknowledge", "decline"]
    assert acts[0].action == "/c/0190-000007/do/accept-request"
    assert acts[0].key == "R"
    assert not acts[0].href
    assert acts[-1].href == "/c/0190-000007/decline"
    assert not acts[-1].action
    assert acts[-1].label.endswith("…")


def test_a_dispatcher_is_not_offered_a_refusal_and_is_told_why() -> None:
    shown = shown_row(made.request(), role=Role.DISPATCHER)
    assert "decline" not in [one.act for one in shown.acts]
    assert shown.why_not["decline"].startswith("Only a deputy chief or above may decline this")


def test_of_what_must_be_answered_the_key_to_decline_says_that_nobody_may() -> None:
    shown = shown_row(made.row(), role=Role.WATCH_COMMANDER)
    assert shown.why_not["decline"] == "Nobody may decline this: A call for help is answered, whoever makes it."


def test_an_auditor_presses_nothing() -> None:
    assert shown_row(made.request(questions=(made.LIFE,)), role=Role.AUDITOR).acts == ()


def test_open_questions_are_asked_in_the_row_and_the_first_has_keys() -> None:
    asked = shown_row(made.row(questions=(made.LIFE, made.LIFE, made.PRIORITY)), role=Role.DISPATCHER).asks
    assert [one.question for one in asked] == [made.LIFE.ask, made.LIFE.ask, made.PRIORITY.ask]
    assert [(one.label, one.key, one.value) for one in asked[0].choices] == [("Yes", "Y", "yes"), ("No", "N", "no")]
    assert asked[0].choices[0].action == "/c/0190-000001/fact/life_safety"
    assert [one.key for one in asked[1].choices] == ["", ""]
    assert asked[2].choices[0].href == "/c/0190-000001#facts"


def test_a_place_that_is_not_there_is_said_not_to_be_and_never_shown_empty() -> None:
    shown = shown_row(made.row(place=None, nature=None), role=Role.DISPATCHER)
    assert (shown.place, shown.nature) == (NOT_THERE, NOT_THERE)
    assert shown.place_hidden
    assert shown.nature_hidden


def test_on_the_wall_a_sensitive_call_has_no_place_no_nature_and_nothing_to_press() -> None:
    shown = shown_row(made.row(sensitive=True, questions=(made.LIFE,)), role=Role.DISPATCHER, wall=True)
    assert (shown.place, shown.nature, shown.acts, shown.asks) == (MASKED, MASKED, (), ())
    plain = shown_row(made.row(), role=Role.DISPATCHER, wall=True)
    assert plain.place == "1200 block of Harbor Ave"


@pytest.mark.parametrize(
    ("kind", "clock", "note"),
    [
        (FeedHealth.GAP, "feed gap", "its feed is silent"),
        (FeedHealth.BLIND, "not told", "its feed never tells"),
    ],
)
def test_while_a_feed_is_silent_or_never_tells_no_clock_of_its_calls_is_called_late(
    kind: FeedHealth, clock: str, note: str
) -> None:
    shown = shown_row(made.row(gap="A sentence.", gap_kind=kind, due=made.due(-500)), role=Role.DISPATCHER)
    assert (waits(shown, made.NOW_US), shown.note) == (clock, note)


@pytest.mark.parametrize(
    ("state", "said"), [(State.ENROUTE, "under way"), (State.DECLINED, "refused"), (State.PENDING, "no clock")]
)
def test_without_a_clock_it_is_said_why(state: State, said: str) -> None:
    assert waits(shown_row(made.row(state=state, due=None), role=Role.DISPATCHER), made.NOW_US) == said


def test_a_call_under_way_is_marked_by_its_edge_and_keeps_what_is_owed() -> None:
    shown = shown_row(made.row(state=State.ENROUTE), role=Role.DISPATCHER)
    assert (shown.tone, shown.duty_tone, shown.shape) == ("answered", "plain", "must")


def test_an_alarm_that_nobody_can_mute_says_so_and_who_is_called() -> None:
    shown = shown_alarm(
        made.alarm(rung=Rung.COMMAND, climbed_us=made.NOW_US), {made.row().id: "18-004711"}, role=Role.DISPATCHER
    )
    assert (shown.title, shown.tone, shown.never_muted) == ("ABOUT TO GO UNHEARD", "late", True)
    assert (shown.number, shown.href) == ("18-004711", "/c/0190-000001")
    assert shown.escalated == "Nobody acknowledged it: it rings for command too."
    assert shown_alarm(made.alarm(), {}, role=Role.DISPATCHER).escalated == "It rings for the dispatcher."
    assert shown.acts[0].action == "/alarms/al-1/acknowledge"


def test_an_alarm_about_a_clock_that_still_runs_can_be_muted() -> None:
    shown = shown_alarm(made.alarm(AlarmKind.DECISION_DUE), {}, role=Role.AUDITOR)
    assert (shown.tone, shown.never_muted, shown.acts) == ("command", False, ())
    assert shown.href == "/board"


@pytest.mark.parametrize("kind", AlarmKind)
def test_every_kind_of_alarm_has_a_title_in_words(kind: AlarmKind) -> None:
    title = shown_alarm(made.alarm(kind), {}, role=Role.DISPATCHER).title
    assert title
    assert "_" not in title


def test_a_refusal_that_stands_says_who_why_under_what_conditions_and_until_when() -> None:
    shown = shown_denial(made.denial(), role=Role.WATCH_COMMANDER, say_time=at)
    assert shown.sentence == "Declined at -7200 by deputy chief u-7f3a: alternatives were not exhausted"
    assert shown.conditions == ("Everything else was tried. Reported met at -300.", "withheld or erased")
    assert shown.due_us == made.NOW_US + 3 * 3600 * made.S_US
    assert [one.label for one in shown.acts] == ["Condition met…", "Review…"]


def test_whoever_cannot_review_is_not_offered_a_review() -> None:
    assert [one.label for one in shown_denial(made.denial(), role=Role.DISPATCHER, say_time=at).acts] == [
        "Condition met…"
    ]


def test_a_board_has_every_id_in_order_and_only_the_rows_that_changed() -> None:
    shown = shown_board(
        made.board(), role=Role.DISPATCHER, wall=False, say_time=at, changed=lambda row: row.version == 7
    )
    assert shown.order == (("0190-000001", "0190-000007"), ("0190-000002",), ("0190-000003",))
    assert [one.id for one in shown.rows] == ["0190-000007"]
    assert len(shown.alarms) == len(shown.standing) == 1


def test_of_very_many_rows_those_due_first_are_drawn_and_every_one_that_rings() -> None:
    rows = [made.row(n, due=made.due(60 * n)) for n in range(MOST_DRAWN + 40)]
    rows[-1] = msgspec.structs.replace(rows[-1], alarms=(made.alarm(),), late=True)
    rows[-2] = msgspec.structs.replace(rows[-2], late=True)
    board = made.board(pending=tuple(rows))
    shown = shown_board(board, role=Role.DISPATCHER, wall=False, say_time=at, changed=lambda _: False)
    assert shown.order[0] == (*(row.id for row in rows[:MOST_DRAWN]), rows[-1].id)
    assert shown.counts[0] == MOST_DRAWN + 40
    assert shown.undrawn_late == 1, "the other one rings, and is drawn"
    sent = {row.id for row in shown.rows}
    assert rows[MOST_DRAWN - 1].id in sent, "the last ones may just have moved up"
    assert rows[0].id not in sent
    whole = shown_board(
        board, role=Role.DISPATCHER, wall=False, say_time=at, changed=lambda _: False, whole=True
    )  # fmt: skip
    assert (len(whole.order[0]), whole.rows, whole.undrawn_late) == (MOST_DRAWN + 40, (), 0)


def test_a_silent_feed_and_a_record_that_takes_nothing_are_said_in_words() -> None:
    board = made.board(feeds=(made.silent_feed(),))
    down = msgspec.structs.replace(board.record, writing=False, text="The record takes nothing.")
    shown = shown_board(
        msgspec.structs.replace(board, record=down), role=Role.DISPATCHER, wall=False, say_time=at, changed=bool
    )
    assert shown.feeds == ("The record takes nothing.", "The feed cad is silent since 11:58.")


def test_a_feed_that_never_tells_of_dispatches_is_said_once_above_the_calls_that_it_leaves_open() -> None:
    blind = msgspec.structs.replace(made.silent_feed(), health=FeedHealth.BLIND, text="It does not say.")
    left_open = made.row(gap="It does not say.", gap_kind=FeedHealth.BLIND)
    for rows, said in (((left_open, left_open), ("It does not say.",)), ((made.row(),), ())):
        board = made.board(feeds=(blind,), pending=rows, active=())
        shown = shown_board(board, role=Role.DISPATCHER, wall=False, say_time=at, changed=bool)
        assert shown.feeds == said
