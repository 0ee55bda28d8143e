"""Receipts: the full inclusion proof of an entry, in the signed state in which it was answered or in a later one."""

from __future__ import annotations

from answerable.errors import InputError, RecordError
from answerable.proof.receipt import Receipt, carry
from answerable.proof.tree import inclusion_proof
from answerable.record.ports import Store, StoredEntry, Vault
from answerable.record.prepared import disclosures_of
from answerable.record.sequencer import Placed, Snapshot


def receipt_of(placed: Placed, *, store: Store) -> Receipt:
    """The receipt of an entry that was just recorded, with the entry and its disclosures for the sender."""
    return _receipt(placed.index, placed.snapshot, store=store, extra=carry(placed.body, placed.disclosures))


def prove(entry: StoredEntry, *, snapshot: Snapshot, store: Store, vault: Vault | None) -> Receipt:
    """A receipt for a stored entry, in the state `snapshot`; with its private fields where `vault` is given.

    Raises RecordError for an entry whose private fields are damaged.
    """
    disclosures: tuple[str, ...] = ()
    if vault is not None:
        salts = vault.salts([entry.id]).get(entry.id, {})
        try:
            disclosures = disclosures_of(entry.id, sealed=store.sealed(entry.id), salts=salts)
        except ValueError as fault:
            raise RecordError(f"Entry {entry.index} is damaged: {fault}.", hint="Run `answerable log fsck`.") from fault
    return _receipt(entry.index, snapshot, store=store, extra=carry(entry.body, disclosures))


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


def _receipt(index: int, snapshot: Snapshot, *, store: Store, extra: bytes) -> Receipt:
    path = inclusion_proof(index, snapshot.head.size, snapshot.edge.hash_at(store.tile))
    return Receipt(index=index, proof=path, checkpoint=snapshot.head.note, extra=extra)
