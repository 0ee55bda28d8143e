"""A record published as files, its checkpoint cosigned by the witnesses that a trust policy asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from answerable.errors import ForkedLogError, InputError, MalformedError
from answerable.model.times import SECOND_US
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import Note
from answerable.proof.quorum import TrustPolicy
from answerable.proof.tiles import TILE_HASHES
from answerable.proof.tree import HashAt, root_at
from answerable.record.ports import Head
from answerable.record.publishing import bundles, hash_tiles
from answerable.stores.tile_folder import TileFolder
from answerable.stores.web import Witnesses as WebWitnesses
from answerable.wiring.cosigning import Witnesses, cosigned, enough
from answerable.wiring.recording import OpenRecord, now_us, read_record

CHECKPOINT = "checkpoint"
KEYS = "log.vkey"


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What is public now. `entries` are those that may be read; the rest are shown as hashes only."""

    origin: str
    size: int
    root: str
    out: Path
    files_written: int
    entries: int
    witnesses: tuple[str, ...]
    silent: dict[str, str]


def publish_record(
    folder: Path,
    *,
    out: Path,
    embargo_s: int,
    trust: TrustPolicy,
    told: Callable[[int], None] = lambda _: None,
) -> Published:
    """Write tiles, entries past their embargo, and last of all the checkpoint.

    Raises ForkedLogError where `out` shows another history, RecordError where too few witnesses cosign: the checkpoint
    then stays what it was. StorageError where another program publishes there.
    """
    target = TileFolder(out)
    with read_record(folder) as record, target.one_publisher():
        return publish(record, target, out=out, embargo_s=embargo_s, trust=trust, witnesses=WebWitnesses(), told=told)


def publish(
    record: OpenRecord,
    target: TileFolder,
    *,
    out: Path,
    embargo_s: int,
    trust: TrustPolicy,
    witnesses: Witnesses,
    full_bundles: int = 0,
    told: Callable[[int], None] = lambda _: None,
) -> Published:
    """What `publish_record` does, in a folder that is held. The first `full_bundles` of entries are known to be there.

    Raises what `publish_record` raises.
    """
    snapshot = record.snapshot()
    head, hash_at = snapshot.head, snapshot.edge.hash_at(record.store.tile)
    before = published_before(target, origin=record.origin, head=head, hash_at=hash_at)
    before_size = 0 if before is None else before.size
    written = 0
    for path, content in hash_tiles(snapshot, record.store, since=before_size):
        written += target.publish(path, content)
        told(written)
    entries = full_bundles * TILE_HASHES
    limit_us = now_us() - embargo_s * SECOND_US
    for path, content in bundles(head.size, record.store, first=full_bundles, recorded_before_us=limit_us):
        written += target.publish(path, content)
        entries = min(entries + TILE_HASHES, head.size)
        told(written)
    done = cosigned(head, trust, hash_at, before_size=before_size, witnesses=witnesses)
    keys = [one.verifier for one in record.keyring.signing(now_us=now_us())]
    names = enough(done, trust, keys)
    target.replace(KEYS, "".join(f"{key}\n" for key in keys).encode())
    target.replace(CHECKPOINT, done.note)
    return Published(
        origin=record.origin,
        size=head.size,
        root=head.root.hex(),
        out=out,
        files_written=written,
        entries=entries,
        witnesses=names,
        silent=done.silent,
    )


def published_before(target: TileFolder, *, origin: str, head: Head, hash_at: HashAt) -> Head | None:
    """The state that is public already, which must be where this record begins. Raises InputError, ForkedLogError."""
    note = target.read(CHECKPOINT)
    if note is None:
        return None
    try:
        before = Checkpoint.parse(Note.parse(note).text)
    except MalformedError as fault:
        raise InputError(f"the published checkpoint cannot be read: {fault.message}") from fault
    if before.origin != origin:
        raise InputError(f"That folder shows another log, {before.origin}.", hint="Publish each log in its own folder.")
    if before.size > head.size or root_at(before.size, hash_at) != before.root:
        raise ForkedLogError("What is public there is not where this record begins. Nothing was written.")
    return Head(size=before.size, root=before.root, note=note)
