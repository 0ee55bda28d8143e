"""Times in bulk: texts to local times, local times to instants; what fits no format, and what occurred twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from answerable.model.call import CLOCK_POINTS, Quality
from answerable.model.times import SECOND_US
from answerable.sources.meaning.clock import ZoneClock, choose_folds
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile import ClockPolicy, EpochUnit, IntervalUnit
from answerable.sources.sql_text import any_of, listed, literal

_DAY_US = 86_400 * SECOND_US
FIRST_DAY, END_DAY = "1901-01-01", "2200-01-01"
"""A date outside these, such as 31 December 9999 or 1 January 1900, is a placeholder in every system we know."""
_UNCHAINED = ("contact", "first_closed", "reopened")
"""Points that only follow the receipt: a callback may come before or after everything else."""


def timed(layout: Layout, relation: str) -> str:
    """A SELECT that adds to the rows of a relation: for each point p the local time l_p (microseconds) and quality q_p;
    `fault`, the number of the first value that cannot be read (`faults`), or NULL; and `alike`, the same number for
    rows of the same content, and seldom for others."""
    points = _read_points(layout)
    texts = [f"{text} AS {column}" for column, text in _texts(layout, points).items()]
    readings = [f"{sql} AS {column}" for point in points for column, sql in _readings(point, layout).items()]
    stamps = [f"{_stamp(point, layout)} AS t_{point}" for point in points]
    locals_us = [f"epoch_us(t_{point}) AS l_{point}" for point in points]
    qualities = [f"{_quality(point, layout)} AS q_{point}" for point in points if point in CLOCK_POINTS]
    spans = [f"try_cast(i_{p} AS DOUBLE) AS s_{p}" for p in layout.intervals]
    working = [*_texts(layout, points), *(f"t_{p}" for p in points)]
    working += [column for point in points for column in _readings(point, layout)]
    arms = " ".join(f"WHEN {one.condition} THEN {at}" for at, one in enumerate(faults(layout), start=1))
    fault = f"(CASE {arms} END)::UTINYINT AS fault" if arms else "NULL::UTINYINT AS fault"
    added = ", ".join((*locals_us, *qualities, *spans, fault))
    # one step after another, so that each text is trimmed once and each time is read once
    return f"""SELECT * EXCLUDE ({", ".join(working)}), {added} FROM (SELECT {", ".join(("*", *stamps))} FROM (
        SELECT {", ".join(("*", *readings))} FROM (
        SELECT {", ".join(("*", *texts))}, hash({", ".join(layout.cells)}) AS alike FROM {relation})))"""


def _texts(layout: Layout, points: tuple[str, ...]) -> dict[str, str]:
    """The texts that are read: v_p of a time, i_p of an interval."""
    found = {f"v_{point}": layout.value(f"{point}_at") or "NULL::VARCHAR" for point in points}
    return found | {f"i_{p}": layout.cell(layout.definition.intervals[p].column) or "NULL" for p in layout.intervals}


def _read_points(layout: Layout) -> tuple[str, ...]:
    return (*layout.points, "observed") if layout.value("observed_at") else layout.points


def _by_precision(formats: tuple[str, ...]) -> dict[Quality, list[str]]:
    """The formats by what they lack: nothing, the seconds, the time of day."""
    found: dict[Quality, list[str]] = {}
    for text in formats:
        has = set(re.findall(r"%-?(.)", text))
        lacks = Quality(0) if "S" in has else Quality.MINUTE_PRECISION if has & {"H", "I"} else Quality.DATE_ONLY
        found.setdefault(lacks, []).append(text)
    return dict(sorted(found.items()))


def _formats_of(point: str, layout: Layout) -> tuple[str, ...]:
    """The formats a point's column is tried with: those with an offset only where the times are instants."""
    clock, ref = layout.definition.clock, layout.definition.ref(f"{point}_at")
    if ref is not None and ref.epoch is not None:
        return ()
    instants = clock.policy is ClockPolicy.UTC or layout.is_instant(point)
    return tuple(text for text in clock.formats if instants or not has_offset(text))


def has_offset(text: str) -> bool:
    """Whether a format reads an offset from UTC."""
    return "z" in re.findall(r"%-?(.)", text)


