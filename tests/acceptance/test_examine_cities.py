"""`answerable examine` on two cities' own rows, call by call against what pandas makes of the same file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from tests.support.published import published

from answerable.cli import app

SAN_DIEGO = "san_diego_ca/pd_calls_for_service_2023_datasd_jan1-18.csv"
SAN_DIEGO_TYPES = "san_diego_ca/pd_cfs_calltypes_datasd.csv"
SAN_FRANCISCO = "san_francisco_ca_fire/sffd_2016-12.csv"

POLICY = """
answerable-policy = 1
[policy]
id = "test/response"
version = "2015-01-01"
title = "Everybody is answered within minutes"
issued-by = "Chief"
issued-at = 2014-12-01T00:00:00Z
effective = { from = 2015-01-01T00:00:00Z }
vocabulary = "answerable/calls@1"
[ranks]
order = ["dispatcher", "chief"]
[[duty]]
id = "calls"
text = "Every call is answered by a unit."
when = "true"
duty = "must-respond"
[[clock]]
id = "all"
when = "true"
dispatch-within = "2 min"
arrive-within = "8 min"
"""

CLAIM = """
answerable-claim = 1
[claim]
id = "ignored"
kind = "calls_ignored"
text = "Calls were ignored."
alleged-by = "A resident"
"""

pytestmark = pytest.mark.data


@dataclass(frozen=True, slots=True)
class Examined:
    result: dict[str, Any]
    calls: pd.DataFrame
    raw: pd.DataFrame
    out: Path


def read(path: Path, **how: Any) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, **how)


def examine(name: str, source: str, folder: Path) -> Examined:
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    (folder / "claim.toml").write_text(CLAIM, encoding="utf-8")
    words = ["examine", published(name), "--source", source, "--policy", folder / "policy.toml"]
    words += ["--claim", folder / "claim.toml", "--out", folder / "out", "--json"]
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    out = folder / "out"
    return Examined(json.loads(result.stdout), read(out / "calls.csv"), read(published(name)), out)


@pytest.fixture(scope="module")
def san_diego(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    return examine(SAN_DIEGO, "san-diego-ca", tmp_path_factory.mktemp("sd"))


@pytest.fixture(scope="module")
def san_francisco(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    return examine(SAN_FRANCISCO, "san-francisco-ca-fire", tmp_path_factory.mktemp("sf"))


@pytest.fixture(scope="module")
def vouched(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    """San Francisco under a profile whose owner vouches that every entry is somebody's 911 call."""
    folder = tmp_path_factory.mktemp("vouched")
    profile = files("answerable.sources") / "profiles" / "san_francisco_ca_fire.toml"
    text = profile.read_text(encoding="utf-8")
    text = text.replace('id           = "san-francisco-ca-fire"', 'id           = "vouched"')
    text = text.replace("origin    = false", "origin    = true")
    text = text.replace("[columns]\n", '[columns]\norigin_raw           = "ALS Unit"\n')
    text += '\n[origin]\ntrue  = "public_911"\nfalse = "public_911"\n'
    (folder / "vouched.toml").write_text(text, encoding="utf-8")
    return examine(SAN_FRANCISCO, str(folder / "vouched.toml"), folder)


def information_types() -> set[str]:
    """The types whose published text calls them information, to all units, or a log."""
    types = read(published(SAN_DIEGO_TYPES), encoding="utf-8-sig")
    said = types.description.str.contains(r"\bINF(?:O|ORMATION)?\b|ALL UNITS|\bLOG\b", regex=True)
    return set(types[said].call_type)


SAN_DIEGO_REASONS = {
    "W": "who_ended_it",
    "CAN": "who_ended_it",
    "X": "time_not_recorded",
    **dict.fromkeys(("A", "AB", "AHR", "RB", "KB"), "time_not_recorded"),
    **dict.fromkeys(("R", "RHR", "S", "K", "KHR", "O", "OHR", "U", ""), "response_not_recorded"),
    "DEF": "unknown_code",
}


