"""A comparison as rows of figures, for the fold on the page: the sentences stand in the finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answerable.model.comparison import BothTests, Comparison
from answerable.model.times import spoken_duration
from answerable.report.svg import Spec


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure with its name and how it is to be read."""

    name: str
    value: str
    read: str = ""


def compared_rows(found: Comparison) -> tuple[FigureRow, ...]:
    """The figures under what is judged: tests first, then description, sensitivity, and what was possible."""
    tested = found.judged
    if tested is None:
        return ()
    holm = found.p_holm or (1.0, 1.0)
    low, high = tested.risk_difference[1:]
    return (
        FigureRow("Waited longer: p", _p(tested.p_slower), f"after Holm {_p(holm[0])}; {found.draws:,} permutations"),
        FigureRow("… where nobody came, for ever", _p(tested.p_slower_never), "instead of until the call was closed"),
        FigureRow("More late or unheard: p", _p(tested.p_late), f"after Holm {_p(holm[1])}; exact, conditional"),
        FigureRow("Odds of being late, times as high", _number(tested.ratio), f"95 %: {_interval(tested)}"),
        FigureRow(
            "More late calls in a hundred",
            f"{100 * tested.risk_difference[0]:.1f}",
            f"95 %: {100 * low:.1f} to {100 * high:.1f}",
        ),
        *_waits(found),
        FigureRow("Gamma", f"{tested.gamma_time:.2f} / {tested.gamma_late:.2f}", "hidden bias withstood: time / late"),
        FigureRow("E-value", _number(found.e_value), "how strong a hidden cause must be, as a risk ratio"),
        FigureRow("Could have shown", _number(found.detectable_ratio), "odds ratio found four times in five"),
    )


def _waits(found: Comparison) -> Sequence[FigureRow]:
    ours, theirs = found.waits, found.comparable_waits
    if ours is None or theirs is None:
        return ()
    pairs = (("Half were sent to within", ours.median_s, theirs.median_s), ("Nine in ten", ours.p90_s, theirs.p90_s))
    times = [FigureRow(name, _time(mine), f"comparable calls: {_time(their)}") for name, mine, their in pairs]
    shares = f"comparable calls: {theirs.sent_share / 10:g} %"
    return (*times, FigureRow("Ever sent to", f"{ours.sent_share / 10:g} %", shares))


def _time(seconds: float | None) -> str:
    return "not reached" if seconds is None else spoken_duration(seconds)


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "no number" if value is None else f"{value:.2g}"


def _interval(tested: BothTests) -> str:
    return f"{tested.ratio_low:.2g} to {'no limit' if tested.ratio_high is None else f'{tested.ratio_high:.3g}'}"


def waiting_chart(found: Comparison, width: int) -> Spec:
    """The share still waiting over the minutes: stepped lines, told apart by dash as well as by colour."""
    sides = (("these calls", found.waits), ("comparable calls", found.comparable_waits))
    longest = max((waits.p90_s or waits.curve[-1][0]) for _, waits in sides if waits) * 1.5
    values = [
        {"side": side, "minutes": min(at, longest) / 60, "waiting": share / 10}
        for side, waits in sides
        if waits
        for at, share in ((0.0, 1000), *waits.curve)
        if at <= longest
    ]
    return {
        "width": width,
        "height": 220,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 0, "right": 8, "top": 2, "bottom": 2},
        "data": {"values": values},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
        "encoding": {
            "x": {"field": "minutes", "type": "quantitative", "title": "minutes since the call"},
            "y": {
                "field": "waiting", "type": "quantitative", "title": "still waiting, %", "scale": {"domain": [0, 100]},
            },
            "color": {
                "field": "side", "type": "nominal", "title": None,
                "legend": {"orient": "top", "labelColor": "var(--ink)"},
                "scale": {"domain": [side for side, _ in sides], "range": ["var(--late)", "var(--ink-soft)"]},
            },
            "strokeDash": {
                "field": "side", "type": "nominal", "title": None,
                "scale": {"domain": [side for side, _ in sides], "range": [[1, 0], [5, 3]]},
            },
        },
    }  # fmt: skip
