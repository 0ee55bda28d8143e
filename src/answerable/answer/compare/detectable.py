"""What this record could have shown: the smallest odds ratio that the confirming test would find four times in five."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from answerable.answer.compare.arrays import Floats
from answerable.answer.compare.drawing import log_ways

POWER = 0.8
_TRIALS = 1000
_RATIOS = np.exp(np.linspace(np.log(1.1), np.log(200.0), 53))


def detectable_ratio(
    sizes: Sequence[tuple[int, int]], *, base_rate: float, alpha: float, power: float = POWER, seed: int
) -> float | None:
    """The smallest odds ratio, on a grid of 10 % steps, found with `power` at `alpha`; None where none up to 200 is.

    `sizes` are (claimed, others) of each stratum, `base_rate` the share of late calls among the others. Records of
    these sizes are made and tested, 1,000 a ratio, from `seed`: the same record gives the same figure.
    """
    if not sizes or not 0 < base_rate < 1:
        return None
    low, high = 0, len(_RATIOS)
    while low < high:
        middle = (low + high) // 2
        if power_at(sizes, base_rate=base_rate, ratio=float(_RATIOS[middle]), alpha=alpha, seed=seed) >= power:
            high = middle
        else:
            low = middle + 1
    return float(_RATIOS[low]) if low < len(_RATIOS) else None


def power_at(
    sizes: Sequence[tuple[int, int]], *, base_rate: float, ratio: float, alpha: float, seed: int, trials: int = _TRIALS
) -> float:
    """How often the exact conditional test (one-sided) finds an odds ratio in records of these sizes."""
    rng = np.random.default_rng(seed)
    odds = ratio * base_rate / (1 - base_rate)
    most = sum(claimed for claimed, _ in sizes)
    totals, seen = np.zeros((trials, most + 1)), np.zeros(trials, dtype=int)
    chances = {size: _chances(*size) for size in set(sizes)}
    totals[:, 0] = 1.0
    for claimed, others in sizes:
        late = rng.binomial(claimed, odds / (1 + odds), size=trials)
        late_others = rng.binomial(others, base_rate, size=trials)
        seen += late
        totals = _with_stratum(totals, chances[claimed, others][:, late + late_others])
    p_values = np.cumsum(totals[:, ::-1], axis=1)[:, ::-1][np.arange(trials), seen]
    return float(np.mean(p_values <= alpha))


def _chances(claimed: int, others: int) -> Floats:
    """A row for each number of late calls among the claimed, a column for each number among all of the stratum."""
    size = claimed + others
    number, late = np.arange(claimed + 1)[:, None], np.arange(size + 1)[None, :]
    ways = log_ways(late, number) + log_ways(size - late, claimed - number) - log_ways(size, claimed)
    return np.asarray(np.exp(ways))


def _with_stratum(totals: Floats, chances: Floats) -> Floats:
    """Every trial's distribution of totals, convolved with one more stratum's: a row a number, a column a trial."""
    grown = np.zeros_like(totals)
    for count, chance in enumerate(chances):
        grown[:, count:] += totals[:, : totals.shape[1] - count] * chance[:, None]
    return grown