def expected_in_san_diego(raw: pd.DataFrame) -> pd.DataFrame:
    information = information_types()
    rows = []
    for code, kind in zip(raw.disposition, raw.call_type, strict=True):
        if code in ("DUP", "V"):
            rows.append(("merged", ""))
        elif kind in information:
            rows.append(("none_owed", ""))
        else:
            rows.append(("undetermined", SAN_DIEGO_REASONS[code]))
    return pd.DataFrame(rows, columns=["outcome", "reason"], index=raw.incident_num)


def test_every_row_of_san_diego_is_read_and_imported(san_diego: Examined) -> None:
    assert san_diego.result["rows"] == {"read": 26_595, "imported": 26_595, "quarantined": 0, "duplicates": 0}
    assert san_diego.result["calls"] == len(san_diego.calls) == len(san_diego.raw) == 26_595
    assert list(san_diego.calls.call) == list(san_diego.raw.sort_values("date_time", kind="stable").incident_num)


def test_every_call_of_san_diego_has_the_outcome_that_its_code_allows(san_diego: Examined) -> None:
    expected = expected_in_san_diego(san_diego.raw)
    found = san_diego.calls.set_index("call").loc[expected.index, ["outcome", "reason"]]
    differs = (found != expected).any(axis=1)
    assert not differs.any(), found[differs].join(expected[differs], rsuffix="_expected").head(20)


def test_the_counts_of_san_diego_are_those_of_its_calls(san_diego: Examined) -> None:
    expected = expected_in_san_diego(san_diego.raw)
    outcomes = {outcome: n for outcome, n in san_diego.result["outcomes"].items() if n}
    assert outcomes == expected.outcome.value_counts().to_dict()
    assert san_diego.result["undetermined"] == expected.reason[expected.reason != ""].value_counts().to_dict()


def test_about_63_per_cent_of_w_rows_are_owed_nothing(san_diego: Examined) -> None:
    codes = san_diego.raw.set_index("incident_num").disposition
    not_sent = san_diego.calls[san_diego.calls.call.map(codes) == "W"]
    assert len(not_sent) == 2_055
    assert round(100 * (not_sent.outcome == "none_owed").mean()) == 63


def test_a_duplicate_of_an_unknown_call_carries_nothing(san_diego: Examined) -> None:
    merged = san_diego.calls[san_diego.calls.outcome == "merged"]
    assert set(merged.carried) == {""}
    assert san_diego.result["merged_as"] == {"target_unknown": len(merged)}


def test_priority_0_is_kept(san_diego: Examined) -> None:
    expected = san_diego.raw.set_index("incident_num").priority
    assert san_diego.calls.set_index("call").priority.to_dict() == expected.to_dict()
    assert (san_diego.calls.priority == "0").sum() == 1_546


def test_the_undocumented_code_is_counted_and_named(san_diego: Examined) -> None:
    assert san_diego.result["source_details"]["unlisted_codes"] == {"disposition": {"DEF": 1}}


def test_nothing_is_found_ignored_in_san_diego_and_nothing_is_cleared(san_diego: Examined) -> None:
    (claim,) = san_diego.result["claims"]
    assert (claim["finding"], claim["status"]) == ("not_sustained", "proposed")
    assert not san_diego.result["ignored"]


def test_no_address_of_san_diego_leaves_the_file(san_diego: Examined) -> None:
    numbers, roads = san_diego.raw.address_number_primary, san_diego.raw.address_road_primary.str.strip()
    blocks = {f"{number} {road}" for number, road in zip(numbers, roads, strict=True) if number != "0"}
    names = set(roads[roads.str.len() > 8].value_counts().index[:150])
    calls, page = ((san_diego.out / name).read_text(encoding="utf-8") for name in ("calls.csv", "report.html"))
    assert not [road for road in names | set(sorted(blocks)[::100]) if road in calls or road in page]


