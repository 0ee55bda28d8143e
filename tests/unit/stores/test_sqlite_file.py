"""An SQLite file is opened for a record only as it must be: whole, ours, and synced at every commit."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from answerable.errors import RecordError, StorageError
from answerable.stores.sqlite_file import ROWS_AT_ONCE, SqliteFile, insert_rows, schema_steps


@pytest.fixture
def path(tmp_path: Path) -> Path:
    SqliteFile(tmp_path / "record.db", schema="record", write=True).close()
    return tmp_path / "record.db"


def pragma(file: SqliteFile, name: str) -> object:
    assert file._writer is not None
    return file._writer.execute(f"PRAGMA {name}").fetchone()[0]


def test_every_commit_is_synced_and_no_checkpoint_happens_behind_our_back(path: Path) -> None:
    file = SqliteFile(path, schema="record", write=True)
    assert pragma(file, "synchronous") == 2
    assert pragma(file, "journal_mode") == "wal"
    assert pragma(file, "wal_autocheckpoint") == 0
    file.close()


def test_the_vault_overwrites_what_is_deleted(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "vault.db", schema="vault", write=True, secure_delete=True)
    assert pragma(file, "secure_delete") == 1
    file.close()


def test_a_file_with_other_tables_is_not_used(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE more (x)")
    connection.close()
    for write in (True, False):
        with pytest.raises(StorageError, match="does not have the tables"):
            SqliteFile(path, schema="record", write=write)


def test_a_file_of_another_kind_is_not_used(path: Path) -> None:
    with pytest.raises(StorageError, match="does not have the tables of a vault"):
        SqliteFile(path, schema="vault", write=False)


def test_a_file_of_a_newer_version_is_not_used(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError, match="newer Answerable"):
        SqliteFile(path, schema="record", write=True)


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "record.db").write_bytes(b"somebody's letter\n" * 100)
    with pytest.raises(RecordError, match="damaged"):
        SqliteFile(tmp_path / "record.db", schema="record", write=True)


def test_a_damaged_page_is_found_at_the_start(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 + 3 : 4096 + 9] = b"\xff" * 6
    path.write_bytes(content)
    with pytest.raises(RecordError, match="damaged"):
        SqliteFile(path, schema="record", write=True)


def test_a_file_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        SqliteFile(tmp_path / "record.db", schema="record", write=False)
    assert not (tmp_path / "record.db").exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        SqliteFile(tmp_path / "none" / "record.db", schema="record", write=True)


def test_one_who_reads_cannot_write(path: Path) -> None:
    reader = SqliteFile(path, schema="record", write=False)
    with pytest.raises(RecordError, match="reading only"), reader.transaction():
        pass
    with pytest.raises(Exception, match="readonly"):
        reader.rows("DELETE FROM entry")
    reader.close()


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    file = SqliteFile(path, schema="record", write=True)

    def fail() -> None:
        with file.transaction() as connection:
            connection.execute("INSERT INTO erased VALUES ('a', 'b')")
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert file.rows("SELECT * FROM erased") == []
    file.close()


def test_folding_needs_everybody_elses_reading_to_end(path: Path) -> None:
    file = SqliteFile(path, schema="record", write=True)
    with file.transaction() as connection:
        connection.execute("INSERT INTO erased VALUES ('a', 'b')")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM erased").fetchall()
    with file.transaction() as connection:
        connection.execute("INSERT INTO erased VALUES ('c', 'd')")
    with pytest.raises(StorageError, match="another program is reading"):
        file.fold()
    other.close()
    file.fold()
    assert os.path.getsize(f"{path}-wal") == 0  # noqa: PTH202
    file.close()


@pytest.mark.parametrize("schema", ["record", "vault", "witness"])
def test_every_schema_has_its_first_step(schema: str) -> None:
    assert len(schema_steps(schema)) >= 1


def test_the_log_of_changes_is_emptied_only_when_nobody_reads_it(path: Path) -> None:
    file = SqliteFile(path, schema="record", write=True)
    with file.transaction() as connection:
        connection.execute("INSERT INTO erased VALUES ('call-1', 'phone')")
    wal = path.with_name("record.db-wal")
    with sqlite3.connect(path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM erased").fetchall()
        with file.transaction() as connection:
            connection.execute("INSERT INTO erased VALUES ('call-2', 'phone')")
        with pytest.raises(StorageError, match="could not be emptied"):
            file.fold()
        assert wal.stat().st_size > 0
    reader.close()
    file.fold()
    assert wal.stat().st_size == 0
    assert pragma(file, "busy_timeout") == 0
    file.close()


@pytest.mark.parametrize("count", [0, 1, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 3 * ROWS_AT_ONCE + 7])
def test_as_many_rows_are_inserted_as_were_given_in_their_order(tmp_path: Path, count: int) -> None:
    file = SqliteFile(tmp_path / "vault.db", schema="vault", write=True)
    rows = [(f"call-{number:04}", "phone", bytes([number % 256])) for number in range(count)]
    with file.transaction() as connection:
        assert insert_rows(connection, "INSERT INTO salt", rows) == count
    assert file.rows("SELECT * FROM salt ORDER BY id") == rows
    file.close()


def test_rows_that_are_there_already_are_not_counted_as_inserted(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "vault.db", schema="vault", write=True)
    rows = [(f"call-{number}", "phone", b"first") for number in range(2 * ROWS_AT_ONCE)]
    with file.transaction() as connection:
        insert_rows(connection, "INSERT INTO salt", rows[:: ROWS_AT_ONCE // 2])
    with file.transaction() as connection:
        assert insert_rows(connection, "INSERT OR IGNORE INTO salt", rows) == len(rows) - 4
    assert len(file.rows("SELECT * FROM salt")) == len(rows)
    file.close()


def test_one_row_that_cannot_be_inserted_keeps_all_out(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "vault.db", schema="vault", write=True)
    rows = [(f"call-{number % 70}", "phone", b"") for number in range(71)]
    with pytest.raises(RecordError), file.transaction() as connection:
        insert_rows(connection, "INSERT INTO salt", rows)
    assert file.rows("SELECT * FROM salt") == []
    file.close()
