"""What a policy decides about one call: the reference that every other way of deciding must agree with.

`decide` works on the facts as they are, three-valued. What could still change is found by an exact search of the
possible values of the missing facts, which looks only at facts that still matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from answerable.errors import PolicyError
from answerable.model.duty import Limit, PolicyDecision
from answerable.model.vocabulary import FactValue
from answerable.policy.condition import settled
from answerable.policy.document import Clock, Policy
from answerable.policy.explore import OutOfStepsError, Steps, find
from answerable.policy.expression import Facts
from answerable.policy.formula import Among, Box, Standing
from answerable.policy.open_facts import open_facts
from answerable.policy.plan import Owed, Plan, Race, decision_of, plan_of, races, runs

STEP_BUDGET: Final = 200_000
"""Boxes that one search for alternatives may look at."""


def decide(policy: Policy, facts: Mapping[str, FactValue | None]) -> PolicyDecision:
    """The duty, its limits, and the missing facts that could still change them.

    The first rule that is definitely true decides; of each kind of clock the tightest that is definitely true binds.
    A fact that is missing or has an undeclared value is unknown.
    """
    known = settled(policy.facts, facts)
    number = _first_rule(policy, known)
    duty = policy.duties[number].duty if number < len(policy.duties) else None
    running = [clock for clock in policy.clocks if clock.when.test(known)]
    limits = _limits(race for race in races(running) if runs(race.kind, duty))
    called = {clock.escalate_to for clock in running if any(runs(kind, duty) for kind in clock.within_s)}
    return decision_of(
        policy, number, limits=limits,
        escalate_to=tuple(rank for rank in policy.ranks if rank in called),
        open_=open_facts(plan_of(policy), known),
    )  # fmt: skip


def _first_rule(policy: Policy, known: Facts) -> int:
    for number, rule in enumerate(policy.duties):
        if rule.when.test(known):
            return number
    return len(policy.duties)


def _limits(running: Iterator[Race]) -> dict[str, Limit]:
    """The tightest limit of each kind; a race is in that order."""
    return {race.kind: limit for race in running if (limit := race.limit(0)) is not None}


def clocks_of_a_response(policy: Policy, facts: Mapping[str, object]) -> dict[str, Limit]:
    """The tightest limit of each kind while a decision to respond stands: all kinds run, whatever the duty."""
    known = settled(policy.facts, facts)
    running: Sequence[Clock] = [clock for clock in policy.clocks if clock.when.test(known)]
    return _limits(iter(races(running)))


def alternatives(
    policy: Policy, facts: Mapping[str, FactValue | None], *, step_budget: int = STEP_BUDGET
) -> tuple[PolicyDecision, ...]:
    """Every different decision that is possible once the missing facts are known, `open` empty in each.

    A fact that the policy asks `known(…)` about may also stay unknown: the policy tells that apart. Sorted by the
    file's order of rules, then by their limits. Raises PolicyError when the step budget is used up.
    """
    plan = plan_of(policy)
    return tuple(plan.decision(owed) for owed in possible(plan, completions(plan, facts), Steps(step_budget)))


def completions(plan: Plan, facts: Mapping[str, FactValue | None]) -> Box:
    """Every call that these facts may turn out to be."""
    box = plan.space.box_of(facts)
    return tuple(
        classes if classes != 1 else one.every if one.fact in plan.space.asked else one.every & ~1
        for classes, one in zip(box, plan.space.facts, strict=True)
    )


def possible(plan: Plan, box: Box, steps: Steps) -> list[Owed]:
    """The different decisions of the calls in a box, in order. Raises PolicyError when no step is left."""
    found: set[Owed] = set()

    def probe(inner: Box) -> Standing:
        owed = plan.owed(inner)
        if isinstance(owed, Among):
            return owed
        found.add(owed)
        return False

    try:
        find(box, probe, steps)
    except OutOfStepsError:
        raise PolicyError(
            f"the decisions that missing facts leave possible under {plan.policy.name} are too many to list",
            file=plan.policy.file, hint="use fewer facts in fewer clocks; 'answerable policy check' measures it",
        ) from None  # fmt: skip
    return sorted(found, key=Owed.order)
