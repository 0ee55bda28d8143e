"""Promises: what whoever keeps entries for later hands out while the record cannot be written."""

from __future__ import annotations

from pathlib import Path

from answerable.errors import ProofError, StorageError
from answerable.proof import Promise, SigningKey, promised_digest
from answerable.proof.promise import key_name
from answerable.record.acts import announce_promises
from answerable.record.log import Log
from answerable.record.prepared import Prepared
from answerable.stores.durable_files import create_file
from answerable.stores.record_folder import RecordFolder

KEY_FILE = "promises.key"
_OWNER_ONLY = 0o600


class Promiser:
    """Signs promises for one log. Make it while the record is open: afterwards it needs no disk."""

    def __init__(self, origin: str, key: SigningKey) -> None:
        self.origin = origin
        self._key = key

    @property
    def key(self) -> str:
        """The public key, for whoever checks promises."""
        return str(self._key.verifier)

    def promise(self, prepared: Prepared, *, at_us: int) -> bytes:
        """The signed word that `prepared` will be recorded, just so but for the time of its recording.

        The salts of `prepared` must be kept with it: other salts would make another entry.
        """
        digest = promised_digest(prepared.body)
        promise = Promise(origin=self.origin, id=prepared.draft.id, promised_at_us=at_us, digest=digest)
        return promise.sign(self._key)


def open_promiser(folder: RecordFolder, log: Log) -> Promiser:
    """The promiser of a record that is open, with a key that the log has announced.

    Raises StorageError and RecordError.
    """
    origin = folder.settings.origin
    key = _key(folder.keys / KEY_FILE, name=key_name(origin))
    announce_promises(log, key=key.verifier)
    return Promiser(origin, key)


def _key(path: Path, *, name: str) -> SigningKey:
    """The key in a file that only its owner may read, made where there is none."""
    if not path.exists():
        create_file(path, SigningKey.generate(name).secret_text().encode() + b"\n", mode=_OWNER_ONLY)
    try:
        return SigningKey.parse(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError, ProofError) as fault:
        raise StorageError(
            f"{path}: {fault}", hint="Bring the key back, or move the file away for a new one."
        ) from fault
