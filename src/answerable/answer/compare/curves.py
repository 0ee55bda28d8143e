"""How the waits ran: the share still waiting (Kaplan-Meier) and what ended the waiting (Aalen-Johansen).

Weighted, so that comparable calls count stratum by stratum as the claimed ones do. Quantiles, never means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from answerable.answer.compare.arrays import Floats, Units


@dataclass(frozen=True, slots=True)
class Curve:
    """At each of `time_s`: the share still waiting just after it, and the share for each cause that ended by it."""

    time_s: Floats
    waiting: Floats
    ended: tuple[Floats, ...]

    def quantile_s(self, share: float) -> float | None:
        """The first time at which no more than `1 - share` still wait; None where that is not reached."""
        reached = np.flatnonzero(self.waiting <= 1 - share + 1e-12)
        return float(self.time_s[reached[0]]) if len(reached) else None


def curve(time_s: Floats, cause: npt.NDArray[np.int_], *, weights: Floats | None = None, causes: int = 1) -> Curve:
    """Kaplan-Meier and Aalen-Johansen estimates (Andersen et al. 1993, IV.3-IV.4). `cause` 0 is censored, 1… ended.

    Events at a time come before censoring at it. Arrays have one entry a call; `weights` are positive.
    """
    whole = np.ones(len(time_s)) if weights is None else weights
    times, at = np.unique(time_s, return_inverse=True)
    gone = np.bincount(at, weights=whole, minlength=len(times))
    at_risk = whole.sum() - np.concatenate(([0.0], np.cumsum(gone)[:-1]))
    by_cause = [
        np.bincount(at, weights=whole * (cause == kind), minlength=len(times)) / at_risk
        for kind in range(1, causes + 1)
    ]
    waiting = np.cumprod(np.clip(1 - sum(by_cause), 0.0, 1.0))
    before = np.concatenate(([1.0], waiting[:-1]))
    return Curve(times, waiting, tuple(np.cumsum(before * hazard) for hazard in by_cause))


def two_curves(strata: Sequence[Units], *, causes: int = 1) -> tuple[Curve, Curve]:
    """The claimed calls' curve, and that of comparable ones weighted so that each stratum counts as it does there.

    Cause 1 is the dispatch. With `causes=2` the end of a call to which nobody was sent is cause 2, else it is censored.
    """
    time_s = np.concatenate([one.time_s for one in strata])
    event = np.concatenate([one.event for one in strata])
    claimed = np.concatenate([one.claimed for one in strata])
    weight = np.concatenate([np.full(len(one.claimed), one.claimed.sum() / (~one.claimed).sum()) for one in strata])
    cause = np.where(event, 1, 2 if causes == 2 else 0)
    ours, theirs = (
        curve(time_s[side], cause[side], weights=weights, causes=causes)
        for side, weights in ((claimed, None), (~claimed, weight[~claimed]))
    )
    return ours, theirs
