"""Everything hashed and opened anew: which entry, tile or private field is not what was signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from answerable.errors import AnswerableError, ProofError
from answerable.proof.checkpoint import open_checkpoint
from answerable.proof.note import VerifierKey
from answerable.proof.tiles import TILE_HASHES
from answerable.proof.tree import HASH_BYTES, leaf_hash, root_at
from answerable.record.edge import Edge
from answerable.record.entry import TOP, commit_field
from answerable.record.opening import check_mark
from answerable.record.ports import HighWater, Store, StoredEntry, Vault
from answerable.record.private import SealedValue, open_value

_AT_ONCE = 1_024


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was signed. `index` is the entry's, where one is at fault."""

    what: str
    index: int | None = None
    id: str | None = None


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """How much was looked at, and every fault found."""

    entries: int
    private_fields: int
    erased_fields: int
    root: str
    faults: tuple[Fault, ...]


class Fsck:
    """One examination of a whole record; read `examine`."""

    def __init__(self, *, origin: str, store: Store, vault: Vault, high_water: HighWater) -> None:
        self._origin, self._store, self._vault, self._high_water = origin, store, vault, high_water
        self._faults = list[Fault]()
        self._erased = set(store.erased())
        self._private = 0
        self._edge = Edge()
        self._opened: tuple[int, bytes] = (-1, b"")

    def examine(self, *, keys: Sequence[VerifierKey], told: Callable[[int], None] = lambda _: None) -> Examined:
        """Hash every entry, compare every tile, the head and the mark, and open every private field.

        `told` is called with the number of entries done. Nothing is changed.
        """
        head = self._store.head()
        expected = 0
        for chunk in self._chunks(head.size):
            salts = self._vault.salts([entry.id for entry in chunk])
            for entry in chunk:
                for missing in range(expected, entry.index):
                    self._fault("the entry is missing", index=missing)
                expected = entry.index + 1
                self._examine_entry(entry, salts.get(entry.id, {}))
            told(expected)
        if expected < head.size:
            self._fault(f"the last {head.size - expected:,} entries are missing", index=expected)
        if self._edge.root() != head.root:
            self._fault("the root over the entries is not the signed one")
        self._examine_head(keys)
        return Examined(
            entries=expected,
            private_fields=self._private,
            erased_fields=len(self._erased),
            root=head.root.hex(),
            faults=tuple(self._faults),
        )

    def _chunks(self, size: int) -> Iterator[list[StoredEntry]]:
        for first in range(0, size, _AT_ONCE):
            yield list(self._store.entries(first, min(_AT_ONCE, size - first)))

    def _examine_entry(self, entry: StoredEntry, salts: Mapping[str, bytes]) -> None:
        leaf, in_tile = leaf_hash(entry.body), self._leaf_in_tile(entry.index)
        damaged = in_tile is not None and leaf not in (in_tile, entry.leaf)
        if damaged:
            self._fault("the entry is not what was signed", entry)
        elif entry.leaf != leaf:
            self._fault("the entry and the hash kept beside it differ; one of the two is damaged", entry)
        # the tree is built on with what was signed, so that one damaged entry does not hide another
        for tile in self._edge.append(in_tile if damaged and in_tile else leaf):
            if self._store.tile(tile.level, tile.index) != tile:
                self._fault(f"tile {tile.level}/{tile.index} is not what its entries give")
        if not damaged:
            self._examine_body(entry, salts)

    def _leaf_in_tile(self, index: int) -> bytes | None:
        """The leaf hash as its tile has it, or None where that tile is not full yet (or is missing)."""
        number, place = divmod(index, TILE_HASHES)
        if self._opened[0] != number:
            tile = self._store.tile(0, number)
            self._opened = (number, tile.hashes if tile else b"")
        return self._opened[1][place * HASH_BYTES : (place + 1) * HASH_BYTES] or None

    def _examine_body(self, entry: StoredEntry, salts: Mapping[str, bytes]) -> None:
        try:
            body = json.loads(entry.body)
            told = (body["id"], body["recorded_at_us"])
            private = sorted(set(body.get("_sd", [])) - set(body.get("committed", [])))
        except (ValueError, KeyError, TypeError, AttributeError):
            self._fault("the entry cannot be read", entry)
            return
        if told != (entry.id, entry.recorded_at_us):
            self._fault("the id or the time beside the entry is not the entry's own", entry)
        sealed = self._store.sealed(entry.id)
        if bool(private) != bool(sealed):
            self._fault("its private fields are missing", entry)
        elif private:
            self._examine_private(entry, private, sealed, salts)

    def _examine_private(
        self,
        entry: StoredEntry,
        private: Sequence[str],
        sealed: Mapping[str, SealedValue],
        salts: Mapping[str, bytes],
    ) -> None:
        digests: Sequence[str] | None = None
        if TOP not in sealed:
            self._fault("the list of its private fields is missing", entry)
        for name in sorted(sealed):  # the topmost, whose name is empty, comes first
            erased = (entry.id, name) in self._erased
            what = f"private field {name!r}" if name else "the list of its private fields"
            if erased or name not in salts:
                if erased and name in salts:
                    self._fault(f"{what} was taken out, but its salt is still in the vault", entry)
                elif not erased:
                    self._fault(f"{what} has lost its salt, and with it its value", entry)
                continue
            self._private += 1
            try:
                value = open_value(sealed[name], id=entry.id, salt=salts[name])
            except ValueError:
                self._fault(f"{what} does not open", entry)
                continue
            expected = private if name == TOP else digests
            if name == TOP:
                digests = json.loads(value)
            if expected is not None and commit_field(name, value, salt=salts[name]).digest not in expected:
                self._fault(f"{what} is not what the entry committed to", entry)
        # an erased field has lost its salt, never its place: what was encrypted stays
        if digests is not None and len(digests) > len(sealed) - 1:
            missing = len(digests) - len(sealed) + 1
            self._fault(f"{missing} of its {len(digests)} private fields are missing", entry)

    def _examine_head(self, keys: Sequence[VerifierKey]) -> None:
        head = self._store.head()
        if head.size:
            try:
                signed = open_checkpoint(head.note, keys).checkpoint
                if (signed.origin, signed.size, signed.root) != (self._origin, head.size, head.root):
                    self._fault("the last checkpoint is another than the record's head")
            except ProofError as fault:
                self._fault(f"the last checkpoint cannot be trusted: {fault.message}")
        try:
            mark = self._high_water.read()
            check_mark(head, mark)
        except AnswerableError as fault:
            self._fault(fault.message)
            return
        if mark is not None and not self._faults and self._root_at(mark.size) != mark.root:
            self._fault("the record does not begin with what the high-water mark says was signed")

    def _root_at(self, size: int) -> bytes | None:
        try:
            return root_at(size, self._edge.hash_at(self._store.tile))
        except LookupError:
            return None

    def _fault(self, what: str, entry: StoredEntry | None = None, *, index: int | None = None) -> None:
        self._faults.append(Fault(what=what, index=entry.index if entry else index, id=entry.id if entry else None))
