"""When calls come in: by hour of the day, day of the week, and days that are busier than others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate
from random import Random

from answerable.demo.city import (
    BUSY_DAYS,
    CAMP_DAYS,
    DAYS,
    HOUR_S,
    HOURLY_CAMP,
    HOURLY_WEEKDAY,
    HOURLY_WEEKEND,
    STARTS,
)


def city_weights(rng: Random) -> list[float]:
    """The weight of every hour of June and July. Days differ by chance too, as they do."""
    found: list[float] = []
    for day in range(DAYS):
        weekend = (STARTS + timedelta(days=day)).weekday() >= 5
        factor = BUSY_DAYS.get(day, 1.0) * rng.lognormvariate(0, 0.06)
        found += [factor * hour for hour in (HOURLY_WEEKEND if weekend else HOURLY_WEEKDAY)]
    return found


def camp_weights(rng: Random) -> list[float]:
    """The weight of every hour for calls from the building: none before the camp, most in its first ten days."""
    found: list[float] = []
    for day in range(DAYS):
        factor = _camp(day) * rng.lognormvariate(0, 0.3)
        found += [factor * hour for hour in HOURLY_CAMP]
    return found


def _camp(day: int) -> float:
    if day not in CAMP_DAYS:
        return 0.0
    week = (day - CAMP_DAYS.start) // 7
    return (1.0, 0.9, 0.5, 0.4, 0.35, 0.5)[week]


def arrivals(rng: Random, *, weights: Sequence[float], count: int) -> list[int]:
    """`count` times of receipt in seconds of the story, in order, by the weights of the hours."""
    hours = rng.choices(range(len(weights)), cum_weights=list(accumulate(weights)), k=count)
    return sorted(hour * HOUR_S + rng.randrange(HOUR_S) for hour in hours)