def _parsed(text: str, formats: list[str]) -> str:
    """The local time that the text says; by a format with an offset, UTC."""
    plain = [one for one in formats if not has_offset(one)]
    tries = [f"try_strptime({text}, [{', '.join(map(literal, plain))}])"] if plain else []
    if offset := [literal(one) for one in formats if has_offset(one)]:
        # the engine knows +00:00 and not Z, and gives a time with zone, which make_timestamp makes plain UTC
        spelled = f"regexp_replace({text}, ' ?[Zz]$', '+00:00')"
        tries.append(f"make_timestamp(epoch_us(try_strptime({spelled}, [{', '.join(offset)}])))")
    return f"coalesce({', '.join(tries)})" if len(tries) > 1 else tries[0]


def _counted(text: str, unit: EpochUnit) -> str:
    """A time counted from 1970; whole numbers and fractions, nothing else."""
    scale = SECOND_US if unit is EpochUnit.SECONDS else SECOND_US // 1000
    number = rf"(CASE WHEN regexp_full_match({text}, '-?[0-9]{{1,13}}(\.[0-9]+)?') THEN {text}::DOUBLE END)"
    return f"make_timestamp(round({number} * {scale})::BIGINT)"


def _readings(point: str, layout: Layout) -> dict[str, str]:
    """The time that a text says, r0_p, r1_p, …: one for each precision that the formats have, in their order."""
    text, ref = f"v_{point}", layout.definition.ref(f"{point}_at")
    if ref is not None and ref.epoch is not None:
        return {f"r0_{point}": _counted(text, ref.epoch)}
    formats = _by_precision(_formats_of(point, layout)).values()
    tries = [_parsed(text, some) for some in formats] or ["NULL::TIMESTAMP"]
    return {f"r{at}_{point}": one for at, one in enumerate(tries)}


def _read(point: str, layout: Layout) -> str:
    tries = list(_readings(point, layout))
    return f"coalesce({', '.join(tries)})" if len(tries) > 1 else tries[0]


def _stamp(point: str, layout: Layout) -> str:
    clock, text, read = layout.definition.clock, f"v_{point}", _read(point, layout)
    stamp = f"(CASE WHEN {read} >= TIMESTAMP '{FIRST_DAY}' AND {read} < TIMESTAMP '{END_DAY}' THEN {read} END)"
    return f"(CASE WHEN {text} IN {listed(clock.sentinels)} THEN NULL ELSE {stamp} END)" if clock.sentinels else stamp


def _quality(point: str, layout: Layout) -> str:
    clock = layout.definition.clock
    text = f"v_{point}"
    precision = "0"
    for at, lacks in reversed([*enumerate(_by_precision(_formats_of(point, layout)))]):
        precision = (
            str(int(lacks))
            if precision == "0"
            else f"CASE WHEN r{at}_{point} IS NOT NULL THEN {int(lacks)} ELSE {precision} END"
        )
    if point in clock.midnight_placeholder:
        midnight = f"epoch_us(t_{point}) % {_DAY_US} = 0"
        precision = f"(({precision}) | CASE WHEN {midnight} THEN {int(Quality.MIDNIGHT_PLACEHOLDER)} ELSE 0 END)"
    return f"""(CASE WHEN {text} IS NULL THEN {int(Quality.MISSING)}
        WHEN {text} IN {listed(clock.sentinels)} OR {_placeholder(point, layout)} THEN {int(Quality.SENTINEL)}
        WHEN {_only_time_of_day(point, layout)} THEN {int(Quality.NO_DATE)} ELSE {precision} END)::USMALLINT"""


def _placeholder(point: str, layout: Layout) -> str:
    """A date that no call can have. A year below 1000 is none: two digits were read as a year of the first century."""
    return f"(t_{point} IS NULL AND coalesce({_read(point, layout)} >= TIMESTAMP '1000-01-01', FALSE))"


def _only_time_of_day(point: str, layout: Layout) -> str:
    formats = list(layout.definition.clock.time_of_day)
    return f"(t_{point} IS NULL AND {_parsed(f'v_{point}', formats)} IS NOT NULL)" if formats else "FALSE"


