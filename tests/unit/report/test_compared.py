"""A comparison on the page: sentences first, a drawing, and the figures behind a fold."""

from __future__ import annotations

import msgspec
import pytest
from tests.support.comparisons import comparison, figures
from tests.support.examinations import sample_examination, sample_rows

from answerable.model.comparison import Comparison, Waits
from answerable.report.compared import compared_rows, waiting_chart
from answerable.report.figures import compared_figures
from answerable.report.page import render_page

OURS = Waits(median_s=1800.0, p90_s=None, sent_share=850, curve=((300.0, 900), (1800.0, 500), (3000.0, 300)))
THEIRS = Waits(median_s=600.0, p90_s=2400.0, sent_share=990, curve=((200.0, 800), (600.0, 500), (2400.0, 100)))
FOUND = comparison(waits=OURS, comparable_waits=THEIRS, e_value=4.0)


def values(found: Comparison) -> dict[str, tuple[str, str]]:
    return {row.name: (row.value, row.read) for row in compared_rows(found)}


def page_with(found: Comparison) -> str:
    examination = sample_examination()
    first, *rest = examination.claims
    claims = (msgspec.structs.replace(first, kind="pattern", comparison=found), *rest)
    return render_page(msgspec.structs.replace(examination, claims=claims), sample_rows(), digests={})


def test_every_figure_has_how_to_read_it() -> None:
    told = values(FOUND)
    assert told["Waited longer: p"] == ("0.001", "after Holm 0.002; 99,999 permutations")
    assert told["Odds of being late, times as high"] == ("6", "95 %: 2.5 to 14")
    assert told["More late calls in a hundred"] == ("40.0", "95 %: 20.0 to 60.0")
    assert told["Half were sent to within"] == ("30 min", "comparable calls: 10 min")
    assert told["Nine in ten"] == ("not reached", "comparable calls: 40 min")
    assert told["Ever sent to"] == ("85 %", "comparable calls: 99 %")
    assert all(read for _, read in told.values())


def test_what_is_judged_is_the_reading_against_the_allegation() -> None:
    found = msgspec.structs.replace(FOUND, worst=figures(p_slower=0.3), best=figures(p_slower=0.0001))
    assert values(found)["Waited longer: p"][0] == "0.300"


def test_no_number_and_no_limit_are_said_so() -> None:
    found = msgspec.structs.replace(
        FOUND, plain=figures(ratio=None, ratio_high=None), e_value=None, detectable_ratio=None
    )
    told = values(found)
    assert told["Odds of being late, times as high"] == ("no number", "95 %: 2.5 to no limit")
    assert (told["E-value"][0], told["Could have shown"][0]) == ("no number", "no number")


def test_the_two_lines_are_told_apart_without_colour_and_begin_with_everybody_waiting() -> None:
    spec = waiting_chart(FOUND, 760)
    assert spec["encoding"]["strokeDash"]["scale"]["range"] == [[1, 0], [5, 3]]
    starts = [one for one in spec["data"]["values"] if one["minutes"] == 0]
    assert {one["side"]: one["waiting"] for one in starts} == {"these calls": 100.0, "comparable calls": 100.0}


@pytest.mark.parametrize("found", [None, comparison(None)])
def test_without_figures_there_is_no_drawing(found: Comparison | None) -> None:
    examination = sample_examination()
    first, *rest = examination.claims
    claims = (msgspec.structs.replace(first, comparison=found), *rest)
    assert compared_figures(msgspec.structs.replace(examination, claims=claims)) == {}


def test_the_page_has_the_drawing_with_its_words_and_the_figures_behind_a_fold() -> None:
    page = page_with(FOUND)
    assert "<summary>The figures of the comparison</summary>" in page
    assert 'aria-labelledby="compared-1-wide-t compared-1-wide-d"' in page
    assert "Half were sent to within: 30 min, comparable calls: 10 min" in page
    assert page_with(FOUND) == page, "the same bytes every time"
