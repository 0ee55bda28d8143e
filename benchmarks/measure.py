"""Timing side by side: every contender once a round, in turning order, so that a busy minute hits all alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter, perf_counter_ns
from typing import TypeAlias

Run: TypeAlias = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds of each counted round."""

    seconds: tuple[float, ...]

    @property
    def median_s(self) -> float:
        """The middle of the rounds."""
        return median(self.seconds)

    def rate(self, count: int) -> float:
        """Things a second, where one run handles `count`."""
        return count / self.median_s

    def ratio_to(self, other: Timing) -> float:
        """How many times the other's time this one took: the middle of the ratios round by round."""
        return median(mine / its for mine, its in zip(self.seconds, other.seconds, strict=True))


def side_by_side(runs: Mapping[str, Run], *, rounds: int = 7) -> dict[str, Timing]:
    """Time each run in every round. A first round warms up and does not count."""
    names = list(runs)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            taken_s = _timed(runs[name])
            if number:
                seconds[name].append(taken_s)
    return {name: Timing(seconds=tuple(taken)) for name, taken in seconds.items()}


def _timed(run: Run) -> float:
    gc.collect()
    begun = perf_counter()
    run()
    return perf_counter() - begun


def percentile_us(runs: Iterable[Run], percent: float) -> float:
    """What that share of single runs stays within, in microseconds; the reading of the clock is in it."""
    taken = []
    for run in runs:
        begun = perf_counter_ns()
        run()
        taken.append(perf_counter_ns() - begun)
    taken.sort()
    return taken[min(int(len(taken) * percent / 100), len(taken) - 1)] / 1000
