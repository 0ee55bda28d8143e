"""Calls against their clocks: when each was received, and how long it waited as a multiple of its own limit.

Calls to which nobody was sent have no wait; they stand in a strip of their own above the plot.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from zoneinfo import ZoneInfo

from answerable.model.examination import LateDistribution
from answerable.model.times import to_us
from answerable.report.clock_states import STATES, State, state_of
from answerable.report.spelling import wall_clock
from answerable.report.svg import Spec

MOST_SINGLE_DOTS = 1200
"""Above this many calls, dots are gathered in a grid and drawn by number."""

_AXIS = 92
_CELL = 8  # pixels a column of gathered dots
_DAY_MS = 86_400_000
_TICKS = (0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_ALWAYS_SINGLE = "nobody"
_HALF = 0.5  # symlog constant: near-linear below half a limit, logarithmic above
_ROWS_TO_LIMIT = 8
_ROW = math.log1p(1 / _HALF) / _ROWS_TO_LIMIT


def clock_chart(calls: Sequence[LateDistribution], *, zone: ZoneInfo, width: int) -> Spec:
    """A dot a call (or, above MOST_SINGLE_DOTS, a dot a group, larger for more). `width` in pixels, axis included."""
    dots = [_dot(call, zone) for call in calls]
    first, last = _window([dot["at"] for dot in dots])
    if len(dots) > MOST_SINGLE_DOTS:
        dots = _gathered(dots, first=first, last=last, columns=width // _CELL)
    sent = [dot for dot in dots if dot["times"] is not None]
    strips = [(state, [dot for dot in dots if dot["state"] == state.key]) for state in STATES if state.row]
    strips = [(state, of_state) for state, of_state in strips if of_state]
    x = _received_axis(first, last, width=width)
    inner = width - _AXIS - 10
    bare = {**x, "axis": None}
    plots = [
        _strip(state, of_state, bare if sent or state is not strips[-1][0] else x, inner) for state, of_state in strips
    ]
    return {
        "vconcat": [*plots, _plot(sent, x, inner)] if sent else plots,
        "spacing": 6,
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 2},
        "config": {"axisY": {"minExtent": _AXIS - 12, "maxExtent": _AXIS - 12}},
    }


def _dot(call: LateDistribution, zone: ZoneInfo) -> Spec:
    # wall-clock time told to Vega as if it were UTC, so that the renderer's own zone plays no part
    told = wall_clock(call.received_us, zone).replace(tzinfo=UTC)
    state = state_of(call)
    times = None if call.waited_s is None else max(call.waited_s, 0) / max(call.limit_s, 1)
    return {"at": to_us(told) // 1000, "times": times, "state": state.key, "n": 1}


def _window(at: Sequence[int]) -> tuple[int, int]:
    first, last = min(at), max(at)
    room = max((last - first) // 50, 600_000)
    return first - room, last + room


def _gathered(dots: Sequence[Spec], *, first: int, last: int, columns: int) -> list[Spec]:
    """One dot for all calls of a state in a cell of the grid; the limit is an edge of it, so nothing crosses it.

    Calls to which nobody was sent without a reason on record are never gathered: each is seen.
    """
    column = max((last - first) // columns, 1)
    groups = Counter(
        (dot["state"], (dot["at"] - first) // column, -1 if dot["times"] is None else _row(dot["times"]))
        for dot in dots
        if dot["state"] != _ALWAYS_SINGLE
    )
    return [dot for dot in dots if dot["state"] == _ALWAYS_SINGLE] + [
        {
            "at": first + column * x + column // 2,
            "times": None if row < 0 else math.expm1((row + 0.5) * _ROW) * _HALF,
            "state": state,
            "n": n,
        }
        for (state, x, row), n in sorted(groups.items())
    ]


def _row(times: float) -> int:
    row = int(math.log1p(times / _HALF) / _ROW)
    return max(row, _ROWS_TO_LIMIT) if times > 1 else min(row, _ROWS_TO_LIMIT - 1)


def _received_axis(first: int, last: int, *, width: int) -> Spec:
    span = last - first
    form = "%H:%M" if span < 1.5 * _DAY_MS else "%-d %b" if span < 300 * _DAY_MS else "%b %Y"
    return {
        "field": "at",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [first, last], "nice": False},
        "axis": {
            "format": form,
            "title": "received (local time)",
            "grid": False,
            "tickCount": width // 90,
            "labelOverlap": "greedy",
            "labelFlush": True,
        },
    }


def _plot(dots: Sequence[Spec], x: Spec, width: int) -> Spec:
    top = max(2.0, *(dot["times"] for dot in dots)) * 1.15
    ticks = [tick for tick in _TICKS if tick <= top]
    y = {
        "field": "times",
        "type": "quantitative",
        "scale": {"type": "symlog", "constant": _HALF, "domain": [0, top], "nice": False},
        "axis": {
            "values": ticks,
            "labelExpr": "datum.value == 1 ? 'limit' : format(datum.value, '~g') + '\u00d7'",
            "title": None,
            "labelOverlap": False,
        },
    }
    limit = {
        "data": {"values": [{"times": 1}]},
        "mark": {"type": "rule", "color": "var(--ink)", "strokeDash": [5, 3], "strokeWidth": 1.5},
        "encoding": {"y": {"field": "times", "type": "quantitative"}},
    }
    return {
        "data": {"values": dots},
        "width": width,
        "height": 220,
        "layer": [limit, {"mark": _mark(), "encoding": {"x": x, "y": y, **_looks(dots)}}],
    }


def _strip(state: State, dots: Sequence[Spec], x: Spec, width: int) -> Spec:
    axis = {"title": None, "ticks": False, "domain": False, "labelPadding": 7, "labelColor": "var(--ink-soft)"}
    return {
        "data": {"values": [{**dot, "row": state.row} for dot in dots]},
        "width": width,
        "height": 26,
        "view": {"stroke": "var(--rule)"},
        "mark": _mark(),
        "encoding": {"x": x, "y": {"field": "row", "type": "nominal", "axis": axis}, **_looks(dots)},
    }


def _mark() -> Spec:
    return {"type": "point", "filled": True, "opacity": 0.9, "stroke": "var(--paper)", "strokeWidth": 0.6}


def _looks(dots: Sequence[Spec]) -> Spec:
    keys = [state.key for state in STATES]
    most = max(dot["n"] for dot in dots)
    size: Spec = (
        {"value": 84}
        if most == 1
        else {
            "field": "n",
            "type": "quantitative",
            "scale": {"type": "sqrt", "domain": [1, most], "range": [26, 64]},
            "legend": None,
        }
    )
    return {
        "size": size,
        "shape": {
            "field": "state",
            "type": "nominal",
            "scale": {"domain": keys, "range": [state.shape for state in STATES]},
            "legend": None,
        },
        "color": {
            "field": "state",
            "type": "nominal",
            "scale": {"domain": keys, "range": [f"var(--{state.tone})" for state in STATES]},
            "legend": None,
        },
    }
