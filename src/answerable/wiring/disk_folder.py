"""A folder on the disk as the judges of proofs see it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from answerable.errors import InputError
from answerable.wiring.files import read_small
from answerable.wiring.importing import Progress

PIECE_BYTES = 1 << 20


class DiskFolder:
    """The regular files below a folder. Links are not followed: a bundle must not reach out of itself."""

    def __init__(self, root: Path, progress: Progress) -> None:
        self._root, self._progress = root, progress
        self._files = 0

    def names(self) -> frozenset[str]:
        """Every regular file, with `/` between folders."""
        found = set()
        for folder, _, files in os.walk(self._root, followlinks=False):
            for file in (Path(folder) / name for name in files):
                if is_plain_file(file):
                    found.add(file.relative_to(self._root).as_posix())
        return frozenset(found)

    def read(self, name: str) -> bytes:
        """A small file whole. Raises InputError."""
        self._files += 1
        self._progress(f"Checking {self._root.name}", self._files, None)
        return read_small(self._root / name, what="a file of a proof")

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file in pieces of 1 MiB."""
        return pieces_of(self._root / name, self._progress)


def pieces_of(path: Path, progress: Progress | None = None) -> Iterator[bytes]:
    """A file in pieces of 1 MiB. Raises InputError where it cannot be read."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                if progress is not None:
                    progress(f"Checking {path.name}", file.tell(), size)
                yield piece
    except OSError as fault:
        raise InputError(f"{path}: it cannot be read: {fault.strerror}") from fault


def is_plain_file(path: Path) -> bool:
    """A regular file, and no link to one."""
    return path.is_file() and not path.is_symlink()
