"""Other people's tools verify our logs, and we verify theirs: the libraries of Go, and OpenSSL.

The programs are those of docs/how-to/verify-without-us.md, word by word. Where Go, its library or OpenSSL is missing,
the tests say so and are skipped; with REQUIRE=go they fail.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tests.support.small_log import LOG_KEY, MemoryFolder, SmallLog
from tests.support.vectors import Case

from answerable.errors import ProofError
from answerable.proof import (
    Checkpoint,
    HashAt,
    KeyKind,
    Note,
    Receipt,
    SigningKey,
    TrustPolicy,
    VerifierKey,
    carry,
    consistency_proof,
    hashes_from,
    inclusion_proof,
    open_note,
    verify_receipt,
)
from answerable.proof.verifier import Verdict, judge_log
from answerable.wiring.disk_folder import DiskFolder

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = (ROOT / "docs" / "how-to" / "verify-without-us.md").read_text(encoding="utf-8")
GOPATH = Path("/usr/share/gocode")
SIZES = (1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000)
VKEY = str(LOG_KEY.verifier)


def committed(name: str) -> list[Case]:
    cases: list[Case] = json.loads((ROOT / "vectors" / name).read_text(encoding="ascii"))["cases"]
    return cases


def required(what: str, there: bool, *, advice: str) -> None:
    if not there:
        if what in os.environ.get("REQUIRE", "").split(","):
            pytest.fail(f"REQUIRE names {what}, and it is not there: {advice}", pytrace=False)
        pytest.skip(f"no {what} on this machine: {advice}")


@pytest.fixture(scope="session")
def go_programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The stranger's program of the how-to, and the tests' own, built with Go."""
    library = GOPATH / "src" / "golang.org" / "x" / "mod" / "sumdb" / "tlog"
    there = shutil.which("go") is not None and library.is_dir()
    required("go", there, advice="apt-get install golang-go golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    (stranger,) = re.findall(r"^```go\n(.*?)^```", HOW_TO, flags=re.MULTILINE | re.DOTALL)
    (folder / "check.go").write_text(stranger, encoding="utf-8")
    shutil.copy(ROOT / "tests" / "support" / "foreign" / "interop.go", folder)
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(folder / "cache")}
    for name in ("check", "interop"):
        build = ["go", "build", "-o", name, f"{name}.go"]
        subprocess.run(build, cwd=folder, env=environment, check=True, capture_output=True)
    return {name: folder / name for name in ("check", "interop")}


def said(*command: object) -> tuple[int, str]:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


@cache
def log_of(size: int) -> SmallLog:
    return SmallLog([f"entry {number}".encode() for number in range(size)])


@cache
def files_of(size: int) -> dict[str, bytes]:
    return log_of(size).files("union")


def tiled(size: int) -> HashAt:
    """The hashes of a log, read back from its tiles as they are published."""
    return hashes_from(lambda tile: files_of(size)[tile.path()], size)


@pytest.mark.parametrize("size", SIZES)
def test_go_verifies_our_checkpoint_tiles_and_entries(go_programs: dict[str, Path], tmp_path: Path, size: int) -> None:
    MemoryFolder(files_of(size)).written_to(tmp_path)
    code, words = said(go_programs["check"], "log", tmp_path, VKEY)
    root = Checkpoint.parse(Note.parse(files_of(size)["checkpoint"]).text).text().split("\n")[2]
    assert (code, words) == (0, f"PROVED {size} {root}\n")


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/001.p/1"])
def test_go_refutes_what_was_changed(go_programs: dict[str, Path], tmp_path: Path, name: str) -> None:
    data = bytearray(files_of(257)[name])
    data[20 if len(data) > 20 else -1] ^= 1
    MemoryFolder({**files_of(257), name: bytes(data)}).written_to(tmp_path)
    code, words = said(go_programs["check"], "log", tmp_path, VKEY)
    assert code == 1
    assert "REFUTED" in words


