"""The public folder of a log, as any web server can serve it: tiles that never change, the checkpoint written last."""

from __future__ import annotations

from pathlib import Path

from answerable.errors import StorageError
from answerable.stores.durable_files import create_file, replace_file


class TileFolder:
    """`checkpoint`, `log.vkey`, `tile/…` below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None. Raises StorageError."""
        try:
            return (self._root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as fault:
            raise StorageError(f"{fault.filename}: {fault.strerror}") from fault

    def has(self, path: str) -> bool:
        """Whether a file is there."""
        return (self._root / path).is_file()

    def publish(self, path: str, content: bytes) -> bool:
        """Write a file that will never change; False where it is there. Raises ForkedLogError for other bytes."""
        return create_file(self._root / path, content)

    def replace(self, path: str, content: bytes) -> None:
        """Put the checkpoint, or the keys, in place of the last."""
        replace_file(self._root / path, content)
