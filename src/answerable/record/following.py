"""A monitor: follows a published log with nothing but its public files, and alarms when something is not as it was.

It believes no state that it has not recomputed: the root from the tiles, the earlier states from the same tiles, every
entry against its leaf hash, every kept receipt against the state of now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from answerable.errors import AnswerableError, ForkedLogError, MalformedError
from answerable.model.times import SECOND_US
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.quorum import TrustPolicy, Witnessed
from answerable.proof.receipt import Receipt
from answerable.proof.tiles import TILE_HASHES, Tile, decode_bundle, hashes_from, width_at
from answerable.proof.tree import HashAt, inclusion_proof, leaf_hash, root_at, verify_inclusion

OLDEST_HEAD_US = 120 * SECOND_US
"""A live log enters a heartbeat each minute; a head that stands still for two is alarming."""


class Published(Protocol):
    """The public files of a log."""

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None where there is none. Raises StorageError where nobody answers."""
        ...


class Followed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a monitor remembers: the last state it believed, when it first saw it, and how far it read the entries."""

    origin: str
    size: int
    root: str
    first_seen_us: int
    entries_read: int = 0


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must not be. `code` is stable."""

    code: str
    what: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a log. `state` is what to remember; None where the head could not be believed.

    `continues` is the size of the state remembered from before, which this one begins with; None at the first look.
    """

    state: Followed | None
    alarms: tuple[Alarm, ...]
    continues: int | None = None
    receipts_checked: int = 0
    head_age_s: int | None = None
    witnesses: int = 0


class Monitor:
    """One look at a published log; read `look`."""

    def __init__(self, published: Published, *, trust: TrustPolicy, now_us: int) -> None:
        self._published, self._trust, self._now_us = published, trust, now_us
        self._alarms = list[Alarm]()

    def look(self, before: Followed | None, *, receipts: Sequence[tuple[str, bytes]] = ()) -> Seen:
        """Follow the log from `before` to its head, and hold each receipt (name, content) against it."""
        try:
            witnessed = self._head()
            checkpoint = witnessed.checkpoint
            hash_at = hashes_from(self._tile, checkpoint.size)
            self._check_history(checkpoint, before, hash_at)
        except AnswerableError as fault:
            self._alarm(fault.code, fault.message)
            return Seen(state=None, alarms=tuple(self._alarms))
        entries_read = self._read_entries(checkpoint.size, hash_at, first=before.entries_read if before else 0)
        for name, content in receipts:
            self._check_receipt(name, content, checkpoint, hash_at)
        moved = before is None or before.size != checkpoint.size
        first_seen_us = self._now_us if before is None or moved else before.first_seen_us
        age_s = self._age_s(witnessed, None if before is None else first_seen_us)
        return Seen(
            state=Followed(
                origin=checkpoint.origin,
                size=checkpoint.size,
                root=checkpoint.root.hex(),
                first_seen_us=first_seen_us,
                entries_read=entries_read,
            ),
            alarms=tuple(self._alarms),
            continues=None if before is None else before.size,
            receipts_checked=len(receipts),
            head_age_s=age_s,
            witnesses=len(witnessed.witnesses),
        )

    def _head(self) -> Witnessed:
        note = self._published.read("checkpoint")
        if note is None:
            raise MalformedError("the log has no checkpoint")
        return self._trust.check(note)

    def _check_history(self, checkpoint: Checkpoint, before: Followed | None, hash_at: HashAt) -> None:
        """The root follows from the tiles, and the state of last time is where this one begins."""
        if before is not None and before.origin != checkpoint.origin:
            raise ForkedLogError(f"the log calls itself {checkpoint.origin}; it was {before.origin}")
        if before is not None and checkpoint.size < before.size:
            raise ForkedLogError(f"the log has {checkpoint.size:,} entries; it had {before.size:,}")
        if root_at(checkpoint.size, hash_at) != checkpoint.root:
            raise ForkedLogError("the tiles do not give the signed root")
        if before is not None and root_at(before.size, hash_at).hex() != before.root:
            raise ForkedLogError(f"the first {before.size:,} entries are not those of last time")

    def _read_entries(self, size: int, hash_at: HashAt, *, first: int) -> int:
        """Hash every entry that is shown against its leaf; gives how many have been read in all."""
        index = first // TILE_HASHES
        done = index * TILE_HASHES
        while width := width_at(0, index, size):
            content = self._bundle(index, width)
            if content is None:  # under embargo, or not yet written
                return max(done, first)
            try:
                entries = decode_bundle(content)
            except MalformedError as fault:
                entries = ()
                self._alarm("malformed", f"entry bundle {index}: {fault.message}")
            if len(entries) != width:
                self._alarm("entry", f"entry bundle {index} holds {len(entries)} entries; {width} were signed")
            for place, entry in enumerate(entries[:width]):
                if leaf_hash(entry) != hash_at(0, index * TILE_HASHES + place):
                    self._alarm("entry", f"entry {index * TILE_HASHES + place} is not the one that was signed")
            done = index * TILE_HASHES + width
            if width < TILE_HASHES:
                break
            index += 1
        return max(done, first)

    def _bundle(self, index: int, width: int) -> bytes | None:
        return self._published.read(Tile(None, index, width).path())

    def _check_receipt(self, name: str, content: bytes, head: Checkpoint, hash_at: HashAt) -> None:
        """What was receipted is in the state of now, and the state receipted is where this one begins."""
        try:
            receipt = Receipt.parse(content)
            stated = receipt.stated()
            if stated.origin != head.origin:
                raise ForkedLogError(f"it is a receipt of another log, {stated.origin}")
            if stated.size > head.size:
                raise ForkedLogError(f"it was given for {stated.size:,} entries, and the log shows {head.size:,}")
            if root_at(stated.size, hash_at) != stated.root:
                raise ForkedLogError("the state it was given for is not a part of this log")
            if receipt.index >= stated.size:
                raise MalformedError("its index lies beyond the state it was given for")
            leaf = hash_at(0, receipt.index)
            proof = inclusion_proof(receipt.index, stated.size, hash_at)
            if proof != receipt.proof:
                raise ForkedLogError("its entry is not where the receipt says")
            verify_inclusion(leaf, index=receipt.index, size=stated.size, proof=proof, root=stated.root)
            entry = receipt.carried().entry
            if entry is not None and leaf_hash(entry) != leaf:
                raise ForkedLogError(f"the entry at index {receipt.index} is another one now")
        except AnswerableError as fault:
            self._alarm("receipt", f"receipt {name}: {fault.message}")

    def _age_s(self, witnessed: Witnessed, first_seen_us: int | None) -> int | None:
        """How old the head is: by the newest cosignature, else by how long it has been seen to stand still."""
        times = [time_s * SECOND_US for time_s in witnessed.witnesses.values()]
        since_us = max(times) if times else first_seen_us
        if since_us is None:
            return None
        if self._now_us - since_us > OLDEST_HEAD_US:
            minutes = (self._now_us - since_us) // (60 * SECOND_US)
            self._alarm("stale", f"the head is {minutes:,} minutes old: the log has stopped, or is kept from us")
        return (self._now_us - since_us) // SECOND_US

    def _tile(self, tile: Tile) -> bytes:
        content = self._published.read(tile.path())
        if content is None:
            raise MalformedError(f"{tile.path()} is missing")
        return content

    def _alarm(self, code: str, what: str) -> None:
        self._alarms.append(Alarm(code=code, what=what))
