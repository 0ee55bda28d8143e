"""What is checked before a record may sign again: that it continues what was signed before, and is whole at its end."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.errors import (
    AnswerableError,
    ForkedLogError,
    ProofError,
    StorageError,
    UnansweredWriteError,
    UncertainWriteError,
)
from answerable.proof.checkpoint import open_checkpoint
from answerable.proof.note import VerifierKey
from answerable.proof.tiles import TILE_HASHES
from answerable.proof.tree import root_at
from answerable.record.edge import Edge, leaf_hash_again, rebuilt
from answerable.record.ports import Head, HighWater, Mark, Store, Vault
from answerable.record.sequencer import Sequencer, Snapshot

_AT_ONCE = 1_000
_ASK = "Nothing is signed until somebody has looked: see `answerable log fsck --help`."


def opened(*, origin: str, store: Store, high_water: HighWater, keys: Sequence[VerifierKey]) -> Snapshot:
    """The state to continue from.

    Raises UncertainWriteError where the record stopped on a fault and nobody has looked since, ForkedLogError where it
    is not what was last signed: an old backup, another record's files, or damage.
    """
    if reason := high_water.halted():
        raise UncertainWriteError(
            f"This record stopped on a fault: {reason}",
            hint="Check the disk, run `answerable log fsck`, and when it finds nothing wrong, the same with --resume.",
        )
    head = store.head()
    mark = high_water.read()
    if mark is None and head.size == 0:
        # a mark before the first batch: from then on a missing one is never the fault of a bad moment
        mark = Mark(size=0, root=head.root)
        high_water.write(mark)
    check_mark(head, mark)
    edge = stored_edge(head, store)
    if edge.root() != head.root:
        raise ForkedLogError("The last entries are not those that were signed: the record is damaged.", hint=_ASK)
    if head.size:
        _check_note(head, origin=origin, keys=keys)
    if mark is not None and root_at(mark.size, edge.hash_at(store.tile)) != mark.root:
        raise ForkedLogError(f"The record does not begin with the {mark.size:,} entries signed before.", hint=_ASK)
    return Snapshot(head=head, edge=edge)


def forget_again(*, store: Store, vault: Vault) -> None:
    """Erase what redactions took out and the vault still has: a stop came between, or a backup brought it back."""
    taken_out = store.erased()
    for first in range(0, len(taken_out), _AT_ONCE):
        some = taken_out[first : first + _AT_ONCE]
        held = vault.salts({id_ for id_, _ in some})
        if back := [(id_, name) for id_, name in some if name in held.get(id_, {})]:
            vault.erase(back)


def looked_again(stopped: Sequencer) -> Sequencer:
    """In place of one that stopped because a server did not answer: one that goes on from what the server holds now.

    Any other is given back as it is. Nothing is written before no earlier write can still end, and before every check
    of a start has passed. Raises as `opened`, and StorageError while the server cannot be asked.
    """
    if not isinstance(stopped.stopped, UnansweredWriteError):
        return stopped
    store, keys = stopped.store, stopped.keyring.verifiers
    try:
        store.settle()
        snapshot = opened(origin=stopped.origin, store=store, high_water=stopped.high_water, keys=keys)
        forget_again(store=store, vault=stopped.vault)
        return stopped.going_on(snapshot)
    except AnswerableError:
        raise
    except Exception as fault:
        raise StorageError("What the server holds could not be read.") from fault


def stored_edge(head: Head, store: Store) -> Edge:
    """The right edge from what is stored; every entry after the last full tile is hashed anew."""
    first = head.size // TILE_HASHES * TILE_HASHES
    tail = list(store.entries(first, head.size - first))
    if [entry.index for entry in tail] != list(range(first, head.size)):
        raise ForkedLogError("The last entries are missing: the record is damaged.", hint=_ASK)
    return rebuilt(head.size, leaves=[leaf_hash_again(entry.body) for entry in tail], roots=store.tile_roots)


def check_mark(head: Head, mark: Mark | None) -> None:
    """The rollback guard: a record is never behind its high-water mark, and has one once it has signed."""
    if mark is None:
        if head.size:
            raise ForkedLogError(
                "The high-water mark is missing, so nobody can tell whether this is an old backup.",
                hint="Compare with a published checkpoint; then `answerable log fsck DIR --resume` sets it.",
            )
        return
    if head.size < mark.size or (head.size == mark.size and head.root != mark.root):
        raise ForkedLogError(
            f"This record holds {head.size:,} entries, but {mark.size:,} were signed: an old backup, or another's.",
            hint="Bring back the newest files. Signing on this one would make two histories, which anybody can prove.",
        )


def _check_note(head: Head, *, origin: str, keys: Sequence[VerifierKey]) -> None:
    try:
        checkpoint = open_checkpoint(head.note, keys).checkpoint
    except ProofError as fault:
        raise ForkedLogError(f"The last checkpoint is not signed by this record's keys: {fault.message}") from fault
    if (checkpoint.origin, checkpoint.size, checkpoint.root) != (origin, head.size, head.root):
        raise ForkedLogError(
            f"The last checkpoint is another than that of {origin} with {head.size:,} entries.", hint=_ASK
        )
