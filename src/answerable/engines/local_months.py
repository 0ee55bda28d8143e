"""The local months of a record as instants, so that SQL need only compare."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import duckdb

from answerable.engines.local_time import offset_table, within_calendar
from answerable.model.times import SECOND_US, from_us, to_us

NO_MONTH = -1
_LONG_US = 50 * 366 * 86_400 * SECOND_US


class Months:
    """The local months of a record by number, in the order of time: no engine's time zone function is asked.

    A month that begins twice, since clocks went back over its beginning, has two numbers and one name.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, timezone: str, *, column: str = "received_us", rows: str = "coded_call"
    ) -> None:
        spans = con.execute(f"SELECT min({column}), max({column}) FROM {rows}").fetchall()
        if None in spans[0]:
            spans = []
        elif (
            spans[0][1] - spans[0][0] > _LONG_US
        ):  # some time is far from all others: the centuries between have no calls
            spans = con.execute(
                f"""SELECT min({column}), max({column}) FROM {rows} WHERE {column} IS NOT NULL
                GROUP BY {column} // {_LONG_US} ORDER BY 1"""
            ).fetchall()
        found = [month for span in spans for month in _months(timezone, *map(within_calendar, span))]
        self._starts = [at_us for at_us, _ in found]
        self._names = [name for _, name in found]

    def case(self, column: str) -> str:
        """SQL of the number of the month that an instant lies in; as few comparisons as can be."""
        if not self._starts:
            return str(NO_MONTH)
        return f"CASE WHEN {column} IS NULL THEN {NO_MONTH} ELSE {self._split(column, 0, len(self._starts))} END"

    def _split(self, column: str, first: int, last: int) -> str:
        if last - first == 1:
            return str(first)
        middle = (first + last) // 2
        before, after = self._split(column, first, middle), self._split(column, middle, last)
        return f"CASE WHEN {column} < {self._starts[middle]} THEN {before} ELSE {after} END"

    def of(self, at_us: int | None) -> str:
        """The name of the month that an instant lies in."""
        return "" if at_us is None else self._names[max(bisect_right(self._starts, at_us) - 1, 0)]

    def name(self, number: int) -> str:
        """The name of a month by its number."""
        return "" if number == NO_MONTH else self._names[number]


def _months(timezone: str, first_us: int, last_us: int) -> Iterator[tuple[int, str]]:
    """(from this instant on, month), where the wall clock shows another month than before."""
    before = ""
    offsets = offset_table(timezone, first_us, last_us)
    for (from_at_us, offset_us), (to_at_us, _) in pairwise([*offsets, (last_us + 1, 0)]):
        at_us = from_at_us
        while at_us < to_at_us:
            local = from_us(at_us + offset_us)  # what the wall clock shows, as if it were UTC
            if (name := f"{local.year:04}-{local.month:02}") != before:
                yield at_us, name
            before, at_us = name, _next_month_us(local) - offset_us


def _next_month_us(local: datetime) -> int:
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    return to_us(datetime(year, month, 1, tzinfo=UTC))
