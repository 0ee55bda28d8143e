"""The one writer: turns prepared entries into a signed batch, in an order that no fault turns into a false receipt.

1. salts into the vault, durably; 2. leaves hashed twice by two code paths, root, signature; 3. one transaction: the
head compared and swapped, entries, private values, tiles; 4. the high-water mark; 5. only then is it acknowledged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from answerable.errors import ConflictError, RecordError, StorageError, UnansweredWriteError, UncertainWriteError
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import Note
from answerable.proof.tree import RightEdge, leaf_hash
from answerable.record.edge import Edge, leaf_hash_again
from answerable.record.entry import CLOSE_ID
from answerable.record.keyring import Keyring
from answerable.record.ports import Batch, Chance, Clock, Head, HighWater, Mark, Store, StoredEntry, StoredTile, Vault
from answerable.record.prepared import Prepared, disclosures_of, is_same, prepare


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A signed state with what is needed to prove entries in it."""

    head: Head
    edge: Edge


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where an entry stands, in which state of the log, with the disclosures of its private fields.

    `again` says that it had been recorded before, so that this only repeats the answer.
    """

    index: int
    body: bytes
    disclosures: tuple[str, ...]
    snapshot: Snapshot
    again: bool = False


class Sequencer:
    """Appends to one log. After an uncertain write it does nothing more: open the record again and look.

    Deliberately absent: retries, timers and anything that writes on top of a write whose end is not known. `stopped` is
    the fault after which it writes nothing more.
    """

    def __init__(
        self,
        *,
        origin: str,
        store: Store,
        vault: Vault,
        high_water: HighWater,
        keyring: Keyring,
        clock: Clock,
        chance: Chance,
        snapshot: Snapshot,
    ) -> None:
        self.origin, self.store, self.vault, self.high_water = origin, store, vault, high_water
        self._clock, self._chance = clock, chance
        self.keyring = keyring
        self.snapshot = snapshot
        self._right_edge = RightEdge.at(snapshot.head.size, snapshot.edge.hash_at(store.tile))
        self.closed = bool(store.find([CLOSE_ID]))
        self.stopped: RecordError | None = None

    def going_on(self, snapshot: Snapshot) -> Sequencer:
        """Another one over the same record, which goes on from `snapshot`."""
        return Sequencer(
            origin=self.origin,
            store=self.store,
            vault=self.vault,
            high_water=self.high_water,
            keyring=self.keyring,
            clock=self._clock,
            chance=self._chance,
            snapshot=snapshot,
        )

    def write(self, batch: Sequence[Prepared]) -> list[Placed | RecordError]:
        """Record a batch and answer for each entry: where it stands, or that its id is taken by another.

        Raises StorageError where nothing was written and it may be tried again; any other RecordError stops the
        sequencer for good.
        """
        if self.stopped is not None:
            raise self.stopped
        try:
            return self._write(batch)
        except StorageError:
            raise  # nothing was written
        except RecordError as fault:
            self._stop(fault)
            raise
        except Exception as fault:
            # whatever it was, nobody knows how far it got
            self._stop(UncertainWriteError())
            raise UncertainWriteError from fault

    def _stop(self, fault: RecordError) -> None:
        self.stopped = fault
        if not isinstance(fault, UnansweredWriteError):  # which whoever reads the record again has answered
            self.high_water.halt(f"{type(fault).__name__}: {fault.message}")

    def _write(self, batch: Sequence[Prepared]) -> list[Placed | RecordError]:
        known = self.store.find(one.draft.id for one in batch)
        first = self._accepted(one for one in batch if one.draft.id not in known)
        written = self._salted(first)
        if written:
            self._commit(list(written.values()))
            self.closed = self.closed or CLOSE_ID in written
        index_of = {id_: index for index, id_ in enumerate(written, start=self.snapshot.head.size - len(written))}
        return [
            self._again(one, known[one.draft.id])
            if one.draft.id in known
            else self._first(one, written[one.draft.id], index=index_of[one.draft.id])
            if one.draft.id in written
            else RecordError("This log is closed; its last entry names the one that continues it.")
            for one in batch
        ]

    def _accepted(self, new: Iterable[Prepared]) -> dict[str, Prepared]:
        """The first of each id; none after the entry that closes the log."""
        first = dict[str, Prepared]()
        for one in new:
            if not self.closed and CLOSE_ID not in first:
                first.setdefault(one.draft.id, one)
        return first

    def _salted(self, new: dict[str, Prepared]) -> dict[str, Prepared]:
        """Step 1. An id that was tried before, and never recorded, keeps the salts that the vault has for it."""
        wanted = {id_: one.salts for id_, one in new.items() if one.salts}
        held = self.vault.keep(wanted) if wanted else {}
        return {
            id_: one
            if held.get(id_, {}) == one.salts
            else prepare(one.draft, recorded_at_us=one.recorded_at_us, chance=self._chance, salts=held[id_])
            for id_, one in new.items()
        }

    def _commit(self, new: Sequence[Prepared]) -> None:
        before = self.snapshot.head
        entries = [
            StoredEntry(
                index=index,
                id=one.draft.id,
                recorded_at_us=one.recorded_at_us,
                leaf=leaf_hash(one.body),
                body=one.body,
            )
            for index, one in enumerate(new, start=before.size)
        ]
        right_edge = self._right_edge.copy()
        for entry in entries:
            right_edge.append(entry.leaf)
        text = Checkpoint(origin=self.origin, size=right_edge.size, root=right_edge.root()).text()
        note = self.keyring.sign(text, now_us=self._clock())
        edge, tiles = _hashed_again(self.snapshot.edge, entries, note=note)
        after = Head(size=right_edge.size, root=right_edge.root(), note=note)
        sealed = {one.draft.id: one.sealed for one in new if one.sealed}
        erased = [field for one in new for field in one.erases]
        self.store.commit(Batch(before=before, after=after, entries=entries, tiles=tiles, sealed=sealed, erased=erased))
        self._right_edge, self.snapshot = right_edge, Snapshot(head=after, edge=edge)
        try:
            self.high_water.write(Mark(size=after.size, root=after.root))
        except StorageError as fault:
            raise UncertainWriteError(f"The high-water mark could not be written: {fault.message}") from fault

    def _first(self, asked: Prepared, written: Prepared, *, index: int) -> Placed | RecordError:
        """The answer for an entry of this batch; one sent twice in the same batch gets the same one."""
        if asked.draft is not written.draft and not asked.draft.same_as(written.draft):
            return ConflictError(f"The id {asked.draft.id} was sent twice with different contents.")
        return Placed(index=index, body=written.body, disclosures=written.disclosures, snapshot=self.snapshot)

    def _again(self, asked: Prepared, stored: StoredEntry) -> Placed | RecordError:
        salts, sealed = self.vault.salts([stored.id]).get(stored.id, {}), self.store.sealed(stored.id)
        try:
            same = is_same(asked.draft, stored=stored, sealed=sealed, salts=salts)
            disclosures = disclosures_of(stored.id, sealed=sealed, salts=salts) if same else ()
        except ValueError as fault:
            return RecordError(f"Entry {stored.index} is damaged: {fault}.", hint="Run `answerable log fsck`.")
        if not same:
            return ConflictError(f"The id {stored.id} is already entry {stored.index}, with other content.")
        return Placed(
            index=stored.index,
            body=stored.body,
            disclosures=disclosures,
            snapshot=self.snapshot,
            again=True,
        )


def _hashed_again(before: Edge, entries: Iterable[StoredEntry], *, note: bytes) -> tuple[Edge, list[StoredTile]]:
    """Step 2, the second way: from the bytes that go to the store to the root that stands in the signed note.

    A real log was ended for good by one flipped bit between hashing and signing.
    """
    edge, tiles = before.copy(), list[StoredTile]()
    for entry in entries:
        leaf = leaf_hash_again(entry.body)
        if leaf != entry.leaf:
            raise RecordError(
                f"Entry {entry.index} gave two different hashes. Nothing of this batch was recorded.",
                hint="The memory of this machine cannot be trusted; run the record on another one.",
            )
        tiles.extend(edge.append(leaf))
    signed = Checkpoint.parse(Note.parse(note).text)
    if (signed.size, signed.root) != (edge.size, edge.root()):
        raise RecordError(
            "The signed root is not the root of the entries. Nothing of this batch was recorded.",
            hint="The memory of this machine cannot be trusted; run the record on another one.",
        )
    return edge, tiles
