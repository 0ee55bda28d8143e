"""What a file is packed in: gzip, zstd, or a ZIP archive, unpacked with limits on what really comes out.

Nothing is ever written under a name from an archive, nothing is believed that a header declares, and an archive with
one member that could do harm is refused whole, naming the member and the reason.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import stat
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from answerable.errors import SourceError, StorageError
from answerable.model.source import FileSeal
from answerable.sources.files.readable_names import PACKED, Suffixes, readable_members

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CHUNK_BYTES = 1 << 20
_HEAD_BYTES = 512
_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", (b"PK\x03\x04", b"PK\x05\x06")
DAMAGED = (
    EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile, zstd.ZstdError, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What the standard readers raise for bytes that are not what they should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may come out of one packed file.

    `total_bytes`: a big city's calls of ten years are about 5 GB of CSV. `ratio`: such rows pack 5 to 30 times smaller,
    and a bomb a thousand times and more; below `ratio_free_bytes` no ratio can do harm. `members`: of one archive.
    """

    total_bytes: int = 20_000_000_000
    ratio: int = 100
    ratio_free_bytes: int = 64 << 20
    members: int = 10_000

    def exceeded(self, done_bytes: int, *, packed_bytes: int) -> str | None:
        """What `done_bytes` out of `packed_bytes` go beyond, in words; None while they may go on."""
        if done_bytes > self.total_bytes:
            return f"more than {self.total_bytes:,} bytes"
        if done_bytes > max(self.ratio_free_bytes, self.ratio * packed_bytes):
            return f"more than {self.ratio} times its own {packed_bytes:,} bytes"
        return None


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """One thing to read: `path` has its bytes, `name` is what it is called, `suffix` what its name says it is.

    `given` is the seal of the packed file it came out of; None for a file that is read as it lies. `shown` is its name
    for an error message, with the folder."""

    path: Path
    name: str
    shown: str
    suffix: str
    given: FileSeal | None = None
    notes: tuple[str, ...] = ()


