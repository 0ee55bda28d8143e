"""The high-water mark in a small file, best on another disk than the record.

Two slots of 512 bytes are written in turn, each with its own hash: a torn write spoils one and leaves the other, which
is the mark of the batch before. A write is one fdatasync and no rename.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from answerable.errors import StorageError
from answerable.record.ports import Mark

SLOT_BYTES = 512
_NAME = b"answerable/high-water@1"


class HighWaterFile:
    """The mark in `path`, and beside it, while the record is stopped on a fault, `path`.halted with the reason."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._halted = path.with_name(path.name + ".halted")
        self._slot = 0

    def read(self) -> Mark | None:
        """See `HighWater.read`: the larger of the two slots that are whole."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise StorageError(f"{self._path}: {fault.strerror}") from fault
        slots = [_mark(content[at : at + SLOT_BYTES]) for at in (0, SLOT_BYTES)]
        found = [(mark.size, slot) for slot, mark in enumerate(slots) if mark is not None]
        if not found:
            raise StorageError(
                f"{self._path} is damaged: neither of its two marks is whole.",
                hint="Compare with a published checkpoint; then remove the file and see `answerable log fsck --help`.",
            )
        newest = max(found)[1]
        self._slot = 1 - newest
        return slots[newest]

    def write(self, mark: Mark) -> None:
        """See `HighWater.write`."""
        text = b"%b %d %b" % (_NAME, mark.size, mark.root.hex().encode())
        line = text + b" " + hashlib.sha256(text).hexdigest().encode() + b"\n"
        try:
            new = not self._path.exists()
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(handle, line.ljust(SLOT_BYTES), self._slot * SLOT_BYTES)
                os.fdatasync(handle)
            finally:
                os.close(handle)
            if new:
                sync_folder(self._path.parent)
        except OSError as fault:
            hint = "The high-water mark is kept there: make that folder, or bring back its disk."
            raise StorageError(f"{self._path}: {fault.strerror}", hint=hint) from fault
        self._slot = 1 - self._slot

    def halt(self, reason: str) -> None:
        """See `HighWater.halt`."""
        try:
            self._halted.write_text(reason + "\n", encoding="utf-8")
        except OSError:
            return  # the disk that failed may be this one; the checks at the next start do not need the word

    def halted(self) -> str | None:
        """See `HighWater.halted`."""
        try:
            return self._halted.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def resume(self) -> None:
        """See `HighWater.resume`."""
        self._halted.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mark(slot: bytes) -> Mark | None:
    text, _, check = slot.rstrip(b" ").removesuffix(b"\n").rpartition(b" ")
    if not text or hashlib.sha256(text).hexdigest().encode() != check:
        return None
    _, size, root = text.split(b" ")
    return Mark(size=int(size), root=bytes.fromhex(root.decode()))
