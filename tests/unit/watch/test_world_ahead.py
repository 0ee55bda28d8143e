"""The world that looks ahead sees what came before it in the batch, and changes nothing below."""

from __future__ import annotations

from tests.support.desks import DISPATCHER, NOON, Room

from answerable.watch import commands as do
from answerable.watch.events import Event, EventName
from answerable.watch.people import Actor, Role
from answerable.watch.states import State


def event(name: EventName, about: str | None = None, **public: object) -> Event:
    return Event(
        id=f"x-{name.value}", name=name, about=about, recorded_at_us=NOON + 1,
        actor=Actor(id="u", role=Role.DISPATCHER),
        public=public,
    )  # fmt: skip


def test_what_it_is_told_is_seen_there_and_not_below() -> None:
    room = Room()
    request = room.request()
    world = room.core.world
    ahead = world.ahead()
    ahead.apply(event(EventName.ASSISTANCE_ACKNOWLEDGED, request))
    ahead.apply(event(EventName.FEED_HEARD, feed="cad"))
    ahead.apply(event(EventName.ASSIGNMENT_MADE, person="u-new", role="dispatcher"))
    ahead.apply(event(EventName.ALARM_RAISED, request, kind="undecided", cause="decide@1", rung="command"))
    seen, below = ahead.subject(request), world.subject(request)
    assert seen is not None
    assert below is not None
    assert (seen.state, below.state) == (State.ACKNOWLEDGED, State.SUBMITTED)
    assert ahead.held("u-new", Role.DISPATCHER, NOON + 2) is not None
    assert world.held("u-new", Role.DISPATCHER, NOON + 2) is None
    assert "x-alarm.raised" in ahead.alarm_of
    assert "x-alarm.raised" not in world.alarm_of
    assert world.feeds == {}


def test_an_entry_that_fits_nothing_leaves_the_world_below_as_it_was() -> None:
    room = Room()
    request = room.request()
    world = room.core.world
    lists = (dict(world.open), dict(world.requests), dict(world.merged), set(world.subjects))
    ahead = world.ahead()
    ahead.apply(event(EventName.ASSISTANCE_DECLINED, request))
    ahead.apply(event(EventName.UNIT_DISPATCHED, request))
    assert ahead.unreadable == ("x-assistance.declined", "x-unit.dispatched")
    assert world.unreadable == ()
    assert lists == (dict(world.open), dict(world.requests), dict(world.merged), set(world.subjects))


def test_in_a_batch_the_second_command_sees_what_the_first_did() -> None:
    room = Room()
    call, other = room.call(), room.call()
    answers = room.core.take(
        [
            (do.Close(id="b1", about=other, reason_code=do.CloseReason.TEST_OR_MISDIAL), DISPATCHER),
            (do.Merge(id="b2", about=call, into=other), DISPATCHER),
            (do.DecideRespond(id="b3", about=call), DISPATCHER),
        ]
    )
    assert [type(answer).__name__ for answer in answers] == ["Written", "NotPossibleError", "Written"]
    assert [made.kind for made in room.subject(call).made] == ["respond"]
