"""The check's search against trying every possible call, on 400 random policies with promises and reopenings."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.random_policy import Call, RandomPolicy, Tree, every_call, policies, trees, truth, written

from answerable.policy import check_policy, load_policy

CALLS = list(every_call())
DUTIES = ("must-respond", "may-decline", "command-decides")


def with_promise(random: RandomPolicy, *, when: Tree, then: str, reopen: tuple[int, Tree] | None) -> bytes:
    """The policy's text with a promise, and with a condition to reopen under the rule of that number."""
    text = random.text().decode()
    if reopen is not None:
        number, condition = reopen
        mark = f'id = "r{number}"\n'
        text = text.replace(mark, f'{mark}reopen-when = "{written(condition)}"\n')
    return f'{text}\n[[promise]]\ntext = "It holds."\nwhen = "{written(when)}"\nthen = "{then}"\n'.encode()


@settings(max_examples=400)
@given(policies, trees, trees, st.sampled_from(DUTIES), st.booleans())
def test_the_check_finds_what_trying_every_call_finds(
    random: RandomPolicy, when: Tree, condition: Tree, duty: str, either: bool
) -> None:
    deciding = [random.rule_of(call) for call in CALLS]
    choices = [number for number, rule in enumerate(random.rules) if rule.duty != "must-respond"]
    reopen = (choices[0], condition) if choices else None
    then = f"duty == '{duty}' or {written(condition)}" if either else f"duty == '{duty}'"
    problems = check_policy(load_policy(with_promise(random, when=when, then=then, reopen=reopen), file="random.toml"))
    found = {(one.code, one.rule) for one in problems}
    assert not {code for code, _ in found} & {"undecided", "too-large"}

    def kept(call: Call, rule: int | None) -> bool:
        is_duty = rule is not None and random.rules[rule].duty == duty
        return is_duty or (either and truth(condition, call) == 1)

    promised = [(call, rule) for call, rule in zip(CALLS, deciding, strict=True) if truth(when, call) == 1]
    broken = not all(kept(call, rule) for call, rule in promised)
    assert (("promise-broken", None) in found) == broken
    assert (("promise-empty", None) in found) == (not promised)
    assert (("gap", None) in found) == (None in deciding)
    assert {rule for code, rule in found if code == "rule-unreachable"} == {
        f"r{number}" for number in range(len(random.rules)) if number not in deciding
    }
    assert {rule for code, rule in found if code == "clock-unreachable"} == {
        f"c{number}"
        for number, clock in enumerate(random.clocks)
        if not any(truth(clock.when, one) == 1 for one in CALLS)
    }
    if reopen is not None:
        number = reopen[0]
        reopened = [rule for call, rule in zip(CALLS, deciding, strict=True) if truth(condition, call) == 1]
        assert (("reopen-without-effect", f"r{number}") in found) == (number in reopened or not reopened)
