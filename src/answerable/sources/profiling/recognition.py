"""What a file never seen before is: its header held against every built-in profile. Nothing is guessed silently."""

from __future__ import annotations

import tempfile
from enum import StrEnum
from pathlib import Path

import msgspec

from answerable.sources.files.encoding import choose_encoding, copy_as_utf8
from answerable.sources.files.seal import seal_file
from answerable.sources.profiling.catalogue import profiles
from answerable.sources.profiling.header import match_header
from answerable.sources.profiling.profile import Profile
from answerable.sources.rows.reader import read_header

NEAREST_SHOWN = 3


class Fit(StrEnum):
    """`exact`: every column by its name; `drifted`: every column, some under another spelling; `none`: not this one."""

    EXACT = "exact"
    DRIFTED = "drifted"
    NONE = "none"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One profile held against the header. `drifted`: the profile's name -> the file's; `unmapped`: columns of the
    file that the profile does not name."""

    profile: str
    title: str
    fit: Fit
    found: tuple[str, ...]
    drifted: dict[str, str]
    missing: tuple[str, ...]
    unmapped: tuple[str, ...]


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """`profile` is set only where exactly one profile fits. `nearest`: the best candidates, best first. `advice` is
    what to do, in a sentence or two. `without_times`: no value looks like a date or a time, so it is no table of
    calls."""

    file: str
    fit: Fit
    profile: str | None
    columns: tuple[str, ...]
    encoding: str
    nearest: tuple[Candidate, ...]
    advice: str
    without_times: bool = False


def recognise(path: Path, *, encoding: str | None = None) -> Recognition:
    """Hold the file's header against every built-in profile. Raises SourceError if the file has no header to read."""
    columns: dict[str, tuple[str, ...]] = {}
    name = ""
    with tempfile.TemporaryDirectory(prefix="answerable-") as folder:
        readable, name = _as_utf8(path, Path(folder), encoding)
        for delimiter in {profile.definition.file.delimiter for profile in profiles()} | {","}:
            columns[delimiter] = read_header(readable, delimiter, shown=str(path))
    candidates = sorted(
        (_candidate(profile, columns[profile.definition.file.delimiter]) for profile in profiles()),
        key=lambda one: (one.fit is Fit.NONE, one.fit is Fit.DRIFTED, -_share(one), one.profile),
    )
    fitting = [one for one in candidates if one.fit is not Fit.NONE]
    exact = [one for one in fitting if one.fit is Fit.EXACT]
    chosen = exact[0] if len(exact) == 1 else fitting[0] if len(fitting) == 1 else None
    return Recognition(
        file=path.name,
        fit=chosen.fit if chosen else Fit.NONE,
        profile=chosen.profile if chosen else None,
        columns=max(columns.values(), key=len),
        encoding=name,
        nearest=tuple(candidates[:NEAREST_SHOWN]),
        advice=_advice(chosen, fitting, candidates, max(columns.values(), key=len)),
    )


def _as_utf8(path: Path, folder: Path, stated: str | None) -> tuple[Path, str]:
    read = seal_file(path)
    encoding = choose_encoding(path, read, stated=stated)
    if encoding.is_utf8:
        return path, encoding.name
    copy_as_utf8(path, encoding, folder / "utf8.csv")
    return folder / "utf8.csv", encoding.name


def _candidate(profile: Profile, header: tuple[str, ...]) -> Candidate:
    match = match_header(profile.definition, header)
    fit = Fit.NONE if match.missing else Fit.DRIFTED if match.drifted or match.absent else Fit.EXACT
    positions = set(match.found.values())
    return Candidate(
        profile=profile.id,
        title=profile.title,
        fit=fit,
        found=tuple(match.found),
        drifted=match.drifted,
        missing=match.missing,
        unmapped=tuple(column for at, column in enumerate(header) if at not in positions),
    )


def _share(one: Candidate) -> float:
    return len(one.found) / max(1, len(one.found) + len(one.missing))


def _advice(
    chosen: Candidate | None, fitting: list[Candidate], candidates: list[Candidate], columns: tuple[str, ...]
) -> str:
    if chosen is not None and chosen.fit is Fit.EXACT:
        return f"Every column of the profile {chosen.profile} is there. Use it with --source {chosen.profile}."
    if chosen is not None:
        other = ", ".join(f"{new!r} for {old!r}" for old, new in chosen.drifted.items())
        spelled = f" It spells {other}." if other else ""
        confirm = f"Confirm with --source {chosen.profile}."
        return f"The header is that of {chosen.profile}, a little changed.{spelled} {confirm}"
    if fitting:
        names = ", ".join(one.profile for one in fitting)
        return f"More than one profile fits: {names}. Say which with --source."
    seen = f"The file's columns are: {', '.join(columns)}."
    need = "A profile says what they mean: `answerable sources draft FILE` begins one from the file's own rows."
    if not candidates:
        return f"No profile is at hand. {seen} {need}"
    best = candidates[0]
    return f"No profile fits. {seen} The nearest is {best.profile}, which misses {', '.join(best.missing)}. {need}"
