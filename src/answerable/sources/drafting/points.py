"""Which column of times is which clock point: by its name, held against the order of the times across the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from answerable.model.call import CLOCK_POINTS
from answerable.sources.drafting.facts import percent
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import no_point, other_unit, promised_points, suggested_point
from answerable.sources.drafting.times import Kind, Times

ENOUGH_ROWS = 20
"""Fewer rows that have both times show nothing about their order."""
IN_ORDER = 0.9
"""A name that the order of the times contradicts in more than a tenth of the rows is not believed."""
STARTS = ("received", "answered", "phone", "entered", "queued")
"""The clock points from which limits can be counted, the best first."""
_MOST_ASKED = 12


@dataclass(frozen=True, slots=True)
class Named:
    """A column of times that is taken for a clock point, with the evidence."""

    point: str
    times: Times
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A column of times of which only a person can say what it is. `suggested`: a clock point, if any is likely."""

    times: Times
    suggested: str | None
    evidence: tuple[str, ...]


@dataclass(slots=True)
class Points:
    """Every column of times: taken for a point, asked about, or left aside with the reason."""

    named: list[Named] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    aside: list[tuple[Times, str]] = field(default_factory=list)

    @property
    def starts(self) -> list[str]:
        """The points taken from which limits can be counted, the best first."""
        found = {one.point for one in self.named}
        return [point for point in STARTS if point in found]

    def of(self, point: str) -> Times | None:
        """The column taken for a point."""
        return next((one.times for one in self.named if one.point == point), None)


def points_of(looked: Looked, found: Sequence[Times]) -> Points:
    """Say of each column of times what it is, or that it must be asked. Nothing is decided by order alone."""
    points = Points()
    open_ones: list[Asked] = []
    for times in found:
        if (why := _aside(looked, times) or _repeated(looked, times, found)) is not None:
            points.aside.append((times, why))
            continue
        promised = promised_points(times.name)
        if len(promised) == 1 and not other_unit(times.name, promised[0]):
            points.named.append(Named(promised[0], times, (f"its name, '{times.name}'",)))
        else:
            seen = [f"its name could be {' or '.join(promised)}"] if promised else []
            open_ones.append(Asked(times, promised[0] if promised else suggested_point(times.name), tuple(seen)))
    _keep_one_each(points, open_ones)
    _hold_against_the_order(looked, points, open_ones)
    for asked in open_ones:
        if len(points.asked) >= _MOST_ASKED:
            points.aside.append((asked.times, "it is one of many times; say what it is if it matters"))
        else:
            position = _position(looked, asked.times, points.named)
            evidence = (*asked.times.evidence, *asked.evidence, *position)
            points.asked.append(Asked(asked.times, asked.suggested, evidence))
    points.named.sort(key=lambda one: CLOCK_POINTS.index(one.point))
    return points


def _aside(looked: Looked, times: Times) -> str | None:
    """Why a column of times is none of a clock point, or None."""
    if (why := no_point(times.name)) is not None:
        return why
    if times.kind is Kind.DATE:
        return "it has a date and no time of day"
    if times.kind is Kind.EPOCH and times.facts.names_a_number:
        return "its whole numbers could be counts from 1970, but its name is that of a number"
    if times.facts.distinct == 1 and looked.rows >= ENOUGH_ROWS:
        return f"it is the same in every row ({times.facts.values[0][0]}), as the day of an export is"
    return None


def _repeated(looked: Looked, times: Times, found: Sequence[Times]) -> str | None:
    """Whether a date and a time of day only say what another column says in one."""
    for other in found if times.joined is not None else ():
        if other.kind is not Kind.INSTANT or other.joined is not None:
            continue
        both, same = looked.one(
            f"""SELECT count(*), count(*) FILTER (abs(epoch_us(a) - epoch_us(b)) < 60000000) FROM (
            SELECT {times.stamp()} AS a, {other.stamp()} AS b FROM numbered) WHERE a IS NOT NULL AND b IS NOT NULL"""
        )
        if both and same >= 0.99 * both:
            return f"'{other.name}' says the same in one column"
    return None


