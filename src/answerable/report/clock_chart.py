"""Calls against their clocks: when each was received, and how long it waited as a multiple of its own limit.

Calls to which nobody was sent have no wait; they stand in a strip of their own above the plot.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from answerable.model.examination import LateDistribution
from answerable.model.outcome import IGNORED
from answerable.model.times import to_us
from answerable.report.spelling import wall_clock
from answerable.report.svg import Spec

MOST_SINGLE_DOTS = 1200
"""Above this many calls, dots are gathered in a grid and drawn by number."""

_AXIS = 76
_DAY_MS = 86_400_000
_TICKS = (0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_HALF = 0.5  # symlog constant: near-linear below half a limit, logarithmic above


@dataclass(frozen=True, slots=True)
class State:
    """How a call stands against its clock. `shape` is Vega's name; `icon` the same shape on the page."""

    key: str
    label: str
    shape: str
    tone: str
    sent: bool


STATES: tuple[State, ...] = (
    State("late", "past the limit", "triangle-up", "late", sent=True),
    State("in-time", "within the limit", "circle", "answered", sent=True),
    State("nobody", "nobody sent", "cross", "ignored", sent=False),
    State("otherwise", "nobody sent, for a reason on record or not known", "diamond", "declined", sent=False),
)


def state_of(call: LateDistribution) -> State:
    """Within the limit is up to and with the limit itself."""
    if call.waited_s is None:
        return STATES[2] if call.outcome in IGNORED else STATES[3]
    return STATES[0] if call.waited_s > call.limit_s else STATES[1]


def counted_states(calls: Sequence[LateDistribution]) -> tuple[tuple[State, int], ...]:
    """The states that occur, with how many calls each."""
    counts = Counter(state_of(call) for call in calls)
    return tuple((state, counts[state]) for state in STATES if counts[state])


def clock_chart(calls: Sequence[LateDistribution], *, zone: ZoneInfo, width: int) -> Spec:
    """A dot a call (or, above MOST_SINGLE_DOTS, a dot a group, larger for more). `width` in pixels, axis included."""
    dots = [_dot(call, zone) for call in calls]
    first, last = _window([dot["at"] for dot in dots])
    if len(dots) > MOST_SINGLE_DOTS:
        dots = _gathered(dots, first=first, last=last)
    unsent = [dot for dot in dots if dot["times"] is None]
    sent = [dot for dot in dots if dot["times"] is not None]
    x = _received_axis(first, last, width=width)
    inner = width - _AXIS - 10
    plots = []
    if unsent:
        plots.append(_strip(unsent, x, inner, labelled=not sent))
    if sent:
        plots.append(_plot(sent, x, inner))
    return {
        "vconcat": plots,
        "spacing": 8,
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


def _gathered(dots: Sequence[Spec], *, first: int, last: int) -> list[Spec]:
    groups: Counter[tuple[int, int | None, str]] = Counter()
    column = max((last - first) // 90, 1)
    for dot in dots:
        row = None if dot["times"] is None else round(math.log1p(dot["times"] / _HALF) * 8)
        groups[((dot["at"] - first) // column, row, dot["state"])] += 1
    return [
        {
            "at": first + column * x + column // 2,
            "times": None if row is None else math.expm1(row / 8) * _HALF,
            "state": state,
            "n": n,
        }
        for (x, row, state), n in sorted(groups.items(), key=lambda group: str(group[0]))
    ]


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


def _strip(dots: Sequence[Spec], x: Spec, width: int, *, labelled: bool) -> Spec:
    axis = x["axis"] if labelled else None
    return {
        "data": {"values": [{**dot, "row": "none sent"} for dot in dots]},
        "width": width,
        "height": 30,
        "view": {"stroke": "var(--rule)"},
        "mark": _mark(),
        "encoding": {
            "x": {**x, "axis": axis},
            "y": {
                "field": "row",
                "type": "nominal",
                "axis": {
                    "title": None,
                    "ticks": False,
                    "domain": False,
                    "labelPadding": 7,
                    "labelColor": "var(--ink-soft)",
                },
            },
            **_looks(dots),
        },
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
            "scale": {"type": "sqrt", "domain": [1, most], "range": [30, 260]},
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
