"""A response policy as one page for the people who must follow it; printed, it is a card on one sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from answerable.model.duty import CLOCK_KINDS, Duty, PolicyDecision
from answerable.model.times import duration_text
from answerable.model.vocabulary import FactType, FactValue
from answerable.policy import Clock, Condition, Example, Policy, Problem, Promise, Rule, decide
from answerable.report.condition_words import condition_words, plain
from answerable.report.page import environment, page_parts

KINDS: Final[Mapping[str, str]] = {
    "dispatch_within": "somebody is sent",
    "arrive_within": "somebody is there",
    "answer_within": "the call is answered",
    "tell_caller_within": "the caller is told of a delay",
}
"""The kinds of clock in the order of the table, in the words of its head."""
DUTIES: Final = {
    Duty.MUST_RESPOND: ("must respond", "answered", "o-answered"),
    Duty.MAY_DECLINE: ("may be declined", "declined", "o-declined_within_policy"),
    Duty.COMMAND_DECIDES: ("command decides", "command", "o-pending"),
}
"""Words, tone and shape of a duty. No duty is said by colour alone."""
NO_DUTY: Final = ("no rule applies", "unknown", "o-undetermined")
ANSWERS: Final = {"unit": "a unit", "phone": "a call by telephone", "partner": "a partner agency"}


PROVED: Final = "proved for every possible call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """When the policy was issued and is in force, each with the offset it was written with."""

    issued_at: datetime
    effective_from: datetime
    effective_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEntry:
    """One duty rule as the handbook says it."""

    number: int
    rule: Rule
    words: str
    tone: str
    icon: str
    when: str
    ranks: str
    decide_within: str
    review_every: str
    reopen_when: str
    answered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A fact that rules or clocks look at: what to ask for it, and what depends on the answer."""

    fact: str
    ask: str
    answers: str
    rules: tuple[str, ...]
    clocks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleEntry:
    """An example with what the policy gives, decided now and not copied from what the file expects."""

    text: str
    given: tuple[tuple[str, str], ...]
    words: str
    tone: str
    icon: str
    gives: tuple[str, ...]


def render_handbook(policy: Policy, *, dates: Dates, problems: Sequence[Problem], program: str) -> str:
    """The whole page. `problems` are what the check found: a promise among them is not called proved."""
    kinds = [kind for kind in KINDS if any(kind in clock.within_s for clock in policy.clocks)]
    return (
        environment()
        .get_template("handbook.html")
        .render(
            **page_parts(styles=("report.css", "handbook.css")),
            program=program,
            it=policy,
            dates=dates,
            written=_written,
            duties=[_duty(policy, number, rule) for number, rule in enumerate(policy.duties, start=1)],
            kinds=[(kind, KINDS[kind]) for kind in kinds],
            declinable=any(rule.decline_by for rule in policy.duties),
            calls_somebody=any(clock.escalate_to for clock in policy.clocks),
            clocks=[_clock(clock, kinds) for clock in policy.clocks],
            without_outcome=[KINDS[kind] for kind in kinds if kind in ("answer_within", "tell_caller_within")],
            promises=list(zip(policy.promises, proofs(policy, problems), strict=True)),
            examples=[_example(policy, example) for example in policy.examples],
            questions=list(_questions(policy)),
            ranks=[(plain(rank), _powers(policy, rank)) for rank in policy.ranks],
            plain=plain,
            proved=PROVED,
        )
    )


def _written(at: datetime) -> str:
    """`1 January 2018, 00:00 (UTC-08:00)`: as the policy's own file says it."""
    return f"{at.day} {at:%B %Y, %H:%M} ({at.tzname()})"


