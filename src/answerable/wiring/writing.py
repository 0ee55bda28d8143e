"""Policies written: laid out in place, begun anew, and the schema that helps an editor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec

from answerable.errors import SettingsError
from answerable.policy import policy_schema
from answerable.report.disk import write_atomically
from answerable.wiring.files import read_small
from answerable.wiring.policies import policy_files


class LaidOut(msgspec.Struct, frozen=True, kw_only=True):
    """A policy file, and whether its layout was (or would be) changed."""

    file: str
    is_changed: bool


def lay_out(paths: Sequence[Path], *, check_only: bool) -> tuple[LaidOut, ...]:
    """Bring policy files into canonical layout; `check_only`: write nothing. Raises PolicyError, StorageError."""
    # the library that keeps comments is loaded by whoever lays out, not by everybody who reads a policy
    from answerable.policy.layout import laid_out  # noqa: PLC0415

    files = [file for path in paths for file in policy_files(path)]
    texts = [read_small(file, what="a policy") for file in files]
    # every file is understood before the first is written
    new = [laid_out(text, file=str(file)) for file, text in zip(files, texts, strict=True)]
    changed = [one != other for one, other in zip(texts, new, strict=True)]
    for file, text, is_changed in zip(files, new, changed, strict=True):
        if is_changed and not check_only:
            write_atomically(file, text)
    return tuple(LaidOut(file=str(file), is_changed=one) for file, one in zip(files, changed, strict=True))


def starter_policy() -> str:
    """The text of a policy to begin with."""
    return (resources.files("answerable.policy") / "starter.toml").read_text(encoding="utf-8")


def schema_text() -> str:
    """The schema of the format as JSON, two spaces deep."""
    return json.dumps(policy_schema(), ensure_ascii=False, indent=2) + "\n"


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises SettingsError where it is, StorageError."""
    if path.exists():
        raise SettingsError(f"{path} is there already; it is not written over", hint="Give another name to --out.")
    write_atomically(path, text.encode("utf-8"))
