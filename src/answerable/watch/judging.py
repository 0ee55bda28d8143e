"""From a command to the entries it becomes, or to the reason why not.

The first entry is what its sender said, and nothing else, so that sending it again is the same entry. What follows
from it (taken up again, an alarm, a decision required) are entries of the desk's own.
"""

from __future__ import annotations

from typing import Any

import msgspec

from answerable.errors import NotAllowedError, UnknownSubjectError
from answerable.model.times import SECOND_US
from answerable.policy.known import STANDS_UNTIL_RESOLVED
from answerable.watch import commands as do
from answerable.watch.alarms import AlarmKind
from answerable.watch.applying import applied, begun
from answerable.watch.checks import Asked, check_about, check_general, is_own
from answerable.watch.clocks import nobody_waits
from answerable.watch.entering import event_of
from answerable.watch.events import Event, EventName
from answerable.watch.moves import POSSIBLE, check_possible
from answerable.watch.people import DESK_ITSELF, Actor, Role
from answerable.watch.ringing import first_rung
from answerable.watch.roles import MAY_DO, NEEDS_ASSIGNMENT, ONLY_OWN
from answerable.watch.states import Kind
from answerable.watch.subject import Subject
from answerable.watch.words import ALARMS, ROLES
from answerable.watch.world import World

_E = EventName


def check_role(command: type[do.Command], by: Actor) -> None:
    """Raises NotAllowedError where a role may not give a command at all."""
    if command not in MAY_DO[by.role]:
        raise NotAllowedError(f"Your role, {ROLES[by.role]}, may not do this ({_tag(command)}).")


def judged(command: do.Command, *, by: Actor, world: World, now_us: int) -> tuple[Event, ...]:
    """The entries that a command becomes now, the sender's own first. Raises a DeskError that says why not."""
    check_role(type(command), by)
    held = world.held(by.id, by.role, now_us)
    by = msgspec.structs.replace(by, rank=None if held is None else held.rank)
    if type(command) in NEEDS_ASSIGNMENT and held is None and by.role is not Role.FEED:
        raise NotAllowedError(
            f"The record does not say that {by.id} is {ROLES[by.role]} now, and this is a decision.",
            hint="An administrator assigns roles and ranks; acting ones too, with a date.",
        )
    subject = _subject(command, by=by, world=world)
    if subject is not None:
        check_possible(type(command), subject)
        check_about(command, Asked(subject=subject, by=by, world=world, now_us=now_us))
    else:
        check_general(command, by=by, world=world, now_us=now_us)
    first = event_of(command, by=by, subject=subject, now_us=now_us)
    return (first, *_following(first, subject, world))


def _subject(command: do.Command, *, by: Actor, world: World) -> Subject | None:
    if type(command) not in POSSIBLE:
        return None
    about = str(getattr(command, "about", ""))
    subject = world.subject(about)
    if subject is None or (by.role in ONLY_OWN and not is_own(subject, by)):
        # whoever may not see it is told the same as of one that is not there
        raise UnknownSubjectError(f"There is no call or request {about} that you could act on.")
    return subject


def _tag(command: type[do.Command]) -> str:
    return str(command.__struct_config__.tag)


def _following(first: Event, subject: Subject | None, world: World) -> list[Event]:
    if first.name in (_E.CALL_RECEIVED, _E.ASSISTANCE_REQUESTED):
        return _decision_required(first, None, begun(first, world.meaning))
    if subject is None:
        return []
    after = applied(subject, first, world.meaning)
    found = _alarms(first, subject, after)
    if (subject.refused or subject.over) and not (after.refused or after.over):
        found += _reopening(first, subject)
    return found + _decision_required(first, subject, after)


def _reopening(first: Event, subject: Subject) -> list[Event]:
    """That an assertion took it up again is said in an entry of its own."""
    if "fact" not in first.name.value and "condition" not in first.name.value:
        return []
    name = _E.ASSISTANCE_REOPENED if subject.entered_as is Kind.REQUEST else _E.CALL_REOPENED
    return [_of_the_desk(first, "reopened", name, {"because_of": first.id})]


def _alarms(first: Event, before: Subject, after: Subject) -> list[Event]:
    kind = None
    if first.public.get("fact") in STANDS_UNTIL_RESOLVED and first.public.get("value") is True:
        kind = AlarmKind.LIFE_SAFETY_ON_DENIAL if before.refused or before.over else None
    elif after.denial is not None and after.denial.review_asked_us is not None and after.denial.stands:
        asked_before = before.denial is not None and before.denial.review_asked_us is not None
        appealed = first.name is _E.ASSISTANCE_APPEALED
        kind = (AlarmKind.APPEALED if appealed else AlarmKind.CONDITION_MET) if not asked_before or appealed else None
    elif first.name is _E.ASSISTANCE_DISPUTED:
        kind = AlarmKind.REQUEST_DISPUTED
    if kind is None:
        return []
    public = {"kind": kind.value, "cause": f"{kind.value}@{first.id}", "rung": first_rung(kind).value}
    return [_of_the_desk(first, "alarm", _E.ALARM_RAISED, public | {"text": ALARMS[kind]})]


def _decision_required(first: Event, before: Subject | None, after: Subject) -> list[Event]:
    """That somebody has to decide is said once in each period that leaves a choice."""
    anew = before is None or before.period.start_us != after.period.start_us
    base = after.period.base
    if not anew or not after.period.leaves_choice or base is None or after.over or nobody_waits(after):
        return []
    public: dict[str, Any] = {"policy": f"{base.policy} {base.version}", "rule": base.rule}
    if base.decide_within_s is not None:
        public["decide_by_us"] = after.period.start_us + base.decide_within_s * SECOND_US
    about = first.id if before is None else before.id
    return [_of_the_desk(first, "required", _E.DECISION_REQUIRED, public, about=about)]


def _of_the_desk(
    first: Event, suffix: str, name: EventName, public: dict[str, Any], *, about: str | None = None
) -> Event:
    return Event(
        id=f"{first.id}.{suffix}",
        name=name,
        about=about or first.about,
        actor=DESK_ITSELF,
        recorded_at_us=first.recorded_at_us,
        public=public,
    )
