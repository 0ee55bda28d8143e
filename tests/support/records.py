"""Records to test with: small ones in memory or on disk, with a clock and a chance that repeat."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import msgspec

from answerable.proof.note import SigningKey
from answerable.record.entry import Draft, EntryType
from answerable.record.keyring import KeyInUse, Keyring
from answerable.record.log import Log
from answerable.record.opening import opened
from answerable.record.ports import HighWater, Store, Vault
from answerable.record.sequencer import Sequencer
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.memory import MemoryHighWater, MemoryStore, MemoryVault
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault

ORIGIN = "alder.example/desk/2018h1"
KEY = SigningKey(name=ORIGIN, seed=bytes(range(32)))
KEYRING = Keyring(keys=(KeyInUse(key=KEY),))
NOON_US = 1_529_434_800_000_000
"""19 June 2018, 12:00 in Portland."""


class SteadyClock:
    """Every look is a millisecond later; `now_us` may be set."""

    def __init__(self) -> None:
        self.now_us = NOON_US

    def __call__(self) -> int:
        self.now_us += 1_000
        return self.now_us


def repeating_chance(seed: int = 0) -> Callable[[int], bytes]:
    """The same bytes every time. Only for tests."""
    return random.Random(seed).randbytes


class Parts(msgspec.Struct, kw_only=True):
    """The adapters under a record."""

    store: Store
    vault: Vault
    high_water: HighWater


def in_memory() -> Parts:
    return Parts(store=MemoryStore(), vault=MemoryVault(), high_water=MemoryHighWater())


def in_sqlite(folder: Path, *, vfs: str = "") -> Parts:
    return Parts(
        store=SqliteStore(folder / "record.db", origin=ORIGIN, write=True, vfs=vfs),
        vault=SqliteVault(folder / "vault.db", write=True, vfs=vfs),
        high_water=HighWaterFile(folder / "high-water"),
    )


def sequencer(parts: Parts, *, seed: int = 0, keyring: Keyring = KEYRING) -> Sequencer:
    """Opens the record in `parts` with every check of a start."""
    snapshot = opened(origin=ORIGIN, store=parts.store, high_water=parts.high_water, keys=keyring.verifiers)
    return Sequencer(
        origin=ORIGIN,
        store=parts.store,
        vault=parts.vault,
        high_water=parts.high_water,
        keyring=keyring,
        clock=SteadyClock(),
        chance=repeating_chance(seed),
        snapshot=snapshot,
    )


def log(parts: Parts, *, seed: int = 0) -> Log:
    return Log(sequencer(parts, seed=seed), clock=SteadyClock(), chance=repeating_chance(seed + 1))


def call(number: int, **private: object) -> Draft:
    """A made-up call; `private` are its private fields."""
    return Draft(
        id=f"call-{number}",
        type=EntryType.CALL,
        occurred_at_us=NOON_US + number * 1_000_000,
        public={"kind": "call", "priority": number % 5},
        private=private,
    )
