"""The check of a policy: exact, because the possible calls are finite. What is too large to search is said to be so.

The library here refuses nothing: `answerable policy check` and everything that lets a policy govern look at the
severity. The problems' codes are listed in docs/formats/response-policy.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from answerable.errors import PolicyError
from answerable.model.duty import PolicyDecision
from answerable.policy.cells import Cells
from answerable.policy.check_rules import conflicts, rule_problems
from answerable.policy.document import Example, Policy, Promise
from answerable.policy.evaluate import STEP_BUDGET, alternatives, decide, decide_settled
from answerable.policy.expectations import decision_says, same, spoken
from answerable.policy.explore import Steps
from answerable.policy.formula import NEVER
from answerable.policy.plan import plan_of
from answerable.policy.problem import Problem, error, warning
from answerable.policy.question import CHECK_STEPS, Questions
from answerable.policy.search import UNDECIDED, call_in_words
from answerable.policy.spelling import quoted


def check_policy(policy: Policy) -> tuple[Problem, ...]:
    """Everything wrong with a policy, in the order of its lines; nothing where it may govern as it is."""
    questions = Questions(policy)
    found = [
        *_size(policy), *_promises(questions), *rule_problems(questions), *conflicts(questions), *_examples(policy),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def _size(policy: Policy) -> Iterator[Problem]:
    """With nothing known, every decision is an alternative: no call leaves more of them open.

    A search never looks at more than two boxes for each cell, so a small policy needs no trial.
    """
    try:
        if 2 * Cells(policy).count > plan_of(policy).affordable(STEP_BUDGET):
            alternatives(policy, {})
    except PolicyError as fault:
        yield error("too-large", fault.message, at=policy.spot)


def _promises(questions: Questions) -> Iterator[Problem]:
    questions.begin()
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
    steps, plan = Steps(CHECK_STEPS), plan_of(policy)
    for example in policy.examples:
        decision = decide_settled(policy, example.given, box=plan.space.box_of(example.given), steps=steps)
        yield from _example(example, decision, is_open_proved=steps.left >= 0)


def _example(example: Example, decision: PolicyDecision, *, is_open_proved: bool) -> Iterator[Problem]:
    found, name = decision_says(decision), quoted(example.text, longest=160)
    for key, expected in example.expect.items():
        if key == "open" and not is_open_proved:
            yield warning("undecided", f"too large to search: what is open in the example {name}", at=example.spot)
        elif not same(expected, found[key]):
            message = f"the example {name} expects {key} {spoken(expected)}, but gets {spoken(found[key])}"
            yield error("example-fails", message, at=example.spot)
