"""Marks of questions in a profile: found wherever they stand, named with their lines and their text."""

from __future__ import annotations

import pytest
from tests.support.sources import TOWN

from answerable.errors import SourceError
from answerable.sources import questions_left, read_profile

ASKED = """# Question 1: Who published the file?
#   Write the name.
#   One of: a, b."""


def left(text: str) -> list[tuple[int, tuple[int, ...], str, str]]:
    return [(one.number, one.lines, one.key, one.text) for one in questions_left(text.encode(), file="x.toml")]


def test_a_mark_is_found_as_a_value_in_a_list_and_in_place_of_a_key() -> None:
    text = f'{ASKED}\na = "?1"\nb = ["x", "?2"]\n[c]\n"?3" = "column"\n"?4" = {{ d = "?5" }}\n'
    said = "Who published the file? Write the name. One of: a, b."
    assert left(text) == [
        (1, (4,), "a", said), (2, (5,), "b", ""), (3, (7,), "c", ""), (4, (8,), "c", ""), (5, (8,), "c.d", ""),
    ]  # fmt: skip


def test_one_question_may_stand_on_several_lines() -> None:
    assert left("[t]\nA = { means = \"?7\" }\nB = { means = '?7' }\n") == [(7, (2, 3), "t.A.means", "")]


@pytest.mark.parametrize(
    "text", ['a = "?"', 'a = "? 1"', 'a = "?01"', 'a = "x?1"', 'a = "1?"', '# "?1"\na = 1', "a = 1"]
)
def test_what_is_no_mark_is_none(text: str) -> None:
    assert left(text) == []


def test_text_that_looks_like_a_comment_in_a_value_is_no_question() -> None:
    assert left('a = "# Question 1: no"\nb = "?1"\n') == [(1, (2,), "b", "")]


def test_a_profile_with_a_mark_is_refused_before_anything_else_is_said_of_it() -> None:
    broken = TOWN.replace('"Town Police"', '"?2"').replace('id           = "town"', "id = 7")
    with pytest.raises(SourceError, match=r"question 2 is not answered \(source.agency\)") as refused:
        read_profile(broken.encode(), file="town.toml")
    assert broken.splitlines()[(refused.value.line or 0) - 1].startswith("agency")


def test_the_hint_says_how_many_more_are_open_and_where() -> None:
    text = TOWN + "".join(f'x{at} = "?{at}"\n' for at in range(1, 13))
    with pytest.raises(SourceError) as refused:
        read_profile(text.encode(), file="town.toml")
    first = len(TOWN.splitlines()) + 1
    assert refused.value.line == first
    assert f"11 more are open (lines {first + 1}, {first + 2}," in (refused.value.hint or "")
    assert "answerable sources check town.toml" in (refused.value.hint or "")
