"""Marks, keys and public files on a disk that may fail at any moment."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.records import KEY, KEYRING, NOON_US, ORIGIN

from answerable.errors import ForkedLogError, InputError, StorageError
from answerable.proof.note import SigningKey
from answerable.record.ports import Mark
from answerable.stores.durable_files import create_file, replace_file
from answerable.stores.high_water_file import SLOT_BYTES, HighWaterFile
from answerable.stores.key_files import KeyFolder
from answerable.stores.record_folder import RecordFolder, RecordSettings, create_folder
from answerable.stores.web import check_address


def mark(size: int) -> Mark:
    return Mark(size=size, root=bytes([size]) * 32)


@given(torn=st.integers(0, SLOT_BYTES), writes=st.integers(1, 5))
def test_a_torn_write_leaves_the_mark_of_the_batch_before(
    tmp_path_factory: pytest.TempPathFactory, torn: int, writes: int
) -> None:
    path = tmp_path_factory.mktemp("mark") / "high-water"
    high_water = HighWaterFile(path)
    for size in range(1, writes + 1):
        high_water.write(mark(size))
    before = path.read_bytes()
    high_water.write(mark(writes + 1))
    after = path.read_bytes()
    start = 0 if after[:SLOT_BYTES] != before[:SLOT_BYTES] else SLOT_BYTES
    whole = bytearray(before.ljust(2 * SLOT_BYTES, b"\0"))
    whole[start : start + torn] = after[start : start + torn]
    path.write_bytes(whole)
    found = HighWaterFile(path).read()
    assert found in (mark(writes), mark(writes + 1))
    HighWaterFile(path).read()
    again = HighWaterFile(path)
    again.read()
    again.write(mark(writes + 2))
    assert HighWaterFile(path).read() == mark(writes + 2)


def test_a_mark_of_which_nothing_is_left_is_no_missing_mark(tmp_path: Path) -> None:
    (tmp_path / "high-water").write_bytes(b"\0" * 1024)
    with pytest.raises(StorageError, match="neither of its two marks is whole"):
        HighWaterFile(tmp_path / "high-water").read()


def test_leaving_word_never_fails(tmp_path: Path) -> None:
    HighWaterFile(tmp_path / "none" / "high-water").halt("no disk")


def test_a_mark_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        HighWaterFile(tmp_path / "none" / "high-water").write(mark(1))


def test_a_file_made_once_is_never_given_other_bytes(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "tile"
    assert create_file(path, b"one")
    assert not create_file(path, b"one")
    with pytest.raises(ForkedLogError):
        create_file(path, b"two")
    assert path.read_bytes() == b"one"
    assert [one.name for one in path.parent.iterdir()] == ["tile"]


@pytest.mark.parametrize("function", ["fsync", "link"])
def test_a_failing_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    def failing(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, function, failing)
        with pytest.raises(StorageError, match="Input/output error"):
            create_file(tmp_path / "tile", b"one")
    assert list(tmp_path.iterdir()) == []
    replace_file(tmp_path / "checkpoint", b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(StorageError):
            replace_file(tmp_path / "checkpoint", b"new")
    assert (tmp_path / "checkpoint").read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoint"]


def test_keys_are_read_back_with_until_when_they_sign(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    rotated = KEYRING.rotated(SigningKey(name=ORIGIN, seed=b"n" * 32), now_us=NOON_US)
    folder.save(KEYRING)
    folder.save(rotated)
    assert folder.load() == rotated


def test_a_seed_is_never_written_over(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.save(KEYRING)
    seed = tmp_path / "keys" / f"{KEY.verifier.key_id.hex()}.key"
    seed.write_text("something else")
    with pytest.raises(ForkedLogError):
        folder.save(KEYRING)


@pytest.mark.parametrize("content", ["", "{}", '{"keys": [{"key_id": "00000000", "until_us": null}]}', "nonsense"])
def test_a_keyring_that_cannot_be_read_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "keyring.json").write_text(content)
    with pytest.raises(StorageError):
        KeyFolder(tmp_path).load()


def test_what_is_not_a_key_is_said_without_showing_it(tmp_path: Path) -> None:
    KeyFolder(tmp_path).save(KEYRING)
    seed = next(tmp_path.glob("*.key"))
    seed.write_text("PRIVATE+KEY+secret")
    seed.chmod(0o600)
    with pytest.raises(StorageError) as told:
        KeyFolder(tmp_path).load()
    assert "secret" not in str(told.value)


def test_a_records_settings_are_read_back(tmp_path: Path) -> None:
    settings = RecordSettings(origin='odd "name"/1', database="postgresql://x", high_water="/mnt/other/mark")
    create_folder(tmp_path, settings)
    assert RecordFolder(tmp_path).settings == settings
    assert RecordFolder(tmp_path).high_water == Path("/mnt/other/mark")


@pytest.mark.parametrize("content", ["", "origin = 3", "nonsense", 'origin = "a"\nmore = 1'])
def test_settings_that_cannot_be_read_are_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "record.toml").write_text(content)
    with pytest.raises(InputError, match=r"record\.toml"):
        RecordFolder(tmp_path)


def test_only_one_holds_a_record_for_writing(tmp_path: Path) -> None:
    folder = create_folder(tmp_path, RecordSettings(origin="a/1"))
    with (
        folder.one_writer(),
        pytest.raises(StorageError, match="Another program"),
        folder.one_writer(patience_s=0),
    ):
        pass
    with folder.one_writer():
        pass


def test_a_writer_waits_a_little_for_one_that_is_nearly_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = create_folder(tmp_path, RecordSettings(origin="a/1"))
    with ExitStack() as first:
        first.enter_context(folder.one_writer())
        monkeypatch.setattr("answerable.stores.record_folder.time.sleep", lambda _: first.close())
        with folder.one_writer(patience_s=60):
            pass


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x", "http://", "log.example", ""])
def test_only_addresses_of_the_web_are_fetched_from(address: str) -> None:
    with pytest.raises(InputError, match="is not the address"):
        check_address(address)
    assert check_address("https://log.example/a/") == "https://log.example/a"
