"""The record as people use it: every command, its answers, its refusals, its exit codes."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.support.listening import listening_witness
from tests.support.small_policies import TWO_SPEEDS
from tests.support.sources import TOWN, import_town, row, town_csv

from answerable import wiring
from answerable.cli import app
from answerable.cli.witness_pages import show_witness
from answerable.proof.note import Note, SigningKey, VerifierKey
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt
from answerable.record.entry import Draft, EntryType
from answerable.wiring.trusting import read_trust

ORIGIN = "alder.example/desk/2018h1"
CALL = {"id": "call-1", "type": "call", "public": {"kind": "call"}, "private": {"phone": "503", "name": "Ana"}}
DENIAL = {"id": "denial-1", "type": "denial", "about": "call-1", "public": {"reason": "ALTERNATIVES_NOT_EXHAUSTED"}}


def run(*words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=given, catch_exceptions=False)


def done(*words: str, given: bytes | None = None) -> Result:
    result = run(*words, given=given)
    assert result.exit_code == 0, result.output
    return result


def told(*words: str, given: bytes | None = None) -> Any:
    return json.loads(done(*words, "--json", given=given).stdout)


def lines(*entries: object) -> bytes:
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def desk(here: Path) -> Path:
    """A record with one call and one denial, and their receipts."""
    done("log", "init", "desk", "--origin", ORIGIN)
    (here / "entries.jsonl").write_bytes(lines(CALL, DENIAL))
    done("log", "append", "desk", "entries.jsonl", "--receipts", "receipts")
    return here / "desk"


def key() -> str:
    done("log", "export", "desk", "--out", "key-only")
    return "key-only/log.vkey"


def test_a_new_record_says_its_key_and_has_its_first_entry(here: Path) -> None:
    made = told("log", "init", "desk", "--origin", ORIGIN)
    assert (made["origin"], made["size"]) == (ORIGIN, 1)
    assert VerifierKey.parse(made["key"]).name == ORIGIN
    again = run("log", "init", "desk", "--origin", ORIGIN)
    assert again.exit_code == 2
    assert "holds a record already" in again.stderr


@pytest.mark.parametrize("origin", ["desk/", "a b/2018", "a+b/2018", "desk/2018-h1", ""])
def test_a_name_that_no_receipt_could_carry_is_refused_before_anything_is_made(here: Path, origin: str) -> None:
    result = run("log", "init", "desk", "--origin", origin)
    assert (result.exit_code, "cannot be used" in result.stderr) == (2, True)
    assert not (here / "desk").exists()


def test_a_record_that_could_not_be_made_leaves_nothing_in_the_way_of_the_next_attempt(here: Path) -> None:
    words = ("log", "init", "desk", "--origin", ORIGIN)
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    assert run(*words, "--database", nowhere).exit_code == 4
    assert not (here / "desk").exists()
    done(*words)


def test_a_checkpoint_to_continue_that_is_none_is_refused(here: Path) -> None:
    (here / "last").write_text("no checkpoint")
    result = run("log", "init", "desk", "--origin", ORIGIN, "--after", "last")
    assert result.exit_code == 2
    assert not (here / "desk").exists()


def test_entries_get_receipts_that_anybody_can_check(desk: Path) -> None:
    verified = done("verify", "receipts/call-1.tlog-proof", "receipts/denial-1.tlog-proof", "--key", key())
    assert verified.stdout.count("PROVED: receipt") == 2
    assert '"phone": "503"' in verified.stdout
    assert (desk.parent / "receipts" / "call-1.tlog-proof").stat().st_mode & 0o077 == 0


def test_the_same_entries_again_change_nothing(desk: Path) -> None:
    first = done("log", "checkpoint", "desk").stdout
    again = told("log", "append", "desk", "entries.jsonl")
    assert [(one["id"], one["index"], one["again"]) for one in again["entries"]] == [
        ("call-1", 1, True),
        ("denial-1", 2, True),
    ]
    assert done("log", "checkpoint", "desk").stdout == first


def test_the_same_id_with_other_content_is_refused_and_the_rest_is_recorded(desk: Path) -> None:
    other = lines(CALL | {"public": {"kind": "other"}}, DENIAL | {"id": "denial-2"})
    result = run("log", "append", "desk", "-", given=other)
    assert result.exit_code == 2
    assert "call-1 is already entry 1, with other content" in result.stderr
    assert "denial-2: entry 3" in result.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"not json\n", "malformed"),
        (b'{"type": "call"}\n', "missing required field `id`"),
        (b'{"id": "x", "type": "ticket"}\n', "ticket"),
        (b'{"id": "x", "type": "call", "extra": 1}\n', "unknown field `extra`"),
        (b'{"id": "x", "type": "call", "public": {"at": 1.5}}\n', "float"),
        (b'{"id": "x", "type": "key"}\n', "the record's own"),
        (b'{"id": "a b", "type": "call"}\n', "cannot be used"),
        (b"\xff\n", "line 2"),
    ],
)
def test_a_line_that_is_no_entry_is_named_with_what_to_do(desk: Path, line: bytes, said: str) -> None:
    result = run("log", "append", "desk", "-", given=b"\n" + line)
    assert result.exit_code == 2
    assert said in result.stderr
    assert told("log", "checkpoint", "desk")["size"] == 3


def test_a_last_line_without_its_end_is_an_entry_too(desk: Path) -> None:
    assert told("log", "append", "desk", "-", given=lines(DENIAL | {"id": "d9"})[:-1])["size"] == 4


def test_a_receipt_is_given_by_id_and_by_index_with_private_fields_only_when_asked(desk: Path) -> None:
    by_id, by_index = (Receipt.parse(done("log", "prove", "desk", asked).stdout.encode()) for asked in ("call-1", "1"))
    assert by_id == by_index
    assert by_id.carried().disclosures == ()
    private = Receipt.parse(done("log", "prove", "desk", "call-1", "--private").stdout.encode())
    assert len(private.carried().disclosures) == 3
    proved = told("log", "prove", "desk", "call-1", "--out", "one.tlog-proof")
    assert proved["written"] == "one.tlog-proof"
    assert Path("one.tlog-proof").read_text() == proved["receipt"]
    missing = run("log", "prove", "desk", "call-9")
    assert (missing.exit_code, "no entry 'call-9'" in missing.stderr) == (2, True)


def test_a_folder_without_a_record_is_said(here: Path) -> None:
    (here / "empty").mkdir()
    result = run("log", "checkpoint", "empty")
    assert result.exit_code == 2
    assert "`answerable log init` makes one" in result.stderr


def test_two_programs_never_write_at_once(desk: Path) -> None:
    with wiring.open_record(desk):
        result = run("log", "append", "desk", "entries.jsonl")
        assert result.exit_code == 4
        assert "Another program is writing" in result.stderr
        done("log", "checkpoint", "desk")
        done("log", "fsck", "desk")
    done("log", "append", "desk", "entries.jsonl")


def test_an_old_backup_refuses_to_sign_and_can_still_be_read(desk: Path, here: Path) -> None:
    shutil.copytree(desk, here / "backup")
    done("log", "append", "desk", "-", given=lines(DENIAL | {"id": "later"}))
    for name in ("record.db", "record.db-wal", "record.db-shm"):
        (desk / name).unlink(missing_ok=True)
    shutil.copy(here / "backup" / "record.db", desk / "record.db")
    result = run("log", "append", "desk", "entries.jsonl")
    assert result.exit_code == 4
    assert "holds 3 entries, but 4 were signed" in result.stderr
    assert run("log", "fsck", "desk").exit_code == 1
    assert run("log", "fsck", "desk", "--resume").exit_code == 1
    assert run("log", "append", "desk", "entries.jsonl").exit_code == 4


def test_a_record_that_stopped_on_a_fault_goes_on_once_somebody_looked(desk: Path) -> None:
    (desk / "high-water.halted").write_text("fsync failed\n")
    stopped = run("log", "append", "desk", "entries.jsonl")
    assert stopped.exit_code == 4
    assert "fsync failed" in stopped.stderr
    assert "--resume" in stopped.stderr
    done("log", "fsck", "desk")
    assert run("log", "append", "desk", "entries.jsonl").exit_code == 4
    done("log", "fsck", "desk", "--resume")
    done("log", "append", "desk", "entries.jsonl")


def test_a_lost_mark_is_set_anew_only_when_somebody_looked(desk: Path) -> None:
    (desk / "high-water").unlink()
    assert run("log", "append", "desk", "entries.jsonl").exit_code == 4
    assert run("log", "fsck", "desk").exit_code == 1
    done("log", "fsck", "desk", "--resume")
    done("log", "append", "desk", "entries.jsonl")


def test_a_lost_mark_is_not_set_anew_over_a_damaged_record(desk: Path) -> None:
    with sqlite3.connect(desk / "record.db") as connection:
        connection.execute("UPDATE entry SET body = CAST(replace(body, 'call', 'cull') AS BLOB) WHERE seq = 1")
    connection.close()
    (desk / "high-water").unlink()
    assert run("log", "fsck", "desk", "--resume").exit_code == 1
    assert not (desk / "high-water").exists()


def test_a_mark_on_a_disk_that_is_not_there_says_so_and_leaves_nothing(here: Path) -> None:
    result = run("log", "init", "desk", "--origin", ORIGIN, "--high-water", "other/desk.mark")
    assert result.exit_code == 4
    assert "make that folder, or bring back its disk" in result.stderr
    assert not (here / "desk").exists()


def test_a_type_that_there_is_not_is_answered_with_those_that_there_are(desk: Path) -> None:
    said = run("log", "append", "desk", "-", given=b'{"id": "x", "type": "ticket"}\n').stderr
    assert "is one of call, fact, unit," in said
    assert "redaction" not in said


def test_a_closed_log_says_how_the_next_one_begins(desk: Path) -> None:
    said = done("log", "close", "desk", "--next", "alder.example/desk/2018h2").stdout
    assert "answerable log init NEXT_DIR --origin alder.example/desk/2018h2 --after last-checkpoint" in said


@pytest.mark.parametrize(("embargo", "said"), [("none", "all can be read."), ("72 h", "none can be read yet: hashes")])
def test_how_much_of_a_published_log_can_be_read_is_said(desk: Path, embargo: str, said: str) -> None:
    assert said in " ".join(done("log", "export", "desk", "--out", "public", "--embargo", embargo).stdout.split())


def test_a_part_of_a_published_log_can_be_read(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done("log", "append", "desk", "-", given=lines(*({"id": f"f-{number}", "type": "fact"} for number in range(300))))
    later = wiring.recording.now_us() + 100 * 3_600_000_000
    monkeypatch.setattr(wiring.recording, "now_us", lambda: later)
    monkeypatch.setattr(wiring.publishing, "now_us", lambda: later)
    with wiring.open_record(desk, clock=lambda: later) as record:
        record.writing.append(Draft(id="young", type=EntryType.FACT))
    told = " ".join(done("log", "export", "desk", "--out", "public").stdout.split())
    assert "256 can be read, hashes stand for the rest" in told


def test_a_key_that_others_can_read_is_refused(desk: Path) -> None:
    for seed in (desk / "keys").glob("*.key"):
        seed.chmod(0o644)
    result = run("log", "append", "desk", "entries.jsonl")
    assert result.exit_code == 4
    assert "chmod 600" in result.stderr


def test_a_mark_can_be_kept_on_another_disk(here: Path) -> None:
    done("log", "init", "desk", "--origin", ORIGIN, "--high-water", "elsewhere.mark")
    assert (here / "elsewhere.mark").is_file()
    assert not (here / "desk" / "high-water").exists()


def test_receipts_from_before_a_rotation_hold_and_both_keys_sign(desk: Path) -> None:
    old = Path(key()).read_text().strip()
    rotated = told("log", "rotate-key", "desk")
    assert rotated["note"].count("\n— ") == 2
    done("log", "export", "desk", "--out", "public", "--embargo", "none")
    both = Path("public/log.vkey").read_text().split()
    assert set(both) == {old, rotated["key"]}
    for keys in (["--key", old], ["--key", rotated["key"]], ["--key", "public/log.vkey"]):
        done("verify", "public", *keys)
    done("verify", "receipts/call-1.tlog-proof", "--key", old)
    assert run("verify", "receipts/call-1.tlog-proof", "--key", rotated["key"]).exit_code == 3


def test_a_closed_log_names_the_next_and_the_next_cites_it(desk: Path) -> None:
    closed = told("log", "close", "desk", "--next", "alder.example/desk/2018h2")
    Path("last").write_text(closed["note"])
    late = run("log", "append", "desk", "-", given=lines(DENIAL | {"id": "late"}))
    assert (late.exit_code, "closed" in late.stderr) == (4, True)
    done("log", "init", "next", "--origin", "alder.example/desk/2018h2", "--after", "last")
    first = Receipt.parse(done("log", "prove", "next", "0").stdout.encode()).carried().entry
    assert first is not None
    cited = json.loads(first)["continues"]
    assert cited == {"origin": ORIGIN, "root": closed["root"], "size": closed["size"]}
    done("log", "prove", "desk", "call-1")


def test_a_redaction_takes_the_value_out_and_leaves_the_receipt_valid(desk: Path) -> None:
    words = ["redact", "desk", "call-1", "--field", "phone", "--ground", "order 7", "--by", "clerk"]
    assert run(*words, "--approved-by", "clerk").exit_code == 2
    taken = told(*words, "--approved-by", "officer")
    assert taken["index"] == 3
    shown = done("log", "prove", "desk", "call-1", "--private", "--out", "after.tlog-proof")
    verified = done("verify", "after.tlog-proof", "receipts/call-1.tlog-proof", "--key", key())
    assert shown.exit_code == 0
    after, before = verified.stdout.split("PROVED: receipt")[1:]
    assert "503" not in after
    assert "Ana" in after
    assert "503" in before
    again = run(*words, "--approved-by", "officer")
    assert again.exit_code == 0
    assert run("redact", "desk", "call-1", "--field", "kind", *words[5:], "--approved-by", "x").exit_code == 2


def test_a_seal_is_written_beside_the_file_and_entered(desk: Path, here: Path) -> None:
    (here / "calls.csv").write_bytes(b"a,b\n1,2\n")
    sealed = told("seal", "calls.csv", "--record", "desk", "--receipt", "seal.tlog-proof")
    done("verify", "calls.csv.seal.json")
    entry = Receipt.parse(Path("seal.tlog-proof").read_bytes()).carried().entry
    assert entry is not None
    assert json.loads(entry)["seal"] == sealed["seal"]
    (here / "calls.csv").write_bytes(b"a,b\n1,3\n")
    assert run("verify", "calls.csv.seal.json").exit_code == 1
    assert run("seal", "calls.csv", "--receipt", "x").exit_code == 2


def test_a_response_policy_is_entered_as_a_version_and_only_once(desk: Path, here: Path) -> None:
    (here / "two.toml").write_text(TWO_SPEEDS)
    entered = told("seal", "two.toml", "--record", "desk", "--receipt", "two.tlog-proof")
    assert told("seal", "two.toml", "--record", "desk")["entry"]["again"]
    entry = json.loads(Receipt.parse((here / "two.tlog-proof").read_bytes()).carried().entry or b"")
    assert (entry["type"], entry["file"], entry["seal"]) == ("policy", "two.toml", entered["seal"])
    done("log", "export", "desk", "--out", "public", "--embargo", "none")
    (version,) = told("log", "versions", "public", "--key", "public/log.vkey")["versions"]
    assert (version["file"], version["sha256"]) == ("two.toml", hashlib.sha256(TWO_SPEEDS.encode()).hexdigest())


def test_a_policy_with_errors_is_not_entered_and_another_toml_is_a_data_set(desk: Path, here: Path) -> None:
    (here / "broken.toml").write_text(TWO_SPEEDS.replace('duty = "must-respond"', 'duty = "never"', 1))
    result = run("seal", "broken.toml", "--record", "desk")
    assert result.exit_code == 2
    assert "broken.toml" in result.stderr
    (here / "settings.toml").write_text('answer = "yes"\n')
    told("seal", "settings.toml", "--record", "desk", "--receipt", "settings.tlog-proof")
    entry = json.loads(Receipt.parse((here / "settings.tlog-proof").read_bytes()).carried().entry or b"")
    assert entry["type"] == "dataset"


def test_the_seal_of_imported_calls_says_what_was_read_in_them(desk: Path, here: Path) -> None:
    row_of_call = row(Number="1", Received="2018-06-19 12:00:00", Code="HND")
    imported = import_town(here, town_csv([row_of_call, row_of_call, row(Number="2", Received="never", Code="HND")]))
    done("seal", "calls.parquet", "--record", "desk", "--receipt", "seal.tlog-proof")
    judged = told("verify", "seal.tlog-proof", "--key", key())["files"][0]
    manifest = imported.manifest
    wanted = {
        "rows_read": 3,
        "rows_imported": manifest.rows.imported,
        "rows_quarantined": manifest.rows.quarantined,
        "rows_duplicate": 1,
        "read_sha256": hashlib.sha256((here / "town.csv").read_bytes()).hexdigest(),
        "read_files": 1,
        "exports": 1,
        "profile_sha256": hashlib.sha256(TOWN.encode()).hexdigest(),
        "normalised_sha256": hashlib.sha256(imported.out.read_bytes()).hexdigest(),
    }
    assert {name: judged["shows"][name] for name in wanted} == wanted
    assert manifest.rows.imported + manifest.rows.quarantined == 2
    assert any("so many rows" in sentence for sentence in judged["not_proved"])
    assert "3 read: 1 imported" in done("seal", "calls.parquet").stdout


def test_calls_that_are_not_those_of_their_manifest_are_not_sealed(desk: Path, here: Path) -> None:
    imported = import_town(here, town_csv([row(Number="1", Received="2018-06-19 12:00:00", Code="HND")]))
    imported.out.write_bytes(imported.out.read_bytes() + b"x")
    before = wiring.state_of(desk).size
    assert "bytes are not those" in run("seal", "calls.parquet", "--record", "desk").stderr
    assert wiring.state_of(desk).size == before
    assert not (here / "calls.parquet.seal.json").exists()


def test_evidence_is_filed_or_committed_to_and_opened_later(desk: Path, here: Path) -> None:
    (here / "memo.txt").write_bytes(b"the memo")
    (here / "other.txt").write_bytes(b"another memo")
    filed = told("evidence", "file", "desk", "other.txt", "--about", "call-1")
    assert filed["seal"]["size_bytes"] == 12
    committed = told("evidence", "commit", "desk", "memo.txt", "--opening", "memo.opening.json")
    entry = Receipt.parse(done("log", "prove", "desk", committed["entry"]["id"]).stdout.encode()).carried().entry
    assert entry is not None
    assert b"memo" not in entry
    assert (here / "memo.opening.json").stat().st_mode & 0o077 == 0
    second = run("evidence", "commit", "desk", "memo.txt", "--opening", "memo.opening.json")
    assert (second.exit_code, "is there already" in second.stderr) == (2, True)
    wrong = run("evidence", "open", "desk", "other.txt", "--opening", "memo.opening.json")
    assert (wrong.exit_code, "not the document" in wrong.stderr) == (1, True)
    opened = told("evidence", "open", "desk", "memo.txt", "--opening", "memo.opening.json", "--receipt", "o.tlog-proof")
    shown = json.loads(Receipt.parse(Path("o.tlog-proof").read_bytes()).carried().entry or b"")
    assert (shown["about"], shown["seal"]) == (committed["entry"]["id"], opened["seal"])
    assert run("evidence", "open", "desk", "memo.txt", "--opening", "memo.txt").exit_code == 2
    assert run("evidence", "file", "desk", "memo.txt", "--about", "nobody").exit_code == 2


def test_a_damaged_record_names_the_entry(desk: Path) -> None:
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(desk / "record.db") as connection:
        connection.execute(
            "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'denial-1', 'denial-2') AS BLOB) WHERE seq = 2"
        )
    connection.close()
    result = run("log", "fsck", "desk")
    assert result.exit_code == 1
    assert "entry 2 (denial-1)" in result.stdout


@pytest.fixture
def witness(desk: Path, here: Path) -> Iterator[str]:
    """A witness that listens, and a trust policy that asks for it."""
    logs = [party.key for party in wiring.read_trust(None, [key()]).logs]
    with listening_witness(here / "keeper", name="press.example", logs=logs) as (vkey, address):
        (here / "trust.txt").write_text(f"witness press {vkey} {address}\nquorum press\n")
        yield "trust.txt"


def test_a_checkpoint_is_published_with_its_witnesses_and_followed(desk: Path, witness: str) -> None:
    words = ("log", "export", "desk", "--out", "public", "--embargo", "none", "--policy", witness)
    assert told(*words)["witnesses"] == ["press"]
    done("log", "append", "desk", "-", given=lines(DENIAL | {"id": "more"}))
    assert told(*words)["witnesses"] == ["press"]
    seen = told(
        "monitor", "public", "--key", "public/log.vkey", "--policy", witness, "--state", "state.json",
        "--receipt", "receipts/call-1.tlog-proof",
    )  # fmt: skip
    assert seen["ok"]
    assert (seen["seen"]["witnesses"], seen["seen"]["receipts_checked"]) == (1, 1)


def test_a_witnessed_receipt_is_proved_under_a_quorum_and_a_bare_one_is_not(
    desk: Path, here: Path, witness: str
) -> None:
    done("log", "export", "desk", "--out", "public", "--policy", witness)
    done("log", "append", "desk", "-", given=lines(DENIAL | {"id": "more"}))
    proved = told("log", "prove", "desk", "call-1", "--private", "--from", "public", "--out", "w.tlog-proof")
    assert (proved["size"], proved["cosigned"]) == (3, ["press.example"])
    strict = ("--policy", witness, "--key", "public/log.vkey")
    judged = told("verify", "w.tlog-proof", *strict)["files"][0]
    assert (judged["verdict"], judged["shows"]["private"]["phone"]) == ("proved", "503")
    bare = run("verify", "receipts/call-1.tlog-proof", *strict)
    assert (bare.exit_code, "witnesses are too few" in bare.stdout) == (3, True)
    early = run("log", "prove", "desk", "more", "--from", "public")
    assert (early.exit_code, "not public yet: the published log has 3" in early.stderr) == (2, True)
    done("log", "export", "desk", "--out", "public", "--policy", witness)
    done("log", "prove", "desk", "more", "--from", "public", "--out", "more.tlog-proof")
    done("verify", "more.tlog-proof", *strict)


def test_a_witnessed_receipt_is_only_given_in_a_state_of_this_record(desk: Path, here: Path) -> None:
    (here / "nothing").mkdir()
    nothing = run("log", "prove", "desk", "call-1", "--from", "nothing")
    assert (nothing.exit_code, "no published log" in nothing.stderr) == (2, True)
    done("log", "export", "desk", "--out", "public")
    checkpoint = here / "public" / "checkpoint"
    signed = checkpoint.read_text()
    text, blank, _ = signed.partition("\n\n")
    stranger = SigningKey(name=ORIGIN, seed=bytes(32))
    checkpoint.write_bytes(Note(f"{text}\n", (stranger.sign(f"{text}\n"),)).encode())
    assert "not signed by this record's keys" in run("log", "prove", "desk", "call-1", "--from", "public").stderr
    first, _, rest = text.partition("\n3\n")
    checkpoint.write_text(f"{first}\n2\n{rest}{blank}{signed.partition(blank)[2]}")
    assert run("log", "prove", "desk", "call-1", "--from", "public").exit_code == 4


def test_without_its_witnesses_the_checkpoint_stays_what_it_was(desk: Path, here: Path, witness: str) -> None:
    words = ("log", "export", "desk", "--out", "public", "--policy", witness)
    done(*words)
    before = (here / "public" / "checkpoint").read_bytes()
    done("log", "append", "desk", "-", given=lines(DENIAL | {"id": "more"}))
    policy = (here / witness).read_text()
    (here / witness).write_text(policy.replace("http://127.0.0.1:", "http://127.0.0.1:1"))
    result = run(*words)
    assert result.exit_code == 4
    assert "Too few witnesses" in result.stderr
    assert (here / "public" / "checkpoint").read_bytes() == before


def test_a_monitor_alarms_when_the_public_log_is_another(desk: Path, here: Path) -> None:
    words = ("monitor", "public", "--key", "public/log.vkey", "--state", "state.json")
    done("log", "export", "desk", "--out", "public", "--embargo", "none")
    done(*words)
    remembered = Path("state.json").read_text()
    tile = here / "public" / "tile" / "0" / "000.p" / "3"
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])
    result = run(*words)
    assert result.exit_code == 1
    assert "ALARM (forked-log)" in result.stdout
    assert Path("state.json").read_text() == remembered


def test_a_first_look_claims_nothing_about_before(desk: Path) -> None:
    words = ("monitor", "public", "--key", key(), "--state", "state.json")
    done("log", "export", "desk", "--out", "public")
    first = " ".join(done(*words).stdout.split())
    assert "This is the first look" in first
    assert "continues the" not in first
    done("log", "append", "desk", "-", given=lines(DENIAL | {"id": "later"}))
    done("log", "export", "desk", "--out", "public")
    assert "It continues the 3 entries seen before." in done(*words).stdout
    assert told(*words)["seen"]["continues"] == 4


def test_a_witness_says_the_line_that_others_put_into_their_trust_policy(
    desk: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with wiring.open_witness(
        here / "keeper", name="press.example", logs=[party.key for party in read_trust(None, [key()]).logs]
    ) as witness:
        show_witness(witness, at="http://127.0.0.1:8089", as_json=False)
    line = capsys.readouterr().out.splitlines()[-1].replace("NAME", "press")
    assert (
        TrustPolicy.parse(f"{line.strip()}\nquorum press\n".encode()).witnesses["press"].url == "http://127.0.0.1:8089"
    )


def test_a_monitor_needs_a_key_that_does_not_come_from_the_log(desk: Path) -> None:
    assert run("monitor", "public", "--state", "state.json").exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--key", "nonsense"), "there is no file 'nonsense', and it is no key itself"),
        ((), "--key is needed"),
        (("--key", "key-only/log.vkey", "--listen", "nowhere"), "HOST:PORT"),
        (("--key", "key-only/log.vkey"), "Give it a name"),
    ],
)
def test_a_witness_that_cannot_work_says_why(desk: Path, words: tuple[str, ...], said: str) -> None:
    key()
    result = run("witness", "serve", "keeper", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_the_witnesss_door_is_small(desk: Path, witness: str, here: Path) -> None:
    import urllib.error  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    address = (here / witness).read_text().split()[3]

    def status(path: str, body: bytes) -> int:
        try:
            with urllib.request.urlopen(f"{address}{path}", data=body, timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code

    assert status("/add-checkpoint", b"nonsense") == 400
    assert status("/elsewhere", b"") == 404
    assert status("/add-checkpoint", b"x" * 70_000) == 413


@pytest.fixture
def postgres_desk(here: Path, request: pytest.FixtureRequest) -> Path:
    dsn = dict(part.split("=", 1) for part in request.getfixturevalue("postgres_dsn").split())
    address = f"postgresql://{dsn['user']}@/{dsn['dbname']}?host={dsn['host']}"
    done("log", "init", "desk", "--origin", ORIGIN, "--database", address)
    return here / "desk"


def test_a_record_on_postgresql_does_all_that_one_in_files_does(postgres_desk: Path, here: Path) -> None:
    (here / "entries.jsonl").write_bytes(lines(CALL, DENIAL))
    done("log", "append", "desk", "entries.jsonl", "--receipts", "receipts")
    assert [one["again"] for one in told("log", "append", "desk", "entries.jsonl")["entries"]] == [True, True]
    done("redact", "desk", "call-1", "--field", "phone", "--ground", "x", "--by", "a", "--approved-by", "b")
    done("log", "export", "desk", "--out", "public", "--embargo", "none")
    done("verify", "public", "receipts/call-1.tlog-proof", "--key", "public/log.vkey")
    done("log", "fsck", "desk")
    assert not list(postgres_desk.glob("record.db*"))


def test_every_answer_as_json_is_one_document(desk: Path) -> None:
    for words in (["log", "checkpoint", "desk"], ["log", "fsck", "desk"], ["log", "prove", "desk", "1"]):
        assert isinstance(told(*words), dict)


def test_nothing_is_left_behind_by_a_command_that_failed(desk: Path) -> None:
    before = sorted(desk.iterdir())
    run("log", "append", "desk", "-", given=b"nonsense")
    assert sorted(desk.iterdir()) == before
