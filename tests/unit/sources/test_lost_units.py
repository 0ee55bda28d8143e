"""A unit's row in quarantine: its call is not called late for it, and nothing about it is read as no."""

from __future__ import annotations

from pathlib import Path

from tests.support.sources import BLANKS, TOWN, Imported, import_town

from answerable.model.call import Quality

HEADER = "Number,Received,Dispatched,Arrived,Free,Unit,Code,Closed,Closer,Source,Urgency,Danger"
PROFILE = TOWN.replace("[inclusion]", '[file]\ngrain = "unit_response"\n\n[inclusion]', 1).replace(
    "[columns]", '[columns]\nunit = "Unit"\ncleared_at = "Free"', 1
)
FIRST = "A1,2023-06-01 12:00:00,2023-06-01 12:40:00,2023-06-01 12:50:00,2023-06-01 13:00:00,E2,HND,,,,,"
OTHER = "A2,2023-06-01 12:01:00,2023-06-01 12:02:00,,,E9,,,,,,"
SILENT = "A3,2023-06-01 12:03:00,,,,,,,,,,"
UNITS = ("dispatched", "enroute", "arrived", "cleared")
LOST = int(Quality.UNIT_ROW_LOST)


def imported(folder: Path, *rows: str, profile: str = PROFILE) -> Imported:
    return import_town(folder, ("\n".join([HEADER, *rows]) + "\n").encode(), profile=profile)


def marked(found: Imported) -> dict[str, list[str]]:
    return {call["call_id"]: [point for point in UNITS if call[f"quality_{point}"] & LOST] for call in found.calls}


def test_a_row_rejected_for_a_value_marks_the_call_it_names(tmp_path: Path) -> None:
    found = imported(tmp_path, FIRST, OTHER, "A1,2023-06-01 12:00:00,half past,,,E1,HND,,,,,")
    assert found.manifest.rows.quarantined == 1
    assert marked(found) == {"A1": ["dispatched", "arrived", "cleared"], "A2": []}
    assert found.calls[0]["quality_received"] == 0
    assert "1 quarantined rows are units of calls that have other rows" in " ".join(found.manifest.notes)
    assert found.manifest.quality["dispatched"]["unit_row_lost"] == 1


def test_a_broken_line_marks_the_call_whose_number_it_holds(tmp_path: Path) -> None:
    for broken in ('"A1,2023-06-01 12:00:00,2023-06-01 12:02:00', "E1,A1", 'E1;"A1";x', "x A1 y,,"):
        found = imported(tmp_path, FIRST, OTHER, broken)
        assert found.manifest.rows.quarantined == 1
        assert marked(found) == {"A1": ["dispatched", "arrived", "cleared"], "A2": []}, broken


def test_a_line_that_names_two_calls_marks_both(tmp_path: Path) -> None:
    assert all(marked(imported(tmp_path, FIRST, OTHER, "A1,A2")).values())


def test_a_part_of_a_call_number_is_not_a_call_number(tmp_path: Path) -> None:
    found = imported(tmp_path, FIRST, OTHER, "A11,2023-06-01 12:00:00")
    assert not any(marked(found).values())
    assert "1 quarantined rows could not be assigned to a call" in " ".join(found.manifest.notes)


def test_an_arrival_that_is_not_recorded_stays_so(tmp_path: Path) -> None:
    found = imported(tmp_path, OTHER, "A2,2023-06-01 12:01:00,half past,2023-06-01 12:09:00,,E1,HND,,,,,")
    (call,) = found.calls
    assert (call["arrived"], call["arrived_evidence"], call["arrived_at"]) == ("not_recorded", None, None)
    assert call["quality_arrived"] == Quality.MISSING | Quality.UNIT_ROW_LOST
    assert (call["dispatched"], call["dispatched_evidence"]) == ("yes", "time")


def test_what_would_be_no_is_not_recorded_where_a_unit_was_lost(tmp_path: Path) -> None:
    profile = PROFILE + BLANKS
    (whole,) = imported(tmp_path, SILENT, profile=profile).calls
    assert (whole["dispatched"], whole["dispatched_evidence"]) == ("no", "blank_means_no")
    assert (whole["ended_by"], whole["reason_given"]) == ("nobody", "no")
    found = imported(tmp_path, SILENT, "A3,2023-06-01 12:03:00,soon,,,,,,,,,", profile=profile)
    (call,) = found.calls
    assert (call["dispatched"], call["dispatched_evidence"]) == ("not_recorded", None)
    assert (call["ended_by"], call["reason_given"]) == ("not_recorded", "not_recorded")
    assert set(found.manifest.blank_means_no) == {"dispatched", "disposition", "closed"}


def test_a_code_that_says_nobody_was_sent_does_not_speak_for_a_lost_unit(tmp_path: Path) -> None:
    coded = "A3,2023-06-01 12:03:00,,,,,W,,,,,"
    assert imported(tmp_path, coded).calls[0]["dispatched"] == "no"
    assert imported(tmp_path, coded, "A3,soon,,,,,,,,,,").calls[0]["dispatched"] == "not_recorded"


def test_a_row_of_no_call_in_particular_takes_the_meaning_from_every_blank(tmp_path: Path) -> None:
    found = imported(tmp_path, SILENT, "2023-06-01 12:03:00,E1", profile=PROFILE + BLANKS)
    assert found.manifest.blank_means_no == {}
    assert found.calls[0]["dispatched"] == "not_recorded"
    assert not any(marked(found).values())
    assert "a blank means nothing in this import" in " ".join(found.manifest.notes)


def test_a_call_whose_only_row_is_lost_says_nothing_of_others(tmp_path: Path) -> None:
    found = imported(tmp_path, SILENT, "A9,soon,,,,,,,,,,", profile=PROFILE + BLANKS)
    assert found.calls[0]["dispatched"] == "no"
    assert "1 quarantined rows are units of calls that have no other row" in " ".join(found.manifest.notes)


def test_where_a_row_is_a_call_nothing_is_marked(tmp_path: Path) -> None:
    plain = PROFILE.replace('[file]\ngrain = "unit_response"\n', "").replace('unit = "Unit"\n', "")
    found = imported(tmp_path, FIRST, "A1,soon,,,,,,,,,,", profile=plain)
    assert not any(marked(found).values())
    assert not any("quarantined rows" in note for note in found.manifest.notes)
