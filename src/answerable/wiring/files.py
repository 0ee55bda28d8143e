"""Reading the small files people hand in, with the operating system's refusals in our words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from answerable.errors import ClaimError, InputError, SettingsError
from answerable.model.times import parse_instant

LARGEST_BYTES = 64 * 1024 * 1024
"""No policy, claim, list of facts or document taken in as evidence may be larger."""


def read_small(path: Path, *, what: str) -> bytes:
    """The bytes of a small file. Raises InputError where it is missing, a folder, not readable or too large."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise InputError(f"{path}: {what} may not be larger than {LARGEST_BYTES // 1024 // 1024} MB")
        return path.read_bytes()
    except IsADirectoryError as fault:
        raise InputError(f"{path} is a folder; {what} is one file") from fault
    except OSError as fault:
        raise InputError(f"{path}: {what} cannot be read: {fault.strerror}") from fault


def reader_beside(file: Path) -> Callable[[str], bytes]:
    """Reads documents named relative to `file`, and none outside its folder and the folders beside it."""
    allowed = file.resolve().parent.parent

    def read(name: str) -> bytes:
        path = (file.resolve().parent / name).resolve()
        if Path(name).is_absolute() or not path.is_relative_to(allowed):
            raise ClaimError(
                f"{file.name}: the document {name!r} lies outside the claim's folder",
                hint="Put it beside the claim, or into a folder beside the claim's folder.",
            )
        return read_small(path, what="a document taken in as evidence")

    return read


def as_of_us(text: str | None) -> int | None:
    """`--as-of` in microseconds. Raises SettingsError."""
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as fault:
        raise SettingsError(f"--as-of: {fault}") from fault
