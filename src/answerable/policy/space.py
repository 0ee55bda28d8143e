"""Every possible call, as a finite space: per fact the classes of values that a set of conditions cannot tell apart.

A condition is *definitely true* of a call exactly where a formula without `not` holds (see `formula`): three-valued
logic needs no third value here, because `not` is pushed down to the facts, and the definitely false part of a
comparison is a set of classes as well as the definitely true part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from answerable.model.vocabulary import FactType, FactValue
from answerable.policy.condition import Condition
from answerable.policy.expression import Always, And, Atom, Compare, Known, Member, Node, Not, Or, admits, atoms
from answerable.policy.formula import ALWAYS, NEVER, Among, Box, Formula, all_of, any_of

UNKNOWN_BIT: Final = 1

TABLED: Final = 10_000
"""Numbers with a wider range are looked up in their ranges instead of one by one."""


@dataclass(frozen=True, slots=True)
class Values:
    """Known values of one class: single ones, or (a number) ranges with both ends included."""

    cases: tuple[FactValue | tuple[int, int], ...]

    @property
    def first(self) -> FactValue:
        """The value that stands for the class."""
        case = self.cases[0]
        return case[0] if isinstance(case, tuple) else case


@dataclass(frozen=True, slots=True)
class FactClasses:
    """The classes of one fact. `values[i]` is class i + 1; class 0 is "unknown"."""

    fact: str
    kind: FactType
    values: tuple[Values, ...]
    codes: Mapping[FactValue, int] = field(init=False, repr=False, compare=False)
    """The code of each single value, or none at all where there are too many to list."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", _codes(self.kind, self.values))

    @property
    def count(self) -> int:
        """How many classes there are, "unknown" among them."""
        return len(self.values) + 1

    @property
    def every(self) -> int:
        """The bits of all classes."""
        return (1 << self.count) - 1

    def value_of(self, code: int) -> FactValue | None:
        """The value that stands for a class, None for "unknown"."""
        return None if code == 0 else self.values[code - 1].first

    def code_of(self, value: object) -> int:
        """The class of a value; 0 for one that is missing or not declared."""
        if not isinstance(value, bool | int | str) or not self.kind.admits(value):
            return 0
        if self.codes:
            return self.codes.get(value, 0)
        for code, values in enumerate(self.values, start=1):
            if any(_covers(case, value) for case in values.cases):
                return code
        return 0


def _codes(kind: FactType, values: Sequence[Values]) -> dict[FactValue, int]:
    if kind.first is not None and kind.last is not None and kind.last - kind.first > TABLED:
        return {}
    return {
        value: code
        for code, one in enumerate(values, start=1)
        for case in one.cases
        for value in (range(case[0], case[1] + 1) if isinstance(case, tuple) else (case,))
    }


def _covers(case: FactValue | tuple[int, int], value: FactValue) -> bool:
    if isinstance(case, tuple):
        return not isinstance(value, str) and case[0] <= value <= case[1]
    return case == value