def _duty(policy: Policy, number: int, rule: Rule) -> DutyEntry:
    words, tone, icon = DUTIES[rule.duty]
    answered = [ANSWERS[way.value] for way in rule.satisfied_by]
    return DutyEntry(
        number=number,
        rule=rule,
        words=words,
        tone=tone,
        icon=icon,
        when=condition_words(rule.when),
        ranks="" if rule.decline_by is None else _or_above(policy, rule.decline_by),
        decide_within=_duration(rule.decide_within_s),
        review_every=_duration(rule.review_every_s),
        reopen_when="" if rule.reopen_when is None else condition_words(rule.reopen_when),
        answered_by=" or ".join(answered),
    )


def _or_above(policy: Policy, rank: str) -> str:
    return plain(rank) if rank == policy.ranks[-1] else f"{plain(rank)} or above"


def _duration(seconds: int | None) -> str:
    return "" if seconds is None else duration_text(seconds)


def _clock(clock: Clock, kinds: Iterable[str]) -> tuple[str, list[str], str]:
    """When it runs, its limit of each kind, and whom it calls."""
    limits = [_duration(clock.within_s.get(kind)) for kind in kinds]
    return condition_words(clock.when), limits, plain(clock.escalate_to or "")


def proofs(policy: Policy, problems: Sequence[Problem]) -> list[str]:
    """What the check found of each promise: PROVED, or why that cannot be said."""
    return [_proof(promise, problems) for promise in policy.promises]


def _proof(promise: Promise, problems: Sequence[Problem]) -> str:
    found = {one.code for one in problems if (one.line, one.column) == (promise.spot.line, promise.spot.column)}
    if "undecided" in found:
        return "not proved: too large to search"
    return "about no possible call" if "promise-empty" in found else PROVED


def _example(policy: Policy, example: Example) -> ExampleEntry:
    decision = decide(policy, example.given)
    words, tone, icon = NO_DUTY if decision.duty is None else DUTIES[decision.duty]
    return ExampleEntry(
        text=example.text,
        given=tuple((plain(fact), _value(value)) for fact, value in example.given.items()),
        words=words,
        tone=tone,
        icon=icon,
        gives=tuple(_gives(policy, decision)),
    )


def _value(value: FactValue) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else plain(value)


def _gives(policy: Policy, decision: PolicyDecision) -> Iterator[str]:
    if decision.rule is not None:
        yield f"Rule {decision.rule}."
    if decision.decline_by is not None:
        by = _or_above(policy, decision.decline_by)
        yield f"May be declined by {by}; to be decided within {_duration(decision.decide_within_s)}."
    for kind in CLOCK_KINDS:
        within_s = decision.within_s(kind)
        if within_s is not None:
            yield f"Within {duration_text(within_s)} {KINDS[kind]}."
    if decision.escalate_to:
        yield f"Called: {', '.join(map(plain, decision.escalate_to))}."
    if decision.open:
        yield f"Still to be asked: {', '.join(map(plain, decision.open))}."


def _questions(policy: Policy) -> Iterator[Question]:
    """Every fact that a rule, a reopening or a clock looks at, in the policy's order."""
    for fact, kind in policy.facts.items():
        rules = tuple(rule.id for rule in policy.duties if _looks(fact, rule.when, rule.reopen_when))
        clocks = tuple(clock.id for clock in policy.clocks if _looks(fact, clock.when))
        if rules or clocks:
            yield Question(fact=fact, ask=kind.ask, answers=_answers(kind), rules=rules, clocks=clocks)


def _looks(fact: str, *conditions: Condition | None) -> bool:
    return any(condition is not None and fact in condition.types for condition in conditions)


def _answers(kind: FactType) -> str:
    if kind.yes_no:
        return "yes or no"
    return ", ".join(map(plain, kind.one_of)) if kind.one_of else f"{kind.first} to {kind.last}"


def _powers(policy: Policy, rank: str) -> str:
    """What somebody of this rank may decline, by rule."""
    height = policy.ranks.index(rank)
    may = [rule.id for rule in policy.duties if rule.decline_by and policy.ranks.index(rule.decline_by) <= height]
    return ", ".join(may)
