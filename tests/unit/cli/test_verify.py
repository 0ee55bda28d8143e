"""`answerable verify`: verdicts, exit codes, and keys that come from the person who asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.support.small_log import LOG_KEY, ORIGIN, SOURCE, TRUST_TEXT, MemoryFolder, SmallLog, bundle_files, canonical

from answerable.proof import Promise, SigningKey, promised_digest, seal_of

LOG = SmallLog([canonical({"id": str(number), "type": "call"}) for number in range(9)])


@pytest.fixture
def here(run: Callable[..., Result]) -> Path:
    """The empty folder in which `run` works, with a trust policy, a key and receipts."""
    Path("trust.txt").write_text(TRUST_TEXT, encoding="utf-8")
    Path("log.vkey").write_text(f"{LOG_KEY.verifier}\n", encoding="utf-8")
    Path("good.tlog-proof").write_text(LOG.receipt(4, "union", "press").text(), encoding="utf-8")
    Path("bare.tlog-proof").write_text(LOG.receipt(4, bare=True).text(), encoding="utf-8")
    Path("bad.tlog-proof").write_text(LOG.receipt(4).text().replace("index 4", "index 5"), encoding="utf-8")
    return Path()


def test_a_good_receipt_ends_with_0_and_says_what_is_not_proved(run: Callable[..., Result], here: Path) -> None:
    result = run("verify", "good.tlog-proof", "--policy", "trust.txt")
    assert result.exit_code == 0
    assert result.output.startswith("PROVED: receipt good.tlog-proof\n")
    assert "What is not proved" in result.output
    assert "everything was entered" in result.output


def test_a_refuted_one_ends_with_1_and_no_key_is_needed_for_that(run: Callable[..., Result], here: Path) -> None:
    result = run("verify", "bad.tlog-proof")
    assert result.exit_code == 1
    assert result.output.startswith("REFUTED: receipt bad.tlog-proof\n")


def test_without_a_key_it_cannot_tell_and_says_what_to_do(run: Callable[..., Result], here: Path) -> None:
    result = run("verify", "good.tlog-proof")
    assert result.exit_code == 3
    assert result.output.startswith("CANNOT TELL: receipt good.tlog-proof\n")
    assert "--key VKEY" in result.output


@pytest.mark.parametrize("key", ["log.vkey", str(LOG_KEY.verifier)])
def test_a_key_is_a_text_or_a_file(run: Callable[..., Result], here: Path, key: str) -> None:
    assert run("verify", "good.tlog-proof", "--key", key).exit_code == 0


def test_an_entry_stands_beside_a_bare_receipt(run: Callable[..., Result], here: Path) -> None:
    Path("entry.json").write_bytes(LOG.entries[4])
    assert run("verify", "bare.tlog-proof", "--key", "log.vkey").exit_code == 3
    assert run("verify", "bare.tlog-proof", "--key", "log.vkey", "--entry", "entry.json").exit_code == 0
    assert run("verify", "good.tlog-proof", "--key", "log.vkey", "--entry", "calls.csv").exit_code == 1


def test_the_worst_of_several_decides(run: Callable[..., Result], here: Path) -> None:
    given = ["verify", "good.tlog-proof", "bare.tlog-proof", "--key", "log.vkey"]
    assert run(*given).exit_code == 3
    assert run(*given, "bad.tlog-proof").exit_code == 1


def test_a_log_that_shows_two_histories_is_refuted(run: Callable[..., Result], here: Path) -> None:
    other = SmallLog([*LOG.entries[:-1], b"{}"])
    Path("one.txt").write_bytes(LOG.checkpoint())
    Path("two.txt").write_bytes(other.checkpoint())
    result = run("verify", "one.txt", "two.txt", "--key", "log.vkey")
    assert result.exit_code == 1
    assert "REFUTED: these files contradict each other" in result.output
    assert "evidence against the log" in result.output
    as_json = json.loads(run("verify", "one.txt", "two.txt", "--key", "log.vkey", "--json").stdout)
    assert as_json["verdict"] == "refuted"
    assert [file["verdict"] for file in as_json["files"]] == ["proved", "proved"]


def test_json_has_every_sentence_and_the_signed_states(run: Callable[..., Result], here: Path) -> None:
    result = run("verify", "good.tlog-proof", "--policy", "trust.txt", "--json")
    document = json.loads(result.stdout)
    (file,) = document["files"]
    assert (document["verdict"], document["forks"]) == ("proved", [])
    assert set(file) == {
        "file", "kind", "verdict", "proved", "refuted", "cannot_tell", "not_proved", "states", "shows",
    }  # fmt: skip
    assert file["states"][0]["size"] == 9
    assert file["shows"] == {"id": "4", "type": "call"}


def test_a_bundle_and_a_log_are_folders(run: Callable[..., Result], here: Path) -> None:
    MemoryFolder(bundle_files("union", "press")).written_to(Path("bundle"))
    MemoryFolder(LOG.files("union", "press")).written_to(Path("log"))
    for folder in ("bundle", "log"):
        assert run("verify", folder, "--policy", "trust.txt").exit_code == 0
    assert run("verify", "bundle", "log", "--policy", "trust.txt").exit_code == 1  # two logs of one name and size
    assert run("verify", "bundle/bundle.json", "--policy", "trust.txt").exit_code == 0
    Path("bundle/finding.json").write_bytes(b"another")
    assert run("verify", "bundle", "--policy", "trust.txt").exit_code == 1


def test_a_bundle_does_not_reach_out_of_itself_by_a_link(run: Callable[..., Result], here: Path) -> None:
    files = bundle_files("union", "press")
    MemoryFolder(files).written_to(Path("bundle"))
    Path("bundle/finding.json").unlink()
    Path("outside.json").write_bytes(files["finding.json"])
    Path("bundle/finding.json").symlink_to(Path("outside.json").resolve())
    result = run("verify", "bundle", "--policy", "trust.txt")
    assert result.exit_code == 3
    assert "finding.json: the file is missing" in result.output


def test_a_seal_lies_beside_its_file(run: Callable[..., Result], here: Path) -> None:
    seal = {"schema": "answerable/seal@1", "file": "source.csv", "seal": seal_of([SOURCE]).as_json()}
    Path("source.csv.seal.json").write_text(json.dumps(seal), encoding="utf-8")
    assert run("verify", "source.csv.seal.json").exit_code == 3
    Path("source.csv").write_bytes(SOURCE)
    assert run("verify", "source.csv.seal.json").exit_code == 0
    Path("source.csv").write_bytes(SOURCE[:-1])
    assert run("verify", "source.csv.seal.json").exit_code == 1


def test_a_promise_is_held_against_the_receipts_given_with_it(run: Callable[..., Result], here: Path) -> None:
    key = SigningKey(f"{ORIGIN}/promises", bytes(32))
    entry = canonical({"id": "c-1", "recorded_at_us": 1, "type": "call"})
    promise = Promise(origin=ORIGIN, id="c-1", promised_at_us=1, digest=promised_digest(entry))
    Path("word.promise").write_bytes(promise.sign(key))
    Path("kept.tlog-proof").write_text(SmallLog([entry]).receipt(0).text(), encoding="utf-8")
    trusting = ("--key", "log.vkey", "--key", str(key.verifier))
    assert run("verify", "word.promise", *trusting).exit_code == 3
    both = run("verify", "word.promise", "kept.tlog-proof", *trusting)
    assert both.exit_code == 0
    assert "The promise was kept" in both.output
    other = canonical({"id": "c-1", "recorded_at_us": 1, "type": "fact"})
    Path("other.tlog-proof").write_text(SmallLog([other]).receipt(0).text(), encoding="utf-8")
    assert run("verify", "word.promise", "other.tlog-proof", *trusting).exit_code == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["calls.csv"], "calls.csv is no receipt"),
        (["."], "no bundle and no log"),
        (["good.tlog-proof", "--key", "nonsense"], "--key:"),
        (["good.tlog-proof", "--key", "calls.csv"], "--key:"),
        (["good.tlog-proof", "--policy", "calls.csv"], "calls.csv: line 1"),
    ],
)
def test_what_cannot_be_read_is_a_fault_of_the_command_line(
    run: Callable[..., Result], here: Path, words: list[str], message: str
) -> None:
    result = run("verify", *words)
    assert result.exit_code == 2
    assert message in result.output


def test_what_comes_from_a_file_is_never_printed_raw(run: Callable[..., Result], here: Path) -> None:
    log = SmallLog([canonical({"id": "\u202e\x1b[31m"})])
    Path("odd.tlog-proof").write_text(log.receipt(0).text(), encoding="utf-8")
    result = run("verify", "odd.tlog-proof", "--key", "log.vkey")
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert "\\u202e\\x1b[31m" in result.output


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("nowhere.vkey", "there is no file 'nowhere.vkey'"),
        ("log.example/1+00000000+AAAA", "the key of 'log.example/1'"),
    ],
)
def test_a_key_that_is_none_is_told_from_a_file_that_is_not_there(
    run: Callable[..., Result], here: Path, key: str, said: str
) -> None:
    result = run("verify", "good.tlog-proof", "--key", key)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "`answerable log export` writes it" in result.stderr


def test_a_time_is_shown_as_the_entry_spells_it_and_as_people_read_it(run: Callable[..., Result], here: Path) -> None:
    log = SmallLog([canonical({"id": "1", "recorded_at_us": 1_529_434_800_000_001, "said_at_us": "noon", "at": 5})])
    Path("timed.tlog-proof").write_text(log.receipt(0).text(), encoding="utf-8")
    shown = run("verify", "timed.tlog-proof", "--key", "log.vkey").stdout
    assert "recorded_at_us  1529434800000001 (2018-06-19 19:00:00Z)" in shown
    assert "said_at_us      noon" in shown
    assert "at              5\n" in shown


def test_who_waits_is_told_how_far_it_is(here: Path) -> None:
    from answerable.wiring.trusting import read_trust  # noqa: PLC0415
    from answerable.wiring.verifying import verify_paths  # noqa: PLC0415

    heard: list[tuple[str, int, int | None]] = []
    MemoryFolder(bundle_files("union", "press")).written_to(Path("bundle"))
    verify_paths([Path("bundle")], trust=read_trust(None, []), progress=lambda *step: heard.append(step))
    assert ("Checking bundle", 1, None) in heard
    assert ("Checking finding.json", len(bundle_files()["finding.json"]), len(bundle_files()["finding.json"])) in heard
