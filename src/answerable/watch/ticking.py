"""What falls due by time alone, as entries of the desk: alarms, their climbing, gaps of feeds, heartbeats, versions.

None of them ends a call. Whoever passes the time is given, and so is where ids come from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from answerable.model.times import SECOND_US
from answerable.watch.alarms import AlarmKind
from answerable.watch.events import Event, EventName
from answerable.watch.people import DESK_ITSELF
from answerable.watch.ringing import Climb, Ring, climbs, first_rung, rings
from answerable.watch.states import Kind
from answerable.watch.subject import Subject
from answerable.watch.words import ALARMS, alarm_words
from answerable.watch.world import World

_E = EventName
NewId = Callable[[], str]


def due_events(world: World, now_us: int, new_id: NewId) -> list[Event]:
    """Everything that falls due by now. Calls that ring are taken from the list of those that wait to; applying the
    entries (or `World.ring_again`) puts them back."""
    found = list(_policy(world, now_us, new_id))
    gaps = list(_feeds(world, now_us, new_id))
    found += gaps
    silent = {event.public.get("feed") for event in gaps}
    for id_ in world.due_before(now_us):
        subject = world.subject(id_)
        events = [] if subject is None else list(_of_call(subject, world, now_us, new_id, silent=silent))
        if not events:
            world.ring_again(id_)
        found += events
    found += [_climb(one, now_us, new_id) for one in climbs(tuple(world.general.values()), now_us, world.rules)]
    return found


def heartbeat(world: World, now_us: int, new_id: NewId) -> Event | None:
    """That the desk is alive, each minute: without it silence could not be told from a dead desk."""
    last_us = world.watch.heartbeat_us
    if last_us is not None and now_us - last_us < world.rules.heartbeat_s * SECOND_US:
        return None
    return alive(world, now_us, new_id)


def alive(world: World, now_us: int, new_id: NewId) -> Event:
    """A heartbeat, due or not."""
    public = {"open": len(world.open), "feeds_silent": sorted(_silent(world))}
    return _event(_E.WATCH_HEARTBEAT, None, now_us, new_id, public)


def next_heartbeat_us(world: World) -> int:
    """When the next heartbeat is due."""
    last_us = world.watch.heartbeat_us
    return 0 if last_us is None else last_us + world.rules.heartbeat_s * SECOND_US


def alarm_of(kind: AlarmKind, cause: str, now_us: int, new_id: NewId, *, text: str | None = None) -> Event:
    """An alarm about no call."""
    public = {"kind": kind.value, "cause": cause, "rung": first_rung(kind).value, "text": text or ALARMS[kind]}
    return _event(_E.ALARM_RAISED, None, now_us, new_id, public)


def _of_call(
    subject: Subject, world: World, now_us: int, new_id: NewId, *, silent: Collection[str | None]
) -> Iterator[Event]:
    unseen = world.unseen(subject) is not None or (subject.feed is not None and subject.feed in silent)
    for ring in rings(subject, now_us, world.rules, unseen=unseen):
        yield _ring(subject, ring, now_us, new_id)
        if ring.kind is AlarmKind.REVIEW_MISSED and subject.entered_as is Kind.REQUEST:
            yield _event(_E.ASSISTANCE_REVIEW_DUE, subject.id, now_us, new_id, {"due_us": ring.due_us})
    for climb in climbs(subject.alarms, now_us, world.rules):
        yield _climb(climb, now_us, new_id)


def _ring(subject: Subject, ring: Ring, now_us: int, new_id: NewId) -> Event:
    public = {
        "kind": ring.kind.value,
        "cause": ring.cause,
        "due_us": ring.due_us,
        "rung": ring.rung.value,
        "calls_rank": ring.calls_rank,
        "text": alarm_words(ring.kind, called_back=subject.all_called_back),
    }
    return _event(_E.ALARM_RAISED, subject.id, now_us, new_id, public)


def _climb(climb: Climb, now_us: int, new_id: NewId) -> Event:
    public = {"alarm": climb.alarm.id, "rung": climb.rung.value}
    return _event(_E.ALARM_ESCALATED, climb.alarm.about, now_us, new_id, public)


def _feeds(world: World, now_us: int, new_id: NewId) -> Iterator[Event]:
    for feed in world.feeds.values():
        silent_us = feed.every_s * world.rules.gap_after * SECOND_US
        if feed.gap_from_us is None and now_us - feed.heard_us > silent_us:
            public = {"feed": feed.name, "from_us": feed.heard_us if feed.up_to_us is None else feed.up_to_us}
            yield _event(_E.FEED_GAP_BEGAN, None, now_us, new_id, public)
            text = f"{ALARMS[AlarmKind.FEED_GAP]} ({feed.name})"
            yield alarm_of(AlarmKind.FEED_GAP, f"feed:{feed.name}", now_us, new_id, text=text)


def _silent(world: World) -> Iterator[str]:
    return (feed.name for feed in world.feeds.values() if feed.gap_from_us is not None)


def _policy(world: World, now_us: int, new_id: NewId) -> Iterator[Event]:
    name = world.meaning.in_force(now_us)
    policy = world.meaning.policy(name)
    if policy is not None and name != world.watch.in_force:
        public = {"policy": name, "version": policy.version, "effective_from_us": policy.effective_from_us}
        yield _event(_E.POLICY_CAME_INTO_FORCE, None, now_us, new_id, public)


def _event(name: EventName, about: str | None, now_us: int, new_id: NewId, public: dict[str, Any]) -> Event:
    given = {key: value for key, value in public.items() if value is not None}
    return Event(id=new_id(), name=name, about=about, actor=DESK_ITSELF, recorded_at_us=now_us, public=given)
