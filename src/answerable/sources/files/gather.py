"""Everything that is given to be read, one file, several or a folder, as a list of tables in a fixed order."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from answerable.errors import SourceError, StorageError
from answerable.model.source import FileSeal
from answerable.sources.files.containers import LIMITS, Limits, Readable, head_of, is_workbook, unpack
from answerable.sources.files.excel import open_workbook
from answerable.sources.files.json_array import open_json_array
from answerable.sources.files.json_lines import open_json_lines
from answerable.sources.files.opening import Opened, open_delimited
from answerable.sources.files.parquet_rows import open_parquet
from answerable.sources.files.readable_names import JSON_LINES, Suffixes, readable_files
from answerable.sources.files.seal import refuse_what_is_no_file

PARQUET_MAGIC, ZIP_MAGIC = b"PAR1", b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read what was given. `delimiter` and `encoding` as the profile or the caller state them; `fits` tells
    whether a header is one that the profile knows; `sheet` names a sheet of a workbook."""

    delimiter: str
    encoding: str | None
    sheet: str | None
    fits: Callable[[tuple[str, ...]], bool]
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class Gathered:
    """`shown`: what it is called; `tables`: each table with its folder for what is made on the way."""

    shown: str
    tables: tuple[tuple[Opened, Path], ...]
    notes: tuple[str, ...]

    @property
    def opened(self) -> tuple[Opened, ...]:
        """The tables."""
        return tuple(one for one, _ in self.tables)

    @property
    def lines(self) -> int | None:
        """The physical lines of all tables, as far as that is known before they are read."""
        lines = [one.lines for one in self.opened]
        return None if None in lines else sum(line or 0 for line in lines)

    @property
    def text_bytes(self) -> int | None:
        """How much text there is to read; None where some of it is no text."""
        return None if self.lines is None else sum(one.readable.path.stat().st_size for one in self.opened)

    @property
    def seals(self) -> tuple[FileSeal, ...]:
        """The seal of each file as it was given, once."""
        return tuple(dict.fromkeys(one.seal for one in self.opened))

    @property
    def seal(self) -> FileSeal:
        """The only file's seal, or one for all: the SHA-256 of their list as `sha256sum` prints it."""
        seals = self.seals
        if len(seals) == 1:
            return seals[0]
        listing = "".join(f"{one.sha256}  {one.name}\n" for one in seals)
        return FileSeal(
            name=self.shown,
            size_bytes=sum(one.size_bytes for one in seals),
            sha256=hashlib.sha256(listing.encode()).hexdigest(),
        )

    @property
    def encoding(self) -> str:
        """The encodings in use, in the order of reading."""
        return ", ".join(dict.fromkeys(one.encoding for one in self.opened))


def gather(given: Path | Sequence[Path], folder: Path, *, reading: Reading) -> Gathered:
    """Open everything that was given, sorted by name, folders with the folders in them. Raises SourceError where one of
    it cannot be read."""
    paths = [given] if isinstance(given, Path) else list(given)
    if not paths:
        raise SourceError("no file was given to read")
    files, notes = _files(paths)
    tables = []
    for number, file in enumerate(files):
        place = folder / f"file-{number}"
        place.mkdir()
        for part, readable in enumerate(unpack(file, place, limits=reading.limits)):
            beside = place / f"part-{part}"
            beside.mkdir()
            tables.append((_open(readable, beside, reading), beside))
    only = paths[0].name or str(paths[0].resolve().name)
    shown = only if len(paths) == 1 else f"{files[0].name} and {len(files) - 1} more"
    return Gathered(shown=shown, tables=tuple(tables), notes=notes)


def _files(paths: Sequence[Path]) -> tuple[list[Path], tuple[str, ...]]:
    """The files that were named and those of the folders that were named, sorted by name."""
    files: list[Path] = []
    notes: list[str] = []
    for path in paths:
        if not path.is_dir():
            refuse_what_is_no_file(path)
            files.append(path)
            continue
        found = _files_below(path)
        if not any(chosen.read for _, chosen in found):
            raise SourceError("no file in this folder can be read as calls", file=str(path), hint=Suffixes.HINT)
        for folder, chosen in found:
            files += [folder / name for name in chosen.read]
            notes += chosen.note(str(folder.relative_to(path.parent)) if path.name else str(folder))
    twice = [name for name, times in Counter(file.name for file in files).items() if times > 1]
    if twice:
        raise SourceError(
            "two files of this name were given", file=min(twice),
            hint="Rows are accounted for by the name of their file. Give each file once, under its own name.",
        )  # fmt: skip
    return sorted(files, key=lambda file: file.name), tuple(notes)


def _files_below(path: Path) -> list[tuple[Path, Suffixes]]:
    """A folder and the folders in it, without hidden ones and without those that are links, each with its files."""
    found = []
    count = 0
    for place, folders, names in os.walk(path, followlinks=False, onerror=_unreadable):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one != "__MACOSX")
        here = Path(place)
        chosen = readable_files(one for one in names if (here / one).is_file())
        count += len(chosen.read)
        if count > LIMITS.members:
            raise SourceError(
                f"more than {LIMITS.members:,} files lie in it and in its folders", file=str(path),
                hint="Name the folders that you mean.",
            )  # fmt: skip
        found.append((here, chosen))
    return found


def _unreadable(error: OSError) -> None:
    raise StorageError(f"{error.filename}: {error.strerror}") from error


def _open(readable: Readable, folder: Path, reading: Reading) -> Opened:
    head = head_of(readable.path)
    if head.startswith(PARQUET_MAGIC):
        return open_parquet(readable, folder, limits=reading.limits)
    if head.startswith(ZIP_MAGIC) and is_workbook(readable.path):
        return open_workbook(readable, sheet=reading.sheet, limits=reading.limits)
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if begins.startswith(b"[") and begins[1:].lstrip()[:1] in (b"{", b"]"):
        return open_json_array(readable, folder, stated=reading.encoding)
    if readable.suffix in JSON_LINES or begins.startswith(b"{"):
        return open_json_lines(readable, folder, stated=reading.encoding)
    return open_delimited(readable, folder, delimiter=reading.delimiter, stated=reading.encoding, fits=reading.fits)
