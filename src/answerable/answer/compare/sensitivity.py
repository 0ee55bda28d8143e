"""How much hidden bias would explain a difference away: Rosenbaum's Gamma for the rank test, and the E-value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize, special, stats

from answerable.answer.compare.arrays import Floats, Units
from answerable.answer.compare.rank_test import scores

LARGEST_GAMMA = 100.0


def worst_p(strata: Sequence[Units], gamma: float) -> float:
    """The largest one-sided p-value of the rank test if two comparable calls may differ by `gamma` in their odds.

    Stratum by stratum the worst hidden cause is one that the slowest share; of all cuts, the one with the largest
    mean (Gastwirth, Krieger and Rosenbaum 2000, J. R. Stat. Soc. B 62:545; with several claimed calls the number drawn
    from above the cut is Fisher's noncentral hypergeometric). Large-sample: for the sum of many strata.
    """
    observed, mean, variance = 0.0, 0.0, 0.0
    for one in strata:
        slow = -scores(one.time_s, one.event)
        observed += float(slow[one.claimed].sum())
        its_mean, its_variance = _worst(np.sort(slow)[::-1], int(one.claimed.sum()), gamma)
        mean, variance = mean + its_mean, variance + its_variance
    return 1.0 if variance <= 0 else float(stats.norm.sf((observed - mean) / variance**0.5))


def _worst(slowest_first: Floats, many: int, gamma: float) -> tuple[float, float]:
    """The largest mean of the sum of `many` scores, with its variance, over all cuts of one stratum."""
    size = len(slowest_first)
    best = (-np.inf, 0.0)
    for cut in range(1, size):
        above, below = slowest_first[:cut], slowest_first[cut:]
        count, chances = _noncentral(cut, size - cut, many, gamma)
        number = float((count * chances).sum())
        mean = number * above.mean() + (many - number) * below.mean()
        spread = float(((count - number) ** 2 * chances).sum()) * (above.mean() - below.mean()) ** 2
        within = (_drawn_variance(above, count) + _drawn_variance(below, many - count)) @ chances
        best = max(best, (float(mean), float(spread + within)))
    return best


def _noncentral(above: int, below: int, many: int, gamma: float) -> tuple[Floats, Floats]:
    """How many of `many` drawn come from above the cut: values and probabilities (Fisher's noncentral distribution)."""
    count = np.arange(max(0, many - below), min(above, many) + 1, dtype=float)
    weights = np.log(special.comb(above, count)) + np.log(special.comb(below, many - count)) + count * np.log(gamma)
    chances = np.exp(weights - weights.max())
    return count, chances / chances.sum()


def _drawn_variance(values: Floats, drawn: Floats) -> Floats:
    """The variance of a sum of so many of `values` drawn without replacement."""
    size = len(values)
    if size == 1:
        return np.zeros(len(drawn))
    return np.asarray(drawn * (size - drawn) / (size - 1) * values.var())


def least_gamma(strata: Sequence[Units], *, alpha: float) -> float:
    """The largest hidden bias under which the rank test stays significant; 1 where it is not without any."""
    if worst_p(strata, 1.0) > alpha:
        return 1.0
    if worst_p(strata, LARGEST_GAMMA) <= alpha:
        return LARGEST_GAMMA
    return float(optimize.brentq(lambda at: worst_p(strata, at) - alpha, 1.0, LARGEST_GAMMA, xtol=1e-3))


def e_value(odds_ratio: float, *, base_rate: float) -> float:
    """How strongly something hidden would have to go with both, as a risk ratio (VanderWeele and Ding 2017).

    Where being late is common (over 15 %) the risk ratio is taken as the square root of the odds ratio.
    """
    risk_ratio = odds_ratio if base_rate <= 0.15 else odds_ratio**0.5
    if risk_ratio < 1:
        return 1.0
    return float(risk_ratio + (risk_ratio * (risk_ratio - 1)) ** 0.5)
