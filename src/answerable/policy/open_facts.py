"""Which missing facts matter: those that could change the duty's rule or a limit, by an exact search.

A missing fact is open when there is a state of the *other* missing facts (each known to be something, or still
unknown) in which learning this one changes the rule that decides, a limit in seconds, or whom a clock calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from answerable.model.vocabulary import FactValue
from answerable.policy.explore import OutOfStepsError, Steps, find
from answerable.policy.formula import Among, Box, Standing
from answerable.policy.plan import Owed, Plan

STEP_BUDGET: Final = 20_000
"""Boxes to look at for one call; after that, missing facts count as open without proof: the cautious side."""

Substance: TypeAlias = tuple[object, ...]


def open_facts(plan: Plan, facts: Mapping[str, FactValue | None]) -> tuple[str, ...]:
    """The open facts of a call, in the policy's order."""
    box = plan.space.box_of(facts)
    missing = [index for index, classes in enumerate(box) if classes == 1]
    whole = tuple(one.every if classes == 1 else classes for classes, one in zip(box, plan.space.facts, strict=True))
    if not isinstance(plan.owed(whole), Among):
        return ()
    steps = Steps(STEP_BUDGET)
    return tuple(plan.space.facts[index].fact for index in missing if _matters(plan, index, whole, steps))


def _matters(plan: Plan, fact: int, whole: Box, steps: Steps) -> bool:
    """Whether learning fact number `fact` changes anything for some call of the box."""
    try:
        return find(whole, _changes(plan, fact), steps) is not None
    except OutOfStepsError:
        return True


def _changes(plan: Plan, fact: int) -> Callable[[Box], Standing]:
    codes = range(plan.space.facts[fact].count)

    def probe(box: Box) -> Standing:
        """Splits by other facts only: the classes of `fact` are looked at side by side."""
        seen: Substance | None = None
        look: Among | None = None
        for code in codes:
            owed = plan.owed((*box[:fact], 1 << code, *box[fact + 1 :]))
            if isinstance(owed, Among):
                look = look or owed
            elif seen is None:
                seen = _substance(plan, owed)
            elif seen != _substance(plan, owed):
                return True
        return look or False

    return probe


def _substance(plan: Plan, owed: Owed) -> Substance:
    """What is owed without which of two equal clocks says so."""
    limits = (
        None if place is None or (limit := race.limit(place)) is None else limit.within_s
        for race, place in zip(plan.races, owed.places, strict=True)
    )
    return owed.rule, *limits, owed.ranks
