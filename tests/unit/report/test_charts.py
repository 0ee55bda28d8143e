"""Drawings: data inline, colours from the page, a shape for every state, honest at the edges."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.examinations import ZONE, sample_examination

from answerable.model.examination import LateDistribution, MonthCoverage
from answerable.model.outcome import Outcome
from answerable.report.clock_chart import MOST_SINGLE_DOTS, clock_chart
from answerable.report.clock_states import STATES, counted_states, state_of
from answerable.report.figures import by_year, clock_figures, coverage_table
from answerable.report.outcome_chart import Bar, bar_chart
from answerable.report.spelling import zone_of
from answerable.report.svg import draw

DAY_US = 86_400_000_000
JUNE_US = 1_528_000_000_000_000


def call(waited_s: int | None, *, outcome: Outcome = Outcome.ANSWERED, at_us: int = JUNE_US) -> LateDistribution:
    return LateDistribution(call="P1", received_us=at_us, limit_s=300, waited_s=waited_s, outcome=outcome)


def addresses(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [key for key in value if key in ("url", "href")] + [a for v in value.values() for a in addresses(v)]
    return [a for item in value for a in addresses(item)] if isinstance(value, list) else []


def test_waiting_exactly_as_long_as_the_limit_is_within_it() -> None:
    assert state_of(call(300)).key == "in-time"
    assert state_of(call(301)).key == "late"


def test_nobody_sent_is_told_apart_from_nobody_sent_for_a_reason() -> None:
    assert state_of(call(None, outcome=Outcome.UNHEARD)).key == "nobody"
    assert state_of(call(None, outcome=Outcome.DECLINED_WITHIN_POLICY)).key == "otherwise"
    assert state_of(call(None, outcome=Outcome.UNDETERMINED)).key == "otherwise"


def test_every_state_has_a_shape_and_a_colour_of_its_own() -> None:
    assert len({state.shape for state in STATES}) == len(STATES)
    assert len({state.tone for state in STATES}) == len(STATES)


@pytest.mark.parametrize(
    "calls",
    [
        (call(10),),
        (call(0), call(0)),
        (call(None, outcome=Outcome.UNHEARD),),
        (call(90_000_000), call(1, at_us=JUNE_US + 900 * DAY_US)),
        (call(-5),),
    ],
    ids=["one", "no wait", "nobody sent alone", "a thousand days", "impossible wait"],
)
def test_any_set_of_calls_can_be_drawn(calls: tuple[LateDistribution, ...]) -> None:
    for width in (760, 288):
        spec = clock_chart(calls, zone=ZONE, width=width)
        assert addresses(spec) == []
        svg = draw(spec, key="k", title="t", description="d", variant="wide")
        assert "NaN" not in svg
        assert "Infinity" not in svg


def test_many_calls_are_gathered_and_none_is_lost() -> None:
    calls = tuple(call(n % 1200, at_us=JUNE_US + n * 1_000_000) for n in range(MOST_SINGLE_DOTS + 500))
    spec = clock_chart(calls, zone=ZONE, width=760)
    dots = spec["vconcat"][0]["data"]["values"]
    assert len(dots) < MOST_SINGLE_DOTS
    assert sum(dot["n"] for dot in dots) == len(calls)
    by_state = {
        state.key: sum(dot["n"] for dot in dots if dot["state"] == state.key) for state, _ in counted_states(calls)
    }
    assert by_state == {state.key: n for state, n in counted_states(calls)}


def test_gathering_moves_no_call_across_its_limit() -> None:
    calls = tuple(call(290 + n % 21, at_us=JUNE_US + n * 1_000_000) for n in range(MOST_SINGLE_DOTS + 500))
    for dot in clock_chart(calls, zone=ZONE, width=288)["vconcat"][0]["data"]["values"]:
        assert (dot["times"] > 1) == (dot["state"] == "late")


def test_an_unheard_call_among_thousands_is_drawn_on_its_own() -> None:
    many = [call(n % 600, at_us=JUNE_US + n * 1_000_000) for n in range(MOST_SINGLE_DOTS + 500)]
    for state, at in ((Outcome.UNHEARD, 3), (Outcome.UNHEARD, 4), (Outcome.PENDING, 3), (Outcome.PENDING, 4)):
        many.append(call(None, outcome=state, at_us=JUNE_US + at * 1_000_000))
    strips = clock_chart(many, zone=ZONE, width=760)["vconcat"][:2]
    assert [[dot["n"] for dot in strip["data"]["values"]] for strip in strips] == [[1, 1], [2]]


def test_the_renderers_own_time_zone_plays_no_part() -> None:
    spec = clock_chart((call(10),), zone=zone_of("America/Los_Angeles"), width=760)
    dot = spec["vconcat"][0]["data"]["values"][0]
    assert dot["at"] == (JUNE_US - 7 * 3600 * 1_000_000) // 1000
    assert spec["vconcat"][0]["layer"][1]["encoding"]["x"]["scale"]["type"] == "utc"


def test_a_drawing_is_the_same_every_time_and_takes_its_colours_from_the_page() -> None:
    spec = bar_chart([Bar("unheard", 3, "ignored"), Bar("answered", 900, "answered")], width=760)
    first, second = (draw(spec, key="k", title="t", description="d", variant="wide") for _ in range(2))
    assert first == second
    assert "var(--ignored)" in first
    assert "#" not in first.replace('aria-labelledby="k-t k-d"', "").replace("url(#k-", "")
    assert "font-family" not in first
    assert 'style="' not in first


def test_text_in_a_drawing_is_escaped() -> None:
    svg = draw(
        bar_chart([Bar("</text><script>alert(1)</script>", 3, "late")], width=760),
        key="k", title="<b>", description='"&', variant="wide",
    )  # fmt: skip
    assert "<script" not in svg
    assert "&lt;script" in svg
    assert "<b>" not in svg


def test_specifications_are_plain_json() -> None:
    json.dumps(clock_chart((call(1), call(None, outcome=Outcome.UNHEARD)), zone=ZONE, width=288), allow_nan=False)


def test_claims_about_the_same_calls_share_one_figure() -> None:
    figures = clock_figures(sample_examination(), ZONE)
    assert [[claim.id for claim in figure.claims] for figure in figures] == [["federal-calls"], ["june"]]


def test_coverage_calls_nothing_complete_that_is_not() -> None:
    months = (
        MonthCoverage(month="2018-06", calls=100_000, recorded={"received": 100_000, "arrived": 99_999, "closed": 1}),
    )
    table = coverage_table(months, ("received", "dispatched", "arrived", "closed"))
    assert table.points == ("received", "arrived", "closed")
    assert table.never == ("dispatched",)
    assert [cell.text for cell in table.rows[0].cells] == ["100 %", "99.9 %", "< 0.1 %"]
    assert [cell.step for cell in table.rows[0].cells] == [10, 9, 1]


def test_years_are_the_sum_of_their_months() -> None:
    months = tuple(
        MonthCoverage(month=f"{2017 + n // 12}-{n % 12 + 1:02}", calls=10, recorded={"received": 9}) for n in range(25)
    )
    years = by_year(months)
    assert [(year.month, year.calls, year.recorded["received"]) for year in years] == [
        ("2017", 120, 108), ("2018", 120, 108), ("2019", 10, 9),
    ]  # fmt: skip
