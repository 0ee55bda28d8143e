"""A line is decided by its position, the seed and the city, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.generated_lines import city, lines

from answerable.generated.cities import CITIES, City
from answerable.generated.profile import profile_toml
from answerable.generated.selecting import clock_of
from answerable.sources import find_profile

ASHMERE = CITIES[0]


def utc_s(*day_and_hour: int) -> int:
    return int(datetime(2024, *day_and_hour, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("zone", "winter_s", "spring", "autumn"),
    [
        ("America/New_York", -5 * 3600, (3, 10, 7), (11, 3, 6)),
        ("America/Chicago", -6 * 3600, (3, 10, 8), (11, 3, 7)),
        ("America/Denver", -7 * 3600, (3, 10, 9), (11, 3, 8)),
        ("America/Los_Angeles", -8 * 3600, (3, 10, 10), (11, 3, 9)),
    ],
)
def test_clocks_change_when_the_law_says(
    zone: str, winter_s: int, spring: tuple[int, ...], autumn: tuple[int, ...]
) -> None:
    assert clock_of(zone) == (winter_s, utc_s(*spring), utc_s(*autumn))


def test_phoenix_keeps_one_time_all_year() -> None:
    assert clock_of("America/Phoenix") == (-7 * 3600, 0, 0)


def test_a_line_is_the_same_whoever_makes_it_alone_or_with_others() -> None:
    together = lines(ASHMERE, rows=5000, first=0, last=5000)
    starts = range(0, 5000, 500)
    apart = [line for first in starts for line in lines(ASHMERE, rows=5000, first=first, last=first + 500)]
    assert together == apart
    assert len(set(together)) > 4800


@pytest.mark.parametrize("seed", [0, 2, 2**63 - 1])
def test_another_seed_makes_other_lines(seed: int) -> None:
    ours, others = (lines(ASHMERE, rows=500, first=0, last=500, seed=one) for one in (1, seed))
    assert not set(ours) & set(others)


def test_another_city_makes_other_calls() -> None:
    ours, others = (
        [line.split(",")[9:] for line in lines(city(one), rows=500, first=0, last=500)]
        for one in ("ashmere-police", "eastmarch-police")
    )
    assert ours != others


def test_a_repeated_line_repeats_a_line_that_stands_before_it() -> None:
    bramwick = city("bramwick-police")
    seen: set[str] = set()
    repeats = 0
    for at, line in enumerate(lines(bramwick, rows=20_000, first=0, last=20_000)):
        repeats += line in seen
        # at an even position stands a line of its own
        assert at % 2 or line not in seen
        seen.add(line)
    assert repeats > 800


@pytest.mark.parametrize("one", CITIES, ids=lambda one: one.id)
def test_the_profile_of_every_city_is_one_that_can_be_used(one: City, tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text(profile_toml(one), encoding="utf-8")
    assert find_profile(str(tmp_path / "city.toml")).definition.clock.timezone == one.timezone
