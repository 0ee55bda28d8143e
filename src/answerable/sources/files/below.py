"""Every file below a folder that could be calls, however deep; what is left aside is told by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from answerable.errors import SourceError
from answerable.sources.files.readable_names import Suffixes, readable_files
from answerable.sources.files.seal import refuse_what_is_no_file


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read. `shown`: its path below the folder that was given, or its name."""

    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class Below:
    """`files` in the order of their names, folder by folder; `left`: what is not read, by its name."""

    files: tuple[Found, ...]
    left: tuple[str, ...]


def files_below(given: Sequence[Path]) -> Below:
    """The files given and those below the folders given, each once. Folders behind links are not entered.

    Raises SourceError where there is no such file, or nothing to read at all.
    """
    files: dict[Path, Found] = {}
    left: list[str] = []
    for path in given:
        if not path.is_dir():
            refuse_what_is_no_file(path)
            files.setdefault(path.resolve(), Found(path, path.name))
            continue
        for folder in _folders(path):
            chosen = readable_files(one.name for one in folder.iterdir() if one.is_file())
            shown = folder.relative_to(path)
            for name in chosen.read:
                files.setdefault((folder / name).resolve(), Found(folder / name, (shown / name).as_posix()))
            left += [(shown / name).as_posix() for name in chosen.left]
    if not files:
        raise SourceError("nothing below it can be read as calls", file=str(given[0]), hint=Suffixes.HINT)
    return Below(tuple(files.values()), tuple(left))


def _folders(folder: Path) -> Iterator[Path]:
    """A folder and the folders below it, without hidden ones."""
    yield folder
    for one in sorted(folder.iterdir()):
        if one.is_dir() and not one.is_symlink() and not one.name.startswith(".") and one.name != "__MACOSX":
            yield from _folders(one)
