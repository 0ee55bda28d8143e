"""Files that are either there in full and durable, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from answerable.errors import ForkedLogError, StorageError
from answerable.stores.high_water_file import sync_folder


def replace_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Put `content` in place of whatever `path` has: temporary file, fsync, rename, fsync of the folder."""
    try:
        temporary = _written_beside(path, content, mode=mode)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as fault:
        raise StorageError(f"{path}: {fault.strerror}", hint="What was there before is untouched.") from fault


def create_file(path: Path, content: bytes, *, mode: int = 0o644) -> bool:
    """Make a file that is never changed again; False where it is there already with these bytes.

    Raises ForkedLogError where it is there with other bytes: they were given out, and cannot be taken back.
    """
    try:
        try:
            found = path.read_bytes()
        except FileNotFoundError:
            found = None
        if found is None:
            temporary = _written_beside(path, content, mode=mode)
            try:
                os.link(temporary, path)  # unlike a rename it never replaces
            except FileExistsError:
                found = path.read_bytes()
            finally:
                temporary.unlink()
            sync_folder(path.parent)
    except OSError as fault:
        raise StorageError(f"{path}: {fault.strerror}") from fault
    if found is not None and found != content:
        raise ForkedLogError(
            f"{path} is there already, with other content.",
            hint="What was published is never changed. Is this another record's folder, or is the file damaged?",
        )
    return found is None


def _written_beside(path: Path, content: bytes, *, mode: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
