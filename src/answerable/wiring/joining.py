"""Calls that were imported in parts, as one: which files those are, and the manifest of all of them together."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from answerable.config import Settings
from answerable.engines.join_calls import CallFile, Joined, join_calls
from answerable.errors import SourceError
from answerable.model.source import FileSeal, Rows, SourceManifest
from answerable.report.disk import sha256_of
from answerable.sources.files.readable_names import readable_files

_NOTES = (".json", ".txt")
"""Where such a file lies beside imported calls, it is more likely about them than an export of its own."""
CODED = ".coded"
"""Ends the name of the folder that holds the codes of imported calls."""
_SAME = (
    "source", "profile_sha256", "encoding", "timezone", "grain", "inclusion", "start_point", "blank_means_no",
    "records_callbacks", "records_origin", "clock_offset", "removals", "can_answer",
)  # fmt: skip
"""What the manifests must agree in: files of one source, which show the same."""
_ALONE = (
    "Examine each by itself. `answerable audit` counts the outcomes of all; `examine` without --policy measures all."
)


def imported_files(paths: Sequence[Path]) -> list[Path]:
    """The calls that `answerable import` wrote, among these files and in these folders (in the order of their names).
    Empty where there are none."""
    return [
        path
        for given in paths
        for path in (sorted(given.rglob("*.parquet")) if given.is_dir() else [given])
        if path.suffix == ".parquet" and path.with_suffix(".manifest.json").exists()
    ]


def parts_given(paths: Sequence[Path]) -> list[Path]:
    """The same, where that is what was given: a folder that holds a publisher's files, too, is the publisher's."""
    beside = (file for path in paths if path.is_dir() for file in publishers_files(path))
    return [] if any(file.suffix.lower() not in _NOTES for file in beside) else imported_files(paths)


def publishers_files(folder: Path) -> Iterator[Path]:
    """The files of a folder, and of the folders in it, that an import would read; nothing that one wrote."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and not one.endswith(CODED))
        yield from (Path(place) / name for name in readable_files(names).read)


def joined(
    files: Sequence[tuple[Path, SourceManifest]], out: Path, *, as_of_us: int | None, settings: Settings
) -> SourceManifest:
    """Write the calls of files of one source to `out`, as if the publisher's files had been imported together; the
    manifest of all. `as_of_us`: up to when all of them speak; else each speaks as far as it did by itself.

    Raises SourceError where they are not of one source, or not parts of one export; StorageError.
    """
    _refuse_unlike(files)
    in_order = sorted(files, key=lambda one: (one[1].first_us is None, one[1].first_us or 0, one[0].name))
    horizons = [one.horizon_us for _, one in in_order]
    latest_us = max((one for one in horizons if one is not None), default=None)
    given = [
        CallFile(path, one, None if as_of_us is not None or one.horizon_us == latest_us else one.horizon_us)
        for path, one in in_order
    ]
    found = join_calls(given, out, settings=settings)
    return _manifest(in_order, found=found, horizon_us=latest_us, sha256=sha256_of(out))


def _refuse_unlike(files: Sequence[tuple[Path, SourceManifest]]) -> None:
    (first, one), *others = files
    for path, other in others:
        if other.source != one.source:
            raise SourceError(
                f"these are calls of {other.source}, and those of {first.name} are of {one.source}: each source is "
                "examined by what it can show",
                file=path.name,
                hint=_ALONE,
            )  # fmt: skip
        unlike = next((name for name in _SAME if getattr(one, name) != getattr(other, name)), None)
        if unlike is not None:
            raise SourceError(
                f"it was not read as {first.name} was: they differ in {unlike.replace('_', ' ')}",
                file=path.name,
                hint="Import the publisher's files again, with one profile.",
            )
    for path, other in files:
        if other.snapshots is not None:
            raise SourceError(
                "these are calls of several exports, one onto another, and no part of one",
                file=path.name,
                hint="Examine it by itself.",
            )
        if other.horizon_us is None and any(one.horizon_us is not None for _, one in files):
            raise SourceError(
                "up to when it can speak is not known, and of other files it is",
                file=path.name,
                hint="Say it of all of them with --as-of TIME.",
            )


def _manifest(
    files: Sequence[tuple[Path, SourceManifest]], *, found: Joined, horizon_us: int | None, sha256: str
) -> SourceManifest:
    every, dropped = [one for _, one in files], found.copies
    rows = Rows(
        read=sum(one.rows.read for one in every),
        imported=sum(one.rows.imported for one in every) - dropped,
        quarantined=sum(one.rows.quarantined for one in every),
        duplicates=sum(one.rows.duplicates for one in every) + dropped,
    )
    firsts, lasts = [one.first_us for one in every], [one.last_us for one in every]
    seals = tuple(dict.fromkeys(seal for one in every for seal in one.files or (one.file,)))
    return msgspec.structs.replace(
        every[0],
        file=_seal(seals),
        files=seals,
        parts=(),
        rows=rows,
        calls=sum(one.calls for one in every) - dropped,
        first_us=min((one for one in firsts if one is not None), default=None),
        last_us=max((one for one in lasts if one is not None), default=None),
        horizon_us=horizon_us,
        unlisted_codes=_added(one.unlisted_codes for one in every),
        unlisted_facts=dict(sum((Counter(one.unlisted_facts) for one in every), Counter[str]())),
        quality=found.quality,
        notes=_notes(files, dropped),
        parquet_sha256=sha256,
    )


def _notes(files: Sequence[tuple[Path, SourceManifest]], dropped: int) -> tuple[str, ...]:
    """What all files say is said once."""
    shared = [note for note in files[0][1].notes if all(note in one.notes for _, one in files)]
    own = [f"{path.name}: {note}" for path, one in files for note in one.notes if note not in shared]
    said = [f"{len(files)} files of imported calls were joined."]
    if dropped:
        said.append(f"{dropped:,} of their rows stand in an earlier one already, and are counted as duplicates.")
    return (*shared, *own, *said)


def _seal(seals: Sequence[FileSeal]) -> FileSeal:
    """One seal for all: the SHA-256 of their list as `sha256sum` prints it, as an import of several files has it."""
    if len(seals) == 1:
        return seals[0]
    listing = "".join(f"{one.sha256}  {one.name}\n" for one in seals)
    return FileSeal(
        name=f"{seals[0].name} and {len(seals) - 1} more",
        size_bytes=sum(one.size_bytes for one in seals),
        sha256=hashlib.sha256(listing.encode()).hexdigest(),
    )


def _added(every: Iterable[dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    """Counts of counts, added up."""
    found: dict[str, Counter[str]] = {}
    for counts in every:
        for name, values in counts.items():
            found.setdefault(name, Counter()).update(values)
    return {name: dict(values.most_common()) for name, values in found.items()}
