"""Why a policy decides a call as it does: each rule up to the one that decides, each clock, each open question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from answerable.model.duty import Duty, PolicyDecision
from answerable.model.vocabulary import FactValue
from answerable.policy.cells import Cells
from answerable.policy.clauses import Clause, Reader, reader_of
from answerable.policy.condition import settled
from answerable.policy.document import Clock, Policy, Rule
from answerable.policy.expression import Facts
from answerable.policy.plan import runs


class RuleRead(msgspec.Struct, frozen=True, kw_only=True):
    """A rule held against the call; `clauses[0]` is its whole condition. It fires only where that is true."""

    rule: str
    text: str
    cite: str
    duty: Duty
    clauses: tuple[Clause, ...]

    @property
    def fires(self) -> bool:
        """Whether it is definitely true of the call."""
        return self.clauses[0].truth is True


class ClockRead(msgspec.Struct, frozen=True, kw_only=True):
    """A clock held against the call. `running`: its limits in seconds, by kind, that run under the duty; `binds`: the
    kinds of which it is the tightest."""

    clock: str
    clauses: tuple[Clause, ...]
    running: dict[str, int]
    binds: tuple[str, ...]
    escalate_to: str | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A missing fact that could change what is owed, and the question to ask for it."""

    fact: str
    ask: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One decision with its reasons. `rules` ends with the rule that decides (or is all of them, where none does).

    `facts` are those the policy understands; `not_understood` names those given with a value that it does not list,
    which count as unknown.
    """

    facts: dict[str, FactValue]
    not_understood: tuple[str, ...]
    cell: int
    rules: tuple[RuleRead, ...]
    clocks: tuple[ClockRead, ...]
    questions: tuple[Question, ...]
    decision: PolicyDecision


def explain(policy: Policy, facts: Mapping[str, FactValue | None]) -> Explanation:
    """What a policy decides about one call, and why. A fact that is absent or None is unknown.

    Raises PolicyError where the policy tells more calls apart than can be numbered.
    """
    return explainer_of(policy).explain(facts)


class Explainer:
    """The explanations of one policy: its conditions taken apart once."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._cells = Cells(policy)
        self._rules: list[tuple[Rule, Reader]] = [(rule, reader_of(rule.when.node)) for rule in policy.duties]
        self._clocks: list[tuple[Clock, Reader]] = [(clock, reader_of(clock.when.node)) for clock in policy.clocks]

    def explain(self, facts: Mapping[str, FactValue | None]) -> Explanation:
        """See `explain`."""
        known = settled(self._policy.facts, facts)
        cell = self._cells.encode(known)
        decision = self._cells.decision(cell)
        return Explanation(
            facts={fact: value for fact, value in known.items() if value is not None},
            not_understood=tuple(
                fact for fact, value in facts.items() if value is not None and known.get(fact) is None
            ),
            cell=cell,
            rules=self._rules_read(known),
            clocks=tuple([self._clock_read(clock, read(known), decision) for clock, read in self._clocks]),
            questions=tuple([Question(fact=fact, ask=self._policy.facts[fact].ask) for fact in decision.open]),
            decision=decision,
        )

    def _rules_read(self, known: Facts) -> tuple[RuleRead, ...]:
        found: list[RuleRead] = []
        for rule, read in self._rules:
            clauses = read(known)
            found.append(RuleRead(rule=rule.id, text=rule.text, cite=rule.cite, duty=rule.duty, clauses=clauses))
            if clauses[0].truth:
                break
        return tuple(found)

    @staticmethod
    def _clock_read(clock: Clock, clauses: tuple[Clause, ...], decision: PolicyDecision) -> ClockRead:
        running: dict[str, int] = {}
        if clauses[0].truth:
            running = {kind: limit_s for kind, limit_s in clock.within_s.items() if runs(kind, decision.duty)}
        binds = tuple([kind for kind, limit in decision.limits.items() if limit.clock == clock.id])
        return ClockRead(clock=clock.id, clauses=clauses, running=running, binds=binds, escalate_to=clock.escalate_to)


@lru_cache(maxsize=256)
def explainer_of(policy: Policy) -> Explainer:
    """The explainer of a policy, made once."""
    return Explainer(policy)
