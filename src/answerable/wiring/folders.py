"""Folders that a command works in, and the folder of its result: gone again where nothing came of it."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from answerable.errors import StorageError

_PREFIX, _LOCK = ".answerable-work-", "lock"


@contextmanager
def work_folder(where: Path) -> Iterator[Path]:
    """A folder for what is made on the way, gone at the end however it ends.

    What a run that was killed left behind goes first: nobody holds its lock any more.
    """
    try:
        for left in where.glob(f"{_PREFIX}*"):
            _remove_if_left(left)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=where))
        held = (folder / _LOCK).open("wb")
    except OSError as fault:
        raise StorageError(f"{where}: no folder can be made there: {fault.strerror}") from fault
    with held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_if_left(folder: Path) -> None:
    """A work folder whose lock nobody holds; one without a lock is not ours."""
    with suppress(OSError), (folder / _LOCK).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def made(out: Path) -> Iterator[None]:
    """The folder of the result. A refusal takes away again what it made for it, as long as nothing lies in it."""
    new = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StorageError(
            f"{out}: no folder can be made there: {fault.strerror}", hint="Name another folder with --out."
        ) from fault
    try:
        yield
    except BaseException:
        for folder in new:
            with suppress(OSError):
                folder.rmdir()
        raise
