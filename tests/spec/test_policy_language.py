"""The language of conditions, line by line: what each means of a call, and what is refused with which words."""

from __future__ import annotations

import pytest

from answerable.errors import PolicyError
from answerable.model.vocabulary import FACTS, FactType, FactValue
from answerable.policy import holds, parse_condition
from answerable.policy.grammar import DEEPEST
from answerable.policy.tokens import LONGEST

T, F, U = True, False, None
ORDERED = {**FACTS, "priority_class": FactType(one_of=FACTS["priority_class"].one_of, ordered=True)}
Facts = dict[str, FactValue | None]

TABLE: list[tuple[str, Facts, bool | None]] = [
    # a yes-no fact, alone; a missing fact is unknown, never no -------------------------------------------------------
    ("life_safety", {"life_safety": True}, T),
    ("life_safety", {"life_safety": False}, F),
    ("life_safety", {}, U),
    ("life_safety", {"life_safety": None}, U),
    ("life_safety", {"life_safety": 1}, U),
    ("life_safety", {"life_safety": "yes"}, U),
    # a value that is not declared, or out of range, is unknown -------------------------------------------------------
    ("priority <= 9", {"priority": 12}, U),
    ("priority <= 9", {"priority": True}, U),
    ("priority <= 9", {"priority": "1"}, U),
    ("place != 'city'", {"place": "moon"}, U),
    # comparisons -----------------------------------------------------------------------------------------------------
    ("priority == 2", {"priority": 2}, T),
    ("priority != 2", {"priority": 2}, F),
    ("priority < 2", {"priority": 1}, T),
    ("priority > 2", {"priority": 2}, F),
    ("priority >= 2", {"priority": 2}, T),
    ("2 > priority", {"priority": 1}, T),
    ("2 <= priority", {"priority": 1}, F),
    ("place == 'city'", {"place": "city"}, T),
    ("place != 'city'", {"place": "elsewhere"}, T),
    ("place != 'city'", {}, U),
    # an ordered list is compared by position -------------------------------------------------------------------------
    ("priority_class <= 'emergency'", {"priority_class": "life_safety"}, T),
    ("priority_class <= 'emergency'", {"priority_class": "routine"}, F),
    ("'emergency' < priority_class < 'deferred'", {"priority_class": "routine"}, T),
    # chains are every comparison in them -----------------------------------------------------------------------------
    ("3 <= priority <= 5", {"priority": 3}, T),
    ("3 <= priority <= 5", {"priority": 6}, F),
    ("3 <= priority <= 5", {}, U),
    ("3 <= priority > 5", {"priority": 4}, F),
    ("place == 'city' == place", {"place": "city"}, T),
    ("1 <= priority <= 3 <= hour_of_week", {"priority": 9}, F),
    ("1 <= priority <= 3 <= hour_of_week", {"priority": 2}, U),
    ("1 <= priority <= 3 <= hour_of_week", {"hour_of_week": 2}, F),
    ("1 <= priority <= 3 <= hour_of_week", {"priority": 2, "hour_of_week": 3}, T),
    # membership ------------------------------------------------------------------------------------------------------
    ("priority in (1, 3)", {"priority": 3}, T),
    ("priority in (1, 3)", {"priority": 2}, F),
    ("priority in (1, 3)", {}, U),
    ("place in ('city', 'elsewhere')", {"place": "elsewhere"}, T),
    ("not place in ('city')", {"place": "elsewhere"}, T),
    # known() is never unknown; nothing else looks through a missing fact ---------------------------------------------
    ("known(priority)", {}, F),
    ("known(priority)", {"priority": 0}, T),
    ("known(life_safety)", {"life_safety": False}, T),
    ("known(place)", {"place": "moon"}, F),
    ("not known(priority) or priority <= 1", {}, T),
    ("life_safety or not life_safety", {}, U),
    ("known(life_safety) and not life_safety", {}, F),
    # not; for and / or see the tables below -------------------------------------------------------------------------
    ("not life_safety", {"life_safety": True}, F),
    ("not life_safety", {"life_safety": False}, T),
    ("not life_safety", {}, U),
    ("not not life_safety", {"life_safety": True}, T),
    # binding: not before and before or; lines may break --------------------------------------------------------------
    ("life_safety or holiday and safe_exit_needed", {"life_safety": True, "safe_exit_needed": False}, T),
    ("(life_safety or holiday) and safe_exit_needed", {"life_safety": True, "safe_exit_needed": False}, F),
    ("not life_safety or holiday", {"life_safety": True, "holiday": True}, T),
    ("not (life_safety or holiday)", {"life_safety": True, "holiday": True}, F),
    ("not priority == 2", {"priority": 3}, T),
    ("life_safety\n  and\tholiday", {"life_safety": True, "holiday": True}, T),
    ("true", {}, T),
    ("not true", {}, F),
    ("true and life_safety", {}, U),
]


