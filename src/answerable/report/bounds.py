"""Bounds of waits in words: what the figures can be at best and at worst, and why a file may have no interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from answerable.model.call import CLOCK_POINTS
from answerable.model.examination import Description, IntervalStatistic, WaitBound, WaitBounds
from answerable.model.times import duration_text, spoken_duration
from answerable.report.record_words import CLOCK_POINT_WORDS, record_words
from answerable.report.spelling import number, share

HEADING = "What the missing times could change"
EXPLAINED = (
    "A missing time is not a missing officer: it was not written down, so nobody can know how long that call waited. "
    "The figures above leave such calls out. Here they are counted in, twice. At best, each of them waited for "
    "nothing. At worst, each waited for ever, or, where a definition counts waits up to 24 hours only, for 24 hours. "
    "Where it is known that nobody came, the wait has no end in both. Whatever really happened, the figure for all "
    "calls lies between the two. A mean has no limit at worst: one wait without end is enough."
)
NOT_REACHED = "not reached"
"""Too many calls could have waited for ever: so few of the waits are known."""
NO_LIMIT = "no limit"


@dataclass(frozen=True, slots=True)
class BoundRow:
    """One end of the bounds, spelled. `within`: shares of the calls, in the order of `within_headings`."""

    case: str
    within: tuple[str, ...]
    median: str
    p90: str
    mean: str


def uncertain_statistics(intervals: Iterable[IntervalStatistic], *, population: str) -> list[IntervalStatistic]:
    """The definitions whose figures leave out calls that they are about."""
    return [
        each
        for each in intervals
        if each.population == population and each.bounds is not None and each.bounds.calls > each.counted
    ]


def entries(statistic: IntervalStatistic) -> int:
    """How many entries of its population the file has, measured or not."""
    return statistic.counted + sum(statistic.left_out.values())


def within_headings(bounds: WaitBounds) -> list[str]:
    """`in 10 min`, `in 1 h`."""
    return [f"in {duration_text(int(limit_s))}" for limit_s in bounds.best.calls_within_s]


def unknown_said(statistic: IntervalStatistic) -> str:
    """`of 3,560: 131 not known, 12 never`: never, where it is known that nobody came."""
    bounds = statistic.bounds
    if bounds is None:
        return ""
    never = bounds.calls - bounds.unknown - statistic.counted
    parts = [f"{number(calls)} {what}" for calls, what in ((bounds.unknown, "not known"), (never, "never")) if calls]
    return f"of {number(bounds.calls)}: {', '.join(parts)}"


def bound_rows(bounds: WaitBounds) -> tuple[BoundRow, BoundRow]:
    """At best and at worst."""
    return _row("best", bounds.best, bounds.calls), _row("worst", bounds.worst, bounds.calls)


def _row(case: str, bound: WaitBound, calls: int) -> BoundRow:
    return BoundRow(
        case=case,
        within=tuple(share(within, calls) for within in bound.calls_within_s.values()),
        median=NOT_REACHED if bound.median_s is None else spoken_duration(bound.median_s),
        p90=NOT_REACHED if bound.p90_s is None else spoken_duration(bound.p90_s),
        mean=NO_LIMIT if bound.mean_s is None else spoken_duration(bound.mean_s),
    )


def why_no_interval(description: Description) -> str:
    """Why nothing can be measured; empty where something was."""
    if any(each.counted for each in description.intervals):
        return ""
    recorded = [point for point in CLOCK_POINTS if any(month.recorded.get(point) for month in description.coverage)]
    named = ", ".join(record_words(CLOCK_POINT_WORDS, point).label for point in recorded)
    if len(recorded) > 1:
        return f"No interval can be computed: no call has both ends of one in order. Recorded: {named}."
    if recorded:
        return f"No interval can be computed: the file has one clock point only ({named}), and an interval needs two."
    return "No interval can be computed: no clock point is recorded in this file."
