"""The measuring itself: what is counted, how ratios are taken, and where a table is written."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from benchmarks import table
from benchmarks.measure import Timing, percentile_us, side_by_side
from benchmarks.table import Line, finish

MET = Line(promise="live", target="<= 5 us", measured="1 us", control="by hand 0.5 us", met=True)
MISSED = Line(promise="bulk", target="<= 1.5x", measured="2x", control="by hand", met=False)
BESIDE = Line(promise="peer", target="", measured="60 us", control="", met=None)


def test_every_contender_runs_in_every_round_and_the_first_round_is_not_counted() -> None:
    seen: list[str] = []
    timings = side_by_side({name: partial(seen.append, name) for name in "abc"}, rounds=3)
    assert "".join(seen) == "abcbcacababc"
    assert {name: len(one.seconds) for name, one in timings.items()} == {"a": 3, "b": 3, "c": 3}


def test_a_ratio_compares_round_by_round() -> None:
    calm_then_busy, twice_as_long = Timing(seconds=(1.0, 10.0, 1.0)), Timing(seconds=(2.0, 20.0, 2.2))
    assert twice_as_long.ratio_to(calm_then_busy) == 2.0
    assert calm_then_busy.median_s == 1.0
    assert calm_then_busy.rate(500) == 500


def test_a_percentile_is_one_of_the_measured_times() -> None:
    assert percentile_us([lambda: None] * 100, 99) > 0
    assert percentile_us([lambda: None], 100) > 0


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "performance.md"
    file.write_text("# A\n<!-- x: begin -->\nold\n<!-- x: end -->\nafter\n<!-- y: begin -->\n<!-- y: end -->\n")
    monkeypatch.setattr(table, "PAGE", file)
    return file


def test_a_table_replaces_its_own_section_and_nothing_else(page: Path) -> None:
    assert finish("x", [MET, BESIDE], notes=["A note."]) == 0
    text = page.read_text()
    assert "old" not in text
    assert "| live | <= 5 us | 1 us | by hand 0.5 us | yes |" in text
    assert "A note.\n\n<!-- x: end -->\nafter\n<!-- y: begin -->\n<!-- y: end -->\n" in text
    once = page.read_text()
    finish("x", [MET, BESIDE], notes=["A note."])
    assert page.read_text() == once


def test_a_missed_target_is_named_and_fails(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert finish("x", [MET, MISSED]) == 1
    assert "1 of 2 missed: bulk" in capsys.readouterr().out
    assert "| **no** |" in page.read_text()


def test_a_page_without_a_place_for_the_table_is_said(page: Path) -> None:
    with pytest.raises(SystemExit, match="no place for 'z'"):
        finish("z", [MET])
