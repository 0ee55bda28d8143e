"""A result becomes a bundle: everything it rests on is there, sealed, entered, and verifies."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from tests.support.examinations import sample_examination
from tests.support.result_folders import report_row, result_folder
from tests.support.sources import import_town, row, town_csv

from answerable import wiring
from answerable.proof.verifier import Verdict
from answerable.record.evidence import as_read
from answerable.wiring import bundling
from answerable.wiring.importing import manifest_beside

ORIGIN = "alder.example/findings/2018h2"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    wiring.make_record(tmp_path / "desk", origin=ORIGIN, database=None, high_water=None, after=None)
    return tmp_path / "desk"


CLAIM = """answerable-claim = 1
[claim]
id = "listed"
kind = "listed_calls"
text = "Our calls were ignored."
alleged-by = "A reader"
[list]
file = "../evidence/list.csv"
[[evidence]]
id = "mail"
kind = "e-mail"
file = "mail.eml"
sender = "A reader"
dated = 2018-06-19T14:00:00Z
"""
LIST = "id,about,receipt,phone\na,2018-06-19T14:00:00Z,kept/a.tlog-proof,{phone}\n"


@pytest.fixture
def given(tmp_path: Path) -> wiring.Given:
    """Two sources of one name, two policies in a folder, a claim with a document, a list and a receipt in the list."""
    contents = {
        "a/calls.csv": "a\n",
        "b/calls.csv": "b\n",
        "policies/old.toml": "old\n",
        "policies/deeper/new.toml": "new\n",
        "claims/claim.toml": CLAIM,
        "claims/mail.eml": "a mail\n",
        "evidence/list.csv": LIST.format(phone=""),
        "evidence/kept/a.tlog-proof": "a receipt\n",
        "facts.csv": "facts\n",
    }
    for name, text in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return wiring.Given(
        files=(tmp_path / "a/calls.csv", tmp_path / "b/calls.csv"),
        policies=(tmp_path / "policies",),
        facts=tmp_path / "facts.csv",
        claims=(tmp_path / "claims/claim.toml",),
        options=(("--source", "san-diego-ca"),),
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return result_folder(tmp_path / "out", [report_row("1")])


def bundled(out: Path, given: wiring.Given, desk: Path) -> wiring.Bundled:
    with wiring.open_record(desk) as record:
        return wiring.bundle_result(out, given, record=record)


def verdict(out: Path) -> Verdict:
    return wiring.verify_paths([out], trust=wiring.read_trust(None, [str(out / "log.vkey")])).verdict


def test_a_bundle_holds_all_that_was_given_and_verifies(out: Path, given: wiring.Given, desk: Path) -> None:
    done = bundled(out, given, desk)
    assert verdict(out) is Verdict.PROVED
    bundle = json.loads((out / "bundle.json").read_bytes())
    names = {one["name"] for one in bundle["files"]}
    assert {
        "inputs/calls.csv",
        "inputs/2-calls.csv",
        "inputs/facts.csv",
        "inputs/policies/old.toml",
        "inputs/policies/new.toml",
        "inputs/claims/claim.toml",
        "inputs/claims/mail.eml",
        "inputs/evidence/list.csv",
        "inputs/evidence/kept/a.tlog-proof",
        "finding.json",
        "calls.parquet",
        "manifest.json",
    } <= names
    assert done.files == len(names)
    assert all((one["receipt"] is None) is (one["role"] == "result") for one in bundle["files"])
    assert (out / "inputs/2-calls.csv").read_text() == "b\n"


def test_a_list_with_telephone_numbers_is_sealed_and_stays_where_it_is(
    out: Path, given: wiring.Given, desk: Path, tmp_path: Path
) -> None:
    (tmp_path / "evidence/list.csv").write_text(LIST.format(phone="503-555-0100"))
    bundled(out, given, desk)
    bundle = json.loads((out / "bundle.json").read_bytes())
    (kept,) = (one for one in bundle["files"] if one["name"] == "inputs/evidence/list.csv")
    assert "telephone numbers" in kept["left_out"]
    assert kept["seal"]["size_bytes"] == (tmp_path / "evidence/list.csv").stat().st_size
    assert not (out / "inputs/evidence/list.csv").exists()
    assert not any(b"555-0100" in path.read_bytes() for path in out.rglob("*") if path.is_file())


def test_what_was_read_of_a_log_goes_into_the_bundle_and_into_its_command(
    out: Path, given: wiring.Given, desk: Path, tmp_path: Path
) -> None:
    (tmp_path / "log.json").write_text("{}\n")
    bundled(out, msgspec.structs.replace(given, options=(("--log", str(tmp_path / "log.json")),)), desk)
    bundle = json.loads((out / "bundle.json").read_bytes())
    assert ("inputs/log.json", "reading") in {(one["name"], one["role"]) for one in bundle["files"]}
    assert "--log inputs/log.json" in bundle["recompute"]


def test_the_entry_of_a_source_says_what_was_read(out: Path, given: wiring.Given, desk: Path) -> None:
    bundled(out, given, desk)
    with wiring.read_record(desk) as record:
        entries = [json.loads(entry.body) for entry in record.store.entries(0, 99)]
    read = as_read(sample_examination().source)
    assert [{name: entry[name] for name in read} for entry in entries if entry["type"] == "dataset"] == [read, read]
    assert all("rows_read" not in entry for entry in entries if entry["type"] != "dataset")


def test_imported_calls_go_into_a_bundle_with_their_manifest(
    out: Path, given: wiring.Given, desk: Path, tmp_path: Path
) -> None:
    calls = import_town(tmp_path, town_csv([row(Number="1", Received="2018-06-19 12:00:00", Code="HND")])).out
    bundled(out, msgspec.structs.replace(given, files=(calls,), options=()), desk)
    assert verdict(out) is Verdict.PROVED
    assert manifest_beside(out / "inputs/calls.parquet").calls == 1
    recompute = json.loads((out / "bundle.json").read_bytes())["recompute"]
    assert recompute.startswith("answerable examine inputs/calls.parquet --policy")


def test_the_command_to_recompute_names_only_what_is_in_the_bundle(
    out: Path, given: wiring.Given, desk: Path, tmp_path: Path
) -> None:
    bundled(out, given, desk)
    command = json.loads((out / "bundle.json").read_bytes())["recompute"]
    assert command.startswith("answerable examine inputs/calls.csv inputs/2-calls.csv --source san-diego-ca ")
    assert "--policy inputs/policies --facts inputs/facts.csv --claim inputs/claims/claim.toml" in command
    assert str(tmp_path) not in command


@pytest.mark.parametrize("name", ["inputs/facts.csv", "finding.json", "bundle.json", "receipts/facts.csv.tlog-proof"])
def test_a_changed_byte_anywhere_is_refuted(out: Path, given: wiring.Given, desk: Path, name: str) -> None:
    bundled(out, given, desk)
    content = (out / name).read_bytes()
    (out / name).write_bytes(content.replace(b"a", b"b", 1) if b"a" in content else content + b" ")
    assert verdict(out) is Verdict.REFUTED


def test_the_same_files_are_entered_once_and_the_finding_again(out: Path, given: wiring.Given, desk: Path) -> None:
    bundled(out, given, desk)
    before = wiring.state_of(desk).size
    again = bundled(out, given, desk)
    assert wiring.state_of(desk).size == before
    assert again.entry.again
    assert verdict(out) is Verdict.PROVED
    given.files[0].write_text("changed\n")
    bundled(out, given, desk)
    assert wiring.state_of(desk).size == before + 2
    assert verdict(out) is Verdict.PROVED


def test_a_file_too_large_to_copy_is_named_and_left_where_it_is(
    out: Path, given: wiring.Given, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling, "LARGEST_COPY_BYTES", 1)
    bundled(out, given, desk)
    files = {one["name"]: one for one in json.loads((out / "bundle.json").read_bytes())["files"]}
    assert "too large" in files["inputs/calls.csv"]["left_out"]
    assert not (out / "inputs/calls.csv").exists()
    assert verdict(out) is Verdict.PROVED


def test_without_a_record_that_can_be_written_there_is_no_bundle(out: Path, given: wiring.Given, desk: Path) -> None:
    bundled(out, given, desk)
    wiring.close_record(desk, next_origin="x/2")
    given.files[0].write_text("changed\n")
    with pytest.raises(Exception, match="closed"):
        bundled(out, given, desk)
    assert not (out / "bundle.json").exists()
