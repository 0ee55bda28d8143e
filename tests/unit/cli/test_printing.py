"""The page: colours for those who want them, the same words for all."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable

import pytest
from tests.support.examinations import sample_examination

from answerable.cli.faults import tell
from answerable.cli.findings import print_findings
from answerable.cli.printing import Column, Page
from answerable.errors import SourceError

ANSI = re.compile(r"\x1b\[[0-9;]*m")
RED = re.compile(r"\x1b\[[0-9;]*31m")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, draw: Callable[[Page], None], *, stream: io.StringIO) -> str:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", stream)
    draw(Page())
    return stream.getvalue()


def findings(page: Page) -> None:
    print_findings(page, sample_examination())


def test_colour_is_for_terminals_and_says_nothing_that_the_words_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = drawn(monkeypatch, findings, stream=Terminal())
    piped = drawn(monkeypatch, findings, stream=io.StringIO())
    assert RED.search(coloured)
    assert "\x1b" not in piped
    assert [line.rstrip() for line in ANSI.sub("", coloured).splitlines()] == piped.splitlines()


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = drawn(monkeypatch, findings, stream=Terminal())
    assert set(ANSI.findall(text)) <= {"\x1b[0m", "\x1b[1m"}


def test_an_error_is_red_on_a_terminal_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for no_color in ("", "1"):
        terminal = Terminal()
        monkeypatch.setenv("NO_COLOR", no_color)
        monkeypatch.setattr(sys, "stderr", terminal)
        tell(SourceError("no"), as_json=False)
        said.append(terminal.getvalue())
    assert RED.search(said[0])
    assert said[1] == "Error: no\n"


def test_a_table_keeps_figures_whole_and_folds_prose(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [Column("what"), Column("calls", figures=True)]
    rows = [("word " * 40, "1,234,567"), ("x" * 200, "8")]
    text = drawn(monkeypatch, lambda page: page.table(columns, rows), stream=io.StringIO())
    assert "1,234,567" in text
    assert text.count("x") == 200
    assert max(map(len, text.splitlines())) <= 80


def test_rich_markup_in_data_is_only_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = drawn(monkeypatch, lambda page: page.say("[bold red]:smile:[/] [link=file:///etc]x"), stream=io.StringIO())
    assert text == "[bold red]:smile:[/] [link=file:///etc]x\n"


def test_a_terminal_of_no_width_still_gets_forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    text = drawn(monkeypatch, lambda page: page.say("word " * 30), stream=io.StringIO())
    monkeypatch.setenv("COLUMNS", "1")
    narrow = io.StringIO()
    monkeypatch.setattr(sys, "stdout", narrow)
    Page().say("word " * 30)
    assert max(map(len, text.splitlines())) <= 80
    assert 20 < max(map(len, narrow.getvalue().splitlines())) <= 40
