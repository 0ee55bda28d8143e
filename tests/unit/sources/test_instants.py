"""Times that are instants by themselves: with an offset, said to be UTC, or counted from 1970."""

from __future__ import annotations

from pathlib import Path

from tests.support.sources import TOWN, Imported, import_town, row, town_csv

from answerable.model.call import Quality
from answerable.model.times import parse_instant

NOON_UTC = parse_instant("2018-01-15T12:00:00Z")


def town(*, arrived: str, formats: str = "", policy: str = "local") -> str:
    return (
        TOWN.replace('arrived_at           = "Arrived"', f"arrived_at = {arrived}")
        .replace('formats     = ["%Y', f'policy = "{policy}"\nformats     = [{formats}"%Y')
    )  # fmt: skip


def arrivals(folder: Path, profile: str, *texts: str) -> Imported:
    rows = [row(Number=str(at), Received="2018-01-15 03:50:00", Arrived=text) for at, text in enumerate(texts)]
    return import_town(folder, town_csv(rows), profile=profile)


def test_seconds_and_milliseconds_since_1970_are_instants_beside_local_times(tmp_path: Path) -> None:
    for unit, text in (("s", "1516017600"), ("ms", "1516017600000"), ("s", "1516017600.0")):
        folder = tmp_path / f"{unit}{len(text)}"
        folder.mkdir()
        (call,) = arrivals(folder, town(arrived=f'{{ column = "Arrived", epoch = "{unit}" }}'), text).calls
        assert call["arrived_at"] == NOON_UTC
        assert call["received_at"] == parse_instant("2018-01-15T03:50:00-08:00")


def test_what_is_no_count_from_1970_is_quarantined(tmp_path: Path) -> None:
    found = arrivals(tmp_path, town(arrived='{ column = "Arrived", epoch = "s" }'), "nan", "1e9", "2018-01-15 04:00")
    assert (found.manifest.rows.quarantined, {one["column"] for one in found.quarantine}) == (3, {"Arrived"})


def test_a_count_of_zero_can_be_a_sentinel(tmp_path: Path) -> None:
    profile = town(arrived='{ column = "Arrived", epoch = "ms" }').replace('["1900-01', '["0", "1900-01')
    (call,) = arrivals(tmp_path, profile, "0").calls
    assert (call["arrived_at"], call["quality_arrived"]) == (None, int(Quality.SENTINEL))


def test_a_time_that_says_its_offset_is_that_instant(tmp_path: Path) -> None:
    profile = town(arrived='{ column = "Arrived", utc = true }', formats='"%Y-%m-%dT%H:%M:%S%z", ')
    texts = ("2018-01-15T12:00:00Z", "2018-01-15T04:00:00-08:00", "2018-01-15T13:00:00+0100", "2018-01-15 12:00:00")
    found = arrivals(tmp_path, profile, *texts)
    assert [call["arrived_at"] for call in found.calls] == [NOON_UTC] * 4


def test_an_offset_in_a_column_of_local_times_is_quarantined_and_never_read_as_local(tmp_path: Path) -> None:
    profile = town(arrived='{ column = "Arrived", utc = true }', formats='"%Y-%m-%dT%H:%M:%S%z", ')
    bad = row(Number="1", Received="2018-01-15T03:50:00-08:00")
    found = import_town(tmp_path, town_csv([bad]), profile=profile)
    assert [one["column"] for one in found.quarantine] == ["Received"]


def test_under_the_policy_utc_every_column_may_say_its_offset(tmp_path: Path) -> None:
    profile = town(arrived='"Arrived"', formats='"%Y-%m-%dT%H:%M:%S%z", ', policy="utc")
    (call,) = arrivals(tmp_path, profile, "2018-01-15T04:00:00-08:00").calls
    assert (call["arrived_at"], call["received_at"]) == (NOON_UTC, parse_instant("2018-01-15T03:50:00Z"))


def test_an_instant_in_the_hour_that_comes_twice_is_not_ambiguous_and_settles_the_others(tmp_path: Path) -> None:
    profile = town(arrived='{ column = "Arrived", epoch = "s" }')
    arrived = parse_instant("2018-11-04T08:40:00Z")  # 01:40 of the first hour
    received = row(Number="1", Received="2018-11-04 01:30:00", Arrived=str(arrived // 1_000_000))
    (call,) = import_town(tmp_path, town_csv([received]), profile=profile).calls
    assert (call["arrived_at"], call["quality_arrived"]) == (arrived, 0)
    assert call["received_at"] == parse_instant("2018-11-04T08:30:00Z")
    assert call["quality_received"] == int(Quality.DST_AMBIGUOUS)
