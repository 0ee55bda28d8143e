"""`calls.csv`: RFC 4180, and no cell that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.support.examinations import FORMULA, sample_rows

from answerable.model.examination import ReportRow
from answerable.report.calls_csv import COLUMNS, calls_csv, formula_safe


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


def whole(rows: Sequence[ReportRow]) -> bytes:
    return b"".join(calls_csv(rows))


def row(**cells: object) -> ReportRow:
    return msgspec.structs.replace(sample_rows(20)[15], **cells)


def test_the_columns_are_the_allow_list_in_its_order() -> None:
    assert read(whole(()))[0] == list(COLUMNS)
    assert not {"place_text", "lat", "lon", "raw", "first_unit"} & set(COLUMNS)


def test_lines_end_as_rfc_4180_says() -> None:
    content = whole(sample_rows(5))
    assert content.count(b"\r\n") == 6
    assert content.endswith(b"\r\n")


def test_quotes_commas_and_line_breaks_stay_inside_their_cell() -> None:
    text = 'said "help", twice\r\nthen hung up'
    assert read(whole([row(because=text)]))[1][COLUMNS.index("because")] == text


def test_a_cell_that_starts_a_formula_gets_an_apostrophe() -> None:
    for start in ("=", "+", "-", "@", "\t", "\r", "\n"):
        assert formula_safe(f"{start}1") == f"'{start}1"
    assert formula_safe("5-1") == "5-1"
    assert read(whole([row(type=FORMULA)]))[1][COLUMNS.index("type")] == f"'{FORMULA}"


def test_numbers_are_numbers_and_an_absent_one_is_empty() -> None:
    cells = dict(zip(COLUMNS, read(whole([row(limit_s=300, waited_s=None)]))[1], strict=True))
    assert cells["limit_s"] == "300"
    assert cells["waited_s"] == ""


def test_a_call_in_several_claims_names_them_all() -> None:
    assert read(whole([row(claims=("a", "b"))]))[1][COLUMNS.index("claims")] == "a;b"


def test_a_claim_that_is_named_like_a_formula_is_safe_too() -> None:
    assert read(whole([row(claims=("=1+1", "b"))]))[1][COLUMNS.index("claims")] == "'=1+1;b"


@given(st.text(st.characters(), max_size=40))
def test_whatever_a_cell_holds_comes_back_and_never_starts_a_formula(text: str) -> None:
    said = text.encode("utf-8", errors="backslashreplace").decode()
    cell = read(whole([row(type=text)]))[1][COLUMNS.index("type")]
    assert cell in (said, f"'{said}")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
