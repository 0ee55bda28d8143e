"""What an example may expect, and how a decision says the same things: one spelling for both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from answerable.model.duty import PolicyDecision
from answerable.model.times import duration_text
from answerable.model.vocabulary import FactType, FactValue
from answerable.policy import keys
from answerable.policy.faults import Names
from answerable.policy.spelling import nearest, quoted
from answerable.policy.table import Table, named

Expected: TypeAlias = str | tuple[str, ...]

NONE: Final = "none"
"""What an example writes where it expects that there is no such thing: no rule, no such clock."""

KEYS: Final = keys.names(keys.EXPECT)
_LISTS: Final = ("satisfied-by", "escalate-to", "open")


def read_given(table: Table, facts: Mapping[str, FactType]) -> dict[str, FactValue]:
    """The facts of an example's call, each with a declared value."""
    table.only(facts)
    given: dict[str, FactValue] = {}
    for fact in table.names():
        value, kind = table.raw(fact), facts[fact]
        if kind.admits(value):
            given[fact] = value
        else:
            table.tell(f"{fact} is never {_shown(value, kind)}", key=fact, hint=_possible(kind, value))
    return given


def _shown(value: object, kind: FactType) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int) and not isinstance(value, bool) and kind.first is not None and abs(value) < 10**18:
        return str(value)
    return named(value)


def _possible(kind: FactType, value: object) -> str:
    if kind.yes_no:
        return "write true or false, or leave it out where it is unknown"
    if kind.one_of:
        return nearest(value if isinstance(value, str) else "", kind.one_of)
    return f"it goes from {kind.first} to {kind.last}"


def read_expectations(
    table: Table, *, facts: Mapping[str, FactType], ranks: Names, rules: Names
) -> dict[str, Expected]:
    """What an example expects of the decision, as `decision_says` spells it."""
    table.only(KEYS)
    names: dict[str, Names] = {"duty": keys.DUTIES, "rule": rules, "decline-by": ranks}
    lists: dict[str, Names] = {"satisfied-by": keys.WAYS, "escalate-to": ranks, "open": [*facts]}
    expect: dict[str, Expected] = {}
    for key in table.names():
        if key in names:
            possible = names[key]
            expect[key] = table.one_of(key, None if possible is None else [*possible, NONE])
        elif key in lists:
            expect[key] = () if table.raw(key) == [] else table.texts_of(key, lists[key])
        else:
            expect[key] = NONE if table.raw(key) == NONE else duration_text(table.duration_s(key))
    if not expect and not table.refused:
        table.tell("the example expects nothing", hint=f"expect at least one of {', '.join(KEYS)}")
    return expect


def decision_says(decision: PolicyDecision) -> dict[str, Expected]:
    """Every key that an example may expect, as this decision has it. Lists of names are sorted by `same`."""
    limits = {key: decision.within_s(kind) for key, kind in keys.LIMITS.items()}
    durations = {"review-every": decision.review_every_s, "decide-within": decision.decide_within_s, **limits}
    return {
        "duty": NONE if decision.duty is None else decision.duty.value,
        "rule": decision.rule or NONE,
        "decline-by": decision.decline_by or NONE,
        **{key: NONE if value is None else duration_text(value) for key, value in durations.items()},
        "satisfied-by": tuple(way.value for way in decision.satisfied_by),
        "escalate-to": decision.escalate_to,
        "open": decision.open,
    }


def same(expected: Expected, found: Expected) -> bool:
    """Whether both say the same; the order of a list does not matter. Durations are in one spelling already."""
    if isinstance(expected, tuple) and isinstance(found, tuple):
        return sorted(expected) == sorted(found)
    return expected == found


def spoken(value: Expected) -> str:
    """An expected or found value in a message."""
    return ", ".join(value) or "nothing" if isinstance(value, tuple) else value
