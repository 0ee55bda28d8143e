"""Bounds of waits in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.canonical import write_canonical

from answerable.engines.describe import describe
from answerable.model.examination import Description, IntervalStatistic
from answerable.report.bounds import (
    bound_rows,
    entries,
    uncertain_statistics,
    unknown_said,
    why_no_interval,
    within_headings,
)

RECEIVED = "2018-06-19T21:00:00Z"
ARRIVED = {"received_at": RECEIVED, "arrived_at": "2018-06-19T21:08:00Z", "arrived": "yes"}
SILENT = {"received_at": RECEIVED}
NOBODY_CAME = {"received_at": RECEIVED, "arrived": "no"}


def description(tmp_path: Path, *calls: dict[str, Any]) -> Description:
    return describe(write_canonical(tmp_path / "calls.parquet", calls), timezone="UTC")


def first_uncertain(found: Description) -> IntervalStatistic:
    return uncertain_statistics(found.intervals, population="calls")[0]


def test_what_cannot_be_reached_is_said_in_words(tmp_path: Path) -> None:
    found = first_uncertain(description(tmp_path, ARRIVED, SILENT, SILENT, NOBODY_CAME))
    assert found.bounds is not None
    best, worst = bound_rows(found.bounds)
    assert within_headings(found.bounds) == ["in 10 min", "in 1 h"]
    assert (best.case, best.within, best.median, best.p90, best.mean) == (
        "best", ("75 %", "75 %"), "4 min", "not reached", "no limit",
    )  # fmt: skip
    assert (worst.case, worst.within, worst.median) == ("worst", ("25 %", "25 %"), "not reached")
    assert unknown_said(found) == "of 4: 2 not known, 1 never"


def test_only_what_is_there_is_counted_out(tmp_path: Path) -> None:
    assert unknown_said(first_uncertain(description(tmp_path, ARRIVED, SILENT))) == "of 2: 1 not known"
    assert unknown_said(first_uncertain(description(tmp_path, ARRIVED, NOBODY_CAME))) == "of 2: 1 never"


def test_a_definition_that_leaves_nothing_open_needs_no_bounds(tmp_path: Path) -> None:
    found = description(tmp_path, ARRIVED, ARRIVED)
    assert uncertain_statistics(found.intervals, population="calls") == []
    assert why_no_interval(found) == ""


def test_one_clock_point_makes_no_interval_and_the_page_says_which_it_is(tmp_path: Path) -> None:
    said = why_no_interval(description(tmp_path, SILENT))
    assert (
        said == "No interval can be computed: the file has one clock point only (received), and an interval needs two."
    )


def test_two_clock_points_that_no_call_has_together_make_none_either(tmp_path: Path) -> None:
    said = why_no_interval(description(tmp_path, SILENT, {"arrived_at": RECEIVED}))
    assert said.endswith("no call has both ends of one in order. Recorded: received, arrived.")


def test_a_file_without_any_time_says_so(tmp_path: Path) -> None:
    assert (
        why_no_interval(description(tmp_path))
        == "No interval can be computed: no clock point is recorded in this file."
    )


def test_entries_are_all_of_a_population_measured_or_not(tmp_path: Path) -> None:
    found = description(tmp_path, ARRIVED, SILENT, {**SILENT, "origin": "officer"})
    assert {(each.population, entries(each)) for each in found.intervals} == {("calls", 2), ("officer_initiated", 1)}
