"""A record opened from its folder, for writing or for reading, with the adapters that its settings name."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from answerable.errors import InputError, MalformedError, MissingExtraError, UncertainWriteError
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import Note, SigningKey
from answerable.proof.receipt import Spoken
from answerable.proof.tree import EMPTY_ROOT
from answerable.record.acts import open_log
from answerable.record.keyring import KeyInUse, Keyring
from answerable.record.log import Log
from answerable.record.opening import forget_again, opened, stored_edge
from answerable.record.ports import Clock, HighWater, Store, Vault
from answerable.record.sequencer import Sequencer, Snapshot
from answerable.stores.chance import SystemChance
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.key_files import KeyFolder
from answerable.stores.record_folder import PATIENCE_S, RecordFolder, RecordSettings, create_folder
from answerable.stores.sqlite_record import SqliteStore
from answerable.stores.sqlite_vault import SqliteVault

if TYPE_CHECKING:
    from answerable.stores.postgres import PostgresStore

POSTGRES = ("postgresql://", "postgres://")


class OpenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record that is open; `log` only where it is open for writing."""

    folder: RecordFolder
    store: Store
    vault: Vault
    high_water: HighWater
    keyring: Keyring
    log: Log | None = None

    @property
    def origin(self) -> str:
        """The log's name, which its key bears too."""
        return self.folder.settings.origin

    @property
    def writing(self) -> Log:
        """The log, of a record that is open for writing."""
        assert self.log is not None  # noqa: S101  only `open_record` gives this to whoever writes
        return self.log

    def snapshot(self) -> Snapshot:
        """The state last signed, from what is stored."""
        head = self.store.head()
        return Snapshot(head=head, edge=stored_edge(head, self.store))


chance = SystemChance()
"""Where salts and ids come from."""


def now_us() -> int:
    """The machine's clock."""
    return time.time_ns() // 1_000


def create_record(path: Path, settings: RecordSettings, *, after: bytes | None = None, clock: Clock = now_us) -> None:
    """Make a record with a new key and its first entry, which cites the checkpoint `after` of the log it continues.

    `clock`: only a made-up record has another than the machine's.

    Raises InputError and StorageError, and then leaves nothing behind; UncertainWriteError, and then leaves it.
    """
    continued = _stated(after) if after is not None else None
    key = _first_key(settings.origin)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    empty = not any(path.iterdir())
    folder = create_folder(path, settings)
    try:
        KeyFolder(folder.keys).save(Keyring(keys=(KeyInUse(key=key),)))
        with open_record(path, clock=clock) as record:
            open_log(record.writing, key=key.verifier, after=continued)
    except UncertainWriteError:
        raise  # the first entry may be there, and then its key is needed
    except BaseException:
        if empty:
            shutil.rmtree(path, ignore_errors=True)
        raise


def _stated(checkpoint: bytes) -> Checkpoint:
    try:
        return Checkpoint.parse(Note.parse(checkpoint).text)
    except MalformedError as fault:
        raise InputError(f"The checkpoint to continue cannot be read: {fault.message}") from fault


def _first_key(origin: str) -> SigningKey:
    """A new key. Raises InputError for a name that no key, or no receipt's number, can bear."""
    try:
        Spoken.of(origin=origin, index=0, leaf=EMPTY_ROOT)
        return SigningKey.generate(origin)
    except MalformedError as fault:
        raise InputError(
            f"The origin {origin!r} cannot be used: {fault.message}",
            hint="Host, agency and half-year, without spaces: alder.example/desk/2018h1",
        ) from fault


@contextmanager
def open_record(
    path: Path, *, patience_s: float = PATIENCE_S, checked: bool = False, clock: Clock = now_us
) -> Iterator[OpenRecord]:
    """Open for writing, after every check of a start. What waits at the end is written before it closes.

    A process that opens it again and again has `checked` the whole files the first time; the tail, the head and the
    mark are checked each time.

    Raises StorageError (another writer, the disk), ForkedLogError (an old backup, damage) and UncertainWriteError
    (it stopped on a fault, and nobody has looked since).
    """
    folder = RecordFolder(path)
    with folder.one_writer(patience_s=patience_s), _adapters(folder, write=True, checked=checked) as record:
        keys = record.keyring.verifiers
        snapshot = opened(origin=record.origin, store=record.store, high_water=record.high_water, keys=keys)
        forget_again(store=record.store, vault=record.vault)
        sequencer = Sequencer(
            origin=record.origin,
            store=record.store,
            vault=record.vault,
            high_water=record.high_water,
            keyring=record.keyring,
            clock=clock,
            chance=chance,
            snapshot=snapshot,
        )
        with Log(sequencer, clock=clock, chance=chance) as log:
            yield msgspec.structs.replace(record, log=log)


def check_files(record: OpenRecord) -> None:
    """Look through every page of a record's files, beside whoever writes to them. A server checks its own.

    Raises RecordError where one is damaged, StorageError where it could not be read now.
    """
    for part in (record.vault, record.store):
        if isinstance(part, SqliteStore | SqliteVault):
            part.check()


@contextmanager
def read_record(path: Path) -> Iterator[OpenRecord]:
    """Open for reading only, beside a writer or not."""
    with _adapters(RecordFolder(path), write=False) as record:
        yield record


@contextmanager
def _adapters(folder: RecordFolder, *, write: bool, checked: bool = False) -> Iterator[OpenRecord]:
    with ExitStack() as stack:
        keyring = KeyFolder(folder.keys).load()
        store = _store(folder, write=write, checked=checked)
        stack.callback(store.close)
        vault = SqliteVault(folder.path / folder.settings.vault, write=write, checked=checked)
        stack.callback(vault.close)
        high_water = HighWaterFile(folder.high_water)
        yield OpenRecord(folder=folder, store=store, vault=vault, high_water=high_water, keyring=keyring)


def _store(folder: RecordFolder, *, write: bool, checked: bool) -> SqliteStore | PostgresStore:
    database, origin = folder.settings.database, folder.settings.origin
    if not database.startswith(POSTGRES):
        return SqliteStore(folder.path / database, origin=origin, write=write, checked=checked)
    try:
        from answerable.stores.postgres import PostgresStore  # noqa: PLC0415
    except ImportError as missing:
        raise MissingExtraError(
            "This record is on PostgreSQL, and the part that speaks to it is not installed.",
            hint="Install it: pip install 'answerable[postgres]'",
        ) from missing
    return PostgresStore(database, origin=origin, write=write)
