"""What speaks for an entry of a list being a certain call: weights of evidence in doublings of the odds, all stated.

For each thing compared, a weight is log2 of how often it looks so where it is the call, against how often it does among
the calls of the same hours (Good 1950; Fellegi and Sunter 1969, J. Am. Stat. Assoc. 64:1183). The latter is counted in
the record itself, entry by entry; the former is a table below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import IntEnum
from math import exp, log2

import msgspec

from answerable.model.listed import ListedCall, Weight
from answerable.model.times import spoken_duration

WINDOW_S = 2 * 3600
"""Calls further from the time remembered are not looked at, unless it is said to be rougher than an hour."""

IN_RECORD = 0.8
"""How likely it is, before anything is compared, that a call somebody made is in a record of all calls."""

_FORGOTTEN = 0.1
"""How often a time is remembered wrongly altogether, so that it may be anywhere in the window."""


class Place(IntEnum):
    """How well the places agree: the best of what can be compared."""

    ELSEWHERE = 0
    DISTRICT = 1
    BEAT = 2
    SOME_WORDS = 3
    ALL_WORDS = 4


class Kind(IntEnum):
    """How well the kinds of call agree, word by word."""

    OTHER = 0
    SOME_WORDS = 1
    ALL_WORDS = 2


_PLACE_WORDS = {
    Place.ALL_WORDS: "the place agrees",
    Place.SOME_WORDS: "part of the place agrees",
    Place.BEAT: "the same beat, another place",
    Place.DISTRICT: "the same district, another beat",
    Place.ELSEWHERE: "another place",
}
_KIND_WORDS = {
    Kind.ALL_WORDS: "the same kind of call",
    Kind.SOME_WORDS: "a similar kind of call",
    Kind.OTHER: "another kind of call",
}
_BEST, _NONE = 0.75, 0.05
"""Where it is the call: how often the finest thing that can be compared agrees, and how often nothing does."""
_KIND_IF_SAME = {Kind.ALL_WORDS: 0.5, Kind.SOME_WORDS: 0.25, Kind.OTHER: 0.25}


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """An entry and a call near it in time: what an engine compares. None: one of the two does not say."""

    entry: str
    call: str
    received_us: int
    place: Place | None
    kind: Kind | None


def window_s(entry: ListedCall) -> int:
    """How far from the time remembered a call is still looked at."""
    return max(WINDOW_S, 2 * entry.within_s)


def weigh(entry: ListedCall, pairs: Sequence[Pair]) -> dict[str, tuple[Weight, ...]]:
    """The weights of each call near an entry, by call. `pairs` must be all calls within the window."""
    places, kinds = Counter(one.place for one in pairs), Counter(one.kind for one in pairs)
    levels = _levels(entry)
    return {
        one.call: (
            _time(entry, one.received_us),
            *([] if one.place is None else [_place(one.place, levels, places)]),
            *([] if one.kind is None else [_kind(one.kind, kinds)]),
        )
        for one in pairs
    }


def absent_bits(nearby: int) -> float:
    """The weight of "not in the record" against one of so many calls near it."""
    return log2((1 - IN_RECORD) / IN_RECORD * max(nearby, 1))


def _time(entry: ListedCall, received_us: int) -> Weight:
    """Memory strays by what the entry says it may (Laplace), or altogether; other calls lie evenly in the window."""
    off_s = abs(received_us - entry.about_us) / 1_000_000
    window = window_s(entry)
    spread_s = max(entry.within_s / 3, 30.0)
    density = (1 - _FORGOTTEN) * exp(-off_s / spread_s) / (2 * spread_s) + _FORGOTTEN / (2 * window)
    return Weight(what=f"time off by {spoken_duration(off_s)}", bits=_bits(log2(density * 2 * window)))


def _levels(entry: ListedCall) -> tuple[Place, ...]:
    """What of the place an entry can agree in, best first."""
    given = ((entry.place, (Place.ALL_WORDS, Place.SOME_WORDS)), (entry.beat, (Place.BEAT,)))
    found = [level for text, levels in given if text for level in levels]
    return (*found, *([Place.DISTRICT] if entry.district else []))


def _place(level: Place, levels: Sequence[Place], seen: Counter[Place | None]) -> Weight:
    rest = (1 - _BEST - _NONE) / (len(levels) - 1) if len(levels) > 1 else 0.0
    best = _BEST if len(levels) > 1 else 1 - _NONE
    if_same = _NONE if level is Place.ELSEWHERE else best if level == levels[0] else rest
    return Weight(what=_PLACE_WORDS[level], bits=_bits(log2(if_same / _share(level, seen, of=len(levels) + 1))))


def _kind(level: Kind, seen: Counter[Kind | None]) -> Weight:
    return Weight(what=_KIND_WORDS[level], bits=_bits(log2(_KIND_IF_SAME[level] / _share(level, seen, of=len(Kind)))))


def _share(level: Place | Kind, seen: Counter[Place | None] | Counter[Kind | None], *, of: int) -> float:
    """How often other calls of those hours look so: counted, with half a call added to each level."""
    known: Iterable[int] = (count for value, count in seen.items() if value is not None)
    return (seen[level] + 0.5) / (sum(known) + 0.5 * of)  # type: ignore[index]


def _bits(value: float) -> float:
    return round(value, 1)
