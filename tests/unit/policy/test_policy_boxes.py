"""Boxes as whole numbers, chains that forget, and the classes of a space that two versions share."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.model.vocabulary import FACTS, FactType
from answerable.policy import parse_condition
from answerable.policy.formula import Chain, Open, chain_of
from answerable.policy.space import Space

TYPES = {
    "life_safety": FACTS["life_safety"],
    "priority": FactType(first=0, last=4),
    "place": FactType(one_of=("city", "federal_property", "elsewhere"), ordered=True),
}
WRITTEN = (
    "life_safety", "priority <= 1", "place == 'city' and not life_safety", "priority == 3 or place > 'city'",
    "known(priority) and not (life_safety or place == 'city')", "true", "not true",
)  # fmt: skip
SPACE = Space(TYPES, [parse_condition(text, TYPES) for text in WRITTEN])
FORMULAS = [SPACE.formula(parse_condition(text, TYPES)) for text in WRITTEN]
CODES = [range(one.count) for one in SPACE.facts]
boxes = st.tuples(*(st.sets(st.sampled_from([*codes]), min_size=1) for codes in CODES))


def box_of(classes: tuple[set[int], ...]) -> int:
    return sum(1 << at + code for at, codes in zip(SPACE.offsets, classes, strict=True) for code in codes)


def calls_in(classes: tuple[set[int], ...]) -> list[int]:
    return [SPACE.box_of_codes(codes) for codes in itertools.product(*classes)]


@settings(max_examples=200)
@given(boxes, st.sampled_from(FORMULAS))
def test_a_formula_holds_over_a_box_as_it_holds_of_each_call_in_it(
    classes: tuple[set[int], ...], formula: object
) -> None:
    found = formula.over(box_of(classes))  # type: ignore[attr-defined]
    truths = {formula.over(call) for call in calls_in(classes)}  # type: ignore[attr-defined]
    assert truths <= {True, False}
    if isinstance(found, bool):
        assert truths == {found}


@settings(max_examples=200)
@given(boxes, st.lists(st.sampled_from(FORMULAS), max_size=5), st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_a_chain_answers_the_same_after_it_has_forgotten(
    classes: tuple[set[int], ...], formulas: list[object], answers: list[int]
) -> None:
    links = tuple(zip(formulas, answers, strict=False))
    chain = Chain(links, answers[5])  # type: ignore[arg-type]
    box = box_of(classes)
    expected = {call: chain.over(call) for call in calls_in(classes)}
    assert {call: chain.narrowed(box).over(call) for call in calls_in(classes)} == expected
    found = chain.over(box)
    if isinstance(found, Open):
        assert {call: found.chain.over(call) for call in calls_in(classes)} == expected
    else:
        assert {*expected.values()} == {found}


@settings(max_examples=200)
@given(boxes, boxes)
def test_two_boxes_are_apart_in_the_facts_of_which_they_share_no_class(
    one: tuple[set[int], ...], other: tuple[set[int], ...]
) -> None:
    apart = sum(
        SPACE.free_bit(number) for number, codes in enumerate(zip(one, other, strict=True)) if not codes[0] & codes[1]
    )
    assert SPACE.apart(box_of(one), box_of(other)) == apart


def test_a_chain_of_nothing_answers_with_the_count_of_nothing() -> None:
    assert chain_of([]).over(SPACE.every) == 0


def test_a_value_that_a_condition_does_not_list_is_unknown_to_it_and_a_class_of_its_own() -> None:
    narrow = {**TYPES, "priority": FactType(first=1, last=2)}
    conditions = [parse_condition("priority <= 1", narrow), parse_condition("priority <= 1", TYPES)]
    space = Space({"priority": FACTS["priority"]}, conditions)
    formulas = [space.formula(one) for one in conditions]
    told = {
        value: tuple(formula.over(space.box_of({"priority": value})) for formula in formulas)
        for value in (0, 1, 2, 3, 9)
    }
    assert told == {0: (False, True), 1: (True, True), 2: (False, False), 3: (False, False), 9: (False, False)}
    negated = [space.formula(one, truth=False) for one in conditions]
    assert [one.over(space.box_of({"priority": 9})) for one in negated] == [False, False]
    assert [one.over(space.box_of({"priority": 2})) for one in negated] == [True, True]
    known = space.facts[0]
    assert len({known.code_of(value) for value in (0, 1, 2, 3, 9)}) == 5


def test_equal_conditions_are_one_formula() -> None:
    one, other = (SPACE.formula(parse_condition(text, TYPES)) for text in ("priority <= 1", "not priority > 1"))
    assert one is other
