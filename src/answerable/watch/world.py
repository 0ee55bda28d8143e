"""Everything the entries come to: calls and requests, alarms, feeds, people, versions. Applying an entry is total.

`ahead()` gives a world that looks on and writes beside: what is judged in one batch sees what came before it in the
batch, and is shown to nobody until the record has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush
from typing import Any

import msgspec

from answerable.errors import PolicyError
from answerable.model.times import SECOND_US
from answerable.policy import load_policy
from answerable.watch.alarms import MUTE_S, Alarm, AlarmKind, Rung
from answerable.watch.applying import applied, begun
from answerable.watch.beside_calls import Allegation, Feed, Version, Watch
from answerable.watch.events import Event, EventName
from answerable.watch.meaning import Meaning
from answerable.watch.people import Assignment, Role
from answerable.watch.ringing import next_ring_us, pruned
from answerable.watch.rules import DeskRules
from answerable.watch.states import Kind
from answerable.watch.subject import Subject
from answerable.watch.taking_up import reconsidered
from answerable.watch.words import blind_text, gap_text

replace = msgspec.structs.replace
_E = EventName
_FITS_NOTHING = (AttributeError, KeyError, TypeError, ValueError)
BEGIN = (_E.CALL_RECEIVED, _E.ASSISTANCE_REQUESTED)
"""Events with which a call or a request begins."""
RECORD, CLOCK = "record", "clock"
"""Causes of alarms that no call has: the record takes nothing; the machine's clock jumped."""


