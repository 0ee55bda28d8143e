"""`answerable demo --json`, held against what is true in the story by construction."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from answerable.cli import app
from answerable.demo import Story, write_story
from answerable.proof import Receipt, TrustPolicy, VerifierKey, reveal, verify_receipt


@dataclass(frozen=True, slots=True)
class Demo:
    """What the command said, its folder, and the same story written apart."""

    said: dict[str, Any]
    folder: Path
    story: Story

    def claim(self, name: str) -> dict[str, Any]:
        (found,) = (claim for claim in self.said["claims"] if claim["id"] == name)
        return dict(found)

    @property
    def calls(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "report" / "calls.csv", dtype=str, keep_default_na=False)


def played(folder: Path, *options: str, seed: int) -> Demo:
    result = CliRunner().invoke(app, ["demo", "--out", str(folder / "demo"), "--json", *options])
    assert result.exit_code == 0, result.output
    return Demo(json.loads(result.stdout), folder / "demo", write_story(folder / "apart", seed=seed))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return played(tmp_path_factory.mktemp("demo"), seed=2018)


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return played(tmp_path_factory.mktemp("another"), "--seed", "7", seed=7)


@pytest.fixture(params=["demo", "another"])
def either(request: pytest.FixtureRequest) -> Demo:
    found: Demo = request.getfixturevalue(request.param)
    return found


def numbers(calls: list[dict[str, Any]]) -> set[str]:
    return {call["call"] for call in calls}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def receipt_of(demo: Demo, entry: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["log", "prove", str(demo.folder / "record"), entry, "--private", "--json"])
    assert result.exit_code == 0, result.output
    receipt = Receipt.parse(json.loads(result.stdout)["receipt"].encode())
    carried = receipt.carried()
    assert carried.entry is not None
    key = VerifierKey.parse((demo.folder / "public" / "log.vkey").read_text().strip())
    verify_receipt(receipt, entry=carried.entry, trust=TrustPolicy.of_log(key))
    return dict(reveal(json.loads(carried.entry), carried.disclosures).value)


def test_every_call_of_the_story_is_an_entry_that_can_be_proved_with_its_whole_row(either: Demo) -> None:
    rows = pd.read_csv(either.story.calls, dtype=str, keep_default_na=False).to_dict("records")
    assert either.said["record"]["entries"] > len(rows)
    for row in (*rows[:2], *rows[len(rows) // 2 :][:2], rows[-1]):
        shown = receipt_of(either, row["CallNumber"])
        assert shown["type"] == "call"
        assert shown["private"]["row"] == {column: value for column, value in row.items() if value}


def test_the_refusal_is_an_entry_with_its_clause_and_conditions(either: Demo) -> None:
    receipt = Receipt.parse(Path(either.said["record"]["denial"]).read_bytes())
    shown = json.loads(receipt.carried().entry or b"")
    assert (shown["type"], shown["about"]) == ("denial", either.story.denial_of_19_june)
    assert shown["clause"] == "agency-resources"
    assert "every alternative" in shown["conditions"]


def test_report_and_record_verify_and_a_changed_byte_does_not(either: Demo) -> None:
    words = ["verify", str(either.folder / "report"), str(either.folder / "public")]
    words += ["--key", str(either.folder / "public" / "log.vkey"), "--json"]
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (0, "proved")
    page = either.folder / "report" / "report.html"
    whole = page.read_bytes()
    page.write_bytes(whole + b" ")
    assert CliRunner().invoke(app, words).exit_code == 1
    page.write_bytes(whole)


def test_the_policy_was_entered_before_the_calls_it_governs(either: Demo) -> None:
    bundle = json.loads((either.folder / "report" / "bundle.json").read_bytes())
    (policy,) = (one for one in bundle["files"] if one["role"] == "policy")
    receipt = Receipt.parse((either.folder / "report" / policy["receipt"]).read_bytes())
    assert receipt.index == 1


def test_what_is_public_names_no_place_and_nobody(either: Demo) -> None:
    for path in (either.folder / "public").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"BLOCK" not in content
            assert b"Desk Sergeant" not in content


FINDINGS = {
    "calls-ignored": "sustained",
    "policy-exists": "not_sustained",
    "request-denied": "exonerated",
    "mayor-statement": "partly",
}
VERDICTS = ["partly", "contradicted", "contradicted", "cannot_be_determined"]


def test_exactly_the_three_unheard_calls_of_the_story_are_found(either: Demo) -> None:
    assert len(either.story.unheard) == either.story.counts["unheard"] == 3
    assert numbers(either.said["ignored"]) == either.story.unheard
    calls = either.calls
    assert set(calls[calls.outcome == "unheard"].call) == either.story.unheard
    for outcome in ("closed_without_reason", "declined_against_policy", "sent_not_arrived"):
        assert either.said["outcomes"][outcome] == 0


def test_nobody_complained_of_the_two_elsewhere_one_with_life_at_risk(either: Demo) -> None:
    unheard = either.said["nobody_complained"]
    assert numbers(unheard) == set(either.story.unheard_elsewhere)
    (at_risk,) = (call for call in unheard if call["call"] == either.story.unheard_life_at_risk)
    assert at_risk["rule"] == "life-safety"


def test_every_claim_of_the_story_has_its_finding_whatever_the_seed(either: Demo) -> None:
    assert {claim["id"]: claim["finding"] for claim in either.said["claims"]} == FINDINGS
    assert {claim["status"] for claim in either.said["claims"]} == {"proposed"}
    assert [passage["verdict"] for passage in either.claim("mayor-statement")["passages"]] == VERDICTS


def test_the_call_from_the_building_sustains_the_claim_and_contradicts_the_mayor(either: Demo) -> None:
    claim = either.claim("calls-ignored")
    assert numbers(claim["calls"]) == {either.story.unheard_building}
    assert claim["figures"]["calls_in_scope"] == either.story.counts["building_calls"]
    passages = either.claim("mayor-statement")["passages"]
    assert passages[1]["calls"] == [either.story.unheard_life_at_risk]
    assert passages[2]["calls"] == [either.story.unheard_building]


def test_the_denial_names_its_clause_its_rank_and_its_reviews(either: Demo) -> None:
    claim = either.claim("request-denied")
    assert numbers(claim["calls"]) == {either.story.denial_of_19_june}
    decisions = pd.read_csv(either.story.decisions, dtype=str, keep_default_na=False)
    own = decisions[decisions.call == either.story.denial_of_19_june]
    (denial,) = own[own.decision.str.startswith("decline")].to_dict("records")
    because = " ".join(claim["because"])
    for key in ("actor", "rank", "clause", "reason", "conditions"):
        assert str(denial[key]) in because, key
    assert f"reviewed {(own.decision == 'review').sum()} times, none missed" in because
    assert claim["figures"]["decisions_on_record"] == len(own)


def test_evidence_is_sealed_with_the_hash_of_its_file(either: Demo) -> None:
    shown = {
        (evidence["file"], evidence["sha256"], evidence["size_bytes"])
        for claim in either.said["claims"]
        for evidence in claim["evidence"]
    }
    files = {either.folder / "city" / "claims" / name for name, _, _ in shown}
    assert {path.resolve() for path in files} == {
        path.resolve() for path in (either.folder / "city" / "evidence").iterdir()
    }
    for name, digest, size in shown:
        path = either.folder / "city" / "claims" / name
        assert (digest, size) == (sha256(path), path.stat().st_size)
    assert all(evidence["passages_checked"] for claim in either.said["claims"] for evidence in claim["evidence"])


def test_claims_and_policy_are_sealed_with_the_hashes_of_their_files(either: Demo) -> None:
    for path in (either.folder / "city" / "claims").iterdir():
        claim_id = tomllib.loads(path.read_text(encoding="utf-8"))["claim"]["id"]
        assert either.claim(claim_id)["claim_sha256"] == sha256(path)
    (policy,) = either.said["policies"]
    assert policy["sha256"] == sha256(next((either.folder / "city" / "policies").glob("*.toml")))
    assert policy["calls"] == either.said["calls"]


def test_the_manifest_seals_every_file_of_the_result(either: Demo) -> None:
    report = either.folder / "report"
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    sealed = {entry["name"]: (entry["sha256"], entry["size_bytes"]) for entry in manifest["files"]}
    present = {
        str(path.relative_to(report)): (sha256(path), path.stat().st_size)
        for path in report.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    bundle = json.loads((report / "bundle.json").read_bytes())
    added = {one["name"] for one in bundle["files"] if one["role"] != "result"}
    added |= {one["receipt"] for one in bundle["files"] if one["receipt"]}
    added |= {"bundle.json", "bundle.tlog-proof", "log.vkey"}
    assert sealed == {name: found for name, found in present.items() if name not in added}
    assert added <= set(present)
    assert manifest["source"]["file"]["sha256"] == sha256(either.folder / "city" / either.story.calls.name)


def test_the_city_on_disk_is_the_story(either: Demo) -> None:
    city = either.folder / "city"
    apart = {str(path.relative_to(either.story.folder)): sha256(path) for path in either.story.folder.rglob("*.*")}
    assert {str(path.relative_to(city)): sha256(path) for path in city.rglob("*.*")} == apart


def test_counts_of_the_story_are_the_counts_of_the_result(either: Demo) -> None:
    counts, said = either.story.counts, either.said
    assert said["rows"] == {"read": counts["rows"], "imported": counts["rows"], "quarantined": 0, "duplicates": 0}
    assert sum(said["outcomes"].values()) == said["calls"] == counts["rows"]
    assert said["outcomes"]["merged"] == counts["duplicates"]
    assert said["merged_as"]["target_unknown"] == counts["duplicates_of_no_known_call"]
    nobody_waits = counts["officer_initiated"] + counts["information_and_broadcasts"] + counts["tests"]
    scheduled = said["description"]["origins"].get("scheduled", 0)
    assert said["outcomes"]["none_owed"] == nobody_waits + scheduled
    assert sum(said["undetermined"].values()) == said["outcomes"]["undetermined"]


def test_the_page_says_what_was_found_and_that_it_is_made_up(either: Demo) -> None:
    page = (either.folder / "report" / "report.html").read_text(encoding="utf-8")
    for number in either.story.unheard:
        assert number in page
    assert "Alder City" in page
    assert "made up" in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "unsigned" in page


def test_another_seed_makes_other_calls(demo: Demo, another: Demo) -> None:
    assert demo.said["file"]["sha256"] != another.said["file"]["sha256"]
    assert demo.said["seed"] == 2018
    assert another.said["seed"] == 7
