"""What the movements of units make of a call."""

from __future__ import annotations

from typing import Final

import msgspec

from answerable.watch.commands import UnitStatus
from answerable.watch.events import Event, EventName
from answerable.watch.meaning import Meaning
from answerable.watch.states import UNDER_WAY, State
from answerable.watch.subject import Subject, Unit
from answerable.watch.taking_up import Handler, reopened, responding, taken_up, waiting

replace = msgspec.structs.replace


def _unit(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    status, name, at_us = UnitStatus(event.name.value.split(".")[1]), event.public["unit"], event.at_us
    return with_unit(subject, name, status, at_us, event, meaning)


def with_unit(subject: Subject, name: str, status: UnitStatus, at_us: int, event: Event, meaning: Meaning) -> Subject:
    """After a unit moved: one that is sent takes up what was refused or over."""
    units = list(subject.units)
    place = next((at for at, unit in enumerate(units) if unit.id == name and unit.on_its_way), None)
    ends = status in (UnitStatus.CLEARED, UnitStatus.CANCELLED)
    if place is None:
        if ends:
            return subject
        units.append(_moved(Unit(id=name, status=status, dispatched_us=at_us), status, at_us))
    else:
        units[place] = _moved(units[place], status, at_us)
    subject = replace(subject, units=tuple(units))
    if ends:
        return replace(subject, state=_state_by_units(subject))
    if subject.over and subject.closed_us is not None and at_us <= subject.closed_us:
        return subject  # told late: it was there before the end
    if subject.refused:
        subject = taken_up(responding(subject, event, meaning, cause="a unit was sent"), event.recorded_at_us, "sent")
    elif subject.over:
        subject = reopened(subject, event, "a unit was sent", meaning)
    return replace(subject, state=_state_by_units(subject))


def _moved(unit: Unit, status: UnitStatus, at_us: int) -> Unit:
    unit = replace(unit, status=status)
    if status is UnitStatus.ENROUTE:
        return replace(unit, enroute_us=unit.enroute_us or at_us)
    if status is UnitStatus.ON_SCENE:
        return replace(unit, on_scene_us=unit.on_scene_us or at_us)
    if status in (UnitStatus.CLEARED, UnitStatus.CANCELLED):
        return replace(unit, over_us=at_us)
    return unit


def _state_by_units(subject: Subject) -> State:
    if subject.over:
        return subject.state
    attached = {unit.status for unit in subject.attached}
    if UnitStatus.ON_SCENE in attached:
        return State.ON_SCENE
    if UnitStatus.ENROUTE in attached:
        return State.ENROUTE
    if attached:
        return State.DISPATCHED
    if subject.arrived_us is not None:
        return State.ON_SCENE  # they were there and are done; somebody closes it
    if subject.state not in UNDER_WAY or any(not unit.called_back for unit in subject.units):
        return subject.state
    return State.ACCEPTED if subject.period.committed else waiting(subject)


def _committed(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    for name in event.public.get("units", ()):
        subject = with_unit(subject, name, UnitStatus.DISPATCHED, event.at_us, event, meaning)
    return replace(subject, state=State.COMMITTED) if subject.units and not subject.over else subject


HANDLERS: Final[dict[EventName, Handler]] = {
    EventName.ASSISTANCE_COMMITTED: _committed,
    **{name: _unit for name in EventName if name.value.startswith("unit.")},
}
