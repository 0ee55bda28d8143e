"""A published log read from its first entry on for one question: which versions of a policy does it hold, since when?

That there is no other can only be seen by reading every entry up to a time. So nothing is sampled and nothing is taken
on trust: each entry is hashed, and the hashes must lead to the root that the log signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from answerable.errors import InclusionError, InputError, MalformedError
from answerable.model.log_reading import LoggedVersion, LogReading
from answerable.notation import NotationError, json_as
from answerable.proof.quorum import TrustPolicy
from answerable.proof.tiles import Tile, decode_bundle, hashes_from, width_at
from answerable.proof.tree import RightEdge, leaf_hash
from answerable.record.entry import EntryType
from answerable.record.following import Published

_DRAFTED, _APPROVED, _FILED = "policy.drafted", "policy.approved", "policy.filed"
_NO_VERSION = frozenset({"policy.refused", "policy.came_into_force"})
"""Entries of a desk about a version whose text is another entry."""


class _Sealed(msgspec.Struct, frozen=True):
    sha256: str = ""


class _Entry(msgspec.Struct, frozen=True):
    """What matters here of an entry's body; it may hold anything else."""

    type: str
    recorded_at_us: int
    id: str = ""
    about: str = ""
    event: str = ""
    file: str = ""
    text: str = ""
    seal: _Sealed = _Sealed()


class Versions:
    """The versions that entries issue: a file that was sealed, and what a desk files, or drafts and approves.

    `read`: how many entries were taken; `opened_us`, `through_us`: when the first and the last of them were made.
    """

    def __init__(self) -> None:
        self.issued = list[LoggedVersion]()
        self.read = self.opened_us = self.through_us = 0
        self._drafts = dict[str, tuple[str, str]]()

    def take(self, body: bytes) -> None:
        """The next entry. It cannot have been made before the one it follows: of two times the later counts.

        One of type policy of which nobody can say what it stands for counts as a version. Raises MalformedError.
        """
        entry = _parsed(body, self.read)
        self.through_us = max(self.through_us, entry.recorded_at_us)
        self.opened_us = self.opened_us or entry.recorded_at_us
        if entry.type == EntryType.POLICY:
            self._policy(entry)
        self.read += 1

    def _policy(self, entry: _Entry) -> None:
        if entry.event in _NO_VERSION:
            return
        sha256 = hashlib.sha256(entry.text.encode()).hexdigest() if entry.text else entry.seal.sha256
        file = entry.file
        if entry.event == _DRAFTED:
            self._drafts[entry.id] = (file, sha256)
            return
        if entry.event == _APPROVED:
            file, sha256 = self._drafts.get(entry.about, ("", ""))
        self.issued.append(LoggedVersion(index=self.read, entered_us=self.through_us, file=file, sha256=sha256))


def read_versions(published: Published, *, trust: TrustPolicy) -> LogReading:
    """Every entry of the log that is public, hashed again; what they say about versions of a policy.

    Where the last entries are under embargo, their hashes are read in their place, so that all together lead to the
    signed root: what was read is the beginning of what was signed. Raises InputError where there is no log, or none of
    it is public yet, InclusionError where it does not lead to the signed root, and what `TrustPolicy.check` raises.
    """
    note = published.read("checkpoint")
    if note is None:
        raise InputError("There is no log here: it has no checkpoint.", hint="Give the folder that the log publishes.")
    witnessed = trust.check(note)
    size = witnessed.checkpoint.size
    edge, versions = RightEdge(), Versions()
    for body in _entries(published, size):
        edge.append(leaf_hash(body))
        versions.take(body)
    if versions.read == 0 < size:
        raise InputError("No entry of this log is public yet.", hint="Read it when their embargo is over.")
    hash_at = hashes_from(lambda tile: _tile(published, tile), size)
    for index in range(versions.read, size):
        edge.append(hash_at(0, index))
    if edge.root() != witnessed.checkpoint.root:
        raise InclusionError("the entries do not lead to the root that the log signed")
    return LogReading(
        origin=witnessed.checkpoint.origin,
        keys=tuple(str(party.key) for party in trust.logs if party.key.name == witnessed.checkpoint.origin),
        size=size,
        root=witnessed.checkpoint.root.hex(),
        witnesses=tuple(witnessed.witnesses),
        opened_us=versions.opened_us,
        through_us=versions.through_us,
        versions=tuple(versions.issued),
        unread=size - versions.read,
    )


def _entries(published: Published, size: int) -> Iterator[bytes]:
    """The entries that are public, from the first on."""
    index = 0
    while width := width_at(0, index, size):
        bundle = published.read(Tile(None, index, width).path()) or published.read(Tile(None, index).path())
        entries = [] if bundle is None else decode_bundle(bundle)[:width]
        yield from entries
        if len(entries) < width:
            return
        index += 1


def _tile(published: Published, tile: Tile) -> bytes:
    content = published.read(tile.path())
    if content is None:
        raise InputError(
            f"{tile.path()} is missing.", hint="A log publishes every hash at once; ask again, or its keeper."
        )
    return content


def _parsed(body: bytes, index: int) -> _Entry:
    try:
        return json_as(body, _Entry)
    except NotationError as fault:
        raise MalformedError(f"entry {index:,} cannot be read: {fault}") from fault
