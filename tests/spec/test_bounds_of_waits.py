"""What the figures of an interval can be where some waits are not known. Written before the engine; one line a case.

Each case is held against the plain computation and against the engine: a call waited some seconds, or it is not known
how long (`?`), or it is known that nobody ever arrived (`never`).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.canonical import write_canonical
from tests.support.waits import DAY_S, bounds

from answerable.engines.describe import describe
from answerable.model.examination import WaitBounds
from answerable.model.times import SECOND_US, parse_instant

START_US = parse_instant("2018-06-20T00:00:00Z")
PLAIN, UP_TO_A_DAY = "received to arrived", "received to arrived (0 to 24 h)"
NOT_REACHED = NO_LIMIT = None


class Case(NamedTuple):
    """`best` and `worst`: calls within ten minutes, median, P90, mean."""

    name: str
    calls: list[int | str]
    definition: str
    best: tuple[int, float | None, float | None, float | None]
    worst: tuple[int, float | None, float | None, float | None]


TABLE = [
    Case("every wait is known", [60, 120, 180], PLAIN, (3, 120, 168, 120), (3, 120, 168, 120)),
    Case("one of three is not", [60, 120, "?"], PLAIN, (3, 60, 108, 60), (2, 120, NOT_REACHED, NO_LIMIT)),
    Case("half are not", [100, 700, "?", "?"], PLAIN, (3, 50, 520, 200), (1, NOT_REACHED, NOT_REACHED, NO_LIMIT)),
    Case("most are not", [100, "?", "?"], PLAIN, (3, 0, 80, 100 / 3), (1, NOT_REACHED, NOT_REACHED, NO_LIMIT)),
    Case(
        "the median stands on a known wait, beside one that is not known",
        [10, 20, 30, "?", "?"],
        PLAIN,
        (5, 10, 26, 12),
        (3, 30, NOT_REACHED, NO_LIMIT),
    ),
    Case(
        "one of eleven is not: the P90 stands on the last known wait",
        [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, "?"],
        PLAIN,
        (11, 50, 90, 50),
        (10, 60, 100, NO_LIMIT),
    ),
    Case(
        "known that nobody came: never, in both",
        [60, 120, "never"],
        PLAIN,
        (2, 120, NOT_REACHED, NO_LIMIT),
        (2, 120, NOT_REACHED, NO_LIMIT),
    ),
    Case(
        "known of one, not known of another",
        [60, 120, 180, "?", "never"],
        PLAIN,
        (4, 120, NOT_REACHED, NO_LIMIT),
        (3, 180, NOT_REACHED, NO_LIMIT),
    ),
    Case("ten minutes are within ten minutes", [600, 601, "?"], PLAIN, (2, 600, 600.8, 1201 / 3), (1, 601, None, None)),
    Case(
        "a definition with a longest wait has a worst mean",
        [60, 120, "?"],
        UP_TO_A_DAY,
        (3, 60, 108, 60),
        (2, 120, 120 + 0.8 * (DAY_S - 120), (180 + DAY_S) / 3),
    ),
    Case(
        "such a definition is not about whom nobody came to, nor about longer waits",
        [60, 120, "never", 2 * DAY_S],
        UP_TO_A_DAY,
        (2, 90, 114, 90),
        (2, 90, 114, 90),
    ),
]


def a_call(wait: int | str) -> dict[str, Any]:
    if isinstance(wait, int):
        return {"received_at": START_US, "arrived_at": START_US + wait * SECOND_US, "arrived": "yes"}
    return {"received_at": START_US, "arrived": "no" if wait == "never" else "not_recorded"}


def by_the_engine(calls: list[dict[str, Any]], definition: str, folder: Path) -> WaitBounds | None:
    parquet = write_canonical(folder / "calls.parquet", calls)
    (found,) = (
        one
        for one in describe(parquet, timezone="UTC").intervals
        if (one.definition, one.population) == (definition, "calls")
    )
    return found.bounds


def by_hand(case: Case) -> WaitBounds:
    at_most_s = math.inf if case.definition == PLAIN else DAY_S
    return bounds(
        [wait for wait in case.calls if isinstance(wait, int) and wait <= at_most_s],
        unknown=case.calls.count("?"),
        never=case.calls.count("never"),
        at_most_s=at_most_s,
    )


def spelled(found: WaitBounds | None) -> tuple[tuple[float | None, ...], ...]:
    assert found is not None
    return tuple((one.calls_within_s["600"], one.median_s, one.p90_s, one.mean_s) for one in (found.best, found.worst))


def near(expected: tuple[float | None, ...]) -> tuple[object, ...]:
    return tuple(None if figure is None else pytest.approx(figure) for figure in expected)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_the_plain_computation_gives_the_table(case: Case) -> None:
    assert spelled(by_hand(case)) == (near(case.best), near(case.worst))


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_the_engine_gives_the_table(case: Case, tmp_path: Path) -> None:
    found = by_the_engine([a_call(wait) for wait in case.calls], case.definition, tmp_path)
    assert spelled(found) == (near(case.best), near(case.worst))
    assert found is not None
    expected = by_hand(case)
    assert (found.calls, found.unknown) == (expected.calls, expected.unknown)


def test_no_wait_measured_has_no_bounds(tmp_path: Path) -> None:
    assert by_the_engine([a_call("?"), a_call("never")], PLAIN, tmp_path) is None


def test_a_start_that_is_known_not_to_have_been_is_outside_the_definition(tmp_path: Path) -> None:
    calls: list[dict[str, Any]] = [
        {"dispatched_at": START_US, "arrived_at": START_US + 60 * SECOND_US},
        {"dispatched": "no"},
        {"dispatched": "not_recorded"},
    ]
    found = by_the_engine(calls, "dispatched to arrived", tmp_path)
    assert found is not None
    assert (found.calls, found.unknown) == (2, 1)


waits = st.lists(st.integers(0, 100_000), min_size=1, max_size=12)


@given(waits, st.lists(st.one_of(st.integers(0, 2**40), st.just(math.inf)), max_size=8), st.integers(0, 3))
def test_whatever_the_unknown_waits_were_the_figures_lie_between_the_bounds(
    counted: list[int], truth: list[float], never: int
) -> None:
    found = bounds(counted, unknown=len(truth), never=never)
    real = bounds([*counted, *truth], unknown=0, never=never).best
    for name in ("median_s", "p90_s", "mean_s"):
        best, figure, worst = (getattr(one, name) for one in (found.best, real, found.worst))
        low, middle, high = (math.inf if one is None else one for one in (best, figure, worst))
        assert low <= middle * (1 + 1e-12)
        assert middle <= high * (1 + 1e-12)
    for limit, calls in real.calls_within_s.items():
        assert found.worst.calls_within_s[limit] <= calls <= found.best.calls_within_s[limit]


@given(waits, st.lists(st.one_of(st.integers(0, DAY_S), st.none()), max_size=8))
def test_calls_that_a_definition_would_not_have_counted_keep_its_figures_between_the_bounds(
    counted: list[int], truth: list[int | None]
) -> None:
    """A call whose wait is not known may have waited longer than the definition counts, and then it is not about it."""
    within = [min(wait, DAY_S) for wait in counted]
    found = bounds(within, unknown=len(truth), at_most_s=DAY_S)
    real = bounds([*within, *(wait for wait in truth if wait is not None)], unknown=0, at_most_s=DAY_S).best
    for name in ("median_s", "p90_s", "mean_s"):
        best, figure, worst = (getattr(one, name) for one in (found.best, real, found.worst))
        assert best <= figure * (1 + 1e-12)
        assert figure <= worst * (1 + 1e-12)
    for limit, calls in real.calls_within_s.items():
        among = len(within) + sum(wait is not None for wait in truth)
        share, worst, best = (
            calls / among,
            *(one.calls_within_s[limit] / found.calls for one in (found.worst, found.best)),
        )
        assert worst - 1e-12 <= share <= best + 1e-12
