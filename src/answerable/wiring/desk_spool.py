"""The spool: what the record could not take is kept in a file beside it, durably, until it can.

It holds private values and salts as they are, for their owner alone, and is empty as long as the record is well.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from answerable.errors import StorageError
from answerable.notation import json_as
from answerable.record.entry import Draft
from answerable.stores.durable_files import replace_file
from answerable.stores.high_water_file import sync_folder

NAME = "spool.jsonl"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that waits. Its salts are kept with it, so that the entry that was promised is the one recorded."""

    draft: Draft
    salts: dict[str, bytes]
    taken_at_us: int


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    draft: Draft
    salts: dict[str, str]
    taken_at_us: int


class SpoolFile:
    """Lines of JSON in one file. Every method raises StorageError where the disk refuses."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[Kept]:
        """What waits, in order. A last line that was torn by a stop was never acknowledged, and is left out."""
        try:
            lines = self._path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return []
        except OSError as fault:
            raise StorageError(f"{self._path}: {fault.strerror}") from fault
        return [_kept(line) for line in lines if line.endswith(b"\n")]

    def add(self, kept: Sequence[Kept]) -> None:
        """Append, durably."""
        content = b"".join(_line(one) for one in kept)
        try:
            fresh = not self._path.exists()
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                begin = os.fstat(handle).st_size
                try:
                    _write(handle, content)
                    os.fsync(handle)
                except OSError:
                    os.ftruncate(handle, begin)
                    raise
            finally:
                os.close(handle)
            if fresh:
                sync_folder(self._path.parent)
        except OSError as fault:
            raise StorageError(f"{self._path}: {fault.strerror}") from fault

    def replace(self, kept: Sequence[Kept]) -> None:
        """Keep only these."""
        replace_file(self._path, b"".join(_line(one) for one in kept), mode=0o600)


class MemorySpool:
    """A spool in memory, for tests."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []

    def read(self) -> list[Kept]:
        """See `SpoolFile.read`."""
        return list(self.kept)

    def add(self, kept: Sequence[Kept]) -> None:
        """See `SpoolFile.add`."""
        self.kept += kept

    def replace(self, kept: Sequence[Kept]) -> None:
        """See `SpoolFile.replace`."""
        self.kept = list(kept)


def _write(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]


def _line(kept: Kept) -> bytes:
    salts = {name: base64.b64encode(salt).decode() for name, salt in kept.salts.items()}
    return msgspec.json.encode(_Line(draft=kept.draft, salts=salts, taken_at_us=kept.taken_at_us)) + b"\n"


def _kept(line: bytes) -> Kept:
    try:
        read = json_as(line, _Line)
        salts = {name: base64.b64decode(salt, validate=True) for name, salt in read.salts.items()}
    except ValueError as fault:
        raise StorageError(f"The spool has a line that cannot be read: {fault}") from fault
    return Kept(draft=read.draft, salts=salts, taken_at_us=read.taken_at_us)