def _keep_one_each(points: Points, open_ones: list[Asked]) -> None:
    """Two columns that promise the same point: neither is taken, unless one alone has a date."""
    for point in {one.point for one in points.named}:
        same = [one for one in points.named if one.point == point]
        dated = [one for one in same if one.times.kind is not Kind.CLOCK]
        if len(same) == 1:
            continue
        for one in same:
            if len(dated) == 1 and one is dated[0]:
                continue
            points.named.remove(one)
            other = next(each.times.name for each in same if each is not one)
            if len(dated) == 1:
                points.aside.append((one.times, f"'{dated[0].times.name}' has the date too"))
            else:
                open_ones.append(Asked(one.times, point, (f"'{other}' has such a name too",)))


def _hold_against_the_order(looked: Looked, points: Points, open_ones: list[Asked]) -> None:
    """Add to each named point what the rows say of its order; what they contradict is asked about."""
    ordered = sorted(points.named, key=lambda one: CLOCK_POINTS.index(one.point))
    checks = {
        (a.point, b.point): order_of(looked, a.times, b.times)
        for at, a in enumerate(ordered)
        for b in ordered[at + 1 :]
        if _comparable(a.times, b.times)
    }
    for one in ordered:
        mine = {pair: check for pair, check in checks.items() if one.point in pair and check.both >= ENOUGH_ROWS}
        wrong = {pair: check for pair, check in mine.items() if check.share < IN_ORDER}
        if wrong and 2 * len(wrong) >= len(mine):
            (pair, check), *_ = wrong.items()
            points.named.remove(one)
            names = [each.times.name for each in ordered if each.point in pair]
            said = f"in only {percent(check.not_after, check.both)} of {check.both:,} rows '{names[0]}' <= '{names[1]}'"
            open_ones.append(Asked(one.times, None, (*one.evidence, said)))
            continue
        at = points.named.index(one)
        points.named[at] = Named(one.point, one.times, (*one.evidence, *one.times.evidence, *_said(ordered, one, mine)))


def _said(ordered: Sequence[Named], one: Named, checks: dict[tuple[str, str], Check]) -> Iterator[str]:
    """The order against the neighbour before it, or behind it where there is none before."""
    names = {each.point: each.times.name for each in ordered}
    before = [pair for pair in checks if pair[1] == one.point]
    after = [pair for pair in checks if pair[0] == one.point]
    for pair in before[-1:] or after[:1]:
        check = checks[pair]
        yield (
            f"in {percent(check.not_after, check.both)} of {check.both:,} rows that have both, "
            f"'{names[pair[0]]}' <= '{names[pair[1]]}'"
        )


@dataclass(frozen=True, slots=True)
class Check:
    """Of `both` rows that have two times, in how many the first is not after the second."""

    both: int
    not_after: int

    @property
    def share(self) -> float:
        """Of the rows that have both; 1 where none has."""
        return self.not_after / self.both if self.both else 1.0


def order_of(looked: Looked, first: Times, second: Times) -> Check:
    """Hold two columns of times against each other, row by row."""
    both, not_after = looked.one(
        f"""SELECT count(*), count(*) FILTER (a <= b) FROM (SELECT {first.stamp()} AS a, {second.stamp()} AS b
        FROM numbered) WHERE a >= TIMESTAMP '1971-01-01' AND b >= TIMESTAMP '1971-01-01'"""
    )
    return Check(int(both), int(not_after))


def _comparable(one: Times, other: Times) -> bool:
    """Both are instants, or both are as some clock shows them: else their order says nothing."""
    if Kind.CLOCK in (one.kind, other.kind):
        return False
    return is_instant(one) == is_instant(other)


def is_instant(times: Times) -> bool:
    """Whether its times say by themselves what instant they are."""
    return times.kind is Kind.EPOCH or times.suffixes == {"%z"}


def _position(looked: Looked, times: Times, named: Sequence[Named]) -> Iterator[str]:
    """Where it lies among the points that are known."""
    for one in sorted(named, key=lambda each: CLOCK_POINTS.index(each.point)):
        if not _comparable(times, one.times):
            continue
        check = order_of(looked, one.times, times)
        if check.both >= ENOUGH_ROWS:
            yield (
                f"in {percent(check.not_after, check.both)} of {check.both:,} rows it is not before "
                f"'{one.times.name}' ({one.point})"
            )
