"""Documents in the record: filed with their seal, or committed to unseen and opened later.

Who committed to a document and opens it afterwards had it then, unchanged. What it says is not proved.
"""

from __future__ import annotations

import json

import msgspec

from answerable.errors import DisclosureError, InputError
from answerable.model.canonical import Json
from answerable.model.source import SourceManifest
from answerable.notation import NotationError, json_as
from answerable.proof.disclosure import Disclosure
from answerable.proof.sealing import Seal, commit_document, open_document
from answerable.record.entry import SALT_BYTES, Draft, EntryType
from answerable.record.ports import Chance, StoredEntry

OPENING = "answerable/opening@1"


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the party keeps: which entry holds the commitment, and the disclosure that opens it."""

    schema: str
    id: str
    digest: str
    disclosure: str


def filed(id: str, *, name: str, seal: Seal, about: str | None) -> Draft:  # noqa: A002
    """A document that anybody may know of: its name and its seal."""
    return Draft(id=id, type=EntryType.EVIDENCE, about=about, public={"file": name, "seal": seal.as_json()})


def data_set(id: str, *, name: str, seal: Seal, manifest: SourceManifest | None) -> Draft:  # noqa: A002
    """A whole file of calls, of any size, as one entry; with the `manifest` of its import, what was read in it."""
    read = {} if manifest is None else as_read(manifest)
    return Draft(id=id, type=EntryType.DATASET, public={"file": name, "seal": seal.as_json(), **read})


def as_read(manifest: SourceManifest) -> dict[str, Json]:
    """What an import made of its files, for the entry of each: rows counted, and what anybody needs to count again.

    `read_sha256` is the publisher's file, or the list of several as `sha256sum` prints it. Rows are those of all files
    together; of the last export where there are several.
    """
    rows = manifest.rows
    return {
        "rows_read": rows.read,
        "rows_imported": rows.imported,
        "rows_quarantined": rows.quarantined,
        "rows_duplicate": rows.duplicates,
        "read_sha256": manifest.file.sha256,
        "read_files": max(1, len(manifest.files)),
        "exports": 1 if manifest.snapshots is None else len(manifest.snapshots.every),
        "profile": manifest.source,
        "profile_sha256": manifest.profile_sha256,
        "normalised_sha256": manifest.parquet_sha256,
    }


def committed(id: str, *, seal: Seal, about: str | None, chance: Chance) -> tuple[Draft, Opening]:  # noqa: A002
    """A commitment to a document, which says nothing about it, and what opens it."""
    made: Disclosure = commit_document(seal, chance(SALT_BYTES))
    draft = Draft(id=id, type=EntryType.EVIDENCE, about=about, committed=(made.digest,))
    return draft, Opening(schema=OPENING, id=id, digest=made.digest, disclosure=made.text)


def opened(id: str, *, opening: Opening, entry: StoredEntry, name: str, seal: Seal) -> Draft:  # noqa: A002
    """The entry that opens a commitment. Raises DisclosureError where document, opening and entry do not agree."""
    if opening.digest not in json.loads(entry.body).get("committed", []):
        raise DisclosureError(f"Entry {entry.id} holds no such commitment.")
    if open_document(opening.disclosure, digest=opening.digest) != seal:
        raise DisclosureError(
            f"{name} is not the document that was committed to, or it was changed since.",
            hint="One other byte is enough. Look for the copy that was there at the time.",
        )
    return Draft(
        id=id,
        type=EntryType.EVIDENCE,
        about=entry.id,
        public={"file": name, "opens": opening.digest, "disclosure": opening.disclosure, "seal": seal.as_json()},
    )


def read_opening(content: bytes, *, name: str) -> Opening:
    """What `evidence commit` wrote. Raises InputError."""
    try:
        opening = json_as(content, Opening)
    except NotationError as fault:
        raise InputError(f"{name} is not an opening: {fault}", hint="`answerable evidence commit` wrote it.") from fault
    if opening.schema != OPENING:
        raise InputError(f"{name} has the schema {opening.schema!r}; {OPENING!r} was wanted")
    return opening