class Space:
    """The classes of every fact that some of the conditions refer to, in the order of `facts`.

    In a box, `fields[n]` has the bits of fact number n: bit 0 of the field is "unknown". A bit above each field stays
    free (see `apart`).
    """

    def __init__(self, facts: Mapping[str, FactType], conditions: Iterable[Condition]) -> None:
        looks: dict[str, list[_Look]] = {}
        for condition in conditions:
            for atom in atoms(condition.node):
                looks.setdefault(atom.fact, []).append(_Look(atom, condition.types[atom.fact]))
        self.facts = tuple(_classes(fact, facts[fact], looks[fact]) for fact in facts if fact in looks)
        self.index = {one.fact: index for index, one in enumerate(self.facts)}
        self.asked = frozenset(
            fact for fact, of_fact in looks.items() if any(isinstance(look.atom, Known) for look in of_fact)
        )
        self._formulas: dict[Formula, Formula] = {}
        self.offsets: list[int] = []
        offset = 0
        for one in self.facts:
            self.offsets.append(offset)
            offset += one.count + 1
        self.fields = tuple(one.every << at for one, at in zip(self.facts, self.offsets, strict=True))
        self.every: Box = sum(self.fields)
        self._lowest = sum(1 << at for at in self.offsets)
        self._free = sum(1 << at + one.count for one, at in zip(self.facts, self.offsets, strict=True))

    def formula(self, condition: Condition, *, truth: bool = True) -> Formula:
        """When the condition is definitely true (or, with `truth=False`, definitely false). Equal ones are one."""
        found = self._formula(condition.node, condition.types, truth=truth)
        return self._formulas.setdefault(found, found)

    def box_of(self, facts: Mapping[str, FactValue | None]) -> Box:
        """The box of exactly one call (up to classes)."""
        return self.box_of_codes(one.code_of(facts.get(one.fact)) for one in self.facts)

    def box_of_codes(self, codes: Iterable[int]) -> Box:
        """The box of the calls with these classes, one code a fact."""
        box = 0
        for at, code in zip(self.offsets, codes, strict=True):
            box |= 1 << at + code
        return box

    def classes(self, box: Box, number: int) -> int:
        """The classes of fact `number` in a box, as bits from 0 ("unknown") on."""
        return (box & self.fields[number]) >> self.offsets[number]

    def unknown(self, box: Box) -> list[int]:
        """The numbers of the facts that no call in the box has."""
        return [number for number, at in enumerate(self.offsets) if box & self.fields[number] == 1 << at]

    def apart(self, one: Box, other: Box) -> int:
        """The facts of which two boxes share no class, as the free bits above their fields.

        A borrow runs into the free bit of exactly those fields that are empty.
        """
        return ~(((one & other) | self._free) - self._lowest) & self._free

    def free_bit(self, number: int) -> int:
        """The free bit above the field of a fact."""
        return 1 << self.offsets[number] + self.facts[number].count

    def _formula(self, node: Node, types: Mapping[str, FactType], *, truth: bool) -> Formula:
        match node:
            case Always():
                return ALWAYS if truth else NEVER
            case Not():
                return self._formula(node.part, types, truth=not truth)
            case And() | Or():
                parts = [self._formula(part, types, truth=truth) for part in node.parts]
                return all_of(parts) if isinstance(node, And) is truth else any_of(parts)
            case _:
                index = self.index[node.fact]
                look = _Look(node, types[node.fact])
                inside = _bits(look, self.facts[index], truth=truth) << self.offsets[index]
                return Among(index, inside, self.fields[index] & ~inside)


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at a fact, by a policy that lists the values of `kind` and no others."""

    atom: Atom
    kind: FactType

    def at(self, value: FactValue) -> bool | None:
        """Its truth of a known value; what the policy does not list is unknown to it."""
        if not self.kind.admits(value):
            return False if isinstance(self.atom, Known) else None
        return admits(self.atom)(value)


def _bits(look: _Look, classes: FactClasses, *, truth: bool) -> int:
    """The classes of which a look at a fact is definitely true (or definitely false)."""
    unknown = UNKNOWN_BIT if isinstance(look.atom, Known) and not truth else 0
    return unknown | sum(
        1 << code for code, values in enumerate(classes.values, start=1) if look.at(values.first) is truth
    )


def _classes(fact: str, kind: FactType, looks: Sequence[_Look]) -> FactClasses:
    """Values that answer every look alike are one class; classes are in the order of their first value."""
    grouped: dict[tuple[bool | None, ...], list[FactValue | tuple[int, int]]] = {}
    for case in _elementary(kind, looks):
        value = case[0] if isinstance(case, tuple) else case
        grouped.setdefault(tuple(look.at(value) for look in looks), []).append(case)
    return FactClasses(fact, kind, tuple(Values(tuple(cases)) for cases in grouped.values()))


def _elementary(kind: FactType, looks: Sequence[_Look]) -> Iterable[FactValue | tuple[int, int]]:
    """The smallest pieces that no look can divide."""
    if kind.yes_no:
        return (False, True)
    if kind.one_of or kind.first is None or kind.last is None:
        return kind.one_of
    cuts = {kind.first} | {cut for cut in _cuts(looks) if kind.first <= cut <= kind.last}
    starts = sorted(cuts)
    return tuple(zip(starts, [*(start - 1 for start in starts[1:]), kind.last], strict=True))


def _cuts(looks: Sequence[_Look]) -> Iterable[int]:
    """Every number from which on some look may answer otherwise."""
    for look in looks:
        if look.kind.first is not None and look.kind.last is not None:
            yield from (look.kind.first, look.kind.last + 1)
        if isinstance(look.atom, Compare | Member):
            for value in (look.atom.value,) if isinstance(look.atom, Compare) else look.atom.values:
                yield from (int(value), int(value) + 1)
