"""How long things took, as the terminal shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.canonical import write_canonical

from answerable.cli.intervals import print_intervals
from answerable.cli.printing import Page
from answerable.engines.describe import describe

RECEIVED = "2018-06-19T21:00:00Z"
ARRIVED = {"received_at": RECEIVED, "arrived_at": "2018-06-19T21:08:00Z"}
SILENT = {"received_at": RECEIVED}


@pytest.fixture(autouse=True)
def hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def printed(capsys: pytest.CaptureFixture[str], tmp_path: Path, *calls: dict[str, Any]) -> str:
    print_intervals(Page(), describe(write_canonical(tmp_path / "calls.parquet", calls), timezone="UTC"))
    return capsys.readouterr().out


def test_missing_arrivals_are_shown_at_best_and_at_worst(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = printed(capsys, tmp_path, *[ARRIVED] * 8, SILENT, SILENT)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "received to arrived best 100 % 100 % 8 min 8 min 6 min 24 s" in lines
    assert "of 10: 2 not known worst 80 % 80 % 8 min not reached no limit" in lines
    assert "A missing time is not a missing officer" in text
    assert max(map(len, text.splitlines())) <= 100


def test_complete_times_need_no_bounds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "What the missing times could change" not in printed(capsys, tmp_path, ARRIVED)


def test_bounds_of_officer_initiated_entries_stand_apart(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    officer = {"origin": "officer"}
    text = printed(capsys, tmp_path, ARRIVED, {**ARRIVED, **officer}, {**SILENT, **officer})
    before, _, after = text.partition("What the missing times could change")
    assert "Officer-initiated, where nobody was waiting" in before
    assert "Officer-initiated, where nobody was waiting" in after
    assert "of 2: 1 not known" in after


def test_one_clock_point_gives_no_table_but_the_reason(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = printed(capsys, tmp_path, SILENT, SILENT)
    assert "the file has one clock point only (received)" in " ".join(text.split())
    assert "from … to" not in text
