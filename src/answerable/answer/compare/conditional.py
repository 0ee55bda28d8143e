"""The confirming test: the exact conditional test of a common odds ratio over strata (Gart 1970, Biometrika 57:471).

Given the margins of every stratum, the number of late calls of the claimant is a sum of hypergeometric numbers; under
an odds ratio r each total t has probability proportional to c(t) r^t. One convolution therefore gives test, estimate
and interval. Exact, not mid-p.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np
from scipy import optimize, special

from answerable.answer.compare.arrays import Floats, Table
from answerable.answer.compare.drawing import marked_among

CONFIDENCE = 0.95
_WIDEST = log(1e9)


@dataclass(frozen=True, slots=True)
class ConditionalTest:
    """`more`: the one-sided p-value of more late calls; `either`: twice the smaller side. `odds_ratio` is the
    conditional maximum-likelihood estimate, `low` and `high` its exact 95 % interval (None: without limit, or, of the
    estimate, that no stratum could tell)."""

    more: float
    either: float
    odds_ratio: float | None
    low: float
    high: float | None
    risk_difference: float
    risk_low: float
    risk_high: float


class Totals:
    """The conditional distribution of the claimant's late calls: `seen` of them between `first` and the last."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._weights = np.ones(1)
        self.first = 0
        self.seen = sum(table.late for table in tables)
        for table in tables:
            late = table.late + table.late_others
            low, chances = marked_among(late, table.claimed + table.others - late, table.claimed)
            self.first += low
            self._weights = np.convolve(self._weights, chances)
        self._weights = np.clip(self._weights, 1e-300, None)

    @property
    def last(self) -> int:
        """The largest total that the margins allow."""
        return self.first + len(self._weights) - 1

    def chances(self, log_ratio: float) -> Floats:
        """The probability of each total from `first` on under an odds ratio."""
        powers = np.log(self._weights) + log_ratio * np.arange(len(self._weights))
        spread = np.exp(powers - powers.max())
        return np.asarray(spread / spread.sum())

    def at_least(self, log_ratio: float = 0.0) -> float:
        """The probability of as many late calls as were seen, or more."""
        return min(1.0, float(self.chances(log_ratio)[self.seen - self.first :].sum()))

    def at_most(self, log_ratio: float = 0.0) -> float:
        """The probability of as many late calls as were seen, or fewer."""
        return min(1.0, float(self.chances(log_ratio)[: self.seen - self.first + 1].sum()))

    def mean(self, log_ratio: float) -> float:
        """The expected number of late calls of the claimant."""
        chances = self.chances(log_ratio)
        return self.first + float((chances * np.arange(len(chances))).sum())


def conditional_test(tables: Sequence[Table], *, confidence: float = CONFIDENCE) -> ConditionalTest:
    """Test and estimate over all strata. Strata in which all or none are late say nothing, and change nothing."""
    totals = Totals([table for table in tables if table.informative])
    difference, half = _risk_difference(tables, confidence=confidence)
    tail = (1 - confidence) / 2
    lowest, highest = totals.seen == totals.first, totals.seen == totals.last
    low = 0.0 if lowest else _ratio(lambda at: totals.at_least(at) - tail)
    high = None if highest else _ratio(lambda at: tail - totals.at_most(at))
    return ConditionalTest(
        more=totals.at_least(),
        either=min(1.0, 2 * min(totals.at_least(), totals.at_most())),
        odds_ratio=_estimate(totals, lowest=lowest, highest=highest),
        low=low,
        high=high,
        risk_difference=difference,
        risk_low=max(-1.0, difference - half),
        risk_high=min(1.0, difference + half),
    )


def _estimate(totals: Totals, *, lowest: bool, highest: bool) -> float | None:
    if lowest or highest:
        return None if highest else 0.0
    return _ratio(lambda at: totals.mean(at) - totals.seen)


def _ratio(rising: Callable[[float], float]) -> float:
    """Where a function that rises with the log odds ratio is zero, as a ratio."""
    if rising(_WIDEST) <= 0:
        return inf
    return 0.0 if rising(-_WIDEST) >= 0 else float(np.exp(optimize.brentq(rising, -_WIDEST, _WIDEST, xtol=1e-10)))


def least_bias(tables: Sequence[Table], *, alpha: float) -> float:
    """Rosenbaum's Gamma for this test: the largest hidden bias in the odds of being late that leaves it significant.

    For a binary outcome the worst bias of Gamma is an odds ratio of Gamma (Rosenbaum 2002, Observational Studies, 4.4),
    so that it is the lower end of the one-sided interval. 1 where the test is not significant without any bias.
    """
    totals = Totals([table for table in tables if table.informative])
    if totals.at_least() > alpha:
        return 1.0
    return _ratio(lambda at: totals.at_least(at) - alpha)


def _risk_difference(tables: Sequence[Table], *, confidence: float) -> tuple[float, float]:
    """The Mantel-Haenszel risk difference and half its interval (Sato 1989, Biometrics 45:1323), for sparse strata."""
    a, m = (np.array([getattr(one, name) for one in tables], dtype=float) for name in ("late", "claimed"))
    b, k = (np.array([getattr(one, name) for one in tables], dtype=float) for name in ("late_others", "others"))
    n = m + k
    if not len(n):
        return 0.0, 1.0
    weight = float((m * k / n).sum())
    difference = float(((a * k - b * m) / n).sum()) / weight
    p = (m**2 * b - k**2 * a + m * k * (k - m) / 2) / n**2
    q = (a * (k - b) + b * (m - a)) / (2 * n)
    variance = max(0.0, float((difference * p + q).sum())) / weight**2
    return difference, float(special.ndtri((1 + confidence) / 2)) * variance**0.5
