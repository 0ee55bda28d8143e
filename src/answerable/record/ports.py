"""What the record needs from outside, each as small as its use: a store, a vault, a high-water mark, clock and chance.

The adapters are in `answerable.stores`; `tests/contract/` says what each must do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias

import msgspec

from answerable.record.private import SealedValue

Clock: TypeAlias = Callable[[], int]
"""Microseconds since the epoch. It orders nothing: entries are ordered by their index."""

Chance: TypeAlias = Callable[[int], bytes]
"""So many unpredictable bytes."""

Salts: TypeAlias = Mapping[str, Mapping[str, bytes]]
"""Salt by entry id and name of the field."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The last signed state: how many entries, the root over them, and the signed note that says so."""

    size: int
    root: bytes
    note: bytes


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How far a log was signed, and the root there."""

    size: int
    root: bytes


class StoredEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in the store. `index` counts from 0; `leaf` is the hash of `body` as RFC 6962 has it."""

    index: int
    id: str
    recorded_at_us: int
    leaf: bytes
    body: bytes


class StoredTile(msgspec.Struct, frozen=True, kw_only=True):
    """A full tile: 256 hashes of `level`, and the root over them, which is a hash of the level above."""

    level: int
    index: int
    root: bytes
    hashes: bytes


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that becomes durable at once, or not at all. `erased` names private fields whose salts go next."""

    before: Head
    after: Head
    entries: Sequence[StoredEntry]
    tiles: Sequence[StoredTile]
    sealed: Mapping[str, Sequence[SealedValue]]
    erased: Sequence[tuple[str, str]] = ()


class Store(Protocol):
    """Entries, tiles and the head. Reading may run beside the one writer, from any thread."""

    def head(self) -> Head:
        """The last committed head; of a new store, size 0 with an empty note."""
        ...

    def commit(self, batch: Batch) -> None:
        """Make `batch` durable in one transaction, if the head is still `batch.before`.

        Raises ForkedLogError (the head has moved; nothing written), StorageError (nothing written; may be tried
        again), UncertainWriteError (nobody knows; stop) and UnansweredWriteError (nobody knows until it is read again).
        """
        ...

    def settle(self) -> None:
        """Return once no commit that went unanswered can still end: what is read from now on is what there is.

        Raises StorageError while that cannot be said.
        """
        ...

    def find(self, ids: Iterable[str]) -> dict[str, StoredEntry]:
        """The entries with these ids, as far as there are any."""
        ...

    def entries(self, first: int, count: int) -> Iterator[StoredEntry]:
        """At most `count` entries from index `first` on, in order."""
        ...

    def tile(self, level: int, index: int) -> StoredTile | None:
        """A full tile, or None where it is not full yet."""
        ...

    def tile_roots(self, level: int, first: int, count: int) -> list[bytes]:
        """The roots of at most `count` full tiles of `level` from `first` on, in order."""
        ...

    def sealed(self, id: str) -> dict[str, SealedValue]:  # noqa: A002
        """The encrypted private values of an entry, by name."""
        ...

    def erased(self) -> list[tuple[str, str]]:
        """Entry id and field of every value that a redaction took out."""
        ...


class Vault(Protocol):
    """Salts, and nothing else. It has its own file and its own backups, which are kept for a short time."""

    def keep(self, salts: Salts) -> Salts:
        """Make salts durable. Where an id and name has one already that one stays; returns those that now hold."""
        ...

    def salts(self, ids: Iterable[str]) -> Salts:
        """The salts of these entries; an erased one is absent."""
        ...

    def erase(self, fields: Iterable[tuple[str, str]]) -> None:
        """Remove salts so that no file has them any more. Erasing twice is no fault."""
        ...


class HighWater(Protocol):
    """The largest state ever signed, kept apart from the store: the guard against an old backup."""

    def read(self) -> Mark | None:
        """The mark, or None where nothing was signed yet. Raises StorageError for an unreadable one."""
        ...

    def write(self, mark: Mark) -> None:
        """Replace the mark, durably."""
        ...

    def halt(self, reason: str) -> None:
        """Leave word that the record stopped on a fault; never raises, for there may be nothing left to write on."""
        ...

    def halted(self) -> str | None:
        """The word that was left, until `resume`."""
        ...

    def resume(self) -> None:
        """Take the word away: somebody has looked."""
        ...
