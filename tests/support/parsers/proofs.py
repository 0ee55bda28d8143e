"""Proofs, which come from whoever wants to be believed: notes, receipts, promises, seals, bundles, logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from tests.support.parsers.asking import Parser, as_text, texts
from tests.support.small_log import (
    LOG_KEY,
    ORIGIN,
    TRUST,
    TRUST_TEXT,
    MemoryFolder,
    SmallLog,
    bundle_files,
    canonical,
)

from answerable.proof import Note, Promise, SigningKey, TrustPolicy, commit, promised_digest, reveal, seal_of
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.disclosure import digest_of
from answerable.proof.note import VerifierKey, parse_signatures
from answerable.proof.promise import key_name
from answerable.proof.receipt import Receipt, Spoken
from answerable.proof.sealing import commit_document, open_document
from answerable.proof.spelling import json_value, utf8
from answerable.proof.tiles import decode_bundle, parse_path
from answerable.proof.verifier import judge_bundle, judge_promise, judge_receipt
from answerable.proof.verifier.judge import judge_checkpoint, judge_disclosures, judge_seal
from answerable.proof.verifier.log import judge_log
from answerable.proof.verifier.verdict import kind_of
from answerable.record.reading import read_versions
from answerable.record.witness import Ask
from answerable.wiring.findings_in_log import findings_in
from answerable.wiring.log_reading import receipt_reader

LOG: Final = SmallLog([canonical({"id": str(n), "recorded_at_us": n, "type": "call"}) for n in range(6)])
PRIVATE: Final = commit("12 Alder Street", "place", bytes(16))
LOG.append({"_sd": [PRIVATE.digest], "id": "6", "recorded_at_us": 6, "type": "call"})
LOG.append({"finding": "f", "id": "7", "recorded_at_us": 7, "step": "signed", "type": "finding"})
LOG.append({"by": "g", "finding": "f", "id": "8", "recorded_at_us": 8, "step": "superseded", "type": "finding"})
RECEIPT: Final = LOG.receipt(6, "union", "press", shows=[PRIVATE.text]).text().encode()
CHECKPOINT: Final = LOG.checkpoint("union", "press")
TEXT, _, SIGNATURES = CHECKPOINT.partition(b"\n\n")
DOCUMENT: Final = commit_document(seal_of([b"words"]), bytes(16))
PROMISES: Final = SigningKey(key_name(ORIGIN), bytes(32))
PROMISE: Final = Promise(origin=ORIGIN, id="c-1", promised_at_us=1, digest=promised_digest(LOG.entries[0]))
SHOWN: Final = {
    "schema": "answerable/disclosures@1", "entry": LOG.entries[6].decode(), "disclosures": [PRIVATE.text],
}  # fmt: skip
SEALED: Final = {"schema": "answerable/seal@1", "file": "a.txt", "seal": seal_of([b"words"]).as_json()}
ASK: Final = Ask(old_size=0, proof=(bytes(32),), note=CHECKPOINT).encode()
BUNDLE: Final = bundle_files("union", "press")
FILES: Final = LOG.files("union", "press")
ENTRIES: Final = next(name for name in FILES if name.startswith("tile/entries"))


class Public(MemoryFolder):
    """A published log of which a file may be missing."""

    def read(self, name: str) -> bytes:
        return self.files.get(name)  # type: ignore[return-value]  # as `Published` has it


def judged(data: bytes, *judges: Callable[[bytes], object]) -> object:
    """Each of these, of the same bytes."""
    return [judge(data) for judge in judges]


def with_entries(data: bytes) -> dict[str, bytes]:
    """The published log with another bundle of entries."""
    return FILES | {ENTRIES: data}


NOTES, SPELLING = ("proof/note.py",), ("proof/spelling.py",)
PARSERS = (
    Parser("note", NOTES, lambda: [CHECKPOINT], Note.parse),
    Parser("signatures", NOTES, lambda: [SIGNATURES], as_text(parse_signatures)),
    Parser("key to verify", NOTES, texts(str(LOG_KEY.verifier)), as_text(VerifierKey.parse)),
    Parser("key to sign", NOTES, texts(LOG_KEY.secret_text()), as_text(SigningKey.parse)),
    Parser("checkpoint", ("proof/checkpoint.py",), lambda: [TEXT + b"\n"], as_text(Checkpoint.parse)),
    Parser(
        "checkpoint, judged", ("proof/checkpoint.py",), lambda: [CHECKPOINT],
        lambda data: judge_checkpoint(data, trust=TRUST),
    ),
    Parser("trust policy", ("proof/quorum.py",), texts(TRUST_TEXT), TrustPolicy.parse),
    Parser("receipt", ("proof/receipt.py",), lambda: [RECEIPT], lambda data: Receipt.parse(data).carried()),
    Parser(
        "receipt, judged", ("proof/receipt.py",), lambda: [RECEIPT],
        lambda data: judged(data, kind_of, lambda data: judge_receipt(data, trust=TRUST)),
    ),
    Parser("receipt in a list", ("wiring/log_reading.py",), lambda: [RECEIPT], as_text(receipt_reader(TRUST))),
    Parser("spoken number", ("proof/receipt.py",), texts("2018h1-1234567-K7QX"), as_text(Spoken.parse)),
    Parser("promise", ("proof/promise.py",), lambda: [PROMISE.text().encode()], as_text(Promise.parse)),
    Parser(
        "promise, judged", ("proof/promise.py",), lambda: [PROMISE.sign(PROMISES)],
        lambda data: judge_promise(data, trust=TRUST, recorded=[LOG.entries[0]]),
    ),
    Parser(
        "entry", SPELLING, lambda: [LOG.entries[6]],
        lambda data: reveal(json_value(utf8(data, what="the entry"), what="the entry"), [PRIVATE.text]),
    ),
    Parser("disclosures", SPELLING, lambda: [json.dumps(SHOWN).encode()], judge_disclosures),
    Parser(
        "disclosure of a document", SPELLING, texts(DOCUMENT.text),
        as_text(lambda text: open_document(text, digest=digest_of(text))),
    ),
    Parser("seal", SPELLING, lambda: [json.dumps(SEALED).encode()], lambda data: judge_seal(data, [b"words"])),
    Parser("bundle of entries", SPELLING, lambda: [FILES[ENTRIES]], decode_bundle),
    Parser("path of a tile", SPELLING, texts("tile/entries/x001/234.p/7", "tile/0/000"), as_text(parse_path)),
    Parser(
        "bundle", ("proof/verifier/bundle.py",), lambda: [BUNDLE["bundle.json"]],
        lambda data: judge_bundle(MemoryFolder(BUNDLE | {"bundle.json": data}), trust=TRUST),
    ),
    Parser(
        "published log", ("proof/checkpoint.py",), lambda: [FILES["checkpoint"]],
        lambda data: judge_log(MemoryFolder(FILES | {"checkpoint": data}), trust=TRUST),
    ),
    Parser(
        "published entries", ("wiring/findings_in_log.py",), lambda: [FILES[ENTRIES]],
        lambda data: findings_in(MemoryFolder(with_entries(data))),
    ),
    Parser(
        "published versions", ("record/reading.py",), lambda: [FILES[ENTRIES]],
        lambda data: read_versions(Public(with_entries(data)), trust=TRUST),
    ),
    Parser("request to a witness", ("record/witness.py",), lambda: [ASK], Ask.parse),
)  # fmt: skip
