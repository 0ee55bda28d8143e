"""Files that are either there in full or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from answerable.errors import StorageError


def make_folder(folder: Path) -> None:
    """Create the folder and its parents. Raises StorageError naming it."""
    with _named(folder):
        folder.mkdir(parents=True, exist_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target, flush to disk, then rename over it. Raises StorageError; what was there stays."""
    write_pieces_atomically(path, (content,))


def write_pieces_atomically(path: Path, pieces: Iterable[bytes]) -> None:
    """As `write_atomically`, of a content that is made while it is written."""
    with _named(path):
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)  # mkstemp's 0600 would keep a web server from serving the report
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces. Raises StorageError."""
    with _named(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def size_of(path: Path) -> int:
    """Size in bytes. Raises StorageError."""
    with _named(path):
        return path.stat().st_size


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{path}: {error.strerror or error}",
            hint="Free some space, or name another folder; what was there before is untouched.",
        ) from error
