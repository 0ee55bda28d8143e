"""What the policies say of a call, remembered by its facts: many calls have the same.

The duty of a call is never entered; it is computed anew from what was entered, and so is always what an examination of
the same record finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from answerable.model.duty import PolicyDecision
from answerable.model.vocabulary import FactValue
from answerable.policy import Policy, Rule, VersionSet, clocks_of_a_response, decide, holds
from answerable.policy.governing import raises, substance

_MOST_REMEMBERED = 20_000


class Meaning:
    """All versions that are approved, and their decisions. Deterministic; the memory only saves time."""

    def __init__(self, policies: Iterable[Policy] = ()) -> None:
        self.versions = VersionSet(policies)
        self._by_name = {policy.name: policy for policy in self.versions.policies}
        self._asked = {name: _asked(policy) for name, policy in self._by_name.items()}
        self._decided: dict[object, PolicyDecision] = {}

    def policy(self, name: str | None) -> Policy | None:
        """A version by its id and version."""
        return None if name is None else self._by_name.get(name)

    def in_force(self, at_us: int) -> str | None:
        """Name of the version in force at an instant."""
        policy = self.versions.in_force(at_us)
        return None if policy is None else policy.name

    def decide(self, name: str | None, facts: Mapping[str, FactValue]) -> PolicyDecision | None:
        """What is owed under a version; None under none."""
        policy = self.policy(name)
        if policy is None:
            return None
        asked = self._asked[policy.name]
        key = (name, tuple((fact, value) for fact, value in sorted(facts.items()) if fact in asked))
        found = self._decided.get(key)
        if found is None:
            if len(self._decided) >= _MOST_REMEMBERED:
                self._decided.clear()
            found = self._decided[key] = decide(policy, facts)
        return found

    def responding(self, name: str | None, facts: Mapping[str, FactValue]) -> PolicyDecision | None:
        """As `decide`, while a decision to respond stands: the clocks of a response run, whatever the duty."""
        policy, decision = self.policy(name), self.decide(name, facts)
        if policy is None or decision is None:
            return decision
        return _with_limits(decision, policy, facts)

    def governing(self, old: str | None, at_us: int, facts: Mapping[str, FactValue]) -> str | None:
        """The version that goes on governing an open call: a later one may raise, never lower, what it is owed."""
        new = self.in_force(at_us)
        if old is None or new is None or new == old:
            return old
        before, after = self.decide(old, facts), self.decide(new, facts)
        return new if before is not None and after is not None and raises(before, after) else old

    def rule(self, decision: PolicyDecision | None) -> Rule | None:
        """The rule of a decision, as the policy has it."""
        if decision is None or decision.rule is None:
            return None
        policy = self.policy(f"{decision.policy} {decision.version}")
        return None if policy is None else policy.rule(decision.rule)

    def reopens(self, decision: PolicyDecision | None, facts: Mapping[str, FactValue]) -> bool:
        """Whether the clause's own `reopen-when` is certainly true of these facts."""
        rule = self.rule(decision)
        return rule is not None and rule.reopen_when is not None and holds(rule.reopen_when, facts) is True


def _asked(policy: Policy) -> frozenset[str]:
    """The facts that a rule or a clock of the policy looks at."""
    conditions = [rule.when for rule in policy.duties] + [clock.when for clock in policy.clocks]
    return frozenset(fact for condition in conditions for fact in condition.types)


def same_owed(one: PolicyDecision | None, other: PolicyDecision | None) -> bool:
    """Whether no new duty period begins between two decisions."""
    return substance(one) == substance(other)


def _with_limits(decision: PolicyDecision, policy: Policy, facts: Mapping[str, FactValue]) -> PolicyDecision:
    return msgspec.structs.replace(decision, limits=clocks_of_a_response(policy, facts))
