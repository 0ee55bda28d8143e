"""Which calls the page carries, and that they cannot break out of their place."""

from __future__ import annotations

import json

import msgspec
from tests.support.examinations import sample_rows

from answerable.model.outcome import IGNORED
from answerable.report.calls_csv import COLUMNS
from answerable.report.page_calls import COMPUTED_CELLS, EMPTY_CELLS, PLAIN_ROWS, calls_data, calls_for_page, cells_of

ROWS = sample_rows(400)


def test_few_calls_are_all_carried_in_their_order() -> None:
    calls = calls_for_page(ROWS)
    assert calls.rows == ROWS
    assert calls.left_out == 0
    assert len(calls.plain) == PLAIN_ROWS


def test_of_many_calls_ignored_ones_come_first_and_the_order_stays() -> None:
    calls = calls_for_page(ROWS, most=60)
    ignored = [row for row in ROWS if row.outcome in IGNORED]
    assert len(calls.rows) == 60
    assert calls.left_out == 340
    assert set(ignored) <= set(calls.rows)
    assert list(calls.rows) == sorted(calls.rows, key=ROWS.index)
    assert all(row.claims or row.outcome in IGNORED for row in calls.rows)


def test_the_data_cannot_close_its_script_element() -> None:
    text = calls_data(calls_for_page(ROWS))
    assert not set("<>&\u2028") & set(text)
    data = json.loads(text)
    assert data["rows"][0][COLUMNS.index("type")] == ROWS[0].type
    assert all(len(row) == len(COLUMNS) + len(COMPUTED_CELLS) for row in data["rows"])


def test_a_reason_names_the_missing_facts() -> None:
    row = msgspec.structs.replace(ROWS[20], outcome="undetermined", reason="fact", facts="life_safety", carried="")
    assert cells_of(row)["reason"] == "a fact is missing: life_safety"


def test_a_merged_call_says_what_became_of_the_other() -> None:
    row = msgspec.structs.replace(ROWS[20], outcome="merged", reason="", carried="answered_late")
    assert cells_of(row)["reason"] == "into a call that was answered late"


def test_the_row_that_the_script_copies_has_every_cell() -> None:
    assert set(EMPTY_CELLS) == set(cells_of(ROWS[0]))
