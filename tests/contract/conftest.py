"""Every adapter of a port, under one suite: what holds for one holds for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from tests.support.records import ORIGIN

from answerable.record.ports import HighWater, Store, Vault
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.memory import MemoryHighWater, MemoryStore, MemoryVault
from answerable.stores.postgres import PostgresStore
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault


class Adapters(Protocol):
    """Opens the adapters of one kind in one place; opening again finds what was written."""

    durable: bool

    def store(self, *, write: bool = True) -> Store: ...
    def vault(self) -> Vault: ...
    def high_water(self) -> HighWater: ...


class InMemory:
    durable = False

    def __init__(self) -> None:
        self._kept = (MemoryStore(), MemoryVault(), MemoryHighWater())

    def store(self, *, write: bool = True) -> Store:
        return self._kept[0]

    def vault(self) -> Vault:
        return self._kept[1]

    def high_water(self) -> HighWater:
        return self._kept[2]


class InSqlite:
    durable = True

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack

    def store(self, *, write: bool = True) -> Store:
        store = SqliteStore(self._folder / "record.db", origin=ORIGIN, write=write)
        self._stack.callback(store.close)
        return store

    def vault(self) -> Vault:
        vault = SqliteVault(self._folder / "vault.db", write=True)
        self._stack.callback(vault.close)
        return vault

    def high_water(self) -> HighWater:
        return HighWaterFile(self._folder / "high-water")


class InPostgres(InSqlite):
    """The record on the server; vault and mark are files in any case."""

    def __init__(self, address: str, folder: Path, stack: ExitStack) -> None:
        super().__init__(folder, stack)
        self._address = address
        self._last: PostgresStore | None = None

    def store(self, *, write: bool = True) -> Store:
        if write and self._last is not None:
            self._last.close()  # whoever comes back finds that the one before has gone
        store = PostgresStore(self._address, origin=ORIGIN, write=write)
        self._stack.callback(store.close)
        self._last = store if write else self._last
        return store


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def adapters(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Adapters]:
    with ExitStack() as stack:
        if request.param == "memory":
            yield InMemory()
        elif request.param == "sqlite":
            yield InSqlite(tmp_path, stack)
        else:
            yield InPostgres(request.getfixturevalue("postgres_dsn"), tmp_path, stack)
