"""Every published file at hand: the rows that the program says it read are those that another reader counts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.support.published import DATA, published

from answerable.model.reconciliation import Reconciliation, State
from answerable.wiring import reconcile

pytestmark = pytest.mark.data
CODE_LISTS = {"pd_beat_codes_list_datasd.csv", "pd_cfs_calltypes_datasd.csv", "pd_dispo_codes_datasd.csv"}


@pytest.fixture(scope="module")
def found() -> Reconciliation:
    return reconcile([published("README.md").parent])


def rows_by_python(path: Path) -> int:
    """Records below the header as Python's own CSV reader counts them; a blank line is none."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return sum(1 for record in csv.reader(text) if record) - 1


def test_as_many_rows_were_read_as_pythons_csv_reader_counts(found: Reconciliation) -> None:
    said = {one.file: one.rows.read for one in found.files if one.rows is not None}
    assert said == {file: rows_by_python(DATA / file) for file in said}
    assert len(said) >= 25


def test_the_rows_are_those_that_the_publishers_excerpts_are_known_to_have(found: Reconciliation) -> None:
    known = {
        "san_diego_ca/pd_calls_for_service_2023_datasd_jan1-18.csv": (26_595, 26_595),
        "san_francisco_ca_fire/sffd_2016-12.csv": (7_704, 3_560),
        "milwaukee_wi/mpd_live_feed_2018-05.csv": (33_968, 33_968),
        "seattle_wa/call_data_radius_2018-2023.csv": (275, 275),
    }
    rows = {one.file: (one.rows.read, one.calls) for one in found.files if one.rows is not None}
    assert {file: rows[file] for file in known} == known


def test_every_csv_file_is_in_the_table_and_everything_else_is_named(found: Reconciliation) -> None:
    below = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}
    assert {one.file for one in found.files} == {file for file in below if file.endswith(".csv")}
    assert set(found.not_read) == {file for file in below if not file.endswith(".csv")}


def test_all_calls_reconcile_and_lists_of_codes_are_no_calls(found: Reconciliation) -> None:
    states = {one.file.rpartition("/")[2]: one.state for one in found.files}
    assert {name for name, state in states.items() if state is State.NO_CALLS} == CODE_LISTS
    assert {state for name, state in states.items() if name not in CODE_LISTS} == {State.RECONCILES}
    assert not found.ok


def test_the_sum_is_that_of_the_files(found: Reconciliation) -> None:
    rows = [one.rows for one in found.files if one.rows is not None]
    assert found.rows.read == sum(one.read for one in rows)
    assert found.rows.read == found.rows.imported + found.rows.quarantined + found.rows.duplicates
    assert found.calls == sum(one.calls or 0 for one in found.files)
