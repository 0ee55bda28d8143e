"""A condition ready to be asked: of a policy's rule, or of a claim's scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from answerable.errors import PolicyError
from answerable.model.vocabulary import FactType, FactValue
from answerable.policy.expression import Node, Test, atoms, compiled
from answerable.policy.grammar import parse
from answerable.policy.tokens import ConditionError

Place: TypeAlias = Callable[[int], tuple[int, int]]
"""Line and column (from 1) in the file of a character (from 0) of a condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition that was read and checked.

    `types` has the type of each fact it refers to, in the order of the text; `test` expects facts that were held
    against them (`holds` does both).
    """

    text: str
    node: Node = field(repr=False, compare=False)
    types: Mapping[str, FactType] = field(repr=False)
    test: Test = field(repr=False, compare=False)


def parse_condition(
    text: str, facts: Mapping[str, FactType], *, file: str = "", place: Place | None = None, rule: str | None = None
) -> Condition:
    """The condition `text` over `facts`.

    Raises PolicyError with file, line and column; `place` says where in the file a character of `text` stands
    (left out: lines and columns of the text itself).
    """
    try:
        node = parse(text, facts)
    except ConditionError as fault:
        line, column = (place or _within(text))(fault.offset)
        raise PolicyError(
            fault.message, file=file or None, line=line, column=column, rule=rule, hint=fault.hint
        ) from None
    types = {atom.fact: facts[atom.fact] for atom in atoms(node)}
    return Condition(text=text, node=node, types=types, test=compiled(node))


def holds(condition: Condition, facts: Mapping[str, FactValue | None]) -> bool | None:
    """Whether the condition is true (True), false (False) or unknown (None) of these facts.

    A missing fact, an undeclared value and a number out of range are unknown.
    """
    return condition.test(settled(condition.types, facts))


def settled(types: Mapping[str, FactType], facts: Mapping[str, object]) -> dict[str, FactValue | None]:
    """The facts named in `types`, with None for whatever is missing or not a declared value."""
    known: dict[str, FactValue | None] = {}
    for fact, kind in types.items():
        value = facts.get(fact)
        known[fact] = value if isinstance(value, bool | int | str) and kind.admits(value) else None
    return known


def _within(text: str) -> Place:
    def place(offset: int) -> tuple[int, int]:
        before = text[:offset]
        return before.count("\n") + 1, offset - before.rfind("\n")

    return place
