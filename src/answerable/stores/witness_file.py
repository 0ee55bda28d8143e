"""What a witness remembers, in an SQLite file: durable before it answers."""

from __future__ import annotations

from pathlib import Path

from answerable.record.ports import Mark
from answerable.record.witness import NOTHING_SEEN
from answerable.stores.sqlite_file import SqliteFile


class WitnessFile:
    """The last cosigned state of each log."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, schema="witness", write=True)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def last(self, origin: str) -> Mark:
        """See `Seen.last`."""
        found = self._file.rows("SELECT size, root FROM seen WHERE origin = ?", (origin,))
        return Mark(size=found[0][0], root=found[0][1]) if found else NOTHING_SEEN

    def replace(self, origin: str, *, before: Mark, after: Mark) -> bool:
        """See `Seen.replace`."""
        with self._file.transaction() as connection:
            if before == NOTHING_SEEN:
                connection.execute("INSERT OR IGNORE INTO seen VALUES (?, 0, ?)", (origin, before.root))
            done = connection.execute(
                "UPDATE seen SET size = ?, root = ? WHERE origin = ? AND size = ? AND root = ?",
                (after.size, after.root, origin, before.size, before.root),
            )
            return done.rowcount == 1
