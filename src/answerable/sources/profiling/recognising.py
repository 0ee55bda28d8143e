"""Whose file a thing is, whatever it is packed in or written as, and whether several files are one publisher's."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from answerable.sources.files.gather import Reading, gather
from answerable.sources.files.opening import Opened
from answerable.sources.profiling.catalogue import profiles
from answerable.sources.profiling.header import match_header
from answerable.sources.profiling.looks_like_times import any_looks_like_a_time
from answerable.sources.profiling.recognition import Fit, Recognition
from answerable.sources.profiling.recognition import recognise as recognise_header


def recognise(given: Path | Sequence[Path], *, encoding: str | None = None, sheet: str | None = None) -> Recognition:
    """Hold the header of a file, or of each of several, against every built-in profile.

    Several are one profile's only if it fits each of them. Raises SourceError if one has no header to read.
    """
    with tempfile.TemporaryDirectory(prefix="answerable-") as made:
        folder = Path(made)
        gathered = gather(
            given, folder, reading=Reading(delimiter=",", encoding=encoding, sheet=sheet, fits=_fits_a_profile)
        )
        found = [_recognised(one, place) for one, place in gathered.tables]
    whole = msgspec.structs.replace(
        # a drifted one among exact ones is the one to tell of
        next((one for one in found if one.fit is not Fit.EXACT), found[0]),
        file=gathered.shown,
        encoding=gathered.encoding,
    )
    other = next((one for one in found if one.profile != found[0].profile), None)
    return whole if other is None else _of_several(whole, found[0], other)


def _fits_a_profile(header: tuple[str, ...]) -> bool:
    return any(not match_header(profile.definition, header).missing for profile in profiles())


def _recognised(opened: Opened, folder: Path) -> Recognition:
    """A table by its header alone: with every delimiter that a profile has, so that each meets its own."""
    best: Recognition | None = None
    for delimiter in sorted({",", *(profile.definition.file.delimiter for profile in profiles())}):
        plain = folder / "header.csv"
        with plain.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(opened.header)
        found = recognise_header(plain, encoding="utf-8")
        if best is None or (best.profile is None and found.profile is not None):
            best = found
    if best is None:
        raise AssertionError("there is always the comma")
    found = msgspec.structs.replace(best, file=opened.readable.name, columns=opened.header, encoding=opened.encoding)
    return found if found.profile is not None or any_looks_like_a_time(opened, folder) else _no_calls(found)


def _no_calls(found: Recognition) -> Recognition:
    columns = ", ".join(column for column in found.columns if column)
    return msgspec.structs.replace(
        found,
        without_times=True,
        advice="This is no table of calls: none of its values looks like a date or a time, so it cannot say when a "
        f"call came in. A list of codes, perhaps. Its columns are: {columns}.",
    )


def _of_several(whole: Recognition, first: Recognition, other: Recognition) -> Recognition:
    names = f"{first.file} is of {first.profile or 'none'}, {other.file} of {other.profile or 'none'}"
    return msgspec.structs.replace(
        whole, fit=Fit.NONE, profile=None, without_times=False,
        advice=f"The files are not all of one profile: {names}. Give those of one profile together.",
    )  # fmt: skip
