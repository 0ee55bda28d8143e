"""Rows a unit become calls: the first to be sent and to arrive, the last to be free, and no unit forgotten."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.support.sources import TOWN, Imported, import_town

from answerable.model.call import Quality

HEADER = "Number,Received,Dispatched,Arrived,Free,Unit,Code,Closed,Closer,Source,Urgency,Danger"
PROFILE = TOWN.replace("[inclusion]", '[file]\ngrain = "unit_response"\n\n[inclusion]', 1).replace(
    "[columns]", '[columns]\nunit = "Unit"\ncleared_at = "Free"', 1
)
ROWS = [
    "1,2023-06-01 12:00:00,2023-06-01 12:03:00,2023-06-01 12:20:00,2023-06-01 13:00:00,E2,HND,,,,,",
    "2,2023-06-01 12:01:00,2023-06-01 12:02:00,,,E9,,,,,,",
    "1,2023-06-01 12:00:00,2023-06-01 12:02:00,,2023-06-01 13:30:00,E1,HND,,,,,",
    "1,2023-06-01 12:00:00,2023-06-01 12:09:00,2023-06-01 12:15:00,2023-06-01 12:40:00,E3,HND,,,,,",
    "2,2023-06-01 12:01:00,2023-06-01 12:05:00,,2023-06-01 12:50:00,E8,,,,,,",
    ",2023-06-01 12:04:00,,,,,,,,,,",
    ",2023-06-01 12:05:00,,,,,,,,,,",
]


def content(rows: list[str]) -> bytes:
    return ("\n".join([HEADER, *rows]) + "\n").encode()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """The rows above, folded."""
    return import_town(tmp_path_factory.mktemp("units"), content(ROWS), profile=PROFILE)


def test_units_fold_to_their_call(found: Imported) -> None:
    assert (found.manifest.rows.imported, found.manifest.calls, found.manifest.grain) == (7, 4, "unit_response")
    first = found.calls[0]
    minutes = {
        point: (first[f"{point}_at"] - first["received_at"]) / 60e6 for point in ("dispatched", "arrived", "cleared")
    }
    assert minutes == {"dispatched": 2, "arrived": 15, "cleared": 90}
    assert (first["units_dispatched"], first["units_arrived"], first["first_unit"]) == (3, 2, "E1")
    assert [raw["line"] for raw in first["raw"]] == [2, 4, 5]
    assert first["raw_line_no"] == 2


def test_a_call_is_not_cleared_while_one_unit_is_not(found: Imported) -> None:
    second = found.calls[1]
    assert (second["cleared_at"], second["quality_cleared"]) == (None, Quality.MISSING)


def test_no_arrival_on_record_is_not_nobody_there(found: Imported) -> None:
    second = found.calls[1]
    assert (second["arrived"], second["arrived_evidence"], second["units_arrived"]) == ("not_recorded", None, None)


def test_rows_without_a_call_number_are_calls_of_their_own(found: Imported) -> None:
    assert [call["call_id"] for call in found.calls] == ["1", "2", None, None]


def test_the_key_of_a_folded_call_does_not_depend_on_the_order_of_its_rows(found: Imported, tmp_path: Path) -> None:
    forth = found.calls[0]
    back = import_town(tmp_path, content(ROWS[::-1]), profile=PROFILE).calls[0]
    assert forth["call_id"] == back["call_id"] == "1"
    assert forth["row_key"] == back["row_key"]
    hashes = []
    for raw in forth["raw"]:
        values = [value for key, value in raw.items() if key != "line"]
        hashes.append(hashlib.sha256("".join(f"{len(v.encode())}:{v}" for v in values).encode()).hexdigest())
    assert forth["raw_hash"] == hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()


def test_folds_of_the_clock_are_chosen_before_the_first_unit_is(tmp_path: Path) -> None:
    rows = [
        "1,2022-11-06 01:50:00,2022-11-06 01:55:00,2022-11-06 02:10:00,,E1,,,,,,",
        "1,2022-11-06 01:50:00,2022-11-06 01:05:00,2022-11-06 01:30:00,,E2,,,,,,",
    ]
    (call,) = import_town(tmp_path, content(rows), profile=PROFILE).calls
    assert (call["dispatched_at"] - call["received_at"]) / 60e6 == 5
    assert (call["arrived_at"] - call["received_at"]) / 60e6 == 40
    assert call["first_unit"] == "E1"


@pytest.mark.parametrize("profile", [TOWN, PROFILE], ids=["a row a call", "a row a unit"])
def test_rows_without_a_time_of_receipt_keep_their_order_where_one_is_repeated(tmp_path: Path, profile: str) -> None:
    queued = profile.replace('received_at          = "Received"', 'queued_at = "Received"').replace(
        'start-point = "received"', 'start-point = "queued"'
    )
    rows = [f"{n},2023-06-01 12:0{n}:00" + "," * 10 for n in (3, 1, 2, 1)]
    found = import_town(tmp_path, content(rows), profile=queued)
    assert (found.manifest.rows.imported, found.manifest.rows.duplicates) == (3, 1)
    assert [call["call_id"] for call in found.calls] == ["3", "1", "2"]
