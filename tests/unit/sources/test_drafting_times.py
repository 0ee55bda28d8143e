"""What a draft says of times: formats, order, offsets, epochs, placeholders, pairs, and which clock points they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.drafts import asked, draft_of, evidence, guessed, minute, spoken, table, unused

from answerable.errors import SourceError
from answerable.sources import draft_profile
from answerable.sources.drafting.written import form_of

# How a text is written


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2020-01-31 14:05:09", ("%Y-%m-%d %H:%M:%S",)),
        ("2020-01-31T14:05:09.123", ("%Y-%m-%dT%H:%M:%S.%f",)),
        ("2020-01-31T14:05:09Z", ("%Y-%m-%dT%H:%M:%SZ",)),
        ("2020-01-31T14:05:09-08:00", ("%Y-%m-%dT%H:%M:%S%z",)),
        ("2020/1/31 4:05", ("%Y/%m/%d %H:%M",)),
        ("01/31/2020 02:05:09 PM", ("%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p")),
        ("31.01.20 14:05", ("%m.%d.%y %H:%M", "%d.%m.%y %H:%M")),
        ("31-JAN-2020 14:05:09", ("%d-%b-%Y %H:%M:%S",)),
        ("January 31, 2020", ("%B %d, %Y",)),
        ("14:05:09", ("%H:%M:%S",)),
        ("2:05 pm", ("%I:%M %p",)),
    ],
)
def test_a_time_is_known_by_how_it_is_written(text: str, formats: tuple[str, ...]) -> None:
    form = form_of(text, packed=False)
    assert form is not None
    assert form.formats == formats


@pytest.mark.parametrize(
    "text",
    ["", "12", "N/A", "2020", "163664050", "20200131", "0152", "E23010000001", "1-2-3", "12:5", "10.5", "a" * 50],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert form_of(text, packed=False) is None


@pytest.mark.parametrize(("text", "form"), [("20200131", "%Y%m%d"), ("0152", "%H%M"), ("20200131 0152", "%Y%m%d %H%M")])
def test_digits_alone_are_a_time_only_under_the_name_of_one(text: str, form: str) -> None:
    found = form_of(text, packed=True)
    assert found is not None
    assert found.formats == (form,)


# Day and month


def slashed(at: int, *, day_first: bool, most: int = 28) -> str:
    day, month = at % most + 1, at % 9 + 1
    first, second = (day, month) if day_first else (month, day)
    return f"{first:02}/{second:02}/2020 10:{at % 50:02}"


@pytest.mark.parametrize(("day_first", "form"), [(True, "%d/%m/%Y %H:%M"), (False, "%m/%d/%Y %H:%M")])
def test_numbers_above_twelve_show_whether_the_day_comes_first(tmp_path: Path, day_first: bool, form: str) -> None:
    draft = draft_of(tmp_path, {"Received": lambda at: slashed(at, day_first=day_first)})
    assert guessed(draft)["clock.formats"] == [form]
    place = "first" if day_first else "second"
    assert f"the {place} number of 'Received' is above 12" in evidence(draft, "clock.formats")
    assert "(line 14)" in evidence(draft, "clock.formats")


def test_an_order_that_no_row_shows_is_asked_with_a_line_that_could_be_both(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Received": lambda at: slashed(at, day_first=True, most=12)})
    assert "clock.formats" not in guessed(draft)
    (question,) = (one for one in draft.questions if one.key == "clock.formats")
    assert question.allowed == ("%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M")
    assert "10/01/2020 10:09 (line 11) could be both" in evidence(draft, "clock.formats")


def test_a_column_that_leaves_it_open_has_the_order_of_one_written_alike(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {
            "Received": lambda at: slashed(at, day_first=True, most=12),
            "Closed": lambda at: slashed(at, day_first=True).replace(" 10:", " 11:"),
        },
    )
    assert guessed(draft)["clock.formats"] == ["%d/%m/%Y %H:%M"]
    assert "'Received' leaves day and month open; it is written like 'Closed'" in evidence(draft, "clock.formats")


def test_a_column_with_both_orders_is_refused_with_two_lines(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"has both orders: 13/04/2020 10:12 \(line 14\).*line 15") as refused:
        draft_of(tmp_path, {"Received": lambda at: slashed(at, day_first=at % 2 == 0)})
    assert "written alike" in (refused.value.hint or "")


# Clocks


def test_am_and_pm_are_read_and_not_taken_for_the_hours_of_a_day(tmp_path: Path) -> None:
    twelve = "{m:02}/{d:02}/{y} {I:02}:{M:02} {p}"
    draft = draft_of(tmp_path, {"Received": lambda at: minute(at, form=twelve)}, rows=200)
    assert guessed(draft)["clock.formats"] == ["%m/%d/%Y %I:%M %p"]


def test_quiet_hours_are_evidence_beside_the_question_for_the_zone_and_decide_nothing(tmp_path: Path) -> None:
    def busy_by_day(at: int) -> str:
        hour = (7 + at * 5 % 17) if at % 20 else at // 20 % 24
        return f"2020-01-{at % 28 + 1:02} {hour % 24:02}:{at % 60:02}:01"

    draft = draft_of(tmp_path, {"Received": busy_by_day}, rows=3_000)
    assert "calls are fewest from" in evidence(draft, "clock.timezone")
    assert {"clock.timezone", "clock.policy"} <= asked(draft)
    assert not {"clock.timezone", "clock.policy"} & set(guessed(draft))


def test_too_few_rows_show_no_quiet_hours(tmp_path: Path) -> None:
    seen = evidence(draft_of(tmp_path, {}), "clock.timezone")
    assert "no hours of 'Received' as written are quiet enough to tell a clock by (60 times on 8 days)" in seen


def test_a_z_behind_the_times_is_asked_about_and_not_believed(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Received": lambda at: minute(at).replace(" ", "T") + "Z"})
    assert guessed(draft)["clock.formats"] == ["%Y-%m-%dT%H:%M:%SZ"]
    assert "some publishers write behind local ones too" in evidence(draft, "clock.policy")


def test_a_z_beside_times_without_one_is_asked_column_by_column(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Closed": lambda at: minute(at, after_s=900).replace(" ", "T") + "Z"})
    (question,) = (one for one in draft.questions if one.key == "columns.closed_at")
    assert question.allowed == ("true", "false")
    assert 'closed_at = { column = "Closed", utc = "?' in draft.text


def test_offsets_make_instants_and_the_policy_is_no_question(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Received": lambda at: minute(at).replace(" ", "T") + ("-08:00" if at % 2 else "Z")})
    assert (guessed(draft)["clock.policy"], guessed(draft)["clock.formats"]) == ("utc", ["%Y-%m-%dT%H:%M:%S%z"])
    assert "clock.policy" not in asked(draft)


@pytest.mark.parametrize(("unit", "scale"), [("s", 1), ("ms", 1000)])
def test_counts_from_1970_are_known_by_their_size(tmp_path: Path, unit: str, scale: int) -> None:
    draft = draft_of(tmp_path, {"Closed Ts": lambda at: str((1_577_840_000 + at * 11_220) * scale)})
    assert guessed(draft)["columns.closed_at"] == {"column": "Closed Ts", "epoch": unit}


@pytest.mark.parametrize("number", ["2014000063{:03}", "10000246{:03}", "163664{:03}", "5035551{:03}"])
def test_call_numbers_are_no_counts_from_1970(tmp_path: Path, number: str) -> None:
    draft = draft_of(tmp_path, {"Call No": number.format})
    assert guessed(draft)["columns.call_id"] == "Call No"


def test_a_number_in_the_range_of_counts_from_1970_is_believed_to_be_a_number_by_its_name(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Call No": lambda at: f"16132012{at:02}"})
    assert guessed(draft)["columns.call_id"] == "Call No"
    assert not [key for key in asked(draft) if "Call No" in key]


# Two columns for one time


def test_a_date_and_a_time_of_day_named_alike_are_one_time(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {
            "Arrival Date": lambda at: minute(at, after_s=600)[:10],
            "Arrival Time": lambda at: minute(at, after_s=600)[11:],
        },
    )
    assert guessed(draft)["columns.arrived_at"] == {"column": "Arrival Date", "with": ["Arrival Time"]}
    assert "%Y-%m-%d %H:%M:%S" in guessed(draft)["clock.formats"]


def test_a_date_that_is_midnight_in_every_row_goes_with_the_time_of_day(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {
            "Closed Date": lambda at: minute(at, after_s=600)[:10] + "T00:00:00",
            "Closed Time": lambda at: minute(at, after_s=600)[11:],
        },
    )
    assert guessed(draft)["clock.formats"] == ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT00:00:00 %H:%M:%S"]


def test_a_time_of_day_whose_date_is_another_columns_is_not_joined_to_it(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {
            "Birth Date": lambda at: f"19{at % 60 + 20}-01-01",
            "Report Date": lambda at: minute(at)[:10],
            "Arrival Time": lambda at: minute(at, after_s=600)[11:],
        },
    )
    assert guessed(draft)["columns.arrived_at"] == "Arrival Time"
    assert guessed(draft)["clock.time-of-day"] == ["%H:%M:%S"]


def test_a_pair_that_repeats_another_column_is_left_aside(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path, {"Received Date": lambda at: minute(at)[:10], "Received Time": lambda at: minute(at)[11:]}
    )
    assert unused(draft)["Received Time"] == "'Received' says the same in one column"
    assert guessed(draft)["columns.received_at"] == "Received"


def test_a_date_at_two_hours_of_the_day_is_still_a_date(tmp_path: Path) -> None:
    """Midnight of a zone with summer time, written in UTC."""
    draft = draft_of(
        tmp_path,
        {
            "Closed Date": lambda at: minute(at, after_s=600)[:10] + ("T07:00:00" if at % 2 else "T08:00:00"),
            "Closed Time": lambda at: minute(at, after_s=600)[11:],
        },
    )
    assert {"%Y-%m-%dT07:00:00 %H:%M:%S", "%Y-%m-%dT08:00:00 %H:%M:%S"} <= set(guessed(draft)["clock.formats"])


def test_the_only_date_and_the_only_time_of_day_are_one_time_unless_the_date_is_a_birth(tmp_path: Path) -> None:
    def draft(date: str) -> dict[str, object]:
        columns = {"Call No": "C{:03}".format, date: lambda at: minute(at)[:10], "Hour": lambda at: minute(at)[11:]}
        (tmp_path / "calls.csv").write_text(table(columns), encoding="utf-8")
        return guessed(draft_profile(tmp_path / "calls.csv"))

    assert draft("Day")["clock.formats"] == ["%Y-%m-%d %H:%M:%S"]
    assert draft("Birth Date")["clock.time-of-day"] == ["%H:%M:%S"]


def test_seconds_that_are_zero_in_every_row_mean_nothing_and_stand_as_they_are(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Received": lambda at: minute(at)[:17] + "00"})
    assert guessed(draft)["clock.formats"] == ["%Y-%m-%d %H:%M:00"]
    assert "its seconds are 00 in every row: it is to the minute" in evidence(draft, "columns.received_at")
    other = draft_of(tmp_path, {"Received": lambda at: minute(at)[:17] + ("01" if at == 7 else "00")})
    assert guessed(other)["clock.formats"] == ["%Y-%m-%d %H:%M:%S"]
    few = draft_of(tmp_path, {"Received": lambda at: minute(at)[:17] + "00"}, rows=5)
    assert guessed(few)["clock.formats"] == ["%Y-%m-%d %H:%M:%S"]


# What stands for no time


def test_a_date_that_no_call_can_have_is_a_sentinel_and_no_arrival(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path, {"Arrived": lambda at: "1900-01-01 00:00:00" if at % 3 == 0 else minute(at, after_s=600)}
    )
    assert guessed(draft)["clock.sentinels"] == ["1900-01-01 00:00:00"]
    assert "66.7 % of the rows have a time of arrival" in draft.text


def test_a_word_among_times_is_a_sentinel_and_a_broken_time_is_only_named(tmp_path: Path) -> None:
    def arrived(at: int) -> str:
        return "PENDING" if at == 5 else "2020-13-45 99:99:99" if at == 6 else minute(at, after_s=600)

    draft = draft_of(tmp_path, {"Arrived": arrived})
    assert guessed(draft)["clock.sentinels"] == ["PENDING"]
    assert "2020-13-45 99:99:99 in 1 row of 'Arrived' cannot be read and would be quarantined" in spoken(draft)


def test_a_token_for_nothing_is_proposed_and_a_code_that_looks_like_one_is_not(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {"Arrived": lambda at: "NULL" if at % 2 else minute(at, after_s=60), "Beat": lambda at: ["NA", "B1"][at % 2]},
    )
    assert guessed(draft)["file.null-tokens"] == ["", "NULL"]
    assert "NULL stands in 30 fields, as in 'Arrived'" in evidence(draft, "file.null-tokens")


def test_too_many_midnights_are_a_placeholder_and_a_few_are_not(tmp_path: Path) -> None:
    def occurred(every: int) -> dict[str, object]:
        def text(at: int) -> str:
            return minute(at)[:10] + " 00:00:00" if at % every == 0 else minute(at, after_s=-77)

        return guessed(draft_of(tmp_path, {"Occurred": text}, rows=200))

    assert occurred(4)["clock.midnight-placeholder"] == ["occurred"]
    assert "clock.midnight-placeholder" not in occurred(90)


# Which clock point it is


def test_a_name_is_taken_with_the_order_of_the_times_as_evidence(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"OnScene_DtTm": lambda at: minute(at, after_s=600 if at else -600)})
    assert guessed(draft)["columns.arrived_at"] == "OnScene_DtTm"
    assert "in 98.3 % of 60 rows that have both, 'Received' <= 'OnScene_DtTm'" in evidence(draft, "columns.arrived_at")


def test_a_name_that_the_order_contradicts_is_asked_about(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path, {"Dispatched": lambda at: minute(at, after_s=60), "Arrived": lambda at: minute(at, after_s=-60)}
    )
    assert "columns.arrived_at" not in guessed(draft)
    assert "in only 0 % of 60 rows" in evidence(draft, "columns.(the key of Arrived)")


def test_a_column_whose_name_says_nothing_is_asked_about_with_its_place_in_the_order(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"X7": lambda at: minute(at, after_s=600)})
    assert "in 100 % of 60 rows it is not before 'Received' (received)" in evidence(draft, "columns.(the key of X7)")
    assert '"?' in draft.text.split('= "X7"')[0].splitlines()[-1]


@pytest.mark.parametrize("name", [
        "Response DtTm", "Created", "Start Time", "Call Date Time", "Disposition Time", "Disp Time", "Rec Time",
        "Last On Scene", "First Unit Cleared",
    ],
)  # fmt: skip
def test_a_name_with_two_meanings_is_asked_about(tmp_path: Path, name: str) -> None:
    draft = draft_of(tmp_path, {name: lambda at: minute(at, after_s=600)})
    assert f"columns.(the key of {name})" in asked(draft)


@pytest.mark.parametrize(
    "name", ["Last Updated", "Data As Of", "Export Date Time", "Hospital DtTm", "Watch Date", "Left Scene"]
)
def test_a_time_that_is_no_clock_point_is_left_aside_with_the_reason(tmp_path: Path, name: str) -> None:
    draft = draft_of(tmp_path, {name: lambda at: minute(at, after_s=600)})
    assert "it is named after" in unused(draft)[name]


def test_a_time_that_is_the_same_in_every_row_is_no_clock_point(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Closed": lambda _: "2021-05-01 06:12:30"})
    assert "it is the same in every row" in unused(draft)["Closed"]


def test_two_columns_of_one_name_are_both_asked_about(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path, {"Dispatch 1": lambda at: minute(at, after_s=60), "Dispatch 2": lambda at: minute(at, after_s=90)}
    )
    assert {"columns.(the key of Dispatch 1)", "columns.(the key of Dispatch 2)"} <= asked(draft)
    assert "columns.dispatched_at" not in guessed(draft)


# Intervals


def test_an_interval_between_two_times_that_are_there_is_only_named(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {"Arrived": lambda at: minute(at, after_s=600 + at), "Response Time Sec": lambda at: str(600 + at)},
    )
    assert "from 'Received' to 'Arrived' in seconds in 100 % of 60 rows" in unused(draft)["Response Time Sec"]


@pytest.mark.parametrize(("name", "unit"), [("Response Secs", "s"), ("Response Minutes", "min")])
def test_an_interval_without_its_time_is_asked_about_with_the_unit_its_name_has(
    tmp_path: Path, name: str, unit: str
) -> None:
    draft = draft_of(tmp_path, {name: lambda at: str(5 + at % 9)})
    assert "intervals.arrived" in asked(draft)
    assert f'unit = "{unit}" }}' in draft.text


def test_a_waiting_time_in_hours_and_minutes_is_no_time_of_day(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, {"Response Time": lambda at: f"00:0{at % 9}:12"})
    assert "clock.time-of-day" not in guessed(draft)
    assert "Response Time" in unused(draft)
