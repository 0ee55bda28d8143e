"""A publisher's file made ready to read: sealed, its encoding settled, in UTF-8, or its format's own reader found."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from answerable.errors import SourceError
from answerable.model.source import FileSeal
from answerable.sources.files.containers import Readable
from answerable.sources.files.encoding import Encoding, choose_encoding, copy_as_utf8
from answerable.sources.files.readable_names import DELIMITED
from answerable.sources.files.seal import Bytes, seal_file
from answerable.sources.rows.block_reading import stage_rows
from answerable.sources.rows.reader import Derive, Staged, Told, raw_lines, read_header
from answerable.sources.rows.staging import looks_like_a_pattern

DELIMITERS = (",", "\t", ";", "|")
"""What a header is tried with where the profile's own delimiter does not separate it."""


class Opened(Protocol):
    """A table of text rows that can be staged. `header` names its columns; `notes` say how it was read."""

    @property
    def readable(self) -> Readable:
        """Where it came from."""
        ...

    @property
    def seal(self) -> FileSeal:
        """The file as it was given."""
        ...

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        ...

    @property
    def encoding(self) -> str:
        """The encoding's name."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was read."""
        ...

    @property
    def lines(self) -> int | None:
        """Its physical lines or rows, or None where only reading tells."""
        ...

    def stage(
        self, con: duckdb.DuckDBPyConnection, *, columns: tuple[str, ...], folder: Path, derive: Derive, told: Told
    ) -> Staged:
        """Load the rows under the names `columns`, as `reader.Staged` says; `told` hears how many are done."""
        ...

    def raw(self, wanted: Mapping[int, int]) -> Iterator[tuple[int, str]] | None:
        """The text of some rows by their line, as `reader.raw_lines`; None where a row is no text of its own."""
        ...

    def remarks(self) -> tuple[str, ...]:
        """What only staging could tell."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """`original`: the file's bytes as they lie; `path` and `bytes`: what is read, always UTF-8."""

    readable: Readable
    original: Bytes
    path: Path
    bytes: Bytes
    read_as: Encoding
    undecodable: frozenset[int]

    @property
    def seal(self) -> FileSeal:
        """The file as it was given."""
        return self.readable.given or self.original.seal

    @property
    def encoding(self) -> str:
        """The encoding's name."""
        return self.read_as.name

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was unpacked and decoded."""
        return (*self.readable.notes, *((self.read_as.note,) if self.read_as.note else ()))


@dataclass(frozen=True, slots=True)
class OfText:
    """What every form of rows in a text has from that text."""

    text: Text

    @property
    def readable(self) -> Readable:
        """Where it came from."""
        return self.text.readable

    @property
    def seal(self) -> FileSeal:
        """The file as it was given."""
        return self.text.seal

    @property
    def encoding(self) -> str:
        """The encoding's name."""
        return self.text.encoding

    @property
    def lines(self) -> int:
        """Its physical lines."""
        return self.text.bytes.lines

    def raw(self, wanted: Mapping[int, int]) -> Iterator[tuple[int, str]]:
        """Some rows as they stand in the file."""
        return raw_lines(self.text.path, dict(wanted))


@dataclass(frozen=True, slots=True)
class Delimited(OfText):
    """Delimited text: CSV, TSV and their kin."""

    delimiter: str
    header: tuple[str, ...]
    notes: tuple[str, ...]

    def stage(
        self, con: duckdb.DuckDBPyConnection, *, columns: tuple[str, ...], folder: Path, derive: Derive, told: Told
    ) -> Staged:
        """Load the rows, in bulk if that loses nothing."""
        return stage_rows(
            con, self.text.path, self.text.bytes, header=self.header, delimiter=self.delimiter, folder=folder,
            columns=columns, undecodable=self.text.undecodable, derive=derive, told=told,
        )  # fmt: skip

    def remarks(self) -> tuple[str, ...]:
        """Nothing more than `notes`."""
        return ()


def open_text(readable: Readable, folder: Path, *, stated: str | None, long_lines: bool = False) -> Text:
    """Seal a file and, if it is not UTF-8, copy it as such into `folder`. Raises SourceError, StorageError."""
    file = readable.path
    original = seal_file(file, shown=readable.shown, long_lines=long_lines)
    encoding = choose_encoding(file, original, stated=stated, shown=readable.shown)
    if encoding.is_utf8:
        return Text(readable, original, plainly_named(file, folder), original, encoding, frozenset())
    copy = folder / "utf8.csv"
    undecodable = copy_as_utf8(file, encoding, copy, shown=readable.shown)
    read = seal_file(copy, long_lines=long_lines)
    return Text(readable, original, copy, read, encoding, undecodable)


def open_delimited(
    readable: Readable, folder: Path, *, delimiter: str, stated: str | None, fits: Callable[[tuple[str, ...]], bool]
) -> Delimited:
    """Open delimited text. The name's own delimiter (.tsv) comes before `delimiter`, the profile's; where that does
    not separate the header and another one does (`fits`), it is taken, and said."""
    promised = DELIMITED.get(readable.suffix) or delimiter
    text = open_text(readable, folder, stated=stated)
    header = read_header(text.path, promised, shown=readable.shown)
    if not fits(header) and (other := _other_delimiter(text, promised, fits)) is not None:
        note = f"Read with {other!r} between the fields, as its header has it."
        return Delimited(text, other, read_header(text.path, other, shown=readable.shown), (*text.notes, note))
    return Delimited(text, promised, header, text.notes)


def _other_delimiter(text: Text, promised: str, fits: Callable[[tuple[str, ...]], bool]) -> str | None:
    return next((one for one in DELIMITERS if one != promised and fits(_header_by(text, one))), None)


def _header_by(text: Text, delimiter: str) -> tuple[str, ...]:
    """The header with a delimiter that it may not have; nothing where its quotes are out of place with that one."""
    try:
        return read_header(text.path, delimiter, shown=text.readable.shown)
    except SourceError:
        return ()


def plainly_named(file: Path, folder: Path) -> Path:
    """The file under a name in which the bulk reader sees no pattern."""
    if not looks_like_a_pattern(file):
        return file
    plain = folder / "input.csv"
    try:
        plain.symlink_to(file.resolve())
    except OSError:
        shutil.copyfile(file, plain)
    return plain
