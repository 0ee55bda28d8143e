"""Progress is for somebody who watches; a pipe gets none."""

from __future__ import annotations

import io
import sys

import pytest

from answerable.cli.progress import watched


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
