"""Timing side by side: every contender once a round, in turning order, so that a busy minute hits all alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time, thread_time_ns
from typing import TypeAlias

Run: TypeAlias = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds of each counted round: by the clock on the wall, and of processors' time (all threads together)."""

    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...] = ()

    @property
    def on_cpu(self) -> Timing:
        """The same by processors' time: what one core can do, also while others use the machine."""
        return Timing(seconds=self.cpu_seconds)

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
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            once = _timed(runs[name])
            if number:
                taken[name].append(once)
    return {
        name: Timing(seconds=tuple(wall for wall, _ in times), cpu_seconds=tuple(cpu for _, cpu in times))
        for name, times in taken.items()
    }


def _timed(run: Run) -> tuple[float, float]:
    gc.collect()
    begun, begun_cpu = perf_counter(), process_time()
    run()
    return perf_counter() - begun, process_time() - begun_cpu


def percentile_us(runs: Iterable[Run], percent: float) -> float:
    """What that share of single runs stays within: microseconds of this thread, the reading of the clock in them."""
    taken = []
    for run in runs:
        begun = thread_time_ns()
        run()
        taken.append(thread_time_ns() - begun)
    taken.sort()
    return taken[min(int(len(taken) * percent / 100), len(taken) - 1)] / 1000
