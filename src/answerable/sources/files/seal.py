"""One pass over a file's bytes, before anything is believed about it: its seal, its lines, its encoding.

A physical line ends with LF, CR LF or a lone CR. What the pass counts is what the reader must account for.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from answerable.errors import SourceError, StorageError
from answerable.model.source import FileSeal

_CHUNK_BYTES = 1 << 20
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
    nul_bytes: int
    nul_in_header: bool
    spaced_quotes: bool
    not_utf8: tuple[int, int] | None
    bom: bytes


def seal_file(
    path: Path, *, delimiter: str = ",", shown: str | None = None, long_lines: bool = False
) -> Bytes:  # fmt: skip
    """Read the file once. Raises SourceError for what is no file, is empty or is not text; StorageError if the disk
    refuses. `shown`: its name for a person, where it is not the path; `long_lines`: rows are told apart otherwise."""
    shown = shown or str(path)
    refuse_what_is_no_file(path)
    passing = _Pass(delimiter.encode())
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                passing.take(chunk)
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


class _Pass:
    """What is carried from one chunk to the next."""

    def __init__(self, delimiter: bytes) -> None:
        self.size_bytes = 0
        self.without_line_end_bytes = 0
        self.head = b""
        self._sha = hashlib.sha256()
        self._lf = self._cr = self._crlf = self._nul = 0
        self._spaced = False
        self._apart = (delimiter + b' "', b'" ' + delimiter)
        self._last = b""
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._not_utf8: tuple[int, int] | None = None

    def take(self, chunk: bytes) -> None:
        if not self.size_bytes:
            self.head = chunk[:4096]
        self._check_utf8(chunk)
        self._sha.update(chunk)
        joined = self._last[-2:] + chunk
        newlines = chunk.count(b"\n")
        self.without_line_end_bytes = 0 if newlines or b"\r" in chunk else self.without_line_end_bytes + len(chunk)
        self._lf += newlines
        if b"\r" in chunk or self._last[-1:] == b"\r":
            self._cr += chunk.count(b"\r")
            self._crlf += chunk.count(b"\r\n") + (self._last[-1:] == b"\r" and chunk[:1] == b"\n")
        self._nul += chunk.count(0)
        self._spaced = self._spaced or any(mark in joined for mark in self._apart)
        self._last = joined[-2:] if len(joined) >= 2 else joined
        self.size_bytes += len(chunk)

    def _check_utf8(self, chunk: bytes) -> None:
        if self._not_utf8 is not None:
            return
        pending = len(self._utf8.getstate()[0])
        try:
            self._utf8.decode(chunk)
        except UnicodeDecodeError as error:
            at = self.size_bytes - pending + error.start
            before = chunk[: max(0, error.start - pending)]
            self._not_utf8 = (self._lines_before(before), at)

    def _lines_before(self, chunk: bytes) -> int:
        lone = self._cr - self._crlf - (self._last[-1:] == b"\r" and chunk[:1] == b"\n")
        return 1 + self._lf + lone + chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")

    @property
    def bom(self) -> bytes:
        for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            if self.head.startswith(mark):
                return mark
        return b""

    def result(self, path: Path) -> Bytes:
        if self._not_utf8 is None and self._utf8.getstate()[0]:
            self._not_utf8 = (self._lines_before(b""), self.size_bytes - len(self._utf8.getstate()[0]))
        lone_cr = self._cr - self._crlf
        newline = None
        if not lone_cr:
            newline = {self._lf: "\r\n", 0: "\n"}.get(self._crlf) if self._lf else None
        return Bytes(
            seal=FileSeal(name=path.name, size_bytes=self.size_bytes, sha256=self._sha.hexdigest()),
            lines=self._lf + lone_cr + (self._last[-1:] not in (b"\n", b"\r")),
            newline=newline,
            nul_bytes=self._nul,
            nul_in_header=b"\0" in self.head.split(b"\n", 1)[0],
            spaced_quotes=self._spaced,
            not_utf8=self._not_utf8,
            bom=self.bom,
        )