@pytest.mark.parametrize(("text", "facts", "expected"), TABLE)
def test_a_condition_means(text: str, facts: Facts, expected: bool | None) -> None:
    assert holds(parse_condition(text, ORDERED), facts) is expected


NAMED = {"T": "life_safety", "F": "holiday", "U": "safe_exit_needed"}
KLEENE = {
    "and": {"TT": T, "TF": F, "TU": U, "FT": F, "FF": F, "FU": F, "UT": U, "UF": F, "UU": U},
    "or": {"TT": T, "TF": T, "TU": T, "FT": T, "FF": F, "FU": U, "UT": T, "UF": U, "UU": U},
}


@pytest.mark.parametrize("join", KLEENE)
@pytest.mark.parametrize("pair", KLEENE["and"])
def test_and_and_or_are_kleenes(join: str, pair: str) -> None:
    condition = parse_condition(f" {join} ".join(NAMED[one] for one in pair), FACTS)
    assert holds(condition, {"life_safety": True, "holiday": False}) is KLEENE[join][pair]


REFUSED: list[tuple[str, str, str | None]] = [
    ("", "the condition is empty", "write 'true'"),
    ("life_safty", "there is no fact 'life_safty'", "did you mean 'life_safety'?"),
    ("Life_Safety", "there is no fact", "did you mean 'life_safety'?"),
    ("place == 'citi'", "place is never 'citi'", "did you mean 'city'?"),
    ("place in ('city', 'moon')", "place is never 'moon'", "possible: city, federal_property, elsewhere"),
    ("priority == 10", "priority goes from 0 to 9; it is never 10", None),
    ("priority == 02", "not a whole number", "digits only"),
    ("priority == 1_0", "not a whole number", "digits only"),
    ("priority == 1.5", "not a whole number", "digits only"),
    ("priority == -1", "'-' is not understood", "no arithmetic"),
    ("priority == 99999999999", "not a whole number", None),
    ("priority == '2'", "priority is a number, '2' is a text", None),
    ("place == 2", "place is a text, 2 is a number", "write it as 'city'"),
    ("place < 'city'", "the values of place have no order", "ordered = true"),
    ("life_safety == 'yes'", "life_safety is yes or no and is not compared", "'not life_safety'"),
    ("life_safety == true", "nothing is compared with 'true'", "write the fact alone"),
    ("life_safety == false", "a yes-no fact is not compared", "'not life_safety'"),
    ("life_safety in (1)", "life_safety is yes or no", None),
    ("life_safety == 1", "life_safety is yes or no", None),
    ("priority", "priority is a number, not yes or no", "compare it: priority == 0"),
    ("place", "place is one of several values", "compare it: place == 'city'"),
    ("not false", "there is no fact 'false'", "'not fact'"),
    ("place == city", "there is no fact 'city'", "'city'"),
    ("priority == hour_of_week", "two facts are compared", None),
    ("3 == 3", "two values are compared", None),
    ("3", "'3' alone says nothing", None),
    ("'city'", "'city' alone says nothing", None),
    ("priority = 2", "'=' is not understood", "write '=='"),
    ("priority <> 2", "'<' is not understood", "write '!='"),
    ("life_safety && holiday", "'&' is not understood", "write 'and'"),
    ("life_safety || holiday", "'|' is not understood", "write 'or'"),
    ("!life_safety", "'!' is not understood", "write 'not'"),
    ('place == "city"', "'\"' is not understood", "single quotes"),
    ("place == 'city", '"\'" is not understood', "not closed"),
    ("priority not in (1, 2)", "expected a comparison, found 'not'", "not fact in"),
    ("priority in ()", "expected a fact or a value", None),
    ("priority in 1", "expected '('", None),
    ("priority in (1", "expected ')'", None),
    ("(life_safety", "expected ')'", None),
    ("life_safety)", "expected and, or, or the end", None),
    ("life_safety holiday", "expected and, or, or the end", None),
    ("life_safety and", "expected a fact or a value, found the end", None),
    ("and life_safety", "expected a fact or a value, found 'and'", None),
    ("life_safety AND holiday", "expected and, or, or the end, found 'AND'", "write 'and'"),
    ("place is 'city'", "place is one of several values", None),
    ("known priority", "expected '('", None),
    ("known(3)", "expected a fact, found '3'", None),
    ("duty == 'must-respond'", "'duty' may stand only in promises", None),
    ("__import__('os')", "'__import__' is not a fact, and there are no functions", None),
    ("life_safety.__class__", "'.' is not understood", "no methods"),
    ("len(place) == 4", "'len' is not a fact, and there are no functions", None),
    ("life_safety()", "there are no functions in this language", None),
    ("place.startswith('c')", "'.' is not understood", None),
    ("priority + 1 == 2", "'+' is not understood", "no arithmetic"),
    ("priority[0] == 1", "'[' is not understood", "round brackets"),
    ("(lambda: true)", "':' is not understood", "they assign nothing"),
    ("life_safety; holiday", "';' is not understood", None),
    ("\u0665 == priority", "'\u0665' is not understood", None),
    ("l\u0456fe_safety", "'\u0456' is not understood", None),
    ("life_safety\x00", "is not understood", None),
    ("(" * (DEEPEST + 1) + "true" + ")" * (DEEPEST + 1), f"nested more than {DEEPEST} deep", None),
    ("not " * 5000 + "true", "at most", None),
    ("(" * 3900, "nested more than", None),
    ("not " * 900 + "true", "nested more than", None),
    (" or ".join(["life_safety"] * 400), f"at most {LONGEST} characters", None),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED, ids=range(len(REFUSED)))
