"""Files sealed, filed as evidence, committed to unseen, and opened later."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from answerable.errors import InputError
from answerable.model.canonical import Json
from answerable.notation import NotationError, toml_values
from answerable.proof.sealing import Seal, seal_of
from answerable.record import evidence
from answerable.record.entry import Draft, EntryType
from answerable.record.ids import new_id
from answerable.record.proving import find_entry
from answerable.stores.durable_files import create_file, replace_file
from answerable.wiring.bundling import sealed_draft
from answerable.wiring.disk_folder import pieces_of
from answerable.wiring.files import read_small
from answerable.wiring.importing import Progress, imported_manifest
from answerable.wiring.log_verbs import Recorded, recorded
from answerable.wiring.policies import load_policies
from answerable.wiring.recording import OpenRecord, chance, now_us, open_record

SEAL = "answerable/seal@1"


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """A file's seal, where it was written, and its entry where it was entered."""

    file: str
    seal: dict[str, object]
    written: Path
    entry: Recorded | None
    read: dict[str, Json] | None = None
    """Of calls that `answerable import` wrote: the rows it counted, its profile, and its files' hashes."""


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """A commitment: its entry, its digest, and the file that opens it."""

    entry: Recorded
    digest: str
    opening: Path


def seal_file(
    file: Path, *, folder: Path | None, receipt: Path | None = None, progress: Progress | None = None
) -> Sealed:
    """Write `FILE.seal.json` beside the file; with `folder`, enter the seal into that record too: of a response policy
    as a version of one, of anything else as a data set.

    Raises SourceError for calls that are not those of the manifest beside them, PolicyError for a policy with errors.
    """
    manifest, is_policy = imported_manifest(file), folder is not None and _is_policy(file)
    seal = seal_of(pieces_of(file, progress))
    written = file.with_name(f"{file.name}.seal.json")
    content = {"schema": SEAL, "file": file.name, "seal": seal.as_json()}
    entry = None
    if folder is not None:
        with open_record(folder) as record:
            if is_policy:
                draft = sealed_draft(EntryType.POLICY, file.name, seal)
            else:
                draft = evidence.data_set(_new_id(), name=file.name, seal=seal, manifest=manifest)
            entry = _enter(record, draft, receipt=receipt)
    replace_file(written, json.dumps(content).encode() + b"\n")
    read = None if manifest is None else evidence.as_read(manifest)
    return Sealed(file=file.name, seal=dict(seal.as_json()), written=written, entry=entry, read=read)


def _is_policy(file: Path) -> bool:
    """Whether a file is a response policy, which must have no error: one that governs nothing is not put in force."""
    if file.suffix != ".toml":
        return False
    try:
        told = toml_values(read_small(file, what="a policy"))
    except NotationError:
        return False
    if "answerable-policy" not in told:
        return False
    load_policies([file])
    return True


def file_evidence(folder: Path, file: Path, *, about: str | None, receipt: Path | None) -> Sealed:
    """Enter a document's name and seal."""
    seal = _seal(file)
    with open_record(folder) as record:
        _must_exist(record, about)
        entry = _enter(record, evidence.filed(_new_id(), name=file.name, seal=seal, about=about), receipt=receipt)
    return Sealed(file=file.name, seal=dict(seal.as_json()), written=file, entry=entry)


def commit_evidence(folder: Path, file: Path, *, about: str | None, opening: Path, receipt: Path | None) -> Committed:
    """Enter a commitment that says nothing about the document; `opening` is written first, and must be kept.

    Raises ForkedLogError where `opening` is there already: it is never written over.
    """
    draft, made = evidence.committed(_new_id(), seal=_seal(file), about=about, chance=chance)
    with open_record(folder) as record:
        _must_exist(record, about)
        if opening.exists():
            raise InputError(f"{opening} is there already, and may be the only key to another commitment.")
        create_file(opening, msgspec.json.format(msgspec.json.encode(made)) + b"\n", mode=0o600)
        entry = _enter(record, draft, receipt=receipt)
    return Committed(entry=entry, digest=made.digest, opening=opening)


def open_evidence(folder: Path, file: Path, *, opening: Path, receipt: Path | None) -> Sealed:
    """Enter what opens a commitment, once it is sure that it opens to `file`. Raises DisclosureError otherwise."""
    made = evidence.read_opening(read_small(opening, what="an opening"), name=str(opening))
    seal = _seal(file)
    with open_record(folder) as record:
        committed = find_entry(made.id, store=record.store)
        draft = evidence.opened(_new_id(), opening=made, entry=committed, name=file.name, seal=seal)
        entry = _enter(record, draft, receipt=receipt)
    return Sealed(file=file.name, seal=dict(seal.as_json()), written=file, entry=entry)


def _seal(file: Path) -> Seal:
    return seal_of(pieces_of(file))


def _new_id() -> str:
    return new_id(now_us, chance)


def _must_exist(record: OpenRecord, about: str | None) -> None:
    if about is not None:
        find_entry(about, store=record.store)


def _enter(record: OpenRecord, draft: Draft, *, receipt: Path | None) -> Recorded:
    return recorded(record, draft.id, record.writing.append(draft), receipt=receipt)
