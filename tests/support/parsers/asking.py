"""What a parser is to a test that tries it, and how it is asked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Parser:
    """`read` is given bytes and may raise nothing but an AnswerableError. `seeds` are bytes that it takes, `modules`
    (below src/answerable) those whose reading of others' text it tries. `slow`: it takes as long as many others."""

    name: str
    modules: tuple[str, ...]
    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes], object]
    slow: bool = False


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@cache
def scratch() -> Path:
    """A folder of this process, removed at its end."""
    _KEPT.append(tempfile.TemporaryDirectory(prefix="answerable-parsers-"))
    return Path(_KEPT[0].name)


def put(name: str, data: bytes) -> Path:
    """A file in the folder of this process."""
    path = scratch() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def in_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """For what reads a file: its bytes are put there first."""
    return lambda data: read(put(name, data))


def texts(*seeds: str) -> Callable[[], list[bytes]]:
    """These texts."""
    return lambda: [seed.encode() for seed in seeds]


def as_text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """For what is given text that somebody has decoded already."""
    return lambda data: read(data.decode("utf-8", "replace"))
