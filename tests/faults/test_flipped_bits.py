"""One bit flipped anywhere in the files: it is found and named, or nothing that the record says has changed."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.fault_runs import runs
from tests.support.records import KEY, ORIGIN, call, in_sqlite, log

from answerable.errors import AnswerableError
from answerable.record.fsck import Fsck
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault

FLIPS = runs(120, full=20_000)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    parts = in_sqlite(folder)
    with log(parts) as open_log:
        open_log.append_all([call(number, phone=str(number)) for number in range(300)])
    assert isinstance(parts.store, SqliteStore)
    assert isinstance(parts.vault, SqliteVault)
    parts.store.close()
    parts.vault.close()
    return folder


def content(path: Path) -> list[tuple[object, ...]]:
    """Every row of every table."""
    connection = sqlite3.connect(path)
    try:
        tables = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        names = [name for name, sql in tables if sql and sql.startswith("CREATE TABLE")]
        return [*tables, *(row for name in names for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2"))]
    finally:
        connection.close()


def faults_in(folder: Path) -> list[str]:
    """What fsck finds; where the files cannot even be opened, that."""
    try:
        store = SqliteStore(folder / "record.db", origin=ORIGIN, write=True)
        vault = SqliteVault(folder / "vault.db", write=True)
        try:
            fsck = Fsck(origin=ORIGIN, store=store, vault=vault, high_water=HighWaterFile(folder / "high-water"))
            return [fault.what for fault in fsck.examine(keys=[KEY.verifier]).faults]
        finally:
            store.close()
            vault.close()
    except AnswerableError as fault:
        return [fault.message]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ["record.db", "vault.db"])
def test_a_flipped_bit_is_found_or_changes_nothing(
    whole: Path, tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(name)
    before = content(whole / name)
    found = 0
    for _ in range(FLIPS):
        folder = tmp_path / "flipped"
        shutil.copytree(whole, folder)
        data = bytearray((folder / name).read_bytes())
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        (folder / name).write_bytes(data)
        if faults_in(folder):
            found += 1
        else:
            assert content(folder / name) == before, f"byte {at} of {name}"
        shutil.rmtree(folder)
    assert found > FLIPS // 10
    record_property("counted", f"{FLIPS:,} flips in {name}: {found:,} found, the rest changed nothing")


def test_a_flip_in_the_mark_is_survived_by_the_other_slot(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "flipped"
    shutil.copytree(whole, folder)
    data = bytearray((folder / "high-water").read_bytes())
    for at in range(0, len(data), 7):
        changed = bytearray(data)
        changed[at] ^= 4
        (folder / "high-water").write_bytes(changed)
        mark = HighWaterFile(folder / "high-water").read()
        assert mark is not None
        assert mark.size in {0, 300}
