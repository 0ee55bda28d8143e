"""One pass over a file's bytes, before anything is believed about it: its seal, its lines, its encoding.

A physical line ends with LF, CR LF or a lone CR. What the pass counts is what the reader must account for.
"""

from __future__ import annotations

import codecs
import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from answerable.errors import SourceError, StorageError
from answerable.model.source import FileSeal

_CHUNK_BYTES = 1 << 19
MOST_BEHIND = 2
LONGEST_LINE_BYTES = 64 << 20
"""A line is read into memory whole. Whatever has so much without one line end is no table of calls."""
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\x1f\x8b": "compressed with gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"BZh91AY&SY": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
}


@dataclass(frozen=True, slots=True)
class Bytes:
    """`newline`: the one line end in use (LF or CR LF), or None for several kinds, a lone CR or none at all.
    `not_utf8`: line and byte offset (0-based) of the first byte that is no UTF-8, or None."""

    seal: FileSeal
    lines: int
    newline: str | None
    nul_in_header: bool
    not_utf8: tuple[int, int] | None
    bom: bytes


def seal_file(path: Path, *, shown: str | None = None, long_lines: bool = False) -> Bytes:
    """Read the file once. Raises SourceError for what is no file, is empty or is not text; StorageError if the disk
    refuses. `shown`: its name for a person, where it is not the path; `long_lines`: rows are told apart otherwise."""
    shown = shown or str(path)
    refuse_what_is_no_file(path)
    passing = _Pass()
    try:
        # the digest is half of the work, and needs no turn of the interpreter
        with path.open("rb", buffering=0) as stream, ThreadPoolExecutor(1, thread_name_prefix="digest") as beside:
            digested: list[Future[None]] = []
            for buffer in cycle(bytearray(_CHUNK_BYTES) for _ in range(MOST_BEHIND)):
                read_bytes = stream.readinto(buffer)
                if not read_bytes:
                    break
                chunk = buffer if read_bytes == len(buffer) else buffer[:read_bytes]
                digested.append(beside.submit(passing.digest, chunk))
                passing.take(chunk)
                if len(digested) == MOST_BEHIND:
                    digested.pop(0).result()  # the buffer that comes next is free again
                if passing.without_line_end_bytes > LONGEST_LINE_BYTES and not long_lines:
                    raise SourceError(
                        f"more than {LONGEST_LINE_BYTES >> 20} MB without a line end: this is no table of calls",
                        file=shown, hint="Export it as CSV, one call a line.",
                    )  # fmt: skip
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from None
    if not passing.size_bytes:
        raise SourceError(
            "the file is empty: 0 bytes, not even a header", file=shown, hint="Export or download it again."
        )
    _refuse_what_is_not_text(shown, passing)
    return passing.result(path)


def refuse_what_is_no_file(path: Path) -> None:
    """Raises SourceError for a folder and for a file that is not there."""
    if path.is_dir():
        raise SourceError("this is a folder; name one CSV file in it", file=str(path))
    if not path.exists():
        raise SourceError("there is no such file", file=str(path), hint="Check the path and its spelling.")


def _refuse_what_is_not_text(shown: str, passing: _Pass) -> None:
    kinds = {**_MAGIC, passing.head[:1]: "a tar archive"} if passing.head[257:262] == b"ustar" else _MAGIC
    for magic, what in kinds.items():
        if passing.head.startswith(magic):
            raise SourceError(
                f"this is {what}, not a CSV file", file=shown, hint="Unpack it or export it as CSV, then try again."
            )


def sha256_of(path: Path) -> str:
    """The hex SHA-256 of a file. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class LineEnds:
    """Counts line ends through the chunks of a text; CR LF is one, also where a chunk ends between the two."""

    def __init__(self) -> None:
        self._lf = self._cr = self._crlf = 0
        self._last = b""

    def take(self, chunk: bytes | bytearray) -> None:
        """The next bytes."""
        self._lf += chunk.count(b"\n")
        if b"\r" in chunk or self._last == b"\r":
            self._cr += chunk.count(b"\r")
            self._crlf += chunk.count(b"\r\n") + self._halved(chunk)
        self._last = bytes(chunk[-1:])

    def _halved(self, chunk: bytes | bytearray) -> bool:
        return self._last == b"\r" and chunk[:1] == b"\n"

    def before(self, chunk: bytes | bytearray) -> int:
        """How many line ends there are with the first bytes of the next chunk, which are not counted in."""
        lone = self._cr - self._crlf - self._halved(chunk)
        return self._lf + lone + chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")

    @property
    def lines(self) -> int:
        """The physical lines, the last with or without an end."""
        return self._lf + self._cr - self._crlf + (self._last not in (b"\n", b"\r", b""))

    @property
    def newline(self) -> str | None:
        """The one line end in use, LF or CR LF, or None for several kinds, a lone CR or none at all."""
        if self._cr != self._crlf or not self._lf:
            return None
        return {self._lf: "\r\n", 0: "\n"}.get(self._crlf)


class _Pass:
    """What is carried from one chunk to the next."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self.without_line_end_bytes = 0
        self.head = b""
        self._sha = hashlib.sha256()
        self._ends = LineEnds()
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._not_utf8: tuple[int, int] | None = None

    def digest(self, chunk: bytes | bytearray) -> None:
        """Of each chunk in its turn, beside `take`."""
        self._sha.update(chunk)

    def take(self, chunk: bytes | bytearray) -> None:
        if not self.size_bytes:
            self.head = bytes(chunk[:4096])
        self._check_utf8(chunk)
        has_end = b"\n" in chunk or b"\r" in chunk
        self.without_line_end_bytes = 0 if has_end else self.without_line_end_bytes + len(chunk)
        self._ends.take(chunk)
        self.size_bytes += len(chunk)

    def _check_utf8(self, chunk: bytes | bytearray) -> None:
        if self._not_utf8 is not None:
            return
        pending = len(self._utf8.getstate()[0])
        try:
            self._utf8.decode(chunk)
        except UnicodeDecodeError as error:
            at = self.size_bytes - pending + error.start
            before = chunk[: max(0, error.start - pending)]
            self._not_utf8 = (1 + self._ends.before(before), at)

    @property
    def bom(self) -> bytes:
        for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            if self.head.startswith(mark):
                return mark
        return b""

    def result(self, path: Path) -> Bytes:
        if self._not_utf8 is None and self._utf8.getstate()[0]:
            self._not_utf8 = (1 + self._ends.before(b""), self.size_bytes - len(self._utf8.getstate()[0]))
        return Bytes(
            seal=FileSeal(name=path.name, size_bytes=self.size_bytes, sha256=self._sha.hexdigest()),
            lines=self._ends.lines,
            newline=self._ends.newline,
            nul_in_header=b"\0" in self.head.split(b"\n", 1)[0],
            not_utf8=self._not_utf8,
            bom=self.bom,
        )
