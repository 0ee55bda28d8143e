"""A policy laid out for searching: its rules and clocks as formulas over one space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from answerable.model.duty import CLOCK_KINDS, Duty, Limit, PolicyDecision
from answerable.policy.condition import Condition
from answerable.policy.document import Clock, Policy
from answerable.policy.formula import Among, Box, Chain, Formula, Open, any_of, chain_of, looks_in
from answerable.policy.space import Space

RESPONSE_KINDS = frozenset({"dispatch_within", "arrive_within"})
"""Clocks that run only while somebody must come (or a decision to respond stands)."""


@dataclass(frozen=True, slots=True)
class Race:
    """All clocks of one kind, tightest first (in the file's order where they are equal): the first true one binds."""

    kind: str
    clocks: tuple[Clock, ...]

    def limit(self, place: int) -> Limit | None:
        """The limit of the clock at `place`; None past the last one."""
        if place >= len(self.clocks):
            return None
        clock = self.clocks[place]
        return Limit(within_s=clock.within_s[self.kind], clock=clock.id)


def races(clocks: Sequence[Clock]) -> tuple[Race, ...]:
    """The kinds of clock that occur, in the order of CLOCK_KINDS."""
    return tuple(
        Race(kind, tuple(sorted(running, key=lambda clock: clock.within_s[kind])))
        for kind in CLOCK_KINDS
        if (running := [clock for clock in clocks if kind in clock.within_s])
    )


def runs(kind: str, duty: Duty | None, *, responding: bool = False) -> bool:
    """Whether a kind of clock runs under a duty. `responding`: a decision to respond stands."""
    return responding or duty is Duty.MUST_RESPOND or kind not in RESPONSE_KINDS


class Owed(msgspec.Struct, frozen=True, gc=False):
    """A decision by number: the rule (their count: none), the place in each race (None: does not run), and which of
    the ranks that clocks escalate to are called."""

    rule: int
    places: tuple[int | None, ...]
    ranks: tuple[bool, ...]

    def order(self) -> tuple[object, ...]:
        """What decisions are sorted by: the file's order of rules, then the tighter limits first."""
        return self.rule, tuple(-1 if place is None else place for place in self.places), self.ranks


Found: TypeAlias = tuple[int, tuple[bool, ...], tuple[str, ...]]
"""What a decision follows from: the rule's number, which clocks are true, which facts are open."""


class Asked(msgspec.Struct, frozen=True, gc=False):
    """How far it is settled what a box of calls is owed: the answers so far (the rule first), and the chains still to
    be asked, the first of them without what is out of the question already."""

    answers: tuple[int | None, ...]
    chains: tuple[Chain, ...]


def conditions_of(policy: Policy) -> list[Condition]:
    """The conditions on which decisions rest."""
    return [*(rule.when for rule in policy.duties), *(clock.when for clock in policy.clocks)]


AFFORDABLE_LOOKS: Final = 30_000_000
"""Looks that one search may cost, whatever its budget of boxes."""


class Plan:
    """Rules, races and calls to a rank, as formulas over the facts that they refer to."""

    def __init__(self, policy: Policy, extra: Sequence[Condition] = (), *, space: Space | None = None) -> None:
        """`extra`: conditions that are asked beside the policy's own; `space`: one that knows all of them already."""
        self.policy = policy
        self.space = space or Space(policy.facts, [*conditions_of(policy), *extra])
        self.rules = tuple(self.space.formula(rule.when) for rule in policy.duties)
        self.races = races(policy.clocks)
        self.clocks = {clock.id: self.space.formula(clock.when) for clock in policy.clocks}
        self.ranks = tuple(rank for rank in policy.ranks if any(clock.escalate_to == rank for clock in policy.clocks))
        self.asked = Asked((), (chain_of(self.rules),))
        self._after = {duty: (*self._race_chains(duty), *self._escalations(duty)) for duty in (None, *Duty)}
        self.decided: dict[Found, PolicyDecision] = {}
        """Decisions made so far, by what they follow from: most cells of a policy share theirs with others."""
        self._substances: dict[Owed, tuple[object, ...]] = {}
        self._looks = 1 + sum(map(looks_in, (*self.rules, *self.clocks.values())))

    def _race_chains(self, duty: Duty | None) -> list[Chain]:
        return [
            chain_of([self.clocks[clock.id] for clock in race.clocks]) if runs(race.kind, duty) else Chain((), None)
            for race in self.races
        ]

    def _escalations(self, duty: Duty | None) -> list[Chain]:
        return [Chain(((self._calling(rank, duty), 1),), 0) for rank in self.ranks]

    def _calling(self, rank: str, duty: Duty | None) -> Formula:
        return any_of(
            self.clocks[clock.id]
            for clock in self.policy.clocks
            if clock.escalate_to == rank and any(runs(kind, duty) for kind in clock.within_s)
        )

    def affordable(self, boxes: int) -> int:
        """A budget of boxes, cut where each box costs much to look at."""
        return min(boxes, AFFORDABLE_LOOKS // self._looks)

    def duty(self, rule: int) -> Duty | None:
        """The duty of a rule by its number; None past the last one."""
        return self.policy.duties[rule].duty if rule < len(self.rules) else None

    def rule(self, box: Box, chain: Chain | None = None) -> int | Open:
        """The rule that decides every call of the box, or a look to split it by. `chain`: what an earlier look left."""
        found = (chain or self.asked.chains[0]).over(box)
        return len(self.rules) if found is None else found

    def ask(self, box: Box, asked: Asked) -> Owed | tuple[Among, Asked]:
        """The one decision of every call in the box, or a look to split it by, with what is settled for its parts.

        `asked` is what an earlier look settled; at first `self.asked`.
        """
        answers, chains = [*asked.answers], asked.chains
        at = 0
        while at < len(chains):
            found = chains[at].over(box)
            if isinstance(found, Open):
                return found.look, Asked(tuple(answers), (found.chain, *chains[at + 1 :]))
            answers.append(found)
            at += 1
            if len(answers) == 1:
                chains, at = self._after[self.duty(found or 0)], 0
        races = 1 + len(self.races)
        return Owed(answers[0] or 0, tuple(answers[1:races]), tuple(map(bool, answers[races:])))

    def substance(self, owed: Owed) -> tuple[object, ...]:
        """What is owed without which of two equal clocks says so."""
        found = self._substances.get(owed)
        if found is None:
            limits = (
                None if place is None or (limit := race.limit(place)) is None else limit.within_s
                for race, place in zip(self.races, owed.places, strict=True)
            )
            found = self._substances[owed] = (owed.rule, *limits, owed.ranks)
        return found

    def decision(self, owed: Owed) -> PolicyDecision:
        """What is owed, in the words of the policy; `open` stays empty."""
        limits = {
            race.kind: limit
            for race, place in zip(self.races, owed.places, strict=True)
            if place is not None and (limit := race.limit(place)) is not None
        }
        called = tuple(rank for rank, is_called in zip(self.ranks, owed.ranks, strict=True) if is_called)
        return decision_of(self.policy, owed.rule, limits=limits, escalate_to=called)


def decision_of(
    policy: Policy,
    rule_number: int,
    *,
    limits: dict[str, Limit],
    escalate_to: tuple[str, ...],
    open_: tuple[str, ...] = (),
) -> PolicyDecision:
    """The decision of a rule by its number (none applies, past the last one) with its limits."""
    if rule_number >= len(policy.duties):
        return PolicyDecision(
            policy=policy.id, version=policy.version, duty=None, limits=limits, escalate_to=escalate_to, open=open_
        )
    rule = policy.duties[rule_number]
    return PolicyDecision(
        policy=policy.id,
        version=policy.version,
        duty=rule.duty,
        rule=rule.id,
        text=rule.text,
        cite=rule.cite,
        decline_by=rule.decline_by,
        decide_within_s=rule.decide_within_s,
        review_every_s=rule.review_every_s,
        satisfied_by=rule.satisfied_by,
        limits=limits,
        escalate_to=escalate_to,
        open=open_,
    )


@lru_cache(maxsize=256)
def plan_of(policy: Policy) -> Plan:
    """The plan of a policy, made once."""
    return Plan(policy)
