"""When a condition is definitely true: `all`, `any` and "the class of the fact is in this set", over a box of calls.

A *box* is a set of calls: for each fact the set of its classes, as bits of one whole number, each fact in a field of
its own (see `space.Space`). A box has at least one class of every fact. Over a box a formula holds everywhere (True),
nowhere (False), or not alike: then it names a look to split the box by. `support` has the bits of every fact that a
formula looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

Box: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Among:
    """The class of fact number `fact` is one of `inside` and none of `outside`: bits of that fact's field in a box."""

    fact: int
    inside: int
    outside: int

    @property
    def support(self) -> int:
        """The field of its fact."""
        return self.inside | self.outside

    def over(self, box: Box) -> Standing:
        """How the look stands over a box."""
        if not box & self.outside:
            return True
        return self if box & self.inside else False

    def opposite(self) -> Among:
        """The same look, satisfied by the other classes."""
        return Among(self.fact, self.outside, self.inside)


Standing: TypeAlias = bool | Among


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds: each look (of different facts) and each of the rest."""

    looks: tuple[Among, ...] = ()
    rest: tuple[Formula, ...] = ()
    _insides: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _outside: int = field(init=False, repr=False, compare=False)
    support: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "support", support_of((*self.looks, *self.rest)))
        object.__setattr__(self, "_insides", tuple(look.inside for look in self.looks))
        object.__setattr__(self, "_outside", sum(look.outside for look in self.looks))

    def over(self, box: Box) -> Standing:
        """How all parts together stand over a box."""
        result: Standing = True
        if box & self._outside:
            for inside in self._insides:
                if not box & inside:
                    return False
            for look in self.looks:
                if box & look.outside:
                    result = look
                    break
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
    support: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "support", support_of((*self.looks, *self.rest)))

    def over(self, box: Box) -> Standing:
        """How any of the parts stands over a box."""
        result: Standing = False
        for look in self.looks:
            if not box & look.outside:
                return True
            if result is False and box & look.inside:
                result = look
        for part in self.rest:
            found = part.over(box)
            if found is True:
                return True
            if found is not False and result is False:
                result = found
        return result


Formula: TypeAlias = Among | AllOf | AnyOf


def all_of(parts: Iterable[Formula]) -> Formula:
    """All parts as one formula, looks at the same fact merged."""
    looks: dict[int, Among] = {}
    rest: list[Formula] = []
    for part in parts:
        inner = part.looks if isinstance(part, AllOf) else (part,) if isinstance(part, Among) else ()
        for look in inner:
            known = looks.get(look.fact, look)
            looks[look.fact] = Among(look.fact, known.inside & look.inside, known.outside | look.outside)
        rest += part.rest if isinstance(part, AllOf) else [] if isinstance(part, Among) else [part]
    merged = tuple(looks.values())
    return merged[0] if len(merged) == 1 and not rest else AllOf(merged, tuple(rest))


def any_of(parts: Iterable[Formula]) -> Formula:
    """Any part as one formula, looks at the same fact merged."""
    looks: dict[int, Among] = {}
    rest: list[Formula] = []
    for part in parts:
        inner = part.looks if isinstance(part, AnyOf) else (part,) if isinstance(part, Among) else ()
        for look in inner:
            known = looks.get(look.fact, look)
            looks[look.fact] = Among(look.fact, known.inside | look.inside, known.outside & look.outside)
        rest += part.rest if isinstance(part, AnyOf) else [] if isinstance(part, Among) else [part]
    merged = tuple(looks.values())
    return merged[0] if len(merged) == 1 and not rest else AnyOf(merged, tuple(rest))


def support_of(formulas: Iterable[Formula]) -> int:
    """The bits of every fact that some of the formulas look at."""
    bits = 0
    for formula in formulas:
        bits |= formula.support
    return bits


ALWAYS = AllOf()
NEVER = AnyOf()


def looks_in(formula: Formula) -> int:
    """How many looks a formula has: what it costs, at most, to hold it against a box."""
    if isinstance(formula, Among):
        return 1
    return len(formula.looks) + sum(looks_in(part) for part in formula.rest)


def open_looks(formula: Formula, box: Box) -> int:
    """How many looks of an open formula are open: with one, it stands or falls with that one. A guess for `any`."""
    if isinstance(formula, AllOf):
        return sum(1 for look in formula.looks if box & look.outside) + 2 * len(formula.rest)
    return 1 if isinstance(formula, Among) else 2


def narrowed(formula: Formula, box: Box) -> Box | None:
    """The box without calls of which `formula` is plainly not true. None: no call is left."""
    looks = formula.looks if isinstance(formula, AllOf) else (formula,) if isinstance(formula, Among) else ()
    for look in looks:
        if not box & look.inside:
            return None
        box &= ~look.outside
    return None if formula == NEVER else box


class Chain(msgspec.Struct, frozen=True, gc=False):
    """Formulas in order, each with an answer: the first that holds gives it; where none does, `otherwise`."""

    links: tuple[tuple[Formula, int | None], ...]
    otherwise: int | None

    def over(self, box: Box) -> int | Open | None:
        """The one answer for every call of the box, or else a look to split it by."""
        for at, (formula, answer) in enumerate(self.links):
            found = formula.over(box)
            if found is True:
                return answer
            if found is not False:
                return Open(found, self._rest(box, at))
        return self.otherwise

    def narrowed(self, box: Box) -> Chain:
        """The chain with the same answers in the box, and without what makes no difference there."""
        links, otherwise = [], self.otherwise
        for formula, answer in self.links:
            found = formula.over(box)
            if found is True:
                otherwise = answer
                break
            if found is not False:
                links.append((formula, answer))
        while links and links[-1][1] == otherwise:
            links.pop()
        return Chain(tuple(links), otherwise)

    def _rest(self, box: Box, at: int) -> Chain:
        """Without the links that hold nowhere in the box: those before `at` are known not to."""
        links: list[tuple[Formula, int | None]] = [self.links[at]]
        for link in self.links[at + 1 :]:
            found = link[0].over(box)
            if found is not False:
                links.append(link)
                if found is True:
                    break
        return Chain(tuple(links), self.otherwise)


class Open(msgspec.Struct, frozen=True, gc=False):
    """A look to split a box by, and what is left of the chain for its parts."""

    look: Among
    chain: Chain


def chain_of(formulas: Sequence[Formula]) -> Chain:
    """The chain that answers with the number of the first formula that holds (their count, where none does)."""
    return Chain(tuple((formula, number) for number, formula in enumerate(formulas)), len(formulas))
