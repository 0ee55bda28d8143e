"""Many files, each imported by itself: whether every row that was read is accounted for, as one table."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from answerable.config import read_settings
from answerable.errors import InputError, MissingExtraError
from answerable.model.reconciliation import ReconciledFile, Reconciliation, State
from answerable.model.source import Rows, SourceManifest
from answerable.sources import Found, files_below, find_profile, import_calls, recognise, recount
from answerable.wiring.importing import Progress


def reconcile(given: Sequence[Path], *, progress: Progress | None = None) -> Reconciliation:
    """Import each file given, and each below a folder given, by the profile that its header has; keep nothing.

    Raises SourceError where there is nothing to read, StorageError where the disk refuses.
    """
    below = files_below(given)
    files = []
    for at, found in enumerate(below.files):
        if progress is not None:
            progress(f"file {at + 1} of {len(below.files)}", at, len(below.files))
        files.append(_reconciled(found))
    return Reconciliation(
        files=tuple(files),
        rows=_sum([one.rows for one in files if one.rows is not None]),
        calls=sum(one.calls or 0 for one in files),
        not_read=below.left,
        ok=all(one.state is State.RECONCILES for one in files),
    )


def _reconciled(found: Found) -> ReconciledFile:
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="answerable-") as folder:
            one = _imported(found, Path(folder) / "calls.parquet")
    except (InputError, MissingExtraError) as fault:
        one = ReconciledFile(
            file=found.shown, state=State.REFUSED, because=f"{fault.message} {fault.hint or ''}".rstrip()
        )
    return msgspec.structs.replace(one, seconds=round(time.monotonic() - began, 3))


def _imported(found: Found, out: Path) -> ReconciledFile:
    recognition = recognise(found.path)
    if recognition.profile is None:
        state = State.NO_CALLS if recognition.without_times else State.NOT_RECOGNISED
        return ReconciledFile(file=found.shown, state=state, because=recognition.advice)
    manifest = import_calls(found.path, profile=find_profile(recognition.profile), out=out, settings=read_settings())
    return _accounted(found, manifest, out)


def _accounted(found: Found, manifest: SourceManifest, out: Path) -> ReconciledFile:
    rows, again = manifest.rows, recount(out)
    differing = [
        f"{what}: {said:,} said, {there:,} found"
        for what, said, there in (
            ("rows read", rows.read, again.rows + again.quarantined + rows.duplicates),
            ("imported", rows.imported, again.rows),
            ("quarantined", rows.quarantined, again.quarantined),
            ("calls", manifest.calls, again.calls),
        )
        if said != there
    ]
    ignored = manifest.can_answer.get("ignored")
    return ReconciledFile(
        file=found.shown,
        state=State.DOES_NOT_RECONCILE if differing else State.RECONCILES,
        profile=manifest.source,
        verified=manifest.verified,
        rows=rows,
        found_again={"imported": again.rows, "quarantined": again.quarantined},
        calls=manifest.calls,
        first_us=manifest.first_us,
        last_us=manifest.last_us,
        timezone=manifest.timezone,
        inclusion=manifest.inclusion.value,
        ignored=ignored.answer if ignored else None,
        ignored_because=ignored.because if ignored else "",
        because="; ".join(differing),
    )


def _sum(every: Sequence[Rows]) -> Rows:
    return Rows(
        read=sum(rows.read for rows in every),
        imported=sum(rows.imported for rows in every),
        quarantined=sum(rows.quarantined for rows in every),
        duplicates=sum(rows.duplicates for rows in every),
    )
