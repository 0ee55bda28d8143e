"""A world as plain values that can be written down and read back: everything but what is private.

What is private stays where its salts are. A kept world is what the public part of the entries comes to, and so is the
world of a replay that has not opened anything yet; whoever reads it back opens from the record what may still be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from answerable.model.duty import PolicyDecision
from answerable.policy import load_policy
from answerable.watch.alarms import Alarm
from answerable.watch.beside_calls import Allegation, Feed, Version, Watch
from answerable.watch.entries_of_calls import UNNAMED_AGENCY
from answerable.watch.meaning import Meaning
from answerable.watch.people import Actor, Assignment
from answerable.watch.rules import DeskRules
from answerable.watch.subject import Denial, Subject
from answerable.watch.world import World

replace = msgspec.structs.replace


class KeptVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version of a policy; what it means is read from its text again. `holds`: it is among those that decide."""

    id: str
    text: str
    file: str
    state: str
    by: Actor
    at_us: int
    approved_by: Actor | None = None
    approved_us: int | None = None
    holds: bool = False


class KeptCall(msgspec.Struct, frozen=True, array_like=True):
    """A call without what is private. Many calls have the same decisions, so these stand in a list of their own:
    `base`, `limits` and `lowered` are places in it, -1 for none. `spoken`: what it is called on the telephone."""

    subject: Subject
    spoken: str | None
    base: int
    limits: int
    lowered: int


class KeptRest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a world but its calls. Lists are in the world's order."""

    watch: Watch
    decisions: list[PolicyDecision]
    versions: list[KeptVersion]
    general: list[Alarm]
    alarm_of: dict[str, str | None]
    feeds: list[Feed]
    people: dict[str, tuple[Assignment, ...]]
    allegations: list[Allegation]
    muted: dict[str, int]
    unreadable: tuple[str, ...]
    open: list[str]
    recent: list[str]
    requests: list[str]
    merged: dict[str, list[str]]
    ringing: list[str]
    """The calls that ring next, and in `rings_us` when each does."""
    rings_us: list[int]


class Still(msgspec.Struct, frozen=True, kw_only=True):
    """A world at one instant, to be written down while the desk goes on: made of what never changes, in new lists."""

    subjects: list[Subject]
    rest: KeptRest


def still(world: World) -> Still:
    """The world as it is now. A few thousandths of a second for 100,000 calls."""
    deciding = {policy.text_sha256 for policy in world.meaning.versions.policies}
    ringing, rings_us = world.waiting_rings()
    return Still(
        subjects=list(world.subjects.values()),
        rest=KeptRest(
            watch=world.watch,
            decisions=[],
            versions=[_kept_version(one, deciding) for one in world.versions.values()],
            general=list(world.general.values()),
            alarm_of=dict(world.alarm_of),
            feeds=list(world.feeds.values()),
            people=dict(world.people),
            allegations=[replace(one, by=None, text=None) for one in world.allegations.values()],
            muted=dict(world.muted),
            unreadable=world.unreadable,
            open=list(world.open),
            recent=list(world.recent),
            requests=list(world.requests),
            merged={id_: list(here) for id_, here in world.merged.items()},
            ringing=ringing,
            rings_us=rings_us,
        ),
    )


class Decisions:
    """The decisions that calls have, each once, in a list that only grows."""

    def __init__(self) -> None:
        self.all: list[PolicyDecision] = []
        self._places: dict[int, int] = {}
        self._by_content: dict[bytes, int] = {}
        self._seen: list[PolicyDecision] = []

    def kept(self, subject: Subject, spoken: str | None) -> KeptCall:
        """A call as it is written down."""
        period = subject.period
        bare = replace(period, base=None, limits=None, lowered=None)
        return KeptCall(
            replace(without_private(subject), period=bare),
            spoken,
            self._place(period.base),
            self._place(period.limits),
            self._place(period.lowered),
        )

    def _place(self, decision: PolicyDecision | None) -> int:
        """Those read back are other objects than those that were decided since, with the same content."""
        if decision is None:
            return -1
        place = self._places.get(id(decision))
        if place is None:
            place = self._by_content.setdefault(msgspec.msgpack.encode(decision), len(self.all))
            self._places[id(decision)] = place
            self._seen.append(decision)  # so that no other object can get its identity
            if place == len(self.all):
                self.all.append(decision)
        return place


def without_private(subject: Subject) -> Subject:
    """A call as a replay has it that opens nothing."""
    return replace(
        subject,
        agency=subject.by.agency,
        nature=None,
        place=None,
        narrative=None,
        caller_name=None,
        phone=None,
        referred_to=None if subject.referred_to is None else UNNAMED_AGENCY,
        denial=None if subject.denial is None else _bare(subject.denial),
    )


def _bare(denial: Denial) -> Denial:
    conditions = tuple(replace(one, text=None) for one in denial.conditions)
    return replace(denial, reason_text=None, notice_text=None, conditions=conditions)


def _kept_version(version: Version, deciding: set[str]) -> KeptVersion:
    return KeptVersion(
        id=version.id,
        text=version.text,
        file=version.policy.file,
        state=version.state,
        by=version.by,
        at_us=version.at_us,
        approved_by=version.approved_by,
        approved_us=version.approved_us,
        holds=version.state in ("filed", "approved") and version.policy.text_sha256 in deciding,
    )


def restored(calls: Iterable[KeptCall], rest: KeptRest, rules: DeskRules) -> World:
    """The world that was kept. Raises ValueError, LookupError or PolicyError where it does not hold together."""
    world = World(rules)
    world.watch = rest.watch
    world.versions = {one.id: _version(one) for one in rest.versions}
    world.meaning = Meaning(world.versions[one.id].policy for one in rest.versions if one.holds)
    world.subjects = {one.id: one for one in _subjects(calls, rest.decisions)}
    world.general = {one.id: one for one in rest.general}
    world.alarm_of = rest.alarm_of
    world.feeds = {one.name: one for one in rest.feeds}
    world.people = rest.people
    world.allegations = {one.id: one for one in rest.allegations}
    world.muted = rest.muted
    world.unreadable = rest.unreadable
    world.open = dict.fromkeys(rest.open)
    world.recent = dict.fromkeys(rest.recent)
    world.requests = dict.fromkeys(rest.requests)
    world.merged = {id_: dict.fromkeys(here) for id_, here in rest.merged.items()}
    world.wait_for(zip(rest.ringing, rest.rings_us, strict=True))
    missing = [name for name in (world.open, world.recent, world.requests) if not name.keys() <= world.subjects.keys()]
    if missing:
        raise ValueError("a list names a call that is not there")
    return world


def _subjects(calls: Iterable[KeptCall], decisions: list[PolicyDecision]) -> Iterator[Subject]:
    given = [*decisions, None]  # -1 is the last
    for one in calls:
        period = replace(one.subject.period, base=given[one.base], limits=given[one.limits], lowered=given[one.lowered])
        yield replace(one.subject, period=period)


def _version(kept: KeptVersion) -> Version:
    return Version(
        id=kept.id,
        text=kept.text,
        policy=load_policy(kept.text.encode(), file=kept.file),
        state=kept.state,
        by=kept.by,
        at_us=kept.at_us,
        approved_by=kept.approved_by,
        approved_us=kept.approved_us,
    )
