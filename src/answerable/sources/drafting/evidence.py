"""What the rows show beside the columns themselves: quiet hours, weekdays, waits by priority, intervals that repeat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerable.model.times import spoken_duration
from answerable.sources.drafting.facts import Facts, percent, value_of
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.paper import counted, said
from answerable.sources.drafting.points import Points, is_instant
from answerable.sources.drafting.times import Kind, Times

_ENOUGH_FOR_HOURS, _ENOUGH_DAYS = 1_000, 3
_QUIET_HOURS = 3
_ENOUGH_A_LEVEL = 20
_SAME = 0.95


def quiet_hours(looked: Looked, times: Times) -> str:
    """When calls are fewest, as the column shows its hours; or why that cannot be seen."""
    shown = f"'{times.name}'" + (" in UTC" if is_instant(times) else " as written")
    counts = dict.fromkeys(range(24), 0)
    for hour, rows in looked.all(
        f"""SELECT hour(t), count(*) FROM (SELECT {times.stamp()} AS t FROM numbered)
        WHERE t IS NOT NULL AND epoch_us(t) % 86400000000 <> 0 GROUP BY 1"""
    ):
        counts[int(hour)] = int(rows)
    total = sum(counts.values())
    (days,) = looked.one(f"SELECT count(DISTINCT t::DATE) FROM (SELECT {times.stamp()} AS t FROM numbered)")
    windows = {at: sum(counts[(at + step) % 24] for step in range(_QUIET_HOURS)) for at in range(24)}
    quiet = min(windows, key=lambda at: windows[at])
    expected = total * _QUIET_HOURS / 24
    if total < _ENOUGH_FOR_HOURS or days < _ENOUGH_DAYS or windows[quiet] > 0.75 * expected:
        seen = f"{counted(total, 'time')} on {counted(days, 'day')}"
        return f"no hours of {shown} are quiet enough to tell a clock by ({seen})"
    from_, to = f"{quiet:02}:00", f"{(quiet + _QUIET_HOURS) % 24:02}:00"
    return (
        f"calls are fewest from {from_} to {to} by {shown}: {percent(windows[quiet], total)} of {total:,}, where "
        f"{percent(round(expected), total)} would be even. Towns are quietest from about 03:00 to 06:00 local time"
    )


def is_weekday(looked: Looked, facts: Facts, times: Sequence[Times]) -> bool:
    """Whether a column only says the day of the week of one of the times."""
    if not 3 <= facts.distinct <= 7:
        return False
    for one in times:
        if one.kind is Kind.CLOCK:
            continue
        values, days, both, rows = looked.one(
            f"""SELECT count(DISTINCT v), count(DISTINCT d), count(DISTINCT (v, d)), count(*) FROM (
            SELECT {value_of(facts.cell)} AS v, dayofweek(t) AS d FROM (SELECT *, {one.stamp()} AS t FROM numbered))
            WHERE v IS NOT NULL AND d IS NOT NULL"""
        )
        if rows >= 20 and values == days == both and values >= 3:
            return True
    return False


def waits_by(looked: Looked, facts: Facts, points: Points) -> str:
    """The median wait at each level of a priority, the shortest first; or why there is none to see.

    Only evidence: what officers begin themselves has no wait and the lowest priority."""
    start = next((one for name in points.starts if (one := points.of(name)) is not None), None)
    end = points.of("dispatched") or points.of("arrived")
    if start is None or end is None or is_instant(start) != is_instant(end) or Kind.CLOCK in (start.kind, end.kind):
        return "the file has no waits to see its direction by"
    levels = looked.all(
        f"""SELECT v, count(*), median(epoch_us(b) - epoch_us(a)) / 1000000 AS wait_s FROM (
        SELECT {value_of(facts.cell)} AS v, {start.stamp()} AS a, {end.stamp()} AS b FROM numbered)
        WHERE v IS NOT NULL AND a >= TIMESTAMP '1971-01-01' AND b >= a GROUP BY v ORDER BY wait_s"""
    )
    telling = [(str(level), int(rows), float(wait)) for level, rows, wait in levels if rows >= _ENOUGH_A_LEVEL]
    shown = ", ".join(
        f"{said(level)}: {spoken_duration(wait)} ({counted(rows, 'row')})" for level, rows, wait in telling
    )
    if not telling:
        return f"no priority has {_ENOUGH_A_LEVEL} rows with '{start.name}' and '{end.name}' to see a wait by"
    return f"the median wait from '{start.name}' to '{end.name}' is {shown}"


def repeats(looked: Looked, facts: Facts, points: Points) -> str | None:
    """Of which two times an interval is the difference, if it is."""
    named = [one for one in points.named if one.times.kind is not Kind.CLOCK]
    for at, first in enumerate(named):
        for second in named[at + 1 :]:
            for unit, scale in (("seconds", 1), ("minutes", 60)):
                both, same = looked.one(
                    f"""SELECT count(*), count(*) FILTER (abs(n * {scale} - s) <= {scale}) FROM (
                    SELECT try_cast({value_of(facts.cell)} AS DOUBLE) AS n,
                    (epoch_us({second.times.stamp()}) - epoch_us({first.times.stamp()})) / 1000000 AS s
                    FROM numbered) WHERE n IS NOT NULL AND s IS NOT NULL"""
                )
                if both >= 10 and same >= _SAME * both:
                    share = percent(same, both)
                    return (
                        f"it is the time from '{first.times.name}' to '{second.times.name}' in {unit} in {share} of "
                        f"{both:,} rows"
                    )
    return None


def columns_of_times(points: Points) -> Iterator[Times]:
    """Every column of times that a draft uses or asks about."""
    yield from (one.times for one in points.named)
    yield from (one.times for one in points.asked)
