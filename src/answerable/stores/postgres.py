"""A record on PostgreSQL: an advisory lock and the compared head keep a second writer out, COPY writes.

There is no vault on PostgreSQL: its journal and its backups would keep what was erased. Salts stay in a file beside the
sequencer (see docs/decisions/0020).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from answerable.errors import ForkedLogError, StorageError
from answerable.proof.tree import EMPTY_ROOT
from answerable.record.ports import Batch, Head, StoredEntry, StoredTile
from answerable.record.private import SealedValue
from answerable.stores.postgres_server import PostgresServer, Row

_AT_ONCE = 1_024
_ENTRY = "SELECT seq, id, recorded_at_us, leaf, body FROM entry"


class PostgresStore:
    """The store of the log `origin`. With `write` it may be committed to, by this process alone."""

    def __init__(self, address: str, *, origin: str, write: bool) -> None:
        self._origin = origin
        self._server = PostgresServer(address, schema="postgres_record", write=write)
        if write:
            with self._server.transaction() as cursor:
                cursor.execute(
                    "INSERT INTO head SELECT %s, 0, %s, '' WHERE NOT EXISTS (SELECT 1 FROM head)", (origin, EMPTY_ROOT)
                )
        if self._server.rows("SELECT log FROM head") != [(origin,)]:
            self.close()
            raise StorageError(f"This database is the record of another log than {origin}.")

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    def head(self) -> Head:
        """See `Store.head`."""
        ((size, root, note),) = self._server.rows("SELECT size, root, note FROM head")
        return Head(size=size, root=root, note=note)

    def commit(self, batch: Batch) -> None:
        """See `Store.commit`."""
        before, after = batch.before, batch.after
        sealed = [(id_, one.name, one.nonce, one.ciphertext) for id_, values in batch.sealed.items() for one in values]
        with self._server.transaction() as cursor:
            cursor.execute(
                "UPDATE head SET size = %s, root = %s, note = %s WHERE log = %s AND size = %s AND root = %s",
                (after.size, after.root, after.note, self._origin, before.size, before.root),
            )
            if cursor.rowcount != 1:
                raise ForkedLogError("Another writer has moved the head; nothing was written.")
            with cursor.copy("COPY entry FROM STDIN") as copy:
                for one in batch.entries:
                    copy.write_row((one.index, one.id, one.recorded_at_us, one.leaf, one.body))
            if sealed:
                with cursor.copy("COPY sealed FROM STDIN") as copy:
                    for row in sealed:
                        copy.write_row(row)
            for tile in batch.tiles:
                values = (tile.level, tile.index, tile.root, tile.hashes)
                cursor.execute("INSERT INTO tile VALUES (%s, %s, %s, %s)", values)
            for field in batch.erased:
                cursor.execute("INSERT INTO erased VALUES (%s, %s) ON CONFLICT DO NOTHING", field)

    def settle(self) -> None:
        """See `Store.settle`."""
        self._server.settle()

    def find(self, ids: Iterable[str]) -> dict[str, StoredEntry]:
        """See `Store.find`."""
        rows = self._server.rows(f"{_ENTRY} WHERE id = ANY(%s)", (list(ids),))
        return {entry.id: entry for entry in map(_entry, rows)}

    def entries(self, first: int, count: int) -> Iterator[StoredEntry]:
        """See `Store.entries`."""
        for begin in range(first, first + count, _AT_ONCE):
            end = min(begin + _AT_ONCE, first + count)
            rows = self._server.rows(f"{_ENTRY} WHERE seq >= %s AND seq < %s ORDER BY seq", (begin, end))
            yield from map(_entry, rows)
            if not rows:
                return

    def tile(self, level: int, index: int) -> StoredTile | None:
        """See `Store.tile`."""
        found = self._server.rows("SELECT root, hashes FROM tile WHERE level = %s AND n = %s", (level, index))
        return StoredTile(level=level, index=index, root=found[0][0], hashes=found[0][1]) if found else None

    def tile_roots(self, level: int, first: int, count: int) -> list[bytes]:
        """See `Store.tile_roots`."""
        query = "SELECT root FROM tile WHERE level = %s AND n >= %s AND n < %s ORDER BY n"
        return [root for (root,) in self._server.rows(query, (level, first, first + count))]

    def sealed(self, id: str) -> dict[str, SealedValue]:  # noqa: A002
        """See `Store.sealed`."""
        found = self._server.rows("SELECT name, nonce, ct FROM sealed WHERE id = %s", (id,))
        return {name: SealedValue(name=name, nonce=nonce, ciphertext=ct) for name, nonce, ct in found}

    def erased(self) -> list[tuple[str, str]]:
        """See `Store.erased`."""
        return [(id_, name) for id_, name in self._server.rows("SELECT id, name FROM erased ORDER BY id, name")]


def _entry(row: Row) -> StoredEntry:
    index, id_, recorded_at_us, leaf, body = row
    return StoredEntry(index=index, id=id_, recorded_at_us=recorded_at_us, leaf=leaf, body=body)
