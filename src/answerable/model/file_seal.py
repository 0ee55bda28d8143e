"""A file by its seal, and its rows by what became of them."""

from __future__ import annotations

import msgspec


class FileSeal(msgspec.Struct, frozen=True, kw_only=True):
    """A file by name (no folder), size and SHA-256, so that anybody can tell whether they hold the same one."""

    name: str
    size_bytes: int
    sha256: str


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Source rows. Always `read == imported + quarantined + duplicates` (byte-identical duplicates)."""

    read: int
    imported: int
    quarantined: int
    duplicates: int
