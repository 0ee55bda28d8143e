"""A record published as files, its checkpoint cosigned by the witnesses that a trust policy asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from answerable.errors import (
    ForkedLogError,
    InputError,
    MalformedError,
    ProofError,
    RecordError,
    StorageError,
    UntrustedError,
)
from answerable.model.times import SECOND_US
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import Note, VerifierKey, parse_signatures
from answerable.proof.quorum import Party, TrustPolicy
from answerable.proof.tiles import TILE_HASHES
from answerable.proof.tree import HashAt, consistency_proof, root_at
from answerable.record.ports import Head
from answerable.record.publishing import bundles, hash_tiles
from answerable.record.witness import Ask
from answerable.stores.tile_folder import TileFolder
from answerable.stores.web import ask_witness
from answerable.wiring.recording import OpenRecord, now_us, read_record

CHECKPOINT = "checkpoint"
KEYS = "log.vkey"


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What is public now. `entries` are those that may be read; the rest are shown as hashes only."""

    origin: str
    size: int
    root: str
    out: Path
    files_written: int
    entries: int
    witnesses: tuple[str, ...]
    silent: dict[str, str]


def publish_record(
    folder: Path,
    *,
    out: Path,
    embargo_s: int,
    trust: TrustPolicy,
    told: Callable[[int], None] = lambda _: None,
) -> Published:
    """Write tiles, entries past their embargo, and last of all the checkpoint.

    Raises ForkedLogError where `out` shows another history, RecordError where too few witnesses cosign: the checkpoint
    then stays what it was.
    """
    target = TileFolder(out)
    with read_record(folder) as record:
        snapshot = record.snapshot()
        head, hash_at = snapshot.head, snapshot.edge.hash_at(record.store.tile)
        before = _published(target, record, hash_at, head)
        written = 0
        for path, content in hash_tiles(snapshot, record.store, since=0 if before is None else before.size):
            written += target.publish(path, content)
            told(written)
        entries = 0
        limit_us = now_us() - embargo_s * SECOND_US
        for path, content in bundles(head.size, record.store, first=0, recorded_before_us=limit_us):
            written += target.publish(path, content)
            entries = min(entries + TILE_HASHES, head.size)
            told(written)
        note, silent = _cosigned(head, trust, hash_at, before_size=0 if before is None else before.size)
        keys = [one.verifier for one in record.keyring.signing(now_us=now_us())]
        witnesses = _enough(note, trust, keys, silent)
        target.replace(KEYS, "".join(f"{key}\n" for key in keys).encode())
        target.replace(CHECKPOINT, note)
        return Published(
            origin=record.origin,
            size=head.size,
            root=head.root.hex(),
            out=out,
            files_written=written,
            entries=entries,
            witnesses=witnesses,
            silent=silent,
        )


def _published(target: TileFolder, record: OpenRecord, hash_at: HashAt, head: Head) -> Checkpoint | None:
    """The state that is public already, which must be where this record begins."""
    note = target.read(CHECKPOINT)
    if note is None:
        return None
    try:
        before = Checkpoint.parse(Note.parse(note).text)
    except MalformedError as fault:
        raise InputError(f"the published checkpoint cannot be read: {fault.message}") from fault
    if before.origin != record.origin:
        raise InputError(f"That folder shows another log, {before.origin}.", hint="Publish each log in its own folder.")
    if before.size > head.size or root_at(before.size, hash_at) != before.root:
        raise ForkedLogError("What is public there is not where this record begins. Nothing was written.")
    return before


def _cosigned(head: Head, trust: TrustPolicy, hash_at: HashAt, *, before_size: int) -> tuple[bytes, dict[str, str]]:
    """The checkpoint with every cosignature that could be had; and who gave none, with the reason."""
    note, silent = head.note, dict[str, str]()
    for name, party in trust.witnesses.items():
        if party.url is None:
            silent[name] = "the trust policy gives no address"
            continue
        try:
            note = _with_cosignature(note, _ask(party.url, head, hash_at, old_size=before_size), party)
        except (StorageError, ProofError, RecordError) as fault:
            silent[name] = fault.message
    return note, silent


def _ask(url: str, head: Head, hash_at: HashAt, *, old_size: int) -> bytes:
    """Ask once, and once more from where the witness says that it stands."""
    for _ in range(2):
        proof = consistency_proof(old_size, head.size, hash_at)
        status, answer = ask_witness(url, Ask(old_size=old_size, proof=proof, note=head.note).encode())
        if status == 200:
            return answer
        told = answer.decode("utf-8", "replace").strip()
        if status != 409 or not told.isascii() or not told.isdigit() or int(told) > head.size:
            raise RecordError(f"the witness answered {status}: {told[:200]}")
        old_size = int(told)
    raise RecordError("the witness stands elsewhere each time it is asked")


def _with_cosignature(note: bytes, answer: bytes, party: Party) -> bytes:
    parsed = Note.parse(note)
    for signature in parse_signatures(answer.decode("utf-8", "replace")):
        if (signature.name, signature.key_id) == (party.key.name, party.key.key_id):
            party.key.verify(parsed.text, signature)
            return Note(parsed.text, (*parsed.signatures, signature)).encode()
    raise MalformedError("the witness answered without its own signature")


def _enough(note: bytes, trust: TrustPolicy, keys: list[VerifierKey], silent: Mapping[str, str]) -> tuple[str, ...]:
    known = {party.key.public_key for party in trust.logs}
    witnessed = trust.with_log(*(key for key in keys if key.public_key not in known))
    try:
        return tuple(witnessed.check(note).witnesses)
    except UntrustedError as fault:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in silent.items())
        raise RecordError(
            f"Too few witnesses cosigned, so the checkpoint was not published. {reasons}",
            hint="The tiles are written; run this again when the witnesses answer.",
        ) from fault
