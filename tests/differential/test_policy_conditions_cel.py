"""Random conditions against the Common Expression Language, where its constructs mean the same (an oracle only).

A missing fact is a missing field, which CEL answers with an error; `&&` and `||` pass over an error where the other
side decides. So an error is unknown, and the two must agree on every condition. The limits of the comparison stand
in docs/reference/policy-engines.md.
"""

from __future__ import annotations

from typing import Any

import cel
import pytest
from hypothesis import given, settings
from tests.support.policy_vectors import conditions
from tests.support.random_policy import DOMAINS, Call, Tree, calls, trees, written

from answerable.model.vocabulary import FACTS, FactType
from answerable.policy import holds, parse_condition

TYPES = {**FACTS, "place": FactType(one_of=FACTS["place"].one_of, ordered=True), "priority": FactType(first=0, last=4)}


def as_cel(tree: Tree) -> str:
    """The condition in CEL. A one-of value is its place in the list: an order is the list's, not the letters'."""
    match tree:
        case ("true",):
            return "true"
        case ("fact", fact):
            return f"call.{fact}"
        case ("known", fact):
            return f"has(call.{fact})"
        case ("compare", fact, sign, value):
            return f"(call.{fact} {sign} {_place(fact, value)})"
        case ("in", fact, values):
            return f"(call.{fact} in [{', '.join(str(_place(fact, value)) for value in values)}])"
        case ("not", part):
            return f"!({as_cel(part)})"
        case (join, parts):
            return "(" + (" && " if join == "and" else " || ").join(map(as_cel, parts)) + ")"
    raise AssertionError(tree)


def _place(fact: str, value: bool | int | str) -> bool | int:
    return DOMAINS[fact].index(value) if isinstance(value, str) else value


def evaluated(tree: Tree, call: Call) -> bool | None:
    """True, False, or None where CEL ends in an error about a missing field."""
    known = {fact: _place(fact, value) for fact, value in call.items() if value is not None}
    try:
        found: Any = cel.evaluate(as_cel(tree), {"call": known})
    except KeyError:
        return None
    assert isinstance(found, bool)
    return found


@settings(max_examples=500)
@given(trees, calls)
def test_a_condition_is_true_false_or_unknown_as_in_cel(tree: Tree, call: Call) -> None:
    assert holds(parse_condition(written(tree), TYPES), call) is evaluated(tree, call)


@pytest.mark.parametrize("life", [True, False, None])
@pytest.mark.parametrize("holiday", [True, False, None])
@pytest.mark.parametrize("join", ["and", "or"])
def test_an_error_on_one_side_is_passed_over_whichever_side_it_is(
    join: str, holiday: bool | None, life: bool | None
) -> None:
    """The property of CEL that the comparison rests on."""
    call = {"life_safety": life, "holiday": holiday}
    one, other = ("fact", "life_safety"), ("fact", "holiday")
    assert evaluated((join, (one, other)), call) is evaluated((join, (other, one)), call)
    expected = {tuple(sorted(case["call"].items())): case["holds"] for case in conditions.cases()
                if case["when"] == f"life_safety {join} holiday"}  # fmt: skip
    known = tuple(sorted((fact, value) for fact, value in call.items() if value is not None))
    assert evaluated((join, (one, other)), call) is expected[known]
