"""A zone's offsets as a table: SQL then needs no time zone function (engines disagree on repeated hours)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from answerable.model.times import SECOND_US, from_us, to_us

_FIRST_US = to_us(datetime(2, 1, 1, tzinfo=UTC))
_LAST_US = to_us(datetime(9998, 12, 31, tzinfo=UTC))
_STEP_S = 86400
"""No zone changes its offset twice within a day."""


def offset_table(timezone: str, from_at_us: int, to_at_us: int) -> tuple[tuple[int, int], ...]:
    """Pairs (from this instant on, offset in microseconds) that cover `from_at_us` to `to_at_us`, in order.

    Local wall-clock time is the instant plus the offset of the last pair that is not after it.
    Raises zoneinfo.ZoneInfoNotFoundError for a zone there is not.
    """
    zone = ZoneInfo(timezone)
    start_s, end_s = (within_calendar(at) // SECOND_US for at in (from_at_us, to_at_us))
    pairs = [(start_s, _offset_s(zone, start_s))]
    for step_s in range(start_s, end_s + 1, _STEP_S):
        after_s = min(step_s + _STEP_S, end_s + 1)
        if _offset_s(zone, after_s) != pairs[-1][1]:
            changed_s = _change(zone, step_s, after_s)
            pairs.append((changed_s, _offset_s(zone, changed_s)))
    first, *rest = ((at * SECOND_US, offset * SECOND_US) for at, offset in pairs)
    return ((min(from_at_us, first[0]), first[1]), *rest)


def within_calendar(at_us: int) -> int:
    """An instant that a calendar has room for in every zone."""
    return min(max(at_us, _FIRST_US), _LAST_US)


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    offset = from_us(at_s * SECOND_US).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(seconds=1)


def _change(zone: ZoneInfo, before_s: int, after_s: int) -> int:
    """The first second in (before_s, after_s] that has another offset than `before_s`."""
    offset_s = _offset_s(zone, before_s)
    while after_s - before_s > 1:
        middle_s = (before_s + after_s) // 2
        if _offset_s(zone, middle_s) == offset_s:
            before_s = middle_s
        else:
            after_s = middle_s
    return after_s
