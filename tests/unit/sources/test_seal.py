"""One pass over the bytes: the lines that must be accounted for, the encoding, and what is no text at all."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from answerable.errors import SourceError
from answerable.sources.files.encoding import choose_encoding, copy_as_utf8
from answerable.sources.files.seal import Bytes, seal_file


def sealed(folder: Path, content: bytes) -> Bytes:
    path = folder / "file.csv"
    path.write_bytes(content)
    return seal_file(path)


@pytest.mark.parametrize(
    ("content", "lines", "newline"),
    [
        (b"a,b\n1,2\n", 2, "\n"),
        (b"a,b\n1,2", 2, "\n"),
        (b"a,b\r\n1,2\r\n", 2, "\r\n"),
        (b"a,b\r\n1,2\n", 2, None),
        (b"a,b\r1,2\r", 2, None),
        (b"a,b", 1, None),
        (b"\n\n\n", 3, "\n"),
        (b"a\r\n\r\nb\r\n", 3, "\r\n"),
    ],
)
def test_physical_lines_are_counted_whatever_ends_them(
    tmp_path: Path, content: bytes, lines: int, newline: str | None
) -> None:
    read = sealed(tmp_path, content)
    assert (read.lines, read.newline) == (lines, newline)
    assert read.lines == len(content.decode().replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"))


def test_a_line_end_cut_by_a_chunk_is_one_line_end(tmp_path: Path) -> None:
    first = b"a" * ((1 << 20) - 1) + b"\r"
    read = sealed(tmp_path, first + b"\nb\xc3\xa9\r\n" + b"\xff")
    assert (read.lines, read.newline) == (3, "\r\n")
    assert read.not_utf8 == (3, len(first) + 6)


def test_a_letter_cut_by_a_chunk_is_still_utf8(tmp_path: Path) -> None:
    read = sealed(tmp_path, b"a" * ((1 << 20) - 1) + "é\n".encode())
    assert read.not_utf8 is None


def test_the_seal_is_the_sha256_of_the_bytes(tmp_path: Path) -> None:
    read = sealed(tmp_path, b"\xef\xbb\xbfa,b\n")
    assert read.seal.sha256 == hashlib.sha256(b"\xef\xbb\xbfa,b\n").hexdigest()
    assert (read.seal.name, read.seal.size_bytes, read.bom) == ("file.csv", 7, b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 bytes"),
        (b"PK\x03\x04rest", "a ZIP archive or an Excel workbook"),
        (gzip.compress(b"a,b\n", mtime=0), "compressed with gzip"),
        (b"PAR1....", "a Parquet file"),
    ],
)
def test_what_is_no_text_is_refused_with_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        sealed(tmp_path, content)
    assert caught.value.file is not None
    assert caught.value.file.endswith("file.csv")


def test_bytes_that_are_no_text_at_all_are_refused_unless_an_encoding_is_stated(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    read = sealed(tmp_path, "a,b\n1,2\n".encode("utf-16-le"))
    with pytest.raises(SourceError, match="line 1: the first line has NUL bytes"):
        choose_encoding(path, read, stated=None)
    with pytest.raises(SourceError, match="line 1: the first line has NUL bytes"):
        choose_encoding(path, read, stated="utf-8")
    assert choose_encoding(path, read, stated="utf-16-le").is_utf8 is False


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="this is a folder"):
        seal_file(tmp_path)
    with pytest.raises(SourceError, match=r"absent\.csv: there is no such file"):
        seal_file(tmp_path / "absent.csv")


def test_bytes_that_are_no_utf8_are_read_as_windows_1252_and_that_is_said(tmp_path: Path) -> None:
    read = sealed(tmp_path, b"a,b\n1,2\ncaf\xe9,3\n")
    encoding = choose_encoding(tmp_path / "file.csv", read, stated=None)
    assert (encoding.name, encoding.stated) == ("windows-1252", False)
    assert encoding.note is not None
    assert "first at line 3, byte 12 of the file" in encoding.note
    assert copy_as_utf8(tmp_path / "file.csv", encoding, tmp_path / "copy") == frozenset()
    assert (tmp_path / "copy").read_text(encoding="utf-8") == "a,b\n1,2\ncafé,3\n"


def test_a_byte_that_windows_1252_lacks_breaks_its_own_line_only(tmp_path: Path) -> None:
    read = sealed(tmp_path, b"a,b\r\n1,\xe9\r\n2,\x81\r\n3,4\r\n")
    encoding = choose_encoding(tmp_path / "file.csv", read, stated=None)
    assert copy_as_utf8(tmp_path / "file.csv", encoding, tmp_path / "copy") == {3}
    assert (tmp_path / "copy").read_bytes() == "a,b\r\n1,é\r\n2,\\x81\r\n3,4\r\n".encode()


def test_a_stated_encoding_is_kept_to(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    read = sealed(tmp_path, b"a,b\n1,\x81\n")
    with pytest.raises(SourceError, match=r"line 2: this is not utf-8: byte 7 of the file cannot be decoded"):
        choose_encoding(path, read, stated="UTF8")
    stated = choose_encoding(path, read, stated="cp1252")
    with pytest.raises(SourceError, match=r"line 2: this is not windows-1252: byte 0x81 cannot be decoded"):
        copy_as_utf8(path, stated, tmp_path / "copy")
    with pytest.raises(SourceError, match="'klingon' is not the name of an encoding"):
        choose_encoding(path, read, stated="klingon")
    with pytest.raises(SourceError, match="not the name of an encoding"):
        choose_encoding(path, read, stated="base64")


def test_utf16_with_its_mark_is_read_and_said(tmp_path: Path) -> None:
    read = sealed(tmp_path, "a,b\né,2\n".encode("utf-16"))
    encoding = choose_encoding(tmp_path / "file.csv", read, stated=None)
    assert (encoding.name, bool(encoding.note)) == ("utf-16", True)
    copy_as_utf8(tmp_path / "file.csv", encoding, tmp_path / "copy")
    assert (tmp_path / "copy").read_text(encoding="utf-8") == "a,b\né,2\n"
