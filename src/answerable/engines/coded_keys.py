"""The key of a call in the coded record: everything its outcome depends on, as a few whole numbers.

Every comparison of times in evaluate_situations.sql holds one time against zero or a limit, after taking off by how
much it may be earlier or later. So of each time only its place among the limits counts. Calls of one key have the
same state, the same duties and the same places, hence one situation under every reading and one outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Template

import msgspec

from answerable.answer.record import SourceTerms
from answerable.answer.timing import offset_of
from answerable.engines.coded_duties import Duties
from answerable.engines.duck import query_text
from answerable.engines.evaluation_sql import later_start
from answerable.model.times import SECOND_US

TIMES = ("dispatched", "enroute", "arrived", "closed", "contact", "horizon")
MOST = 2**62
"""A word of a key stays below this."""


class Field(msgspec.Struct, frozen=True):
    """One part of a key: SQL of a whole number from 0, and how many values it can have."""

    sql: str
    count: int


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What the SQL of keys is made from. `calls`: SQL of the coded calls; `states`: rows of the state table."""

    calls: str
    states: int
    unit_us: int
    origin_us: int
    duties: Duties
    terms: SourceTerms


def keyed(shape: Shape) -> tuple[str, int]:
    """SQL of every call's row `n` and key (`word_0`…), and how many words a key has."""
    words = list(_words(_fields(shape)))
    listed = ", ".join(f"{sql} AS word_{at}" for at, sql in enumerate(words))
    rows = [f"SELECT n, {listed} FROM ({_times(shape, merged=merged)})" for merged in (False, True)]
    return "\nUNION ALL\n".join(rows), len(words)


def _times(shape: Shape, *, merged: bool) -> str:
    later, duties = later_start(shape.terms), shape.duties
    horizon_us = shape.terms.horizon_us
    at_start = [f"(start_lo >= {at_us})::INTEGER" for at_us in duties.cuts_us]
    base = "coalesce({}.received_us, " + str(shape.origin_us) + ")"
    return Template(query_text("coded_times")).substitute(
        calls=shape.calls,
        unit_us=shape.unit_us,
        origin_us=shape.origin_us,
        asked=duties.asked,
        regime=" + ".join(["0", *at_start]),
        untold=len(duties.cuts_us) + 1,
        other_n="NULL::BIGINT" if later is None else f"own.{later}_n::BIGINT",
        horizon="NULL::BIGINT" if horizon_us is None else f"{horizon_us}::BIGINT",
        came="came" if merged else "own",
        sent="sent" if merged else "told",
        merged="2" if merged else "CASE WHEN own.merged_into IS NULL THEN 0 ELSE 1 END",
        gap_us=f"{base.format('came')} - {base.format('own')}" if merged else "0",
        chosen="own.merged_into >= 0" if merged else "(own.merged_into IS NULL OR own.merged_into < 0)",
        joined=f"JOIN {shape.calls} AS came ON came.file_row_number = own.merged_into "
        "JOIN slack AS sent ON sent.code = came.state"
        if merged
        else "",
    )


def _fields(shape: Shape) -> Iterator[Field]:
    """State and duties first, then the place of every time."""
    yield Field("merged", 3)
    yield Field("state", shape.states)
    yield Field("CASE WHEN merged = 2 THEN came_state ELSE 0 END", shape.states)
    yield Field("class", shape.duties.classes)
    for time in TIMES:
        latest, earliest = f"{time}_latest", f"{time}_earliest"
        yield _place(latest, earliest, shape.duties.limits, exact="is_exact")
        ahead_s = offset_of(time, shape.terms)
        if ahead_s != (0, 0):
            yield _place(
                f"({latest} - {ahead_s[0] * SECOND_US})",
                f"({earliest} - {ahead_s[1] * SECOND_US})",
                shape.duties.limits,
                exact="false",
            )


def _place(latest: str, earliest: str, limits: int, *, exact: str) -> Field:
    """Where a time lies: 0 not recorded, 1 surely before the start, else behind how many limits, ascending, the latest
    that it can mean lies; and behind how many the earliest. Of exact times the one says the other."""
    upper = " ".join(f"WHEN {latest} <= limit_{at} THEN {at + 1}" for at in range(1, limits + 1))
    surely = " ".join(f"WHEN {earliest} <= limit_{at} THEN {at - 1}" for at in range(1, limits + 1))
    place = f"CASE WHEN {latest} IS NULL THEN 0 WHEN {latest} < 0 THEN 1 {upper} ELSE {limits + 2} END"
    count = limits + 3
    coarse = f"CASE WHEN {exact} OR {latest} IS NULL THEN 0 {surely} ELSE {limits} END"
    return Field(f"{place} + {count} * {coarse}", count * (limits + 1))


def _words(fields: Iterator[Field]) -> Iterator[str]:
    """The fields packed into as few 64-bit numbers as they need."""
    parts: list[str] = []
    weight = 1
    for one in fields:
        if weight * one.count > MOST:
            yield _sum(parts)
            parts, weight = [], 1
        parts.append(f"{weight}::BIGINT * ({one.sql})")
        weight *= one.count
    yield _sum(parts)


def _sum(parts: Sequence[str]) -> str:
    return "(" + " + ".join(parts) + ")"
