"""Watching day after day without being fooled by looking often: an e-process.

Each stratum, as its calls are answered, multiplies the evidence by how much likelier its count is under an odds ratio
than under none, averaged over ratios from 1.5 to 8. If nothing is wrong, the evidence ever reaches 20 with a chance of
at most 1 in 20, however often and for however long one looks (Ville's inequality; Ramdas et al. 2023, Stat. Sci. 38).
"""

from __future__ import annotations

from math import log
from typing import Protocol

import msgspec
import numpy as np

from answerable.answer.compare.arrays import Floats, Table
from answerable.answer.compare.conditional import Totals

ALARM_AT = 20.0
RATIOS = tuple(float(one) for one in np.exp(np.linspace(np.log(1.5), np.log(8.0), 12)))


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence up to now that an agency's calls in a district are late more often. `log_ratios` has one number for
    each of RATIOS; `strata` were counted; `highest` is the most it ever was; `through_us` the last call counted, and
    `through_day` the last local day."""

    agency: str
    district: str
    log_ratios: tuple[float, ...] = (0.0,) * len(RATIOS)
    strata: int = 0
    highest: float = 1.0
    through_us: int | None = None
    through_day: str | None = None

    @property
    def value(self) -> float:
        """The evidence now: 1 says nothing, 20 is an alarm."""
        most = max(self.log_ratios)
        return float(np.exp(most) * np.mean(np.exp(np.array(self.log_ratios) - most)))

    @property
    def alarm(self) -> bool:
        """Whether it ever reached ALARM_AT. An alarm stays: it is looked into by people, not outwaited."""
        return self.highest >= ALARM_AT

    def through(self, day: str) -> Evidence:
        """The same, with every day up to this one counted."""
        return msgspec.structs.replace(self, through_day=max(day, self.through_day or day))

    def after(self, table: Table, *, at_us: int) -> Evidence:
        """The evidence with one more stratum. Raises ValueError for one older than what was counted already."""
        if self.through_us is not None and at_us < self.through_us:
            raise ValueError("strata must come in the order of their calls")
        grown = tuple(float(one) for one in np.array(self.log_ratios) + _log_likelihood_ratios(table))
        next_one = msgspec.structs.replace(self, log_ratios=grown, strata=self.strata + 1, through_us=at_us)
        return msgspec.structs.replace(next_one, highest=max(self.highest, next_one.value))


def _log_likelihood_ratios(table: Table) -> Floats:
    if not table.informative:
        return np.zeros(len(RATIOS))
    totals = Totals([table])
    at = totals.seen - totals.first
    none = totals.chances(0.0)[at]
    return np.array([log(totals.chances(log(ratio))[at] / none) for ratio in RATIOS])


class EvidenceStore(Protocol):
    """Where the evidence of an agency in a district is kept between looks: a folder of files, or the desk's store."""

    def read(self, agency: str, district: str) -> Evidence:
        """What was kept, or evidence of nothing where there is none."""
        ...

    def write(self, evidence: Evidence) -> None:
        """Keep it in place of what was there, in full or not at all."""
        ...
