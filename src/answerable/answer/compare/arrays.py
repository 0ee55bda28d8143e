"""Strata as arrays: one unit a call, claimed or not, with its time and whether somebody was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from answerable.answer.compare.calls import ComparedCall, Stratum

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Units:
    """The calls of one stratum: `time_s` to dispatch or to the end of watching; `event`: somebody was sent then."""

    claimed: Flags
    time_s: Floats
    event: Flags


@dataclass(frozen=True, slots=True)
class Table:
    """One stratum counted: `late` of `claimed` calls of the claimant, `late_others` of `others` comparable ones."""

    late: int
    claimed: int
    late_others: int
    others: int

    @property
    def informative(self) -> bool:
        """Whether the counts could have fallen otherwise."""
        return bool(self.claimed and self.others) and 0 < self.late + self.late_others < self.claimed + self.others


Time = Callable[[ComparedCall, bool], tuple[float, bool] | None]
"""A call (and whether it is a claimed one) to its time and event; None leaves it out."""


def units(strata: Sequence[Stratum], time_of: Time) -> list[Units]:
    """The strata as arrays, with what `time_of` leaves out left out; strata without both sides are dropped."""
    made = []
    for stratum in strata:
        rows = [
            (ours, *found)
            for ours, calls in ((True, stratum.claimed), (False, stratum.others))
            for call in calls
            if (found := time_of(call, ours)) is not None
        ]
        claimed = np.array([row[0] for row in rows], dtype=bool)
        if claimed.any() and not claimed.all():
            made.append(
                Units(
                    claimed, np.array([row[1] for row in rows], dtype=float), np.array([row[2] for row in rows], bool)
                )
            )
    return made


Late = Callable[[ComparedCall, bool], bool | None]


def tables(strata: Sequence[Stratum], late_of: Late) -> list[Table]:
    """The strata counted, with calls left out for which `late_of` says nothing."""
    made = []
    for stratum in strata:
        ours = [late for call in stratum.claimed if (late := late_of(call, True)) is not None]
        theirs = [late for call in stratum.others if (late := late_of(call, False)) is not None]
        if ours and theirs:
            made.append(Table(sum(ours), len(ours), sum(theirs), len(theirs)))
    return made
