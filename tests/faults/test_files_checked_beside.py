"""A desk answers before its whole files were looked through; what is found in them then is told, and ends signing."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.desks import ADMIN, ALDER, CALLER, DISPATCHER

from answerable.errors import RecordDownError, UncertainWriteError
from answerable.proof.tiles import TILE_HASHES
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault
from answerable.watch import commands as do
from answerable.wiring.desk import Desk, open_desk
from answerable.wiring.recording import open_record

ORIGIN = "alder.example/desk/2018h1"
PAGE_BYTES = 4_096


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A record with more entries than a start hashes by itself."""
    folder = tmp_path / "desk"
    with open_desk(folder, origin=ORIGIN, policies=ALDER, ticking=False) as desk:
        role = do.Assign(id="role", person=DISPATCHER.id, role=DISPATCHER.role)
        desk.do(role, by=ADMIN).result()
        calls = [do.ReceiveCall(id=f"c{number}", place="12 Elm", facts={"kind": "call"}) for number in range(400)]
        for future in desk.do_all(calls, by=CALLER):
            future.result()
        assert desk.index > TILE_HASHES + 100
    return folder


def until(true: Callable[[], bool]) -> None:
    """Wait for what comes by itself; that it never comes is a failure, however fast the machine is."""
    give_up_s = time.monotonic() + 60
    while not true():
        assert time.monotonic() < give_up_s, "it did not come"
        time.sleep(0.01)


def flip(folder: Path, index: int) -> None:
    """One letter of an entry is another."""
    with sqlite3.connect(folder / "record.db") as file:
        ((body,),) = file.execute("SELECT body FROM entry WHERE seq = ?", (index,)).fetchall()
        changed = body.replace(b'"call"', b'"cell"', 1)
        assert changed != body
        file.execute("UPDATE entry SET body = ? WHERE seq = ?", (changed, index))
    file.close()


def stopped(desk: Desk) -> None:
    """That nothing more is signed, that everybody is told, and that help goes on."""
    size = desk.head().size
    board = desk.board()
    assert not board.record.writing
    assert "damaged" in board.record.text
    assert [(alarm.kind.value, "log fsck" in alarm.text) for alarm in board.alarms] == [("record_down", True)]
    assert desk.do(do.ReceiveCall(id="help", place="1 Oak"), by=CALLER).result().spooled
    assert desk.do(do.DecideRespond(id="respond", about="c5"), by=DISPATCHER).result().spooled
    with pytest.raises(RecordDownError):
        desk.do(do.Close(id="x", about="c6", reason_code=do.CloseReason.TEST_OR_MISDIAL), by=DISPATCHER).result()
    desk.tick()
    assert desk.head().size == size


def test_whole_files_are_found_whole_and_it_is_said_how_far_they_were_looked_through(folder: Path) -> None:
    with open_desk(folder) as desk:
        assert desk.files().of >= 400
        until(lambda: desk.files().whole)
        told = desk.health().files
        assert (told.state, told.fault) == ("whole", None)
        assert told.entries == told.of
        assert desk.health().writing


@pytest.mark.parametrize("kept", [True, False])
def test_an_entry_that_was_changed_is_found_and_nothing_more_is_signed(folder: Path, kept: bool) -> None:
    if not kept:
        (folder / "desk-state").unlink()
    flip(folder, 7)
    with open_desk(folder) as desk:
        until(lambda: desk.files().fault is not None)
        until(lambda: not desk.health().writing)
        assert desk.files().state == "damaged"
        assert not desk.files().whole
        stopped(desk)
    with pytest.raises(UncertainWriteError, match="stopped on a fault"), open_desk(folder):
        pass


def test_a_page_that_was_overwritten_is_found(folder: Path) -> None:
    path = folder / "vault.db"
    pages = path.stat().st_size // PAGE_BYTES
    with path.open("r+b") as file:
        file.seek(pages // 2 * PAGE_BYTES)
        file.write(b"\xa5" * PAGE_BYTES)
    with open_desk(folder) as desk:
        until(lambda: not desk.health().writing)
        assert desk.core.cold, "of what cannot be opened nobody is kept waiting"
        assert "vault.db is damaged" in (desk.files().fault or "")
        stopped(desk)


def test_no_state_is_kept_of_a_record_that_is_damaged(folder: Path) -> None:
    before = (folder / "desk-state").read_bytes()
    flip(folder, 7)
    with open_desk(folder) as desk:
        until(lambda: not desk.health().writing)
    assert (folder / "desk-state").read_bytes() == before


def test_what_a_start_demanded_it_still_demands_before_it_answers(folder: Path) -> None:
    """The last entries, the head, its signature and the high-water mark are checked before anything else."""
    flip(folder, 399)
    with pytest.raises(Exception, match="not those that were signed"), open_desk(folder):
        pass


def test_other_programs_check_the_whole_files_before_they_write(folder: Path) -> None:
    path = folder / "vault.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // PAGE_BYTES // 2 * PAGE_BYTES)
        file.write(b"\xa5" * PAGE_BYTES)
    with pytest.raises(Exception, match="damaged"), open_record(folder):
        pass


def test_an_erasure_waits_until_the_check_has_read_the_vault(tmp_path: Path) -> None:
    """A reader of the vault keeps an erasure from emptying the write-ahead log; the desk's own check must not."""
    vault = SqliteVault(tmp_path / "vault.db", write=True)
    vault.keep({"c1": {"place": b"1" * 16}})
    begun, go_on = threading.Event(), threading.Event()
    whole = vault._file._check

    def slowly(connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM salt").fetchall()
        begun.set()
        go_on.wait(10)
        whole(connection)

    vault._file._check = slowly  # type: ignore[method-assign]
    checking = threading.Thread(target=vault.check)
    checking.start()
    assert begun.wait(10)
    erasing = threading.Thread(target=vault.erase, args=([("c1", "place")],))
    erasing.start()
    erasing.join(0.3)
    assert erasing.is_alive()
    go_on.set()
    erasing.join(10)
    checking.join(10)
    assert vault.salts(["c1"]) == {}
    assert (tmp_path / "vault.db-wal").stat().st_size == 0
    vault.close()


def test_a_store_is_checked_beside_its_writer(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "record.db", origin=ORIGIN, write=True)
    store.check()
    store.close()
