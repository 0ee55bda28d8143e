"""What speaks for an entry of a list being a certain call: weights of evidence in doublings of the odds, all stated.

For each thing compared, a weight is log2 of how often it looks so where it is the call, against how often it does among
the calls of the same hours (Good 1950; Fellegi and Sunter 1969, J. Am. Stat. Assoc. 64:1183). The latter is counted in
the record itself, entry by entry; the former is a table below. How common a place is, is counted over those hours and
over the whole record, and the larger share is taken: on a night on which everybody calls from one gate it says little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import IntEnum
from math import exp, log2
from typing import Any

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


_IF_SAME: dict[type[IntEnum], tuple[tuple[str, float], ...]] = {
    Place: (("another place", 0.10), ("part of the place agrees", 0.25), ("the place agrees", 0.65)),
    Area: (("another area", 0.05), ("the same district", 0.15), ("the same beat", 0.80)),
    Kind: (("another kind of call", 0.35), ("a similar kind of call", 0.25), ("the same kind of call", 0.40)),
}
"""Level by level from the worst: its words, and how often it looks so where it is the call. People name places better
than kinds of call, for which agencies have words of their own."""

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


def window_s(entry: ListedCall) -> int:
    """How far from the time remembered a call is still looked at."""
    return max(WINDOW_S, 2 * entry.within_s)


def weigh(entry: ListedCall, pairs: Sequence[Pair], *, common: Common | None = None) -> dict[str, tuple[Weight, ...]]:
    """The weights of each call near an entry, by call. `pairs` must be all calls within the window."""
    places, kinds = Counter(one.place for one in pairs), Counter(one.kind for one in pairs)
    areas = {place: Counter(one.area for one in pairs if one.place is place) for place in places}
    shares = common or Common()
    least = {Place.ALL_WORDS: shares.all_words, Place.SOME_WORDS: shares.some_words}
    return {
        one.call: (
            _time(entry, one.received_us),
            *([] if one.place is None else [_weight(one.place, places, least.get(one.place))]),
            *([] if one.area is None else _area(one.area, one.place, areas[one.place])),
            *([] if one.kind is None else [_weight(one.kind, kinds)]),
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


def _area(area: Area, place: Place | None, seen: Counter[Area | None]) -> list[Weight]:
    """What the area adds to the place: counted among the calls whose place agrees as well."""
    if place in (Place.ALL_WORDS, Place.SOME_WORDS) and _known(seen) <= _FEW:
        return []
    return [_weight(area, seen)]


def _weight(level: Place | Area | Kind, seen: Mapping[Any, int], in_record: float | None = None) -> Weight:
    """`in_record`: the share of calls that look so in the whole record; without it the hours alone are counted."""
    levels = _IF_SAME[type(level)]
    others = _known(seen) - 1
    if in_record is None:
        share = (seen[level] - 0.5) / (others + 0.5 * len(levels))
    else:
        share = max(in_record, (seen[level] - 1) / max(others, 1))
    what, if_same = levels[level]
    return Weight(what=what, bits=_bits(log2(if_same / share)))


def _known(seen: Mapping[Any, int]) -> int:
    return sum(count for level, count in seen.items() if level is not None)


def _bits(value: float) -> float:
    return round(value, 1)
