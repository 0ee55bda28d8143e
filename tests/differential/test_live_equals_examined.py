"""The desk's outcome of a call, and the outcome of the same call when its record is examined as a file: never two."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.desks import CAD, DEPUTY, DISPATCHER, FPS, HOUR, MINUTE, TAKER, Room

from answerable.model.call import EntryKind, Origin
from answerable.watch import commands as do
from answerable.watch.beside_calls import Allegation
from answerable.wiring.desk_calls import outcome_view
from answerable.wiring.desk_examining import examine_allegation

SENT, THERE, GONE = do.UnitStatus.DISPATCHED, do.UnitStatus.ON_SCENE, do.UnitStatus.CANCELLED
Course = Callable[[Room], str]


def close(room: Room, call: str, reason: do.CloseReason, text: str | None = None) -> None:
    room.say(do.Close(id=room.id(), about=call, reason_code=reason, reason_text=text), DISPATCHER)


def moved(room: Room, call: str, *steps: do.UnitStatus) -> str:
    for step in steps:
        room.pass_time(20_000_000)
        room.unit(call, step)
    return call


def answered_by_telephone(room: Room) -> str:
    call = room.call()
    room.say(do.Callback(id=room.id(), about=call, reached=True), TAKER)
    close(room, call, do.CloseReason.SERVED_BY_PHONE)
    return call


def closed_with(reason: do.CloseReason, text: str | None = None) -> Course:
    def course(room: Room) -> str:
        call = room.call()
        close(room, call, reason, text)
        return call

    return course


def called_back(*, reached: bool) -> Course:
    def course(room: Room) -> str:
        call = room.call(abandoned=True)
        room.say(do.Callback(id=room.id(), about=call, reached=reached), TAKER)
        return call

    return course


def called_back_and_closed(room: Room) -> str:
    call = moved(room, room.call(), SENT, GONE)
    close(room, call, do.CloseReason.OTHER, "the caller said so")
    return call


def merged(room: Room) -> str:
    other, call = moved(room, room.call(), SENT), room.call()
    room.say(do.Merge(id=room.id(), about=call, into=other), DISPATCHER)
    return call


def reprioritised(to: int) -> Course:
    def course(room: Room) -> str:
        call = room.call()
        room.say(do.Prioritize(id=room.id(), about=call, priority=to), DISPATCHER)
        room.pass_time(7 * MINUTE)
        return moved(room, call, SENT)

    return course


def handed(*, accepted: bool) -> Course:
    def course(room: Room) -> str:
        call = room.call()
        room.say(do.Transfer(id=room.id(), about=call, to="County Sheriff"), DISPATCHER)
        if accepted:
            room.say(do.AcceptReferral(id=room.id(), about=call, by_agency="County Sheriff"), DISPATCHER)
        return call

    return course


def withdrawn(room: Room) -> str:
    call = room.call()
    room.say(do.Withdraw(id=room.id(), about=call, asserted_by="caller"), TAKER)
    return call


def reopened(room: Room) -> str:
    call = closed_with(do.CloseReason.OTHER, "nobody there")(room)
    room.pass_time(MINUTE)
    room.say(do.Reopen(id=room.id(), about=call), DISPATCHER)
    return call


def endangered_later(room: Room) -> str:
    call = room.call()
    room.pass_time(MINUTE)
    room.fact(call, "life_safety", True)
    return call


def declined(room: Room) -> str:
    request = room.request()
    room.decline(request)
    return request


def declined_then(then: Callable[[Room, str], None]) -> Course:
    def course(room: Room) -> str:
        request = declined(room)
        room.pass_time(MINUTE)
        then(room, request)
        return request

    return course


def attacked(room: Room, request: str) -> None:
    room.fact(request, "officer_assaulted", True, by=FPS, said_by="requester")


def attacked_and_answered(room: Room, request: str) -> None:
    attacked(room, request)
    moved(room, request, SENT, THERE)


def upheld(room: Room, request: str) -> None:
    due_us = room.clock() + HOUR
    room.say(do.Review(id=room.id(), about=request, result=do.ReviewResult.UPHELD, review_due_us=due_us), DEPUTY)


def reversed_(room: Room, request: str) -> None:
    room.say(do.Review(id=room.id(), about=request, result=do.ReviewResult.REVERSED), DEPUTY)


def taken_up(room: Room, request: str) -> None:
    room.say(do.Reopen(id=room.id(), about=request, reason_text="new facts"), DISPATCHER)


def accepted(room: Room) -> str:
    request = room.request()
    room.say(do.AcceptRequest(id=room.id(), about=request), DISPATCHER)
    return request


COURSES: dict[str, Course] = {
    "nothing happens": lambda room: room.call(),
    "sent": lambda room: moved(room, room.call(), SENT),
    "sent, there, over": lambda room: moved(room, room.call(), SENT, THERE, do.UnitStatus.CLEARED),
    "sent, called back": lambda room: moved(room, room.call(), SENT, GONE),
    "sent, called back, closed": called_back_and_closed,
    "in danger, nobody sent": lambda room: room.call(facts={"life_safety": True}),
    "in danger, there in time": lambda room: moved(room, room.call(facts={"life_safety": True}), SENT, THERE),
    "in danger later": endangered_later,
    "answered by telephone": answered_by_telephone,
    "closed with a reason in words": closed_with(do.CloseReason.OTHER, "nobody there"),
    "closed as a test": closed_with(do.CloseReason.TEST_OR_MISDIAL),
    "hung up": lambda room: room.call(abandoned=True),
    "hung up, reached": called_back(reached=True),
    "hung up, not reached": called_back(reached=False),
    "merged": merged,
    "more urgent than thought": reprioritised(1),
    "less urgent than thought": reprioritised(5),
    "handed over": handed(accepted=True),
    "offered to others": handed(accepted=False),
    "withdrawn": withdrawn,
    "closed and taken up again": reopened,
    "a test entry": lambda room: room.call(entry_kind=EntryKind.TEST),
    "begun by an officer": lambda room: room.call(origin=Origin.OFFICER),
    "request, silence": lambda room: room.request(),
    "request accepted, nobody sent": accepted,
    "request accepted, answered": lambda room: moved(room, accepted(room), SENT, THERE),
    "request declined": declined,
    "declined, then attacked": declined_then(attacked),
    "declined, attacked, answered": declined_then(attacked_and_answered),
    "declined, upheld": declined_then(upheld),
    "declined, reversed": declined_then(reversed_),
    "declined, taken up again": declined_then(taken_up),
}
EVERYTHING = Allegation(
    id="a-1", kind="calls_ignored", by="counsel", text="Calls were ignored.", calls=(), opened_us=0, opened_by=TAKER
)


@pytest.fixture(scope="module")
def played() -> tuple[Room, dict[str, str]]:
    """One record in which everything happened once."""
    room = Room()
    return room, {course(room): name for name, course in COURSES.items()}


@pytest.mark.parametrize("later_s", [0, 600, 3_700, 20_000, 90_000, 400_000])
def test_every_call_examined_has_the_outcome_that_the_desk_says(
    played: tuple[Room, dict[str, str]], tmp_path: Path, later_s: int
) -> None:
    room, names = played
    at_us = room.clock() + later_s * 1_000_000
    world = room.core.world
    found = examine_allegation(
        EVERYTHING, store=room.parts.store, origin="alder.example/desk", out=tmp_path / "x", at_us=at_us
    )
    with (tmp_path / "x" / "result" / "calls.csv").open(encoding="utf-8", newline="") as file:
        examined = {line["call"]: line["outcome"] for line in csv.DictReader(file)}
    assert sum(found.outcomes.values()) == len(world.subjects)
    for subject, name in names.items():
        live = outcome_view(room.subject(subject), world=world, now_us=at_us)
        assert examined[subject] == ("none_owed" if live is None else live.outcome), name


def test_the_courses_come_to_more_than_one_outcome(played: tuple[Room, dict[str, str]]) -> None:
    room, names = played
    at_us = room.clock() + 400_000_000_000
    views = [outcome_view(room.subject(subject), world=room.core.world, now_us=at_us) for subject in names]
    assert {view.outcome for view in views if view} >= {
        "answered", "answered_late", "unheard", "sent_not_arrived", "declined_within_policy", "handed_over",
        "withdrawn", "merged", "declined_against_policy",
    }  # fmt: skip


def test_nothing_private_is_in_the_files(tmp_path: Path) -> None:
    room = Room()
    marked = "CANARY-7f3a"
    call = room.call(place=marked, nature=marked, narrative=marked, caller_name=marked, phone=marked)
    request = room.request(asks=marked, place=marked, contact_name=marked, agency=f"{FPS.agency}")
    room.decline(request, notice_text=marked, reason_text=marked)
    close(room, call, do.CloseReason.OTHER, marked)
    out = tmp_path / "x"
    examine_allegation(EVERYTHING, store=room.parts.store, origin="alder.example/desk", out=out, at_us=room.clock())
    files = [path for path in out.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path.name for path in files if marked.encode() in path.read_bytes()] == []


def test_while_a_feed_is_silent_no_call_of_its_own_is_called_unheard(tmp_path: Path) -> None:
    room = Room()
    room.say(do.HearFeed(id=room.id(), feed="cad", every_s=60), CAD)
    call = room.call(CAD, feed="cad")
    room.pass_time(10 * MINUTE)
    at_us = room.clock() + 5 * HOUR
    out = tmp_path / "x"
    found = examine_allegation(EVERYTHING, store=room.parts.store, origin="alder.example/desk", out=out, at_us=at_us)
    live = outcome_view(room.subject(call), world=room.core.world, now_us=at_us)
    assert "unheard" not in found.outcomes
    assert live is not None
    assert live.outcome != "unheard"
