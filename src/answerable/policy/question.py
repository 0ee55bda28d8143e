"""What every check shares: one layout of the policy to search in, and one budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from answerable.model.vocabulary import FactValue
from answerable.policy.document import Policy
from answerable.policy.explore import OutOfStepsError, Probe, Steps, find
from answerable.policy.formula import Among, Box, Formula, Standing, narrowed, open_looks
from answerable.policy.search import UNDECIDED, Search, Undecided

QUESTION_STEPS: Final = 20_000
"""Boxes that one question may look at before the answer is "undecided"."""

CHECK_STEPS: Final = 200_000
"""The same for a whole check."""

_MANY: Final = 1_000_000


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

    def call(
        self, *formulas: Formula, none_of: Sequence[Formula] = ()
    ) -> dict[str, FactValue | None] | Literal[Undecided.UNDECIDED] | None:
        """A possible call of which every one of `formulas` is definitely true and none of `none_of` is."""
        box: Box | None = self.search.space.every
        for formula in formulas:
            box = None if box is None else narrowed(formula, box)
        if box is None:
            return None
        possible = [formula for formula in none_of if formula.over(box) is not False]
        return self.ask(both(formulas, none_of=possible), box=box)

    def ask(
        self, probe: Probe, *, box: Box | None = None
    ) -> dict[str, FactValue | None] | Literal[Undecided.UNDECIDED] | None:
        """A possible call (in `box`) that the probe looks for."""
        steps = Steps(min(QUESTION_STEPS, self._left))
        before = steps.left
        try:
            found = find(self.search.space.every if box is None else box, probe, steps)
        except OutOfStepsError:
            return UNDECIDED
        finally:
            self._left -= before - max(steps.left, 0)
        return None if found is None else self.search.told(found, given={}, probe=probe)


def both(formulas: Sequence[Formula], *, none_of: Sequence[Formula]) -> Probe:
    """The probe for calls of which every one of `formulas` is definitely true and none of `none_of` is."""

    def probe(box: Box) -> Standing:
        look: Among | None = None
        for formula in formulas:
            found = formula.over(box)
            if found is False:
                return False
            look = look or (found if isinstance(found, Among) else None)
        if look is not None:
            return look
        fewest = _MANY
        for formula in none_of:
            found = formula.over(box)
            if found is True:
                return False
            if found is not False and fewest > 1 and (count := open_looks(formula, box)) < fewest:
                look, fewest = found.opposite(), count
        return look or True

    return probe