class World:
    """The state of a desk. Only one thread writes it."""

    def __init__(self, rules: DeskRules | None = None) -> None:
        self.rules = rules or DeskRules()
        self.meaning = Meaning()
        self.watch = Watch()
        self.subjects: dict[str, Subject] = {}
        self.general: dict[str, Alarm] = {}
        self.alarm_of: dict[str, str | None] = {}
        self.feeds: dict[str, Feed] = {}
        self.people: dict[str, tuple[Assignment, ...]] = {}
        self.versions: dict[str, Version] = {}
        self.allegations: dict[str, Allegation] = {}
        self.muted: dict[str, int] = {}
        self.unreadable: tuple[str, ...] = ()
        """Entries that have the name of an event and not what belongs to it."""
        self.open: dict[str, None] = {}
        self.recent: dict[str, None] = {}
        self.requests: dict[str, None] = {}
        self.merged: dict[str, dict[str, None]] = {}
        self._rings: list[tuple[int, str]] = []
        self._ring_at: dict[str, int] = {}

    # reading

    def subject(self, id: str) -> Subject | None:  # noqa: A002
        """A call or request by its id."""
        return self.subjects.get(id)

    def held(self, person: str, role: Role, at_us: int) -> Assignment | None:
        """The assignment by which a person holds a role at an instant: an acting one before a lasting one."""
        found = [one for one in self.people.get(person, ()) if one.role is role and one.holds_at(at_us)]
        return max(found, key=lambda one: (one.acting, one.from_us), default=None)

    def unseen(self, subject: Subject) -> str | None:
        """Why this desk cannot know whether anybody was sent to a call: its feed is silent, or never tells."""
        feed = None if subject.feed is None else self.feeds.get(subject.feed)
        if feed is None:
            return None
        if feed.gap_from_us is not None:
            return gap_text(feed.name)
        return None if feed.shows_dispatch or subject.units else blind_text(feed.name)

    def ringing(self) -> Iterator[Alarm]:
        """Every alarm whose cause stands."""
        yield from self.general.values()
        for id_ in self.open:
            yield from self.subjects[id_].alarms

    # time

    def due_before(self, now_us: int) -> list[str]:
        """The calls whose next ring is due, each once; they come again with their next."""
        found = list[str]()
        while self._rings and self._rings[0][0] <= now_us:
            at_us, id_ = heappop(self._rings)
            if self._ring_at.get(id_) == at_us:
                del self._ring_at[id_]
                found.append(id_)
        return found

    def next_due_us(self) -> int | None:
        """When the next call rings, as far as is known now."""
        return self._rings[0][0] if self._rings else None

    def waiting_rings(self) -> tuple[list[str], list[int]]:
        """Which call rings next when: ids, and instants in the same order."""
        return list(self._ring_at), list(self._ring_at.values())

    def wait_for(self, rings: Iterable[tuple[str, int]]) -> None:
        """Ring for these calls then, as far as is known now; in place of what was waited for."""
        self._ring_at = dict(rings)
        self._rings = [(at_us, id_) for id_, at_us in self._ring_at.items()]
        heapify(self._rings)

    def ring_again(self, id: str) -> None:  # noqa: A002
        """Look again when this call rings next."""
        subject = self.subjects.get(id)
        unseen = subject is not None and self.unseen(subject) is not None
        at_us = None if subject is None else next_ring_us(subject, self.rules, unseen=unseen)
        if at_us is None:
            self._ring_at.pop(id, None)
        elif self._ring_at.get(id) != at_us:
            self._ring_at[id] = at_us
            heappush(self._rings, (at_us, id))

    # writing

    def alarm(self, id: str) -> Alarm | None:  # noqa: A002
        """An alarm whose cause still stands; None for any other."""
        about = self.alarm_of.get(id)
        subject = None if about is None else self.subject(about)
        standing = self.general.values() if subject is None else subject.alarms
        return next((one for one in standing if one.id == id), None)

    def put(self, subject: Subject) -> None:
        """Keep the newest state of a call, in every list it belongs to."""
        before = self.subjects.get(subject.id)
        self.subjects[subject.id] = subject
        self._listed(before, subject)
        if subject.over:
            self.open.pop(subject.id, None)
            self.recent.pop(subject.id, None)
            self.recent[subject.id] = None
        else:
            self.open[subject.id] = None
            self.recent.pop(subject.id, None)
        self.ring_again(subject.id)

    def _listed(self, before: Subject | None, subject: Subject) -> None:
        if before is None and subject.entered_as is Kind.REQUEST:
            self.requests[subject.id] = None
        earlier = None if before is None else before.merged_into
        if earlier != subject.merged_into:
            if earlier is not None:
                self.merged[earlier].pop(subject.id, None)
            if subject.merged_into is not None:
                self.merged.setdefault(subject.merged_into, {})[subject.id] = None

    def forget_closed(self, now_us: int) -> bool:
        """What is over for longer than a board shows it is in no list any more; whether there was any."""
        size = len(self.recent)
        since_us = now_us - self.rules.closed_shown_s * SECOND_US
        while self.recent:
            oldest = next(iter(self.recent))
            if self.subjects[oldest].changed_us >= since_us:
                break
            del self.recent[oldest]
        return len(self.recent) < size

    def apply(self, event: Event) -> None:
        """Take an entry in. Never fails: an entry that fits nothing changes nothing."""
        index = self.watch.index if event.index is None else max(self.watch.index, event.index)
        self.watch = replace(self.watch, index=index, last_us=max(self.watch.last_us, event.recorded_at_us))
        about = event.id if event.about is None else event.about
        before = self.subjects.get(about)
        try:
            self._apply(event)
        except _FITS_NOTHING:
            # somebody else entered it under one of our names: it stays in the record, and says nothing to the desk
            self.unreadable = (*self.unreadable, event.id)
            self._take_back(about, before)

    def _take_back(self, id_: str, before: Subject | None) -> None:
        if before is not None:
            self.subjects[id_] = before
            return
        for kept in (self.subjects, self.open, self.recent, self.requests):
            kept.pop(id_, None)

    def _apply(self, event: Event) -> None:
        if event.name in BEGIN:
            if self.subject(event.id) is None:
                self.put(begun(event, self.meaning))
        elif (general := self._general(event.name)) is not None:
            general(event)
        elif event.about is not None and (subject := self.subject(event.about)) is not None:
            self.put(pruned(applied(subject, event, self.meaning), self.rules))

    def _general(self, name: EventName) -> Callable[[Event], None] | None:
        return {
            "alarm": self._alarm,
            "watch": self._watch,
            "feed": self._feed,
            "assignment": self._assignment,
            "policy": self._policy,
            "allegation": self._allegation,
        }.get(name.value.split(".")[0])

    def ahead(self) -> Ahead:
        """A world that goes on from this one without changing it."""
        return Ahead(self)

    # what is not about one call

    def _alarm(self, event: Event) -> None:
        public = event.public
        if event.name is _E.ALARM_RAISED:
            self._raised(event)
        elif event.name is _E.ALARM_MUTED:
            self.muted[event.actor.id] = event.recorded_at_us + MUTE_S * SECOND_US
        elif public["alarm"] in self.alarm_of:
            self._changed_alarm(public["alarm"], event)

    def _raised(self, event: Event) -> None:
        public = event.public
        alarm = Alarm(
            id=event.id,
            cause=public["cause"],
            kind=AlarmKind(public["kind"]),
            about=event.about,
            text=public.get("text", ""),
            raised_us=event.recorded_at_us,
            due_us=public.get("due_us"),
            rung=Rung(public["rung"]),
            calls_rank=public.get("calls_rank"),
        )
        self.alarm_of[alarm.id] = event.about
        subject = None if event.about is None else self.subject(event.about)
        if subject is None:
            self.general = {**self.general, alarm.id: alarm}
            return
        rung = subject.rung | {f"{alarm.kind.value}:{alarm.cause}"}
        alarms = (*(one for one in subject.alarms if one.cause != alarm.cause), alarm)
        subject = applied(replace(subject, alarms=alarms, rung=rung), event, self.meaning)
        self.put(pruned(subject, self.rules))

    def _changed_alarm(self, id_: str, event: Event) -> None:
        about = self.alarm_of[id_]
        subject = None if about is None else self.subject(about)
        if subject is None:
            if id_ in self.general:
                after = _after(self.general[id_], event)
                rest = {name: one for name, one in self.general.items() if name != id_}
                self.general = rest if after.cause == CLOCK and not after.rings else {**rest, id_: after}
            return
        alarms = tuple(_after(one, event) if one.id == id_ else one for one in subject.alarms)
        self.put(applied(replace(subject, alarms=alarms), event, self.meaning))

    def _watch(self, event: Event) -> None:
        if event.name is _E.WATCH_HEARTBEAT:
            self.watch = replace(self.watch, heartbeat_us=event.recorded_at_us)
            self._silence_over(RECORD)
        elif event.name is _E.WATCH_STARTED:
            self.watch = replace(self.watch, started_us=event.recorded_at_us)

    def _feed(self, event: Event) -> None:
        name, public = event.public["feed"], event.public
        feed = self.feeds.get(name) or Feed(name=name, heard_us=event.recorded_at_us, every_s=60)
        if event.name is _E.FEED_GAP_BEGAN:
            feed = replace(feed, gap_from_us=public["from_us"])
        else:
            feed = replace(
                feed,
                heard_us=event.recorded_at_us,
                every_s=public.get("every_s", feed.every_s),
                up_to_us=public.get("up_to_us", feed.up_to_us),
                shows_dispatch=public.get("shows_dispatch", True),
                gap_from_us=None,
            )
            self._silence_over(f"feed:{name}")
        self.feeds = {**self.feeds, name: feed}
        for id_ in list(self.open):
            if self.subjects[id_].feed == name:
                self.ring_again(id_)

    def _silence_over(self, cause: str) -> None:
        self.general = {id_: one for id_, one in self.general.items() if one.cause != cause}

    def _assignment(self, event: Event) -> None:
        public = event.public
        person, role = public["person"], Role(public["role"])
        before = self.people.get(person, ())
        if event.name is _E.ASSIGNMENT_ENDED:
            ended = tuple(
                replace(one, until_us=event.recorded_at_us)
                if one.role is role and one.holds_at(event.recorded_at_us)
                else one
                for one in before
            )
            self.people = {**self.people, person: ended}
            return
        made = Assignment(
            person=person,
            role=role,
            rank=public.get("rank"),
            from_us=public.get("from_us", event.recorded_at_us),
            until_us=public.get("until_us"),
            acting=bool(public.get("acting")),
            by=event.actor.id,
        )
        self.people = {**self.people, person: (*before, made)}

    def _policy(self, event: Event) -> None:
        if event.name in (_E.POLICY_DRAFTED, _E.POLICY_FILED):
            self._drafted(event)
        elif event.name is _E.POLICY_CAME_INTO_FORCE:
            self._came_into_force(event)
        elif event.about in self.versions:
            approved = event.name is _E.POLICY_APPROVED
            version = replace(
                self.versions[event.about],
                state="approved" if approved else "refused",
                approved_by=event.actor,
                approved_us=event.recorded_at_us,
            )
            self.versions = {**self.versions, version.id: version}
            self._remember()

    def _drafted(self, event: Event) -> None:
        try:
            policy = load_policy(event.public["text"].encode(), file=event.public["file"])
        except PolicyError:
            return
        filed = event.name is _E.POLICY_FILED
        version = Version(
            id=event.id,
            text=event.public["text"],
            policy=policy,
            state="filed" if filed else "draft",
            by=event.actor,
            at_us=event.recorded_at_us,
        )
        self.versions = {**self.versions, version.id: version}
        if filed:
            self._remember()

    def _remember(self) -> None:
        valid = [one.policy for one in self.versions.values() if one.state in ("filed", "approved")]
        try:
            self.meaning = Meaning(valid)
        except PolicyError:
            return  # two versions that exclude each other: what held before goes on holding

    def _came_into_force(self, event: Event) -> None:
        self.watch = replace(self.watch, in_force=event.public["policy"])
        for id_ in list(self.open):
            subject = self.subjects[id_]
            at_us = max(event.public["effective_from_us"], subject.recorded_us)
            cause = f"version {event.public['version']} came into force"
            self.put(pruned(reconsidered(subject, at_us, cause, self.meaning), self.rules))

    def _allegation(self, event: Event) -> None:
        opened = Allegation(
            id=event.id,
            kind=event.public["kind"],
            by=event.private.get("by"),
            text=event.private.get("text"),
            calls=tuple(event.public.get("calls", ())),
            opened_us=event.recorded_at_us,
            opened_by=event.actor,
        )
        self.allegations = {**self.allegations, opened.id: opened}


