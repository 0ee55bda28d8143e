"""What every check shares: one layout of the policy to search in, and one budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from answerable.policy.document import Policy
from answerable.policy.explore import OutOfStepsError, Probe, Steps, find
from answerable.policy.search import UNDECIDED, Case, Search, Undecided
from answerable.policy.space import Box, Formula, narrowed

QUESTION_STEPS: Final = 20_000
CHECK_STEPS: Final = 200_000
"""Boxes that one question, and a whole check, may look at before the answer is "undecided"."""


class Questions:
    """The questions of one check."""

    def __init__(self, policy: Policy) -> None:
        asked = [one for promise in policy.promises for one in (promise.when, promise.then)]
        asked += [rule.reopen_when for rule in policy.duties if rule.reopen_when is not None]
        self.policy = policy
        self.search = Search(policy, asked)
        self._left = CHECK_STEPS

    @property
    def rules(self) -> Sequence[Formula]:
        """When each rule is definitely true, in the file's order."""
        return self.search.plan.rules

    def ask(self, probe: Probe, *, true_of: Sequence[Formula] = ()) -> Case | Literal[Undecided.UNDECIDED] | None:
        """A possible call that the probe looks for. `true_of` are formulas that hold of every such call anyway."""
        box: Box | None = self.search.space.every
        for formula in true_of:
            box = box and narrowed(formula, box)
        if box is None:
            return None
        steps = Steps(min(QUESTION_STEPS, self._left))
        before = steps.left
        try:
            found = find(box, probe, steps)
        except OutOfStepsError:
            return UNDECIDED
        finally:
            self._left -= before - max(steps.left, 0)
        return None if found is None else self.search.case(found, given={}, probe=probe)
