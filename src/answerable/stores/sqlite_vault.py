"""The vault in an SQLite file of its own: what is erased here is overwritten, and left in no journal."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from answerable.record.ports import Salts
from answerable.stores.sqlite_file import SqliteFile, insert_rows


class SqliteVault:
    """Salts by entry and field."""

    def __init__(self, path: Path, *, write: bool, vfs: str = "", checked: bool = False) -> None:
        self._file = SqliteFile(path, schema="vault", write=write, secure_delete=True, vfs=vfs, checked=checked)

    def check(self) -> None:
        """Look through the whole file, beside whoever uses it. Raises RecordError where it is damaged."""
        self._file.check()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def keep(self, salts: Salts) -> Salts:
        """See `Vault.keep`."""
        rows = [(id_, name, salt) for id_, named in salts.items() for name, salt in named.items()]
        with self._file.transaction() as connection:
            all_new = insert_rows(connection, "INSERT OR IGNORE INTO salt", rows) == len(rows)
        if all_new:
            return salts
        held = self.salts(salts)
        return {id_: {name: held[id_][name] for name in named} for id_, named in salts.items()}

    def salts(self, ids: Iterable[str]) -> Salts:
        """See `Vault.salts`."""
        wanted = tuple(ids)
        places = ", ".join("?" * len(wanted))
        found = dict[str, dict[str, bytes]]()
        for id_, name, salt in self._file.rows(f"SELECT id, name, salt FROM salt WHERE id IN ({places})", wanted):
            found.setdefault(id_, {})[name] = salt
        return found

    def erase(self, fields: Iterable[tuple[str, str]]) -> None:
        """See `Vault.erase`. Raises StorageError where somebody reads the vault, so that a copy might remain."""
        with self._file.transaction() as connection:
            connection.executemany("DELETE FROM salt WHERE id = ? AND name = ?", list(fields))
        self._file.fold()
