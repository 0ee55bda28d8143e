"""What an open call is owed when facts or versions change: a later version may raise it, never lower it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from answerable.model.duty import Duty, PolicyDecision
from answerable.model.vocabulary import FactValue
from answerable.policy.document import Policy
from answerable.policy.evaluate import decide

_WEIGHT = {None: 0, Duty.MAY_DECLINE: 1, Duty.COMMAND_DECIDES: 2, Duty.MUST_RESPOND: 3}


def governing(old: Policy | None, new: Policy | None, facts: Mapping[str, FactValue]) -> Policy | None:
    """The version that goes on governing an open call. With none in force when it was told: still none."""
    if old is None or new is None or new is old:
        return old
    return new if raises(decide(old, facts), decide(new, facts)) else old


def raises(before: PolicyDecision, after: PolicyDecision) -> bool:
    """Whether `after` owes more: a stronger duty, or the same with a tighter limit and no looser one."""
    if before.duty is not after.duty:
        return _WEIGHT[after.duty] > _WEIGHT[before.duty]
    pairs = [(after.decide_within_s, before.decide_within_s)]
    pairs += [(after.within_s(kind), before.within_s(kind)) for kind in {*before.limits, *after.limits}]
    seconds = [tuple(math.inf if one is None else one for one in pair) for pair in pairs]  # no limit is the loosest
    return any(new < old for new, old in seconds) and not any(new > old for new, old in seconds)


def substance(decision: PolicyDecision | None) -> object:
    """What must change for a new duty period to begin: the duty, who decides, what answers it, or a clock."""
    if decision is None:
        return None
    limits = tuple(sorted((kind, limit.within_s) for kind, limit in decision.limits.items()))
    return (decision.duty, decision.decline_by, decision.decide_within_s, decision.satisfied_by, limits)
