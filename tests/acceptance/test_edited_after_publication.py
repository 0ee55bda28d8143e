"""What an examination says of calls that were edited, or taken out, after they were first published."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from tests.support.small_policies import TWO_SPEEDS
from tests.support.snapshots import NAMED, call, first_export, later_export
from tests.support.sources import BLANKS, town_csv

from answerable.errors import SourceError
from answerable.model.examination import Examination
from answerable.wiring import describe_file, examine_file

PROFILE = NAMED + BLANKS
CANARY = "Officer Canary"
CLAIM = """
answerable-claim = 1
[claim]
id = "ignored"
kind = "calls_ignored"
text = "Calls were ignored."
alleged-by = "somebody"
[scope]
from = 2023-06-01T00:00:00-07:00
to   = 2023-06-02T00:00:00-07:00
"""

URGENT = {"Source": "911", "Urgency": "1", "Danger": "N"}  # to be dispatched within 5 min
SENT = {"Dispatched": "2023-06-01 12:12:00", "Arrived": "2023-06-01 12:15:00"}
AROUND = (call("first", 0, Source="911", **SENT), call("last", 59, Source="911", Dispatched="2023-06-01 13:00:00"))
UNHEARD, LATER_SENT, REMOVED = (call(number, 10, Closer=CANARY, **URGENT) for number in ("U", "S", "R"))
SENT_AFTERWARDS = call("S", 10, Closer=CANARY, **URGENT, **SENT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two exports: in the later one a dispatch was written in, and a call is gone."""
    made = tmp_path_factory.mktemp("edited")
    first = first_export(made, town_csv([AROUND[0], UNHEARD, LATER_SENT, REMOVED, AROUND[1]]), profile=PROFILE)
    later_export(made, town_csv([AROUND[0], UNHEARD, SENT_AFTERWARDS, AROUND[1]]), onto=first, day=3, profile=PROFILE)
    (made / "policy.toml").write_text(TWO_SPEEDS)
    (made / "claim.toml").write_text(CLAIM)
    return made


@pytest.fixture(scope="module")
def found(folder: Path) -> Examination:
    return examined(folder, "3.parquet", folder / "report")


def examined(folder: Path, name: str, out: Path) -> Examination:
    claims = [folder / "claim.toml"]
    return examine_file(folder / name, policies=[folder / "policy.toml"], claims=claims, out=out)


def test_a_call_that_was_unheard_until_it_was_edited_says_so(found: Examination, folder: Path) -> None:
    assert found.outcomes["unheard"] == 2
    assert found.edits is not None
    assert found.edits.outcomes == (("unheard", "answered", 1),)
    with (folder / "report" / "edits.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert {(row["call"], row["outcome_first"], row["outcome_now"]) for row in rows if row["what"] == "edited"} == {
        ("S", "unheard", "answered")
    }
    (sent,) = (row for row in rows if row["column"] == "dispatched_at")
    assert (sent["earlier"], sent["later"]) == ("", "2023-06-01T19:12:00Z")
    assert (sent["earlier_as_of"], sent["later_as_of"]) == ("2023-06-01T23:00:00Z", "2023-06-03T23:00:00Z")


def test_the_claim_names_the_calls_in_its_scope_that_were_edited_or_are_gone(found: Examination) -> None:
    (claim,) = found.claims
    assert "edited after first publication, with another outcome: S (unheard then, answered now)" in claim.limits[-1]
    assert "gone from a later export: R" in claim.limits[-1]


def test_page_finding_and_limits_say_edited_after_first_publication(found: Examination, folder: Path) -> None:
    page = (folder / "report" / "report.html").read_text(encoding="utf-8")
    assert 'id="edited"' in page
    for said in (
        "Edited after first publication",
        "1 call would have had another outcome as first published: unheard then and answered now (1).",
        "1 call is gone",
    ):
        assert said in page
    assert any("would have had another outcome" in limit for limit in found.limits)
    finding = json.loads((folder / "report" / "finding.json").read_bytes())["edited"]
    assert (finding["calls"], finding["gone"]) == (1, 1)
    assert finding["outcomes"] == [{"first": "unheard", "now": "answered", "calls": 1}]
    assert [one["number"] for one in finding["exports"]] == [1, 2]
    sealed = json.loads((folder / "report" / "manifest.json").read_bytes())["files"]
    assert "edits.csv" in {file["name"] for file in sealed}


def test_a_removed_call_stays_unheard_where_it_was_so_already(folder: Path, found: Examination) -> None:
    assert {one.call for one in found.ignored} == {"U", "R"}


def test_silence_after_the_last_export_that_had_a_call_proves_nothing(folder: Path, tmp_path: Path) -> None:
    # received at 15:57 of 1 June (PDT); the first export speaks up to 16:00, its five minutes were not over
    young = ("Y", "2023-06-01 15:57:00", *UNHEARD[2:])
    last = ("last", "2023-06-01 15:59:00", "2023-06-01 15:59:30", *AROUND[1][3:])
    shutil.copy(folder / "policy.toml", tmp_path)
    (tmp_path / "claim.toml").write_text(CLAIM)
    first = first_export(tmp_path, town_csv([AROUND[0], young, last]), profile=PROFILE)
    later_export(tmp_path, town_csv([AROUND[0], last]), onto=first, day=3, profile=PROFILE, name="gone")
    later_export(tmp_path, town_csv([AROUND[0], young, last]), onto=first, day=3, profile=PROFILE, name="there")
    gone = examined(tmp_path, "gone.parquet", tmp_path / "r1")
    there = examined(tmp_path, "there.parquet", tmp_path / "r2")
    assert (gone.outcomes["pending"], gone.outcomes["unheard"]) == (1, 0)
    assert (there.outcomes["pending"], there.outcomes["unheard"]) == (0, 1)


def test_nothing_that_may_not_be_published_is_in_the_result(folder: Path, found: Examination) -> None:
    assert CANARY in (folder / "3.csv").read_text()
    for file in (folder / "report").rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file.name


def test_one_export_has_no_list_of_edits_and_replaces_one_that_had(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    examined(folder, "3.parquet", out)
    assert (out / "edits.csv").exists()
    alone = examined(folder, "1.parquet", out)
    assert alone.edits is None
    assert not (out / "edits.csv").exists()
    assert "Edited after first publication" not in (out / "report.html").read_text(encoding="utf-8")


def test_without_a_policy_the_exports_are_described(folder: Path) -> None:
    described = describe_file(folder / "3.parquet").source.snapshots
    assert described is not None
    assert (described.edited.calls, described.edited.gone) == (1, 1)


def test_calls_without_their_history_are_refused(folder: Path, tmp_path: Path) -> None:
    for end in (".parquet", ".manifest.json"):
        shutil.copy(folder / f"3{end}", tmp_path)
    shutil.copy(folder / "policy.toml", tmp_path)
    with pytest.raises(SourceError, match=r"3\.history\.parquet cannot be read"):
        examine_file(tmp_path / "3.parquet", policies=[tmp_path / "policy.toml"], out=tmp_path / "r")
    (tmp_path / "3.history.parquet").write_bytes(b"PAR1")
    with pytest.raises(SourceError, match="not those that the manifest"):
        examine_file(tmp_path / "3.parquet", policies=[tmp_path / "policy.toml"], out=tmp_path / "r")