class Fault(NamedTuple):
    """Why a row may be unreadable, as SQL: `condition` over the columns of `timed`, `value` over the row's cells."""

    condition: str
    column: str
    value: str
    reason: str


def faults(layout: Layout) -> list[Fault]:
    """Every fault that a row may have, in the order in which they are looked for."""
    points = _read_points(layout)
    texts = _texts(layout, points)
    found = []
    for point in points:
        known = layout.definition.clock.sentinels
        condition = (
            f"t_{point} IS NULL AND v_{point} IS NOT NULL AND NOT {_only_time_of_day(point, layout)}"
            f" AND NOT {_placeholder(point, layout)}" + (f" AND v_{point} NOT IN {listed(known)}" if known else "")
        )
        column = layout.source_name(f"{point}_at")
        found.append(Fault(condition, column, texts[f"v_{point}"], "is not a time in any format of the profile"))
    for point in layout.intervals:
        condition = f"i_{point} IS NOT NULL AND try_cast(i_{point} AS DOUBLE) IS NULL"
        column = layout.definition.intervals[point].column
        found.append(Fault(condition, column, texts[f"i_{point}"], "is not a number"))
    return found


def fault_said(layout: Layout) -> str:
    """SQL over a row of `numbered` that has a fault: its column, the value and the reason."""
    every = [*enumerate(faults(layout), start=1)]
    said = ([(at, literal(one.column)) for at, one in every], [(at, one.value) for at, one in every],
        [(at, literal(one.reason)) for at, one in every])  # fmt: skip
    arms = (" ".join(f"WHEN {at} THEN {text}" for at, text in one) for one in said)
    return ", ".join(f"(CASE fault {one} END)" if one else "NULL::VARCHAR" for one in arms)


def span_us(con: duckdb.DuckDBPyConnection, layout: Layout) -> tuple[int, int] | None:
    """The earliest and latest local time of the rows that can be read, or None if there is none."""
    columns = [f"l_{point}" for point in _read_points(layout)]
    if not columns:
        return None
    row = con.execute(
        f"SELECT min(least({', '.join(columns)}, NULL)), max(greatest({', '.join(columns)}, NULL)) "
        "FROM numbered WHERE fault IS NULL"
    ).fetchone()
    return (row[0], row[1]) if row and row[0] is not None else None


def decide_folds(con: duckdb.DuckDBPyConnection, layout: Layout, clock: ZoneClock) -> int:
    """Create the table `folds` (line, u_p, f_p) for every row with a local time that occurred twice; how many."""
    points = layout.points
    columns = ", ".join(("line BIGINT", *(f"u_{p} BIGINT, f_{p} USMALLINT" for p in points)))
    con.execute(f"CREATE OR REPLACE TABLE folds ({columns})")
    twice = [change for change in clock.changes if change.repeats]
    written = [point for point in points if not layout.is_instant(point)]
    if not twice or not written:
        return 0
    repeated = any_of(
        f"l_{point} >= {change.from_us} AND l_{point} < {change.until_us}" for point in written for change in twice
    )
    found = con.execute(f"SELECT line, {', '.join(f'l_{p}' for p in points)} FROM numbered WHERE {repeated}").fetchall()
    decided = [(line, *_decided(layout, local, clock)) for line, *local in found]
    if decided:
        # column by column: a statement for each row would take longer than reading them all
        kinds = ("BIGINT", *("BIGINT", "USMALLINT") * len(points))
        values = ", ".join(f"unnest(${at}::{kind}[])" for at, kind in enumerate(kinds, start=1))
        con.execute(f"INSERT INTO folds SELECT {values}", [list(column) for column in zip(*decided, strict=True)])
    return len(decided)


def _decided(layout: Layout, local: list[int | None], clock: ZoneClock) -> Iterator[int | None]:
    points = layout.points
    candidates = {
        point: None if at is None else (at,) if layout.is_instant(point) else clock.candidates(at)
        for point, at in zip(points, local, strict=True)
    }
    chain = [point for point in points if point not in _UNCHAINED]
    chosen = dict(zip(chain, choose_folds([candidates[point] for point in chain]), strict=True))
    received = chosen.get("received")
    for point in points:
        if point in _UNCHAINED:
            chosen[point] = choose_folds([received and (received[0],), candidates[point]])[1]
    for point in points:
        decision = chosen[point]
        yield from (decision[0], int(decision[1])) if decision else (None, 0)


