"""What a draft says of the columns without times: numbers, grain, codes, places, flags; and of files that are none."""

from __future__ import annotations

import gzip
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.drafts import Column, asked, draft_of, evidence, guessed, minute, table, unused

from answerable.errors import SourceError
from answerable.sources import draft_profile, questions_left

# The call's number, and what a row is


def test_a_number_that_never_repeats_and_is_named_so_is_the_calls(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Call No": lambda at: f"{at:06}", "Report Number": lambda at: f"R{at}"})
    assert guessed(draft)["columns.call_id"] == "Call No"
    assert guessed(draft)["file.identity"] == ["Call No"]
    assert guessed(draft)["file.grain"] == "call"
    assert "60 values in 60 rows; some begin with a zero, which is kept" in evidence(draft, "columns.call_id")


def test_a_number_that_repeats_beside_a_unit_makes_rows_of_units(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Call No": lambda at: f"C{at // 3}", "Unit": lambda at: f"E{at % 3}{at % 7}"})
    assert guessed(draft)["file.grain"] == "unit_response"
    assert (guessed(draft)["columns.call_id"], guessed(draft)["columns.unit"]) == ("Call No", "Unit")
    assert guessed(draft)["file.identity"] == ["Call No", "Unit"]


def test_a_number_that_repeats_without_a_unit_is_asked_about_and_so_is_the_grain(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Call No": lambda at: f"C{at // 2}"})
    assert {"columns.call_id", "file.grain"} <= asked(draft)
    assert not {"columns.call_id", "file.grain", "file.identity"} & set(guessed(draft))
    assert "'Call No' has 30 values in 60 rows" in evidence(draft, "file.grain")


def test_a_unit_beside_a_number_that_never_repeats_leaves_rows_calls(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Unit": lambda at: f"E{at % 7}"})
    assert guessed(draft)["file.grain"] == "call"
    assert "columns.unit" not in guessed(draft)


def test_too_few_rows_show_neither_calls_nor_units(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {}, rows=10)
    assert "file.grain" not in guessed(draft)
    assert "10 rows are too few to see it" in evidence(draft, "file.grain")


def test_a_number_without_a_telling_name_is_asked_about(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Call No": lambda _: "same", "F1": lambda at: f"X{at:05}"})
    assert "columns.call_id" in asked(draft)
    assert "'F1' has 60 values in 60 rows" in evidence(draft, "columns.call_id")


def test_a_few_rows_do_not_show_that_a_number_never_repeats(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {}, rows=12)
    assert "columns.call_id" in asked(draft)
    assert "columns.call_id" not in guessed(draft)


# Codes


def test_every_code_of_a_disposition_is_a_line_to_be_explained_with_its_rows(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Dispo": lambda at: ["RPT", "CAN", "GOA", ""][at % 4]})
    assert guessed(draft)["columns.disposition_raw"] == "Dispo"
    (question,) = (one for one in draft.questions if one.key == "disposition")
    lines = draft.text.splitlines()[question.line - 1 : question.line + 2]
    assert lines == [
        f'{code} = {{ means = "?{question.number}" }}  # 15 rows, 33.3 %' for code in ("CAN", "GOA", "RPT")
    ]
    assert {"report", "not_dispatched"} <= set(question.allowed)
    assert not {"none", "unknown_code"} & set(question.allowed)


def test_what_a_blank_means_is_asked_wherever_a_blank_could_mean_no(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {
            "Dispatched": lambda at: minute(at, after_s=60) if at % 4 else "",
            "Dispo": lambda at: ["RPT", "CAN", ""][at % 3],
        },
    )
    assert {"blank-means-no.dispatched", "blank-means-no.disposition"} <= asked(draft)
    assert "blank in 25.0 % of the rows (15)" in evidence(draft, "blank-means-no.dispatched")
    whole = draft_of(tmp_path, {"Dispatched": lambda at: minute(at, after_s=60)})
    assert "blank-means-no.dispatched" not in asked(whole)


def test_a_code_and_its_words_in_two_columns_are_told_apart(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {
            "Disposition": lambda at: ["RPT", "CAN"][at % 2],
            "Disposition Text": lambda at: ["Report", "Cancelled"][at % 2],
        },
    )
    assert guessed(draft)["columns.disposition_raw"] == "Disposition"
    assert guessed(draft)["columns.disposition_text"] == "Disposition Text"


def test_a_column_without_a_telling_name_is_asked_for_with_its_codes_ready_to_be_explained(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"F9": lambda at: ["RPT", "CAN", "GOA"][at % 3]})
    assert {"columns.disposition_raw", "columns.type_initial"} <= asked(draft)
    assert '# RPT = { means = "…" }  # 20 rows, 33.3 %' in draft.text
    uncommented = draft.text.replace('# RPT = { means = "…" }', 'RPT = { means = "report" }')
    assert tomllib.loads(uncommented)["disposition"] == {"RPT": {"means": "report"}}


@pytest.mark.parametrize(("name", "key"), [("Initial Type", "type_initial"), ("Final Call Type", "type_final")])
def test_a_type_whose_name_says_first_or_last_is_taken(tmp_path: Path, name: str, key: str) -> None:
    draft = draft_of(tmp_path, {name: lambda at: ["THEFT", "NOISE"][at % 2]})
    assert guessed(draft)[f"columns.{key}"] == name


@pytest.mark.parametrize("name", ["Initial Location Description", "Final Unit Type", "Original Report Type"])
def test_the_type_of_another_thing_is_not_the_calls(tmp_path: Path, name: str) -> None:
    draft = draft_of(tmp_path, {name: lambda at: ["HOME", "STREET"][at % 2]})
    assert not {"columns.type_initial", "columns.type_final"} & set(guessed(draft))


def test_a_district_of_reports_is_no_number_of_a_report_and_a_time_zone_is_no_beat(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {
            "Reporting Area": lambda at: f"RA{at % 20}",
            "Time Zone": lambda _: "PST",
            "Report Number": "R-{:04}".format,
        },
    )
    assert guessed(draft)["columns.report_no"] == "Report Number"
    assert "columns.beat" not in guessed(draft)
    assert guessed(draft)["columns.district"] == "Reporting Area"


@pytest.mark.parametrize("name", ["Call Type", "Nature", "Priority"])
def test_one_whose_name_does_not_is_asked_about(tmp_path: Path, name: str) -> None:
    draft = draft_of(tmp_path, {name: lambda at: str(at % 3)})
    assert f"columns.(the key of {name})" in asked(draft)


def test_origins_are_known_by_their_values_and_types_that_mention_an_alarm_are_not_taken_for_them(
    tmp_path: Path,
) -> None:
    origins = ["911", "ONVIEW", "TELEPHONE OTHER, NOT 911"]
    draft = draft_of(tmp_path, {"Kind": lambda at: origins[at % 3]})
    assert guessed(draft)["columns.origin_raw"] == "Kind"
    assert "origin" in asked(draft)
    types = ["Medical Incident", "Alarms", "Structure Fire", "Citizen Assist / Service Call"]
    other = draft_of(tmp_path, {"Call Type": lambda at: types[at % 4]})
    assert "columns.origin_raw" not in guessed(other)
    first = draft_of(tmp_path, {"Original Priority": lambda at: "23"[at % 2]})
    assert "columns.origin_raw" not in asked(first) | set(guessed(first))


def test_the_direction_of_a_priority_is_asked_with_the_waits_as_evidence(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {"Priority": lambda at: "123"[at % 3], "Dispatched": lambda at: minute(at, after_s=60 * (at % 3 + 1))},
    )
    assert "priority" in asked(draft)
    assert "is 1: 1 min (20 rows), 2: 2 min (20 rows), 3: 3 min (20 rows)" in evidence(draft, "priority")
    assert guessed(draft)["bind.priority"] == {"column": "Priority", "whole-number": True}


def test_priorities_that_are_no_digits_are_not_bound_as_numbers(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Priority": lambda at: "1AB"[at % 3]})
    assert "bind.priority" not in guessed(draft)


# Places, flags, what only repeats


def test_coordinates_in_one_column_and_in_two(tmp_path: Path) -> None:
    one = guessed(draft_of(tmp_path, {"Point": lambda at: f"(45.{at:04}, -122.{at:04})"}))
    assert one["columns.lat"] == {"column": "Point", "pattern": r"^\(?([-0-9.]+), *[-0-9.]+\)?$"}
    two = guessed(draft_of(tmp_path, {"Latitude": lambda at: f"45.{at:04}", "Longitude": lambda at: f"-122.{at:04}"}))
    assert (two["columns.lat"], two["columns.lon"]) == ("Latitude", "Longitude")
    feet = guessed(draft_of(tmp_path, {"Lat": lambda at: f"36730{at}.00", "Lon": lambda at: f"5336{at}.00"}))
    assert not {"columns.lat", "columns.lon"} & set(feet)


def test_the_parts_of_an_address_are_joined_in_the_order_of_the_file(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path, {"address_number": lambda at: str(at % 9), "address_street": lambda at: ["OAK", "ELM"][at % 2]}
    )
    assert guessed(draft)["columns.place_text"] == {"column": "address_number", "with": ["address_street"]}
    assert "place.precision" in asked(draft)


def test_a_column_of_yes_and_no_is_a_flag_by_its_name_and_what_is_unclear_is_said(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Reopened": lambda at: "YN?"[at % 3], "Held Flag": lambda at: "10"[at % 2]})
    assert guessed(draft)["flags.reopened"] == {"column": "Reopened", "yes": ["Y"], "no": ["N"]}
    assert "what ? says stays unknown" in evidence(draft, "flags.reopened")
    assert "flags.held" in asked(draft)


def test_a_yes_or_no_about_something_else_is_no_flag(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Valid Dispatch Rspns Time Indc": lambda at: "YN"[at % 2]})
    assert not [key for key in guessed(draft) if key.startswith("flags")]


def test_the_day_of_the_week_is_left_aside_and_a_code_of_seven_is_not(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {"Received": lambda at: f"2020-01-{at % 28 + 1:02} 10:{at % 60:02}:07", "Day": lambda at: str(at % 28 % 7)},
    )
    assert unused(draft)["Day"] == "it is the day of the week of the time"
    other = draft_of(tmp_path, {"Day": lambda at: str(at % 5)})
    assert "day of the week" not in unused(other).get("Day", "")


def test_what_only_a_person_can_know_is_always_asked(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {})
    assert {
        "removals", "source.publisher", "source.agency", "source.discipline", "inclusion.rule", "inclusion.evidence",
        "clock.timezone", "clock.policy", "bind.kind", "can-answer.ignored",
    } <= asked(draft)  # fmt: skip


# Any file


def test_a_file_that_a_profile_knows_gets_no_draft_but_its_name(tmp_path: Path) -> None:
    header = (
        "CAD Event Number,Event Clearance Description,Call Type,Priority,Initial Call Type,Final Call Type,"
        "Original Time Queued,Arrived Time"
    )
    (tmp_path / "calls.csv").write_text(header + "\n1,2,3,4,5,6,7,8\n", encoding="utf-8")
    draft = draft_profile(tmp_path / "calls.csv")
    assert (draft.known, draft.text, draft.questions) == ("seattle-wa", "", ())


_HOSTILE = {
    "empty": (b"", "the file is empty"),
    "header only": (b"Call No,Received\n", "it has the names of columns and no row below them"),
    "no header": (b"1,2020-01-02 03:04:05\n2,2020-01-02 03:05:05\n", "its first line has no names of columns"),
    "one column": (b"Call No\n1\n", "it has only one column"),
    "no times": (b"Code,Meaning\nA,Arrest\nB,Report\n", "none of its columns has times of calls"),
    "all blank": (b"Call No,Received,X\n,,\n,,\n", "has"),
    "only broken rows": (b"Call No,Received,X\n1\n2\n", "none of its 2 lines below the header is a row"),
    "a workbook's first bytes": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "this is"),
    "an empty list": (b"[]", "its JSON array is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", _HOSTILE)
def test_what_cannot_be_described_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    content, said = _HOSTILE[name]
    (tmp_path / "calls.csv").write_bytes(content)
    with pytest.raises(SourceError, match=said) as refused:
        draft_profile(tmp_path / "calls.csv")
    assert "calls.csv" in refused.value.message
    assert refused.value.hint


def test_one_row_is_drafted_and_shows_next_to_nothing(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {}, rows=1)
    assert guessed(draft)["columns.received_at"] == "Received"
    assert draft.sample == "all 1 row"


def in_row(number: int) -> Column:
    """A time in the odd columns, a number in the others."""
    return lambda at: minute(at, after_s=number) if number % 2 else str(at * number)


def test_two_hundred_columns_are_drafted_and_only_a_dozen_times_asked_about(tmp_path: Path) -> None:
    columns = {f"T{number}": in_row(number) for number in range(200)}
    draft = draft_of(tmp_path, columns)
    assert len([key for key in asked(draft) if key.startswith("columns.(")]) == 12
    assert len(draft.unused) > 150


def test_columns_that_cannot_be_named_are_said_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(
        "Call No,Received,Code,Code,\n" + "".join(f"{at},{minute(at)},A,B,C\n" for at in range(30)), encoding="utf-8"
    )
    draft = draft_profile(tmp_path / "calls.csv")
    assert {name for name, why in unused(draft).items() if "a profile cannot name it" in why} == {"Code", "column 5"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_separates_the_rows_alike(tmp_path: Path, delimiter: str) -> None:
    text = table({"Call No": lambda at: f"C{at}", "Received": minute, "Address, City": lambda _: "Oak, Town"},
                 delimiter=delimiter)  # fmt: skip
    (tmp_path / "calls.csv").write_text(text, encoding="utf-8")
    draft = draft_profile(tmp_path / "calls.csv")
    assert draft.columns == ("Call No", "Received", "Address, City")
    assert guessed(draft).get("file.delimiter", ",") == delimiter


def test_every_format_that_is_read_can_be_drafted(tmp_path: Path) -> None:
    rows = [{"Call No": f"C{at}", "Received": minute(at)} for at in range(30)]
    texts = {
        "calls.json": json.dumps(rows).encode(),
        "calls.jsonl": "\n".join(map(json.dumps, rows)).encode(),
        "calls.csv.gz": gzip.compress(table({"Call No": lambda at: f"C{at}", "Received": minute}).encode()),
        "calls.tsv": table({"Call No": lambda at: f"C{at}", "Received": minute}, delimiter="\t").encode(),
    }
    for name, content in texts.items():
        (tmp_path / name).write_bytes(content)
        assert guessed(draft_profile(tmp_path / name))["columns.received_at"] == "Received"


def test_several_files_are_one_draft_if_they_have_the_same_columns(tmp_path: Path) -> None:
    for year in ("2019", "2020"):
        text = table({"Call No": f"{year}-{{}}".format, "Received": minute}, rows=30)
        (tmp_path / f"{year}.csv").write_text(text, encoding="utf-8")
    assert draft_profile([tmp_path / "2019.csv", tmp_path / "2020.csv"]).rows == 60
    (tmp_path / "2021.csv").write_text("Call No,When\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"only one of the two has 'Received'"):
        draft_profile([tmp_path / "2019.csv", tmp_path / "2021.csv"])


def test_of_a_big_file_the_beginning_and_blocks_are_looked_at_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    def received(at: int) -> str:
        return f"2020-{at % 12 + 1:02}-{at % 12 + 1:02} 10:{at % 60:02}:07" if at < 9_990 else "broken"

    draft = draft_of(tmp_path, {"Received": received, "N": str}, rows=10_000, whole_lines=1_200)
    assert (
        draft.sample == "899 rows: the first 600 lines and 30 blocks of 10 lines spread over the rest, of 10,001 lines"
    )


def test_a_line_of_a_sample_is_named_by_its_number_in_the_file(tmp_path: Path) -> None:
    def received(at: int) -> str:
        return f"01/02/2020 10:{at % 60:02}" if at < 9_999 else "13/02/2020 10:00"

    dates = draft_of(tmp_path, {"Received": received}, rows=10_000, whole_lines=1_200)
    assert "13/02/2020 10:00 (line 10,001)" in evidence(dates, "clock.formats")


_NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=12)


@given(st.lists(_NAMES, min_size=1, max_size=3), st.lists(_NAMES, min_size=2, max_size=4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_file_calls_its_columns_and_codes_the_draft_is_toml_and_asks_what_it_says(
    tmp_path: Path, names: list[str], codes: list[str]
) -> None:
    columns = {f"Dispo {name}".replace("\n", " "): (lambda at, codes=codes: codes[at % len(codes)]) for name in names}
    try:
        draft = draft_of(tmp_path, columns)
    except SourceError:
        return  # a header on two lines, or two columns of one name
    tomllib.loads(draft.text)
    left = questions_left(draft.text.encode(), file="draft.toml")
    known = {one.number for one in draft.questions}
    assert known <= {one.number for one in left}
    for one in draft.questions:
        (same,) = (each for each in left if each.number == one.number)
        assert one.line in same.lines
        assert same.text.startswith(one.ask[:20])
