"""Two versions of a policy compared: every possible call of which something else is owed, and what.

Both versions are laid out in one space, where a value that a version does not list is unknown to it. Over a box both
are asked side by side, and only what the two do not share is asked at all: equal conditions in equal places need no
search. So the answer is exact, and quick where versions are much alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

import msgspec

from answerable.model.duty import CLOCK_KINDS, Duty
from answerable.model.vocabulary import FACTS
from answerable.policy.document import Policy, Rule
from answerable.policy.explore import Steps
from answerable.policy.formula import NEVER, Among, Box, Chain, Open, any_of
from answerable.policy.plan import Plan, conditions_of, runs
from answerable.policy.space import Space

STEP_BUDGET: Final = 200_000
"""Boxes that one comparison may look at before it says that it is not finished."""

Effect: TypeAlias = tuple[tuple[str, object], ...]
"""What a rule gives whoever it decides about: the duty and what goes with it, by name; the rule's id last."""


RULE_TERMS: Final = ("duty", "decline-by", "decline-ranks", "decide-within", "review-every", "satisfied-by", "rule")
"""What a rule gives. `decline-ranks`: everybody who may decline, which changes with the order of the ranks too; the
rule's own id last."""


class Change(msgspec.Struct, frozen=True):
    """One thing that is otherwise: `what` (as the file spells it, or `calls <rank>`), and its value before and after.

    Times in seconds; None: there is no such thing.
    """

    what: str
    before: object
    after: object


Changes: TypeAlias = tuple[Change, ...]


class _Pair(msgspec.Struct, frozen=True, gc=False):
    """Something asked of both versions, where the first one's duty is `duty`."""

    what: str
    duty: Duty | None
    chains: tuple[Chain, Chain]


class _Differing(msgspec.Struct, frozen=True, gc=False):
    duty: Duty | None
    change: Change


class Compared(msgspec.Struct, frozen=True, gc=False):
    """How far two versions are compared over a box: the rules (or the effects of those that decide), what is still to
    be asked, and what is known to differ if that duty comes about."""

    rules: tuple[Chain, Chain] | None
    effects: tuple[int, int]
    pending: tuple[_Pair, ...]
    differing: tuple[_Differing, ...] = ()


class Split(msgspec.Struct, frozen=True, gc=False):
    """A look to split a box by, and how far its parts are compared."""

    look: Among
    known: Compared


