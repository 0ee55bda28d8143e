"""Text from data never moves the cursor, hides, or reorders what is read."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.cli.json_text import print_json
from answerable.cli.text import counted, listed, shown


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("two\nlines\r\n", r"two\nlines\r\n"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\u2066isolated\u2069", r"\u2066isolated\u2069"),
        ("\x9b31m", r"\x9b31m"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("line\u2028separator", r"line\u2028separator"),
        ("\ud83dalone", r"\ud83dalone"),
    ],
)
def test_control_and_direction_characters_are_spelled_out(hostile: str, harmless: str) -> None:
    assert shown(hostile) == harmless


@pytest.mark.parametrize("plain", ["", "Ñuñoa", "no\u00a0break", "المتصل", "火事", "tab-free"])
def test_readable_text_of_any_script_stays_as_it_is(plain: str) -> None:
    assert shown(plain) == plain


@given(st.text())
def test_nothing_shown_is_a_control_or_format_character(text: str) -> None:
    assert not {unicodedata.category(char) for char in shown(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.recursive(st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])), st.lists))
def test_json_reads_back_as_it_was_and_is_harmless_to_look_at(value: object) -> None:
    printed: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("click.echo", printed.append)
        print_json({"value": value})
    assert json.loads(printed[0]) == {"value": value}
    assert all(shown(line) == line for line in printed[0].split("\n"))


def test_counts_and_lists_read_like_sentences() -> None:
    assert [counted(n, "call") for n in (0, 1, 2055)] == ["0 calls", "1 call", "2,055 calls"]
    assert counted(2, "entry", "entries") == "2 entries"
    assert [listed(parts) for parts in ([], ["a"], ["a", "b", "c"])] == ["", "a", "a, b and c"]
