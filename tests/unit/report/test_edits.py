"""Edits after first publication, in words, as a file and on the page."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
import pytest
from tests.support.edits import EDITS, two_snapshots
from tests.support.examinations import sample_examination, sample_rows, sample_source

from answerable.model.examination import EditRow, Edits
from answerable.model.snapshot import Edited
from answerable.report import write_report
from answerable.report.edited_words import column_words, edited_sentences, outcome_sentence, scope_sentence
from answerable.report.edits_csv import edits_csv

NOTHING = Edited(calls=0, columns={}, gone=0, undetermined=0)


def test_the_list_has_one_line_an_edit_and_nothing_that_a_spreadsheet_would_calculate() -> None:
    rows = list(csv.DictReader(io.StringIO(edits_csv(EDITS.rows).decode(), newline="")))
    assert [row["call"] for row in rows] == ["18-1", "'=18-2"]
    assert tuple(rows[0]) == EditRow.__struct_fields__
    assert (rows[0]["earlier"], rows[0]["later"]) == ("", "2018-06-28T05:24:00Z")


def test_that_nothing_was_edited_is_said_too() -> None:
    assert list(edited_sentences(NOTHING)) == ["No call was edited in anything that an outcome may rest on."]
    assert outcome_sentence(Edits(rows=(), outcomes=())).startswith("No call would have had another outcome")


def test_the_columns_that_were_edited_most_come_first_and_the_rest_is_counted() -> None:
    many = {f"fact_number_{n}": n for n in range(1, 11)}
    (sentence,) = edited_sentences(msgspec.structs.replace(NOTHING, calls=1_200, columns=many))
    assert sentence.startswith("1,200 calls were edited in what an outcome may rest on: number 10 (10), number 9 (9)")
    assert sentence.endswith("number 3 (3) and 2 more columns.")


@pytest.mark.parametrize(
    ("column", "words"),
    [("arrived_at", "time of “arrived”"), ("priority_class", "priority class"), ("fact_life_safety", "life safety")],
)
def test_a_column_is_said_in_words(column: str, words: str) -> None:
    assert column_words(column) == words


def test_one_call_is_spoken_of_as_one_and_several_as_several() -> None:
    one, two = (list(edited_sentences(Edited(calls=n, columns={"held": n}, gone=n, undetermined=n))) for n in (1, 2))
    assert [sentence.split(" ")[1:3] for sentence in one] == [["call", "was"], ["call", "is"], ["call", "cannot"]]
    assert [sentence.split(" ")[1:3] for sentence in two] == [["calls", "were"], ["calls", "are"], ["calls", "cannot"]]
    assert outcome_sentence(EDITS) == (
        "1 call would have had another outcome as first published: unheard then and answered now (1)."
    )


def test_a_scope_speaks_only_of_its_own_calls() -> None:
    assert scope_sentence(EDITS, ["18-9"]) is None
    assert scope_sentence(EDITS, ["18-1"]) == (
        "Calls in scope edited after first publication, with another outcome: 18-1 (unheard then, answered now)."
    )
    assert scope_sentence(EDITS, ["=18-2"]) == "Calls in scope gone from a later export: =18-2."


def test_the_page_shows_the_exports_in_order_and_links_to_them(tmp_path: Path) -> None:
    rows = sample_rows(5)
    examination = msgspec.structs.replace(
        sample_examination(rows), source=sample_source(snapshots=two_snapshots()), edits=EDITS
    )
    written = write_report(examination, rows, tmp_path)
    assert [path.name for path in written] == ["calls.csv", "finding.json", "edits.csv", "report.html", "manifest.json"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('href="#edited"') == 2
    section = page.split('<section id="edited"')[1].split("</section>")[0]
    assert section.index("june.csv") < section.index("july.csv")
    for said in (
        "from 2 exports of one source",
        "5 calls were edited",
        "1 call is gone",
        "2 calls cannot be told apart",
    ):
        assert said in section