class Comparison:
    """Two versions in one space. `start` is the comparison before anything is known."""

    def __init__(self, before: Policy, after: Policy) -> None:
        self.space = Space(FACTS, [*conditions_of(before), *conditions_of(after)])
        self._plans = Plan(before, space=self.space), Plan(after, space=self.space)
        self._effects: list[Effect] = []
        self._ranks = tuple(dict.fromkeys([*after.ranks, *before.ranks]))
        self._by_duty = {duty: self._pairs(duty, duty) for duty in (None, *Duty)}
        self.start = self._entered(self._rules(self._plans[0]), self._rules(self._plans[1]))

    def affordable(self, boxes: int) -> int:
        """A budget of boxes, cut where each costs much to look at."""
        return min(boxes, min(plan.affordable(2 * boxes) for plan in self._plans) // 2)

    def _rules(self, plan: Plan) -> Chain:
        answers = [self._effect_number(effect_of(rule, plan.policy.ranks)) for rule in plan.policy.duties]
        return Chain(tuple(zip(plan.rules, answers, strict=True)), self._effect_number(effect_of(None, ())))

    def _effect_number(self, effect: Effect) -> int:
        if effect not in self._effects:
            self._effects.append(effect)
        return self._effects.index(effect)

    def _duty(self, number: int) -> Duty | None:
        said = dict(self._effects[number])["duty"]
        return None if said is None else Duty(str(said))

    def _pairs(self, before: Duty | None, after: Duty | None) -> tuple[_Pair, ...]:
        """Everything beside the rule that may differ when the duties are these."""
        one, other = (dict(self._asked(plan, duty)) for plan, duty in zip(self._plans, (before, after), strict=True))
        return tuple(_Pair(what, before, (one[what], other[what])) for what in one if one[what] != other[what])

    def _asked(self, plan: Plan, duty: Duty | None) -> Iterator[tuple[str, Chain]]:
        for kind in CLOCK_KINDS:
            of_kind = [clock for clock in plan.policy.clocks if kind in clock.within_s and runs(kind, duty)]
            of_kind.sort(key=lambda clock: clock.within_s[kind])
            links = tuple((plan.clocks[clock.id], clock.within_s[kind]) for clock in of_kind)
            yield kind.replace("_", "-"), Chain(links, None)
        for rank in self._ranks:
            calling = any_of(
                plan.clocks[clock.id]
                for clock in plan.policy.clocks
                if clock.escalate_to == rank and any(runs(kind, duty) for kind in clock.within_s)
            )
            yield f"calls {rank}", Chain(() if calling == NEVER else ((calling, 1),), 0)

    def _entered(self, before: Chain, after: Chain) -> Compared:
        """The rules still open. Where they are the same, what else may differ is asked before them."""
        if before != after:
            return Compared((before, after), (0, 0), ())
        duties = {self._duty(answer or 0) for _, answer in before.links} | {self._duty(before.otherwise or 0)}
        pending = tuple(pair for duty in (None, *Duty) if duty in duties for pair in self._by_duty[duty])
        return Compared((before, after), (0, 0), pending)

    def ask(self, box: Box, known: Compared) -> Changes | Split:
        """What changes for every call of the box (nothing: empty), or a look to split it by."""
        rules, effects, pending, differing = known.rules, known.effects, known.pending, known.differing
        if rules is not None and rules[0] != rules[1]:
            found = self._ask_rules(box, rules)
            if not isinstance(found, Compared):
                return found
            rules, effects, pending, differing = found.rules, found.effects, found.pending, ()
        while pending:
            pair = pending[0]
            answers = _answers(box, pair.chains)
            if isinstance(answers, Open):
                chains = _narrowed(box, pair.chains)
                rest = (msgspec.structs.replace(pair, chains=chains),) if chains[0] != chains[1] else ()
                return Split(answers.look, Compared(rules, effects, (*rest, *pending[1:]), differing))
            pending = pending[1:]
            if answers[0] != answers[1]:
                differing = (*differing, _Differing(pair.duty, Change(pair.what, *answers)))
        return self._settled(box, rules, effects, differing)

    def _ask_rules(self, box: Box, rules: tuple[Chain, Chain]) -> Compared | Split:
        answers = _answers(box, rules)
        if isinstance(answers, Open):
            return Split(answers.look, self._entered(*_narrowed(box, rules)))
        effects = answers[0] or 0, answers[1] or 0
        duties = self._duty(effects[0]), self._duty(effects[1])
        return Compared(None, effects, self._pairs(*duties) if duties[0] is not duties[1] else self._by_duty[duties[0]])

    def _settled(
        self, box: Box, rules: tuple[Chain, Chain] | None, effects: tuple[int, int], differing: tuple[_Differing, ...]
    ) -> Changes | Split:
        """Everything but the rule is known; where something differs, the rule says whether it counts."""
        if rules is None:
            return (*self._effect_changes(*effects), *(one.change for one in differing))
        if not differing:
            return ()
        answer = rules[0].over(box)
        if not isinstance(answer, Open):
            duty = self._duty(answer or 0)
            return tuple(one.change for one in differing if one.duty is duty)
        duties = {self._duty(number or 0) for _, number in answer.chain.links}
        duties.add(self._duty(answer.chain.otherwise or 0))
        left = tuple(one for one in differing if one.duty in duties)
        return Split(answer.look, Compared((answer.chain, answer.chain), effects, (), left))

    def _effect_changes(self, before: int, after: int) -> Iterator[Change]:
        if before == after:
            return
        one, other = self._effects[before], self._effects[after]
        changes = [Change(what, old, new) for (what, old), (_, new) in zip(one, other, strict=True) if old != new]
        if any(change.what == "decline-by" for change in changes):
            changes = [change for change in changes if change.what != "decline-ranks"]
        # which rule says so is worth a word only where it says the same
        yield from changes if len(changes) == 1 else [change for change in changes if change.what != "rule"]


def effect_of(rule: Rule | None, ranks: tuple[str, ...]) -> Effect:
    """What a rule (None: no rule) gives whoever it decides about. `ranks`: the policy's, lowest first."""
    if rule is None:
        return tuple((what, None) for what in RULE_TERMS)
    ways = tuple(sorted(way.value for way in rule.satisfied_by))
    may_decline = () if rule.decline_by is None else tuple(sorted(ranks[ranks.index(rule.decline_by) :]))
    decline = (rule.decline_by, may_decline or None)
    terms = (rule.duty.value, *decline, rule.decide_within_s, rule.review_every_s, ways, rule.id)
    return tuple(zip(RULE_TERMS, terms, strict=True))


def _answers(box: Box, chains: tuple[Chain, Chain]) -> tuple[int | None, int | None] | Open:
    one = chains[0].over(box)
    if isinstance(one, Open):
        return one
    other = chains[1].over(box)
    return other if isinstance(other, Open) else (one, other)


def _narrowed(box: Box, chains: tuple[Chain, Chain]) -> tuple[Chain, Chain]:
    return chains[0].narrowed(box), chains[1].narrowed(box)


def changes_in(comparison: Comparison, box: Box, steps: Steps) -> Iterator[tuple[Box, Changes]]:
    """The parts of a box that are not divided further, each with what changes there: nothing, where it is empty.

    Raises OutOfStepsError.
    """
    waiting = [(box, comparison.start)]
    while waiting:
        steps.take()
        current, known = waiting.pop()
        found = comparison.ask(current, known)
        if isinstance(found, Split):
            waiting += ((current & ~found.look.inside, found.known), (current & ~found.look.outside, found.known))
        else:
            yield current, found
