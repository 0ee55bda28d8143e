"""A publisher's file, or one imported earlier, as canonical Parquet with its manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from answerable.config import read_settings
from answerable.errors import SourceError
from answerable.model.source import SourceManifest
from answerable.sources import Profile, find_profile, import_calls, recognise
from answerable.wiring.files import as_of_us

Progress = Callable[[str, int, int | None], None]


def import_file(
    file: Path, *, source: str, out: Path, encoding: str | None = None, as_of: str | None = None,
    progress: Progress | None = None,
) -> SourceManifest:  # fmt: skip
    """`answerable import`: write `out`, its quarantine and its manifest. Raises SourceError."""
    profile = find_profile(source)
    return import_calls(
        file,
        profile=profile,
        out=out,
        encoding=encoding,
        as_of_us=as_of_us(as_of),
        progress=progress,
        settings=read_settings(),
    )


def canonical(
    file: Path, *, source: str | None, folder: Path, encoding: str | None, as_of: str | None, progress: Progress | None
) -> tuple[Path, SourceManifest]:
    """The canonical Parquet of `file` and its manifest; imported into `folder` unless it is one already."""
    if file.suffix == ".parquet":
        return file, _manifest_beside(file)
    profile = find_profile(source) if source is not None else recognised(file, encoding=encoding)
    out = folder / "calls.parquet"
    manifest = import_calls(
        file,
        profile=profile,
        out=out,
        encoding=encoding,
        as_of_us=as_of_us(as_of),
        progress=progress,
        settings=read_settings(),
    )
    return out, manifest


def recognised(file: Path, *, encoding: str | None) -> Profile:
    """The built-in profile whose header the file has. Raises SourceError where none has it: nothing is guessed."""
    recognition = recognise(file, encoding=encoding)
    if recognition.profile is None:
        raise SourceError("no built-in profile fits its header", file=file.name, hint=recognition.advice)
    return find_profile(recognition.profile)


def _manifest_beside(file: Path) -> SourceManifest:
    """The manifest that `answerable import` wrote beside a Parquet file, which must still be that file."""
    beside = file.with_suffix(".manifest.json")
    try:
        manifest = msgspec.json.decode(beside.read_bytes(), type=SourceManifest)
    except FileNotFoundError as fault:
        raise SourceError(
            f"there is no {beside.name} beside it",
            file=file.name,
            hint="Give the publisher's own file, or a Parquet file with the manifest that `answerable import` wrote.",
        ) from fault
    except (OSError, msgspec.DecodeError) as fault:
        raise SourceError(f"its manifest cannot be read: {fault}", file=beside.name) from fault
    with file.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != manifest.parquet_sha256:
            raise SourceError(
                f"its bytes are not those that {beside.name} was written for",
                file=file.name,
                hint="Import the publisher's file again.",
            )
    return manifest
