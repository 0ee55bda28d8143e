"""How many marked calls are among those drawn without replacement: Fisher's noncentral hypergeometric distribution.

Without a bias it is the hypergeometric distribution. `scipy.stats` has both, and takes longer to load than a whole
comparison takes; `scipy.special`, which they are made of there too, does not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from answerable.answer.compare.arrays import Floats

_AS_LIKELY = 1 + 1e-7
"""Up to this factor two chances count as the same, as in other programs that compute Fisher's test."""


def log_ways(size: npt.ArrayLike, drawn: npt.ArrayLike) -> Floats:
    """The logarithm of how many ways there are to draw so many of `size`; minus infinity where there is none."""
    of, some = np.broadcast_arrays(np.asarray(size, dtype=float), np.asarray(drawn, dtype=float))
    possible = (some >= 0) & (some <= of)
    kept = np.where(possible, some, 0.0)
    ways = -special.betaln(of - kept + 1, kept + 1) - np.log(of + 1)
    return np.where(possible, ways, -np.inf)


def marked_among(marked: int, others: int, drawn: int) -> tuple[int, Floats]:
    """How many of `drawn` are marked: the smallest number possible, and the chance of each from there on."""
    low, high = max(0, drawn - others), min(marked, drawn)
    number = np.arange(low, high + 1)
    ways = log_ways(marked, number) + log_ways(others, drawn - number)
    chances = np.exp(ways - ways.max())
    return low, chances / chances.sum()


def differ_p(gone: int, whole: int, gone_others: int, whole_others: int) -> float:
    """Fisher's exact test of whether the share of `gone` is another on both sides: all counts no likelier than this."""
    low, chances = marked_among(gone + gone_others, whole + whole_others - gone - gone_others, whole)
    return min(1.0, float(chances[chances <= chances[gone - low] * _AS_LIKELY].sum()))
