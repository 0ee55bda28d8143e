"""The public folder of a log, as any web server can serve it: tiles that never change, the checkpoint written last."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
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

    @contextmanager
    def one_publisher(self) -> Iterator[None]:
        """Hold the folder for publishing: of two, the slower would put an older checkpoint over a newer one.

        Raises StorageError where another program holds it.
        """
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._root, os.O_RDONLY)
        except OSError as fault:
            raise StorageError(f"{self._root}: {fault.strerror}") from fault
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise StorageError(f"Another program is publishing into {self._root}.", hint="One is enough.") from None
        try:
            yield
        finally:
            os.close(handle)

    def publish(self, path: str, content: bytes) -> bool:
        """Write a file that will never change; False where it is there. Raises ForkedLogError for other bytes."""
        return create_file(self._root / path, content)

    def replace(self, path: str, content: bytes) -> None:
        """Put the checkpoint, or the keys, in place of the last."""
        replace_file(self._root / path, content)
