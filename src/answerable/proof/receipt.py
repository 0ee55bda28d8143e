"""A receipt: the proof that one entry is in a log, which anybody can check without the log (C2SP tlog-proof).

Its `extra` is not part of the proof. Here it is a bundle (C2SP tlog-tiles) whose first item is the entry and whose
other items are disclosures; whoever holds the receipt may leave them out before showing it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from answerable.errors import MalformedError
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import Note
from answerable.proof.quorum import TrustPolicy, Witnessed
from answerable.proof.spelling import LARGEST_SIZE, base64_bytes, base64_text, decimal, hash_bytes, utf8
from answerable.proof.tiles import decode_bundle, encode_bundle
from answerable.proof.tree import leaf_hash, verify_inclusion

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
LONGEST_PROOF: Final = 63

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("OIL", "011")
_SPOKEN: Final = re.compile(r"([a-z0-9]+)-(0|[1-9][0-9]{0,18})-([0-9A-Z]{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a receipt brings along: the entry (None where its holder left it out) and disclosures."""

    entry: bytes | None
    disclosures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Index, inclusion proof, and the signed checkpoint byte for byte. `extra` is there for convenience: unproved."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a receipt; the form of its checkpoint is checked, not its signatures."""
        head, blank, checkpoint = utf8(data, what="the receipt").partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != FIRST_LINE:
            raise MalformedError(
                f"a receipt begins with the line {FIRST_LINE}, and has a blank line before its checkpoint"
            )
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = base64_bytes(lines.pop(0).removeprefix("extra "), what="the extra line")
        if not lines or not lines[0].startswith("index "):
            raise MalformedError("the receipt has no index line where it belongs")
        index = decimal(lines.pop(0).removeprefix("index "), what="the index")
        if len(lines) > LONGEST_PROOF:
            raise MalformedError(f"the proof has {len(lines)} hashes; {LONGEST_PROOF} is the most")
        proof = tuple(hash_bytes(line, what="a hash of the proof") for line in lines)
        receipt = cls(index=index, proof=proof, checkpoint=checkpoint.encode(), extra=extra)
        receipt.stated()
        return receipt

    def text(self) -> str:
        """The text that `parse` reads."""
        extra = [] if self.extra is None else [f"extra {base64_text(self.extra)}"]
        lines = [FIRST_LINE, *extra, f"index {self.index}", *map(base64_text, self.proof)]
        return "\n".join(lines) + "\n\n" + self.checkpoint.decode()

    def stated(self) -> Checkpoint:
        """What the checkpoint says, before any signature is checked."""
        return Checkpoint.parse(Note.parse(self.checkpoint).text)

    def carried(self) -> Carried:
        """The entry and disclosures that the receipt brings. They are proved only by `verify_receipt`."""
        if self.extra is None:
            return Carried(None, ())
        items = decode_bundle(self.extra)
        if not items:
            raise MalformedError("the extra line of the receipt is an empty bundle: it should begin with the entry")
        return Carried(items[0], tuple(utf8(item, what="a disclosure") for item in items[1:]))


def carry(entry: bytes, disclosures: Iterable[str] = ()) -> bytes:
    """The `extra` of a receipt that brings its entry, and what its holder may show of it."""
    return encode_bundle([entry, *(disclosure.encode() for disclosure in disclosures)])


def verify_receipt(receipt: Receipt, *, entry: bytes, trust: TrustPolicy) -> Witnessed:
    """That `entry` is entry number `receipt.index` of a log that `trust` believes. Gives the checkpoint that says so.

    Raises MalformedError, SignatureError, UntrustedError (see TrustPolicy.check) or InclusionError.
    """
    witnessed = trust.check(receipt.checkpoint)
    at = witnessed.checkpoint
    verify_inclusion(leaf_hash(entry), index=receipt.index, size=at.size, proof=receipt.proof, root=at.root)
    return witnessed


@dataclass(frozen=True, slots=True)
class Spoken:
    """A receipt's number as it is said on the telephone, `2026h2-1234567-K7QX`: shard, index, and four check letters.

    The letters catch what was misheard. They prove nothing: only the receipt does.
    """

    shard: str
    index: int
    check: str

    @classmethod
    def of(cls, *, origin: str, index: int, leaf: bytes) -> Self:
        """The number of entry `index` (its leaf hash `leaf`) in the log `origin`, whose last part names the shard."""
        shard = origin.rpartition("/")[2]
        digest = hashlib.sha256(f"answerable/spoken@1\n{origin}\n{index}\n".encode() + leaf).digest()
        bits = int.from_bytes(digest[:3], "big") >> 4
        spoken = cls(shard, index, "".join(_LETTERS[bits >> shift & 31] for shift in (15, 10, 5, 0)))
        if not _SPOKEN.fullmatch(str(spoken)) or index > LARGEST_SIZE:
            raise MalformedError(f"the log {origin!r} has no spoken numbers: its last part is not letters and digits")
        return spoken

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what somebody typed or heard: any case, spaces around it, O for 0, I and L for 1 in the letters."""
        shard, _, rest = text.strip().lower().partition("-")
        index, _, check = rest.partition("-")
        match = _SPOKEN.fullmatch(f"{shard}-{index}-{check.upper().translate(_MISREAD)}")
        if not match or any(letter not in _LETTERS for letter in match[3]):
            raise MalformedError(f"{text[:80]!r} is not a receipt's number", hint="it looks like 2026h2-1234567-K7QX")
        return cls(match[1], decimal(match[2], what="the index"), match[3])

    def __str__(self) -> str:
        return f"{self.shard}-{self.index}-{self.check}"
