"""Several tests at once: Holm for what was registered, Benjamini and Hochberg for screening."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values that hold the chance of any false alarm (Holm 1979, Scand. J. Stat. 6:65), in order."""
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = highest
    return tuple(adjusted)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values that hold the share of false ones among alarms (1995), in the order given."""
    if not p_values:
        return ()
    from scipy import stats  # noqa: PLC0415  takes half a second to load, and most comparisons name no other claimant

    return tuple(float(p) for p in stats.false_discovery_control(p_values))
