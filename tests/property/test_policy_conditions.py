"""Random conditions: three-valued truth against plain arithmetic, and hostile text that may only be refused."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.random_policy import HALF, Call, Tree, calls, trees, truth, written

from answerable.errors import PolicyError
from answerable.model.vocabulary import FACTS, FactType
from answerable.policy import Condition, holds, parse_condition

FACTS_HERE = {**FACTS, "place": FactType(one_of=FACTS["place"].one_of, ordered=True)}
WORDS = [
    "and", "or", "not", "in", "known", "true", "(", ")", ",", "==", "!=", "<", "<=", ">", ">=", "priority", "place",
    "life_safety", "0", "3", "12", "'city'", "''", "duty", "__import__", "'os'", " ", "\n", ".", "+", '"', "[0]", "é",
]  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(trees, calls)
def test_truth_is_kleenes(tree: Tree, call: Call) -> None:
    condition = parse_condition(written(tree), FACTS_HERE)
    expected = truth(tree, call)
    assert holds(condition, call) is (None if expected == HALF else bool(expected))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(trees, calls, calls)
def test_what_is_certain_stays_certain_when_more_is_known_unless_it_asks_what_is_known(
    tree: Tree, call: Call, more: Call
) -> None:
    if "known(" in written(tree):
        return
    condition = parse_condition(written(tree), FACTS_HERE)
    richer = {fact: value if value is not None else more[fact] for fact, value in call.items()}
    before = holds(condition, call)
    assert before is None or holds(condition, richer) is before


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    found = read_or_refused(text)
    if isinstance(found, Condition):
        assert holds(found, {}) in (True, False, None)
    else:
        line, column = found
        assert 1 <= line <= text.count("\n") + 1
        assert 1 <= column <= len(text) + 1


def read_or_refused(text: str) -> Condition | tuple[int, int]:
    try:
        return parse_condition(text, FACTS)
    except PolicyError as fault:
        return fault.line or 0, fault.column or 0
