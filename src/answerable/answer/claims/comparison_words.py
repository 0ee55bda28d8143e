"""A comparison in the words of a newspaper. The figures behind each sentence stand in the comparison itself."""

from __future__ import annotations

from answerable.model.comparison import BothTests, Comparison, Waits
from answerable.model.times import spoken_duration


def difference_said(found: Comparison) -> str:
    """How long, and how often late, beside comparable calls."""
    tested = found.plain
    if tested is None:
        return "Nothing could be compared."
    return f"{_waits_said(found.waits, found.comparable_waits)}{_late_said(tested)}"


def _waits_said(ours: Waits | None, theirs: Waits | None) -> str:
    if ours is None or theirs is None:
        return ""
    return (
        f"Half of these calls had somebody sent {_by(ours.median_s)}, of comparable calls on the same days and hours "
        f"{_by(theirs.median_s)}. "
    )


def _by(seconds: float | None) -> str:
    return "at no time on record" if seconds is None else f"within {spoken_duration(seconds)}"


def _late_said(tested: BothTests) -> str:
    return (
        f"{tested.late} of {tested.incidents} were late or unheard; at the rate of comparable calls it would have been "
        f"about {_about(tested.expected)}."
    )


def _about(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")


def matching_said(found: Comparison) -> list[str]:
    """Who was compared with whom, and what could not be."""
    with_whom = f"{found.incidents:,} incidents were compared with {found.comparable:,} calls of others"
    if not found.incidents:
        with_whom = "No call of others was comparable"
    said = [f"{with_whom}: same day, priority, district and kind of call, within two hours."]
    for number, what in (
        (found.widened_strata, "times fewer than five were that near, and the window was four hours"),
        (found.neighbour_strata, "times calls of a neighbouring district were taken in"),
        (found.thin_strata, "times there were still fewer than five"),
        (found.repeated, "further calls about an incident that was counted already"),
        (found.unmatched, "without anything comparable, and so in no figure of the comparison"),
    ):
        if number:
            said.append(f"{number:,} {what}.")
    uneven = [row.trait.replace("_", " ") for row in found.balance if not row.balanced]
    if uneven:
        said.append(f"The two sides differ in what they were not matched on: {', '.join(uneven)}.")
    return said


def bounds_said(found: Comparison) -> list[str]:
    """What is missing, and what it could change."""
    missing = found.missing
    if not missing.matters:
        return []
    said = (
        f"Not recorded: the time of dispatch of {_percent(missing.claimed_times)} of these calls and "
        f"{_percent(missing.comparable_times)} of comparable ones; the outcome of "
        f"{_percent(missing.claimed_outcomes)} and {_percent(missing.comparable_outcomes)}. Both bounds were computed, "
        "and the unfavourable one decides."
    )
    if found.worst and found.best:
        said += (
            f" If all of it speaks against the allegation p is {found.worst.p_slower:.3f} for time and "
            f"{found.worst.p_late:.3f} for late calls, if all speaks for it {found.best.p_slower:.3f} and "
            f"{found.best.p_late:.3f}."
        )
    return [said]


def _percent(of_1000: int) -> str:
    return f"{of_1000 / 10:g} %"


def placebos_said(found: Comparison) -> list[str]:
    """The comparisons in which nothing should be found."""
    return [placebo.said for placebo in found.placebos]


def detectable_said(found: Comparison) -> str:
    """What this record could have shown at all."""
    if found.detectable_ratio is None:
        return "This record is too small, or too few calls in it are late, to show a difference even if there is one."
    return (
        f"What this record would have shown four times in five: odds of being late {found.detectable_ratio:.2g} times "
        "as high. A smaller difference would mostly not be seen."
    )
