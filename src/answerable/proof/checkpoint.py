"""A log's signed state (C2SP tlog-checkpoint): which log, how many entries, and the root over them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from answerable.errors import MalformedError, UntrustedError
from answerable.proof.note import KeyKind, Verified, VerifierKey, open_note
from answerable.proof.spelling import LARGEST_SIZE, base64_text, decimal, hash_bytes
from answerable.proof.tree import HASH_BYTES


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the log `origin` at `size` entries. Extension lines are kept and mean nothing here."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise MalformedError("the origin and each extension of a checkpoint is one line that is not empty")
        if not 0 <= self.size <= LARGEST_SIZE or len(self.root) != HASH_BYTES:
            raise MalformedError("a checkpoint has a size from 0 to 2**63-1 and a root of 32 bytes")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note (without its signatures)."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "":
            raise MalformedError("a checkpoint has at least three lines, each with its newline: origin, size, root")
        size = decimal(lines[1], what="the checkpoint's size")
        root = hash_bytes(lines[2], what="the checkpoint's root")
        return cls(origin=lines[0], size=size, root=root, extensions=tuple(lines[3:]))

    def text(self) -> str:
        """The text to be signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, base64_text(self.root), *self.extensions))


@dataclass(frozen=True, slots=True)
class OpenCheckpoint:
    """A checkpoint that its own log signed, and every known key under it: the log's first, then the witnesses'."""

    checkpoint: Checkpoint
    log: VerifierKey
    witnesses: tuple[Verified, ...]


def open_checkpoint(data: bytes, keys: Iterable[VerifierKey]) -> OpenCheckpoint:
    """Open a signed checkpoint with the keys of logs and witnesses that one trusts.

    The log's key bears the origin's name: a key of one log proves nothing about another. Raises as `open_note` does;
    UntrustedError also where only witnesses, or another log, signed.
    """
    note = open_note(data, keys)
    checkpoint = Checkpoint.parse(note.text)
    logs = [each.key for each in note.verified if each.key.kind is KeyKind.LOG and each.key.name == checkpoint.origin]
    if not logs:
        raise UntrustedError(f"no key that you trust for the log {checkpoint.origin!r} has signed this checkpoint")
    witnesses = tuple(each for each in note.verified if each.key.kind is KeyKind.WITNESS)
    return OpenCheckpoint(checkpoint, logs[0], witnesses)
