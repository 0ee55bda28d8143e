"""LIST.csv: the calls a complainant remembers, one a row (docs/formats/call-list.md)."""

from __future__ import annotations

from collections.abc import Callable

from answerable.answer.intake.table import Row, rows
from answerable.errors import ClaimError
from answerable.model.listed import ListedCall
from answerable.model.times import parse_duration_s

REQUIRED = ("id", "about")
OPTIONAL = ("within", "place", "district", "beat", "type", "call", "receipt", "phone", "note")
ROUGH_S = 30 * 60
ROUGHEST_S = 12 * 3600


RECEIPT_FILE = ".tlog-proof"
"""How the name of a file ends that holds a receipt."""

OWN = ("phone", "note")
"""Columns that people keep for themselves."""

ReadFile = Callable[[str], bytes]
"""Reads a file named in a list, relative to the list."""


def read_call_list(data: bytes, *, file: str, read_file: ReadFile) -> tuple[ListedCall, ...]:
    """The entries of a list, in its order. Raises ClaimError. Phones and notes are read past: nothing keeps them."""
    read = rows(data, file=file, required=REQUIRED, optional=OPTIONAL)
    found = tuple(_entry(row, read_file) for row in read)
    ids = [one.id for one in found]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise ClaimError(f"{file}: two entries have the id {twice!r}; give each its own")
    if not found:
        raise ClaimError(f"{file}: the list has no entry")
    return found


def holds_what_is_private(data: bytes, *, file: str) -> bool:
    """Whether a list has telephone numbers or notes. Raises ClaimError."""
    read = rows(data, file=file, required=REQUIRED, optional=OPTIONAL)
    return any(row.optional(name) for row in read for name in OWN)


def _entry(row: Row, read_file: ReadFile) -> ListedCall:
    return ListedCall(
        id=row.text("id"),
        about_us=row.instant_us("about"),
        within_s=row.parsed("within", _rough_s) if row.optional("within") else ROUGH_S,
        receipt=_receipt(row.optional("receipt") or "", read_file),
        **{name: row.optional(name) or "" for name in ("place", "district", "beat", "type", "call")},
    )


def _receipt(told: str, read_file: ReadFile) -> str:
    """The text of a receipt: what stands in the list, or in the file that it names."""
    return read_file(told).decode("utf-8", "replace") if told.endswith(RECEIPT_FILE) else told


def _rough_s(text: str) -> int:
    seconds = parse_duration_s(text)
    if seconds > ROUGHEST_S:
        raise ValueError(f"{text!r} is rougher than 12 h; an entry as rough as that cannot be found by its time")
    return seconds
