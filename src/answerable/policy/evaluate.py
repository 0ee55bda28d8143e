"""What a policy decides about one call: the reference that every other way of deciding must agree with.

`decide` works on the facts as they are, three-valued. What could still change is found by an exact search of the
possible values of the missing facts, which looks only at facts that still matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from answerable.errors import PolicyError
from answerable.model.duty import CLOCK_KINDS, Duty, Limit, PolicyDecision
from answerable.model.vocabulary import FactValue
from answerable.policy.condition import settled
from answerable.policy.document import Clock, Policy
from answerable.policy.explore import OutOfStepsError, Probe, Steps, find
from answerable.policy.expression import Facts
from answerable.policy.formula import Among, Box
from answerable.policy.open_facts import open_facts
from answerable.policy.plan import Asked, Owed, Plan, decision_of, plan_of, runs

STEP_BUDGET: Final = 200_000
"""Boxes that one search for alternatives may look at."""


def decide(policy: Policy, facts: Mapping[str, FactValue | None]) -> PolicyDecision:
    """The duty, its limits, and the missing facts that could still change them.

    The first rule that is definitely true decides; of each kind of clock the tightest that is definitely true binds.
    A fact that is missing or has an undeclared value is unknown.
    """
    known = settled(policy.facts, facts)
    return decide_settled(policy, known, box=plan_of(policy).space.box_of(known))


def decide_settled(policy: Policy, known: Facts, *, box: Box, steps: Steps | None = None) -> PolicyDecision:
    """As `decide`, of facts that were held against their types; `box` is theirs.

    `steps`: a budget that several decisions share. Once it is used up, facts count as open without proof.
    """
    plan = plan_of(policy)
    true = tuple([clock.when.test(known) is True for clock in policy.clocks])
    found = _first_rule(policy, known), true, open_facts(plan, box, steps=steps)
    decided = plan.decided.get(found)
    if decided is None:
        decided = plan.decided[found] = _decided(policy, *found)
    return decided


def _decided(policy: Policy, number: int, true: tuple[bool, ...], open_: tuple[str, ...]) -> PolicyDecision:
    """The decision of a rule, where these clocks are true and these facts could still change it."""
    duty = policy.duties[number].duty if number < len(policy.duties) else None
    running = [clock for clock, is_true in zip(policy.clocks, true, strict=True) if is_true]
    called = {clock.escalate_to for clock in running if any(runs(kind, duty) for kind in clock.within_s)}
    return decision_of(
        policy, number, limits=_limits(running, duty=duty),
        escalate_to=tuple(rank for rank in policy.ranks if rank in called), open_=open_,
    )  # fmt: skip


def _first_rule(policy: Policy, known: Facts) -> int:
    for number, rule in enumerate(policy.duties):
        if rule.when.test(known):
            return number
    return len(policy.duties)


def _limits(running: Sequence[Clock], *, duty: Duty | None, responding: bool = False) -> dict[str, Limit]:
    """The tightest limit of each kind that runs; of two equal ones the first in the file."""
    limits: dict[str, Limit] = {}
    for kind in CLOCK_KINDS:
        if not runs(kind, duty, responding=responding):
            continue
        of_kind = [clock for clock in running if kind in clock.within_s]
        if of_kind:
            tightest = min(of_kind, key=lambda clock: clock.within_s[kind])
            limits[kind] = Limit(within_s=tightest.within_s[kind], clock=tightest.id)
    return limits


def clocks_of_a_response(policy: Policy, facts: Mapping[str, object]) -> dict[str, Limit]:
    """The tightest limit of each kind while a decision to respond stands: all kinds run, whatever the duty."""
    known = settled(policy.facts, facts)
    return _limits([clock for clock in policy.clocks if clock.when.test(known)], duty=None, responding=True)


def alternatives(
    policy: Policy, facts: Mapping[str, FactValue | None], *, step_budget: int = STEP_BUDGET
) -> tuple[PolicyDecision, ...]:
    """Every different decision that is possible once the missing facts are known, `open` empty in each.

    A fact that the policy asks `known(…)` about may also stay unknown: the policy tells that apart. Sorted by the
    file's order of rules, then by their limits. Raises PolicyError when the step budget is used up.
    """
    plan = plan_of(policy)
    steps = Steps(plan.affordable(step_budget))
    return tuple(plan.decision(owed) for owed in possible(plan, completions(plan, facts), steps))


def completions(plan: Plan, facts: Mapping[str, FactValue | None]) -> Box:
    """Every call that these facts may turn out to be."""
    box = plan.space.box_of(facts)
    for number in plan.space.unknown(box):
        unknown, field = 1 << plan.space.offsets[number], plan.space.fields[number]
        box |= field
        if plan.space.facts[number].fact not in plan.space.asked:
            box &= ~unknown
    return box


def possible(plan: Plan, box: Box, steps: Steps) -> list[Owed]:
    """The different decisions of the calls in a box, in order. Raises PolicyError when no step is left."""
    found: set[Owed] = set()

    def probe_after(asked: Asked) -> Probe:
        def probe(inner: Box) -> bool | tuple[Among, Probe]:
            owed = plan.ask(inner, asked)
            if not isinstance(owed, Owed):
                return owed[0], probe_after(owed[1])
            found.add(owed)
            return False

        return probe

    try:
        find(box, probe_after(plan.asked), steps)
    except OutOfStepsError:
        raise PolicyError(
            f"the decisions that missing facts leave possible under {plan.policy.name} are too many to list",
            file=plan.policy.file, hint="use fewer facts in fewer clocks; 'answerable policy check' measures it",
        ) from None  # fmt: skip
    return sorted(found, key=Owed.order)
