"""What a condition means: frozen nodes, and their three-valued (Kleene) truth.

A condition is definitely true (True), definitely false (False) or unknown (None). A comparison with a fact that is
missing is unknown; `and`, `or` and `not` follow Kleene's strong logic; `known(fact)` is never unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from answerable.model.vocabulary import FactValue

Facts: TypeAlias = Mapping[str, FactValue | None]
"""Facts of one call, already held against their types: an undeclared value stands here as None."""

Test: TypeAlias = Callable[[Facts], bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Always:
    """The literal `true`."""

    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo:
    """A yes-no fact as a bare name."""

    fact: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """`known(fact)`: whether the fact has a value."""

    fact: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A fact against one value, the fact on the left. `order` is the list of an ordered one-of, lowest first."""

    fact: str
    sign: str
    value: int | str
    order: tuple[str, ...] = ()
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`fact in (value, …)`."""

    fact: str
    values: tuple[int | str, ...]
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """`not part`."""

    part: Node
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of two or more parts; a chained comparison is one too."""

    parts: tuple[Node, ...]
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Any of two or more parts."""

    parts: tuple[Node, ...]
    offset: int


Atom: TypeAlias = YesNo | Known | Compare | Member
Node: TypeAlias = Always | Atom | Not | And | Or


def atoms(node: Node) -> Iterator[Atom]:
    """Every part that looks at a fact, in the order of the text."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from atoms(part)
    elif isinstance(node, Not):
        yield from atoms(node.part)
    elif not isinstance(node, Always):
        yield node


def written(node: Node) -> str:
    """The node in the language again, without needless brackets."""
    match node:
        case Always():
            return "true"
        case YesNo():
            return node.fact
        case Known():
            return f"known({node.fact})"
        case Compare():
            return f"{node.fact} {node.sign} {_literal(node.value)}"
        case Member():
            return f"{node.fact} in ({', '.join(map(_literal, node.values))})"
        case Not():
            return f"not {_bracketed(node.part)}"
        case And() | Or():
            return (" and " if isinstance(node, And) else " or ").join(map(_bracketed, node.parts))


def _bracketed(node: Node) -> str:
    return f"({written(node)})" if isinstance(node, And | Or) else written(node)


def _literal(value: int | str) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def compiled(node: Node) -> Test:
    """The node as a function of the facts. Facts the mapping lacks are unknown."""
    match node:
        case Always():
            return lambda _facts: True
        case Not():
            return _negation(compiled(node.part))
        case And():
            return _conjunction([compiled(part) for part in node.parts])
        case Or():
            return _disjunction([compiled(part) for part in node.parts])
        case YesNo():
            return _lookup(node.fact)
        case Known():
            fact = node.fact
            return lambda facts: facts.get(fact) is not None
        case _:
            return _comparison(node.fact, admits(node))


def admits(atom: Atom) -> Callable[[FactValue], bool]:
    """Whether a comparison or a bare fact is true of a *known* value."""
    match atom:
        case YesNo():
            return bool
        case Known():
            return lambda _value: True
        case Member():
            values = frozenset(atom.values)
            return lambda value: value in values
        case Compare(order=()):
            return _against(atom.sign, atom.value)
        case Compare():
            order = atom.order
            test = _against(atom.sign, order.index(str(atom.value)))
            return lambda value: test(order.index(str(value)))


_SIGNS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _against(sign: str, value: FactValue) -> Callable[[FactValue], bool]:
    compare = _SIGNS[sign]
    return lambda known: compare(known, value)


def _lookup(fact: str) -> Test:
    def test(facts: Facts) -> bool | None:
        value = facts.get(fact)
        return None if value is None else bool(value)

    return test


def _comparison(fact: str, true_of: Callable[[FactValue], bool]) -> Test:
    def test(facts: Facts) -> bool | None:
        value = facts.get(fact)
        return None if value is None else true_of(value)

    return test


def _negation(part: Test) -> Test:
    def test(facts: Facts) -> bool | None:
        truth = part(facts)
        return None if truth is None else not truth

    return test


def _conjunction(parts: Sequence[Test]) -> Test:
    def test(facts: Facts) -> bool | None:
        result: bool | None = True
        for part in parts:
            truth = part(facts)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return test


def _disjunction(parts: Sequence[Test]) -> Test:
    def test(facts: Facts) -> bool | None:
        result: bool | None = False
        for part in parts:
            truth = part(facts)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return test