def fold(raw: pd.DataFrame) -> pd.DataFrame:
    """One row a call: received, first dispatched and first on scene, in seconds since 1970 on the wall clock."""
    clock = {"received": "Received DtTm", "dispatched": "Dispatch DtTm", "arrived": "On Scene DtTm"}
    times = pd.DataFrame(
        {
            name: pd.to_datetime(raw[column].replace(["", "null"], None), format="%m/%d/%Y %I:%M:%S %p")
            for name, column in clock.items()
        }
    )
    return times.groupby(raw["Call Number"]).min()


def expected_in_san_francisco(raw: pd.DataFrame, *, late: tuple[str, str]) -> pd.DataFrame:
    """The outcome of every call, all of whose facts are recorded; `late`: outcome and reason of a missed limit."""
    calls = fold(raw)
    sent, there = (calls[point] - calls.received for point in ("dispatched", "arrived"))
    assert sent.notna().all()
    assert (sent >= pd.Timedelta(0)).all()
    assert not (there < pd.Timedelta(0)).any()
    missed = (sent > pd.Timedelta(minutes=2)) | (there > pd.Timedelta(minutes=8))
    out = pd.DataFrame({"outcome": "answered", "reason": ""}, index=calls.index)
    out.loc[there.isna(), ["outcome", "reason"]] = ("undetermined", "time_not_recorded")
    out.loc[missed, ["outcome", "reason"]] = late
    return out


def assert_agrees(found: Examined, expected: pd.DataFrame) -> None:
    calls = found.calls.set_index("call").loc[expected.index, ["outcome", "reason"]]
    differs = (calls != expected).any(axis=1)
    assert not differs.any(), calls[differs].join(expected[differs], rsuffix="_expected").head(20)
    assert {k: n for k, n in found.result["outcomes"].items() if n} == expected.outcome.value_counts().to_dict()


def test_san_francisco_folds_7704_rows_to_3560_calls(san_francisco: Examined) -> None:
    assert san_francisco.result["rows"] == {"read": 7_704, "imported": 7_704, "quarantined": 0, "duplicates": 0}
    assert san_francisco.result["calls"] == len(fold(san_francisco.raw)) == 3_560


def test_131_arrivals_of_san_francisco_are_not_recorded_and_none_is_denied(san_francisco: Examined) -> None:
    assert fold(san_francisco.raw).arrived.isna().sum() == 131
    assert san_francisco.result["description"]["arrived"] == {"yes": 3_429, "not_recorded": 131}


def test_no_call_of_san_francisco_is_unanswered(san_francisco: Examined) -> None:
    ignored = ("unheard", "closed_without_reason", "declined_against_policy", "sent_not_arrived")
    assert {outcome: san_francisco.result["outcomes"][outcome] for outcome in ignored} == dict.fromkeys(ignored, 0)


def test_a_claim_against_calls_that_cannot_be_in_the_file_cannot_be_determined(san_francisco: Examined) -> None:
    (claim,) = san_francisco.result["claims"]
    assert (claim["finding"], claim["cannot_be_determined"]) == ("not_sustained", True)
    assert "cannot be determined" in claim["answer"].lower()
    assert "none found" not in claim["answer"].lower()
    assert "cannot be determined" in (san_francisco.out / "report.html").read_text(encoding="utf-8").lower()


def test_answered_calls_of_san_francisco_are_those_that_pandas_counts(san_francisco: Examined) -> None:
    assert_agrees(san_francisco, expected_in_san_francisco(san_francisco.raw, late=("answered_late", "")))


def test_late_calls_of_san_francisco_are_the_same_where_the_origin_is_vouched_for(vouched: Examined) -> None:
    assert_agrees(vouched, expected_in_san_francisco(vouched.raw, late=("answered_late", "")))


def test_the_waits_of_san_francisco_are_those_that_pandas_measures(san_francisco: Examined) -> None:
    calls = fold(san_francisco.raw)
    expected = (calls.dispatched - calls.received).dt.total_seconds().astype(int)
    assert san_francisco.calls.set_index("call").waited_s.astype(int).to_dict() == expected.to_dict()
    assert set(san_francisco.calls.limit_s) == {"120"}
