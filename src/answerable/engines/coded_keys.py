"""The key of a call in the coded record: everything its outcome depends on, as a few whole numbers.

Every comparison of times in evaluate_situations.sql holds one time against zero or a limit, after taking off by how
much it may be earlier or later. So of each time only its place among the limits counts. Calls of one key have the
same state, the same duties and the same places, hence one situation under every reading and one outcome.

Most calls count from their receipt and were merged into no other: of these the recorded offset itself is held against
bounds that were worked out once a state and class (`answerable.engines.coded_bounds`). coded_times.sql works out the
times of the others. Both give the same fields. The SQL stays within docs/reference/audit-engines.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from string import Template

import msgspec

from answerable.answer.record import SourceTerms
from answerable.answer.timing import offset_of
from answerable.engines.coded_bounds import AHEAD, FAR, FAR_SURELY, coarse_bound, fine_bound
from answerable.engines.coded_columns import Columns
from answerable.engines.coded_duties import Duties
from answerable.engines.duck import query_text
from answerable.engines.evaluation_sql import later_start
from answerable.model.times import SECOND_US

TIMES = ("dispatched", "enroute", "arrived", "closed", "contact", "horizon")
MOST = 2**62
"""A word of a key stays below this."""
ALWAYS = "1 = 1"
UNMERGED = "(own.merged_into IS NULL OR own.merged_into < 0)"
_NOT_SAID = "own.dispatched_n IS NULL OR bound.dispatched_by_0 IS NULL"
_ASKED = {"enroute": _NOT_SAID, "arrived": f"bound.arrives OR {_NOT_SAID}"}
"""Of times that are not always asked, when they are: where the dispatch says nothing, or an arrival has a limit."""
_NOTHING = "CAST(0 AS BIGINT)"
_VALUE = re.compile(r"\{([0-9]+)\}")


class Field(msgspec.Struct, frozen=True):
    """One part of a key: SQL in which `{v}` stands for the value v of the part, and how many values it can have.

    `zero`: SQL of when the part is 0 without looking.
    """

    sql: str
    count: int
    zero: str = ""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What the SQL of keys is made from. `states`: rows of the state table; `unbounded`: whether some
    have no bounds; `exact`: whether the others have exact times alone. `near_us`: of calls received before it, the
    record's end is asked once a state and class; None where it is asked of every call."""

    states: int
    unbounded: bool
    exact: bool
    unit_us: int
    origin_us: int
    columns: Columns
    duties: Duties
    terms: SourceTerms
    near_us: int | None = None

    @property
    def kinds(self) -> int:
        """How many pairs of a state and a class there can be."""
        return self.states * self.duties.classes


def keyed(shape: Shape, *, beside: Sequence[str] = ()) -> tuple[str, int]:
    """SQL of every call's row `n` and key (`word_0`…), and how many words a key has.

    It reads the view `coded_call` and the tables `slack`, `duty` and `bound`. `beside`: columns of the call to give
    with its key.
    """
    more = "".join(f", own.{name}" for name in beside)
    words = list(_words(_plain_fields(shape)))
    rows = [_plain(shape, words, more, received=_since(shape))]
    if shape.near_us is not None:
        far = list(_words(_plain_fields(shape, far=True)))
        rows.append(_plain(shape, far, more, received=f"own.received_us < {shape.near_us}"))
    if shape.unbounded or any(one != UNMERGED for one in _conditions(shape)):
        rows.append(_other(shape, more, merged=False))
    if shape.columns.merges:
        rows.append(_other(shape, more, merged=True))
    return "\nUNION ALL\n".join(rows), len(words)


def _since(shape: Shape) -> str:
    return "" if shape.near_us is None else f"own.received_us >= {shape.near_us}"


def _plain(shape: Shape, words: Sequence[str], more: str, *, received: str) -> str:
    """The calls that count from their receipt, and were `received` then."""
    regime = _regime(shape, "own.received_us", within=shape.columns.receipts)
    asked = shape.duties.asked(regime=regime, facts="own.facts", how="own.how")
    return f"""SELECT own.n{more}, {_listed(words)}
FROM coded_call AS own
JOIN duty ON duty.code = {asked}
JOIN bound ON bound.code = duty.class * {shape.states} + own.state
WHERE {" AND ".join([*filter(None, [received]), *_conditions(shape)]) or ALWAYS}"""


def _conditions(shape: Shape) -> Iterator[str]:
    """What a call whose state has bounds needs besides; where the file says that all have it, it is not asked."""
    if "received_us" not in shape.columns.full:
        yield "own.received_us IS NOT NULL"
    if "last_seen_n" not in shape.columns.empty:
        yield "own.last_seen_n IS NULL"
    if shape.columns.merges:
        yield UNMERGED


