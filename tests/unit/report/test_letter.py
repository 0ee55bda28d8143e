"""The letter as text and as HTML: four kinds of block, nothing that becomes markup, lines that must stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.report.letter import blanks_left, lacking, letter_html, letter_title, one_line

LETTER = """# On the calls from the gate

To the City Council

## What was found

> Calls were
> ignored.

Finding on claim gate:
not sustained.
- one
- two
  goes on
### Smaller
Text right after it.
"""


def test_each_kind_of_block_becomes_its_element() -> None:
    assert str(letter_html(LETTER)).split("\n") == [
        "<p>To the City Council</p>",
        "<h2>What was found</h2>",
        "<blockquote><p>Calls were ignored.</p></blockquote>",
        "<p>Finding on claim gate: not sustained.</p>",
        "<ul><li>one</li><li>two goes on</li></ul>",
        "<h3>Smaller</h3>",
        "<p>Text right after it.</p>",
    ]
    assert letter_title(LETTER) == "On the calls from the gate"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "[a](javascript:alert(1))", "![x](http://x/y.png)", "**bold** `code` &lt;"]
)  # fmt: skip
def test_no_text_becomes_markup(text: str) -> None:
    for block in (text, f"> {text}", f"- {text}", f"## {text}"):
        html = str(letter_html(block))
        assert "<script" not in html
        assert "<a" not in html
        assert "<img" not in html
        assert "<strong" not in html


@given(st.text(max_size=300))
def test_whatever_is_written_the_html_holds_only_our_elements(text: str) -> None:
    html = str(letter_html(text))
    for element in ("p", "/p", "ul", "/ul", "li", "/li", "blockquote", "/blockquote", "h2", "/h2", "h3", "/h3"):
        html = html.replace(f"<{element}>", "")
    assert "<" not in html
    assert ">" not in html


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9), min_size=1))
def test_no_word_of_a_letter_is_lost_on_its_page(words: list[str]) -> None:
    from markupsafe import escape  # noqa: PLC0415

    text = "Dear all " + " ".join(words)
    shown = str(letter_html(text))
    assert all(str(escape(word)) in shown for word in words)


@pytest.mark.parametrize("text", ["# no heading", "> no quotation", "- no item", "a\nb", "\u202eabc"])
def test_a_text_put_into_a_letter_stays_one_line_of_text(text: str) -> None:
    line = one_line(text)
    assert "\n" not in line
    assert line[0] not in "#>-"
    assert "\u202e" not in line


def test_lines_are_found_however_they_are_broken_and_in_quotations_and_lists() -> None:
    assert lacking(LETTER, ["Finding on claim gate: not sustained.", "Calls were ignored.", "two goes on"]) == []
    assert lacking(LETTER, ["Finding on claim gate: sustained."]) == ["Finding on claim gate: sustained."]


def test_blanks_are_named_with_their_lines() -> None:
    assert blanks_left("# T\n\nTo [Addressee]\nSigned by [name], x.\n") == [(3, "[Addressee]"), (4, "[name]")]
    assert blanks_left(LETTER) == []
