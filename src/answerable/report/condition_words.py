"""A policy's condition as people say it: `3 <= priority <= 5` is "priority is 3 to 5"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from answerable.model.vocabulary import FactType
from answerable.policy import Condition
from answerable.policy.expression import Always, And, Compare, Known, Member, Node, Not, Or, YesNo

_SIGNS: Final = {"<": "less than {}", "<=": "at most {}", ">": "more than {}", ">=": "at least {}"}
_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_FEW: Final = 3
"""So many numbers are named one by one: "0 or 1" cannot be misread where 0 is the most urgent."""


def plain(name: object) -> str:
    """A name of a fact, value or rank without its underscores."""
    return str(name).replace("_", " ")


def condition_words(condition: Condition) -> str:
    """The condition in words. A missing fact makes none of them true, except where they say "not known"."""
    return _Words(condition.types).said(condition.node)


class _Words:
    """Says the nodes of one condition, whose facts have these types."""

    def __init__(self, types: Mapping[str, FactType]) -> None:
        self._types = types

    def said(self, node: Node, *, inside: bool = False) -> str:
        """`inside`: the words stand in others, so that "and" and "or" need brackets."""
        match node:
            case Always():
                return "always"
            case And():
                return self._range(node) or self._joined(node.parts, "and", inside=inside)
            case Or():
                return self._joined(node.parts, "or", inside=inside)
            case Not():
                return self._negated(node.part, inside=inside)
            case YesNo():
                return plain(node.fact)
            case Known():
                return f"{plain(node.fact)} is known"
            case Compare():
                return self._compared(node)
            case Member():
                return f"{_is(node.fact)} {_either(node.values)}"

    def _joined(self, parts: tuple[Node, ...], word: str, *, inside: bool) -> str:
        text = f" {word} ".join(self.said(part, inside=True) for part in parts)
        return f"({text})" if inside else text

    def _range(self, node: And) -> str | None:
        """`3 <= priority <= 5` in one phrase."""
        match node.parts:
            case (Compare(sign=">=") as low, Compare(sign="<=") as high) if low.fact == high.fact:
                return f"{plain(low.fact)} is {plain(low.value)} to {plain(high.value)}"
        return None

    def _compared(self, node: Compare) -> str:
        if node.sign == "==":
            return f"{_is(node.fact)} {plain(node.value)}"
        if node.sign == "!=":
            return f"{plain(node.fact)} is known and not {plain(node.value)}"
        few = self._numbers(node)
        return f"{plain(node.fact)} is {_either(few) if few else _SIGNS[node.sign].format(plain(node.value))}"

    def _numbers(self, node: Compare) -> Sequence[int]:
        """The numbers that satisfy a comparison, where they are few."""
        kind = self._types[node.fact]
        if kind.first is None or kind.last is None or not isinstance(node.value, int):
            return ()
        numbers = {
            "<": range(kind.first, node.value),
            "<=": range(kind.first, node.value + 1),
            ">": range(node.value + 1, kind.last + 1),
            ">=": range(node.value, kind.last + 1),
        }[node.sign]
        return numbers if len(numbers) <= _FEW else ()

    def _negated(self, part: Node, *, inside: bool) -> str:
        """`not`, moved inwards as Kleene's logic allows: what is unknown is said of neither."""
        match part:
            case Always():
                return "never"
            case YesNo():
                return f"{plain(part.fact)}: no"
            case Known():
                return f"{plain(part.fact)} is not known"
            case Compare():
                return self.said(replace(part, sign=_OPPOSITE[part.sign]), inside=inside)
            case Member():
                return f"{plain(part.fact)} is known and not {_either(part.values)}"
            case Not():
                return self.said(part.part, inside=inside)
            case And():
                return self.said(Or(parts=_each_negated(part.parts), offset=part.offset), inside=inside)
            case Or():
                return self.said(And(parts=_each_negated(part.parts), offset=part.offset), inside=inside)


def _is(fact: str) -> str:
    """`kind is`, and `asks for` as it stands."""
    return plain(fact) if fact.endswith("_for") else f"{plain(fact)} is"


def _each_negated(parts: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(Not(part=part, offset=part.offset) for part in parts)


def _either(values: Sequence[int | str]) -> str:
    said = [plain(value) for value in values]
    return " or ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]