class Stream(Protocol):
    """What is read in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...

    def close(self) -> None:
        """No more."""
        ...


def seal_bytes(path: Path) -> FileSeal:
    """Name, size and SHA-256 of a file, whatever is in it. Raises StorageError."""
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256")
            return FileSeal(name=path.name, size_bytes=stream.tell(), sha256=digest.hexdigest())
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from None


def head_of(path: Path) -> bytes:
    """The first bytes, by which a format is told. Raises StorageError."""
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD_BYTES)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from None


def unpack(file: Path, folder: Path, *, limits: Limits = LIMITS) -> tuple[Readable, ...]:
    """What is to be read of a file: itself, what was packed in it, or an archive's members sorted by name.

    What comes out is written into `folder` under names of ours. Raises SourceError for what may not be unpacked.
    """
    head = head_of(file)
    if head.startswith(_GZIP):
        return (_unpack_stream(file, folder, "gzip", _gzip, limits),)
    if head.startswith(_ZSTD):
        return (_unpack_stream(file, folder, "zstd", _zstd, limits),)
    if head.startswith(_ZIP) and not is_workbook(file):
        return _unpack_archive(file, folder, limits)
    return (Readable(path=file, name=file.name, shown=str(file), suffix=file.suffix.lower()),)


def is_workbook(path: Path) -> bool:
    """Whether a ZIP archive is an Excel workbook. Raises SourceError for a damaged archive."""
    with _archive(path) as archive:
        return {"[Content_Types].xml", "xl/workbook.xml"} <= set(archive.namelist())


class Meter:
    """Copies what comes out of one packed file and stops at the limits, whatever any header says."""

    def __init__(self, file: Path, limits: Limits, *, shown: str | None = None) -> None:
        self._shown, self._limits = shown or str(file), limits
        self._packed_bytes = file.stat().st_size
        self._done_bytes = 0

    def chunks(self, source: Stream, *, member: str | None = None) -> Iterable[bytes]:
        """The bytes of one member in pieces. Raises SourceError beyond a limit and for damaged data."""
        while chunk := self._read(source, member):
            self._done_bytes += len(chunk)
            self.check(self._done_bytes, member=member)
            yield chunk

    def check(self, total_bytes: int, *, member: str | None = None, declared: bool = False) -> None:
        """Raises SourceError if so many bytes are too many."""
        if beyond := self._limits.exceeded(total_bytes, packed_bytes=self._packed_bytes):
            says = "says that it unpacks to" if declared else "unpacks to"
            raise refused(self._shown, member, f"{says} {beyond}, as a decompression bomb does; it was stopped there")

    def _read(self, source: Stream, member: str | None) -> bytes:
        try:
            return source.read(_CHUNK_BYTES)
        except DAMAGED as error:
            raise refused(
                self._shown, member, f"is damaged or cut short: {str(error) or type(error).__name__}"
            ) from None


def refused(shown: str, member: str | None, reason: str) -> SourceError:
    """The error for a packed file that may not be read: it names the member and the reason."""
    what = "it" if member is None else f"the member {member!r}"
    return SourceError(
        f"{what} {reason}", file=shown, hint="Unpack it yourself, look at what comes out, and give that file."
    )


def _unpack_stream(file: Path, folder: Path, kind: str, reader: Callable[[Path], Stream], limits: Limits) -> Readable:
    meter = Meter(file, limits)
    target = folder / "unpacked-0"
    with closing(reader(file)) as source:
        _write(meter.chunks(source), target)
    inner = Path(file.name).stem if file.suffix.lower() in PACKED else file.name
    _refuse_nested(file, None, target)
    return Readable(
        path=target, name=file.name, shown=str(file), suffix=Path(inner).suffix.lower(), given=seal_bytes(file),
        notes=(f"Unpacked from {file.name} ({kind}).",),
    )  # fmt: skip


def _gzip(file: Path) -> Stream:
    return gzip.GzipFile(file)


def _zstd(file: Path) -> Stream:
    return zstd.ZstdFile(file)


def _write(chunks: Iterable[bytes], target: Path) -> None:
    with target.open("wb") as out:
        for chunk in chunks:
            out.write(chunk)


def _refuse_nested(file: Path, member: str | None, unpacked: Path) -> None:
    """An archive in an archive is refused: each layer would multiply what may come out."""
    head = head_of(unpacked)
    packed = (
        head.startswith((_GZIP, _ZSTD, b"BZh91AY&SY", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")) or head[257:262] == b"ustar"
    )
    if packed or (head.startswith(_ZIP) and not is_workbook(unpacked)):
        raise refused(str(file), member, "is itself an archive or compressed: an archive in an archive is not opened")


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except DAMAGED as error:
        raise refused(str(path), None, f"is a damaged ZIP archive: {error}") from None


@dataclass(slots=True)
class _Unpacking:
    """One archive on its way out: `taken` counts what was written, for names of our own."""

    file: Path
    folder: Path
    meter: Meter
    taken: int = field(default=0)

    def member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Path:
        target = self.folder / f"unpacked-{self.taken}"
        self.taken += 1
        try:
            source = archive.open(info)
        except DAMAGED as error:
            raise refused(str(self.file), info.filename, f"cannot be unpacked: {error}") from None
        with source:
            _write(self.meter.chunks(source, member=info.filename), target)
        _refuse_nested(self.file, info.filename, target)
        return target


def _unpack_archive(file: Path, folder: Path, limits: Limits) -> tuple[Readable, ...]:
    with _archive(file) as archive:
        infos = archive.infolist()
        _refuse_harmful(file, infos, limits)
        unpacking = _Unpacking(file, folder, Meter(file, limits))
        unpacking.meter.check(sum(info.file_size for info in infos), declared=True)
        members = {info.filename: info for info in infos if not info.is_dir()}
        chosen: Suffixes = readable_members(members)
        if not chosen.read:
            raise SourceError(
                "nothing in this archive can be read as calls", file=str(file),
                hint=f"It holds {', '.join(sorted(members)[:5]) or 'nothing'}. {Suffixes.HINT}",
            )  # fmt: skip
        seal = seal_bytes(file)
        left = chosen.note(file.name)
        return tuple(
            Readable(
                path=unpacking.member(archive, members[name]),
                name=f"{file.name}: {name}",
                shown=f"{file}: {name}",
                suffix=PurePosixPath(name).suffix.lower(),
                given=seal,
                notes=(f"Read from {file.name} (ZIP): {name}.", *(left if at == 0 else ())),
            )
            for at, name in enumerate(chosen.read)
        )


def _refuse_harmful(file: Path, infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.members:
        raise refused(str(file), None, f"has {len(infos):,} members; more than {limits.members:,} are not opened")
    for info in infos:
        if reason := _harm(info):
            raise refused(str(file), info.orig_filename, reason)
    twice = [name for name, times in Counter(info.filename for info in infos).items() if times > 1]
    if twice:
        raise refused(str(file), min(twice), "stands in the archive more than once: which one is meant cannot be told")


def _harm(info: zipfile.ZipInfo) -> str | None:
    """Why a member is refused, or None."""
    name = info.orig_filename
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return "has a NUL byte or another control character in its name"
    if "\\" in name:
        return "has a backslash in its name"
    if name.startswith("/") or name[1:2] == ":":
        return "has an absolute path for a name"
    if ".." in name.split("/"):
        return "has '..' in its name, which leads out of the archive's folder"
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if info.flag_bits & 0x1:
        return "is encrypted; it cannot be read without its password"
    return None
