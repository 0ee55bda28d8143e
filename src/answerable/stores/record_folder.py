"""The folder of a record: `record.toml` says whose it is and where its parts lie; paths are relative to the folder.

record.toml  record.db  vault.db  keys/  high-water  writer.lock
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from answerable.errors import HeldRecordError, InputError, StorageError
from answerable.notation import NotationError, toml_values
from answerable.stores.durable_files import create_file

SETTINGS = "record.toml"
PATIENCE_S = 2.0
"""For how long a writer waits for another: a heartbeat holds the record for a moment."""

LOOK_AGAIN_S = 0.02


class RecordSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What `record.toml` says. `database` is a file, or the address of a PostgreSQL server."""

    answerable_record: int = 1
    origin: str
    database: str = "record.db"
    vault: str = "vault.db"
    high_water: str = "high-water"


class RecordFolder:
    """A folder that has a `record.toml`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = _read(path / SETTINGS)

    @property
    def keys(self) -> Path:
        """Where the signing keys are."""
        return self.path / "keys"

    @property
    def high_water(self) -> Path:
        """The high-water mark; a path from the root where it is kept on another disk."""
        return self.path / self.settings.high_water

    @contextmanager
    def one_writer(self, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
        """Hold the record for writing. Raises HeldRecordError where another program does, after
        `patience_s`."""
        handle = os.open(self.path / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked(handle, until_s=time.monotonic() + patience_s):
                raise HeldRecordError(
                    f"Another program is writing to the record in {self.path}.",
                    hint="Only one may write. Wait for it, or end it; sending the same entries again is safe.",
                )
            yield
        finally:
            os.close(handle)


def _locked(handle: int, *, until_s: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until_s:
                return False
            time.sleep(LOOK_AGAIN_S)
        else:
            return True


def create_folder(path: Path, settings: RecordSettings) -> RecordFolder:
    """Make a record's folder. Raises InputError where there is a record already."""
    if (path / SETTINGS).exists():
        raise InputError(f"{path} holds a record already.", hint="Name another folder.")
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in msgspec.to_builtins(settings).items()]
    create_file(path / SETTINGS, "".join(lines).encode(), mode=0o600)
    return RecordFolder(path)


def _read(path: Path) -> RecordSettings:
    try:
        return msgspec.convert(toml_values(path.read_bytes()), RecordSettings)
    except FileNotFoundError:
        raise InputError(
            f"{path.parent} holds no record: there is no {SETTINGS}.", hint="`answerable log init` makes one."
        ) from None
    except (NotationError, msgspec.ValidationError) as fault:
        raise InputError(f"{path}: {fault}") from fault
    except OSError as fault:
        raise StorageError(f"{path}: {fault.strerror}") from fault
