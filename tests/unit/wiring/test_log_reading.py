"""What was read of a log, written down and read again; receipts under its keys; claims in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.support.small_log import LOG_KEY, OTHER_KEY, POLICY, TRUST_TEXT, MemoryFolder, SmallLog, canonical

from answerable.cli import app
from answerable.errors import ClaimError, InputError
from answerable.proof import TrustPolicy, seal_of
from answerable.wiring.claims import claim_files, files_named
from answerable.wiring.log_reading import load_reading, read_log_versions, receipt_reader, receipts_of

SEAL = seal_of([POLICY])
ENTRIES = [
    canonical({"id": "open", "recorded_at_us": 1_000_000, "type": "open"}),
    canonical(
        {
            "file": "p.toml",
            "id": "p",
            "recorded_at_us": 2_000_000,
            "seal": seal_of([POLICY]).as_json(),
            "type": "policy",
        }
    ),
    canonical({"id": "18-7", "recorded_at_us": 3_000_000, "type": "call"}),
    canonical({"about": "18-7", "id": "denial-1", "recorded_at_us": 4_000_000, "type": "denial"}),
]
LOG = SmallLog(ENTRIES)
TRUSTED = TrustPolicy.of_log(LOG_KEY.verifier)


@pytest.fixture
def public(tmp_path: Path) -> Path:
    (tmp_path / "trust.txt").write_text(TRUST_TEXT)
    return MemoryFolder(LOG.files("union", "press")).written_to(tmp_path / "public")


def test_what_was_read_is_written_down_and_read_again(public: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.json"
    reading = read_log_versions(str(public), trust=TRUSTED, out=out)
    assert load_reading(out) == reading
    assert json.loads(out.read_bytes())["schema"] == "answerable/log-reading@1"


@pytest.mark.parametrize(
    "text",
    ["{}", "no json", '{"schema": "answerable/log-reading@2"}'],
    ids=["another object", "no JSON", "another version"],
)
def test_a_file_that_is_no_reading_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text(text)
    with pytest.raises(InputError, match="is not what was read of a log"):
        load_reading(tmp_path / "log.json")


def test_a_reading_with_a_key_that_is_none_is_refused(public: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.json"
    read_log_versions(str(public), trust=TRUSTED, out=out)
    out.write_text(out.read_text().replace(str(LOG_KEY.verifier), "no+key"))
    with pytest.raises(InputError, match="is not what was read of a log"):
        load_reading(out)


def test_a_receipt_names_the_call_that_it_is_for_or_about(public: Path) -> None:
    read = receipts_of(read_log_versions(str(public), trust=TRUSTED))
    assert read(LOG.receipt(2).text()) == "18-7"
    assert read(LOG.receipt(3).text()) == "18-7"
    assert read(LOG.receipt(0).text()) is None


def test_a_receipt_proves_nothing_under_another_key_without_its_entry_or_for_another_place() -> None:
    read = receipt_reader(TRUSTED)
    assert read(LOG.receipt(2, key=OTHER_KEY).text()) is None
    assert read(LOG.receipt(2, bare=True).text()) is None
    assert read(LOG.receipt(2).text().replace("index 2", "index 3")) is None
    assert read("2026h2-1234567-K7QX") is None
    assert read("") is None


def test_the_command_tells_versions_times_and_who_vouches(public: Path, tmp_path: Path) -> None:
    words = [
        "log",
        "versions",
        str(public),
        "--policy",
        str(tmp_path / "trust.txt"),
        "--out",
        str(tmp_path / "log.json"),
    ]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    for said in ("was read whole: 4 entries", "Cosigned by union, press", "p.toml", SEAL.sha256[:16]):
        assert said in text
    alone = CliRunner().invoke(app, ["log", "versions", str(public), "--key", str(LOG_KEY.verifier)])
    assert "nobody but its keeper vouches for it" in " ".join(alone.stdout.split())


def test_a_log_that_holds_no_version_is_said_so(tmp_path: Path) -> None:
    public = MemoryFolder(SmallLog(ENTRIES[:1]).files()).written_to(tmp_path / "public")
    done = CliRunner().invoke(app, ["log", "versions", str(public), "--key", str(LOG_KEY.verifier)])
    assert done.exit_code == 0, done.output
    assert "It holds no version of a policy." in done.stdout


def test_a_key_that_did_not_sign_the_log_ends_the_command(public: Path) -> None:
    done = CliRunner().invoke(app, ["log", "versions", str(public), "--key", str(OTHER_KEY.verifier)])
    assert done.exit_code != 0


# Claims in a folder


def test_a_folder_of_claims_is_read_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    for name in ("10-last.toml", "2-second.toml", "1-first.toml", "notes.txt"):
        (tmp_path / name).write_text("")
    single = tmp_path / "notes.txt"
    assert [path.name for path in claim_files([tmp_path, single])] == [
        "1-first.toml",
        "2-second.toml",
        "10-last.toml",
        "notes.txt",
    ]


def test_a_folder_without_a_claim_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no claim"):
        claim_files([tmp_path])


CLAIM = """answerable-claim = 1
[claim]
id = "listed"
kind = "listed_calls"
text = "Our calls were ignored."
alleged-by = "A reader"
[list]
file = "list.csv"
"""


@pytest.mark.parametrize(("note", "private"), [("", False), ("angry", True)])
def test_every_file_that_a_claim_takes_in_is_named_and_lists_with_notes_are_marked(
    note: str, private: bool, tmp_path: Path
) -> None:
    (tmp_path / "claim.toml").write_text(CLAIM)
    (tmp_path / "list.csv").write_text(f"id,about,receipt,note\na,2018-06-19T14:00:00Z,kept/a.tlog-proof,{note}\n")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "a.tlog-proof").write_text("a receipt")
    assert files_named(tmp_path / "claim.toml") == {"list.csv": private, "kept/a.tlog-proof": False}


def test_a_list_cannot_make_anybody_read_a_file_elsewhere_on_the_disk(tmp_path: Path) -> None:
    folder = tmp_path / "claims"
    folder.mkdir()
    (folder / "claim.toml").write_text(CLAIM)
    (folder / "list.csv").write_text("id,about,receipt\na,2018-06-19T14:00:00Z,../../secret.tlog-proof\n")
    with pytest.raises(ClaimError, match="lies outside"):
        files_named(folder / "claim.toml")
