"""Times with what is not known about them, held against limits.

A recorded time is a moment: the earliest and latest instant it can mean, in microseconds. A limit is met or missed
only where both ends of the moment say so; otherwise the timing is uncertain. "When in doubt: undetermined."
"""

from __future__ import annotations

import msgspec

from answerable.answer.record import CallRecord, SourceTerms
from answerable.answer.situation import Timing
from answerable.model.call import Quality
from answerable.model.times import SECOND_US

HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US

LATER_US: tuple[tuple[Quality, int], ...] = (
    (Quality.DATE_ONLY, DAY_US),
    (Quality.MIDNIGHT_PLACEHOLDER, DAY_US),
    (Quality.MINUTE_PRECISION, 60 * SECOND_US),
    (Quality.DST_UNDECIDED, HOUR_US),
    (Quality.DST_NONEXISTENT, HOUR_US),
)
"""By how much a time with this quality bit may really be later than written."""

EARLIER_US: tuple[tuple[Quality, int], ...] = (
    (Quality.DST_NONEXISTENT, HOUR_US),
    # longer than any limit: with a unit's row lost nothing is conclusively missed, while what is met stays met
    (Quality.UNIT_ROW_LOST, 366 * DAY_US),
)
"""By how much a time with this quality bit may really be earlier than written."""

WIDEST_WAIT_US = 2 * DAY_US
"""To a moment less certain than this no wait is said in seconds."""

UNUSABLE = Quality.OVERWRITTEN_BY_REOPENING | Quality.CLAMPED | Quality.SENTINEL | Quality.MISSING | Quality.NO_DATE
"""A time with one of these bits says nothing about when the thing happened first."""


class Moment(msgspec.Struct, frozen=True):
    """The earliest and the latest instant a recorded time can mean, in microseconds."""

    lo_us: int
    hi_us: int


def moment(call: CallRecord, point: str) -> Moment | None:
    """The moment of a clock point, or None where it is not recorded or not usable."""
    at = call.times_us.get(point)
    bits = call.quality.get(point, 0)
    if at is None or bits & UNUSABLE:
        return None
    earlier = sum(slack for bit, slack in EARLIER_US if bits & bit)
    later = sum(slack for bit, slack in LATER_US if bits & bit)
    return Moment(at - earlier, at + later)


def told(call: CallRecord, terms: SourceTerms) -> Moment | None:
    """When the requester told: received, or the later clock point from which this source lets us count."""
    received = moment(call, "received")
    if received is not None or terms.start_point is None:
        return received
    return moment(call, terms.start_point)


def held_against(
    point: Moment | None,
    *,
    start: Moment | None,
    within_s: int | None,
    offset_s: tuple[int, int] = (0, 0),
    earlier_counts: bool = False,
) -> Timing:
    """One point against one limit from `start`.

    `offset_s`: the point's clock is ahead of the start's by between these seconds. `earlier_counts`: a point before
    the start is met (a unit was already there), not impossible.
    """
    if within_s is None:
        return Timing.NONE
    if point is None or start is None:
        return Timing.NOT_RECORDED
    plain = _compare(point.lo_us - start.hi_us, point.hi_us - start.lo_us, within_s, earlier_counts)
    if offset_s == (0, 0):
        return plain
    shifted = _compare(
        point.lo_us - start.hi_us - offset_s[1] * SECOND_US,
        point.hi_us - start.lo_us - offset_s[0] * SECOND_US,
        within_s,
        earlier_counts,
    )
    return Timing.OFFSET if shifted is Timing.UNCERTAIN and plain is not Timing.UNCERTAIN else shifted


def _compare(elapsed_lo_us: int, elapsed_hi_us: int, within_s: int, earlier_counts: bool) -> Timing:
    if elapsed_hi_us < 0 and not earlier_counts:
        return Timing.UNCERTAIN  # an answer before the call: the record cannot mean that
    if elapsed_hi_us <= within_s * SECOND_US:
        return Timing.MET
    return Timing.MISSED if elapsed_lo_us > within_s * SECOND_US else Timing.UNCERTAIN


def deadline_against_horizon(start: Moment | None, *, within_s: int | None, horizon_us: int | None) -> Timing:
    """A deadline with nothing to show for it: missed where it lies before the horizon, else not due."""
    if within_s is None:
        return Timing.NONE
    if start is None or horizon_us is None:
        return Timing.NOT_RECORDED
    if start.hi_us + within_s * SECOND_US < horizon_us:
        return Timing.MISSED
    return Timing.NOT_DUE if start.lo_us + within_s * SECOND_US >= horizon_us else Timing.UNCERTAIN


def offset_of(point: str, terms: SourceTerms) -> tuple[int, int]:
    """By how many seconds the clock of a point is ahead of the first clock: (at least, at most)."""
    offset = terms.clock_offset
    if offset is None or point not in offset.points:
        return (0, 0)
    return (offset.ahead_from_s, offset.ahead_to_s)
