"""The engine and a plain computation give the same bounds, for files with few and with many unknown waits."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.support.canonical import write_canonical
from tests.support.waits import DAY_S, bounds

from answerable.engines.describe import describe
from answerable.model.examination import WaitBounds
from answerable.model.times import SECOND_US, parse_instant

START_US = parse_instant("2018-06-20T00:00:00Z")
SIZES = (1, 2, 3, 5, 10, 11, 40, 300)
SHARES_UNKNOWN = (0.0, 0.02, 0.3, 0.7)


@pytest.mark.parametrize("unknown_share", SHARES_UNKNOWN)
@pytest.mark.parametrize("size", SIZES)
def test_bounds_do_not_depend_on_who_computes_them(size: int, unknown_share: float, tmp_path: Path) -> None:
    rng = Random(f"{size} {unknown_share}")
    waits_us = [rng.randrange(2 * DAY_S * SECOND_US) for _ in range(size)]
    unknown, never = (sum(rng.random() < share for _ in range(size)) for share in (unknown_share, unknown_share / 10))
    calls: list[dict[str, Any]] = [{"received_at": START_US, "arrived_at": START_US + wait} for wait in waits_us]
    calls += [{"received_at": START_US, "arrived": known} for known in ["not_recorded"] * unknown + ["no"] * never]
    rng.shuffle(calls)
    found = {
        one.definition: one.bounds
        for one in describe(write_canonical(tmp_path / "calls.parquet", calls), timezone="UTC").intervals
        if one.population == "calls"
    }
    waits_s = [wait / SECOND_US for wait in waits_us]
    short = [wait for wait in waits_s if wait <= DAY_S]
    assert figures(found["received to arrived"]) == near(bounds(waits_s, unknown=unknown, never=never))
    within_a_day = found["received to arrived (0 to 24 h)"]
    if short:
        assert figures(within_a_day) == near(bounds(short, unknown=unknown, never=never, at_most_s=DAY_S))
    else:
        assert within_a_day is None


def figures(found: WaitBounds | None) -> list[float | None]:
    assert found is not None
    every: list[float | None] = [found.calls, found.unknown]
    for bound in (found.best, found.worst):
        every += [*bound.calls_within_s.values(), bound.median_s, bound.p90_s, bound.mean_s]
    return every


def near(expected: WaitBounds) -> list[object]:
    # one part in 10^12: a sum of seconds is rounded otherwise than one of microseconds
    return [None if figure is None else pytest.approx(figure, rel=1e-12) for figure in figures(expected)]


def test_the_files_have_bounds_that_are_reached_and_bounds_that_are_not() -> None:
    rng = Random(2018)
    waits = [float(rng.randrange(DAY_S)) for _ in range(100)]
    assert bounds(waits, unknown=5).worst.p90_s not in (None, math.inf)
    assert bounds(waits, unknown=30).worst.p90_s is None
