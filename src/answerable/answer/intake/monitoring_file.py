"""MONITORING.csv: the log of a watch, one event a row, numbered without a gap (docs/formats/monitoring-log.md)."""

from __future__ import annotations

from itertools import pairwise

from answerable.answer.intake.table import Row, rows
from answerable.errors import ClaimError
from answerable.model.monitoring import Event, MonitoringEvent

REQUIRED = ("number", "at", "event")
OPTIONAL = ("about",)


def read_monitoring(data: bytes, *, file: str) -> tuple[MonitoringEvent, ...]:
    """The events in the order of their numbers. Raises ClaimError where a number repeats, or time runs backwards."""
    given = rows(data, file=file, required=REQUIRED, optional=OPTIONAL)
    found = sorted((_event(row) for row in given), key=lambda one: one.number)
    for one, after in pairwise(found):
        if one.number == after.number:
            raise ClaimError(f"{file}: two rows have the number {one.number}")
        if one.at_us > after.at_us:
            raise ClaimError(f"{file}: number {after.number} is earlier than number {one.number} before it")
    return tuple(found)


def _event(row: Row) -> MonitoringEvent:
    event = row.parsed("event", _kind)
    about = row.optional("about") or ""
    if event is not Event.HEARTBEAT and not about:
        raise row.fault("about", "is blank; an alarm and its acknowledgement name what they are about")
    return MonitoringEvent(at_us=row.instant_us("at"), event=event, number=row.parsed("number", _number), about=about)


def _kind(text: str) -> Event:
    try:
        return Event(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an event; it takes {', '.join(Event)}") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)
