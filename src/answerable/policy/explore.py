"""Looking for a call in a box, lazily: the box is split only by facts that still matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from answerable.policy.formula import Among, Box, Standing

Probe: TypeAlias = Callable[[Box], Standing]
"""Of a box: every call in it is one that is looked for (True), none is (False), or it is to be split by this look."""


class OutOfStepsError(Exception):
    """The budget of steps is used up; nothing is decided."""


class Steps:
    """A budget of boxes to look at, which several searches may share."""

    def __init__(self, budget: int) -> None:
        self.left = budget

    def take(self) -> None:
        """Use one step. Raises OutOfStepsError when there is none left."""
        self.left -= 1
        if self.left < 0:
            raise OutOfStepsError


def find(box: Box, probe: Probe, steps: Steps) -> Box | None:
    """A box of calls that are looked for, or None where there is none. Raises OutOfStepsError."""
    waiting = [box]
    while waiting:
        steps.take()
        current = waiting.pop()
        found = probe(current)
        if found is True:
            return current
        if isinstance(found, Among):
            outside, inside = split(current, found)
            waiting += (outside, inside)  # what satisfies the look is tried first
    return None


def split(box: Box, by: Among) -> tuple[Box, Box]:
    """The calls of the box that do not satisfy a look, and those that do."""
    return _with(box, by.fact, box[by.fact] & ~by.classes), _with(box, by.fact, box[by.fact] & by.classes)


def _with(box: Box, fact: int, classes: int) -> Box:
    return (*box[:fact], classes, *box[fact + 1 :])
