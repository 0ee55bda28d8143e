"""A record in one SQLite file: entries, tiles, head, sealed values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from answerable.errors import ForkedLogError, StorageError
from answerable.proof.tree import EMPTY_ROOT
from answerable.record.ports import Batch, Head, StoredEntry, StoredTile
from answerable.record.private import SealedValue
from answerable.stores.sqlite_file import SqliteFile, insert_rows

_AT_ONCE = 1_024
_BEYOND = (1 << 63) - 1
"""SQLite has no larger number, and no log has so many entries."""

_ENTRY = "SELECT seq, id, recorded_at_us, leaf, body FROM entry"


class SqliteStore:
    """The store of the log `origin`. With `write` it may be committed to, and is checked in full when opened,
    unless this process has `checked` it before."""

    def __init__(self, path: Path, *, origin: str, write: bool, vfs: str = "", checked: bool = False) -> None:
        self._origin = origin
        self._file = SqliteFile(path, schema="record", write=write, vfs=vfs, checked=checked)
        if write:
            with self._file.transaction() as connection:
                connection.execute(
                    "INSERT INTO head SELECT ?, 0, ?, x'' WHERE NOT EXISTS (SELECT 1 FROM head)", (origin, EMPTY_ROOT)
                )
        found = self._file.rows("SELECT log FROM head")
        if found != [(origin,)]:
            self.close()
            raise StorageError(f"{path} is the record of another log than {origin}.")

    def check(self) -> None:
        """Look through the whole file, beside whoever uses it. Raises RecordError where it is damaged."""
        self._file.check()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def head(self) -> Head:
        """See `Store.head`."""
        ((size, root, note),) = self._file.rows("SELECT size, root, note FROM head")
        return Head(size=size, root=root, note=note)

    def commit(self, batch: Batch) -> None:
        """See `Store.commit`."""
        before, after = batch.before, batch.after
        with self._file.transaction() as connection:
            swapped = connection.execute(
                "UPDATE head SET size = ?, root = ?, note = ? WHERE log = ? AND size = ? AND root = ?",
                (after.size, after.root, after.note, self._origin, before.size, before.root),
            )
            if swapped.rowcount != 1:
                raise ForkedLogError("Another writer has moved the head; nothing was written.")
            insert_rows(
                connection,
                "INSERT INTO entry",
                [(one.index, one.id, one.recorded_at_us, one.leaf, one.body) for one in batch.entries],
            )
            insert_rows(
                connection,
                "INSERT INTO sealed",
                [(id_, one.name, one.nonce, one.ciphertext) for id_, values in batch.sealed.items() for one in values],
            )
            insert_rows(
                connection, "INSERT INTO tile", [(one.level, one.index, one.root, one.hashes) for one in batch.tiles]
            )
            insert_rows(connection, "INSERT OR IGNORE INTO erased", batch.erased)

    def settle(self) -> None:
        """See `Store.settle`: a commit here has ended when it returns."""

    def find(self, ids: Iterable[str]) -> dict[str, StoredEntry]:
        """See `Store.find`."""
        wanted = tuple(ids)
        places = ", ".join("?" * len(wanted))
        return {entry.id: entry for entry in map(_entry, self._file.rows(f"{_ENTRY} WHERE id IN ({places})", wanted))}

    def entries(self, first: int, count: int) -> Iterator[StoredEntry]:
        """See `Store.entries`. Read piece by piece, so that nobody's reading holds up the write-ahead log."""
        beyond = min(first + count, _BEYOND)
        for begin in range(first, beyond, _AT_ONCE):
            end = min(begin + _AT_ONCE, beyond)
            rows = self._file.rows(f"{_ENTRY} WHERE seq >= ? AND seq < ? ORDER BY seq", (begin, end))
            yield from map(_entry, rows)
            if not rows:
                return

    def tile(self, level: int, index: int) -> StoredTile | None:
        """See `Store.tile`."""
        found = self._file.rows("SELECT root, hashes FROM tile WHERE level = ? AND n = ?", (level, index))
        return StoredTile(level=level, index=index, root=found[0][0], hashes=found[0][1]) if found else None

    def tile_roots(self, level: int, first: int, count: int) -> list[bytes]:
        """See `Store.tile_roots`."""
        query = "SELECT root FROM tile WHERE level = ? AND n >= ? AND n < ? ORDER BY n"
        return [root for (root,) in self._file.rows(query, (level, first, first + count))]

    def sealed(self, id: str) -> dict[str, SealedValue]:  # noqa: A002
        """See `Store.sealed`."""
        found = self._file.rows("SELECT name, nonce, ct FROM sealed WHERE id = ?", (id,))
        return {name: SealedValue(name=name, nonce=nonce, ciphertext=ct) for name, nonce, ct in found}

    def erased(self) -> list[tuple[str, str]]:
        """See `Store.erased`."""
        return [(id_, name) for id_, name in self._file.rows("SELECT id, name FROM erased ORDER BY id, name")]


def _entry(row: tuple[Any, ...]) -> StoredEntry:
    index, id_, recorded_at_us, leaf, body = row
    return StoredEntry(index=index, id=id_, recorded_at_us=recorded_at_us, leaf=leaf, body=body)
