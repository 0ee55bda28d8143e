"""A draft of a profile written to a file that is not there yet, and how far a person has come with one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from answerable.config import read_settings
from answerable.errors import InputError, StorageError
from answerable.sources import Draft, OpenQuestion, Profile, draft_profile, find_profile, questions_left
from answerable.wiring.files import read_small
from answerable.wiring.importing import Progress


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """A draft, and where its profile was written; None where a built-in profile fits and nothing was."""

    draft: Draft
    profile_file: Path | None


class ProfileChecked(msgspec.Struct, frozen=True, kw_only=True):
    """A profile file: the questions of a draft that are still open, or the profile, checked."""

    file: str
    questions: tuple[OpenQuestion, ...]
    profile: Profile | None


def draft_file(
    files: Sequence[Path], *, out: Path | None = None, encoding: str | None = None, sheet: str | None = None,
    progress: Progress | None = None,
) -> Drafted:  # fmt: skip
    """Draft the profile of `files` into `out`, or into `<name>.profile.toml` here. What is there already stays.

    Raises SourceError where there is nothing to describe, InputError where the profile's file exists.
    """
    target = out or Path(f"{_stem(files[0])}.profile.toml")
    _refuse_to_overwrite(target)
    draft = draft_profile(files, encoding=encoding, sheet=sheet, settings=read_settings(), progress=progress)
    if draft.known is not None:
        return Drafted(draft=draft, profile_file=None)
    try:
        with target.open("x", encoding="utf-8", newline="\n") as written:
            written.write(draft.text)
    except FileExistsError:
        _refuse_to_overwrite(target)
    except OSError as fault:
        raise StorageError(f"{target}: {fault.strerror}", hint="Name another place with --out.") from fault
    return Drafted(draft=draft, profile_file=target)


def check_profile(file: Path) -> ProfileChecked:
    """The open questions of a draft, or the whole profile, checked. Raises SourceError for what is neither."""
    left = questions_left(read_small(file, what="a profile"), file=str(file))
    return ProfileChecked(file=str(file), questions=left, profile=None if left else find_profile(file))


def _refuse_to_overwrite(target: Path) -> None:
    if target.exists():
        raise InputError(
            f"{target}: this file exists already, and answers may be in it",
            hint="Name another with --out, or move it away. `answerable sources check` says what it still lacks.",
        )


def _stem(file: Path) -> str:
    """The file's name without what says how it is written and packed."""
    name = file.name or file.resolve().name
    return re.sub(r"(\.(csv|tsv|tab|psv|txt|json|jsonl|ndjson|parquet|xlsx))?(\.(gz|zst|zip))?$", "", name) or "calls"
