"""A record in memory: for tests, and for whoever tries things out. Nothing in it outlives the process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from answerable.errors import ForkedLogError
from answerable.proof.tree import EMPTY_ROOT
from answerable.record.ports import Batch, Head, Mark, Salts, StoredEntry, StoredTile
from answerable.record.private import SealedValue

NEW = Head(size=0, root=EMPTY_ROOT, note=b"")
"""The head of a store that nothing was written to."""


class MemoryStore:
    """Entries, tiles and head in dictionaries."""

    def __init__(self) -> None:
        self._head = NEW
        self._entries: list[StoredEntry] = []
        self._by_id: dict[str, StoredEntry] = {}
        self._tiles: dict[tuple[int, int], StoredTile] = {}
        self._sealed: dict[str, dict[str, SealedValue]] = {}
        self._erased: list[tuple[str, str]] = []

    def head(self) -> Head:
        """See `Store.head`."""
        return self._head

    def commit(self, batch: Batch) -> None:
        """See `Store.commit`."""
        if batch.before != self._head:
            raise ForkedLogError("Another writer has moved the head; nothing was written.")
        for entry in batch.entries:
            self._entries.append(entry)
            self._by_id[entry.id] = entry
        self._tiles |= {(tile.level, tile.index): tile for tile in batch.tiles}
        for id_, values in batch.sealed.items():
            self._sealed[id_] = {value.name: value for value in values}
        self._erased.extend(batch.erased)
        self._head = batch.after

    def settle(self) -> None:
        """See `Store.settle`: a commit here has ended when it returns."""

    def find(self, ids: Iterable[str]) -> dict[str, StoredEntry]:
        """See `Store.find`."""
        return {id_: self._by_id[id_] for id_ in ids if id_ in self._by_id}

    def entries(self, first: int, count: int) -> Iterator[StoredEntry]:
        """See `Store.entries`."""
        return iter(self._entries[first : first + count])

    def tile(self, level: int, index: int) -> StoredTile | None:
        """See `Store.tile`."""
        return self._tiles.get((level, index))

    def tile_roots(self, level: int, first: int, count: int) -> list[bytes]:
        """See `Store.tile_roots`."""
        return [self._tiles[level, index].root for index in range(first, first + count)]

    def sealed(self, id: str) -> dict[str, SealedValue]:  # noqa: A002
        """See `Store.sealed`."""
        return dict(self._sealed.get(id, {}))

    def erased(self) -> list[tuple[str, str]]:
        """See `Store.erased`."""
        return list(self._erased)


class MemoryVault:
    """Salts in a dictionary."""

    def __init__(self) -> None:
        self._salts: dict[str, dict[str, bytes]] = {}

    def keep(self, salts: Salts) -> Salts:
        """See `Vault.keep`."""
        return {id_: self._kept(id_, dict(wanted)) for id_, wanted in salts.items()}

    def _kept(self, id_: str, wanted: dict[str, bytes]) -> dict[str, bytes]:
        held = self._salts.setdefault(id_, {})
        for name, salt in wanted.items():
            held.setdefault(name, salt)
        return {name: held[name] for name in wanted}

    def salts(self, ids: Iterable[str]) -> Salts:
        """See `Vault.salts`."""
        return {id_: dict(self._salts[id_]) for id_ in ids if self._salts.get(id_)}

    def erase(self, fields: Iterable[tuple[str, str]]) -> None:
        """See `Vault.erase`."""
        for id_, name in fields:
            self._salts.get(id_, {}).pop(name, None)


class MemoryHighWater:
    """The mark in a variable."""

    def __init__(self, mark: Mark | None = None) -> None:
        self._mark = mark
        self._reason: str | None = None

    def read(self) -> Mark | None:
        """See `HighWater.read`."""
        return self._mark

    def write(self, mark: Mark) -> None:
        """See `HighWater.write`."""
        self._mark = mark

    def halt(self, reason: str) -> None:
        """See `HighWater.halt`."""
        self._reason = reason

    def halted(self) -> str | None:
        """See `HighWater.halted`."""
        return self._reason

    def resume(self) -> None:
        """See `HighWater.resume`."""
        self._reason = None
