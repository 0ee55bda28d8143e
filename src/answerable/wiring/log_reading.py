"""A log read once and written down, so that a finding can rest on it; and receipts, believed under a log's keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import msgspec

from answerable.answer.listed.identify import ReadReceipt
from answerable.errors import InputError, MalformedError, ProofError
from answerable.model.log_reading import LogReading
from answerable.notation import NotationError, json_as, json_values
from answerable.proof.note import VerifierKey
from answerable.proof.quorum import TrustPolicy
from answerable.proof.receipt import Receipt, verify_receipt
from answerable.record.entry import EntryType
from answerable.record.following import Published
from answerable.record.reading import read_versions
from answerable.report.disk import write_atomically
from answerable.stores.tile_folder import TileFolder
from answerable.stores.web import WebLog
from answerable.wiring.files import read_small

WEB = ("http://", "https://")
FORMAT = "answerable/log-reading@1"


class _File(LogReading, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: a reading, and which kind of file it is."""

    schema: Literal["answerable/log-reading@1"]


def read_log_versions(place: str, *, trust: TrustPolicy, out: Path | None = None) -> LogReading:
    """Read the whole log at an address or in a folder; with `out`, write down what was read.

    Raises InputError, ProofError, StorageError.
    """
    published: Published = WebLog(place) if place.startswith(WEB) else TileFolder(Path(place))
    reading = read_versions(published, trust=trust)
    if out is not None:
        told = {"schema": FORMAT, **msgspec.to_builtins(reading)}
        write_atomically(out, (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode())
    return reading


def load_reading(path: Path) -> LogReading:
    """A reading that was written down. Raises InputError."""
    return parse_reading(read_small(path, what="what was read of a log"), file=str(path))


def parse_reading(data: bytes, *, file: str) -> LogReading:
    """A reading, from the bytes of the `file` in which it was written down. Raises InputError."""
    try:
        told = json_as(data, _File)
        for key in told.keys:
            VerifierKey.parse(key)
    except (NotationError, MalformedError) as fault:
        raise InputError(
            f"{file} is not what was read of a log: {fault}", hint="`answerable log versions --out` writes such a file."
        ) from fault
    return LogReading(**{name: getattr(told, name) for name in LogReading.__struct_fields__})


def receipts_of(reading: LogReading) -> ReadReceipt:
    """Reads receipts under the keys of the log that was read."""
    return receipt_reader(TrustPolicy.of_log(*map(VerifierKey.parse, reading.keys)))


def receipt_reader(trust: TrustPolicy) -> ReadReceipt:
    """Reads receipts under `trust`: the number of the call that a receipt is for, or None where it proves nothing."""

    def read(text: str) -> str | None:
        try:
            receipt = Receipt.parse(text.encode())
            body = receipt.carried().entry
            if body is None:
                return None
            verify_receipt(receipt, entry=body, trust=trust)
            entry = json_values(body)
        except (ProofError, NotationError):
            return None
        if not isinstance(entry, dict):
            return None
        named = entry.get("id") if entry.get("type") == EntryType.CALL else entry.get("about")
        return named if isinstance(named, str) else None

    return read
