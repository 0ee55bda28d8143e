"""What a file proves, and what it does not, in the words people read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.support.small_log import (
    LOG_KEY,
    POLICY,
    SOURCE,
    TRUST,
    MemoryFolder,
    SmallLog,
    bundle_files,
    canonical,
    signed,
)

from answerable.errors import MalformedError
from answerable.proof import (
    Checkpoint,
    Note,
    SigningKey,
    TrustPolicy,
    commit,
    commit_document,
    encode_bundle,
    root_of,
    seal_of,
)
from answerable.proof.spelling import Json
from answerable.proof.verifier import (
    Bundle,
    BundleFile,
    Folder,
    Judgement,
    Kind,
    Role,
    Verdict,
    forks,
    judge_bundle,
    judge_checkpoint,
    judge_disclosures,
    judge_log,
    judge_receipt,
    judge_seal,
    kind_of,
)
from answerable.proof.verifier.judge import is_plain_path
from answerable.proof.verifier.verdict import time_text

ALONE = TrustPolicy.of_log(LOG_KEY.verifier)
LOG = SmallLog([canonical({"id": str(number), "type": "call"}) for number in range(9)])
TWO = ("union", "press")


def test_a_receipt_says_where_the_entry_stands_who_vouches_and_what_stays_open() -> None:
    judgement = judge_receipt(LOG.receipt(4, *TWO).text().encode(), trust=TRUST)
    assert judgement.verdict is Verdict.PROVED
    assert judgement.proved[0].startswith(
        "The entry is number 4 of the 9 entries of the log log.example/alder/2018h1 (said"
    )
    assert "cosigned by union at 2018-06-19 09:20:00Z" in judgement.proved[1]
    assert judgement.shows == {"id": "4", "type": "call"}
    assert "That what was entered is true, or that everything was entered." in judgement.not_proved
    assert not any("witness" in sentence for sentence in judgement.not_proved)


def test_without_witnesses_it_is_said_that_others_may_be_shown_another_log() -> None:
    judgement = judge_receipt(LOG.receipt(4).text().encode(), trust=ALONE)
    assert judgement.verdict is Verdict.PROVED
    assert any("everybody the same" in sentence for sentence in judgement.not_proved)


def test_values_that_are_not_shown_are_withheld_or_erased_and_never_false() -> None:
    place = commit("12 Alder Street", "place", bytes(16))
    phone = commit("555-0100", "phone", bytes(range(16)))
    log = SmallLog([canonical({"_sd": [place.digest, phone.digest], "id": "1"})])
    judgement = judge_receipt(log.receipt(0, shows=[place.text]).text().encode(), trust=ALONE)
    assert judgement.shows == {"id": "1", "place": "12 Alder Street"}
    assert any("withheld or erased" in sentence for sentence in judgement.not_proved)


def test_nothing_is_proved_where_a_reason_stands_against_it() -> None:
    assert Judgement(Kind.SEAL, proved=("a",), cannot_tell=("b",), refuted=("c",)).verdict is Verdict.REFUTED
    assert Judgement(Kind.SEAL, proved=("a",), cannot_tell=("b",)).verdict is Verdict.CANNOT_TELL
    assert Judgement(Kind.SEAL).verdict is Verdict.CANNOT_TELL


def test_a_checkpoint_proves_a_state_and_no_entry() -> None:
    judgement = judge_checkpoint(LOG.checkpoint(*TWO), trust=TRUST)
    assert judgement.verdict is Verdict.PROVED
    assert "What any entry of the log says." in judgement.not_proved
    assert judge_checkpoint(LOG.checkpoint(*TWO).replace(b"\n9\n", b"\n8\n"), trust=TRUST).verdict is Verdict.REFUTED
    assert judge_checkpoint(LOG.checkpoint("union"), trust=TRUST).verdict is Verdict.CANNOT_TELL


def test_two_states_of_one_size_are_two_histories() -> None:
    other = SmallLog([*LOG.entries[:-1], b"{}"])
    judged = [judge_checkpoint(log.checkpoint(*TWO), trust=TRUST) for log in (LOG, other, LOG)]
    assert forks(judged) == ("The log log.example/alder/2018h1 has signed two different states of 9 entries.",)
    assert forks(judged[::2]) == ()


def test_disclosures_alone_prove_values_and_no_log() -> None:
    place = commit("12 Alder Street", "place", bytes(16))
    given = {
        "schema": "answerable/disclosures@1",
        "entry": json.dumps({"_sd": [place.digest]}),
        "disclosures": [place.text],
    }
    judgement = judge_disclosures(json.dumps(given).encode())
    assert (judgement.verdict, judgement.shows) == (Verdict.PROVED, {"place": "12 Alder Street"})
    assert any("receipt" in sentence for sentence in judgement.not_proved)
    changes: list[dict[str, object]] = [
        {"disclosures": []},
        {"disclosures": [1]},
        {"entry": 1},
        {"more": 1},
        {"entry": "{}"},
        {"schema": "answerable/seal@1"},
    ]
    for change in changes:
        assert judge_disclosures(json.dumps(given | change).encode()).verdict is Verdict.REFUTED


READ: dict[str, Json] = {"type": "dataset", "rows_read": 3, "rows_imported": 3, "normalised_sha256": "0" * 64}


@pytest.mark.parametrize(
    ("entry", "counted"),
    [(READ, True), ({"type": "dataset", "file": "calls.csv"}, False), (READ | {"type": "evidence"}, False)],
)
def test_of_what_was_read_in_a_data_set_it_is_shown_and_said_that_it_is_not_proved(
    entry: dict[str, Json], counted: bool
) -> None:
    log = SmallLog([canonical(entry)])
    judgement = judge_receipt(log.receipt(0, *TWO).text().encode(), trust=TRUST)
    assert (judgement.verdict, judgement.shows) == (Verdict.PROVED, entry)
    assert any("so many rows" in sentence for sentence in judgement.not_proved) is counted


def seal_file(**change: object) -> bytes:
    seal = {"schema": "answerable/seal@1", "file": "calls.csv", "seal": seal_of([SOURCE]).as_json()}
    return json.dumps(seal | change).encode()


def test_a_seal_is_held_against_its_file() -> None:
    assert judge_seal(seal_file(), [SOURCE]).verdict is Verdict.PROVED
    assert judge_seal(seal_file(), [SOURCE[:5], SOURCE[5:]]).verdict is Verdict.PROVED
    assert judge_seal(seal_file(), [SOURCE, b"x"]).verdict is Verdict.REFUTED
    assert judge_seal(seal_file(), None).verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize("name", ["../calls.csv", "/etc/passwd", "a/b", "", ".", "a\\b", "C:x", "a\nb", 1])
def test_a_seal_names_no_path(name: object) -> None:
    assert judge_seal(seal_file(file=name), [SOURCE]).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("name", "plain"),
    [("a", True), ("a/b.c", True), ("ü – x", True), ("a/../b", False), ("a//b", False), ("/a", False), ("a/", False)],
)
def test_names_lead_downwards_only(name: str, plain: bool) -> None:
    assert is_plain_path(name) is plain


LARGE = SmallLog([b"entry %d" % number for number in range(600)])


def judged(files: dict[str, bytes], trust: TrustPolicy = TRUST) -> Judgement:
    return judge_log(MemoryFolder(files), trust=trust)


def test_a_log_is_hashed_again_from_its_entries_to_its_root() -> None:
    judgement = judged(LARGE.files(*TWO))
    assert judgement.verdict is Verdict.PROVED
    assert "All 600 entries were hashed again." in judgement.proved


def test_a_log_whose_entries_are_not_published_proves_its_hashes() -> None:
    files = {name: data for name, data in LARGE.files(*TWO).items() if name != "tile/entries/001"}
    judgement = judged(files)
    assert judgement.verdict is Verdict.PROVED
    assert "What 256 of the 600 entries say: only their hashes are here." in judgement.not_proved


def test_the_beginning_of_a_full_tile_serves_for_a_partial_one() -> None:
    longer = SmallLog([b"entry %d" % number for number in range(768)]).files()
    files = LARGE.files(*TWO)
    for name in ("tile/0/002", "tile/entries/002"):
        del files[f"{name}.p/88"]
        files[name] = longer[name]
    assert judged(files).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_a_missing_tile_cannot_be_told(name: str) -> None:
    files = LARGE.files(*TWO)
    del files[name]
    judgement = judged(files)
    assert judgement.verdict is Verdict.CANNOT_TELL
    assert name in judgement.cannot_tell[0]


@pytest.mark.parametrize("name", list(LARGE.files()))
@pytest.mark.parametrize("at", [0, -1])
def test_a_flipped_bit_anywhere_in_a_log_is_found(name: str, at: int) -> None:
    files = LARGE.files(*TWO)
    data = bytearray(files[name])
    data[at] ^= 4
    files[name] = bytes(data)
    assert judged(files).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", list(LARGE.files()))
def test_a_file_of_another_length_in_a_log_is_found(name: str) -> None:
    files = LARGE.files(*TWO)
    for data in (files[name][:-1], files[name] + b"\x00"):
        assert judged({**files, name: data}).verdict is Verdict.REFUTED


def test_a_changed_entry_is_named() -> None:
    files = LARGE.files(*TWO)
    entries = [b"entry %d" % number for number in range(256, 512)]
    entries[44] = b"forged"
    files["tile/entries/001"] = encode_bundle(entries)
    assert judged(files).refuted == ("Entry 300 is not the one that was hashed into the log.",)


def test_tiles_that_fit_together_but_not_the_signed_root_are_refuted() -> None:
    files = {name: data for name, data in LARGE.files().items() if "entries" not in name}
    assert judged(files, ALONE).verdict is Verdict.PROVED
    files["checkpoint"] = signed(Checkpoint(LOG_KEY.name, 600, bytes(32)))
    assert judged(files, ALONE).refuted == ("The tiles do not lead to the root of the checkpoint.",)


def test_a_log_of_nothing_and_a_log_of_nobody() -> None:
    assert judged(SmallLog().files(*TWO)).verdict is Verdict.PROVED
    assert judged(LOG.files(), TrustPolicy()).verdict is Verdict.CANNOT_TELL


def bundle(files: dict[str, bytes] | None = None, trust: TrustPolicy = TRUST) -> Judgement:
    return judge_bundle(MemoryFolder(files or bundle_files(*TWO)), trust=trust)


def test_a_bundle_is_proved_and_says_what_was_left_out_and_not_computed() -> None:
    judgement = bundle()
    assert judgement.verdict is Verdict.PROVED
    assert "What inputs/calls.csv says: it was left out (the city has it)." in judgement.not_proved
    assert any("not computed again" in sentence for sentence in judgement.not_proved)


def test_what_else_lies_in_the_folder_is_not_proved() -> None:
    more = {f"more{number}": b"" for number in range(4)}
    judgement = bundle({**bundle_files(*TWO), **more})
    assert judgement.verdict is Verdict.PROVED
    assert "Anything about what else is in the folder: more0, more1, more2 …." in judgement.not_proved


def test_a_file_that_was_left_out_is_checked_where_it_is_there() -> None:
    files = bundle_files(*TWO)
    assert "inputs/calls.csv is the file that was sealed." in bundle({**files, "inputs/calls.csv": SOURCE}).proved
    assert bundle({**files, "inputs/calls.csv": SOURCE + b"x"}).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", sorted(set(bundle_files(*TWO)) - {"log.vkey"}))
def test_a_flipped_bit_in_any_file_of_a_bundle_never_stays_proved(name: str) -> None:
    good = bundle_files(*TWO)
    for at in range(0, len(good[name]), max(1, len(good[name]) // 40)):
        data = bytearray(good[name])
        data[at] ^= 1
        assert bundle({**good, name: bytes(data)}).verdict is not Verdict.PROVED, at


def test_the_key_in_a_bundle_is_not_believed() -> None:
    files = bundle_files(*TWO)
    judgement = bundle(files, TrustPolicy())
    assert judgement.verdict is Verdict.CANNOT_TELL
    assert bundle({**files, "log.vkey": b"anything"}).verdict is Verdict.PROVED


def test_the_finding_is_computed_again_by_whoever_can() -> None:
    asked: list[tuple[Bundle, Folder]] = []

    def recompute(given: Bundle, folder: Folder) -> tuple[bool, str]:
        asked.append((given, folder))
        return given.recompute.startswith("answerable"), "The finding was computed again."

    folder = MemoryFolder(bundle_files(*TWO))
    judgement = judge_bundle(folder, trust=TRUST, recompute=recompute)
    assert "The finding was computed again." in judgement.proved
    assert not any("computed" in sentence for sentence in judgement.not_proved)
    refuted = judge_bundle(folder, trust=TRUST, recompute=lambda *_: (False, "Another finding came out."))
    assert (refuted.verdict, refuted.refuted) == (Verdict.REFUTED, ("Another finding came out.",))
    assert len(asked) == 1


def test_nothing_is_computed_from_files_that_were_changed() -> None:
    files = {**bundle_files(*TWO), "inputs/policy.toml": b"changed"}

    def never(given: Bundle, folder: Folder) -> tuple[bool, str]:
        raise AssertionError

    assert judge_bundle(MemoryFolder(files), trust=TRUST, recompute=never).verdict is Verdict.REFUTED


def test_a_commitment_opened_in_the_receipt_counts_as_the_seal() -> None:
    kept = commit_document(seal_of([POLICY]), bytes(16))
    log = SmallLog([canonical({"_sd": [kept.digest], "id": "e", "type": "evidence"})])
    file = BundleFile("inputs/letter.txt", Role.EVIDENCE, seal_of([POLICY]), "receipts/letter.tlog-proof")
    data = canonical(Bundle("log.example/alder/2018h1", "", (file,)).as_json())
    at = log.append({"id": "b", "seal": seal_of([data]).as_json(), "type": "finding"})
    files = {
        "bundle.json": data,
        "bundle.tlog-proof": log.receipt(at, *TWO).text().encode(),
        "inputs/letter.txt": POLICY,
        "receipts/letter.tlog-proof": log.receipt(0, *TWO, shows=[kept.text]).text().encode(),
    }
    assert bundle(files).verdict is Verdict.PROVED
    closed = {**files, "receipts/letter.tlog-proof": log.receipt(0, *TWO).text().encode()}
    assert bundle(closed).verdict is Verdict.REFUTED


def test_receipts_are_of_the_log_that_the_bundle_names() -> None:
    elsewhere = SigningKey("log.example/elsewhere", bytes(32))
    log = SmallLog([canonical({"id": "p", "seal": seal_of([POLICY]).as_json(), "type": "policy"})])
    receipt = log.receipt(0)
    text = Checkpoint(elsewhere.name, 1, root_of(log.leaves)).text()
    foreign = replace(receipt, checkpoint=Note(text, (elsewhere.sign(text),)).encode())
    files = {**bundle_files(*TWO), "receipts/policy.tlog-proof": foreign.text().encode()}
    trust = TrustPolicy.of_log(LOG_KEY.verifier, elsewhere.verifier)
    refuted = ("inputs/policy.toml: its receipt is of another log than the bundle names.",)
    assert bundle(files, trust).refuted == refuted


def test_an_entry_that_is_not_json_seals_nothing() -> None:
    log = SmallLog([b"not JSON"])
    files = {**bundle_files(*TWO), "bundle.tlog-proof": log.receipt(0, *TWO).text().encode()}
    assert bundle(files).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "answerable/bundle@2"},
        {"log": 1},
        {"recompute": None},
        {"files": {}},
        {"files": [1]},
        {"files": [{}]},
        {"more": 1},
    ],
)
def test_another_bundle_json_is_refused(change: dict[str, object]) -> None:
    given = json.loads(bundle_files()["bundle.json"]) | change
    with pytest.raises(MalformedError):
        Bundle.parse(json.dumps(given).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../x"},
        {"role": "other"},
        {"seal": {}},
        {"receipt": "/x"},
        {"receipt": 1},
        {"left_out": 1},
        {"more": 1},
    ],
)
def test_another_file_in_bundle_json_is_refused(change: dict[str, object]) -> None:
    given = json.loads(bundle_files()["bundle.json"])
    given["files"][0] |= change
    with pytest.raises(MalformedError):
        Bundle.parse(json.dumps(given).encode())


def test_bundle_json_reads_back_and_names_no_file_twice() -> None:
    data = bundle_files()["bundle.json"]
    read = Bundle.parse(data)
    assert canonical(read.as_json()) == data
    twice = replace(read, files=(read.files[0], read.files[0]))
    with pytest.raises(MalformedError, match="twice"):
        Bundle.parse(canonical(twice.as_json()))


def test_kinds_are_known_by_how_files_begin() -> None:
    assert kind_of(LOG.receipt(0).text().encode()) is Kind.RECEIPT
    assert kind_of(b"c2sp.org/tlog-proof@v9\n") is Kind.RECEIPT
    assert kind_of(LOG.checkpoint()) is Kind.CHECKPOINT
    assert kind_of(seal_file()) is Kind.SEAL
    assert kind_of(b' {"schema":"answerable/disclosures@1"}') is Kind.DISCLOSURES
    assert kind_of(bundle_files()["bundle.json"]) is Kind.BUNDLE
    assert kind_of(b"{}") is None
    assert kind_of(b"") is None
    assert kind_of(SOURCE) is None


def test_times_beyond_every_calendar_are_still_said() -> None:
    assert time_text(0) == "1970-01-01 00:00:00Z"
    assert time_text(2**63 - 1) == f"{2**63 - 1} seconds after 1970"
    late = signed(Checkpoint(LOG_KEY.name, 0, bytes(32)))
    assert judge_checkpoint(late, trust=ALONE).verdict is Verdict.PROVED
