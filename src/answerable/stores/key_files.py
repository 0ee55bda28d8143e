"""Signing keys in files that only their owner may read: `keys/<key id>.key` each, and `keyring.json`."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from answerable.errors import ProofError, StorageError
from answerable.notation import NotationError, json_as
from answerable.proof.note import SigningKey
from answerable.record.keyring import KeyInUse, Keyring
from answerable.stores.durable_files import create_file, replace_file

_OWNER_ONLY = 0o600


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key of the keyring: the file's name without `.key`, and until when it signs."""

    key_id: str
    until_us: int | None


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: list[_Listed]


class KeyFolder:
    """The keys of one log. The seed of a new key is durable before the keyring names it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = folder / "keyring.json"

    def load(self) -> Keyring:
        """Every key. Raises StorageError for a file that is missing, unreadable, or open to other people."""
        try:
            listed = json_as(self._list.read_bytes(), _List).keys
            return Keyring(keys=tuple(KeyInUse(key=self._key(one.key_id), until_us=one.until_us) for one in listed))
        except OSError as fault:
            raise StorageError(f"{fault.filename}: {fault.strerror}", hint="Bring the keys back.") from fault
        except NotationError as fault:
            raise StorageError(f"{self._list}: {fault}") from fault

    def save(self, keyring: Keyring) -> None:
        """Write new seeds, then the list. Seeds are never written over."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for one in keyring.keys:
            create_file(self._seed(_key_id(one.key)), one.key.secret_text().encode() + b"\n", mode=_OWNER_ONLY)
        listed = [{"key_id": _key_id(one.key), "until_us": one.until_us} for one in keyring.keys]
        replace_file(self._list, json.dumps({"keys": listed}, indent=2).encode() + b"\n", mode=_OWNER_ONLY)

    def _key(self, key_id: str) -> SigningKey:
        path = self._seed(key_id)
        if path.stat().st_mode & 0o077:
            raise StorageError(f"{path} may be read by other people.", hint=f"chmod 600 {path}")
        try:
            return SigningKey.parse(path.read_text(encoding="utf-8").strip())
        except (ProofError, UnicodeDecodeError) as fault:
            raise StorageError(f"{path}: {fault}") from fault

    def _seed(self, key_id: str) -> Path:
        return self._folder / f"{key_id}.key"


def _key_id(key: SigningKey) -> str:
    return key.verifier.key_id.hex()
