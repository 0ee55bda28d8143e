"""Faults between the rules: gaps, undeclared conflicts, rules and clocks that never count, reopening without effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from answerable.model.duty import Duty
from answerable.model.vocabulary import FactValue
from answerable.policy.document import Rule
from answerable.policy.formula import narrowed
from answerable.policy.problem import Problem, error, warning
from answerable.policy.question import Questions
from answerable.policy.search import UNDECIDED, call_in_words


def rule_problems(questions: Questions) -> Iterator[Problem]:
    """Every fault of a rule or a clock among the others, but for conflicts."""
    questions.begin()
    yield from _gaps(questions)
    for number, rule in enumerate(questions.policy.duties):
        yield from _unreachable(questions, number, rule)
        yield from _reopening(questions, number, rule)
        yield from _issuer(questions, rule)
    yield from _idle_clocks(questions)


def conflicts(questions: Questions) -> Iterator[Problem]:
    """Where a rule wins over a later one with another duty without saying so, or says so without need."""
    questions.begin()
    for number, rule in enumerate(questions.policy.duties):
        yield from _conflicts(questions, number, rule)


def _gaps(questions: Questions) -> Iterator[Problem]:
    last = questions.policy.duties[-1]
    case = questions.call(none_of=questions.rules)
    if isinstance(case, dict):
        yield warning("gap", f"no rule applies to {call_in_words(case)}", at=last.spot)
    elif case is UNDECIDED:
        yield warning("undecided", "too large to search for a call that no rule applies to", at=last.spot)


def _unreachable(questions: Questions, number: int, rule: Rule) -> Iterator[Problem]:
    formula = questions.rules[number]
    case = questions.call(formula, none_of=questions.rules[:number])
    if case is UNDECIDED:
        yield warning("undecided", "too large to search for a call that this rule decides", at=rule.spot, rule=rule.id)
    if case is not None:
        return
    alone = questions.call(formula)
    why = "its condition is never true" if alone is None else "whenever it applies, an earlier rule decides already"
    yield error("rule-unreachable", f"this rule decides no possible call: {why}", at=rule.spot, rule=rule.id)


def _conflicts(questions: Questions, number: int, rule: Rule) -> Iterator[Problem]:
    earlier = questions.possible(questions.rules[:number], narrowed(questions.rules[number], questions.every))
    for later_number in range(number + 1, len(questions.rules)):
        later = questions.policy.duties[later_number]
        if later.duty is rule.duty:
            if later.id in rule.over:
                yield _needless(rule, later)
            continue
        pair = questions.rules[number], questions.rules[later_number]
        case = questions.call(*pair, none_of=earlier)
        if case is None and later.id in rule.over:
            yield _needless(rule, later)
        elif case is UNDECIDED:
            what = f"too large to search for a call on which this rule and {later.id!r} differ"
            if questions.spent:
                yield warning("undecided", f"{what}, or it and a later one", at=rule.spot, rule=rule.id)
                return
            yield warning("undecided", what, at=rule.spot, rule=rule.id)
        elif isinstance(case, dict) and later.id not in rule.over:
            yield _conflict(rule, later, case)


def _conflict(rule: Rule, later: Rule, case: Mapping[str, FactValue | None]) -> Problem:
    message = (
        f"for {call_in_words(case)}, this rule ({rule.duty.value}) wins over {later.id!r} ({later.duty.value}) without "
        f"saying so; add {later.id!r} to its 'over', or change the order"
    )
    return error("conflict", message, at=rule.spot, rule=rule.id)


def _needless(rule: Rule, later: Rule) -> Problem:
    why = "has the same duty" if rule.duty is later.duty else "never applies to a call that this rule decides"
    return warning("over-needless", f"'over' names {later.id!r}, which {why}", at=rule.spot, rule=rule.id)


def _reopening(questions: Questions, number: int, rule: Rule) -> Iterator[Problem]:
    """A condition to reopen has effect when the rule no longer decides once it is true."""
    if rule.reopen_when is None:
        return
    reopens = questions.search.space.formula(rule.reopen_when)
    if questions.call(reopens) is None:
        yield error("reopen-without-effect", "reopen-when is never true", at=rule.spot, rule=rule.id)
        return
    pair = questions.rules[number], reopens
    case = questions.call(*pair, none_of=questions.rules[:number])
    if isinstance(case, dict):
        message = f"reopen-when has no effect for {call_in_words(case)}: this rule still decides"
        yield error("reopen-without-effect", message, at=rule.spot, rule=rule.id)
    elif case is UNDECIDED:
        yield warning("undecided", "too large to search for a reopening without effect", at=rule.spot, rule=rule.id)


def _issuer(questions: Questions, rule: Rule) -> Iterator[Problem]:
    """A clause cannot excuse a refusal by whoever issued it; where nobody else may refuse, it can excuse none."""
    policy = questions.policy
    if rule.duty is Duty.MUST_RESPOND or rule.decline_by is None or policy.issued_by_rank is None:
        return
    if policy.ranks[policy.ranks.index(rule.decline_by) :] == (policy.issued_by_rank,):
        message = (
            f"only {policy.issued_by_rank!r}, who issued the policy, may decline: no refusal can rest on this rule"
        )
        yield warning("issuer-declines", message, at=rule.spot, rule=rule.id)


def _idle_clocks(questions: Questions) -> Iterator[Problem]:
    for clock in questions.policy.clocks:
        formula = questions.search.plan.clocks[clock.id]
        if questions.call(formula) is None:
            message = "this clock never runs: its condition is never true"
            yield error("clock-unreachable", message, at=clock.spot, rule=clock.id)
