"""The description of a file against a plain computation of the same things, row by row."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.support.canonical import write_canonical
from tests.support.waits import DAY_S, bounds

from answerable.config import Settings
from answerable.engines.describe import DEFINITIONS, describe
from answerable.errors import SettingsError, SourceError, StorageError
from answerable.model.call import CLOCK_POINTS, Quality
from answerable.model.examination import Description, IntervalStatistic, WaitBounds
from answerable.model.times import SECOND_US, from_us, parse_instant

ZONE = "America/Los_Angeles"
START_US = parse_instant("2018-06-20T00:00:00Z")
FALLBACK = (
    "received", "phone", "answered", "entered", "queued", "dispatched", "enroute", "arrived", "contact",
    "cleared", "closed", "first_closed", "reopened", "occurred",
)  # fmt: skip
FLAWS = (
    Quality.MINUTE_PRECISION, Quality.DST_AMBIGUOUS, Quality.DERIVED_FROM_INTERVAL, Quality.SENTINEL,
    Quality.DATE_ONLY, Quality.MIDNIGHT_PLACEHOLDER, Quality.DST_UNDECIDED, Quality.DST_NONEXISTENT,
    Quality.OVERWRITTEN_BY_REOPENING, Quality.UNIT_ROW_LOST,
)  # fmt: skip
DISTRUSTED = FLAWS[4:]


def a_dirty_row(rng: Random) -> dict[str, Any]:
    row: dict[str, Any] = {
        "origin": rng.choice(["public_911", "public_911", "alarm", "officer", "scheduled", "unknown"]),
        "entry_kind": rng.choice(["call"] * 6 + ["test", "broadcast", "information"]),
        "disposition": rng.choice(["report", "handled", "none", "duplicate"]),
        "disposition_raw": rng.choice(["R", "K", None, ""]),
        "duplicate_of": rng.choice([None] * 9 + ["A-1"]),
        "dispatched": rng.choice(["yes", "no", "not_recorded"]),
        "arrived": rng.choice(["yes", "yes", "yes", "no", "not_recorded"]),
        "priority_initial_raw": rng.choice(["1", "2", None]),
        "priority_final_raw": rng.choice(["1", "3", None]),
    }
    received_us = START_US + rng.randrange(200 * 86400) * SECOND_US
    for point in CLOCK_POINTS:
        if rng.random() < 0.7:
            row[f"{point}_at"] = received_us + rng.choice([-900, 60, 600, 3600, 30 * 3600]) * SECOND_US
            row[f"quality_{point}"] = int(rng.choice(FLAWS)) if rng.random() < 0.3 else 0
    return row


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    rng = Random(2018)
    return [a_dirty_row(rng) for _ in range(2_000)] + [{}]


@pytest.fixture(scope="module")
def described(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Description:
    return describe(write_canonical(tmp_path_factory.mktemp("calls") / "calls.parquet", rows), timezone=ZONE)


def one(description: Description, definition: str, population: str = "calls") -> IntervalStatistic:
    (found,) = (s for s in description.intervals if s.definition == definition and s.population == population)
    return found


def recorded_us(row: Mapping[str, Any], point: str) -> int | None:
    unrecorded = Quality(row.get(f"quality_{point}", 0)) & (Quality.SENTINEL | Quality.MISSING)
    return None if unrecorded else row.get(f"{point}_at")


def population_of(row: Mapping[str, Any]) -> str | None:
    if row.get("duplicate_of") or row.get("disposition") == "duplicate":
        return None
    if row.get("entry_kind", "call") != "call" or row.get("origin") == "scheduled":
        return None
    return "officer_initiated" if row.get("origin") == "officer" else "calls"


def judge(row: Mapping[str, Any], from_point: str, to_point: str, *, day_only: bool) -> tuple[str, float]:
    from_at, to_at = recorded_us(row, from_point), recorded_us(row, to_point)
    if from_at is None:
        return "no_start" if from_point == "dispatched" and row.get("dispatched") == "no" else "missing_from", 0
    if to_at is None:
        return "no_end" if row.get(to_point) == "no" else "missing_to", 0
    flaws = Quality(row.get(f"quality_{from_point}", 0) | row.get(f"quality_{to_point}", 0))
    if any(flaw in flaws for flaw in DISTRUSTED):
        return "uncertain", 0
    if to_at < from_at:
        return "out_of_order", 0
    if day_only and to_at - from_at > 86400 * SECOND_US:
        return "over_24_h", 0
    return "counted", (to_at - from_at) / SECOND_US


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def figures_of(found: WaitBounds | None) -> dict[str, float | None]:
    """Every figure by its place, to compare within rounding."""
    assert found is not None
    flat: dict[str, float | None] = {"calls": found.calls, "unknown": found.unknown}
    for which, bound in (("best", found.best), ("worst", found.worst)):
        flat |= {f"{which} within {limit}": calls for limit, calls in bound.calls_within_s.items()}
        flat |= {f"{which} {name}": getattr(bound, name) for name in ("median_s", "p90_s", "mean_s")}
    return flat


@pytest.mark.parametrize("population", ["calls", "officer_initiated"])
@pytest.mark.parametrize("definition", [name for name, *_ in DEFINITIONS])
def test_every_interval_agrees_with_a_plain_computation(
    definition: str, population: str, rows: list[dict[str, Any]], described: Description
) -> None:
    statistic = one(described, definition, population)
    judged = [
        judge(row, statistic.from_point, statistic.to_point, day_only="24 h" in definition)
        for row in rows
        if population_of(row) == population
    ]
    tally = Counter(verdict for verdict, _ in judged)
    waits = [seconds for verdict, seconds in judged if verdict == "counted"]
    assert statistic.counted == len(waits) > 10
    assert statistic.left_out == {reason: tally[reason] for reason in statistic.left_out}
    assert statistic.counted + sum(statistic.left_out.values()) == len(judged)
    assert statistic.mean_s == pytest.approx(fmean(waits))
    assert statistic.median_s == pytest.approx(quantile(waits, 0.5))
    assert statistic.p90_s == pytest.approx(quantile(waits, 0.9))
    expected = bounds(
        waits,
        unknown=sum(tally[reason] for reason in ("missing_from", "missing_to", "uncertain", "out_of_order")),
        never=tally["no_end"],
        at_most_s=DAY_S if "24 h" in definition else math.inf,
    )
    assert figures_of(statistic.bounds) == pytest.approx(figures_of(expected))


def test_coverage_agrees_with_a_plain_computation(rows: list[dict[str, Any]], described: Description) -> None:
    months: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        start_us = next((at for p in FALLBACK if (at := recorded_us(row, p)) is not None), None)
        local = None if start_us is None else from_us(start_us).astimezone(ZoneInfo(ZONE))
        months.setdefault("unknown" if local is None else f"{local:%Y-%m}", []).append(row)
    assert [found.month for found in described.coverage] == sorted(months)
    for found in described.coverage:
        assert found.calls == len(months[found.month])
        assert found.recorded == {
            point: sum(recorded_us(row, point) is not None for row in months[found.month]) for point in CLOCK_POINTS
        }


def test_every_call_is_in_exactly_one_month(rows: list[dict[str, Any]], described: Description) -> None:
    assert sum(month.calls for month in described.coverage) == len(rows)


def test_counts_are_complete_and_most_frequent_first(rows: list[dict[str, Any]], described: Description) -> None:
    assert described.priorities == Counter(
        row.get("priority_initial_raw") or row.get("priority_final_raw") or "" for row in rows
    )
    assert described.disposition_codes == Counter(row.get("disposition_raw") or "" for row in rows)
    for counts in (
        described.dispositions,
        described.origins,
        described.entry_kinds,
        described.dispatched,
        described.arrived,
    ):
        assert sum(counts.values()) == len(rows)
        assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_a_call_before_local_midnight_belongs_to_the_month_that_ends(tmp_path: Path) -> None:
    rows = [{"received_at": "2018-07-01T06:59:59Z"}, {"received_at": "2018-07-01T07:00:00Z"}]
    coverage = describe(write_canonical(tmp_path / "calls.parquet", rows), timezone=ZONE).coverage
    assert [(month.month, month.calls) for month in coverage] == [("2018-06", 1), ("2018-07", 1)]


def test_a_month_that_begins_twice_is_read_from_the_wall_clock(tmp_path: Path) -> None:
    # in St. John's the clocks went back at one minute past midnight on 1 November 2009: October began again
    zone = ZoneInfo("America/St_Johns")
    times = [f"2009-11-01T02:{minute:02}:30Z" for minute in (29, 30, 31, 40)]
    rows = [{"received_at": at} for at in times]
    found = describe(write_canonical(tmp_path / "calls.parquet", rows), timezone=zone.key).coverage
    local = Counter(f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m}" for at in times)
    assert {month.month: month.calls for month in found} == local == {"2009-10": 3, "2009-11": 1}


def test_a_negative_interval_is_left_out_and_counted_never_averaged(tmp_path: Path) -> None:
    rows = [
        {"received_at": "2018-06-19T21:00:00Z", "arrived_at": "2018-06-19T20:27:54Z"},
        {"received_at": "2018-06-19T21:00:00Z", "arrived_at": "2018-06-19T21:10:00Z"},
    ]
    statistic = one(describe(write_canonical(tmp_path / "calls.parquet", rows), timezone=ZONE), "received to arrived")
    assert (statistic.counted, statistic.mean_s, statistic.left_out["out_of_order"]) == (1, 600.0, 1)


def test_no_calls_give_a_description_without_figures(tmp_path: Path) -> None:
    found = describe(write_canonical(tmp_path / "calls.parquet", []), timezone=ZONE)
    assert found.coverage == ()
    assert found.dispositions == {}
    assert {(s.counted, s.mean_s, s.p90_s) for s in found.intervals} == {(0, None, None)}


def test_the_path_may_hold_quotes_and_stars(tmp_path: Path) -> None:
    path = write_canonical(tmp_path / "o'brien [1] *.parquet", [{"received_at": START_US}])
    assert sum(month.calls for month in describe(path, timezone=ZONE).coverage) == 1


def test_settings_limit_the_engine_without_changing_the_answer(
    rows: list[dict[str, Any]], described: Description, tmp_path: Path
) -> None:
    path = write_canonical(tmp_path / "calls.parquet", rows)
    assert describe(path, timezone=ZONE, settings=Settings(memory="200MB", threads=1)) == described


def test_an_impossible_memory_size_names_the_setting(tmp_path: Path) -> None:
    path = write_canonical(tmp_path / "calls.parquet", [])
    with pytest.raises(SettingsError, match="ANSWERABLE_MEMORY is 'plenty'"):
        describe(path, timezone=ZONE, settings=Settings(memory="plenty"))


def test_a_file_that_is_not_canonical_says_what_to_do(tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    other.write_bytes(b"a,b\n1,2\n" * 10)
    with pytest.raises(SourceError, match="answerable import FILE") as caught:
        describe(other, timezone=ZONE)
    assert caught.value.where()["file"] == str(other)


def test_a_file_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"gone\.parquet cannot be read"):
        describe(tmp_path / "gone.parquet", timezone=ZONE)
