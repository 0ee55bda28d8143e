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
from answerable.model.finding import Finding
from answerable.model.times import parse_instant
from answerable.proof import Receipt, TrustPolicy, VerifierKey, reveal, verify_receipt
from answerable.wiring import read_record


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


def wall_us(text: str) -> int:
    """The instant of a time in the export."""
    return parse_instant(f"{text[6:10]}-{text[:2]}-{text[3:5]}T{text[11:]}-07:00")


def rerun(demo: Demo, claim: str, *, text: str | None = None, log: bool = True, policies: str = "") -> dict[str, Any]:
    """One claim of the story examined again, with another text or with less."""
    city = demo.folder / "city"
    path = city / "claims" / claim
    if text is not None:
        path.write_text(text, encoding="utf-8")
    words = ["examine", str(city / "alder-city-calls.csv"), "--policy", str(city / "policies" / policies)]
    words += ["--facts", str(city / "facts.csv"), "--decisions", str(city / "decisions.csv"), "--claim", str(path)]
    words += ["--log", str(demo.folder / "log.json")] if log else []
    result = CliRunner().invoke(app, [*words, "--out", str(demo.folder.parent / "again"), "--json"])
    if text is not None:
        path.unlink()
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)["claims"]
    return dict(found)


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
    closed = [row for row in rows if row["Closed"]]
    for row in (*closed[:2], *closed[len(closed) // 2 :][:2], closed[-1]):
        told, became = receipt_of(either, row["CallNumber"]), receipt_of(either, f"{row['CallNumber']}-closed")
        assert told["type"] == "call"
        assert became["about"] == row["CallNumber"]
        assert told["recorded_at_us"] == wall_us(row["Entered"]) <= became["recorded_at_us"] == wall_us(row["Closed"])
        whole = {column: value for column, value in row.items() if value}
        assert told["private"]["row"] | became["private"]["row"] == whole
        assert "Dispatched" not in told["private"]["row"]


def test_nothing_of_a_call_that_was_never_closed_is_entered_but_that_it_came_in(either: Demo) -> None:
    shown = receipt_of(either, either.story.unheard_building)
    assert shown["private"]["row"]["Received"] == "06/27/2018 22:14:09"
    result = CliRunner().invoke(
        app, ["log", "prove", str(either.folder / "record"), f"{either.story.unheard_building}-closed"]
    )
    assert result.exit_code == 2
    assert "There is no entry" in result.stderr


def test_entries_stand_in_the_order_of_the_storys_own_time(either: Demo) -> None:
    with read_record(either.folder / "record") as record:
        times = [entry.recorded_at_us for entry in record.store.entries(0, record.store.head().size)]
    assert times == sorted(times)
    assert times[0] == parse_instant("2017-12-15T08:30:00-08:00")
    assert times[-1] < parse_instant("2018-09-01T00:00:00Z")


def test_a_reader_of_the_log_finds_both_versions_entered_before_they_took_effect(either: Demo) -> None:
    words = ["log", "versions", str(either.folder / "public"), "--policy", str(either.folder / "trust.txt"), "--json"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    reading = json.loads(result.stdout)
    assert reading["witnesses"] == ["clerk.alder-county.example"]
    assert reading["size"] == either.said["record"]["entries"]
    versions = {one["sha256"]: one["entered_us"] for one in reading["versions"]}
    for policy in either.said["policies"]:
        assert versions[policy["sha256"]] < policy["effective_from_us"]


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
    first, second = (one for one in bundle["files"] if one["role"] == "policy")
    receipts = [Receipt.parse((either.folder / "report" / one["receipt"]).read_bytes()) for one in (first, second)]
    assert receipts[0].index == 1
    assert 2 < receipts[1].index < either.said["record"]["entries"] - 1_000


def test_what_is_public_names_no_place_and_nobody(either: Demo) -> None:
    for path in (either.folder / "public").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"BLOCK" not in content
            assert b"Desk Sergeant" not in content


FINDINGS = {
    "calls-ignored": "sustained",
    "policy-exists": "unfounded",
    "request-denied": "exonerated",
    "second-denial": "sustained",
    "danger-ignored": "unfounded",
    "slower-response": "not_sustained",
    "union-list": "sustained",
    "uncovered-request": "policy_failure",
    "mayor-statement": "partly",
    "union-statement": "partly",
}
VERDICTS = {
    "mayor-statement": ["supported", "contradicted", "contradicted", "cannot_be_determined"],
    "union-statement": ["supported", "cannot_be_determined", "contradicted", "supported"],
}


def test_exactly_the_three_unheard_calls_of_the_story_are_found(either: Demo) -> None:
    assert len(either.story.unheard) == either.story.counts["unheard"] == 3
    assert numbers(either.said["ignored"]) == {*either.story.unheard, either.story.denied_too_late}
    calls = either.calls
    assert set(calls[calls.outcome == "unheard"].call) == either.story.unheard
    assert set(calls[calls.outcome == "declined_against_policy"].call) == {either.story.denied_too_late}
    for outcome in ("closed_without_reason", "sent_not_arrived"):
        assert either.said["outcomes"][outcome] == 0


def test_nobody_complained_of_the_two_elsewhere_one_with_life_at_risk(either: Demo) -> None:
    unheard = either.said["nobody_complained"]
    assert numbers(unheard) == set(either.story.unheard_elsewhere)
    (at_risk,) = (call for call in unheard if call["call"] == either.story.unheard_life_at_risk)
    assert at_risk["rule"] == "life-safety"


def test_every_claim_of_the_story_has_its_finding_whatever_the_seed(either: Demo) -> None:
    assert {claim["id"]: claim["finding"] for claim in either.said["claims"]} == FINDINGS
    assert {claim["status"] for claim in either.said["claims"]} == {"proposed"}
    assert {claim["finding"] for claim in either.said["claims"]} == {*Finding, "partly"}
    for name, verdicts in VERDICTS.items():
        assert [passage["verdict"] for passage in either.claim(name)["passages"]] == verdicts


def test_that_there_is_no_such_policy_rests_on_the_log_its_witness_and_a_proved_promise(either: Demo) -> None:
    because = " ".join(either.claim("policy-exists")["because"])
    assert "clerk.alder-county.example" in because
    assert "“A call for help is never declined, whoever calls.”" in because


def test_without_the_log_nobody_knows_whether_there_was_another_version(demo: Demo) -> None:
    assert rerun(demo, "2-policy-exists.toml", log=False)["finding"] == "not_sustained"


def test_a_version_that_was_hidden_from_the_examination_keeps_it_from_being_unfounded(demo: Demo) -> None:
    found = rerun(demo, "2-policy-exists.toml", policies="alder-city-2018-01-01.toml")
    assert found["finding"] == "not_sustained"
    assert any("holds a version that was not supplied: alder-city-2018-07-16.toml" in one for one in found["limits"])


def test_danger_ignored_is_unfounded_only_with_the_count_from_another_hand(either: Demo) -> None:
    claim, danger = either.claim("danger-ignored"), either.story.counts["building_calls_in_danger"]
    assert claim["figures"]["calls_in_scope"] == danger
    assert f"Counted independently: {danger:,}" in " ".join(claim["because"])


def test_a_count_from_another_hand_that_is_higher_leaves_it_open(demo: Demo) -> None:
    danger = demo.story.counts["building_calls_in_danger"]
    text = (demo.folder / "city" / "claims" / "5-danger-ignored.toml").read_text(encoding="utf-8")
    more = rerun(demo, "more.toml", text=text.replace(f"= {danger}\n", f"= {danger + 1}\n"))
    assert more["finding"] == "not_sustained"


def test_the_second_denial_says_which_link_is_broken_and_which_review_was_missed(either: Demo) -> None:
    claim = either.claim("second-denial")
    assert "it was decided too late" in claim["answer"]
    assert any("reviewed 0 times, missed on 2018-07-14T16:48:00Z" in reason for reason in claim["because"])


def test_slower_answers_are_not_shown_and_what_could_have_been_is_said(either: Demo) -> None:
    claim = either.claim("slower-response")
    assert claim["comparison"]["registration"]["sealed_at_us"] is not None
    assert claim["comparison"]["incidents"] > 100
    assert claim["comparison"]["detectable_ratio"] > 1
    assert "What this record would have shown" in claim["answer"]


def test_of_the_unions_six_calls_one_has_a_receipt_and_some_cannot_be_found(either: Demo) -> None:
    found = {one["entry"]: one for one in either.claim("union-list")["identified"]}
    assert (found["gate-1"]["call"], found["gate-1"]["how"]) == (either.story.unheard_building, "a receipt names it")
    assert {one["state"] for one in found.values()} == {"identified", "possible", "not_found"}
    assert found["gate-3"]["how"] == "the list names its number"
    by_weights = [one for one in found.values() if one["state"] == "identified" and one["candidates"]]
    assert len(by_weights) == 2


def test_a_receipt_that_was_tampered_with_identifies_nothing(demo: Demo) -> None:
    receipts = list((demo.folder / "city" / "evidence" / "receipts").iterdir())
    assert [path.name for path in receipts] == [f"{demo.story.unheard_building}.tlog-proof"]
    whole = receipts[0].read_text(encoding="utf-8")
    line = next(line for line in whole.splitlines() if line.startswith("index "))
    receipts[0].write_text(whole.replace(line, f"index {int(line.split()[1]) - 1}"), encoding="utf-8")
    try:
        (first, *_) = rerun(demo, "7-union-list.toml")["identified"]
    finally:
        receipts[0].write_text(whole, encoding="utf-8")
    assert first["how"].endswith("its receipt proves nothing under the keys given")


def test_no_clause_covers_the_request_from_beyond_the_city(either: Demo) -> None:
    claim = either.claim("uncovered-request")
    assert numbers(claim["calls"]) == {either.story.covered_by_no_rule}
    assert claim["calls"][0]["reason"] == "no_rule"


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
        path.resolve() for path in (either.folder / "city" / "evidence").glob("*.txt")
    }
    for name, digest, size in shown:
        path = either.folder / "city" / "claims" / name
        assert (digest, size) == (sha256(path), path.stat().st_size)
    assert all(evidence["passages_checked"] for claim in either.said["claims"] for evidence in claim["evidence"])


def test_claims_and_policy_are_sealed_with_the_hashes_of_their_files(either: Demo) -> None:
    for path in (either.folder / "city" / "claims").glob("*.toml"):
        claim_id = tomllib.loads(path.read_text(encoding="utf-8"))["claim"]["id"]
        assert either.claim(claim_id)["claim_sha256"] == sha256(path)
    files = sorted((either.folder / "city" / "policies").glob("*.toml"))
    assert [policy["sha256"] for policy in either.said["policies"]] == [sha256(path) for path in files]
    assert sum(policy["calls"] for policy in either.said["policies"]) == either.said["calls"]


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
    there = {str(path.relative_to(city)): sha256(path) for path in city.rglob("*.*")}
    # what the record gave out while it was made: a receipt, its name in the list, and when the registration was sealed
    receipt = f"evidence/receipts/{either.story.unheard_building}.tlog-proof"
    given_out = {"evidence/union-list.csv", "claims/6-slower-response.registered.json"}
    assert there.keys() - apart.keys() == {receipt}
    assert {name for name, digest in apart.items() if there[name] != digest} == given_out


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