@pytest.mark.parametrize("size", SIZES)
def test_go_makes_the_same_proofs_and_accepts_ours(go_programs: dict[str, Path], tmp_path: Path, size: int) -> None:
    hash_at = tiled(size)
    places = sorted({0, 1, 2, 127, 254, 255, 256, 257, size // 3, size // 2, size - 2, size - 1, 65_535, 65_536})
    lines = []
    for place in places:
        if 0 <= place < size:
            proof = inclusion_proof(place, size, hash_at)
            lines.append(" ".join(["inclusion", str(place), str(size), *(part.hex() for part in proof)]))
        if 0 < place <= size:
            proof = consistency_proof(place, size, hash_at)
            lines.append(" ".join(["consistency", str(place), str(size), *(part.hex() for part in proof)]))
    (tmp_path / "proofs").write_text("\n".join(lines) + "\n", encoding="ascii")
    assert said(go_programs["interop"], "proofs", size, tmp_path / "proofs") == (0, f"{len(lines)}\n")


@pytest.mark.parametrize("size", SIZES)
def test_go_verifies_our_receipts(go_programs: dict[str, Path], tmp_path: Path, size: int) -> None:
    index = size * 2 // 3
    entry = f"entry {index}".encode()
    receipt = Receipt(index, inclusion_proof(index, size, tiled(size)), files_of(size)["checkpoint"], carry(entry))
    verify_receipt(receipt, entry=entry, trust=TrustPolicy.of_log(LOG_KEY.verifier))
    path = tmp_path / "receipt.tlog-proof"
    path.write_text(receipt.text(), encoding="utf-8")
    wanted = (0, f"PROVED {index} of {size} entry {index}\n")
    assert said(go_programs["check"], "receipt", path, VKEY) == wanted
    bare, beside = replace(receipt, extra=None), tmp_path / "entry"
    path.write_text(bare.text(), encoding="utf-8")
    beside.write_bytes(entry)
    assert said(go_programs["check"], "receipt", path, VKEY, beside) == wanted
    beside.write_bytes(entry + b"x")
    assert said(go_programs["check"], "receipt", path, VKEY, beside)[0] == 1


@pytest.mark.parametrize("size", SIZES)
def test_we_verify_what_go_has_made(go_programs: dict[str, Path], tmp_path: Path, size: int) -> None:
    key = SigningKey(LOG_KEY.name, bytes(range(32)))
    code, words = said(go_programs["interop"], "make", tmp_path, size, key.secret_text())
    assert code == 0, words
    judgement = judge_log(DiskFolder(tmp_path, lambda *_: None), trust=TrustPolicy.of_log(key.verifier))
    assert judgement.verdict is Verdict.PROVED, judgement
    assert f"All {size:,} entries were hashed again." in judgement.proved
    ours = {name: data for name, data in files_of(size).items() if name != "checkpoint"}
    assert {name: (tmp_path / name).read_bytes() for name in ours} == ours


STRICTER_THAN_GO = {
    "a signature with loose bits": "opens",
    "a true and then a false one of the same key": "opens",
}
"""Notes on which Go's library differs, and what it says: the differences that decision 0017 names, and no others."""


def test_go_has_the_same_verdict_on_every_note_but_those_of_the_ledger(go_programs: dict[str, Path]) -> None:
    code, words = said(go_programs["interop"], "vectors", ROOT / "vectors" / "notes.json")
    assert code == 0, words
    differs = {}
    for case, verdict in zip(committed("notes.json"), words.splitlines(), strict=True):
        logs = [key for key in map(VerifierKey.parse, case["keys"]) if key.kind is KeyKind.LOG]
        try:
            open_note(base64.b64decode(case["note"]), logs)
            ours = "opens"
        except ProofError as fault:
            ours = fault.code
        if ours != verdict:
            differs[case["name"]] = verdict
    assert differs == STRICTER_THAN_GO


def test_go_has_the_same_verdict_on_every_proof_it_can_be_asked(go_programs: dict[str, Path], tmp_path: Path) -> None:
    """Go's hashes have 32 bytes by their type, no proof begins at the empty log; beyond 2**62 it counts for ever."""
    asked = []
    for case in committed("proofs.json"):
        hashes = [*case["proof"], *(case[key] for key in ("leaf", "root", "old_root", "new_root") if key in case)]
        size = int(case.get("size") or case["new_size"])
        sound = all(len(part) == 64 for part in hashes) and case.get("old_size") != "0"
        asked += [case] if sound and size <= 2**62 else []
    assert len(asked) > 150
    (tmp_path / "asked.json").write_text(json.dumps({"cases": asked}), encoding="utf-8")
    code, words = said(go_programs["interop"], "vectors", tmp_path / "asked.json")
    assert code == 0, words
    verdicts = {case["name"]: verdict for case, verdict in zip(asked, words.splitlines(), strict=True)}
    assert verdicts == {case["name"]: str(case["holds"]).lower() for case in asked}


@pytest.mark.parametrize("witnesses", [(), ("union", "press")])
def test_openssl_verifies_a_checkpoint_and_refuses_a_changed_one(tmp_path: Path, witnesses: tuple[str, ...]) -> None:
    required("openssl", shutil.which("openssl") is not None, advice="apt-get install openssl")
    (script,) = re.findall(r"^```sh\n(.*?)^```", HOW_TO, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "openssl.sh").write_text(script, encoding="utf-8")
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_bytes(log_of(257).checkpoint(*witnesses))
    code, words = said("sh", tmp_path / "openssl.sh", checkpoint, VKEY)
    assert (code, words.strip()) == (0, "Signature Verified Successfully")
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"\n257\n", b"\n258\n"))
    code, words = said("sh", tmp_path / "openssl.sh", checkpoint, VKEY)
    assert code != 0, words
