"""Cells: every call as one whole number, so that deciding is a look-up, live and in bulk alike.

A cell numbers the classes of a call's facts in mixed radix. Whatever encodes facts by `Cells.encoders` (a SQL CASE,
say) agrees with `decide`, because each cell is decided once, by `decide` itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from answerable.errors import PolicyError
from answerable.model.duty import PolicyDecision
from answerable.model.vocabulary import FactType, FactValue
from answerable.policy.document import Policy
from answerable.policy.evaluate import alternatives, decide_settled
from answerable.policy.plan import plan_of
from answerable.policy.space import FactClasses

LARGEST: Final = 2**63 - 1
"""Cells are signed 64-bit numbers in every engine."""

Case: TypeAlias = tuple[FactValue | tuple[int, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactEncoder:
    """How a fact's value becomes its part of the cell: `weight * code`.

    `kind` is `yes-no`, `one-of` or `number`. `cases` pairs a value (or, of a number, a range with both ends included)
    with its class code; whatever is in no case, NULL too, has code 0: unknown.
    """

    fact: str
    kind: str
    weight: int
    cases: tuple[Case, ...]


class Cells:
    """The cells of one policy, each decided once and remembered. Only facts that rules or clocks refer to take part."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._facts = plan_of(policy).space.facts
        self._weights: list[int] = []
        count = 1
        for one in self._facts:
            self._weights.append(count)
            count *= one.count
        if count - 1 > LARGEST:
            raise PolicyError(
                f"{policy.name} tells {count} kinds of call apart; at most {LARGEST} can be numbered",
                file=policy.file, hint="let its rules and clocks look at fewer facts, or compare with fewer values",
            )  # fmt: skip
        self.count = count
        self.encoders = tuple(
            FactEncoder(fact=one.fact, kind=one.kind.kind, weight=weight, cases=_cases(one))
            for one, weight in zip(self._facts, self._weights, strict=True)
        )
        self._parts = [
            (
                one.fact,
                _exact_type(one.kind),
                {value: weight * code for value, code in one.codes.items()} or None,
                one,
                weight,
            )
            for one, weight in zip(self._facts, self._weights, strict=True)
        ]
        self._decisions: dict[int, PolicyDecision] = {}
        self._alternatives: dict[int, tuple[PolicyDecision, ...]] = {}

    def encode(self, facts: Mapping[str, FactValue | None]) -> int:
        """The cell of a call. What is missing, undeclared or out of range counts as unknown."""
        cell = 0
        for fact, exact, table, classes, weight in self._parts:
            value = facts.get(fact)
            if value is None:
                continue
            if type(value) is exact and table is not None:  # True == 1 in Python, but not in a policy
                cell += table.get(value, 0)
            else:
                cell += weight * classes.code_of(value)
        return cell

    def decision(self, cell: int) -> PolicyDecision:
        """What the policy decides about every call of the cell."""
        known = self._decisions.get(cell)
        if known is None:
            codes = self._codes(cell)
            known = self._decisions[cell] = decide_settled(
                self.policy, self._facts_of(codes), box=plan_of(self.policy).space.box_of_codes(codes)
            )
        return known

    def alternatives(self, cell: int) -> tuple[PolicyDecision, ...]:
        """Every decision that the facts still missing in the cell leave possible; see `evaluate.alternatives`."""
        known = self._alternatives.get(cell)
        if known is None:
            known = self._alternatives[cell] = alternatives(self.policy, self.facts_of(cell))
        return known

    def facts_of(self, cell: int) -> dict[str, FactValue]:
        """Facts that stand for the cell; unknown ones are absent. Raises ValueError for a number that is no cell."""
        return self._facts_of(self._codes(cell))

    def _codes(self, cell: int) -> list[int]:
        """The class of each fact."""
        if not 0 <= cell < self.count:
            raise ValueError(f"{cell} is not a cell of {self.policy.name}: there are {self.count}")
        codes = []
        for one in self._facts:
            cell, code = divmod(cell, one.count)
            codes.append(code)
        return codes

    def _facts_of(self, codes: Sequence[int]) -> dict[str, FactValue]:
        return {
            one.fact: value
            for one, code in zip(self._facts, codes, strict=True)
            if (value := one.value_of(code)) is not None
        }


def _exact_type(kind: FactType) -> type:
    return bool if kind.yes_no else str if kind.one_of else int


def _cases(classes: FactClasses) -> tuple[Case, ...]:
    return tuple((case, code) for code, values in enumerate(classes.values, start=1) for case in values.cases)
