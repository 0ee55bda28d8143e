"""Which members of an archive, and which files of a folder, are taken for calls by their names; the rest is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

DELIMITED = {".csv": None, ".tsv": "\t", ".tab": "\t", ".psv": "|"}
"""Suffixes of delimited text, and the delimiter that the name itself promises."""
JSON_LINES = (".jsonl", ".ndjson")
DATA = (*DELIMITED, *JSON_LINES, ".parquet", ".xlsx")
PACKED = (".gz", ".zst", ".zip")
_MANY = 5


@dataclass(frozen=True, slots=True)
class Suffixes:
    """`read`: the names to read, sorted; `left`: those that are left aside."""

    HINT: ClassVar[str] = (
        "What can be read ends in .csv, .tsv, .jsonl, .json, .parquet or .xlsx (docs/reference/sources.md)."
    )

    read: tuple[str, ...]
    left: tuple[str, ...]

    def note(self, where: str) -> tuple[str, ...]:
        """What was left aside in `where`, as a note; nothing if nothing was."""
        if not self.left:
            return ()
        more = f" and {len(self.left) - _MANY} more" if len(self.left) > _MANY else ""
        return (f"Not read in {where}, by their names: {', '.join(self.left[:_MANY])}{more}.",)


def readable_members(names: Iterable[str]) -> Suffixes:
    """The members of an archive. An archive in it is read as a member and then refused: it could hold calls."""
    return _sorted_out(names, (*DATA, *PACKED))


def readable_files(names: Iterable[str]) -> Suffixes:
    """The files of a folder, without what an import wrote there itself."""
    every = set(names)
    own = {
        f"{stem}{end}"
        for stem in (name.removesuffix(".manifest.json") for name in every if name.endswith(".manifest.json"))
        for end in (".parquet", ".quarantine.csv", ".history.parquet", ".changes.csv", ".manifest.json")
    }
    found = _sorted_out(every - own, (*DATA, *PACKED))
    return Suffixes(found.read, tuple(sorted({*found.left, *(own & every)})))


def _sorted_out(names: Iterable[str], wanted: tuple[str, ...]) -> Suffixes:
    seen = sorted(name for name in names if not _hidden(name))
    read = [name for name in seen if PurePosixPath(name).suffix.lower() in wanted]
    if not read:
        # a .txt or .json beside other files is as likely a description as data
        read = [name for name in seen if PurePosixPath(name).suffix.lower() in (".txt", ".json")]
    return Suffixes(tuple(read), tuple(name for name in seen if name not in set(read)))


def _hidden(name: str) -> bool:
    """What operating systems leave behind: `.DS_Store`, `__MACOSX/…`."""
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)