def _unbounded(shape: Shape) -> str:
    """Of the calls that were merged into none, those that are not held against bounds."""
    others = [f"NOT ({one})" for one in _conditions(shape) if one != UNMERGED]
    if shape.unbounded:
        others.append("NOT told.is_bounded")
    return f"({' OR '.join(others)})" + (f" AND {UNMERGED}" if shape.columns.merges else "")


def _other(shape: Shape, more: str, *, merged: bool) -> str:
    """The calls whose times have to be worked out: merged ones, or those that do not count from a plain receipt."""
    asked = shape.duties.asked(regime="timed.regime", facts="timed.facts", how="timed.how")
    words = _listed(list(_words(_fields(shape))))
    own = " JOIN coded_call AS own ON own.n = timed.n" if more else ""
    return f"""SELECT timed.n{more}, {words}
FROM ({_times(shape, merged=merged)}) AS timed
JOIN duty ON duty.code = {asked}{own}"""


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"{sql} AS word_{at}" for at, sql in enumerate(words))


def _regime(shape: Shape, start: str, *, within: tuple[int, int] | None = None) -> str:
    """How many of the instants at which what is in force changes lie at or before a start.

    `within`: between which instants every start lies; changes beyond them are not asked for call by call.
    """
    first_us, last_us = within or (-math.inf, math.inf)
    cuts_us = shape.duties.cuts_us
    asked = [at for at, at_us in enumerate(cuts_us) if first_us < at_us <= last_us]
    latest = sum(at_us <= last_us for at_us in cuts_us)
    earlier = " ".join(f"WHEN {start} < {cuts_us[at]} THEN {at}" for at in asked)
    return f"CASE {earlier} ELSE {latest} END" if earlier else str(latest)


def _times(shape: Shape, *, merged: bool) -> str:
    later, duties = later_start(shape.terms), shape.duties
    horizon_us = shape.terms.horizon_us
    base = "coalesce({}.received_us, " + str(shape.origin_us) + ")"
    return Template(query_text("coded_times")).substitute(
        unit_us=shape.unit_us,
        origin_us=shape.origin_us,
        regime=_regime(shape, "start_lo"),
        untold=len(duties.cuts_us) + 1,
        other_n="CAST(NULL AS BIGINT)" if later is None else f"CAST(own.{later}_n AS BIGINT)",
        horizon="CAST(NULL AS BIGINT)" if horizon_us is None else f"CAST({horizon_us} AS BIGINT)",
        came="came" if merged else "own",
        sent="sent" if merged else "told",
        merged="2" if merged else "CASE WHEN own.merged_into IS NULL THEN 0 ELSE 1 END",
        gap_us=f"{base.format('came')} - {base.format('own')}" if merged else "0",
        chosen="own.merged_into >= 0" if merged else _unbounded(shape),
        joined="JOIN coded_call AS came ON came.n = own.merged_into JOIN slack AS sent ON sent.code = came.state"
        if merged
        else "",
    )


def _fields(shape: Shape) -> Iterator[Field]:
    """State and duties first, then the place of every time, of calls whose times were worked out."""
    limits = range(1, shape.duties.limits + 1)

    def of(time: str, ahead_s: tuple[int, int]) -> Place:
        latest = _less(f"timed.{time}_latest", ahead_s[0])
        earliest = _less(f"timed.{time}_earliest", ahead_s[1])
        return Place(
            blank=(f"timed.{time}_latest IS NULL",),
            fine=(f"{latest} < 0", *(f"{latest} <= duty.limit_{at}" for at in limits)),
            coarse=tuple(f"{earliest} <= duty.limit_{at}" for at in limits),
        )

    yield Field(f"(CAST(duty.class AS BIGINT) * {shape.states} + timed.state) * {{1}}", shape.kinds)
    yield Field("CASE WHEN timed.merged = 2 THEN CAST(timed.came_state AS BIGINT) * {1} ELSE {0} END", shape.states)
    yield Field("CAST(timed.merged AS BIGINT) * {1}", 3)
    yield from _places(shape, of, exact="timed.is_exact")


