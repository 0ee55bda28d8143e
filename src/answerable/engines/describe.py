"""What a file of calls holds, without any policy: coverage, waits by definition, how calls ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, query_text, text_literal
from answerable.engines.local_months import Months
from answerable.model.call import CLOCK_POINTS, Quality
from answerable.model.examination import Description, IntervalStatistic, MonthCoverage, WaitBound, WaitBounds

UNRECORDED = Quality.MISSING | Quality.SENTINEL | Quality.NO_DATE
"""A time with one of these is no time at all."""

UNCERTAIN = (
    Quality.DATE_ONLY
    | Quality.MIDNIGHT_PLACEHOLDER
    | Quality.DST_UNDECIDED
    | Quality.DST_NONEXISTENT
    | Quality.OVERWRITTEN_BY_REOPENING
    | Quality.UNIT_ROW_LOST
)
"""A time with one of these is recorded, but no interval may be measured from or to it."""

LEFT_OUT = ("missing_from", "missing_to", "out_of_order", "uncertain", "no_start", "no_end")

WITHIN_S = (600, 3600)
"""Bounds say how many calls waited no longer than this: ten minutes, an hour."""

DEFINITIONS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("received to arrived", "received", "arrived", LEFT_OUT),
    ("received to arrived (0 to 24 h)", "received", "arrived", (*LEFT_OUT, "over_24_h")),
    ("queued to arrived", "queued", "arrived", LEFT_OUT),
    ("dispatched to arrived", "dispatched", "arrived", LEFT_OUT),
    ("received to dispatched", "received", "dispatched", LEFT_OUT),
)
"""Name, both ends, and the reasons for which a call is left out. One question has several answers: which
definition is used decides the figure, so all of them are given."""

POPULATIONS = ("calls", "officer_initiated")

NO_MONTH = "unknown"
"""Where calls without any time are counted."""

_UNKNOWN = ("missing_from", "missing_to", "out_of_order", "uncertain")
"""The reasons under which a call waited for a time that is not known."""


def describe(parquet: Path, *, timezone: str, settings: Settings | None = None) -> Description:
    """What the canonical Parquet file `parquet` holds; months are local to `timezone` (an IANA name).

    A call belongs to the month of its receipt, or of the first clock point it has; without any time, to
    `unknown`. Quantiles are exact, between neighbours by linear interpolation (as spreadsheets do). Raises
    SourceError for a file that is not canonical, StorageError where disk or memory refuse.
    """
    with connect(settings) as connection, engine_faults(parquet):
        _prepare(connection, [parquet])
        return _description(connection, timezone)


def intervals_of(parquets: Sequence[Path], *, settings: Settings | None = None) -> tuple[IntervalStatistic, ...]:
    """The intervals of `describe` over the calls of all these files, as if they were one. Raises as it does."""
    with connect(settings) as connection, engine_faults(parquets[0]):
        _prepare(connection, parquets)
        return _intervals(connection)


def coverage_of(every: Iterable[Sequence[MonthCoverage]]) -> tuple[MonthCoverage, ...]:
    """The months of several sources, each local to its own, added up by name; in order, `unknown` last."""
    calls, recorded = Counter[str](), dict[str, Counter[str]]()
    for one in (month for months in every for month in months):
        calls[one.month] += one.calls
        recorded.setdefault(one.month, Counter()).update(one.recorded)
    return tuple(
        MonthCoverage(month=month, calls=calls[month], recorded={one: recorded[month][one] for one in CLOCK_POINTS})
        for month in sorted(calls, key=lambda one: (one == NO_MONTH, one))
    )


def _prepare(connection: duckdb.DuckDBPyConnection, parquets: Sequence[Path]) -> None:
    listed = ", ".join(text_literal(str(one)) for one in parquets)
    connection.execute(f"CREATE TEMP VIEW calls AS SELECT * FROM read_parquet([{listed}], union_by_name = true)")
    connection.execute(f"SET VARIABLE unrecorded_bits = {int(UNRECORDED)}::USMALLINT")
    connection.execute(f"SET VARIABLE uncertain_bits = {int(UNCERTAIN)}::USMALLINT")
    connection.execute(query_text("describe_calls"))


def _description(connection: duckdb.DuckDBPyConnection, timezone: str) -> Description:
    counts = _counts(connection)
    return Description(
        coverage=_coverage(connection, timezone),
        intervals=_intervals(connection),
        dispositions=counts["dispositions"],
        disposition_codes=counts["disposition_codes"],
        origins=counts["origins"],
        entry_kinds=counts["entry_kinds"],
        dispatched=counts["dispatched"],
        arrived=counts["arrived"],
        priorities=counts["priorities"],
    )


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[Any, ...]]:
    return connection.execute(query_text(name)).fetchall()


def _coverage(connection: duckdb.DuckDBPyConnection, timezone: str) -> tuple[MonthCoverage, ...]:
    months = Months(connection, timezone, column="start_us", rows="described")
    query = Template(query_text("describe_coverage")).substitute(month=months.case("start_us"))
    found: dict[str, Counter[str]] = {}
    for month, *counts in connection.execute(query).fetchall():
        counted = dict(zip(("calls", *CLOCK_POINTS), counts, strict=True))
        found.setdefault(months.name(month) or NO_MONTH, Counter()).update(counted)
    return tuple(
        MonthCoverage(month=month, calls=counts["calls"], recorded={point: counts[point] for point in CLOCK_POINTS})
        for month, counts in found.items()
    )


def _intervals(connection: duckdb.DuckDBPyConnection) -> tuple[IntervalStatistic, ...]:
    cursor = connection.execute(query_text("describe_intervals"))
    names = [column[0] for column in cursor.description]
    found = {(row[0], row[1]): dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    return tuple(
        _statistic(definition, population, found.get((definition[0], population)))
        for population in POPULATIONS
        for definition in DEFINITIONS
    )


def _statistic(
    definition: tuple[str, str, str, tuple[str, ...]], population: str, row: Mapping[str, Any] | None
) -> IntervalStatistic:
    name, from_point, to_point, reasons = definition
    row = row or {}
    counted = row.get("counted", 0)
    return IntervalStatistic(
        definition=name,
        from_point=from_point,
        to_point=to_point,
        population=population,
        counted=counted,
        left_out={reason: row.get(reason, 0) for reason in reasons},
        mean_s=row.get("mean_s"),
        median_s=row.get("median_s"),
        p90_s=row.get("p90_s"),
        bounds=_bounds(row) if counted else None,
    )


def _bounds(row: Mapping[str, Any]) -> WaitBounds:
    unknown = sum(row[reason] for reason in _UNKNOWN)

    def bound(which: str, *, besides: int) -> WaitBound:
        return WaitBound(
            calls_within_s={str(limit_s): row[f"within_{limit_s}_s"] + besides for limit_s in WITHIN_S},
            median_s=row[f"{which}_median_s"],
            p90_s=row[f"{which}_p90_s"],
            mean_s=row[f"{which}_mean_s"],
        )

    return WaitBounds(
        calls=row["calls"], unknown=unknown, best=bound("best", besides=unknown), worst=bound("worst", besides=0)
    )


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    names = (
        "dispositions",
        "disposition_codes",
        "origins",
        "entry_kinds",
        "dispatched",
        "arrived",
        "priorities",
    )
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    for what, value, calls in _rows(connection, "describe_counts"):
        counts[what][value] = calls
    return counts
