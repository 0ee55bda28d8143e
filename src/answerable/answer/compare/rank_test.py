"""The primary test: log-rank scores, permuted within strata.

Scores after Peto & Peto (1972, J. R. Stat. Soc. A 135:185): whether somebody was sent, less the cumulative hazard of
the stratum up to then. Their sum over the claimed calls is observed minus expected dispatches; below zero is slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from answerable.answer.compare.arrays import Flags, Floats, Units

DRAWS = 99_999
_CHUNK = 2_000_000


@dataclass(frozen=True, slots=True)
class RankTest:
    """`slower`: the one-sided p-value of waiting longer; `either`: of any difference. `z`: the standardised sum, above
    zero where the claimed calls waited longer. `draws` permutations were drawn from `seed`."""

    slower: float
    either: float
    z: float
    draws: int
    seed: int


def scores(time_s: Floats, event: Flags) -> Floats:
    """Log-rank scores of one stratum, which sum to zero: `event` less the Nelson-Aalen hazard, ties at one time."""
    times, at = np.unique(time_s, return_inverse=True)
    events = np.bincount(at, weights=event, minlength=len(times))
    at_risk = len(time_s) - np.concatenate(([0], np.cumsum(np.bincount(at, minlength=len(times)))[:-1]))
    return np.asarray(event - np.cumsum(events / at_risk)[at], dtype=float)


def rank_test(strata: Sequence[Units], *, draws: int = DRAWS, seed: int) -> RankTest:
    """Permute which calls of each stratum are the claimant's. Deterministic for a seed; p counts the draw observed."""
    return rank_tests([strata], draws=draws, seed=seed)[0]


def rank_tests(readings: Sequence[Sequence[Units]], *, draws: int = DRAWS, seed: int) -> tuple[RankTest, ...]:
    """The test of each of several readings of the same calls, which may differ in times and events alone: what is drawn
    for one serves all."""
    rng = np.random.default_rng(seed)
    observed, variance = np.zeros(len(readings)), np.zeros(len(readings))
    drawn = np.zeros((len(readings), draws))
    for every in zip(*readings, strict=True):
        claimed = every[0].claimed
        own = np.array([scores(one.time_s, one.event) for one in every])
        many, all_of = int(claimed.sum()), len(claimed)
        observed += own[:, claimed].sum(axis=1)
        variance += many * (all_of - many) / (all_of * (all_of - 1)) * (own**2).sum(axis=1)
        _add_draws(drawn, own, many, rng)
    return tuple(
        _judged(sums, float(seen), float(spread), seed=seed)
        for sums, seen, spread in zip(drawn, observed, variance, strict=True)
    )


def _judged(drawn: Floats, observed: float, variance: float, *, seed: int) -> RankTest:
    draws = len(drawn)
    tolerance = 1e-9 * max(1.0, abs(observed))
    below, above = np.count_nonzero(drawn <= observed + tolerance), np.count_nonzero(drawn >= observed - tolerance)
    slower, faster = (int(below) + 1) / (draws + 1), (int(above) + 1) / (draws + 1)
    return RankTest(
        slower=slower,
        either=min(1.0, 2 * min(slower, faster)),
        z=-observed / variance**0.5 if variance > 0 else 0.0,
        draws=draws,
        seed=seed,
    )


def _add_draws(drawn: Floats, own: Floats, many: int, rng: np.random.Generator) -> None:
    """Add the sum of `many` scores drawn without replacement to each of `drawn`: a row a reading, a column a draw."""
    draws, size = drawn.shape[1], own.shape[1]
    if many == 1:
        drawn += own[:, rng.integers(size, size=draws)]
        return
    for start in range(0, draws, max(1, _CHUNK // size)):
        part = drawn[:, start : start + max(1, _CHUNK // size)]
        chosen = rng.random((part.shape[1], size)).argpartition(many - 1, axis=1)[:, :many]
        part += own[:, chosen].sum(axis=2)
