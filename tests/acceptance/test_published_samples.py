"""Every publisher's own rows under the profile that claims them, against times read with pandas and nothing of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from tests.support.published import published
from tests.support.sources import read_calls

from answerable.model.call import CLOCK_POINTS, Quality
from answerable.model.source import Rows, SourceManifest
from answerable.sources import Fit, find_profile, import_calls, recognise

pytestmark = pytest.mark.data

ISO = "%Y-%m-%dT%H:%M:%S"
EPOCH = pd.Timestamp(0, tz="UTC")
IN_ORDER = ("received", "entered", "dispatched", "enroute", "arrived", "closed")


class Sample(NamedTuple):
    """`times`: each clock point's columns (joined by a space) and how pandas reads them. `out_of_order`: the times that
    the publisher wrote before what must precede them, by clock point."""

    profile: str
    zone: str
    times: Mapping[str, tuple[tuple[str, ...], str]]
    fit: Fit = Fit.EXACT
    out_of_order: Mapping[str, int] = {}


def iso(**points: str) -> dict[str, tuple[tuple[str, ...], str]]:
    return {point: ((column,), ISO) for point, column in points.items()}


def new_orleans(fit: Fit = Fit.DRIFTED, **out_of_order: int) -> Sample:
    times = iso(received="timecreate", dispatched="timedispatch", arrived="timearrive", closed="timeclosed")
    return Sample("new-orleans-la", "America/Chicago", times, fit, out_of_order)


def los_angeles(date: str, fit: Fit = Fit.EXACT) -> Sample:
    times = {"dispatched": (("dispatch_date", "dispatch_time"), f"{date} %H:%M:%S")}
    return Sample("los-angeles-ca", "America/Los_Angeles", times, fit)


def hartford(midnight: str) -> Sample:
    return Sample(
        "hartford-ct", "America/New_York", {"received": (("date", "time_24hr"), f"%Y-%m-%dT{midnight}:00:00 %H%M")}
    )


FIRE_TIMES = iso(
    received="received_dttm", entered="entry_dttm", dispatched="dispatch_dttm", enroute="response_dttm",
    arrived="on_scene_dttm", cleared="available_dttm",
)  # fmt: skip
NEW_YORK_TIMES = iso(
    received="incident_datetime", dispatched="first_assignment_datetime", enroute="first_activation_datetime",
    arrived="first_on_scene_datetime", closed="incident_close_datetime",
)  # fmt: skip

SAMPLES = {
    "baltimore_911": Sample("baltimore-md", "America/New_York", iso(received="calldatetime")),
    "fdny_fire_dispatch": Sample("new-york-ny-fire", "America/New_York", NEW_YORK_TIMES),
    "fdny_incidents": Sample(
        "new-york-ny-fire-incidents", "America/New_York",
        iso(received="incident_date_time", arrived="arrival_date_time", cleared="last_unit_cleared_date_time"),
    ),
    "hartford_2005_2015": hartford("08"),
    "hartford_2016": hartford("00"),
    "lafd_response": Sample("los-angeles-ca-fire", "America/Los_Angeles", {}),
    "lapd_2014": los_angeles("%Y-%m-%dT00:00:00"),
    "lapd_2015": los_angeles("%m/%d/%Y"),
    "lapd_2016": los_angeles("%Y-%m-%dT00:00:00"),
    "new_orleans_2011": new_orleans(),
    "new_orleans_2012": new_orleans(),
    "new_orleans_2013": new_orleans(),
    "new_orleans_2015": new_orleans(),
    "new_orleans_2016": new_orleans(),
    "new_orleans_2017": new_orleans(arrived=1),
    "nyc_ems": Sample("new-york-ny-ems", "America/New_York", NEW_YORK_TIMES),
    "rockford_72h": Sample(
        "rockford-il", "America/Chicago", {"dispatched": (("dispatch_datetime",), "%Y-%m-%d %H:%M:%S")}
    ),
    "santa_rosa": Sample("santa-rosa-ca", "America/Los_Angeles", iso(received="date_time")),
    "seattle_911_incident_response": Sample(
        "seattle-wa-911", "America/Los_Angeles", iso(closed="event_clearance_date", arrived="at_scene_time")
    ),
    "sffd_cfs": Sample("san-francisco-ca-fire", "America/Los_Angeles", FIRE_TIMES, Fit.DRIFTED),
    "sfpd_cfs": Sample("san-francisco-ca-police", "America/Los_Angeles", iso(received="call_dttm")),
}  # fmt: skip


class Imported(NamedTuple):
    """One sample under its profile: `calls` in the order of the file, `raw` as pandas reads it."""

    name: str
    sample: Sample
    manifest: SourceManifest
    calls: pd.DataFrame
    raw: pd.DataFrame


def rows_of(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def imported(path: Path, profile: str, folder: Path) -> tuple[SourceManifest, pd.DataFrame]:
    manifest = import_calls(path, profile=find_profile(profile), out=folder / "calls.parquet")
    calls = pd.DataFrame(read_calls(folder / "calls.parquet"))
    return manifest, calls.sort_values("raw_line_no").reset_index(drop=True)


@pytest.fixture(scope="module", params=SAMPLES)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """Each sample in turn."""
    name, sample = request.param, SAMPLES[request.param]
    path = published(f"published_samples/{name}.csv")
    manifest, calls = imported(path, sample.profile, tmp_path_factory.mktemp(name))
    return Imported(name, sample, manifest, calls, rows_of(path))


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    """The lines of the table of coverage, printed together at the end (`pytest -s` shows it)."""
    lines: list[str] = []
    yield lines
    head = f"{'sample':<30} {'profile':<27} calls " + " ".join(f"{point[:10]:>10}" for point in CLOCK_POINTS)
    print("", head, *sorted(lines), sep="\n")  # noqa: T201  a table for whoever runs it with -s


def instants(raw: pd.DataFrame, columns: tuple[str, ...], form: str, zone: str) -> list[int | None]:
    """What pandas makes of the columns: microseconds since 1970, None where one of them is blank."""
    blank = (raw[list(columns)] == "").any(axis=1)
    text = raw[list(columns)].agg(" ".join, axis=1).where(~blank, None)
    local = pd.to_datetime(text, format=form).dt.tz_localize(zone)
    return [None if pd.isna(at) else (at.tz_convert("UTC") - EPOCH) // pd.Timedelta(1, "us") for at in local]


def whole(values: pd.Series) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in values]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_recognised_by_its_header_alone(name: str) -> None:
    recognition = recognise(published(f"published_samples/{name}.csv"))
    assert (recognition.profile, recognition.fit) == (SAMPLES[name].profile, SAMPLES[name].fit)
    assert [one.profile for one in recognition.nearest if one.fit is not Fit.NONE] == [SAMPLES[name].profile]


def test_every_row_of_a_sample_is_imported(found: Imported) -> None:
    assert found.manifest.rows == Rows(read=10, imported=10, quarantined=0, duplicates=0)
    assert found.manifest.calls == len(found.calls) == 10
    assert found.manifest.verified
    kept = pd.DataFrame([rows[0] for rows in found.calls.raw]).drop(columns="line")
    assert kept.equals(found.raw)


def test_times_are_those_of_the_publishers_own_zone(found: Imported) -> None:
    zone = found.sample.zone
    assert found.manifest.timezone == zone
    for point, (columns, form) in found.sample.times.items():
        assert whole(found.calls[f"{point}_at"]) == instants(found.raw, columns, form, zone), point
    others = [point for point in CLOCK_POINTS if point not in found.sample.times]
    assert found.calls[[f"{point}_at" for point in others]].isna().all(axis=None)


def test_times_are_in_a_plausible_order(found: Imported) -> None:
    late = {
        point: int((found.calls[f"quality_{point}"] & int(Quality.OUT_OF_ORDER)).ne(0).sum()) for point in CLOCK_POINTS
    }
    assert {point: n for point, n in late.items() if n} == dict(found.sample.out_of_order)
    for _, call in found.calls.iterrows():
        at = [call[f"{p}_at"] for p in IN_ORDER if not call[f"quality_{p}"] & Quality.OUT_OF_ORDER]
        present = [instant for instant in at if not pd.isna(instant)]
        assert present == sorted(present)
        assert not present or present[-1] - present[0] < 2 * 86_400e6


def test_the_coverage_of_every_clock_point_is_that_of_its_columns(found: Imported, table: list[str]) -> None:
    counts = {point: int(found.calls[f"{point}_at"].notna().sum()) for point in CLOCK_POINTS}
    filled = {
        point: int((found.raw[list(columns)] != "").all(axis=1).sum())
        for point, (columns, _) in found.sample.times.items()
    }
    assert {point: n for point, n in counts.items() if n} == {point: n for point, n in filled.items() if n}
    cells = " ".join(f"{counts[point] or '.':>10}" for point in CLOCK_POINTS)
    table.append(f"{found.name:<30} {found.sample.profile:<27} {len(found.calls):>5} {cells}")


def test_no_sample_says_no_on_its_own(found: Imported) -> None:
    """None of these publishers shows that a blank means no, so that no blank may have become one."""
    assert found.manifest.blank_means_no == {}
    said = found.calls[(found.calls.dispatched == "no") | (found.calls.arrived == "no")]
    assert said.empty


# What is particular to a publisher


def one(name: str, folder: Path) -> pd.DataFrame:
    return imported(published(f"published_samples/{name}.csv"), SAMPLES[name].profile, folder)[1]


def test_seconds_that_are_always_zero_are_minutes(tmp_path: Path) -> None:
    for name in ("baltimore_911", "santa_rosa", "sfpd_cfs", "hartford_2016"):
        assert set(one(name, tmp_path).quality_received) == {int(Quality.MINUTE_PRECISION)}, name
    assert set(one("nyc_ems", tmp_path).quality_received) == {0}


def test_a_time_of_day_without_a_date_is_no_instant(tmp_path: Path) -> None:
    path = published("published_samples/lafd_response.csv")
    manifest, calls = imported(path, "los-angeles-ca-fire", tmp_path)
    assert (manifest.first_us, manifest.horizon_us, manifest.start_point) == (None, None, "received")
    assert manifest.quality["received"] == {"no_date": 10}
    assert set(calls.quality_dispatched) == {int(Quality.MISSING)}
    assert set(calls.dispatched) == set(calls.arrived) == {"not_recorded"}
    assert set(calls.priority_class) == {"emergency"}


def test_new_orleans_begins_to_say_who_began_a_call_in_2015(tmp_path: Path) -> None:
    before, after = one("new_orleans_2013", tmp_path), one("new_orleans_2015", tmp_path)
    assert before.origin_raw.isna().all()
    assert before.priority_initial_raw.isna().all()
    assert set(before.origin) == {"unknown"}
    assert list(after.origin).count("officer") == list(rows_of_sample("new_orleans_2015").selfinitiated).count("Y") == 1
    assert list(after.fact_priority[:3]) == [1, 1, 2]
    assert list(after.fact_priority_final[:3]) == [1, 1, 1]
    assert list(before.type_final[:3]) == ["94", "94", "67S"]


def rows_of_sample(name: str) -> pd.DataFrame:
    return rows_of(published(f"published_samples/{name}.csv"))


def test_a_call_gone_on_arrival_in_new_orleans_proves_no_arrival(tmp_path: Path) -> None:
    calls = one("new_orleans_2016", tmp_path)
    unseen = calls[(calls.disposition == "gone_on_arrival") & calls.dispatched_at.isna()]
    assert [(call.dispatched, call.arrived) for call in unseen.itertuples()] == [("not_recorded", "not_recorded")]


def test_hartford_takes_the_day_from_the_date_and_the_time_from_its_own_column(tmp_path: Path) -> None:
    first = one("hartford_2005_2015", tmp_path).iloc[0]
    local = pd.Timestamp(first.received_at, unit="us", tz="UTC").tz_convert("America/New_York")
    assert str(local) == "2005-01-01 01:52:00-05:00"
    assert list(one("hartford_2016", tmp_path).origin).count("public_other") == 3


def test_new_york_fire_alarms_come_from_where_they_say(tmp_path: Path) -> None:
    origins = one("fdny_fire_dispatch", tmp_path).origin.value_counts().to_dict()
    assert origins == {"public_911": 4, "alarm": 3, "agency": 2, "public_other": 1}


def test_new_york_ems_codes_that_nobody_explained_stay_unknown(tmp_path: Path) -> None:
    manifest, calls = imported(published("published_samples/nyc_ems.csv"), "new-york-ny-ems", tmp_path)
    assert manifest.unlisted_codes == {"incident_disposition_code": {"93": 3, "83": 1}}
    assert calls.disposition.value_counts().to_dict() == {"assisted": 6, "unknown_code": 4}
    assert list(calls.held) == list(calls.reopened) == [False] * 10
    assert list(calls.response_s) == [float(s) for s in rows_of_sample("nyc_ems").incident_response_seconds_qy]


# Milwaukee and Seattle: whole files

MILWAUKEE = "milwaukee_wi/mpd_live_feed_2018-05.csv"
SEATTLE = "seattle_wa/call_data_radius_2018-2023.csv"


@pytest.fixture(scope="module")
def milwaukee(tmp_path_factory: pytest.TempPathFactory) -> tuple[SourceManifest, pd.DataFrame, pd.DataFrame]:
    manifest, calls = imported(published(MILWAUKEE), "milwaukee-wi-feed", tmp_path_factory.mktemp("mke"))
    return manifest, calls, rows_of(published(MILWAUKEE))


@pytest.fixture(scope="module")
def seattle(tmp_path_factory: pytest.TempPathFactory) -> tuple[SourceManifest, pd.DataFrame, pd.DataFrame]:
    manifest, calls = imported(published(SEATTLE), "seattle-wa", tmp_path_factory.mktemp("sea"))
    return manifest, calls, rows_of(published(SEATTLE))


def tally(values: Any) -> dict[str, int]:
    return {str(key): int(n) for key, n in pd.Series(values).value_counts().items()}


@pytest.mark.parametrize(("path", "profile"), [(MILWAUKEE, "milwaukee-wi-feed"), (SEATTLE, "seattle-wa")])
def test_whole_files_are_recognised(path: str, profile: str) -> None:
    recognition = recognise(published(path))
    assert (recognition.profile, recognition.fit) == (profile, Fit.EXACT)


def test_every_row_of_milwaukee_is_a_call(milwaukee: tuple[SourceManifest, pd.DataFrame, pd.DataFrame]) -> None:
    manifest, calls, raw = milwaukee
    assert manifest.rows == Rows(read=33_968, imported=33_968, quarantined=0, duplicates=0)
    assert list(calls.call_id) == list(raw.id)
    assert (str(manifest.inclusion), manifest.unlisted_codes, manifest.blank_means_no) == ("live_feed", {}, {})


def test_what_milwaukee_left_in_progress_is_not_closed(
    milwaukee: tuple[SourceManifest, pd.DataFrame, pd.DataFrame],
) -> None:
    _, calls, raw = milwaukee
    assert tally(calls.disposition_raw) == tally(raw.status)
    unfinished = calls[calls.disposition_raw == "Service in Progress"]
    assert len(unfinished) == 5_672
    ended = unfinished[["disposition", "ended_by", "reason_given", "dispatched"]].drop_duplicates()
    assert ended.to_numpy().tolist() == [["other", "not_recorded", "not_recorded", "not_recorded"]]
    assert tally(calls.dispatched) == {"not_recorded": 33_968 - 58, "yes": 58}


def test_milwaukees_rows_come_late_and_are_sorted_by_receipt(
    milwaukee: tuple[SourceManifest, pd.DataFrame, pd.DataFrame],
) -> None:
    _, calls, raw = milwaukee
    assert list(calls.received_at) == instants(raw, ("time",), "%Y-%m-%d %H:%M:%S", "America/Chicago")
    assert int((calls.received_at.diff() < 0).sum()) == 10_879


def test_only_a_units_own_doings_are_no_calls_in_milwaukee(
    milwaukee: tuple[SourceManifest, pd.DataFrame, pd.DataFrame],
) -> None:
    _, calls, raw = milwaukee
    own = {"RETURN STATION", "OUT OF SERVICE", "VEHICLE MAINT", "COURT DUTY", "CAR CHANGE", "PICKUP PARTNER"}
    assert set(calls[calls.entry_kind != "call"].type_initial) == own
    assert int((calls.entry_kind != "call").sum()) == int(raw.nature.isin(own).sum())


def test_every_row_of_seattle_is_a_call(seattle: tuple[SourceManifest, pd.DataFrame, pd.DataFrame]) -> None:
    manifest, calls, raw = seattle
    assert manifest.rows == Rows(read=275, imported=275, quarantined=0, duplicates=0)
    assert manifest.unlisted_codes == {}
    assert manifest.start_point == "queued"
    form = "%m/%d/%Y %I:%M:%S %p"
    assert whole(calls.queued_at) == instants(raw, ("Original Time Queued",), form, "America/Los_Angeles")
    assert whole(calls.arrived_at) == instants(raw, ("Arrived Time",), form, "America/Los_Angeles")


def test_an_arrival_that_seattle_left_blank_is_not_a_missing_officer(
    seattle: tuple[SourceManifest, pd.DataFrame, pd.DataFrame],
) -> None:
    _, calls, raw = seattle
    blank = calls[calls.arrived_at.isna()]
    assert len(blank) == int((raw["Arrived Time"] == "").sum()) == 66
    assert tally(blank.arrived) == {"not_recorded": 66}
    assert tally(blank.dispatched) == {"not_recorded": 60, "yes": 6}
    assert set(blank[blank.dispatched == "yes"].disposition_raw) == {"RESPONDING UNIT(S) CANCELLED BY RADIO"}
    assert tally(calls.arrived) == {"yes": 209, "not_recorded": 66}


def test_who_began_a_call_in_seattle(seattle: tuple[SourceManifest, pd.DataFrame, pd.DataFrame]) -> None:
    _, calls, raw = seattle
    origins = {"officer": "ONVIEW", "public_911": "911", "alarm": "ALARM CALL (NOT POLICE ALARM)"}
    origins["public_nonemergency"] = "TELEPHONE OTHER, NOT 911"
    assert tally(calls.origin) == {origin: int((raw["Call Type"] == text).sum()) for origin, text in origins.items()}
    assert tally(calls.fact_priority.astype(int)) == tally(raw.Priority) == tally(calls.priority_rank)
