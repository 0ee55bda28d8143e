"""What a file is packed in: unpacked within limits, refused where it could do harm, sealed as it was given."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import re
import stat
import sys
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.support.sources import Imported, import_given, row, town_csv

from answerable.errors import SourceError
from answerable.sources.files.containers import Limits, unpack

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CONTENT = town_csv([row(Number="007", Received="2023-06-01 12:00:00"), row(Number="8", Received="2023-06-01 13:00:00")])
Members = Sequence[tuple[str | zipfile.ZipInfo, bytes]]


def zipped(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def imported(folder: Path, name: str, content: bytes) -> Imported:
    (folder / name).write_bytes(content)
    return import_given(folder, folder / name)


def refusal(folder: Path, content: bytes, name: str = "calls.zip") -> str:
    with pytest.raises(SourceError) as caught:
        imported(folder, name, content)
    assert caught.value.file is not None
    assert caught.value.file.startswith(str(folder / name))
    assert not (folder / "out").exists() or not list((folder / "out").iterdir())
    return str(caught.value.message)


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "calls.csv.gz": gzip.compress,
    "calls.csv.zst": zstd.compress,
    "calls.zip": lambda content: zipped([("2023/calls.csv", content)]),
}


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_file_is_read_like_the_plain_one_and_sealed_as_given(tmp_path: Path, name: str) -> None:
    packed = PACKED[name](CONTENT)
    found = imported(tmp_path, name, packed)
    assert [call["call_id"] for call in found.calls] == ["007", "8"]
    assert found.manifest.file.sha256 == hashlib.sha256(packed).hexdigest()
    assert (found.manifest.file.name, found.manifest.file.size_bytes) == (name, len(packed))
    assert any(name in note for note in found.manifest.notes)


def test_the_kind_of_container_is_told_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    assert len(imported(tmp_path, "calls.csv", gzip.compress(CONTENT)).calls) == 2


def test_a_gzip_of_several_parts_is_read_to_its_end(tmp_path: Path) -> None:
    half = CONTENT.index(b"\n") + 1
    assert (
        len(imported(tmp_path, "calls.csv.gz", gzip.compress(CONTENT[:half]) + gzip.compress(CONTENT[half:])).calls)
        == 2
    )


def test_several_members_are_several_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    later = town_csv([row(Number="9", Received="2023-06-02 12:00:00")])
    found = imported(tmp_path, "calls.zip", zipped([("b.csv", later), ("a.csv", CONTENT), ("README.pdf", b"?")]))
    assert [part.name for part in found.manifest.parts] == ["calls.zip: a.csv", "calls.zip: b.csv"]
    assert [part.rows.read for part in found.manifest.parts] == [2, 1]
    assert len(found.manifest.files) == 1
    assert "Not read in calls.zip, by their names: README.pdf." in found.manifest.notes


def test_a_fault_in_a_member_names_archive_member_and_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"calls\.zip: b\.csv, line 1: columns that the profile"):
        imported(tmp_path, "calls.zip", zipped([("a.csv", CONTENT), ("b.csv", b"x,y\n1,2\n")]))


def linked() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("calls.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link


HARMFUL: dict[str, tuple[Members, str]] = {
    "parent": ([("../calls.csv", CONTENT)], r"the member '\.\./calls\.csv' has '\.\.' in its name"),
    "parent-inside": ([("a/../../calls.csv", CONTENT)], r"has '\.\.' in its name"),
    "absolute": ([("/etc/calls.csv", CONTENT)], "the member '/etc/calls.csv' has an absolute path"),
    "drive": ([("C:calls.csv", CONTENT)], "has an absolute path"),
    "backslash": ([("a\\calls.csv", CONTENT)], "has a backslash in its name"),
    "control": ([("calls\x1b[2J.csv", CONTENT)], "has a NUL byte or another control character"),
    "link": ([(linked(), b"/etc/passwd")], "the member 'calls.csv' is a link or a device"),
    "nested-zip": ([("inner.zip", zipped([("calls.csv", CONTENT)]))], "the member 'inner.zip' is itself an archive"),
    "nested-gzip": ([("calls.csv", gzip.compress(CONTENT))], "is itself an archive or compressed"),
    "beside-a-good-one": ([("a.csv", CONTENT), ("../b.csv", CONTENT)], r"the member '\.\./b\.csv'"),
    "nothing": ([("photo.jpg", b"?")], "nothing in this archive can be read as calls"),
}


@pytest.mark.parametrize("case", HARMFUL)
def test_a_harmful_member_is_refused_by_name_with_the_reason(tmp_path: Path, case: str) -> None:
    members, said = HARMFUL[case]
    message = refusal(tmp_path, zipped(members))
    assert re.search(said, message), message
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "out") == ["calls.zip"]


def test_a_nul_byte_in_a_name_is_refused(tmp_path: Path) -> None:
    packed = zipped([("calls_.csv", CONTENT)]).replace(b"calls_.csv", b"calls\0.csv")
    assert "has a NUL byte" in refusal(tmp_path, packed)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    packed = zipped([("a.csv", CONTENT), ("b.csv", CONTENT)]).replace(b"b.csv", b"a.csv")
    assert "the member 'a.csv' stands in the archive more than once" in refusal(tmp_path, packed)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped([("calls.csv", CONTENT)]))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert "the member 'calls.csv' is encrypted" in refusal(tmp_path, bytes(packed))


@pytest.mark.parametrize("name", ["calls.tar", "calls.csv.bz2", "calls.7z"])
def test_other_archives_are_refused_with_what_they_are(tmp_path: Path, name: str) -> None:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("calls.csv"))
    content = {"calls.tar": tar.getvalue(), "calls.csv.bz2": bz2.compress(CONTENT), "calls.7z": b"7z\xbc\xaf\x27\x1c"}
    refusal_text = refusal(tmp_path, content[name], name)
    assert any(word in refusal_text for word in ("tar archive", "bzip2", "7-Zip")), refusal_text


def test_a_tar_in_a_gzip_is_refused(tmp_path: Path) -> None:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("calls.csv"))
    assert "is itself an archive" in refusal(tmp_path, gzip.compress(tar.getvalue()), "calls.tar.gz")


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_file_that_is_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    packed = PACKED[name](CONTENT * 50)
    message = refusal(tmp_path, packed[: len(packed) // 2], name)
    assert "damaged" in message


def test_a_member_with_another_content_than_its_checksum_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped([("calls.csv", CONTENT)]))
    packed[packed.index(b"PK\x01\x02") + 16] ^= 0xFF
    packed[14] ^= 0xFF
    assert "the member 'calls.csv' is damaged" in refusal(tmp_path, bytes(packed))


SMALL = Limits(total_bytes=300_000, ratio=100, ratio_free_bytes=1_000)


@pytest.mark.parametrize("name", PACKED)
def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, name: str) -> None:
    bomb = tmp_path / name
    bomb.write_bytes(PACKED[name](b"0" * 50_000_000))
    with pytest.raises(SourceError, match="decompression bomb"):
        unpack(bomb, tmp_path, limits=SMALL)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3_000_000


def test_a_bomb_that_lies_about_its_size_is_stopped_all_the_same(tmp_path: Path) -> None:
    packed = bytearray(zipped([("calls.csv", b"0" * 5_000_000)]))
    directory = packed.index(b"PK\x01\x02")
    for at in (22, directory + 24):
        packed[at : at + 4] = (2_000_000_000).to_bytes(4, "little")
    (tmp_path / "calls.zip").write_bytes(packed)
    with pytest.raises(SourceError, match="says that it unpacks to more than 300,000 bytes"):
        unpack(tmp_path / "calls.zip", tmp_path, limits=SMALL)
    for at in (22, directory + 24):
        packed[at : at + 4] = (10).to_bytes(4, "little")
    (tmp_path / "calls.zip").write_bytes(packed)
    with pytest.raises(SourceError, match=r"the member 'calls\.csv' is damaged"):
        unpack(tmp_path / "calls.zip", tmp_path, limits=SMALL)


def test_many_small_members_count_together(tmp_path: Path) -> None:
    (tmp_path / "calls.zip").write_bytes(zipped([(f"{n}.csv", CONTENT * 40) for n in range(40)]))
    with pytest.raises(SourceError, match="unpacks to more than 20,000 bytes"):
        unpack(tmp_path / "calls.zip", tmp_path, limits=Limits(total_bytes=20_000))
    with pytest.raises(SourceError, match="has 40 members; more than 10 are not opened"):
        unpack(tmp_path / "calls.zip", tmp_path, limits=Limits(members=10))


def test_rows_that_repeat_themselves_are_no_bomb(tmp_path: Path) -> None:
    packed = gzip.compress(CONTENT + b"\n" * 900_000)
    assert len(packed) < 10_000
    assert len(imported(tmp_path, "calls.csv.gz", packed).calls) == 2


def test_an_empty_archive_and_an_empty_member_are_named(tmp_path: Path) -> None:
    assert "nothing in this archive" in refusal(tmp_path, zipped([]))
    assert "0 bytes" in refusal(tmp_path, zipped([("calls.csv", b"")]))
