"""Random policies, every possible call: the engine against a second reading of the rules."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.random_policy import (
    DOMAINS,
    Call,
    RandomPolicy,
    Tree,
    calls,
    every_call,
    mentions_known,
    policies,
    trees,
    truth,
    written,
)

from answerable.model.duty import PolicyDecision
from answerable.model.times import parse_duration_s
from answerable.policy import (
    UNDECIDED,
    Case,
    Cells,
    alternatives,
    check_policy,
    clocks_of_a_response,
    decide,
    find_case,
    load_policy,
)
from answerable.policy import open_facts as open_facts_module

quick = settings(max_examples=40, deadline=None, derandomize=True)


def owed_by(decision: PolicyDecision) -> tuple[object, ...]:
    rule = None if decision.rule is None else int(decision.rule.removeprefix("r"))
    limits = sorted(
        (kind.replace("_", "-"), limit.within_s // 60, int(limit.clock.removeprefix("c")))
        for kind, limit in decision.limits.items()
    )
    return rule, tuple(limits), tuple(sorted(decision.escalate_to))


@quick
@given(policies, calls)
def test_the_decision_is_the_first_rule_that_is_true_and_the_tightest_clocks(random: RandomPolicy, call: Call) -> None:
    policy = load_policy(random.text(), file="random.toml")
    for possible in (call, {}):
        assert owed_by(decide(policy, possible)) == random.owed(possible)


@quick
@given(policies, calls)
def test_a_fact_is_open_exactly_when_learning_it_could_change_what_is_owed(random: RandomPolicy, call: Call) -> None:
    policy = load_policy(random.text(), file="random.toml")
    known = {fact: value for fact, value in call.items() if value is not None}
    missing = [fact for fact in DOMAINS if fact not in known]
    states = {tuple(state.values()): random.substance(state) for state in every_call(known)}
    expected = tuple(
        fact
        for fact in missing
        if any(
            owed != states[tuple((None if name == fact else value) for name, value in zip(DOMAINS, state, strict=True))]
            for state, owed in states.items()
        )
    )
    assert decide(policy, known).open == expected


@quick
@given(policies, calls, st.sampled_from([0, 2, 5]))
def test_a_fact_is_open_whichever_way_it_is_searched_for(random: RandomPolicy, call: Call, parts: int) -> None:
    policy = load_policy(random.text(), file="random.toml")
    expected = decide(policy, call)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_facts_module, "_MOST_PARTS", parts)
        assert decide(policy, call) == expected


@quick
@given(policies, calls)
def test_without_steps_every_fact_that_is_not_proved_closed_counts_as_open(random: RandomPolicy, call: Call) -> None:
    policy = load_policy(random.text(), file="random.toml")
    proved = decide(policy, call).open
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_facts_module, "_MOST_PARTS", 0)
        patch.setattr(open_facts_module, "STEP_BUDGET", 0)
        assert {*decide(policy, call).open} >= {*proved}


@quick
@given(policies, calls)
def test_the_alternatives_are_the_decisions_of_every_completion(random: RandomPolicy, call: Call) -> None:
    policy = load_policy(random.text(), file="random.toml")
    known = {fact: value for fact, value in call.items() if value is not None}
    may_stay_unknown = mentions_known(random)
    completions = [
        state
        for state in every_call(known)
        if all(value is not None or fact in may_stay_unknown for fact, value in state.items())
    ]
    expected = {random.owed(state) for state in completions}
    found = alternatives(policy, known)
    assert {owed_by(one) for one in found} == expected
    assert len(found) == len(expected)
    assert not any(one.open for one in found)
    assert found == alternatives(policy, dict(reversed(known.items())))


@quick
@given(policies)
def test_a_cell_decides_as_the_reference_does(random: RandomPolicy) -> None:
    policy = load_policy(random.text(), file="random.toml")
    cells = Cells(policy)
    for call in list(every_call())[::5]:
        cell = cells.encode(call)
        assert cells.decision(cell) == decide(policy, call)
        assert cells.encode(cells.facts_of(cell)) == cell
    assert cells.alternatives(0) == alternatives(policy, {})


@quick
@given(policies)
def test_the_encoders_give_the_cell(random: RandomPolicy) -> None:
    cells = Cells(load_policy(random.text(), file="random.toml"))
    for call in list(every_call())[::3]:
        total = 0
        for encoder in cells.encoders:
            value = call[encoder.fact]
            for case, code in encoder.cases:
                inside = case[0] <= value <= case[1] if isinstance(case, tuple) and value is not None else case == value  # type: ignore[operator]
                total += encoder.weight * code if inside else 0
        assert total == cells.encode(call)


@quick
@given(policies, trees, calls)
def test_a_case_is_found_exactly_when_there_is_one(random: RandomPolicy, then: Tree, call: Call) -> None:
    policy = load_policy(random.text(), file="random.toml")
    given_facts = {fact: value for fact, value in call.items() if fact in ("priority", "holiday")}

    @cache
    def duty(rule: int | None) -> str | None:
        return None if rule is None else random.rules[rule].duty

    def neither(one: Call) -> bool:
        return duty(random.rule_of(one)) != "must-respond" and truth(then, one) != 1

    def either(one: Call) -> bool:
        return duty(random.rule_of(one)) in (None, "may-decline") or truth(then, one) != 1

    for text, fails in (
        (f"duty == 'must-respond' or {written(then)}", neither),
        (f"duty != 'may-decline' and {written(then)}", either),
    ):
        case = find_case(policy, given=given_facts, then=text)
        assert case is not UNDECIDED
        assert (case is not None) == any(fails(one) for one in every_call(given_facts))
        if isinstance(case, Case):
            assert fails(dict(case.facts))
            assert all(case.facts[fact] == value for fact, value in given_facts.items())
            assert owed_by(case.decision) == random.owed(dict(case.facts))


@quick
@given(policies)
def test_the_check_finds_what_trying_every_call_finds(random: RandomPolicy) -> None:
    problems = check_policy(load_policy(random.text(), file="random.toml"))
    found = {(problem.code, problem.rule) for problem in problems}
    every = list(every_call())
    deciding = [random.rule_of(call) for call in every]
    assert (("gap", None) in found) == (None in deciding)
    for number in range(len(random.rules)):
        assert (("rule-unreachable", f"r{number}") in found) == (number not in deciding)
        assert (("conflict", f"r{number}") in found) == any(
            deciding[at] == number and truth(later.when, call) == 1 and later.duty != random.rules[number].duty
            for at, call in enumerate(every)
            for later in random.rules[number + 1 :]
        )
    for number, clock in enumerate(random.clocks):
        runs = any(truth(clock.when, call) == 1 for call in every)
        assert (("clock-unreachable", f"c{number}") in found) == (not runs)


@quick
@given(policies, calls)
def test_a_decision_to_respond_starts_every_clock(random: RandomPolicy, call: Call) -> None:
    policy = load_policy(random.text(), file="random.toml")
    limits = clocks_of_a_response(policy, call)
    running = [clock for clock in random.clocks if truth(clock.when, call) == 1]
    for kind in ("answer-within", "dispatch-within", "arrive-within", "tell-caller-within"):
        expected = min((clock.within_min[kind] for clock in running if kind in clock.within_min), default=None)
        found = limits.get(kind.replace("-", "_"))
        assert (None if found is None else found.within_s) == (
            None if expected is None else parse_duration_s(f"{expected} min")
        )
