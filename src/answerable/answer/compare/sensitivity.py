"""How much hidden bias would explain a difference away: Rosenbaum's Gamma for the rank test, and the E-value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from answerable.answer.compare.arrays import Floats, Units
from answerable.answer.compare.drawing import log_ways
from answerable.answer.compare.rank_test import scores

LARGEST_GAMMA = 100.0


def worst_p(strata: Sequence[Units], gamma: float) -> float:
    """The largest one-sided p-value of the rank test if two comparable calls may differ by `gamma` in their odds.

    Stratum by stratum the worst hidden cause is one that the slowest share; of all cuts, the one with the largest
    mean (Gastwirth, Krieger and Rosenbaum 2000, J. R. Stat. Soc. B 62:545; with several claimed calls the number drawn
    from above the cut is Fisher's noncentral hypergeometric). Large-sample: for the sum of many strata.
    """
    return _worst_p([_Cuts(one) for one in strata], gamma)


def least_gamma(strata: Sequence[Units], *, alpha: float) -> float:
    """The largest hidden bias under which the rank test stays significant; 1 where it is not without any."""
    cuts = [_Cuts(one) for one in strata]
    if _worst_p(cuts, 1.0) > alpha:
        return 1.0
    if _worst_p(cuts, LARGEST_GAMMA) <= alpha:
        return LARGEST_GAMMA
    return float(optimize.brentq(lambda at: _worst_p(cuts, at) - alpha, 1.0, LARGEST_GAMMA, xtol=1e-3))


def _worst_p(strata: Sequence[_Cuts], gamma: float) -> float:
    observed, mean, variance = 0.0, 0.0, 0.0
    for one in strata:
        its_mean, its_variance = one.worst(gamma)
        observed, mean, variance = observed + one.observed, mean + its_mean, variance + its_variance
    return 1.0 if variance <= 0 else float(special.ndtr((mean - observed) / variance**0.5))


class _Cuts:
    """Every way to cut one stratum between slower and quicker calls: a row a cut, a column for how many of the claimed
    calls come from above it. What does not depend on the bias is worked out once."""

    def __init__(self, one: Units) -> None:
        slow = -scores(one.time_s, one.event)
        size, many = len(slow), int(one.claimed.sum())
        self.observed = float(slow[one.claimed].sum())
        slow.sort()
        slow = slow[::-1]
        above = np.arange(1, size)
        self._mean_above, var_above = _means_and_variances(slow)
        mean_below, var_below = (one[::-1] for one in _means_and_variances(slow[::-1]))
        self._mean_below, self._many = mean_below, many
        self._number = np.arange(many + 1)
        self._log_ways = log_ways(above[:, None], self._number) + log_ways(size - above[:, None], many - self._number)
        self._within = _drawn_variance(above, var_above, self._number) + _drawn_variance(
            size - above, var_below, many - self._number
        )

    def worst(self, gamma: float) -> tuple[float, float]:
        """The largest mean of the claimed calls' sum, with its variance, over all cuts."""
        weights = self._log_ways + self._number * np.log(gamma)
        chances = np.exp(weights - weights.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        number = chances @ self._number
        means = number * self._mean_above + (self._many - number) * self._mean_below
        apart = (self._mean_above - self._mean_below) ** 2
        spread = ((self._number - number[:, None]) ** 2 * chances).sum(axis=1) * apart
        variances = spread + (self._within * chances).sum(axis=1)
        worst = np.lexsort((variances, means))[-1]
        return float(means[worst]), float(variances[worst])


def _means_and_variances(values: Floats) -> tuple[Floats, Floats]:
    """Of the first one, two and so on of the values, up to all but one."""
    first = [values[:upto] for upto in range(1, len(values))]
    return np.array([one.mean() for one in first]), np.array([one.var() for one in first])


def _drawn_variance(sizes: npt.NDArray[np.int_], variances: Floats, drawn: npt.NDArray[np.int_]) -> Floats:
    """The variance of a sum of so many (a column) drawn without replacement from so many values (a row)."""
    many = np.maximum(sizes - 1, 1)[:, None]
    return np.asarray(np.clip(drawn * (sizes[:, None] - drawn), 0, None) / many * variances[:, None])


def e_value(odds_ratio: float, *, base_rate: float) -> float:
    """How strongly something hidden would have to go with both, as a risk ratio (VanderWeele and Ding 2017).

    Where being late is common (over 15 %) the risk ratio is taken as the square root of the odds ratio.
    """
    risk_ratio = odds_ratio if base_rate <= 0.15 else odds_ratio**0.5
    if risk_ratio < 1:
        return 1.0
    return float(risk_ratio + (risk_ratio * (risk_ratio - 1)) ** 0.5)
