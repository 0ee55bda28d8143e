"""A condition taken apart, each clause with its truth for one call: what an explanation shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from answerable.policy.expression import And, Facts, Node, Not, Or, compiled, written


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One clause: true, false, or (None) unknown. `all of`, `any of` and `not` stand above their parts, one deeper."""

    text: str
    depth: int
    truth: bool | None


Reader: TypeAlias = Callable[[Facts], tuple[Clause, ...]]
"""All clauses of a condition for one call, the whole first."""

_Static: TypeAlias = tuple[str, int, Callable[[Facts], bool | None]]


def reader_of(node: Node) -> Reader:
    """The condition as a function of facts that were held against their types."""
    parts = tuple(_parts(node, depth=0))

    def read(facts: Facts) -> tuple[Clause, ...]:
        return tuple([Clause(text=text, depth=depth, truth=test(facts)) for text, depth, test in parts])

    return read


def _parts(node: Node, *, depth: int) -> list[_Static]:
    test = compiled(node)
    if isinstance(node, And | Or):
        text = "all of" if isinstance(node, And) else "any of"
        below = [inner for part in node.parts for inner in _parts(part, depth=depth + 1)]
        return [(text, depth, test), *below]
    if isinstance(node, Not) and isinstance(node.part, And | Or | Not):
        return [("not", depth, test), *_parts(node.part, depth=depth + 1)]
    return [(written(node), depth, test)]
