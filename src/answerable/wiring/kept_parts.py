"""Finished parts of a long run, kept beside its result until that is whole: a run that was stopped goes on from them.

A part is known by everything that it follows from, and its file is named after its own SHA-256, which is looked at
before it is used again: a part of other calls, another policy or another version is never taken, nor a torn one.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from answerable import __version__
from answerable.errors import StorageError
from answerable.model.canonical import Json, digest
from answerable.report.disk import sha256_of

FOLDER = ".answerable-kept"
_LOCK = "lock"


class KeptParts:
    """The parts in a folder. `reused`: how many of those that were asked for were there already."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.reused = folder, 0

    def part(self, of: Json, make: Callable[[Path], object]) -> Path:
        """The file of the part that follows from `of`: kept from an earlier run, or made now. Raises as `make` does."""
        key = self._key(of)
        for found in sorted(self._folder.glob(f"{key}.*")):
            if found.suffix[1:] == sha256_of(found):
                self.reused += 1
                return found
            found.unlink()
        made = self._folder / key
        make(made)
        return made.rename(made.with_suffix(f".{sha256_of(made)}"))

    def folder(self, of: Json) -> Path:
        """A folder for what follows from `of` in several files; whoever makes them knows whether they are whole."""
        folder = self._folder / self._key(of)
        folder.mkdir(exist_ok=True)
        return folder

    def numbered(self, of: Json) -> Callable[[int, Callable[[Path], object]], Path]:
        """The parts, by their number, of what follows from `of`."""
        return lambda number, make: self.part({"part": number, "of": of}, make)

    def __contains__(self, folder: Path) -> bool:
        return folder.parent == self._folder

    @staticmethod
    def _key(of: Json) -> str:
        return digest({"program": __version__, "engine": duckdb.__version__, "of": of})


@contextmanager
def kept_parts(where: Path) -> Iterator[KeptParts]:
    """The parts that belong to the result in `where`. Gone at the end, however it comes: only a run that was killed, or
    lost its power, leaves them. Raises StorageError, also where another run works there.
    """
    folder = where / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        held = (folder / _LOCK).open("wb")
    except OSError as fault:
        raise StorageError(f"{folder}: {fault.strerror}") from fault
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            raise StorageError(
                f"{where}: another run is at work there", hint="Wait for it, or name another folder with --out."
            ) from fault
        try:
            yield KeptParts(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
