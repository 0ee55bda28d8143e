"""The careful reader: a broken line breaks nothing but itself."""

from __future__ import annotations

from pathlib import Path

from answerable.sources.rows.careful import Blank, Rejected, Row, read_lines


def judged(folder: Path, text: str, *, width: int = 3) -> list[Row | Rejected | Blank]:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return list(read_lines(path, width=width, delimiter=","))


def test_plain_rows_have_their_physical_lines(tmp_path: Path) -> None:
    assert judged(tmp_path, 'a,b,c\n1,2,3\n"4,x","5""y",\n') == [
        Row(2, 1, ["1", "2", "3"]),
        Row(3, 1, ["4,x", '5"y', ""]),
    ]


def test_a_quoted_field_may_span_lines(tmp_path: Path) -> None:
    assert judged(tmp_path, 'a,b,c\n1,"two\n\nlines, here",3\n4,5,6\n') == [
        Row(2, 3, ["1", "two\n\nlines, here", "3"]),
        Row(5, 1, ["4", "5", "6"]),
    ]


def test_a_stray_quote_breaks_only_its_own_line(tmp_path: Path) -> None:
    found = judged(tmp_path, 'a,b,c\n1,"2,3\n4,5,6\n7,8,9\n10 11",12\n13,14,15\n')
    assert [one.line for one in found if isinstance(one, Row)] == [3, 4, 6]
    assert [(one.line, one.reason) for one in found if isinstance(one, Rejected)] == [
        (2, "a quote is never closed"),
        (5, "expected 3 fields, found 2"),
    ]


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(tmp_path: Path) -> None:
    found = judged(tmp_path, 'a,b,c\n1,"x,3\n4,"",6\n7,8,9\n10,y",12\n13,14,15\n')
    assert [one.line for one in found if isinstance(one, Row)] == [3, 4, 5, 6]
    assert [one.line for one in found if isinstance(one, Rejected)] == [2]


def test_a_quote_inside_a_plain_field_is_a_letter(tmp_path: Path) -> None:
    assert judged(tmp_path, 'a,b,c\n1,5" pipe,3\n') == [Row(2, 1, ["1", '5" pipe', "3"])]


def test_each_reason_is_said_in_plain_words(tmp_path: Path) -> None:
    found = judged(tmp_path, 'a,b,c\n1,2\n1,2,3,4\n1,"2"x,3\n1,\0,3\n1,2,"3')
    assert [one.reason for one in found if isinstance(one, Rejected)] == [
        "expected 3 fields, found 2",
        "expected 3 fields, found 4",
        "a quoted field goes on after its closing quote",
        "has a NUL byte",
        "a quote is never closed",
    ]


def test_blank_lines_are_neither_rows_nor_faults(tmp_path: Path) -> None:
    found = judged(tmp_path, "a,b,c\r\n\r\n1,2,3\r\n \t\r\n,,\r\n")
    assert found == [Blank(2), Row(3, 1, ["1", "2", "3"]), Blank(4), Row(5, 1, ["", "", ""])]


def test_a_row_of_tabs_is_a_row_where_tabs_part_the_fields(tmp_path: Path) -> None:
    path = tmp_path / "file.tsv"
    path.write_text("a\tb\n\t\n", encoding="utf-8")
    assert list(read_lines(path, width=2, delimiter="\t")) == [Row(2, 1, ["", ""])]


def test_an_open_quote_at_the_end_gives_its_later_lines_back(tmp_path: Path) -> None:
    found = judged(tmp_path, 'a,b,c\n1,"2,3\nplain text\n4,5,6\n')
    assert [(one.line, type(one).__name__) for one in found] == [(2, "Rejected"), (3, "Rejected"), (4, "Row")]
