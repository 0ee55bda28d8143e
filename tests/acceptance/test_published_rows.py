"""The built-in profiles on the cities' own rows, against an independent count with pandas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.support.published import published
from tests.support.sources import read_calls
from tests.support.waits import bounds

from answerable.engines.describe import describe
from answerable.model.source import Rows, SourceManifest
from answerable.report.bounds import why_no_interval
from answerable.sources import Fit, find_profile, import_calls, recognise

SAN_DIEGO = "san_diego_ca/pd_calls_for_service_2023_datasd_jan1-18.csv"
SAN_FRANCISCO = "san_francisco_ca_fire/sffd_2016-12.csv"

pytestmark = pytest.mark.data


def rows_of(name: str) -> pd.DataFrame:
    return pd.read_csv(published(name), dtype=str, keep_default_na=False)


def imported(name: str, profile: str, folder: Path) -> tuple[SourceManifest, pd.DataFrame]:
    manifest = import_calls(published(name), profile=find_profile(profile), out=folder / "calls.parquet")
    return manifest, pd.DataFrame(read_calls(folder / "calls.parquet"))


@pytest.fixture(scope="module")
def san_diego(tmp_path_factory: pytest.TempPathFactory) -> tuple[SourceManifest, pd.DataFrame]:
    return imported(SAN_DIEGO, "san-diego-ca", tmp_path_factory.mktemp("sd"))


@pytest.fixture(scope="module")
def san_francisco(tmp_path_factory: pytest.TempPathFactory) -> tuple[SourceManifest, pd.DataFrame]:
    return imported(SAN_FRANCISCO, "san-francisco-ca-fire", tmp_path_factory.mktemp("sf"))


def tally(values: Any) -> dict[str, int]:
    return {str(key): int(n) for key, n in pd.Series(values).value_counts().items()}


def test_both_files_are_recognised_by_their_headers() -> None:
    assert (recognise(published(SAN_DIEGO)).profile, recognise(published(SAN_DIEGO)).fit) == ("san-diego-ca", Fit.EXACT)
    assert recognise(published(SAN_FRANCISCO)).profile == "san-francisco-ca-fire"


def test_a_list_of_codes_is_not_taken_for_calls() -> None:
    found = recognise(published("san_diego_ca/pd_cfs_calltypes_datasd.csv"))
    assert (found.profile, found.fit) == (None, Fit.NONE)


def test_every_row_of_san_diego_is_imported(san_diego: tuple[SourceManifest, pd.DataFrame]) -> None:
    manifest, calls = san_diego
    assert manifest.rows == Rows(read=26_595, imported=26_595, quarantined=0, duplicates=0)
    assert len(calls) == manifest.calls == 26_595
    assert manifest.unlisted_codes == {"disposition": {"DEF": 1}}
    assert (manifest.records_origin, manifest.blank_means_no) == (False, {})
    assert len(manifest.removals) == 1


def test_san_diego_codes_mean_what_the_publisher_says_and_no_more(
    san_diego: tuple[SourceManifest, pd.DataFrame],
) -> None:
    calls, raw = san_diego[1], rows_of(SAN_DIEGO)
    assert tally(calls.disposition_raw.fillna("")) == tally(raw.disposition)
    not_sent = calls[calls.disposition_raw == "W"]
    assert len(not_sent) == 2_055
    assert set(zip(not_sent.disposition, not_sent.dispatched, not_sent.ended_by, strict=True)) == {
        ("not_dispatched", "no", "unspecified")
    }
    assert set(calls[calls.disposition_raw == "CAN"].dispatched) == {"not_recorded"}
    alarm = calls[calls.disposition_raw == "X"]
    assert set(zip(alarm.dispatched, alarm.arrived, alarm.ended_by, strict=True)) == {("yes", "no", "unspecified")}
    assert set(calls[calls.disposition_raw.isin(["DUP", "V"])].disposition) == {"duplicate"}
    assert calls[calls.disposition_raw.isin(["DUP", "V"])].duplicate_of.isna().all()
    assert set(calls[calls.disposition_raw.isin(["K", "O", "U"])].dispatched) == {"not_recorded"}
    assert set(calls[calls.disposition_raw.isna()].disposition) == {"none"}
    assert int((calls.disposition == "none").sum()) == 92
    assert set(calls[calls.disposition_raw == "DEF"].disposition) == {"unknown_code"}


def test_priority_0_is_a_priority_in_san_diego(san_diego: tuple[SourceManifest, pd.DataFrame]) -> None:
    calls = san_diego[1]
    assert int((calls.fact_priority == 0).sum()) == 1_546
    assert tally(calls.fact_priority.astype(int)) == tally(rows_of(SAN_DIEGO).priority)


def test_two_thirds_of_san_diegos_w_rows_are_information(san_diego: tuple[SourceManifest, pd.DataFrame]) -> None:
    calls = san_diego[1]
    not_sent = calls[calls.disposition_raw == "W"]
    information = int(not_sent.entry_kind.isin(["information", "broadcast"]).sum())
    assert information == 1_291
    assert round(100 * information / len(not_sent)) == 63


def test_san_diego_times_are_those_of_its_own_zone(san_diego: tuple[SourceManifest, pd.DataFrame]) -> None:
    calls, raw = san_diego[1], rows_of(SAN_DIEGO)
    local = pd.to_datetime(raw.date_time).dt.tz_localize("America/Los_Angeles")
    since = local.dt.tz_convert("UTC") - pd.Timestamp(0, tz="UTC")
    expected = dict(zip(raw.incident_num, since // pd.Timedelta(1, "us"), strict=True))
    assert dict(zip(calls.call_id, calls.received_at, strict=True)) == expected
    hours = dict(zip(raw.incident_num, local.dt.day_of_week * 24 + local.dt.hour, strict=True))
    assert dict(zip(calls.call_id, calls.fact_hour_of_week, strict=True)) == hours


def test_san_francisco_folds_to_its_calls(san_francisco: tuple[SourceManifest, pd.DataFrame]) -> None:
    manifest, calls = san_francisco
    assert manifest.rows == Rows(read=7_704, imported=7_704, quarantined=0, duplicates=0)
    assert manifest.calls == len(calls) == 3_560
    assert tally(calls.arrived) == {"yes": 3_429, "not_recorded": 131}
    assert tally(calls.dispatched) == {"yes": 3_560}
    assert "no" not in set(calls.arrived)


def test_san_francisco_agrees_with_an_independent_fold(san_francisco: tuple[SourceManifest, pd.DataFrame]) -> None:
    calls, raw = san_francisco[1].set_index("call_id").sort_index(), rows_of(SAN_FRANCISCO)
    columns = {"received": "Received DtTm", "entered": "Entry DtTm", "dispatched": "Dispatch DtTm"}
    columns |= {"enroute": "Response DtTm", "arrived": "On Scene DtTm", "cleared": "Available DtTm"}
    for column in columns.values():
        stamps = pd.to_datetime(raw[column].replace(["", "null"], None), format="%m/%d/%Y %I:%M:%S %p")
        raw[column] = stamps.dt.tz_localize("America/Los_Angeles").dt.tz_convert("UTC")
    by_call = raw.groupby("Call Number")
    for point, column in columns.items():
        expected = by_call[column].min()
        if point == "cleared":
            expected = by_call[column].max().where(by_call[column].count() == by_call.size())
        expected_us = [
            None if pd.isna(at) else (at - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(1, "us")
            for at in expected.sort_index()
        ]
        found = [None if pd.isna(at) else int(at) for at in calls[f"{point}_at"]]
        assert found == expected_us, point
    assert list(calls.units_dispatched) == list(by_call["Unit ID"].nunique().sort_index())
    assert [len(rows) for rows in calls.raw] == list(by_call.size().sort_index())


def test_nothing_of_a_published_row_is_lost(san_diego: tuple[SourceManifest, pd.DataFrame]) -> None:
    calls, raw = san_diego[1], rows_of(SAN_DIEGO)
    kept = pd.DataFrame([rows[0] for rows in calls.raw]).sort_values("line").drop(columns="line")
    assert kept.reset_index(drop=True).equals(raw)


def test_an_import_is_the_same_bytes_every_time(san_diego: tuple[SourceManifest, pd.DataFrame], tmp_path: Path) -> None:
    again, _ = imported(SAN_DIEGO, "san-diego-ca", tmp_path)
    assert again == san_diego[0]


def test_published_samples_of_other_places_are_at_least_accounted_for(tmp_path: Path) -> None:
    sample = published("published_samples/sffd_cfs.csv")
    found = recognise(sample)
    assert found.profile == "san-francisco-ca-fire"
    manifest = import_calls(sample, profile=find_profile(found.profile), out=tmp_path / "calls.parquet")
    assert manifest.rows.read == manifest.rows.imported == 10


def test_bounds_of_san_franciscos_waits_agree_with_a_plain_fold(tmp_path: Path) -> None:
    raw = rows_of(SAN_FRANCISCO)
    for column in ("Received DtTm", "On Scene DtTm"):
        raw[column] = pd.to_datetime(raw[column].replace(["", "null"], None), format="%m/%d/%Y %I:%M:%S %p")
    by_call = raw.groupby("Call Number")
    waits = (by_call["On Scene DtTm"].min() - by_call["Received DtTm"].min()).dt.total_seconds()
    expected = bounds(list(waits.dropna()), unknown=int(waits.isna().sum()))
    manifest = import_calls(
        published(SAN_FRANCISCO), profile=find_profile("san-francisco-ca-fire"), out=tmp_path / "calls.parquet"
    )
    found = describe(tmp_path / "calls.parquet", timezone=manifest.timezone).intervals[0].bounds
    assert found is not None
    assert (found.calls, found.unknown) == (expected.calls, expected.unknown) == (3_560, 131)
    for mine, theirs in ((found.best, expected.best), (found.worst, expected.worst)):
        assert mine.calls_within_s == theirs.calls_within_s
        assert (mine.median_s, mine.p90_s) == pytest.approx((theirs.median_s, theirs.p90_s))
    assert found.best.mean_s == pytest.approx(expected.best.mean_s)
    assert found.worst.mean_s is None


def test_san_diego_has_one_clock_point_and_so_no_interval_and_no_bounds(tmp_path: Path) -> None:
    manifest = import_calls(published(SAN_DIEGO), profile=find_profile("san-diego-ca"), out=tmp_path / "calls.parquet")
    description = describe(tmp_path / "calls.parquet", timezone=manifest.timezone)
    assert {(one.counted, one.bounds) for one in description.intervals} == {(0, None)}
    assert "one clock point only (received)" in why_no_interval(description)
