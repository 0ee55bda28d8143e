"""What somebody outside read of a log, taken in with an allegation at the desk.

    allegations/ALLEGATION/log/log-reading.json     as it came
    allegations/ALLEGATION/log/read.toml            who read it, and when

The desk vouches for nothing here (docs/decisions/0057): whether the log shows that there was no other version is judged
as for the command line. But what is said of this desk's own log must be so, or the file is not taken in.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import tomlkit

from answerable.errors import InputError, StorageError
from answerable.model.claim import ClaimKind
from answerable.model.log_reading import LogReading
from answerable.model.times import to_us
from answerable.notation import toml_values
from answerable.proof.tree import root_at
from answerable.record.reading import Versions
from answerable.stores.durable_files import replace_file
from answerable.wiring.claim_form import instant, needed
from answerable.wiring.files import read_small
from answerable.wiring.log_reading import parse_reading
from answerable.wiring.recording import OpenRecord

LOG, READING, READ_BY = "log", "log-reading.json", "read.toml"
RESTS_ON_A_LOG: Final = frozenset({ClaimKind.POLICY_EXISTS, ClaimKind.STATEMENT, ClaimKind.LISTED_CALLS})
"""The kinds of claim whose finding can rest on what was read of a log."""

_AT_ONCE: Final = 1_000


class ReadingAtDesk(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a log, who read it and when; `own`: of this desk's log."""

    reading: LogReading
    sender: str
    dated: datetime
    own: bool

    @property
    def dated_us(self) -> int:
        """When it was read, as its reader says."""
        return to_us(self.dated)


def take_in_reading(
    case: Path, fields: Mapping[str, str], *, name: str, content: bytes, record: OpenRecord, zone: ZoneInfo
) -> None:
    """Keep what somebody outside read of a log, in place of what was there. Raises InputError, StorageError.

    Of this desk's own log, every entry it speaks of is read again: another root, another version or another time is
    refused, and so is a key that is none of this log's.
    """
    reading = parse_reading(content, file=name)
    sender = " ".join(needed(fields, "sender", "Who read it").split())
    dated = instant(needed(fields, "dated", "When it was read"), name="When it was read", zone=zone)
    if reading.origin == record.origin:
        _check_own(reading, record)
    try:
        (case / LOG).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise StorageError(f"{case / LOG}: {fault.strerror}") from fault
    replace_file(case / LOG / READING, content, mode=0o600)
    replace_file(case / LOG / READ_BY, tomlkit.dumps({"sender": sender, "dated": dated}).encode(), mode=0o600)


def reading_of(case: Path, *, origin: str) -> ReadingAtDesk | None:
    """What was taken in with an allegation; None where nothing was. `origin`: of this desk's log. Raises InputError."""
    if not (case / LOG / READ_BY).is_file():
        return None
    reading = parse_reading(read_small(case / LOG / READING, what="what was read of a log"), file=READING)
    return ReadingAtDesk(reading=reading, own=reading.origin == origin, **_read_by(case))


def remove_reading(case: Path) -> None:
    """Take it out. What was answered with it before stays where it is."""
    shutil.rmtree(case / LOG, ignore_errors=True)


def as_document(case: Path, *, file: str) -> dict[str, Any]:
    """What is said of it as a document that a claim rests on; `file` is where the claim finds it."""
    return {"id": "log-reading", "kind": "what was read of the log", "file": file, **_read_by(case)}


def _read_by(case: Path) -> dict[str, Any]:
    return toml_values(read_small(case / LOG / READ_BY, what="who read a log"))


def _check_own(reading: LogReading, record: OpenRecord) -> None:
    """Raises InputError for what is not so in this record."""
    snapshot = record.snapshot()
    if reading.size > snapshot.head.size:
        raise InputError(
            f"It speaks of {reading.size:,} entries of this desk's log, which has {snapshot.head.size:,}.",
            hint="Ask its reader where they read the log.",
        )
    if root_at(reading.size, snapshot.edge.hash_at(record.store.tile)).hex() != reading.root:
        raise InputError(
            f"With {reading.size:,} entries this desk's log has another root than the one that was read.",
            hint="Either the file was changed, or its reader was shown another log under this name. Ask them for the "
            "checkpoint that they read, with its signatures.",
        )
    if set(reading.keys) - {str(one) for one in record.keyring.verifiers}:
        raise InputError("It was read under a key that is none of this log's.")
    seen = Versions()
    for body in _bodies(record, reading.size - reading.unread):
        seen.take(body)
    if (seen.opened_us, seen.through_us, tuple(seen.issued)) != (
        reading.opened_us,
        reading.through_us,
        reading.versions,
    ):
        raise InputError(
            "What it says of versions and times is not what the entries of this log say.",
            hint="`answerable log versions --out` writes such a file; nothing in it is to be changed.",
        )


def _bodies(record: OpenRecord, end: int) -> Iterator[bytes]:
    for first in range(0, end, _AT_ONCE):
        for entry in record.store.entries(first, min(_AT_ONCE, end - first)):
            yield entry.body
