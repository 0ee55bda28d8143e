"""Folders that a command works in, and the folder of its result: gone again where nothing came of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from answerable.engines.held_folders import held_folder
from answerable.errors import StorageError

_PREFIX = ".answerable-work-"


@contextmanager
def work_folder(where: Path) -> Iterator[Path]:
    """A folder for what is made on the way, gone at the end however it ends.

    What a run that was killed left behind goes first: nobody holds its lock any more.
    """
    try:
        folder, held = held_folder(where, _PREFIX)
    except OSError as fault:
        raise StorageError(f"{where}: no folder can be made there: {fault.strerror}") from fault
    with held:
        try:
            yield folder
        finally:
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