def _placed_times(shape: Shape) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every time, and again where its clock is ahead: by how many seconds, at least and at most."""
    for time in TIMES:
        yield time, (0, 0)
        if (ahead_s := offset_of(time, shape.terms)) != (0, 0):
            yield time, ahead_s


def _less(time: str, seconds: int) -> str:
    return f"({time} - {seconds * SECOND_US})" if seconds else time


def _plain_fields(shape: Shape, *, far: bool = False) -> Iterator[Field]:
    """The same of calls that count from their receipt: the offset as it is stored, against its state's bounds.

    `far`: of calls received long before the record's end.
    """
    limits = range(shape.duties.limits + 1)

    def of(time: str, ahead_s: tuple[int, int]) -> Place | None:
        if f"{time}_n" in shape.columns.empty:
            return None
        if time == "horizon" and far:
            return Place(blank=(), fine=(), coarse=(), known=(f"bound.{FAR}", f"bound.{FAR_SURELY}"))
        name = time if ahead_s == (0, 0) else f"{time}{AHEAD}"
        # the later the call, the sooner the record ends after it
        held = "own.received_us >=" if time == "horizon" else f"own.{time}_n <="
        return Place(
            # the bound first: it decides most
            blank=(f"bound.{fine_bound(name, 0)} IS NULL", *([] if time == "horizon" else [f"own.{time}_n IS NULL"])),
            fine=tuple(f"{held} bound.{fine_bound(name, at)}" for at in limits),
            coarse=tuple(f"{held} bound.{coarse_bound(name, at)}" for at in limits[1:]),
            asked=_ASKED.get(time, ""),
        )

    yield Field("bound.code * {1}", shape.kinds)
    yield Field("{0}", shape.states)
    yield Field("CASE WHEN own.merged_into IS NULL THEN {0} ELSE {1} END", 3)
    yield from _places(shape, of, exact=ALWAYS if shape.exact else "bound.is_exact")


def _places(
    shape: Shape, of: Callable[[str, tuple[int, int]], Place | None], *, exact: str
) -> Iterator[Field]:  # fmt: skip
    """Behind how many limits the latest meaning of every time lies; then the earliest, which of exact times the latest
    says already, so that it is asked of the others only."""
    limits, times = shape.duties.limits, list(_placed_times(shape))
    places = [of(time, ahead_s) for time, ahead_s in times]
    for place in places:
        yield Field("{0}" if place is None else place.latest(), limits + 3)
    for gate in (exact, ""):
        for place, (_, ahead_s) in zip(places, times, strict=True):
            if (gate == "") is (ahead_s != (0, 0)):
                if place is None or gate == ALWAYS:
                    yield Field("{0}", limits + 1)
                else:
                    yield Field(place.earliest(), limits + 1, zero=gate)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a time lies, in SQL. `blank`: when nothing is recorded; `fine`: whether the latest that it can mean lies
    before the start, and within each limit, ascending; `coarse`: whether the earliest lies within each; `asked`: when
    the time is asked at all; `known`: columns that hold the latest and the earliest place already."""

    blank: tuple[str, ...]
    fine: tuple[str, ...]
    coarse: tuple[str, ...]
    asked: str = ""
    known: tuple[str, str] | None = None

    def latest(self) -> str:
        """0 not recorded, 1 surely before the start, else behind how many limits."""
        return f"{self.known[0]} * {{1}}" if self.known else self._first(self.fine, begin=1)

    def earliest(self) -> str:
        """Behind how many limits."""
        return f"{self.known[1]} * {{1}}" if self.known else self._first(self.coarse, begin=0)

    def _first(self, holds: Sequence[str], *, begin: int) -> str:
        unsaid = " ".join(f"WHEN {one} THEN {{0}}" for one in self.blank)
        cases = " ".join(f"WHEN {one} THEN {{{at}}}" for at, one in enumerate(holds, start=begin))
        found = f"CASE {unsaid} {cases} ELSE {{{begin + len(holds)}}} END"
        return f"CASE WHEN {self.asked} THEN {found} ELSE {{0}} END" if self.asked else found


def _words(fields: Iterable[Field]) -> Iterator[str]:
    """The fields packed into as few 64-bit numbers as they need."""
    parts: list[tuple[str, str]] = []
    weight = 1
    for one in fields:
        if weight * one.count > MOST:
            yield _sum(parts)
            parts, weight = [], 1
        parts.append((one.zero, _weighted(one.sql, weight)))
        weight *= one.count
    yield _sum(parts)


def _weighted(sql: str, weight: int) -> str:
    """A field's SQL with its values as they count in a word: nothing is left to multiply call by call."""
    return _VALUE.sub(lambda value: f"CAST({int(value[1]) * weight} AS BIGINT)", sql)


def _sum(parts: Iterable[tuple[str, str]]) -> str:
    """The parts added up; those with a condition under which they are 0 are looked at together."""
    added = []
    for zero, group in groupby(parts, key=itemgetter(0)):
        counted = [sql for _, sql in group if sql != _NOTHING] or [_NOTHING]
        total = " + ".join(counted)
        added.append(f"CASE WHEN {zero} THEN CAST(0 AS BIGINT) ELSE {total} END" if zero else total)
    return f"({' + '.join([sql for sql in added if sql != _NOTHING] or [_NOTHING])})"
