"""Conditions with calls: each operator over yes, no and unknown, and each comparison below, at and above its value."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.support.policy_vectors import Case
from tests.support.random_policy import DOMAINS, Tree, truth, written

ABOUT = (
    "Is a condition true of a call? `holds` is true, false, or null for unknown. A fact that is absent, null, or not "
    "one of its declared values (see `facts`) is unknown. A rule or clock applies only where its condition is true."
)
FACTS: dict[str, Any] = {
    "place": {"one-of": list(DOMAINS["place"]), "ordered": True},
    "requester": {"one-of": ["public", "federal_agency", "state_agency", "local_agency", "alarm", "officer"]},
    "priority": {"from": 0, "to": 4},
    "life_safety": {"yes-no": True},
    "holiday": {"yes-no": True},
    "officer_assaulted": {"yes-no": True},
}
_YES_NO = (True, False, None)
_THREE = {Fraction(1): True, Fraction(0): False, Fraction(1, 2): None}
_SIGNS = ("==", "!=", "<", "<=", ">", ">=")

LIFE, HOLIDAY, OFFICER = (("fact", name) for name in ("life_safety", "holiday", "officer_assaulted"))


def cases() -> list[Case]:
    """All cases, in the order of the language: facts, joins, comparisons, lists, nesting; then what is unknown."""
    made = [*_joins(), *_comparisons(), *_lists(), *_nested(), *_by_hand(), *_not_values()]
    return [{"name": _name(number, one), **one} for number, one in enumerate(made, start=1)]


def _name(number: int, one: Case) -> str:
    shown = ", ".join(f"{fact} {value!r}" for fact, value in one["call"].items()) or "nothing known"
    return f"{number:03d} {' '.join(one['when'].split())} | {shown}"


def _tried(tree: Tree, call: dict[str, Any], *, text: str | None = None) -> Case:
    known = {fact: value for fact, value in call.items() if value is not None}
    return {"when": text or written(tree), "call": known, "holds": _THREE[truth(tree, known)]}


def _joins() -> Iterator[Case]:
    for life in _YES_NO:
        for tree, text in (
            (LIFE, None), (("not", LIFE), "not life_safety"), (("not", ("not", LIFE)), "not not life_safety"),
            (("known", "life_safety"), None), (("not", ("known", "life_safety")), "not known(life_safety)"),
            (("true",), None), (("not", ("true",)), "not true"),
        ):  # fmt: skip
            yield _tried(tree, {"life_safety": life}, text=text)
    for join, life, holiday in itertools.product(("and", "or"), _YES_NO, _YES_NO):
        call = {"life_safety": life, "holiday": holiday}
        yield _tried((join, (LIFE, HOLIDAY)), call, text=f"life_safety {join} holiday")
        yield _tried(("not", (join, (LIFE, HOLIDAY))), call, text=f"not (life_safety {join} holiday)")


def _comparisons() -> Iterator[Case]:
    for sign, value in itertools.product(_SIGNS, (1, 2, 3, None)):
        yield _tried(("compare", "priority", sign, 2), {"priority": value})
    for sign, place in itertools.product(_SIGNS, (*DOMAINS["place"], None)):
        yield _tried(("compare", "place", sign, "federal_property"), {"place": place})
    for sign, value in itertools.product(_SIGNS, (0, 4)):
        yield _tried(("compare", "priority", sign, value), {"priority": value})


def _lists() -> Iterator[Case]:
    for value in (*DOMAINS["priority"], None):
        yield _tried(("in", "priority", (1, 3)), {"priority": value})
    for value in (*DOMAINS["place"], None):
        yield _tried(("in", "place", ("city", "elsewhere")), {"place": value})
        yield _tried(("not", ("in", "place", ("city",))), {"place": value}, text="not place in ('city')")


def _nested() -> Iterator[Case]:
    """`not` binds closest, `or` least; three facts, every combination of yes, no and unknown."""
    shapes = (
        ("life_safety or holiday and officer_assaulted", ("or", (LIFE, ("and", (HOLIDAY, OFFICER))))),
        ("(life_safety or holiday) and officer_assaulted", ("and", (("or", (LIFE, HOLIDAY)), OFFICER))),
        ("not life_safety and holiday or officer_assaulted", ("or", (("and", (("not", LIFE), HOLIDAY)), OFFICER))),
    )
    for (text, tree), values in itertools.product(shapes, itertools.product(_YES_NO, repeat=3)):
        call = dict(zip(("life_safety", "holiday", "officer_assaulted"), values, strict=True))
        yield _case_of_three(text, tree, call)


def _case_of_three(text: str, tree: Tree, call: dict[str, Any]) -> Case:
    known = {fact: value for fact, value in call.items() if value is not None}
    return {"when": text, "call": known, "holds": _THREE[truth(tree, known)]}


def _by_hand() -> Iterator[Case]:
    """Spellings that the second way of working out does not know, said by hand."""
    said: list[tuple[str, dict[str, Any], bool | None]] = [
        *(("1 <= priority <= 3", {"priority": value}, 1 <= value <= 3) for value in range(5)),
        ("1 <= priority <= 3", {}, None),
        *(("1 < priority < 3", {"priority": value}, value == 2) for value in range(5)),
        *(("3 >= priority > 1", {"priority": value}, value in (2, 3)) for value in range(5)),
        *(("2 < priority", {"priority": value}, value > 2) for value in range(5)),
        *(("2 == priority", {"priority": value}, value == 2) for value in range(5)),
        ("'city' == place", {"place": "city"}, True),
        ("'city' != place", {"place": "city"}, False),
        ("priority == 2 or priority != 2", {}, None),
        ("life_safety or not life_safety", {}, None),
        ("life_safety and not life_safety", {}, None),
        ("known(priority) or priority == 2", {}, None),
        ("not known(priority) or priority == 2", {}, True),
        ("known(priority) and priority == 2", {}, False),
        ("requester == 'public'", {"requester": "public"}, True),
        ("requester in ('public', 'alarm')", {"requester": "officer"}, False),
        ("life_safety\n  or holiday", {"holiday": True}, True),
        ("((life_safety))", {"life_safety": False}, False),
        ("true or life_safety", {}, True),
        ("not true and life_safety", {}, False),
    ]
    for when, call, holds in said:
        yield {"when": when, "call": call, "holds": holds}


def _not_values() -> Iterator[Case]:
    """What is not a declared value of its fact is unknown; nothing is taken for something else."""
    strange: list[tuple[str, object]] = [
        ("priority == 1", True), ("priority == 1", 9), ("priority == 1", -1), ("priority == 1", "1"),
        ("priority == 1", 1.0), ("priority != 1", 9), ("priority in (0, 1)", 9), ("known(priority)", 9),
        ("known(priority)", "1"), ("known(priority)", None),
        ("life_safety", 1), ("life_safety", "true"), ("life_safety", "yes"), ("not life_safety", 0),
        ("not life_safety", ""), ("known(life_safety)", 1),
        ("place == 'city'", "City"), ("place == 'city'", "city "), ("place != 'city'", "moon"), ("place == 'city'", ""),
        ("known(place)", "moon"), ("place in ('city')", None),
    ]  # fmt: skip
    for when, value in strange:
        fact = next(name for name in FACTS if name in when)
        yield {"when": when, "call": {fact: value}, "holds": False if when.startswith("known") else None}
