"""A whole published log read for one question: which versions of a policy does it hold, and since when?

That there is no other can only be seen by reading every entry. So nothing is sampled and nothing is taken on trust:
each entry is hashed, and the hashes must lead to the root that the log signed.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from answerable.errors import InclusionError, InputError, MalformedError
from answerable.model.log_reading import LoggedVersion, LogReading
from answerable.notation import NotationError, json_as
from answerable.proof.quorum import TrustPolicy
from answerable.proof.tiles import TILE_HASHES, Tile, decode_bundle, width_at
from answerable.proof.tree import RightEdge, leaf_hash
from answerable.record.entry import EntryType
from answerable.record.following import Published


class _Sealed(msgspec.Struct, frozen=True):
    sha256: str = ""


class _Entry(msgspec.Struct, frozen=True):
    """What matters here of an entry's body; it may hold anything else."""

    type: str
    recorded_at_us: int
    file: str = ""
    seal: _Sealed = _Sealed()


def read_versions(published: Published, *, trust: TrustPolicy) -> LogReading:
    """Every entry of the log, hashed again; what it says about versions of a policy.

    An entry cannot have been made before the one it follows: of two times the later counts. Raises InputError where
    entries are not public yet, InclusionError where they do not lead to the signed root, and what `TrustPolicy.check`
    raises.
    """
    note = published.read("checkpoint")
    if note is None:
        raise InputError("There is no log here: it has no checkpoint.", hint="Give the folder that the log publishes.")
    witnessed = trust.check(note)
    size = witnessed.checkpoint.size
    edge, versions, opened_us, through_us = RightEdge(), list[LoggedVersion](), 0, 0
    for index, body in enumerate(_entries(published, size)):
        edge.append(leaf_hash(body))
        entry = _parsed(body, index)
        through_us = max(through_us, entry.recorded_at_us)
        opened_us = opened_us or entry.recorded_at_us
        if entry.type == EntryType.POLICY:
            versions.append(
                LoggedVersion(index=index, entered_us=through_us, file=entry.file, sha256=entry.seal.sha256)
            )
    if edge.root() != witnessed.checkpoint.root:
        raise InclusionError("the entries do not lead to the root that the log signed")
    return LogReading(
        origin=witnessed.checkpoint.origin,
        keys=tuple(str(party.key) for party in trust.logs if party.key.name == witnessed.checkpoint.origin),
        size=size,
        root=witnessed.checkpoint.root.hex(),
        witnesses=tuple(witnessed.witnesses),
        opened_us=opened_us,
        through_us=through_us,
        versions=tuple(versions),
    )


def _entries(published: Published, size: int) -> Iterator[bytes]:
    index = 0
    while width := width_at(0, index, size):
        bundle = published.read(Tile(None, index, width).path()) or published.read(Tile(None, index).path())
        entries = [] if bundle is None else decode_bundle(bundle)[:width]
        if len(entries) < width:
            raise InputError(
                f"Entries from number {index * TILE_HASHES + len(entries):,} on are not public yet.",
                hint="Only a whole log shows that it holds no other version. Read it when their embargo is over.",
            )
        yield from entries
        index += 1


def _parsed(body: bytes, index: int) -> _Entry:
    try:
        return json_as(body, _Entry)
    except NotationError as fault:
        raise MalformedError(f"entry {index:,} cannot be read: {fault}") from fault
