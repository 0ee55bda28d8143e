"""A transparency log's verification core: values in, values out; the standard library and `cryptography`.

Anybody may lift it out: a folder `answerable` with an empty `__init__.py`, the file `errors.py` and this folder.
Formats are those of C2SP (tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature, tlog-proof, tlog-policy), hashing
is RFC 6962, disclosures are RFC 9901. To read it, begin with `tree`, then `note`, `checkpoint`, `quorum`, `receipt`;
`tiles`, `disclosure` and `sealing` stand by themselves.

Deliberately absent: disk, network, the clock, and any judgement on what an entry says.
"""

from __future__ import annotations

from answerable.proof.checkpoint import Checkpoint, OpenCheckpoint, open_checkpoint
from answerable.proof.disclosure import Disclosure, Revealed, commit, digest_of, reveal
from answerable.proof.note import (
    KeyKind,
    Note,
    OpenNote,
    Signature,
    SigningKey,
    Verified,
    VerifierKey,
    open_note,
    parse_signatures,
    signature_lines,
)
from answerable.proof.promise import Promise, open_promise, promised_digest
from answerable.proof.quorum import Group, Party, TrustPolicy, Witnessed
from answerable.proof.receipt import Carried, Receipt, Spoken, carry, verify_receipt
from answerable.proof.sealing import (
    CHUNK_BYTES,
    ProvenChunk,
    Seal,
    Sealer,
    commit_document,
    open_document,
    seal_of,
    verify_passage,
)
from answerable.proof.spelling import json_value
from answerable.proof.tiles import (
    LARGEST_ENTRY_BYTES,
    TILE_HASHES,
    Tile,
    decode_bundle,
    encode_bundle,
    entries_path,
    hash_in_tile,
    hashes_from,
    parse_path,
    tile_of,
    tile_path,
    tiles_of,
    width_at,
)
from answerable.proof.tree import (
    EMPTY_ROOT,
    HASH_BYTES,
    HashAt,
    RightEdge,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "CHUNK_BYTES",
    "EMPTY_ROOT",
    "HASH_BYTES",
    "LARGEST_ENTRY_BYTES",
    "TILE_HASHES",
    "Carried",
    "Checkpoint",
    "Disclosure",
    "Group",
    "HashAt",
    "KeyKind",
    "Note",
    "OpenCheckpoint",
    "OpenNote",
    "Party",
    "Promise",
    "ProvenChunk",
    "Receipt",
    "Revealed",
    "RightEdge",
    "Seal",
    "Sealer",
    "Signature",
    "SigningKey",
    "Spoken",
    "Tile",
    "TrustPolicy",
    "Verified",
    "VerifierKey",
    "Witnessed",
    "carry",
    "commit",
    "commit_document",
    "consistency_proof",
    "decode_bundle",
    "digest_of",
    "encode_bundle",
    "entries_path",
    "hash_in_tile",
    "hashes_from",
    "inclusion_proof",
    "json_value",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "open_document",
    "open_note",
    "open_promise",
    "parse_path",
    "parse_signatures",
    "promised_digest",
    "reveal",
    "root_at",
    "root_of",
    "seal_of",
    "signature_lines",
    "tile_of",
    "tile_path",
    "tiles_of",
    "verify_consistency",
    "verify_inclusion",
    "verify_passage",
    "verify_receipt",
    "width_at",
]
