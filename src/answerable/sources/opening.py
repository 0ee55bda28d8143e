"""A publisher's file made ready to read: sealed, its encoding settled, in UTF-8."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from answerable.sources.encoding import Encoding, choose_encoding, copy_as_utf8
from answerable.sources.seal import Bytes, seal_file
from answerable.sources.staging import looks_like_a_pattern


@dataclass(frozen=True, slots=True)
class Source:
    """`original`: the seal of the file as it lies; `path` and `text`: what is read, always UTF-8."""

    original: Bytes
    path: Path
    text: Bytes
    encoding: Encoding
    undecodable: frozenset[int]


def open_source(file: Path, folder: Path, *, delimiter: str, stated: str | None) -> Source:
    """Seal a file and, if it is not UTF-8, copy it as such into `folder`. Raises SourceError, StorageError."""
    original = seal_file(file, delimiter=delimiter)
    encoding = choose_encoding(file, original, stated=stated)
    if encoding.is_utf8:
        return Source(original, _plainly_named(file, folder), original, encoding, frozenset())
    copy = folder / "utf8.csv"
    undecodable = copy_as_utf8(file, encoding, copy)
    return Source(original, copy, seal_file(copy, delimiter=delimiter), encoding, undecodable)


def _plainly_named(file: Path, folder: Path) -> Path:
    """The file under a name in which the bulk reader sees no pattern."""
    if not looks_like_a_pattern(file):
        return file
    plain = folder / "input.csv"
    try:
        plain.symlink_to(file.resolve())
    except OSError:
        shutil.copyfile(file, plain)
    return plain
