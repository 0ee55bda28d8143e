"""Registrations taken into a log: openly, by their seal and digest, or as a commitment that shows nothing of them."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from answerable.errors import InputError
from answerable.proof.sealing import seal_of
from answerable.record import evidence
from answerable.record.entry import Draft, EntryType
from answerable.record.ids import new_id
from answerable.stores.durable_files import create_file
from answerable.wiring.bundling import sealed_draft
from answerable.wiring.claims import Seal
from answerable.wiring.log_verbs import RECEIPT_SUFFIX, Recorded, recorded
from answerable.wiring.recording import OpenRecord, chance, now_us


class RegistrationEntered(msgspec.Struct, kw_only=True):
    """What a log took in: the entry with its receipt; of a commitment, the document committed to and what opens it."""

    entry: Recorded | None = None
    document: Path | None = None
    opening: Path | None = None


def seal_into(record: OpenRecord, out: Path, *, closed: bool) -> tuple[Seal, RegistrationEntered]:
    """A seal for `register_claim`, and where it tells what it did. The receipt is `OUT.tlog-proof`.

    Openly the entry is an allegation that names the claim and the registration's digest. `closed`: it is a commitment,
    which shows nothing, not even that it is about a claim; `OUT.committed.json` is the document committed to, and
    `OUT.opening.json` what opens it (`evidence open`).
    """
    done = RegistrationEntered()

    def seal(content: bytes) -> int:
        draft = _committed(content, out, done) if closed else _open(content, out.name)
        placed = record.writing.append(draft)
        done.entry = recorded(record, draft.id, placed, receipt=out.with_name(f"{out.name}{RECEIPT_SUFFIX}"))
        return int(json.loads(placed.body)["recorded_at_us"])

    return seal, done


def _open(content: bytes, name: str) -> Draft:
    registered = json.loads(content)
    more = {"claim": registered["content"]["claim"], "registration": registered["digest"]}
    return sealed_draft(EntryType.ALLEGATION, name, seal_of([content]), more)


def _committed(content: bytes, out: Path, done: RegistrationEntered) -> Draft:
    draft, opening = evidence.committed(new_id(now_us, chance), seal=seal_of([content]), about=None, chance=chance)
    done.document, done.opening = out.with_name(f"{out.name}.committed.json"), out.with_name(f"{out.name}.opening.json")
    if done.opening.exists():
        raise InputError(f"{done.opening} is there already, and may be the only key to another commitment.")
    create_file(done.document, content, mode=0o600)
    create_file(done.opening, msgspec.json.format(msgspec.json.encode(opening)) + b"\n", mode=0o600)
    return draft
