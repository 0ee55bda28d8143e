"""The balance table: whether claimed and comparable calls differ in what they were not matched on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from answerable.answer.compare.calls import Stratum
from answerable.model.comparison import BalanceRow

LARGE_DIFFERENCE = 0.25
"""A standardised difference beyond this is called unbalanced (Stuart 2010, Stat. Sci. 25:1)."""


def balance(strata: Sequence[Stratum]) -> tuple[BalanceRow, ...]:
    """A row a trait that every call has: means of both sides, comparable calls weighted as in the test."""
    calls = [call for one in strata for call in (*one.claimed, *one.others)]
    named = sorted(set[str].intersection(*(set(call.traits) for call in calls))) if calls else []
    return tuple(_row(name, strata) for name in named)


def _row(name: str, strata: Sequence[Stratum]) -> BalanceRow:
    ours = np.array([call.traits[name] for one in strata for call in one.claimed])
    theirs = np.array([call.traits[name] for one in strata for call in one.others])
    weights = np.array([len(one.claimed) / len(one.others) for one in strata for _ in one.others])
    mean = float(np.average(theirs, weights=weights))
    spread = float(((ours.var() + np.average((theirs - mean) ** 2, weights=weights)) / 2) ** 0.5)
    difference = float(ours.mean()) - mean
    apart = difference / spread if spread > 0 else 0.0
    return BalanceRow(
        trait=name,
        claimed=round(float(ours.mean()), 3),
        comparable=round(mean, 3),
        standardised=round(apart, 3),
        balanced=abs(apart) <= LARGE_DIFFERENCE,
    )
