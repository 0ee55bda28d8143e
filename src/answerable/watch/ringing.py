"""When the desk rings for a call, what for, and when an alarm is over: before a deadline, at it, and higher.

An alarm is over when what it rings for is (somebody was sent, it was decided, it was reviewed). Acknowledging it only
ends the noise. Nothing here ends a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from answerable.model.times import SECOND_US
from answerable.watch.alarms import Alarm, AlarmKind, Rung
from answerable.watch.clocks import (
    ANSWER,
    ARRIVE,
    CALLBACK,
    DECIDE,
    DISPATCH,
    REVIEW,
    TELL_CALLER,
    WRITTEN_RESPONSE,
    unmet,
)
from answerable.watch.rules import DeskRules
from answerable.watch.states import UNDER_WAY
from answerable.watch.subject import Subject
from answerable.watch.views import Due

replace = msgspec.structs.replace
K = AlarmKind

SOON_AND_PAST: Final[dict[str, tuple[AlarmKind, AlarmKind]]] = {
    DISPATCH: (K.ABOUT_TO_GO_UNHEARD, K.UNHEARD),
    ANSWER: (K.ABOUT_TO_GO_UNHEARD, K.UNHEARD),
    ARRIVE: (K.ARRIVAL_DUE, K.NOT_ARRIVED),
    TELL_CALLER: (K.CALLER_TO_BE_TOLD, K.CALLER_TO_BE_TOLD),
    DECIDE: (K.DECISION_DUE, K.UNDECIDED),
    CALLBACK: (K.CALLBACK_DUE, K.CALLBACK_MISSED),
    REVIEW: (K.REVIEW_DUE, K.REVIEW_MISSED),
    WRITTEN_RESPONSE: (K.RESPONSE_DUE, K.RESPONSE_NOT_WRITTEN),
}
"""What rings for each clock before its deadline, and past it."""

DECIDED_HERE: Final = frozenset((DECIDE, REVIEW, WRITTEN_RESPONSE))
"""Clocks that only this desk's own entries can meet, whatever a feed tells."""

_FIRST_RUNG: Final = {
    K.LIFE_SAFETY_ON_DENIAL: Rung.WATCH_SUPERVISOR,
    K.UNHEARD: Rung.WATCH_SUPERVISOR,
    K.NOT_ARRIVED: Rung.WATCH_SUPERVISOR,
    K.CALLBACK_MISSED: Rung.WATCH_SUPERVISOR,
    K.DECISION_DUE: Rung.WATCH_SUPERVISOR,
    K.CONDITION_MET: Rung.WATCH_SUPERVISOR,
    K.APPEALED: Rung.COMMAND,
    K.UNDECIDED: Rung.COMMAND,
    K.REVIEW_DUE: Rung.WATCH_SUPERVISOR,
    K.REVIEW_MISSED: Rung.COMMAND,
    K.RESPONSE_DUE: Rung.WATCH_SUPERVISOR,
    K.RESPONSE_NOT_WRITTEN: Rung.COMMAND,
}
LADDER: Final = tuple(Rung)


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm to be raised."""

    kind: AlarmKind
    cause: str
    due_us: int | None
    rung: Rung
    calls_rank: str | None = None


class Climb(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that goes one rung higher."""

    alarm: Alarm
    rung: Rung


def cause_of(due: Due) -> str:
    """What an alarm for this clock rings for."""
    return f"{due.what}@{due.start_us}"


def first_rung(kind: AlarmKind) -> Rung:
    """Whom an alarm calls first."""
    return _FIRST_RUNG.get(kind, Rung.DISPATCHER)


def next_ring_us(subject: Subject, rules: DeskRules, *, unseen: bool) -> int | None:
    """The next instant at which this call makes the desk ring; None where nothing is coming.

    `unseen`: what is done for this call is not known here, so that clocks which only that would meet do not ring.
    """
    times = [at_us for due in _heeded(subject, rules, unseen=unseen) for at_us in _ring_times(due, subject)]
    times += [at_us for alarm in subject.alarms if (at_us := climbs_us(alarm, rules)) is not None]
    return min(times, default=None)


def _heeded(subject: Subject, rules: DeskRules, *, unseen: bool) -> tuple[Due, ...]:
    return tuple(due for due in unmet(subject, rules) if not unseen or due.what in DECIDED_HERE)


def _ring_times(due: Due, subject: Subject) -> Iterator[int]:
    soon, past = SOON_AND_PAST[due.what]
    if _key(past, due) in subject.rung:
        return
    yield due.due_us if _key(soon, due) in subject.rung else min(due.ring_us, due.due_us)


def rings(subject: Subject, now_us: int, rules: DeskRules, *, unseen: bool) -> tuple[Ring, ...]:
    """The alarms that are to be raised now, at most one for each clock; `unseen` as in `next_ring_us`."""
    found = list[Ring]()
    ranks = () if subject.period.base is None else subject.period.base.escalate_to
    for due in _heeded(subject, rules, unseen=unseen):
        soon, past = SOON_AND_PAST[due.what]
        kind = past if now_us >= due.due_us else soon
        if now_us >= min(due.ring_us, due.due_us) and _key(kind, due) not in subject.rung:
            rank = ranks[-1] if ranks else None
            found.append(
                Ring(kind=kind, cause=cause_of(due), due_us=due.due_us, rung=first_rung(kind), calls_rank=rank)
            )
    return tuple(found)


def climbs_us(alarm: Alarm, rules: DeskRules) -> int | None:
    """When an alarm that nobody acknowledges goes one rung higher; None at the top, or when it was heard."""
    if not alarm.rings or alarm.rung is LADDER[-1]:
        return None
    since_us = alarm.raised_us if alarm.climbed_us is None else alarm.climbed_us
    return since_us + rules.climb_s * SECOND_US


def climbs(alarms: Iterator[Alarm] | tuple[Alarm, ...], now_us: int, rules: DeskRules) -> tuple[Climb, ...]:
    """The alarms that go one rung higher now."""
    found = list[Climb]()
    for alarm in alarms:
        at_us = climbs_us(alarm, rules)
        if at_us is not None and now_us >= at_us:
            found.append(Climb(alarm=alarm, rung=LADDER[LADDER.index(alarm.rung) + 1]))
    return tuple(found)


def pruned(subject: Subject, rules: DeskRules) -> Subject:
    """Without the alarms whose cause is over; should it come back, they may ring again."""
    if not subject.alarms and not subject.rung:
        return subject
    standing = {cause_of(due) for due in unmet(subject, rules)}
    alarms = tuple(one for one in subject.alarms if one.cause in standing or _event_stands(one, subject))
    rung = frozenset(key for key in subject.rung if key.split(":", 1)[1] in standing)
    if len(alarms) == len(subject.alarms) and rung == subject.rung:
        return subject
    return replace(subject, alarms=alarms, rung=rung)


def _event_stands(alarm: Alarm, subject: Subject) -> bool:
    """Whether what an alarm of no clock rings for still is so."""
    if subject.over:
        return False
    if alarm.kind is K.LIFE_SAFETY_ON_DENIAL:
        return subject.state not in UNDER_WAY
    if alarm.kind in (K.CONDITION_MET, K.APPEALED):
        return subject.denial is not None and subject.denial.stands and subject.denial.review_asked_us is not None
    return alarm.kind is K.REQUEST_DISPUTED and alarm.rings and subject.confirmed is False


def _key(kind: AlarmKind, due: Due) -> str:
    return f"{kind.value}:{cause_of(due)}"
