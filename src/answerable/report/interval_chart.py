"""The same calls under several definitions of an interval: median to P90 a line each, the mean as a bar across."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.model.examination import IntervalStatistic
from answerable.report.svg import Spec

_STEP = 30
_NARROW = 400
"""Below this many pixels a definition's bracket stands on a line of its own."""
_TWO_LINES: Spec = {
    "labelExpr": "split(replace(datum.label, ' (', '\\n('), '\\n')",
    "labelLineHeight": 14,
    "labelOffset": {"condition": {"test": "indexof(datum.label, '(') > 0", "value": -7}, "value": 0},
}


def interval_chart(statistics: Sequence[IntervalStatistic], *, width: int) -> Spec:
    """Minutes on the x axis; only statistics with all three figures can be drawn. `width` in pixels."""
    values = [
        {
            "label": s.definition,
            "median": s.median_s / 60,
            "p90": s.p90_s / 60,
            "mean": s.mean_s / 60,
        }
        for s in statistics
        if s.median_s is not None and s.p90_s is not None and s.mean_s is not None
    ]
    return {
        "data": {"values": values},
        "width": width,
        "height": {"step": _STEP},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 0, "right": 8, "top": 4, "bottom": 2},
        "encoding": {"y": _definition_axis(width)},
        "layer": [
            {
                "mark": {"type": "rule", "color": "var(--answered)", "strokeWidth": 2},
                "encoding": {"x": _minutes("median"), "x2": {"field": "p90"}},
            },
            _point("median", {"shape": "circle", "filled": True, "size": 80, "color": "var(--answered)"}),
            _point("p90", {"shape": "square", "filled": True, "size": 70, "color": "var(--late)"}),
            _point("mean", {"shape": "stroke", "angle": 90, "size": 190, "strokeWidth": 2.5, "color": "var(--ink)"}),
        ],
    }


def _point(field: str, look: Spec) -> Spec:
    return {"mark": {"type": "point", "opacity": 1, **look}, "encoding": {"x": _minutes(field)}}


def _minutes(field: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": True},
        "axis": {"title": "minutes", "tickCount": 6},
    }


def _definition_axis(width: int) -> Spec:
    return {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
            "labelFontSize": 13,
            "labelColor": "var(--ink)",
            "labelLimit": width // 2,
            **(_TWO_LINES if width < _NARROW else {}),
        },
    }
