"""Two random versions, every possible call: exactly those that are owed something else are covered, and how."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from tests.support.random_policy import Call, RandomPolicy, every_call, policies
from tests.support.spoken_regions import lies_in

from answerable.errors import PolicyError
from answerable.policy import Differences, compare_policies, load_policy
from answerable.policy import regions as regions_module

quick = settings(max_examples=20, deadline=None, derandomize=True)
_KINDS = ("answer-within", "dispatch-within", "arrive-within", "tell-caller-within")


def effect(random: RandomPolicy, call: Call) -> dict[str, Any]:
    """What the call is owed by the plain reading of the rules, by the names that a change has."""
    rule, limits, called = random.owed(call)
    assert isinstance(limits, tuple)
    assert isinstance(called, tuple)
    duty = None if rule is None else random.rules[rule].duty  # type: ignore[call-overload]
    decided = duty in ("may-decline", "command-decides")
    seconds = {kind: minutes * 60 for kind, minutes, _ in limits}
    return {
        "duty": duty,
        "decline-by": "sergeant" if decided else None,
        "decide-within": 1800 if decided else None,
        "satisfied-by": None if duty is None else ("unit",),
        "rule": None if rule is None else f"r{rule}",
        **{kind: seconds.get(kind) for kind in _KINDS},
        **{f"calls {rank}": int(rank in called) for rank in ("dispatcher", "sergeant")},
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    found = {what: (before[what], after[what]) for what in before if before[what] != after[what]}
    of_rule = {"duty", "decline-by", "decide-within", "satisfied-by"} & found.keys()
    return {what: pair for what, pair in found.items() if what != "rule" or not of_rule}


def compared(before: RandomPolicy, after: RandomPolicy, narrow: str = "") -> Differences:
    text = after.text()
    if narrow:
        text = text.replace(b"priority = { from = 0, to = 4 }", narrow.encode())
    return compare_policies(load_policy(before.text(), file="before.toml"), load_policy(text, file="after.toml"))


def assert_exact(found: Differences, before: RandomPolicy, after: RandomPolicy) -> None:
    assert found.decided
    assert found.unlisted == 0
    for call in every_call():
        expected = changes(effect(before, call), effect(after, call))
        assert told(found, call) == {*expected.items()}, call


def told(found: Differences, call: Call) -> set[tuple[str, tuple[Any, Any]]]:
    """Everything that the regions in which a call lies say of it."""
    return {
        (one.what, (one.before, one.after))
        for region in found.regions
        if lies_in(call, region.where)
        for one in region.changes
    }


@quick
@given(policies, policies)
def test_every_call_that_changes_is_covered_and_no_other(before: RandomPolicy, after: RandomPolicy) -> None:
    found = compared(before, after)
    assert_exact(found, before, after)
    for region in found.regions:
        assert lies_in(region.example, region.where)


@quick
@given(policies, st.integers(0, 3), st.sampled_from(["must-respond", "may-decline", "command-decides"]))
def test_a_version_that_is_much_alike_is_compared_exactly_too(random: RandomPolicy, number: int, duty: str) -> None:
    rules = list(random.rules)
    number %= len(rules)
    rules[number] = type(rules[number])(when=rules[number].when, duty=duty)
    clock = type(random.clocks[0])(when=rules[0].when, within_min={"arrive-within": 2}, escalate_to="sergeant")
    after = RandomPolicy(tuple(rules), (clock, *random.clocks))
    assert_exact(compared(random, after), random, after)


@quick
@given(policies)
def test_nothing_changes_between_a_version_and_itself(random: RandomPolicy) -> None:
    found = compared(random, random)
    assert found.regions == ()
    assert found.decided


@quick
@given(policies, policies)
def test_a_value_that_a_version_does_not_list_is_unknown_to_it(before: RandomPolicy, after: RandomPolicy) -> None:
    try:
        found = compared(before, after, narrow="priority = { from = 1, to = 3 }")
    except PolicyError:  # a condition of the version speaks of a value that is no longer listed
        reject()
    for call in every_call():
        known = call["priority"] in (1, 2, 3)
        expected = changes(effect(before, call), effect(after, call if known else {**call, "priority": None}))
        assert told(found, call) == {*expected.items()}, call


@quick
@given(policies, policies)
def test_what_is_listed_stays_true_when_the_budget_for_merging_is_small(
    before: RandomPolicy, after: RandomPolicy
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regions_module, "MERGING_STEPS", 3)
        found = compared(before, after)
    everything = compared(before, after)
    listed, whole = ({one for region in each.regions for one in region.changes} for each in (found, everything))
    assert listed == whole
    for call in every_call():
        expected = changes(effect(before, call), effect(after, call))
        assert told(found, call) <= {*expected.items()}


@quick
@given(policies, policies)
def test_a_search_out_of_budget_says_that_it_is_not_finished(before: RandomPolicy, after: RandomPolicy) -> None:
    old, new = load_policy(before.text(), file="b"), load_policy(after.text(), file="a")
    short = compare_policies(old, new, step_budget=1)
    whole = compare_policies(old, new)
    assert short.decided <= whole.decided
    assert not short.decided or short == whole
