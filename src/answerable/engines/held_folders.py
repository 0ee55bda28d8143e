"""Folders that a process holds while it works in them, so that what a killed one has left can be told apart."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

_LOCK, _SPILL = "lock", "answerable-spill-"


def held_folder(where: Path, prefix: str) -> tuple[Path, BinaryIO]:
    """A new folder, and the lock that holds it until it is closed. Those before it that nobody holds go first. Raises
    OSError."""
    for left in where.glob(f"{prefix}*"):
        _remove_if_left(left)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
    held = (folder / f"{_LOCK}.new").open("wb")
    fcntl.flock(held, fcntl.LOCK_EX)
    (folder / f"{_LOCK}.new").replace(folder / _LOCK)  # whoever finds a lock finds it held
    return folder, held


def _remove_if_left(folder: Path) -> None:
    """A folder whose lock nobody holds; one without a lock is not ours."""
    with suppress(OSError), (folder / _LOCK).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


def spill_folder() -> Path:
    """Where this process puts what does not fit into memory; gone at its end, or when the next one begins. Raises
    OSError."""
    return _spill_of(os.getpid())[0]


@cache
def _spill_of(_process: int) -> tuple[Path, BinaryIO]:
    folder, held = held_folder(Path(tempfile.gettempdir()), _SPILL)
    atexit.register(_give_up, folder, held)
    return folder, held


def _give_up(folder: Path, held: BinaryIO) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    held.close()
