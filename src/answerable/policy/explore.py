"""Looking for a call in a box, lazily: the box is split only by facts that still matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from answerable.policy.formula import Among, Box

Probe: TypeAlias = Callable[[Box], "bool | Among | tuple[Among, Probe]"]
"""Of a box: every call in it is one that is looked for (True), none is (False), or it is to be split by this look.

With the look may come a probe that answers the same for the parts, but asks only what is still open in them.
"""


class OutOfStepsError(Exception):
    """The budget of steps is used up; nothing is decided."""


class Steps:
    """A budget of boxes to look at, which several searches may share."""

    def __init__(self, budget: int) -> None:
        self.left = budget

    def take(self, count: int = 1) -> None:
        """Use steps. Raises OutOfStepsError when there are none left."""
        self.left -= count
        if self.left < 0:
            raise OutOfStepsError


def find(box: Box, probe: Probe, steps: Steps) -> Box | None:
    """A box of calls that are looked for, or None where there is none. Raises OutOfStepsError."""
    waiting = [(box, probe)]
    while waiting:
        steps.take()
        current, ask = waiting.pop()
        found = ask(current)
        if found is True:
            return current
        if found is False:
            continue
        look, rest = found if isinstance(found, tuple) else (found, ask)
        # what satisfies the look is tried first
        waiting += ((current & ~look.inside, rest), (current & ~look.outside, rest))
    return None
