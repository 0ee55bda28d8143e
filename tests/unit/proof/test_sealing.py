"""Seals of files, passages proved from their chunks, and documents that are committed to before they are shown."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from answerable.errors import DisclosureError, InclusionError, MalformedError
from answerable.proof import (
    CHUNK_BYTES,
    ProvenChunk,
    Seal,
    Sealer,
    commit,
    commit_document,
    inclusion_proof,
    leaf_hash,
    open_document,
    root_of,
    seal_of,
    verify_passage,
)
from answerable.proof.spelling import Json

SALT = bytes(16)
DATA = b"".join(b"row %09d;\n" % number for number in range(180_000))  # 2.6 chunks of rows of 15 bytes
CHUNKS = [DATA[at : at + CHUNK_BYTES] for at in range(0, len(DATA), CHUNK_BYTES)]
SEAL = seal_of([DATA])


def test_a_seal_is_the_hash_and_the_tree_over_the_chunks() -> None:
    assert SEAL.sha256 == hashlib.sha256(DATA).hexdigest()
    assert SEAL.chunks_root == root_of([leaf_hash(chunk) for chunk in CHUNKS]).hex()
    assert (SEAL.size_bytes, SEAL.chunks) == (len(DATA), 3)


@pytest.mark.parametrize("size", [1, 1000, 65_536, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_the_pieces_in_which_a_file_comes_do_not_matter(size: int) -> None:
    data = DATA[: 2 * CHUNK_BYTES + 5] if size > 1 else DATA[:5000]
    assert seal_of(data[at : at + size] for at in range(0, len(data), size)) == seal_of([data])


def test_empty_and_full_chunks() -> None:
    assert seal_of([]) == seal_of([b""])
    assert (seal_of([]).chunks, seal_of([]).chunks_root) == (0, hashlib.sha256(b"").hexdigest())
    assert seal_of([bytes(CHUNK_BYTES)]).chunks == 1
    assert seal_of([bytes(CHUNK_BYTES)]).chunks_root == leaf_hash(bytes(CHUNK_BYTES)).hex()


def test_a_seal_reads_back() -> None:
    assert Seal.from_json(SEAL.as_json()) == SEAL


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {**SEAL.as_json(), "more": 1},
        {**SEAL.as_json(), "size_bytes": -1},
        {**SEAL.as_json(), "size_bytes": True},
        {**SEAL.as_json(), "size_bytes": "1"},
        {**SEAL.as_json(), "size_bytes": 2**53},
        {**SEAL.as_json(), "sha256": SEAL.sha256.upper()},
        {**SEAL.as_json(), "sha256": SEAL.sha256[:-1]},
        {**SEAL.as_json(), "chunks_root": None},
    ],
)
def test_anything_else_is_no_seal(value: Json) -> None:
    with pytest.raises(MalformedError):
        Seal.from_json(value)


def proven(index: int) -> ProvenChunk:
    sealer = Sealer()
    sealer.update(DATA)
    leaves = sealer.leaves()
    proof = inclusion_proof(index, 3, lambda level, at: root_of(leaves[at << level : (at + 1) << level]))
    return ProvenChunk(index, CHUNKS[index], proof)


@pytest.mark.parametrize("number", [0, 69_904, 69_905, 69_906, 179_999])
def test_a_row_is_proved_from_its_chunks(number: int) -> None:
    row, offset = b"row %09d;\n" % number, 15 * number
    assert DATA[offset : offset + len(row)] == row
    first, last = offset // CHUNK_BYTES, (offset + len(row) - 1) // CHUNK_BYTES
    chunks = [proven(index) for index in range(first, last + 1)]
    verify_passage(row, offset_bytes=offset, chunks=chunks, seal=SEAL)


def test_a_row_across_two_chunks_needs_both() -> None:
    number = CHUNK_BYTES // 15
    row, offset = b"row %09d;\n" % number, 15 * number
    verify_passage(row, offset_bytes=offset, chunks=[proven(0), proven(1)], seal=SEAL)
    for chunks in ([proven(0)], [proven(1)], [proven(1), proven(0)], [proven(0), proven(1), proven(2)], []):
        with pytest.raises(InclusionError, match="not the chunks"):
            verify_passage(row, offset_bytes=offset, chunks=chunks, seal=SEAL)


@pytest.mark.parametrize(
    ("passage", "offset", "chunk", "because"),
    [
        (b"row 000000001;\n"[:14], 0, proven(0), "other bytes"),
        (b"", 0, proven(0), "no such passage"),
        (b"row", -1, proven(0), "no such passage"),
        (b"row", len(DATA) - 2, proven(2), "no such passage"),
        (b"row", 0, replace(proven(0), data=b"R" + CHUNKS[0][1:]), "another root"),
        (b"row", 0, replace(proven(0), data=CHUNKS[0][:-1]), "wrong length"),
        (b"row", 0, replace(proven(0), proof=()), "shorter"),
    ],
)
def test_what_is_not_there_is_refused(passage: bytes, offset: int, chunk: ProvenChunk, because: str) -> None:
    with pytest.raises(InclusionError, match=because):
        verify_passage(passage, offset_bytes=offset, chunks=[chunk], seal=SEAL)


def test_a_chunk_of_another_file_is_refused() -> None:
    other = seal_of([DATA[:-1]])
    with pytest.raises(InclusionError):
        verify_passage(b"row", offset_bytes=0, chunks=[proven(0)], seal=other)


def test_a_document_is_committed_to_and_opened_later() -> None:
    kept = commit_document(SEAL, SALT)
    assert SEAL.sha256 not in kept.digest
    assert open_document(kept.text, digest=kept.digest) == SEAL


def test_another_document_does_not_open_a_commitment() -> None:
    kept, other = commit_document(SEAL, SALT), commit_document(seal_of([b"other"]), SALT)
    with pytest.raises(DisclosureError, match="not the document"):
        open_document(other.text, digest=kept.digest)


def test_a_commitment_to_something_else_is_no_document() -> None:
    other = commit(1, "number", SALT)
    with pytest.raises(MalformedError, match="not about a document"):
        open_document(other.text, digest=other.digest)
