"""Which encoding a file is read in, and its copy in UTF-8 where that is another one.

What is stated (by the caller, by the profile, by a byte order mark) is kept to strictly. Where nothing is stated and
the bytes are no UTF-8, they are read as windows-1252, and that is said.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from answerable.errors import SourceError
from answerable.sources.files.seal import Bytes

_ESCAPED = re.compile("[\udc80-\udcff]")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` as the manifest says it; `stated`: somebody said so; `note` for the manifest, or None."""

    name: str
    stated: bool
    note: str | None = None

    @property
    def is_utf8(self) -> bool:
        """Whether the file can be read as it lies."""
        return codecs.lookup(self.name).name in ("utf-8", "utf-8-sig", "ascii")


def choose_encoding(path: Path, read: Bytes, *, stated: str | None, shown: str | None = None) -> Encoding:
    """The encoding to read in. Raises SourceError for an unknown name, or for bytes that a stated UTF-8 cannot be.

    `shown`: the file's name for a person, where it is not the path."""
    shown = shown or str(path)
    if stated is not None:
        encoding = Encoding(name=_canonical(stated, shown), stated=True)
        if encoding.is_utf8 and read.not_utf8 is not None:
            raise _undecodable(shown, encoding.name, read.not_utf8[0], f"byte {read.not_utf8[1] + 1} of the file")
        if encoding.is_utf8:
            _refuse_binary(shown, read)
        return encoding
    if read.bom in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return Encoding(name="utf-16", stated=True, note="Read as UTF-16, as its byte order mark says.")
    _refuse_binary(shown, read)
    if read.not_utf8 is None:
        return Encoding(name="utf-8", stated=False)
    line, offset = read.not_utf8
    note = (
        f"Not UTF-8 (first at line {line}, byte {offset + 1} of the file) and nothing states an encoding: "
        "read as windows-1252. Letters outside plain English may be wrong; --encoding settles it."
    )
    return Encoding(name="windows-1252", stated=False, note=note)


def _refuse_binary(shown: str, read: Bytes) -> None:
    if read.nul_in_header:
        raise SourceError(
            "the first line has NUL bytes: this is not text in an encoding that is read without being told",
            file=shown,
            line=1,
            hint="If it is text, say its encoding (such as --encoding utf-16-le); otherwise export it as CSV.",
        )


NO_SCRIPTS = ("undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem")
"""What Python calls encodings and no file of calls is written in."""


def _canonical(name: str, shown: str) -> str:
    try:
        known = codecs.lookup("" if codecs.lookup(name).name in NO_SCRIPTS else name)
        "".encode(name)
    except (LookupError, UnicodeError, ValueError):
        raise SourceError(
            f"{name!r} is not the name of an encoding", file=shown, hint="Such as utf-8, windows-1252 or utf-16."
        ) from None
    return {"cp1252": "windows-1252", "utf-8-sig": "utf-8", "ascii": "utf-8"}.get(known.name, known.name)


def copy_as_utf8(path: Path, encoding: Encoding, copy: Path, *, shown: str | None = None) -> frozenset[int]:
    """Write the file's text in UTF-8; the physical lines that cannot be decoded, their odd bytes written in hex.

    Raises SourceError with line and byte for such a line where the encoding was stated.
    """
    shown = shown or str(path)
    broken: set[int] = set()
    lines_before = 0
    try:
        with (
            path.open(encoding=encoding.name, errors="surrogateescape", newline="") as text,
            copy.open("w", encoding="utf-8", newline="") as out,
        ):
            while piece := text.read(_CHUNK):
                # a line end is never cut in two, so that the counts of the pieces add up
                piece += text.read(1) if piece.endswith("\r") else ""
                broken.update(lines_before + line for line, _ in _undecoded(piece))
                if broken and encoding.stated:
                    line, letter = next(_undecoded(piece))
                    raise _undecodable(shown, encoding.name, lines_before + line, f"byte 0x{ord(letter) - 0xDC00:02x}")
                out.write(_ESCAPED.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", piece))
                lines_before += _line_ends(piece)
    except UnicodeError as error:
        raise _undecodable(shown, encoding.name, lines_before + 1, f"{error}, on this line or later") from None
    return frozenset(broken)


def _undecoded(piece: str) -> Iterator[tuple[int, str]]:
    for found in _ESCAPED.finditer(piece):
        yield 1 + _line_ends(piece[: found.start()]), found[0]


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _undecodable(shown: str, name: str, line: int, where: str) -> SourceError:
    return SourceError(
        f"this is not {name}: {where} cannot be decoded",
        file=shown,
        line=line,
        hint="Say the encoding it is really in with --encoding, such as --encoding windows-1252.",
    )
