"""Deciding one call while somebody waits: a look-up, beside an if/elif by hand and two policy engines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import cedarpy
import cel

import answerable.policy as room
from answerable.policy import Cells, decide
from benchmarks.measure import percentile_us, side_by_side
from benchmarks.policy_calls import Call, alder, by_hand, calls
from benchmarks.table import Line

MANY, FEW = 20_000, 300
P99_US, A_SECOND, COLD_US, EXPLAIN_US = 5.0, 500_000, 50.0, 50.0

FEDERAL = (
    "call.kind == 'request_for_assistance' && call.asks_for == 'additional_resources' "
    "&& call.requester == 'federal_agency' && call.place == 'federal_property' "
)
CEL_RULES = (
    "call.life_safety",
    "call.officer_assaulted || call.safe_exit_needed",
    "call.kind == 'call' || call.asks_for == 'help'",
    f"{FEDERAL} && !(call.alternatives_exhausted && call.own_service_used)",
    f"{FEDERAL} && call.alternatives_exhausted && call.own_service_used",
    "call.kind == 'request_for_assistance'",
    "!has(call.kind)",
)
CEDAR = """
permit(principal, action == Action::"must", resource) when { context has life_safety && context.life_safety };
permit(principal, action == Action::"must", resource) when {
  (context has officer_assaulted && context.officer_assaulted)
  || (context has safe_exit_needed && context.safe_exit_needed)
};
permit(principal, action == Action::"must", resource) when {
  (context has kind && context.kind == "call") || (context has asks_for && context.asks_for == "help")
};
permit(principal, action == Action::"must", resource) when { !(context has kind) };
"""


def lines() -> Iterator[Line]:
    """The promises of live deciding."""
    cells, many = Cells(alder()), calls(MANY)
    for call in many:
        cells.decision(cells.encode(call))
    yield _p99(cells, many)
    yield from _throughput(cells, many)
    yield _cold(many)
    explaining: Any = vars(room).get("explain")
    if callable(explaining):
        yield _explain(explaining, many)


def _p99(cells: Cells, many: list[Call]) -> Line:
    p99_us = percentile_us((partial(_look_up, cells, call) for call in many), 99)
    hand_us = percentile_us((partial(by_hand, call) for call in many), 99)
    return Line(
        promise="one live decision, p99", target=f"<= {P99_US:g} us", measured=f"{p99_us:.1f} us",
        control=f"if/elif by hand {hand_us:.1f} us (duty and two clocks alone)", met=p99_us <= P99_US,
    )  # fmt: skip


def _look_up(cells: Cells, call: Call) -> object:
    return cells.decision(cells.encode(call))


def _throughput(cells: Cells, many: list[Call]) -> Iterator[Line]:
    few = many[:FEW]
    known = [{fact: value for fact, value in call.items() if value is not None} for call in few]
    programs = [cel.compile(text) for text in CEL_RULES]
    cedar = [
        {"principal": 'User::"a"', "action": 'Action::"must"', "resource": 'Call::"b"', "context": one} for one in known
    ]
    timings = side_by_side(
        {
            "look-up": lambda: [cells.decision(cells.encode(call)) for call in many],
            "by hand": lambda: [by_hand(call) for call in many],
            "reference": lambda: [decide(alder(), call) for call in few],
            "CEL": lambda: [_first(programs, call) for call in known],
            "cedarpy": lambda: [cedarpy.is_authorized(one, CEDAR, []) for one in cedar],
        },
        rounds=5,
    )
    looked, hand = timings["look-up"].on_cpu, timings["by hand"].on_cpu
    yield Line(
        promise="live decisions a second, one thread", target=f">= {A_SECOND:,}", measured=f"{looked.rate(MANY):,.0f}",
        control=f"if/elif by hand {hand.rate(MANY):,.0f} ({looked.ratio_to(hand):.1f}x its time)",
        met=looked.rate(MANY) >= A_SECOND,
    )  # fmt: skip
    each_us = looked.median_s / MANY * 1e6
    for name, what in (
        ("reference", "the same decision without cells"),
        ("CEL", "rules alone, compiled, first that is true"),
        ("cedarpy", "must-respond alone, policy text and JSON each time"),
    ):
        us = timings[name].on_cpu.median_s / FEW * 1e6
        control = f"{us / each_us:.0f}x the look-up; {what}"
        yield Line(promise=f"beside it: {name}", target="", measured=f"{us:.1f} us a call", control=control, met=None)


def _first(programs: list[Any], call: Call) -> int | None:
    for number, program in enumerate(programs):
        try:
            if program.execute({"call": call}):
                return number
        except KeyError:
            continue
    return None


def _cold(many: list[Call]) -> Line:
    """A cell nobody asked for yet: decided by the reference, with its open facts."""
    fresh = Cells(alder())
    numbers = list(dict.fromkeys(fresh.encode(call) for call in many))
    cold_us = percentile_us((partial(fresh.decision, number) for number in numbers), 50)
    worst_us = percentile_us((partial(Cells(alder()).decision, number) for number in numbers[:200]), 99)
    return Line(
        promise="a cell decided for the first time, median", target=f"<= {COLD_US:g} us", measured=f"{cold_us:.0f} us",
        control=f"p99 {worst_us:.0f} us; {len(numbers):,} cells of {fresh.count:,} occur in {MANY:,} calls",
        met=cold_us <= COLD_US,
    )  # fmt: skip


def _explain(explaining: Any, many: list[Call]) -> Line:
    for call in many[:2000]:
        explaining(alder(), call)
    p99_us = percentile_us((partial(explaining, alder(), call) for call in many[:2000]), 99)
    return Line(
        promise="one explanation, p99", target=f"<= {EXPLAIN_US:g} us", measured=f"{p99_us:.0f} us",
        control="of calls explained once before", met=p99_us <= EXPLAIN_US,
    )  # fmt: skip