class Ahead(World):
    """A world that looks on. It shares what it does not change, and puts calls beside those of the world below."""

    def __init__(self, below: World) -> None:
        self.__dict__.update({name: value for name, value in below.__dict__.items() if name not in _OWN})
        self._below = below
        self.subjects: dict[str, Subject] = {}
        self._begun: dict[str, tuple[Event, Meaning]] = {}
        self.alarm_of = _Over(below.alarm_of)
        self.muted = dict(below.muted)
        self.open, self.recent, self.requests = _Nothing(), _Nothing(), _Nothing()
        self.merged = {}

    def subject(self, id: str) -> Subject | None:  # noqa: A002
        """The newest state: this world's own, or that of the world below."""
        if id in self._begun:
            event, meaning = self._begun.pop(id)
            try:
                self.subjects[id] = begun(event, meaning)
            except _FITS_NOTHING:
                self.unreadable = (*self.unreadable, event.id)
        return self.subjects.get(id) or self._below.subject(id)

    def _apply(self, event: Event) -> None:
        """A call that nobody asks for in the same batch is not worked out here."""
        if event.name in BEGIN and event.id not in self.subjects and self._below.subject(event.id) is None:
            self._begun.setdefault(event.id, (event, self.meaning))
        else:
            super()._apply(event)

    def put(self, subject: Subject) -> None:
        """Beside, and in no list."""
        self.subjects[subject.id] = subject

    def ring_again(self, id: str) -> None:  # noqa: A002
        """A world that looks on rings for nobody."""


class _Over(dict[str, Any]):
    """A dictionary that looks into another one for what it has not."""

    def __init__(self, below: dict[str, Any]) -> None:
        super().__init__()
        self._below = below

    def __missing__(self, key: str) -> Any:
        return self._below[key]

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self._below


class _Nothing(dict[str, None]):
    """A list that stays empty."""

    def __setitem__(self, key: str, value: None) -> None:
        return


_OWN = frozenset({"subjects", "alarm_of", "open", "recent", "muted", "requests", "merged"})


def _after(alarm: Alarm, event: Event) -> Alarm:
    if event.name is _E.ALARM_ACKNOWLEDGED:
        return replace(alarm, acknowledged_by=event.actor.id, acknowledged_us=event.recorded_at_us)
    return replace(alarm, rung=Rung(event.public["rung"]), climbed_us=event.recorded_at_us)
