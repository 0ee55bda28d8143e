"""The check of a policy: exact, because the possible calls are finite. What is too large to search is said to be so.

The library here refuses nothing: `answerable policy check` and everything that lets a policy govern look at the
severity. The problems' codes are listed in docs/formats/response-policy.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from answerable.errors import PolicyError
from answerable.policy.cells import Cells
from answerable.policy.check_rules import rule_problems
from answerable.policy.document import Example, Policy, Promise
from answerable.policy.evaluate import alternatives, decide
from answerable.policy.expectations import decision_says, same, spoken
from answerable.policy.formula import NEVER
from answerable.policy.problem import Problem, error, warning
from answerable.policy.question import Questions
from answerable.policy.search import UNDECIDED, call_in_words
from answerable.policy.spelling import quoted


def check_policy(policy: Policy) -> tuple[Problem, ...]:
    """Everything wrong with a policy, in the order of its lines; nothing where it may govern as it is."""
    questions = Questions(policy)
    found = [*_size(policy), *rule_problems(questions), *_promises(questions), *_examples(policy)]
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def _size(policy: Policy) -> Iterator[Problem]:
    """With nothing known, every decision is an alternative: no call leaves more of them open."""
    try:
        Cells(policy)
        alternatives(policy, {})
    except PolicyError as fault:
        yield error("too-large", fault.message, at=policy.spot)


def _promises(questions: Questions) -> Iterator[Problem]:
    for promise in questions.policy.promises:
        yield from _promise(questions, promise)


def _promise(questions: Questions, promise: Promise) -> Iterator[Problem]:
    search, name = questions.search, quoted(promise.text, longest=160)
    when, then = search.space.formula(promise.when), search.space.formula(promise.then)
    case = questions.ask(search.fails([when], then))
    if isinstance(case, dict):
        decision = decide(questions.policy, case)
        rule = f"rule {decision.rule!r} decides: {decision.duty}" if decision.rule else "no rule applies"
        yield error("promise-broken", f"the promise {name} is broken by {call_in_words(case)}: {rule}", at=promise.spot)
    elif case is UNDECIDED:
        yield warning("undecided", f"too large to search: the promise {name} is not proved", at=promise.spot)
    elif questions.ask(search.fails([when], NEVER)) is None:
        yield warning("promise-empty", f"the promise {name} is about no possible call", at=promise.spot)


def _examples(policy: Policy) -> Iterator[Problem]:
    for example in policy.examples:
        yield from _example(policy, example)


def _example(policy: Policy, example: Example) -> Iterator[Problem]:
    found = decision_says(decide(policy, example.given))
    for key, expected in example.expect.items():
        if not same(expected, found[key]):
            name = quoted(example.text, longest=160)
            message = f"the example {name} expects {key} {spoken(expected)}, but gets {spoken(found[key])}"
            yield error("example-fails", message, at=example.spot)
