"""The figures of an interval by plain computation: a list of waits is written out, sorted, and read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from answerable.model.examination import WaitBound, WaitBounds

DAY_S = 86_400
WITHIN_S = (600, 3600)


def quantile(waits_s: Sequence[float], share: Fraction) -> float:
    """Between neighbours by linear interpolation (type 7 of Hyndman and Fan, 1996); nothing lies before never."""
    ordered = sorted(waits_s)
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    if at == low:
        return ordered[low]
    if ordered[low + 1] == math.inf:
        return math.inf
    return ordered[low] + float(at - low) * (ordered[low + 1] - ordered[low])


def bounds(counted_s: Sequence[float], *, unknown: int, never: int = 0, at_most_s: float = math.inf) -> WaitBounds:
    """The bounds over calls that waited `counted_s`, `unknown` more whose wait is not known, and `never` that had none.

    A definition that counts waits up to `at_most_s` only is not about those that had none.
    """
    gone = [math.inf] * never if at_most_s == math.inf else []
    best = [*counted_s, *[0.0] * unknown, *gone]
    worst = [*counted_s, *[at_most_s] * unknown, *gone]
    return WaitBounds(calls=len(best), unknown=unknown, best=_bound(best), worst=_bound(worst))


def _bound(waits_s: Sequence[float]) -> WaitBound:
    return WaitBound(
        calls_within_s={str(limit): sum(wait <= limit for wait in waits_s) for limit in WITHIN_S},
        median_s=_reached(quantile(waits_s, Fraction(1, 2))),
        p90_s=_reached(quantile(waits_s, Fraction(9, 10))),
        mean_s=_reached(math.fsum(waits_s) / len(waits_s)),
    )


def _reached(seconds: float) -> float | None:
    return None if seconds == math.inf else seconds
