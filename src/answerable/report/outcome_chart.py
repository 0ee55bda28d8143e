"""Bars of how many calls had which outcome, and of why others are undetermined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answerable.report.svg import Spec

_STEP = 26
_SMALL = 400


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length in calls, and its tone (a CSS variable's name)."""

    label: str
    calls: int
    tone: str


def bar_chart(bars: Sequence[Bar], *, width: int) -> Spec:
    """Horizontal bars in the order given, the number written at each end. `width` in pixels, axes included."""
    return {
        "data": {"values": [{"label": b.label, "calls": b.calls, "tone": f"var(--{b.tone})"} for b in bars]},
        "width": width,
        "height": {"step": _STEP},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 0, "right": 8, "top": 2, "bottom": 2},
        "encoding": {"y": {"field": "label", "type": "nominal", "sort": None, "axis": _label_axis(width)}},
        "layer": [
            {
                "mark": {"type": "bar", "height": 16, "minBandSize": 1},
                "encoding": {
                    "x": _calls(bars),
                    "color": {"field": "tone", "type": "nominal", "scale": None, "legend": None},
                    # an outline, so that one call among thousands is still seen
                    "stroke": {"field": "tone", "type": "nominal", "scale": None, "legend": None},
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "color": "var(--ink)"},
                "encoding": {
                    "x": _calls(bars),
                    "text": {"field": "calls", "type": "quantitative", "format": ",d"},
                },
            },
        ],
    }


def _calls(bars: Sequence[Bar]) -> Spec:
    longest = max((bar.calls for bar in bars), default=1) or 1
    return {
        "field": "calls",
        "type": "quantitative",
        "axis": None,
        # room for the number behind the longest bar
        "scale": {"domain": [0, longest * 1.18], "nice": False},
    }


def _label_axis(width: int) -> Spec:
    return {
        "title": None,
        "domain": False,
        "ticks": False,
        "labelPadding": 8,
        "labelFontSize": 13 if width > _SMALL else 12,
        "labelColor": "var(--ink)",
        "labelLimit": round(width * 0.62),
    }
