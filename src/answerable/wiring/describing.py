"""What files show by themselves, without any policy: those of one source as one file, several sources side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from answerable import __version__
from answerable.config import Settings, read_settings
from answerable.engines.describe import coverage_of, describe, intervals_of
from answerable.model.call import CLOCK_POINTS
from answerable.model.examination import Examination, SeveralSources
from answerable.report.record_words import CLOCK_POINT_WORDS, record_words
from answerable.report.words import inclusion_words
from answerable.wiring.folders import work_folder
from answerable.wiring.importing import Progress, canonical, manifest_beside
from answerable.wiring.joining import parts_given

PROGRAM = f"answerable {__version__}"


def describe_files(
    files: Sequence[Path], *, source: str | None = None, encoding: str | None = None, sheet: str | None = None,
    as_of: str | None = None, progress: Progress | None = None, memory: str | None = None,
) -> Examination | SeveralSources:  # fmt: skip
    """What files show: those of one source as one, imported ones of several side by side. Raises SourceError."""
    if len(_by_source(files)) > 1:
        return describe_sources(files, as_of=as_of, progress=progress, memory=memory)
    return describe_file(
        files, source=source, encoding=encoding, sheet=sheet, as_of=as_of, progress=progress, memory=memory
    )


def describe_file(
    file: Path | Sequence[Path], *, source: str | None = None, encoding: str | None = None, sheet: str | None = None,
    as_of: str | None = None, progress: Progress | None = None, memory: str | None = None,
) -> Examination:  # fmt: skip
    """What files of one source show. `memory`: what may be used (`1GB`). Raises SourceError."""
    with work_folder(Path(tempfile.gettempdir())) as folder:
        _, found = _described(
            file, source=source, folder=folder, encoding=encoding, sheet=sheet, as_of=as_of, progress=progress,
            settings=read_settings(memory=memory),
        )  # fmt: skip
    return found


def describe_sources(
    files: Sequence[Path], *, as_of: str | None = None, progress: Progress | None = None, memory: str | None = None
) -> SeveralSources:
    """What imported files of several sources show: each source by itself, and all calls together.

    Raises SourceError, as for one source alone.
    """
    settings = read_settings(memory=memory)
    with work_folder(Path(tempfile.gettempdir())) as folder:
        found, calls = [], []
        for number, of in enumerate(_by_source(files).values()):
            own = folder / str(number)
            own.mkdir()
            parquet, described = _described(
                of, source=None, folder=own, encoding=None, sheet=None, as_of=as_of, progress=progress,
                settings=settings,
            )  # fmt: skip
            calls.append(parquet)
            found.append(described)
        if progress is not None:
            progress("measuring all together", 0, None)
        return SeveralSources(
            program=PROGRAM,
            sources=tuple(found),
            calls=sum(one.source.calls for one in found),
            coverage=coverage_of(one.description.coverage for one in found),
            intervals=intervals_of(calls, settings=settings),
            limits=tuple(_limits(found)),
        )


def _by_source(files: Sequence[Path]) -> dict[str, list[Path]]:
    """The imported files among those given, by source; nothing where one of them was not imported."""
    found: dict[str, list[Path]] = {}
    imported = parts_given(files)
    if all(path in imported or path.is_dir() for path in files):
        for path in imported:
            found.setdefault(manifest_beside(path, hashed=False).source, []).append(path)
    return found


def _described(
    files: Path | Sequence[Path], *, source: str | None, folder: Path, encoding: str | None, sheet: str | None,
    as_of: str | None, progress: Progress | None, settings: Settings,
) -> tuple[Path, Examination]:  # fmt: skip
    parquet, manifest = canonical(
        files, source=source, folder=folder, encoding=encoding, sheet=sheet, as_of=as_of, progress=progress,
        settings=settings,
    )  # fmt: skip
    return parquet, Examination(
        program=PROGRAM,
        source=manifest,
        as_of_us=manifest.horizon_us,
        description=describe(parquet, timezone=manifest.timezone, settings=settings),
    )


def _limits(found: Sequence[Examination]) -> Iterator[str]:
    """What must be known before one figure is taken for all: who gets in where, and who never records what."""
    if len({one.source.inclusion for one in found}) > 1:
        rules = "; ".join(f"{one.source.source}: {inclusion_words(one.source.inclusion).label}" for one in found)
        yield f"The sources do not list the same calls. {rules}."
    points = [point for point in CLOCK_POINTS if any(_records(one, point) for one in found)]
    for point in points:
        without = [one.source.source for one in found if not _records(one, point)]
        if without:
            label = record_words(CLOCK_POINT_WORDS, point).label
            yield f"{label} is never recorded by {', '.join(without)}: all their calls count as without it."


def _records(one: Examination, point: str) -> bool:
    return any(month.recorded.get(point) for month in one.description.coverage)
