"""Reading the small files people hand in, with the operating system's refusals in our words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from answerable.errors import ClaimError, InputError, SettingsError
from answerable.model.times import parse_instant

LARGEST_BYTES = 64 * 1024 * 1024
"""No policy, claim, list of facts or document taken in as evidence may be larger."""


EARLIEST_US, LATEST_US = parse_instant("1900-01-01T00:00:00Z"), parse_instant("2200-01-01T00:00:00Z")
"""Within these a record of calls can speak."""
EVIDENCE = "evidence"
"""The one folder beside the claim's own from which a claim may take documents."""


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
    """Reads documents named relative to `file`: in its folder or below it, or in a folder `evidence` beside that one.

    A claim may come from anybody; it must not be able to ask what else lies on this disk.
    """
    own = file.resolve().parent
    allowed = (own, own.parent / EVIDENCE)

    def read(name: str) -> bytes:
        path = Path() if "\0" in name else (own / name).resolve()
        if not any(path.is_relative_to(folder) for folder in allowed) or Path(name).is_absolute():
            raise ClaimError(
                f"{file.name}: the document {name!r} lies outside the claim's folder",
                hint=f"Put it beside the claim, or into a folder {EVIDENCE!r} beside the claim's folder.",
            )
        return read_small(path, what="a document taken in as evidence")

    return read


def as_of_us(text: str | None) -> int | None:
    """`--as-of` in microseconds. Raises SettingsError."""
    if text is None:
        return None
    try:
        at_us = parse_instant(text)
    except ValueError as fault:
        raise SettingsError(f"--as-of: {fault}") from fault
    if not EARLIEST_US <= at_us < LATEST_US:
        raise SettingsError(f"--as-of: {text} lies outside the years 1900 to 2199")
    return at_us
