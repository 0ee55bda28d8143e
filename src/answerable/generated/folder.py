"""The folder that generated calls go into: new, empty, or one that the same command began."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from answerable.errors import InputError, StorageError
from answerable.generated.made import Generated, Terms
from answerable.notation import NotationError, json_as

MANIFEST = "generated.json"
A_LINE_BYTES = 152
"""Room for one line: the mean of all cities, rounded up."""


def refuse_other_calls(out: Path, terms: Terms) -> None:
    """Raise InputError where `out` holds anything but these calls, also calls of another seed or number of rows."""
    known = _known(out)
    if known is not None and known.terms != terms:
        raise InputError(
            f"{out} was made with {_said(known.terms)}; this would be {_said(terms)}",
            hint="Give the same again to go on with it, or name another folder with --out.",
        )
    if known is None:
        _refuse_what_is_there(out)


def _known(out: Path) -> Generated | None:
    path = out / MANIFEST
    try:
        return json_as(path.read_bytes(), Generated)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise StorageError(f"{path} cannot be read: {fault.strerror}") from fault
    except NotationError as fault:
        raise InputError(
            f"{path} was not written by `answerable generate`: {fault}", hint="Name another folder with --out."
        ) from fault


def _said(terms: Terms) -> str:
    return f"--rows {terms.rows} --seed {terms.seed} under DuckDB {terms.duckdb}"


def _refuse_what_is_there(out: Path) -> None:
    found = min((one.name for one in out.iterdir()), default=None)
    if found is not None:
        raise InputError(
            f"{out} is not empty: it holds {found!r}, which `answerable generate` did not write",
            hint="Name a new folder with --out. Nothing there was touched.",
        )


def refuse_lack_of_room(out: Path, *, rows: int) -> None:
    """Raise StorageError where the disk cannot take that many more lines: better now than after an hour."""
    needed_bytes, free_bytes = rows * A_LINE_BYTES, shutil.disk_usage(out).free
    if needed_bytes > free_bytes:
        raise StorageError(
            f"{out}: {rows:,} rows need about {_size(needed_bytes)}, and {_size(free_bytes)} are free",
            hint="Name a folder on another disk with --out, or ask for fewer --rows.",
        )


def _size(count_bytes: int) -> str:
    return f"{count_bytes / 1e9:,.1f} GB" if count_bytes >= 1e9 else f"{count_bytes / 1e6:,.0f} MB"


def write_manifest(out: Path, made: Generated) -> None:
    """Write `generated.json`, in full or not at all."""
    write_whole(out / MANIFEST, msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")


def write_whole(path: Path, text: bytes) -> None:
    """Write a small file beside its place and move it there. Raises StorageError."""
    half = path.with_name(f".{path.name}.half")
    try:
        half.write_bytes(text)
        half.replace(path)
    except OSError as fault:
        half.unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {fault.strerror}") from fault
