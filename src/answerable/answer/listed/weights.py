"""What speaks for an entry of a list being a certain call: weights of evidence in doublings of the odds, all stated.

For each thing compared, a weight is log2 of how often it looks so where it is the call, against how often it does among
the calls of the same hours (Good 1950; Fellegi and Sunter 1969, J. Am. Stat. Assoc. 64:1183). The latter is counted in
the record itself, entry by entry; the former is a `Memory`: a table, corrected by the list itself
(`answerable.answer.listed.learning`). How common a place is, is counted over those hours and over the whole record, and
the larger share is taken: on a night on which everybody calls from one gate it says little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from math import exp, log2
from typing import Any

import msgspec

from answerable.model.listed import ListedCall, Memory, Weight
from answerable.model.times import spoken_duration

WINDOW_S = 2 * 3600
"""Calls further from the time remembered are not looked at, unless it is said to be rougher than an hour."""

ASSUMED = Memory(
    place=(0.10, 0.25, 0.65), area=(0.05, 0.15, 0.80), kind=(0.35, 0.25, 0.40), in_record=0.8, spread=0.333,
    forgotten=0.1,
)  # fmt: skip
"""What is assumed before the list itself says anything: people name places better than kinds of call, for which
agencies have words of their own; four in five of the calls that people say they made are in a record of all calls."""

LEAST_SPREAD_S = 30.0


class Place(IntEnum):
    """How well the words of the places agree."""

    OTHER = 0
    SOME_WORDS = 1
    ALL_WORDS = 2


class Area(IntEnum):
    """Whether the call lies in the beat, or else the district, that is named."""

    OTHER = 0
    DISTRICT = 1
    BEAT = 2


class Kind(IntEnum):
    """How well the words of the kinds of call agree."""

    OTHER = 0
    SOME_WORDS = 1
    ALL_WORDS = 2


_WORDS: dict[type[IntEnum], tuple[str, ...]] = {
    Place: ("another place", "part of the place agrees", "the place agrees"),
    Area: ("another area", "the same district", "the same beat"),
    Kind: ("another kind of call", "a similar kind of call", "the same kind of call"),
}
"""Level by level from the worst."""

_FEW = 5
"""With fewer other calls at the same place, an area that agrees says nothing that the place does not."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """An entry and a call near it in time: what an engine compares. None: one of the two does not say."""

    entry: str
    call: str
    received_us: int
    place: Place | None
    area: Area | None
    kind: Kind | None


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """The share of all calls of the record with a place whose words agree with an entry's, wholly and in part."""

    all_words: float = 0.0
    some_words: float = 0.0


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How one thing of a call looks beside an entry, and which share of the other calls looks so."""

    level: Place | Area | Kind
    share: float


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A call near an entry: how far off in time, and how it looks."""

    call: str
    received_us: int
    off_s: float
    looks: tuple[Look, ...]


def window_s(entry: ListedCall) -> int:
    """How far from the time remembered a call is still looked at."""
    return max(WINDOW_S, 2 * entry.within_s)


def seen(entry: ListedCall, pairs: Sequence[Pair], *, common: Common | None = None) -> tuple[Seen, ...]:
    """What can be said of each call near an entry. `pairs` must be all calls within the window."""
    places, kinds = Counter(one.place for one in pairs), Counter(one.kind for one in pairs)
    areas = {place: Counter(one.area for one in pairs if one.place is place) for place in places}
    shares = common or Common()
    least = {Place.ALL_WORDS: shares.all_words, Place.SOME_WORDS: shares.some_words}
    looks: dict[tuple[Place | None, Area | None, Kind | None], tuple[Look, ...]] = {}
    for one in pairs:  # few combinations occur, and most calls share one
        key = (one.place, one.area, one.kind)
        if key not in looks:
            looks[key] = tuple(_looks(one, places, least, areas[one.place], kinds))
    return tuple(
        Seen(
            call=one.call,
            received_us=one.received_us,
            off_s=abs(one.received_us - entry.about_us) / 1_000_000,
            looks=looks[one.place, one.area, one.kind],
        )
        for one in pairs
    )


def _looks(
    one: Pair,
    places: Counter[Place | None],
    least: Mapping[Place, float],
    areas: Counter[Area | None],
    kinds: Counter[Kind | None],
) -> Iterator[Look]:
    if one.place is not None:
        yield _look(one.place, places, least.get(one.place))
    alone = one.place in (Place.ALL_WORDS, Place.SOME_WORDS) and _known(areas) <= _FEW
    if one.area is not None and not alone:
        yield _look(one.area, areas)
    if one.kind is not None:
        yield _look(one.kind, kinds)


def _look(level: Place | Area | Kind, counted: Mapping[Any, int], in_record: float | None = None) -> Look:
    """`in_record`: the share of calls that look so in the whole record; without it the hours alone are counted."""
    others = _known(counted) - 1
    if in_record is None:
        return Look(level=level, share=(counted[level] - 0.5) / (others + 0.5 * len(type(level))))
    return Look(level=level, share=max(in_record, (counted[level] - 1) / max(others, 1)))


def weigh(entry: ListedCall, one: Seen, memory: Memory = ASSUMED) -> tuple[Weight, ...]:
    """The weights of a call near an entry, in words."""
    said = [Weight(what=f"time off by {spoken_duration(one.off_s)}", bits=time_bits(entry, one.off_s, memory))]
    said += [Weight(what=_WORDS[type(look.level)][look.level], bits=look_bits(look, memory)) for look in one.looks]
    return tuple(said)


def bits_of(entry: ListedCall, near: Sequence[Seen], memory: Memory) -> list[float]:
    """The sum of the weights of each call near an entry."""
    by_looks: dict[tuple[Look, ...], float] = {}
    for one in near:
        if one.looks not in by_looks:
            by_looks[one.looks] = sum(look_bits(look, memory) for look in one.looks)
    return [time_bits(entry, one.off_s, memory) + by_looks[one.looks] for one in near]


def absent_bits(nearby: int, memory: Memory = ASSUMED) -> float:
    """The weight of "not in the record" against one of so many calls near it."""
    return log2((1 - memory.in_record) / memory.in_record * max(nearby, 1))


def look_bits(look: Look, memory: Memory) -> float:
    """The weight of how one thing looks."""
    return _bits(log2(memory.table(type(look.level).__name__.lower())[look.level] / look.share))


def time_bits(entry: ListedCall, off_s: float, memory: Memory) -> float:
    """Memory strays by what the entry says it may (Laplace), or altogether; other calls lie evenly in the window."""
    density = kept_density(entry, off_s, memory) + memory.forgotten / (2 * window_s(entry))
    return _bits(log2(density * 2 * window_s(entry)))


def kept_density(entry: ListedCall, off_s: float, memory: Memory) -> float:
    """How likely a time is to be so far off, by the second, where it was not forgotten altogether."""
    spread_s = max(entry.within_s * memory.spread, LEAST_SPREAD_S)
    return (1 - memory.forgotten) * exp(-off_s / spread_s) / (2 * spread_s)


def _known(counted: Mapping[Any, int]) -> int:
    return sum(count for level, count in counted.items() if level is not None)


def _bits(value: float) -> float:
    return round(value, 1)
