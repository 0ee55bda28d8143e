"""Which missing facts matter: those that could change the duty's rule or a limit, by an exact search.

A missing fact is open when there is a state of the *other* missing facts (each known to be something, or still
unknown) in which learning this one changes the rule that decides, a limit in seconds, or whom a clock calls.

The box of everything that the missing facts may be is divided, look by look, into parts in which the same is owed. A
fact matters exactly where two parts on different sides of a look at it differ and share a call in every other fact. A
box of too many parts is searched fact by fact instead.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from answerable.policy.explore import OutOfStepsError, Probe, Steps, find
from answerable.policy.formula import Among, Box
from answerable.policy.plan import Asked, Owed, Plan

STEP_BUDGET: Final = 20_000
"""Boxes to look at for one call; after that, missing facts count as open without proof: the cautious side."""

_MOST_PARTS: Final = 300
"""Parts and comparisons of parts before the search fact by fact is the shorter way."""

Part: TypeAlias = tuple[Box, tuple[object, ...]]


def open_facts(plan: Plan, box: Box, *, steps: Steps | None = None) -> tuple[str, ...]:
    """The open facts of the one call in a box, in the policy's order. `steps`: a budget that several calls share."""
    missing = plan.space.unknown(box)
    if not missing:
        return ()
    whole = box
    for number in missing:
        whole |= plan.space.fields[number]
    division = _Division(plan)
    try:
        division.parts(whole, plan.asked)
        matter = division.matter
    except OutOfStepsError:
        steps = Steps(plan.affordable(STEP_BUDGET)) if steps is None else steps
        matter = division.matter | {
            number for number in missing if number not in division.matter and _matters(plan, number, whole, steps)
        }
    return tuple(plan.space.facts[number].fact for number in missing if number in matter)


class _Division:
    """A box divided into parts, and the facts of which it has shown that they matter."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._steps = Steps(_MOST_PARTS)
        self.matter: set[int] = set()

    def parts(self, box: Box, asked: Asked) -> list[Part]:
        """The parts of a box. Raises OutOfStepsError."""
        self._steps.take()
        found = self._plan.ask(box, asked)
        if isinstance(found, Owed):
            return [(box, self._plan.substance(found))]
        look, rest = found
        one, other = self.parts(box & ~look.outside, rest), self.parts(box & ~look.inside, rest)
        if len(one) == len(other) == 1 and one[0][1] == other[0][1]:
            return [(box, one[0][1])]
        if look.fact not in self.matter:
            self._compare(look.fact, one, other)
        return one + other

    def _compare(self, fact: int, one: list[Part], other: list[Part]) -> None:
        """Two parts that differ, and share a call but for this fact, show that it matters."""
        apart, only = self._plan.space.apart, self._plan.space.free_bit(fact)
        for box, owed in one:
            for other_box, other_owed in other:
                if owed != other_owed and apart(box, other_box) == only:
                    self.matter.add(fact)
                    return
            self._steps.take(1 + len(other) // 8)


def _matters(plan: Plan, fact: int, whole: Box, steps: Steps) -> bool:
    """Whether learning fact number `fact` changes anything for some call of the box."""
    classes = plan.space.classes(whole, fact)
    codes = [code for code in range(plan.space.facts[fact].count) if classes >> code & 1]
    try:
        return find(whole, _changes(plan, fact, [plan.asked] * len(codes), codes), steps) is not None
    except OutOfStepsError:
        return True


def _changes(plan: Plan, fact: int, asked: list[Asked], codes: list[int]) -> Probe:
    """Splits by other facts only: the classes of `fact` are looked at side by side."""
    at, field = plan.space.offsets[fact], plan.space.fields[fact]

    def probe(box: Box) -> bool | tuple[Among, Probe]:
        seen: tuple[object, ...] | None = None
        look: Among | None = None
        rest = list(asked)
        for index, code in enumerate(codes):
            owed = plan.ask((box & ~field) | 1 << at + code, asked[index])
            if not isinstance(owed, Owed):
                look, rest[index] = look or owed[0], owed[1]
            elif seen is None:
                seen = plan.substance(owed)
            elif seen != plan.substance(owed):
                return True
        return False if look is None else (look, _changes(plan, fact, rest, codes))

    return probe
