"""From the publisher's wall clock to instants: pure arithmetic over one zone's changes of offset (sources.md, 4).

A local time here is a whole number of microseconds since 1970-01-01T00:00:00 *as the clock on the wall shows it*.
Where the clocks go back, a local time occurs twice; the order of the call's own events chooses, never the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from answerable.model.call import Quality
from answerable.model.times import SECOND_US
from answerable.sources.profiling.profile import ClockPolicy

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_FIRST_YEAR, _LAST_YEAR = 1, 9998


@dataclass(frozen=True, slots=True)
class Change:
    """At the instant `at_s` (UTC) the offset from UTC changes."""

    at_s: int
    before_s: int
    after_s: int

    @property
    def from_us(self) -> int:
        """The first local time that is skipped (clocks forward) or repeated (clocks back)."""
        return (self.at_s + min(self.before_s, self.after_s)) * SECOND_US

    @property
    def until_us(self) -> int:
        """The first local time after the skipped or repeated ones."""
        return (self.at_s + max(self.before_s, self.after_s)) * SECOND_US

    @property
    def repeats(self) -> bool:
        """Whether the clocks go back: local times between `from_us` and `until_us` occur twice."""
        return self.after_s < self.before_s


@dataclass(frozen=True, slots=True)
class ZoneClock:
    """One zone's offsets over a span of years: `first_s` before the first of `changes`."""

    first_s: int
    changes: tuple[Change, ...]

    def candidates(self, local_us: int) -> tuple[int, ...]:
        """The instants (UTC, microseconds) at which the clock showed this: two where it went back, else one.

        A local time that was skipped is read with the offset before the gap.
        """
        offset_s = self.first_s
        for change in self.changes:
            if local_us < change.from_us:
                break
            if local_us < change.until_us:
                first = local_us - change.before_s * SECOND_US
                return (first, local_us - change.after_s * SECOND_US) if change.repeats else (first,)
            offset_s = change.after_s
        return (local_us - offset_s * SECOND_US,)


def zone_clock(timezone: str, policy: ClockPolicy, *, first_us: int, last_us: int) -> ZoneClock:
    """The offsets of a zone under a clock policy, for local times between `first_us` and `last_us`."""
    if policy is ClockPolicy.UTC:
        return ZoneClock(first_s=0, changes=())
    offset_of = _offset_of(ZoneInfo(timezone), standard=policy is ClockPolicy.STANDARD)
    low = max(first_us // SECOND_US - 2 * _DAY_S, _year_start_s(_FIRST_YEAR))
    high = min(last_us // SECOND_US + 2 * _DAY_S, _year_start_s(_LAST_YEAR))
    changes: list[Change] = []
    before, at = offset_of(low), low
    while at < high:
        after_at = min(at + _DAY_S, high)
        if (after := offset_of(after_at)) != before:
            changes.append(Change(_change_between(at, after_at, offset_of), before, after))
        before, at = after, after_at
    return ZoneClock(first_s=offset_of(low), changes=tuple(changes))


def _offset_of(zone: tzinfo, *, standard: bool) -> Callable[[int], int]:
    def offset_s(at_s: int) -> int:
        local = (_EPOCH + timedelta(seconds=at_s)).astimezone(zone)
        offset = local.utcoffset() or timedelta()
        return int((offset - (local.dst() or timedelta()) if standard else offset).total_seconds())

    return offset_s


def _year_start_s(year: int) -> int:
    return int((datetime(year, 1, 3, tzinfo=UTC) - _EPOCH).total_seconds())


def _change_between(low: int, high: int, offset_of: Callable[[int], int]) -> int:
    """The first second in (low, high] with another offset than `low` has."""
    before = offset_of(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset_of(middle) == before else (low, middle)
    return high


def choose_folds(points: Sequence[tuple[int, ...] | None]) -> list[tuple[int, Quality] | None]:
    """The instant of each clock point of one call, and what must be said about it.

    `points` are the candidates of the call's clock points in the order in which they happen (None: not recorded).
    The choice has the fewest events out of order; among equals the earliest instants. DST_AMBIGUOUS marks every point
    with two candidates; DST_UNDECIDED one where both fit, or where no choice puts the call's events in order.
    """
    present = [(at, candidates) for at, candidates in enumerate(points) if candidates]
    cost_after = _costs_after([candidates for _, candidates in present])
    cost_before = _costs_before([candidates for _, candidates in present])
    fewest = min(cost_after[0]) if present else 0
    chosen: list[tuple[int, Quality] | None] = [None] * len(points)
    spent, previous = 0, None
    for position, (at, candidates) in enumerate(present):
        steps = [_inverted(previous, candidate) for candidate in candidates]
        kept = next(k for k in range(len(candidates)) if spent + steps[k] + cost_after[position][k] == fewest)
        fitting = sum(
            before + after == fewest for before, after in zip(cost_before[position], cost_after[position], strict=True)
        )
        chosen[at] = (candidates[kept], _fold_quality(len(candidates), fitting, orderly=fewest == 0))
        spent, previous = spent + steps[kept], candidates[kept]
    return chosen


def _fold_quality(candidates: int, fitting: int, *, orderly: bool) -> Quality:
    if candidates == 1:
        return Quality(0)
    undecided = Quality.DST_UNDECIDED if fitting > 1 or not orderly else Quality(0)
    return Quality.DST_AMBIGUOUS | undecided


def _inverted(earlier: int | None, later: int) -> int:
    return int(earlier is not None and later < earlier)


def _costs_after(present: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """For each candidate the fewest inversions among the points from it to the end."""
    costs: list[list[int]] = [[0] * len(candidates) for candidates in present]
    for position in range(len(present) - 2, -1, -1):
        costs[position] = [
            min(
                _inverted(here, there) + cost
                for there, cost in zip(present[position + 1], costs[position + 1], strict=True)
            )
            for here in present[position]
        ]
    return costs


def _costs_before(present: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """For each candidate the fewest inversions among the points from the beginning to it."""
    mirrored = [tuple(-candidate for candidate in candidates) for candidates in reversed(present)]
    return _costs_after(mirrored)[::-1]
