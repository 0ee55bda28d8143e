"""The seal of a file of any size: its SHA-256, and a tree over its chunks of 1 MiB.

The hash proves a whole copy. The tree proves a passage, such as one row of a file of 10 GB, from the chunks it stands
in and at most 14 hashes each, without the rest of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from answerable.errors import DisclosureError, InclusionError, MalformedError
from answerable.proof.disclosure import Disclosure, commit, digest_of, reveal
from answerable.proof.spelling import LARGEST_NUMBER, Json
from answerable.proof.tree import leaf_hash, root_of, verify_inclusion

CHUNK_BYTES: Final = 1 << 20
DOCUMENT: Final = "document"
_KEYS: Final = {"size_bytes", "sha256", "chunks_root"}


@dataclass(frozen=True, slots=True)
class Seal:
    """Size, SHA-256 and root over the chunks (RFC 6962, chunk n is leaf n); both hashes in lower-case hex."""

    size_bytes: int
    sha256: str
    chunks_root: str

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The seal that `as_json` gave. Raises MalformedError for anything else."""
        if not isinstance(value, dict) or set(value) != _KEYS:
            raise MalformedError("a seal has size_bytes, sha256 and chunks_root, and nothing else")
        size, sha256, root = value["size_bytes"], value["sha256"], value["chunks_root"]
        if type(size) is not int or not 0 <= size <= LARGEST_NUMBER or not _is_hex(sha256) or not _is_hex(root):
            raise MalformedError("a seal has a size in bytes and two SHA-256 hashes of 64 lower-case hex digits")
        return cls(size, str(sha256), str(root))

    def as_json(self) -> dict[str, Json]:
        """For an entry or a manifest."""
        return {"size_bytes": self.size_bytes, "sha256": self.sha256, "chunks_root": self.chunks_root}

    @property
    def chunks(self) -> int:
        """How many chunks the file has."""
        return -(-self.size_bytes // CHUNK_BYTES)


class Sealer:
    """Takes the bytes of a file in order, in pieces of any size. Keeps 32 bytes a chunk."""

    def __init__(self) -> None:
        self._whole = hashlib.sha256()
        self._chunk = hashlib.sha256(b"\x00")
        self._in_chunk = self._size = 0
        self._leaves: list[bytes] = []

    def update(self, data: bytes) -> None:
        """The next bytes."""
        self._whole.update(data)
        self._size += len(data)
        view = memoryview(data)
        while view:
            piece = view[: CHUNK_BYTES - self._in_chunk]
            self._chunk.update(piece)
            self._in_chunk += len(piece)
            view = view[len(piece) :]
            if self._in_chunk == CHUNK_BYTES:
                self._close_chunk()

    def _close_chunk(self) -> None:
        self._leaves.append(self._chunk.digest())
        self._chunk, self._in_chunk = hashlib.sha256(b"\x00"), 0

    def leaves(self) -> list[bytes]:
        """The leaf hash of each chunk: what `inclusion_proof` needs to prove a passage."""
        return [*self._leaves, *([self._chunk.digest()] if self._in_chunk else [])]

    def seal(self) -> Seal:
        """The seal of everything so far."""
        return Seal(self._size, self._whole.hexdigest(), root_of(self.leaves()).hex())


def seal_of(pieces: Iterable[bytes]) -> Seal:
    """The seal of a file given in pieces."""
    sealer = Sealer()
    for piece in pieces:
        sealer.update(piece)
    return sealer.seal()


@dataclass(frozen=True, slots=True)
class ProvenChunk:
    """One chunk of a sealed file, its number from 0, and the way from it to the root."""

    index: int
    data: bytes
    proof: tuple[bytes, ...]


def verify_passage(passage: bytes, *, offset_bytes: int, chunks: Sequence[ProvenChunk], seal: Seal) -> None:
    """That the sealed file has `passage` at `offset_bytes`. `chunks` are those it stands in, in order.

    Raises InclusionError. Says nothing about the rest of the file, nor that the passage is a whole row.
    """
    first, end = offset_bytes // CHUNK_BYTES, -(-(offset_bytes + len(passage)) // CHUNK_BYTES)
    if not passage or not 0 <= offset_bytes <= seal.size_bytes - len(passage):
        raise InclusionError(f"the sealed file of {seal.size_bytes} bytes has no such passage")
    if [chunk.index for chunk in chunks] != list(range(first, end)):
        raise InclusionError("these are not the chunks that the passage stands in")
    for chunk in chunks:
        if len(chunk.data) != min(CHUNK_BYTES, seal.size_bytes - chunk.index * CHUNK_BYTES):
            raise InclusionError(f"chunk {chunk.index} has the wrong length")
        root = bytes.fromhex(seal.chunks_root)
        verify_inclusion(leaf_hash(chunk.data), index=chunk.index, size=seal.chunks, proof=chunk.proof, root=root)
    at = offset_bytes - first * CHUNK_BYTES
    if b"".join(chunk.data for chunk in chunks)[at : at + len(passage)] != passage:
        raise InclusionError(f"other bytes stand at offset {offset_bytes} of the sealed file")


def commit_document(seal: Seal, salt: bytes) -> Disclosure:
    """Commit to a document without showing it: its seal, salted. The digest goes into an entry, the rest is kept."""
    return commit(seal.as_json(), DOCUMENT, salt)


def open_document(disclosure: str, *, digest: str) -> Seal:
    """The seal that a commitment was about. Raises DisclosureError where the disclosure is not the one committed to."""
    if digest_of(disclosure) != digest:
        raise DisclosureError("this is not the document that was committed to")
    opened = reveal({"_sd": [digest]}, [disclosure]).value
    if set(opened) != {DOCUMENT}:
        raise MalformedError("the disclosure is not about a document")
    return Seal.from_json(opened[DOCUMENT])


def _is_hex(text: Json) -> bool:
    return isinstance(text, str) and len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)
