"""A publisher's file, or one imported earlier, as canonical Parquet with its manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from answerable.config import Settings, read_settings
from answerable.engines.coded_record import coding, write_coded
from answerable.errors import SourceError
from answerable.model.snapshot import Snapshots
from answerable.model.source import SourceManifest
from answerable.notation import NotationError, json_as
from answerable.report.disk import write_atomically
from answerable.sources import Profile, add_snapshot, find_profile, import_calls, is_publishers_parquet, recognise
from answerable.wiring.files import as_of_us
from answerable.wiring.joining import joined, parts_given

Progress = Callable[[str, int, int | None], None]


def import_file(
    files: Path | Sequence[Path], *, source: str, out: Path, onto: Path | None = None, encoding: str | None = None,
    sheet: str | None = None, as_of: str | None = None, progress: Progress | None = None,
) -> SourceManifest:  # fmt: skip
    """`answerable import`: write `out`, its quarantine, its manifest and its coded record. `onto`: the calls of earlier
    exports, to which this one is added. Raises SourceError.
    """
    profile, settings = find_profile(source), read_settings()
    given = {"encoding": encoding, "sheet": sheet}
    if onto is None:
        with coding(out, settings) as coded:
            manifest = import_calls(
                files, profile=profile, out=out, as_of_us=as_of_us(as_of), progress=progress, settings=settings,
                beside=coded.beside, **given,
            )  # fmt: skip
            coded.publish(manifest.parquet_sha256)
        return manifest
    manifest = add_snapshot(
        files, profile=profile, onto=onto, known=manifest_beside(onto), out=out, as_of_us=as_of_us(as_of),
        progress=progress, settings=settings, **given,
    )  # fmt: skip
    if progress is not None:
        progress("coding", 0, None)
    write_coded(out, parquet_sha256=manifest.parquet_sha256, settings=settings)
    return manifest


def canonical(
    files: Path | Sequence[Path], *, source: str | None, folder: Path, encoding: str | None, sheet: str | None = None,
    as_of: str | None, progress: Progress | None, settings: Settings | None = None,
) -> tuple[Path, SourceManifest]:  # fmt: skip
    """The canonical Parquet of what was given and its manifest; imported, or joined of what was imported in parts, into
    `folder` unless it is one already, or lies there from a run that was given the same."""
    settings = settings or read_settings()
    paths = [files] if isinstance(files, Path) else list(files)
    out = folder / "calls.parquet"
    if out.with_suffix(".manifest.json").exists():  # of a run that was killed later
        return out, manifest_beside(out)
    if (already := _imported_earlier(paths)) is not None:
        return already, manifest_beside(already)
    if imported := parts_given(paths):
        _refuse_publishers(paths, imported)
        if len(imported) == 1:
            return imported[0], manifest_beside(imported[0])
        if progress is not None:
            progress("joining", 0, None)
        given = [(path, manifest_beside(path)) for path in imported]
        manifest = joined(given, out, as_of_us=as_of_us(as_of), settings=settings)
        write_atomically(out.with_suffix(".manifest.json"), msgspec.json.encode(manifest))
        return out, manifest
    profile = find_profile(source) if source is not None else recognised(files, encoding=encoding, sheet=sheet)
    manifest = import_calls(
        files,
        profile=profile,
        out=out,
        encoding=encoding,
        sheet=sheet,
        as_of_us=as_of_us(as_of),
        progress=progress,
        settings=settings,
    )
    return out, manifest


def _imported_earlier(paths: Sequence[Path]) -> Path | None:
    """The Parquet file that `answerable import` wrote, if that alone was given; a publisher's own is none."""
    if len(paths) != 1 or paths[0].suffix != ".parquet" or not paths[0].is_file():
        return None
    beside = paths[0].with_suffix(".manifest.json")
    return paths[0] if beside.exists() or not is_publishers_parquet(paths[0]) else None


def _refuse_publishers(paths: Sequence[Path], imported: Sequence[Path]) -> None:
    """Some files were imported earlier, so all of them must have been."""
    others = [path for path in paths if path not in imported and not any(path in one.parents for one in imported)]
    if others:
        raise SourceError(
            f"it was not imported, and {imported[0].name} was",
            file=others[0].name,
            hint="Give the publisher's own files alone, or calls that `answerable import` wrote alone.",
        )


def imported_manifest(file: Path) -> SourceManifest | None:
    """The manifest of calls that `answerable import` wrote; None for any other file. Raises SourceError."""
    if file.suffix != ".parquet" or not file.with_suffix(".manifest.json").exists():
        return None
    return manifest_beside(file)


def recognised(files: Path | Sequence[Path], *, encoding: str | None, sheet: str | None = None) -> Profile:
    """The built-in profile whose header the files have. Raises SourceError where none has it: nothing is guessed."""
    recognition = recognise(files, encoding=encoding, sheet=sheet)
    if recognition.profile is None:
        raise SourceError("no built-in profile fits its header", file=recognition.file, hint=recognition.advice)
    return find_profile(recognition.profile)


def manifest_beside(file: Path, *, hashed: bool = True) -> SourceManifest:
    """The manifest that `answerable import` wrote beside a Parquet file, which must still be that file: `hashed` says
    whether that is looked at."""
    beside = file.with_suffix(".manifest.json")
    try:
        manifest = json_as(beside.read_bytes(), SourceManifest)
    except FileNotFoundError as fault:
        raise SourceError(
            f"there is no {beside.name} beside it",
            file=file.name,
            hint="Give the publisher's own file, or a Parquet file with the manifest that `answerable import` wrote.",
        ) from fault
    except (OSError, NotationError) as fault:
        raise SourceError(f"its manifest cannot be read: {fault}", file=beside.name) from fault
    if not hashed:
        return manifest
    with file.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != manifest.parquet_sha256:
            raise SourceError(
                f"its bytes are not those that {beside.name} was written for",
                file=file.name,
                hint="Import the publisher's file again.",
            )
    return manifest


def history_beside(file: Path, snapshots: Snapshots) -> Path:
    """The history of the calls in `file`, which must still be the one that its manifest seals. Raises SourceError."""
    history = file.with_suffix(".history.parquet")
    try:
        with history.open("rb") as opened:
            same = hashlib.file_digest(opened, "sha256").hexdigest() == snapshots.history_sha256
    except OSError as fault:
        raise SourceError(
            f"{history.name} cannot be read: {fault.strerror}",
            file=file.name,
            hint="Calls of several exports go with their history: copy it beside them, or import the exports again.",
        ) from fault
    if not same:
        raise SourceError(
            "its bytes are not those that the manifest was written for",
            file=history.name,
            hint="Import the exports again.",
        )
    return history
