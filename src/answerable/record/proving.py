"""Receipts: the full inclusion proof of an entry, in the signed state in which it was answered or in a later one."""

from __future__ import annotations

from answerable.errors import InputError, RecordError
from answerable.proof.receipt import Receipt, carry
from answerable.proof.tree import inclusion_proof
from answerable.record.ports import Head, Store, StoredEntry, Vault
from answerable.record.prepared import disclosures_of
from answerable.record.sequencer import Placed, Snapshot


def receipt_of(placed: Placed, *, store: Store) -> Receipt:
    """The receipt of an entry that was just recorded, with the entry and its disclosures for the sender."""
    extra = carry(placed.body, placed.disclosures)
    return _receipt(placed.index, placed.snapshot, store=store, extra=extra, at=placed.snapshot.head)


def prove(
    entry: StoredEntry, *, snapshot: Snapshot, store: Store, vault: Vault | None, at: Head | None = None
) -> Receipt:
    """A receipt for a stored entry, in the state `snapshot`; with its private fields where `vault` is given.

    `at` is an earlier state of the same log, whose note may have been cosigned since. Raises RecordError for an entry
    whose private fields are damaged, InputError for one that the state `at` does not have yet.
    """
    head = snapshot.head if at is None else at
    if entry.index >= head.size:
        raise InputError(
            f"Entry {entry.index} is not public yet: the published log has {head.size:,} entries.",
            hint="`answerable log publish` publishes within a second; ask again when it has.",
        )
    disclosures: tuple[str, ...] = ()
    if vault is not None:
        salts = vault.salts([entry.id]).get(entry.id, {})
        try:
            disclosures = disclosures_of(entry.id, sealed=store.sealed(entry.id), salts=salts)
        except ValueError as fault:
            raise RecordError(f"Entry {entry.index} is damaged: {fault}.", hint="Run `answerable log fsck`.") from fault
    return _receipt(entry.index, snapshot, store=store, extra=carry(entry.body, disclosures), at=head)


def find_entry(asked: str, *, store: Store) -> StoredEntry:
    """The entry that `asked` names: its index, or its id. Raises InputError where there is none."""
    found = store.find([asked]).get(asked)
    if found is None and asked.isascii() and asked.isdigit():
        found = next(store.entries(int(asked), 1), None)
    if found is None:
        raise InputError(
            f"There is no entry {asked!r} in this record.", hint="Give an entry's id, or its index from 0."
        )
    return found


def _receipt(index: int, snapshot: Snapshot, *, store: Store, extra: bytes, at: Head) -> Receipt:
    path = inclusion_proof(index, at.size, snapshot.edge.hash_at(store.tile))
    return Receipt(index=index, proof=path, checkpoint=at.note, extra=extra)
