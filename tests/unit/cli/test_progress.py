"""Progress is for somebody who watches; a pipe gets none."""

from __future__ import annotations

import io
import sys

import pytest

from answerable.cli.progress import pace, watched


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_drawn_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    unwatched = io.StringIO()
    monkeypatch.setattr(sys, "stderr", unwatched)
    with watched() as progress:
        progress("reading", 1, 10)
    assert unwatched.getvalue() == ""


def test_each_step_is_drawn_by_name_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    with watched() as progress:
        progress("reading", 5, 10)
        progress("reading", 10, 10)
        progress("judging\x1b[2J", 1, None)
    assert "reading" in terminal.getvalue()
    assert r"judging\x1b[2J" in terminal.getvalue()


def test_the_pace_says_rows_a_second_and_the_time_left() -> None:
    assert pace(250_000, 1_000_000, elapsed_s=2.0) == "250,000 rows, 125,000 rows/s, 6 s left"
    assert pace(10, 10_000, elapsed_s=1.0) == "10 rows, 10 rows/s, 16 min 39 s left"
    assert pace(10, None, elapsed_s=1.0) == "10 rows, 10 rows/s"
    assert pace(0, 10, elapsed_s=1.0) == ""
