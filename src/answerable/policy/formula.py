"""When a condition is definitely true: `all`, `any` and "the class of the fact is in this set", over a box of calls.

A *box* is a set of calls: for each fact the set of its classes, as bits of a whole number; bit 0 is "unknown". Over a
box a formula holds everywhere (True), nowhere (False), or not alike: then it names a look to split the box by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Box: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """The class of fact number `fact` is one of `classes` (bits)."""

    fact: int
    classes: int

    def over(self, box: Box) -> Standing:
        """How the look stands over a box."""
        bits = box[self.fact]
        inside = bits & self.classes
        return False if not inside else True if inside == bits else self

    def opposite(self) -> Among:
        """The same look, satisfied by the other classes."""
        return Among(self.fact, ~self.classes)


Standing: TypeAlias = bool | Among


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds: each look (of different facts) and each of the rest."""

    looks: tuple[Among, ...] = ()
    rest: tuple[Formula, ...] = ()
    _quick: tuple[tuple[int, int, Among], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_quick", tuple((look.fact, look.classes, look) for look in self.looks))

    def over(self, box: Box) -> Standing:
        """How all parts together stand over a box."""
        result: Standing = True
        for fact, classes, look in self._quick:
            bits = box[fact]
            inside = bits & classes
            if not inside:
                return False
            if inside != bits and result is True:
                result = look
        for part in self.rest:
            found = part.over(box)
            if found is False:
                return False
            if found is not True and result is True:
                result = found
        return result


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some part holds: one of the looks (at different facts) or one of the rest."""

    looks: tuple[Among, ...] = ()
    rest: tuple[Formula, ...] = ()

    def over(self, box: Box) -> Standing:
        """How any of the parts stands over a box."""
        result: Standing = False
        for part in (*self.looks, *self.rest):
            found = part.over(box)
            if found is True:
                return True
            if found is not False and result is False:
                result = found
        return result


Formula: TypeAlias = Among | AllOf | AnyOf

ALWAYS = AllOf()
NEVER = AnyOf()


def all_of(parts: Iterable[Formula]) -> Formula:
    """All parts as one formula, looks at the same fact merged."""
    looks: dict[int, int] = {}
    rest: list[Formula] = []
    for part in parts:
        inner = part.looks if isinstance(part, AllOf) else (part,) if isinstance(part, Among) else ()
        for look in inner:
            looks[look.fact] = looks.get(look.fact, look.classes) & look.classes
        rest += part.rest if isinstance(part, AllOf) else [] if isinstance(part, Among) else [part]
    merged = _merged(looks)
    return merged[0] if len(merged) == 1 and not rest else AllOf(merged, tuple(rest))


def any_of(parts: Iterable[Formula]) -> Formula:
    """Any part as one formula, looks at the same fact merged."""
    looks: dict[int, int] = {}
    rest: list[Formula] = []
    for part in parts:
        inner = part.looks if isinstance(part, AnyOf) else (part,) if isinstance(part, Among) else ()
        for look in inner:
            looks[look.fact] = looks.get(look.fact, 0) | look.classes
        rest += part.rest if isinstance(part, AnyOf) else [] if isinstance(part, Among) else [part]
    merged = _merged(looks)
    return merged[0] if len(merged) == 1 and not rest else AnyOf(merged, tuple(rest))


def _merged(looks: dict[int, int]) -> tuple[Among, ...]:
    return tuple(Among(fact, classes) for fact, classes in looks.items())


def open_looks(formula: Formula, box: Box) -> int:
    """How many looks of an open formula are open: with one, it stands or falls with that one. A guess for `any`."""
    if isinstance(formula, AllOf):
        return sum(box[look.fact] & ~look.classes != 0 for look in formula.looks) + 2 * len(formula.rest)
    return 1 if isinstance(formula, Among) else 2


def narrowed(formula: Formula, box: Box) -> Box | None:
    """The box without calls of which `formula` is plainly not true. None: no call is left."""
    looks = formula.looks if isinstance(formula, AllOf) else (formula,) if isinstance(formula, Among) else ()
    classes = list(box)
    for look in looks:
        classes[look.fact] &= look.classes
        if not classes[look.fact]:
            return None
    return None if formula == NEVER else tuple(classes)


def first_true(formulas: Sequence[Formula], box: Box) -> int | Among:
    """The number of the first formula that holds (their count, where none does), or a look to split the box by."""
    for index, formula in enumerate(formulas):
        found = formula.over(box)
        if found is True:
            return index
        if found is not False:
            return found
    return len(formulas)
