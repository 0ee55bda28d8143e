"""A possible call for which something does not hold: the exact search behind promises and claims about a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, Literal

from answerable.errors import PolicyError
from answerable.model.duty import PolicyDecision
from answerable.model.vocabulary import FACTS, FactType, FactValue
from answerable.policy.condition import Condition, parse_condition
from answerable.policy.document import Policy
from answerable.policy.evaluate import decide
from answerable.policy.explore import OutOfStepsError, Probe, Steps, find
from answerable.policy.formula import Among, Box, Chain, Formula, Open, Standing
from answerable.policy.load_rules import DUTY_TYPE
from answerable.policy.plan import Plan
from answerable.policy.spelling import nearest, quoted
from answerable.policy.tokens import DUTY

STEP_BUDGET: Final = 200_000
"""Boxes that one search may look at before it says that it cannot decide."""


class Undecided(Enum):
    """The answer of a search that used up its budget: neither a case nor the proof that there is none."""

    UNDECIDED = "undecided"


UNDECIDED: Final = Undecided.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A possible call and what the policy decides about it.

    `facts` names what the case rests on; None: the case needs this fact to be unknown. Facts not named may be anything.
    """

    facts: Mapping[str, FactValue | None]
    decision: PolicyDecision

    def in_words(self) -> str:
        """`a request for assistance where place is elsewhere and life_safety is unknown`."""
        return call_in_words(self.facts)


_NOUNS: Final[dict[FactValue | None, str]] = {
    "call": "a call for service",
    "request_for_assistance": "a request for assistance",
}


def call_in_words(facts: Mapping[str, FactValue | None]) -> str:
    """A call by what is known of it; None is said as unknown, a fact that is absent is not spoken of."""
    noun = _NOUNS.get(facts.get("kind"), "a call")
    said = [
        f"{fact} is {spoken_value(value)}" for fact, value in facts.items() if not (fact == "kind" and value in _NOUNS)
    ]
    if not said:
        return noun if facts else "any call"
    return f"{noun} where {', '.join(said[:-1])}{' and ' if said[:-1] else ''}{said[-1]}"


def spoken_value(value: FactValue | None) -> str:
    """A fact's value as people say it."""
    if value is None:
        return "unknown"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


class Search:
    """A policy laid out together with conditions that are asked of it; `duty` is one more fact, decided last."""

    def __init__(self, policy: Policy, conditions: Sequence[Condition] = ()) -> None:
        self.policy = policy
        layout = _with_duty(policy)
        self.plan = Plan(layout, conditions)
        self.space = self.plan.space
        self._duty = self.space.index.get(DUTY)

    def box(self, given: Mapping[str, FactValue | None]) -> Box:
        """Every possible call in which these facts are as given (None: unknown), unknown being a possible value."""
        box = self.space.box_of(given)
        for one, field in zip(self.space.facts, self.space.fields, strict=True):
            if one.fact not in given:
                box |= field
        return box

    def decided(self, box: Box, chain: Chain | None = None) -> Box | Open:
        """The box with the duty of its calls filled in, or a look to split it by."""
        if self._duty is None:
            return box
        rule = self.plan.rule(box, chain)
        if isinstance(rule, Open):
            return rule
        duty = self.plan.duty(rule)
        code = self.space.facts[self._duty].code_of(None if duty is None else duty.value)
        return (box & ~self.space.fields[self._duty]) | 1 << self.space.offsets[self._duty] + code

    def fails(self, when: Sequence[Formula], then: Formula, chain: Chain | None = None) -> Probe:
        """The probe for calls of which all of `when` are definitely true and `then` is not."""

        def verdict(box: Box) -> Standing:
            look: Among | None = None
            for formula in when:
                found = formula.over(box)
                if found is False:
                    return False
                look = look or (found if isinstance(found, Among) else None)
            found = then.over(box)
            if isinstance(found, bool):
                return False if found else look or True
            return look or found.opposite()

        def probe(box: Box) -> Standing | tuple[Among, Probe]:
            early = verdict(box)
            if isinstance(early, bool) or early.fact != self._duty:
                return early
            filled = self.decided(box, chain)
            if isinstance(filled, Open):
                return filled.look, self.fails(when, then, filled.chain)
            return verdict(filled)

        return probe

    def told(self, found: Box, *, given: Mapping[str, FactValue | None], probe: Probe) -> dict[str, FactValue | None]:
        """A box of calls told as one call: with as few facts as it needs, and known ones where there is a choice."""
        return self.said(self._widened(found, self.box(given), probe), given=given)

    def said(self, box: Box, *, given: Mapping[str, FactValue | None] | None = None) -> dict[str, FactValue | None]:
        """The facts that the calls of a box have in common, and for a choice of values the plainest; `given` first."""
        facts = dict(given or {})
        for number, one in enumerate(self.space.facts):
            bits = self.space.classes(box, number)
            if one.fact != DUTY and one.fact not in facts and bits != one.every:
                facts[one.fact] = one.value_of(_plainest(bits))
        return facts

    def _widened(self, found: Box, whole: Box, probe: Probe) -> Box:
        box = found
        for field in self.space.fields:
            wider = box | (whole & field)
            if wider != box and probe(wider) is True:
                box = wider
        return box


def _with_duty(policy: Policy) -> Policy:
    """The same policy, its facts with the reserved word `duty` among them."""
    return replace(policy, facts={**policy.facts, DUTY: DUTY_TYPE})


def _plainest(bits: int) -> int:
    """The lowest known class; "unknown" only where it is the only one."""
    known = bits & ~1
    return (known & -known).bit_length() - 1 if known else 0


def find_case(
    policy: Policy, *, given: Mapping[str, FactValue | None], then: str, step_budget: int = STEP_BUDGET
) -> Case | Literal[Undecided.UNDECIDED] | None:
    """A possible call, with facts as `given`, for which `then` is not definitely true of what the policy decides.

    `then` is a condition over facts and `duty`. A fact may be unknown in a possible call; where no rule applies, the
    duty is unknown too, so that nothing about it holds. None: there is no such call, for certain. UNDECIDED: the budget
    was used up. Raises PolicyError for a condition or a given fact that means nothing.
    """
    _check_given(given)
    condition = parse_condition(then, {**policy.facts, DUTY: DUTY_TYPE}, file="then")
    search = Search(policy, [condition])
    probe = search.fails((), search.space.formula(condition))
    try:
        found = find(search.box(given), probe, Steps(step_budget))
    except OutOfStepsError:
        return UNDECIDED
    if found is None:
        return None
    facts = search.told(found, given=given, probe=probe)
    return Case(facts=facts, decision=decide(policy, facts))


def _check_given(given: Mapping[str, FactValue | None]) -> None:
    for fact, value in given.items():
        kind = FACTS.get(fact)
        if kind is None:
            raise PolicyError(f"there is no fact {quoted(fact)}", hint=nearest(fact, FACTS))
        if value is not None and not kind.admits(value):
            raise PolicyError(f"{fact} is never {quoted(str(value))}", hint=_values_of(kind, str(value)))


def _values_of(kind: FactType, value: str) -> str:
    if kind.one_of:
        return nearest(value, kind.one_of)
    return "it is true or false" if kind.yes_no else f"it goes from {kind.first} to {kind.last}"
