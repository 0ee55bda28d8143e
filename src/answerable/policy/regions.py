"""For whom something changes, in few sentences: boxes as wide as they can be, and boxes in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from answerable.model.vocabulary import FactValue
from answerable.policy.compare import RULE_TERMS, STEP_BUDGET, Change, Changes, Comparison, changes_in
from answerable.policy.document import Policy
from answerable.policy.explore import OutOfStepsError, Steps
from answerable.policy.formula import Box
from answerable.policy.keys import LIMITS
from answerable.policy.space import FactClasses, Space

_WIDENING_STEPS: Final = 2_000
"""Boxes that one attempt to widen a region may look at before the region stays as it is."""

MERGING_STEPS: Final = 200_000
"""The same for all attempts together; what is not merged then is counted, not listed."""


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of which the same thing changes: what their rule gives them, one kind of limit, or whom clocks call.

    Of every one of them `changes` is true, and all that changes of that thing; what else changes, other regions tell.
    Things that change for the very same calls are told together.
    `where` says in words which values each fact has; a fact that is not named may be anything, or unknown. `example` is
    one of the calls (what it lacks is unknown).
    """

    where: dict[str, str]
    changes: tuple[Change, ...]
    example: dict[str, FactValue]
    box: int


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """Every region in which two versions differ.

    `decided`: all calls were compared, so that where no region is listed nothing changes, for certain; otherwise the
    search used up its budget. `unlisted`: parts of the calls that change, too many to put into sentences; there is at
    least one region for each kind of change all the same.
    """

    regions: tuple[Region, ...]
    decided: bool
    unlisted: int


def compare_policies(before: Policy, after: Policy, *, step_budget: int = STEP_BUDGET) -> Differences:
    """For whom two versions decide otherwise: another duty, rank, limit or rule. Exact; texts are not compared."""
    comparison = Comparison(before, after)
    parts, decided = _parts(comparison, Steps(comparison.affordable(step_budget)))
    steps = Steps(comparison.affordable(MERGING_STEPS))
    covers = [_Cover(comparison, parts[changes], changes, steps) for changes in _by_weight(parts)]
    while steps.left > 0 and any(cover.left for cover in covers):
        for cover in covers:
            cover.add_region()
    regions = [_region(comparison.space, box, changes) for boxes, changes in _told_together(covers) for box in boxes]
    return Differences(regions=tuple(regions), decided=decided, unlisted=sum(len(cover.left) for cover in covers))


def _parts(comparison: Comparison, steps: Steps) -> tuple[dict[Changes, list[Box]], bool]:
    parts: dict[Changes, list[Box]] = {}
    try:
        for box, changes in changes_in(comparison, comparison.space.every, steps):
            for together in things(changes):
                parts.setdefault(together, []).append(box)
    except OutOfStepsError:
        return parts, False
    return parts, True


def _told_together(covers: Sequence[_Cover]) -> list[tuple[list[Box], Changes]]:
    """The regions of each change; changes of the very same calls are told as one."""
    together: dict[frozenset[Box], tuple[list[Box], Changes]] = {}
    for cover in covers:
        boxes, changes = together.get(frozenset(cover.regions), (cover.regions, ()))
        together[frozenset(cover.regions)] = boxes, (*changes, *cover.changes)
    return [*together.values()]


def things(changes: Changes) -> list[Changes]:
    """Changes by what they are of: those of the rule together, each kind of limit and each rank by itself."""
    of_rule = tuple(one for one in changes if one.what in RULE_TERMS)
    return [*([of_rule] if of_rule else []), *((one,) for one in changes if one.what not in RULE_TERMS)]


def _by_weight(parts: dict[Changes, list[Box]]) -> list[Changes]:
    """What touches the duty first, then the rule's other terms, limits, and calls; in one order on every machine."""
    order = [*RULE_TERMS, *LIMITS]

    def weight(changes: Changes) -> tuple[int, list[tuple[str, str, str]]]:
        first = changes[0].what
        said = [(one.what, str(one.after), str(one.before)) for one in changes]
        return order.index(first) if first in order else len(order), said

    return sorted(parts, key=weight)


class _Cover:
    """Wide boxes of calls that change alike; none has another call in it. `left`: the parts not in them yet."""

    def __init__(self, comparison: Comparison, parts: Sequence[Box], changes: Changes, steps: Steps) -> None:
        self._comparison, self._steps = comparison, steps
        self.changes = changes
        self.regions: list[Box] = []
        self.left = sorted(parts, key=lambda box: (-box.bit_count(), box))

    def add_region(self) -> None:
        """Widen the largest part that is left, fact by fact, to a region."""
        if not self.left:
            return
        box = self.left[0]
        for field in self._comparison.space.fields:
            for more in (field & ~box, *_bits(field & ~box)):
                if more & ~box and self._all_change(box | more):
                    box |= more
        self.regions.append(box)
        self.left = [part for part in self.left if part & ~box]

    def _all_change(self, box: Box) -> bool:
        """Whether of every call in the box this changes; False where that takes too long to see."""
        steps = Steps(min(_WIDENING_STEPS, max(self._steps.left, 0)))
        before = steps.left
        try:
            return all(self.changes in things(found) for _, found in changes_in(self._comparison, box, steps))
        except OutOfStepsError:
            return False
        finally:
            self._steps.left -= before - max(steps.left, 0)


def _bits(classes: int) -> Iterator[int]:
    while classes:
        lowest = classes & -classes
        yield lowest
        classes ^= lowest


def _all_change(comparison: Comparison, box: Box, changes: Changes) -> bool:
    """Whether of every call in the box this changes; False where that takes too long to see."""
    try:
        return all(found == changes for _, found in changes_in(comparison, box, Steps(_WIDENING_STEPS)))
    except OutOfStepsError:
        return False


def _region(space: Space, box: Box, changes: Changes) -> Region:
    where, example = {}, {}
    for number, one in enumerate(space.facts):
        classes = space.classes(box, number)
        if classes != one.every:
            where[one.fact] = classes_in_words(one, classes)
            known = classes & ~1
            if not classes & 1:
                example[one.fact] = one.values[(known & -known).bit_length() - 2].first
    return Region(where=where, changes=changes, example=example, box=box)


def classes_in_words(one: FactClasses, classes: int) -> str:
    """`yes`, `2 to 4 or 9`, `unknown`, `known`, `not known to be yes`."""
    known, may_be_unknown = classes & ~1, bool(classes & 1)
    if not known:
        return "unknown"
    if known == one.every & ~1:
        return "known"
    others = one.every & ~classes
    if may_be_unknown and _length(one, others) <= _length(one, known):
        return f"not known to be {_said(one, others)}"
    return f"{_said(one, known)}{' or unknown' if may_be_unknown else ''}"


def _length(one: FactClasses, classes: int) -> int:
    """How many values or ranges it takes to say these classes."""
    return sum(len(values.cases) for code, values in enumerate(one.values, start=1) if classes >> code & 1)


def _said(one: FactClasses, classes: int) -> str:
    cases = [case for code, values in enumerate(one.values, start=1) if classes >> code & 1 for case in values.cases]
    if one.kind.yes_no:
        return "yes" if cases[0] is True else "no"
    if one.kind.one_of:
        return _listed([str(value) for value in one.kind.one_of if value in cases])
    return _listed([f"{low} to {high}" if low != high else str(low) for low, high in _joined(cases)])


def _joined(cases: Sequence[FactValue | tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(case for case in cases if isinstance(case, tuple)):
        if found and found[-1][1] == low - 1:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _listed(parts: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
