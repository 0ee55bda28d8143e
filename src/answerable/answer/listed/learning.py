"""How the people of this list remember, learned from the list itself: nobody has to say which call is the right one.

Expectation and maximisation (Dempster, Laird and Rubin 1977, J. R. Stat. Soc. B 39:1; for linkage Winkler 1988): each
call near an entry counts by how probable it is, and what is counted so corrects the table. The table that is assumed
counts like `ENTRIES` entries, so that a short list changes little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from answerable.answer.listed.weights import (
    ASSUMED,
    Area,
    Kind,
    Place,
    Seen,
    absent_bits,
    bits_of,
    kept_density,
    window_s,
)
from answerable.model.listed import ListedCall, Memory

ENTRIES = 20
"""As many entries the assumed table is worth."""

ROUNDS = 20
_STEADY = 0.002
_LEAST = 0.001
_PLAUSIBLE = 0.001
"""A call less probable than this is left out of the counts: it changes no third digit."""


class _Counts:
    """What was counted in one round, begun with what is assumed."""

    def __init__(self) -> None:
        self.levels = {
            kind: [ENTRIES * share for share in ASSUMED.table(kind.__name__.lower())] for kind in (Place, Area, Kind)
        }
        self.there, self.entries = ENTRIES * ASSUMED.in_record, float(ENTRIES)
        self.off, self.kept = ENTRIES * (1 - ASSUMED.forgotten) * ASSUMED.spread, ENTRIES * (1 - ASSUMED.forgotten)
        self.lost = ENTRIES * ASSUMED.forgotten

    def add(self, entry: ListedCall, one: Seen, probability: float, memory: Memory) -> None:
        """One call near an entry, as far as it is the call."""
        for look in one.looks:
            self.levels[type(look.level)][look.level] += probability
        kept = kept_density(entry, one.off_s, memory)
        share = kept / (kept + memory.forgotten / (2 * window_s(entry)))
        self.kept += probability * share
        self.lost += probability * (1 - share)
        self.off += probability * share * one.off_s / entry.within_s

    def memory(self) -> Memory:
        """The table that these counts give, to three digits."""
        place, area, kind = (_shares(self.levels[one]) for one in (Place, Area, Kind))
        return Memory(
            place=place,
            area=area,
            kind=kind,
            in_record=min(_figure(self.there / self.entries), 1 - _LEAST),
            spread=_figure(self.off / self.kept),
            forgotten=_figure(self.lost / (self.kept + self.lost)),
        )


def learned(entries: Sequence[ListedCall], near: Mapping[str, Sequence[Seen]]) -> Memory:
    """The memory of a list; `near` are the calls near each of its entries."""
    memory = ASSUMED
    for _ in range(ROUNDS):
        before, memory = memory, _round(entries, near, memory)
        if _apart(before, memory) < _STEADY:
            break
    return memory


def _round(entries: Sequence[ListedCall], near: Mapping[str, Sequence[Seen]], memory: Memory) -> Memory:
    counts = _Counts()
    for entry in entries:
        calls = near[entry.id]
        odds = [2.0**bits for bits in bits_of(entry, calls, memory)]
        whole = sum(odds) + 2.0 ** absent_bits(len(calls), memory)
        counts.entries += 1
        counts.there += sum(odds) / whole
        for one, odd in zip(calls, odds, strict=True):
            if odd > _PLAUSIBLE * whole:
                counts.add(entry, one, odd / whole, memory)
    return counts.memory()


def _shares(counted: Sequence[float]) -> tuple[float, ...]:
    return tuple(_figure(one / sum(counted)) for one in counted)


def _figure(value: float) -> float:
    """To three digits, and never nothing: however long a list is, what it never shows may still happen."""
    return max(round(value, 3), _LEAST)


def _apart(one: Memory, other: Memory) -> float:
    pairs = zip(msgspec.structs.astuple(one), msgspec.structs.astuple(other), strict=True)
    return max(abs(a - b) for mine, its in pairs for a, b in zip(_flat(mine), _flat(its), strict=True))


def _flat(value: float | tuple[float, ...]) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (value,)
