"""The SQL of a city's lines, and of how many of them an importer must find to be faulty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import resources
from string import Template
from typing import NamedTuple
from zoneinfo import ZoneInfo

from answerable.generated.cities import OFFICER, City

YEAR = 2024
HEADER = "Call No,Received,Dispatched,En Route,On Scene,Closed,Source,Type,Priority,Disposition,Block,District,Beat"
_FIRST_DAY, _LAST_DAY = datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR + 1, 1, 1, tzinfo=UTC)

_LINES = f"""SELECT CASE spoilt
        WHEN 1 THEN concat_ws(',', call_no, received_text, dispatched_text, enroute_text, arrived_text)
        WHEN 2 THEN concat_ws(',', call_no, '13/45/{YEAR} 99:00:00', whole)
        WHEN 3 THEN concat_ws(',', call_no, chr(0) || received_text, whole)
        ELSE concat_ws(',', call_no, received_text, whole)
            || CASE WHEN spoilt BETWEEN 10 AND 19 THEN chr(10) ELSE '' END
    END AS "{HEADER}"
    FROM (SELECT *, concat_ws(',', dispatched_text, enroute_text, arrived_text, closed_text, origin, type,
        priority::VARCHAR, disposition, block, district, beat) AS whole FROM placed)"""
"""Four lines in ten thousand are broken, each in one of four ways; ten are followed by a blank line."""
_TRUTH = (
    "SELECT count(*), count(*) FILTER (repeated AND spoilt > 3) AS repeated, count(*) FILTER (spoilt <= 3) FROM drawn"
)


class Clock(NamedTuple):
    """A city's clock in the year: seconds to add to UTC in winter, and when summer time begins and ends (UTC seconds,
    both 0 where there is none)."""

    winter_s: int
    spring_s: int
    autumn_s: int


def clock_of(timezone: str) -> Clock:
    """The clock of a zone that is in winter on the first of January and changes twice a year or never."""
    zone = ZoneInfo(timezone)
    hours = [_FIRST_DAY + timedelta(hours=at) for at in range(int((_LAST_DAY - _FIRST_DAY).total_seconds()) // 3600)]
    offsets = [_offset_s(at, zone) for at in hours]
    changes = [
        int(at.timestamp())
        for at, before, after in zip(hours[1:], offsets, offsets[1:], strict=False)
        if before != after
    ]
    spring_s, autumn_s = changes or (0, 0)
    return Clock(offsets[0], spring_s, autumn_s)


def _offset_s(at: datetime, zone: ZoneInfo) -> int:
    offset = at.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def lines_sql(city: City, *, rows: int, seed: int, first: int, last: int) -> str:
    """Lines `first` to `last` (not included) of the `rows` of a city, as one column of text in their order."""
    return _given(city, rows=rows, seed=seed, first=first, last=last) + _LINES


def truth_sql(city: City, *, rows: int, seed: int, first: int, last: int) -> str:
    """One row: how many lines, how many of them repeat an earlier one, and how many are broken."""
    return _given(city, rows=rows, seed=seed, first=first, last=last) + _TRUTH


def _given(city: City, *, rows: int, seed: int, first: int, last: int) -> str:
    clock = clock_of(city.timezone)
    text = (resources.files("answerable.generated") / "rows.sql").read_text(encoding="utf-8")
    return Template(text).substitute(
        rows=rows, seed=seed, first=first, last=last, city=city.number,
        repeated_per_mille=city.repeated_per_mille, no_arrival_per_mille=city.no_arrival_per_mille,
        breaks_lines=str(city.breaks_lines).upper(), time_format=city.time_format, sentinel=sentinel(city),
        types=_hundred((one.code, one.per_hundred) for one in city.types),
        priorities=_hundred((one.priority, one.per_hundred) for one in city.types),
        origins=_hundred(city.origins), officer=OFFICER,
        days=(_LAST_DAY - _FIRST_DAY).days, midnight_s=int(_FIRST_DAY.timestamp()) - clock.winter_s,
        spring_s=clock.spring_s, **_times(clock),
    )  # fmt: skip


def sentinel(city: City) -> str:
    """What the city writes for "no time" where it leaves no blank."""
    return datetime(1900, 1, 1, tzinfo=UTC).strftime(city.time_format)


def _times(clock: Clock) -> dict[str, str]:
    """Each clock point as the wall clock showed it. One arrival in two thousand was stamped half an hour too early."""
    sent, came = "received_s + wait_s", "received_s + wait_s + travel_s"
    times = {
        "received": "received_s",
        "dispatched": sent,
        "enroute": f"{sent} + least(30, travel_s)",
        "arrived": f"(CASE WHEN rare < 5 THEN received_s - 1926 ELSE {came} END)",
        "closed": f"(CASE WHEN nobody_sent THEN {sent} ELSE {came} + scene_s END)",
    }
    return {name: _wall(time, clock) for name, time in times.items()}


def _wall(time_s: str, clock: Clock) -> str:
    summer = f"{time_s} >= {clock.spring_s} AND {time_s} < {clock.autumn_s} AND NOT not_set"
    return f"make_timestamp(({time_s} + {clock.winter_s} + CASE WHEN {summer} THEN 3600 ELSE 0 END) * 1000000)"


def _hundred(shares: Iterable[tuple[str | int, int]]) -> str:
    """A SQL list of a hundred values, each as often as its share."""
    return f"[{', '.join(repr(value) for value, per_hundred in shares for _ in range(per_hundred))}]"