def test_a_condition_is_refused_in_words(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_condition(text, FACTS)
    assert message in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("life_safty", 1, 1),
        ("holiday and life_safty", 1, 13),
        ("holiday\n and life_safty", 2, 6),
        ("holiday and", 1, 12),
        ("holiday and\n", 2, 1),
        ("place == 'moon'", 1, 10),
        ("1 <= priority <= 12", 1, 18),
        ("holiday ? life_safety", 1, 9),
    ],
)
def test_a_refusal_says_where(text: str, line: int, column: int) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_condition(text, FACTS, file="claim.toml", rule="scope")
    assert (caught.value.file, caught.value.line, caught.value.column, caught.value.rule) == (
        "claim.toml",
        line,
        column,
        "scope",
    )


def test_the_longest_and_the_deepest_condition_that_is_allowed_is_read() -> None:
    deep = "(" * DEEPEST + "life_safety" + ")" * DEEPEST
    assert holds(parse_condition(deep, FACTS), {"life_safety": True}) is True
    wide = " or ".join(["holiday"] * (LONGEST // 11))
    assert len(wide) <= LONGEST
    assert holds(parse_condition(wide, FACTS), {"holiday": False}) is False


def test_brackets_and_negations_side_by_side_are_not_deep() -> None:
    many = " and ".join(["(not (not life_safety))"] * (3 * DEEPEST))
    assert holds(parse_condition(many, FACTS), {"life_safety": True}) is True
