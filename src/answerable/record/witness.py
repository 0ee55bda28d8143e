"""A witness: remembers the last state of each log it knows, and cosigns only what continues it (C2SP tlog-witness).

What it signs says: I have seen this state, and no other of this size. That is all it says, and all that is needed, so
that a log cannot show two people two histories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from answerable.errors import ConsistencyError, MalformedError, ProofError
from answerable.proof.checkpoint import Checkpoint, open_checkpoint
from answerable.proof.note import Note, SigningKey, VerifierKey, signature_lines
from answerable.proof.spelling import base64_text, decimal, hash_bytes, utf8
from answerable.proof.tree import EMPTY_ROOT, verify_consistency
from answerable.record.ports import Mark

LONGEST_PROOF = 63
SIZE_TYPE = "text/x.tlog.size"
PLAIN_TYPE = "text/plain; charset=utf-8"
NOTHING_SEEN = Mark(size=0, root=EMPTY_ROOT)


class Seen(Protocol):
    """What a witness remembers."""

    def last(self, origin: str) -> Mark:
        """The last state cosigned of a log; size 0 where there was none."""
        ...

    def replace(self, origin: str, *, before: Mark, after: Mark) -> bool:
        """Make `after` durable if `before` is still the last; False, and nothing is changed, where it is not."""
        ...


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request: cosign `note`, which continues the state of `old_size` by `proof`."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes

    @classmethod
    def parse(cls, body: bytes) -> Ask:
        """Read `old N`, lines of hashes, a blank line and a checkpoint. Raises MalformedError."""
        head, blank, note = utf8(body, what="the request").partition("\n\n")
        first, *hashes = head.split("\n")
        if not blank or not first.startswith("old "):
            raise MalformedError("a request is a line `old N`, the proof, a blank line and the checkpoint")
        if len(hashes) > LONGEST_PROOF:
            raise MalformedError(f"the proof has {len(hashes)} hashes; {LONGEST_PROOF} is the most")
        return cls(
            old_size=decimal(first.removeprefix("old "), what="the old size"),
            proof=tuple(hash_bytes(line, what="a hash of the proof") for line in hashes),
            note=note.encode(),
        )

    def encode(self) -> bytes:
        """The bytes that `parse` reads."""
        lines = [f"old {self.old_size}", *map(base64_text, self.proof)]
        return ("\n".join(lines) + "\n\n").encode() + self.note


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the witness answers: an HTTP status, a body, and its type."""

    status: int
    body: str
    type: str = PLAIN_TYPE


def cosign(
    body: bytes, *, logs: Mapping[str, Sequence[VerifierKey]], seen: Seen, key: SigningKey, now_s: int
) -> Answer:
    """Answer a request: 200 with a cosignature, made durable first; or 400, 403, 404, 409, 422 as tlog-witness says."""
    try:
        ask = Ask.parse(body)
        stated = Checkpoint.parse(Note.parse(ask.note).text)
    except MalformedError as fault:
        return Answer(status=400, body=f"{fault.message}\n")
    if stated.origin not in logs:
        return Answer(status=404, body="this witness does not know that log\n")
    try:
        open_checkpoint(ask.note, logs[stated.origin])
    except ProofError as fault:
        return Answer(status=403, body=f"{fault.message}\n")
    if ask.old_size > stated.size:
        return Answer(status=400, body=f"the old size {ask.old_size} is above the new size {stated.size}\n")
    last = seen.last(stated.origin)
    now = Mark(size=stated.size, root=stated.root)
    if ask.old_size != last.size or (now.size == last.size and now.root != last.root):
        return _conflict(last)
    try:
        verify_consistency(
            old_size=last.size, old_root=last.root, new_size=now.size, new_root=now.root, proof=ask.proof
        )
    except ConsistencyError as fault:
        return Answer(status=422, body=f"{fault.message}\n")
    if not seen.replace(stated.origin, before=last, after=now):
        return _conflict(seen.last(stated.origin))
    return Answer(status=200, body=signature_lines([key.sign(stated_text(ask.note), time_s=now_s)]))


def stated_text(note: bytes) -> str:
    """The signed text of a note."""
    return Note.parse(note).text


def _conflict(last: Mark) -> Answer:
    return Answer(status=409, body=f"{last.size}\n", type=SIZE_TYPE)
