"""Times in two columns, as four digits, or without any date: what can be an instant is one, and nothing else is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.support.sources import TOWN, import_town, row, town_csv

from answerable.errors import SourceError
from answerable.model.call import Quality
from answerable.model.times import to_us
from answerable.sources import read_profile

FORMATS = 'formats     = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]'
WITH_TIME_OF_DAY = TOWN.replace(FORMATS, f'{FORMATS}\ntime-of-day = ["%H:%M:%S"]')
ONLY_TIME_OF_DAY = TOWN.replace(FORMATS, 'time-of-day = ["%H:%M:%S"]')


def instant(text: str) -> int:
    return to_us(datetime.fromisoformat(text))


def refused(text: str) -> str:
    with pytest.raises(SourceError) as caught:
        read_profile(text.encode(), file="town.toml")
    return str(caught.value)


def test_a_time_of_day_is_no_instant_and_no_fault(tmp_path: Path) -> None:
    rows = [row(Number="1", Received="2023-06-01 12:00:00", Dispatched="12:05:00", Arrived="25:00:00")]
    rows += [row(Number="2", Received="2023-06-01 12:00:00", Dispatched="12:05:00")]
    found = import_town(tmp_path, town_csv(rows), profile=WITH_TIME_OF_DAY)
    assert [(q["line"], q["column"], q["value"]) for q in found.quarantine] == [("2", "Arrived", "25:00:00")]
    (call,) = found.calls
    assert (call["dispatched_at"], call["quality_dispatched"]) == (None, Quality.NO_DATE)
    assert (call["dispatched"], call["dispatched_evidence"]) == ("yes", "time")
    assert (call["arrived"], call["quality_arrived"]) == ("not_recorded", Quality.MISSING)
    assert found.manifest.quality["dispatched"] == {"no_date": 1}


def test_a_file_may_have_no_date_at_all(tmp_path: Path) -> None:
    rows = [row(Number="1", Received="12:00:00", Arrived="12:30:00"), row(Number="2", Received="13:00:00")]
    found = import_town(tmp_path, town_csv(rows), profile=ONLY_TIME_OF_DAY)
    assert [call["received_at"] for call in found.calls] == [None, None]
    assert [call["arrived"] for call in found.calls] == ["yes", "not_recorded"]
    assert [call["dispatched_evidence"] for call in found.calls] == ["arrival", None]
    assert [call["fact_hour_of_week"] for call in found.calls] == [None, None]
    assert (found.manifest.first_us, found.manifest.horizon_us) == (None, None)


def test_a_whole_time_is_still_one_where_a_time_of_day_is_allowed(tmp_path: Path) -> None:
    found = import_town(tmp_path, town_csv([row(Received="2023-06-01 12:00")]), profile=WITH_TIME_OF_DAY)
    assert found.calls[0]["received_at"] == instant("2023-06-01T12:00:00-07:00")
    assert found.calls[0]["quality_received"] == Quality.MINUTE_PRECISION


def test_of_a_calls_units_one_that_came_on_an_unknown_day_counts(tmp_path: Path) -> None:
    profile = ONLY_TIME_OF_DAY.replace("[inclusion]", '[file]\ngrain = "unit_response"\n\n[inclusion]', 1)
    rows = [row(Number="1", Received="12:00:00"), row(Number="1", Received="12:00:00", Arrived="12:30:00")]
    (call,) = import_town(tmp_path, town_csv(rows), profile=profile).calls
    assert (call["arrived"], call["arrived_evidence"], call["quality_arrived"]) == ("yes", "time", Quality.NO_DATE)


def test_a_date_and_a_time_of_four_digits_make_one_time(tmp_path: Path) -> None:
    profile = (
        TOWN.replace(FORMATS, 'formats = ["%Y-%m-%dT00:00:00 %H%M"]')
        .replace('received_at          = "Received"', 'received_at = { column = "Received", with = ["Arrived"] }')
        .replace('arrived_at           = "Arrived"\n', "")
    )
    rows = [
        row(Number="1", Received="2023-06-01T00:00:00", Arrived="0152"),
        row(Number="2", Received="2023-06-01T00:00:00"),
        row(Number="3", Received="2023-06-01T08:00:00", Arrived="0152"),
        row(Number="4", Received="2023-06-01T00:00:00", Arrived="52"),
    ]
    found = import_town(tmp_path, town_csv(rows), profile=profile)
    first, second = found.calls
    assert first["received_at"] == instant("2023-06-01T01:52:00-07:00")
    assert (first["quality_received"], second["quality_received"]) == (Quality.MINUTE_PRECISION, Quality.MISSING)
    assert [q["value"] for q in found.quarantine] == ["2023-06-01T08:00:00 0152", "2023-06-01T00:00:00 52"]


def test_milliseconds_and_a_letter_behind_the_time_are_read_as_the_format_says(tmp_path: Path) -> None:
    profile = TOWN.replace(FORMATS, 'formats = ["%Y-%m-%dT%H:%M:%S.%fZ"]').replace(
        'start-point = "received"', 'policy = "utc"\nstart-point = "received"'
    )
    found = import_town(tmp_path, town_csv([row(Received="2023-06-01T12:00:00.250Z")]), profile=profile)
    assert found.calls[0]["received_at"] == instant("2023-06-01T12:00:00.250+00:00")


@pytest.mark.parametrize(
    ("formats", "said"),
    [
        ('time-of-day = ["%Y-%m-%d %H:%M"]', "clock.time-of-day: '%Y-%m-%d %H:%M' has more than a time of day"),
        ('time-of-day = ["%M:%S"]', "clock.time-of-day: '%M:%S' has no hour"),
        ('formats = ["%H:%M:%S"]', "clock.formats: '%H:%M:%S' has no year"),
        ("formats = []", "clock.formats: write how the times look"),
    ],
)
def test_a_format_is_either_a_time_or_a_time_of_day(formats: str, said: str) -> None:
    assert said in refused(TOWN.replace(FORMATS, formats))


def test_a_bound_column_may_be_missing_where_the_profile_says_so(tmp_path: Path) -> None:
    bound = 'life_safety = { column = "Danger", values'
    profile = TOWN.replace(bound, bound.replace('"Danger",', '"Danger", optional = true,'))
    content = town_csv([row(Number="1", Received="2023-06-01 12:00:00", Danger="Y")])
    assert import_town(tmp_path, content, profile=profile).calls[0]["fact_life_safety"] is True
    found = import_town(tmp_path, content.replace(b"Danger", b"Peril"), profile=profile)
    assert found.calls[0]["fact_life_safety"] is None
    assert "This file has no column 'Danger'; what it would say is unknown." in found.manifest.notes
    with pytest.raises(SourceError, match="are missing: Danger"):
        import_town(tmp_path, content.replace(b"Danger", b"Peril"))
