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
"""The same for all questions of one kind in a check."""

_MANY: Final = 1_000_000


class Questions:
    """The questions of one check."""

    def __init__(self, policy: Policy) -> None:
        asked = [one for promise in policy.promises for one in (promise.when, promise.then)]
        asked += [rule.reopen_when for rule in policy.duties if rule.reopen_when is not None]
        self.policy = policy
        self.search = Search(policy, asked)
        self.begin()

    def begin(self) -> None:
        """Begin a kind of question: each has the whole budget, so that none starves another."""
        self._left = self.search.plan.affordable(CHECK_STEPS)

    @property
    def spent(self) -> bool:
        """Whether the budget of this kind of question is used up."""
        return self._left <= 0

    @property
    def rules(self) -> Sequence[Formula]:
        """When each rule is definitely true, in the file's order."""
        return self.search.plan.rules

    @property
    def every(self) -> Box:
        """Every possible call."""
        return self.search.space.every

    def call(
        self, *formulas: Formula, none_of: Sequence[Formula] = ()
    ) -> dict[str, FactValue | None] | Literal[Undecided.UNDECIDED] | None:
        """A possible call of which every one of `formulas` is definitely true and none of `none_of` is."""
        box = self.every
        for formula in formulas:
            within = narrowed(formula, box)
            if within is None:
                return None
            box = within
        if not self._afford(len(none_of)):
            return UNDECIDED
        possible = self.possible(none_of, box)
        found = self._found(both(formulas, none_of=possible), box)
        if found is None or found is UNDECIDED:
            return found
        return self.search.said(_widest(found, self.search.space.fields, formulas, none_of=possible))

    def possible(self, formulas: Sequence[Formula], box: Box | None) -> list[Formula]:
        """Those of the formulas that are true of some call in the box."""
        return [] if box is None else [formula for formula in formulas if formula.over(box) is not False]

    def ask(self, probe: Probe) -> dict[str, FactValue | None] | Literal[Undecided.UNDECIDED] | None:
        """A possible call that the probe looks for."""
        found = self._found(probe, self.every)
        if found is None or found is UNDECIDED:
            return found
        return self.search.told(found, given={}, probe=probe)

    def _found(self, probe: Probe, box: Box) -> Box | Literal[Undecided.UNDECIDED] | None:
        steps = Steps(min(self.search.plan.affordable(QUESTION_STEPS), self._left))
        before = steps.left
        try:
            return find(box, probe, steps)
        except OutOfStepsError:
            return UNDECIDED
        finally:
            self._left -= before - max(steps.left, 0)

    def _afford(self, formulas: int) -> bool:
        """Holding many formulas against a box costs about as much as looking at a box for each eight of them."""
        self._left -= formulas // 8
        return self._left > 0


def _widest(found: Box, fields: Sequence[int], formulas: Sequence[Formula], *, none_of: Sequence[Formula]) -> Box:
    """A box of calls made as wide as the question allows, fact by fact."""
    box = found
    for field in fields:
        wider = box | field
        if (
            wider != box
            and all(formula.over(wider) is True for formula in formulas if formula.support & field)
            and all(formula.over(wider) is False for formula in none_of if formula.support & field)
        ):
            box = wider
    return box


def both(formulas: Sequence[Formula], *, none_of: Sequence[Formula]) -> Probe:
    """The probe for calls of which every one of `formulas` is definitely true and none of `none_of` is."""

    def probe(box: Box) -> Standing | tuple[Among, Probe]:
        look: Among | None = None
        unsettled = []
        for formula in formulas:
            found = formula.over(box)
            if found is False:
                return False
            if found is not True:
                look = look or found
                unsettled.append(formula)
        if look is not None:
            return look, both(unsettled, none_of=none_of)
        left, fewest = [], _MANY
        for formula in none_of:
            found = formula.over(box)
            if found is True:
                return False
            if found is not False:
                left.append(formula)
                if fewest > 1 and (count := open_looks(formula, box)) < fewest:
                    look, fewest = found.opposite(), count
        return True if look is None else (look, both((), none_of=left))

    return probe