def instants(layout: Layout, clock: ZoneClock, *, folds: bool) -> list[str]:
    """SQL for u_p (UTC microseconds) and q_p of every point, over `numbered`, left-joined to `folds` if it has rows."""
    out: list[str] = []
    for point in layout.points:
        if point not in layout.intervals:
            out.append(f"{_own(layout, point, clock, folds=folds)} AS u_{point}")
            out.append(f"{_point_quality(layout, point, clock, folds=folds)} AS q_{point}")
    for point in layout.intervals:
        out += _from_interval(layout, point, clock, folds=folds)
    if layout.value("observed_at"):
        observed = "l_observed" if layout.is_instant("observed") else _utc("l_observed", clock)
        out.append(f"{observed} AS u_observed")
    return out


def _own(layout: Layout, point: str, clock: ZoneClock, *, folds: bool) -> str:
    plain = f"l_{point}" if layout.is_instant(point) else _utc(f"l_{point}", clock)
    return f"coalesce(folds.u_{point}, {plain})" if folds else plain


def _from_interval(layout: Layout, point: str, clock: ZoneClock, *, folds: bool) -> list[str]:
    rule = layout.definition.intervals[point]
    scale = (60 if rule.unit is IntervalUnit.MINUTES else 1) * SECOND_US
    computed = f"({_own(layout, rule.after, clock, folds=folds)} + round(s_{point} * {scale})::BIGINT)"
    derived, missing = int(Quality.DERIVED_FROM_INTERVAL), int(Quality.MISSING)
    if point not in layout.points:
        return [
            f"{computed} AS u_{point}",
            f"(CASE WHEN {computed} IS NULL THEN {missing} ELSE {derived} END)::USMALLINT AS q_{point}",
        ]
    own = _own(layout, point, clock, folds=folds)
    return [
        f"coalesce({own}, {computed}) AS u_{point}",
        f"""(CASE WHEN {own} IS NULL AND {computed} IS NOT NULL THEN {derived}
            ELSE {_point_quality(layout, point, clock, folds=folds)} END)::USMALLINT AS q_{point}""",
    ]


def _utc(local: str, clock: ZoneClock) -> str:
    offset = str(clock.changes[-1].after_s if clock.changes else clock.first_s)
    if clock.changes:
        arms = " ".join(f"WHEN {local} < {change.until_us} THEN {change.before_s}" for change in clock.changes)
        offset = f"(CASE {arms} ELSE {offset} END)"
    return f"({local} - {offset}::BIGINT * {SECOND_US})"


def _point_quality(layout: Layout, point: str, clock: ZoneClock, *, folds: bool) -> str:
    if layout.is_instant(point):
        return f"numbered.q_{point}"
    skipped = any_of(
        f"l_{point} >= {change.from_us} AND l_{point} < {change.until_us}"
        for change in clock.changes
        if not change.repeats
    )
    gap = f"CASE WHEN {skipped} THEN {int(Quality.DST_NONEXISTENT)} ELSE 0 END"
    twice = f"coalesce(folds.f_{point}, 0)" if folds else "0"
    return f"(numbered.q_{point} | {twice} | {gap})::USMALLINT"


def hour_of_week(instant: str, clock: ZoneClock) -> str:
    """SQL for the local hour of the week (0 = Monday 0:00) of an instant in microseconds."""
    offset = str(clock.changes[-1].after_s if clock.changes else clock.first_s)
    if clock.changes:
        arms = " ".join(f"WHEN {instant} < {c.at_s * SECOND_US} THEN {c.before_s}" for c in clock.changes)
        offset = f"(CASE {arms} ELSE {offset} END)"
    # 1 January 1970 was a Thursday: 72 hours into its week
    hours = f"floor(({instant} + {offset}::BIGINT * {SECOND_US}) / {3600 * SECOND_US}.0)::BIGINT"
    return f"((({hours} + 72) % 168 + 168) % 168)::SMALLINT"
