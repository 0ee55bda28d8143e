"""LIST.csv: the calls a complainant remembers, one a row (docs/formats/call-list.md)."""

from __future__ import annotations

from answerable.answer.intake.table import Row, rows
from answerable.errors import ClaimError
from answerable.model.listed import ListedCall
from answerable.model.times import parse_duration_s

REQUIRED = ("id", "about")
OPTIONAL = ("within", "place", "district", "beat", "type", "call", "receipt", "phone", "note")
ROUGH_S = 30 * 60
ROUGHEST_S = 12 * 3600


def read_call_list(data: bytes, *, file: str) -> tuple[ListedCall, ...]:
    """The entries of a list, in its order. Raises ClaimError. Phones and notes are read past: nothing keeps them."""
    found = tuple(_entry(row) for row in rows(data, file=file, required=REQUIRED, optional=OPTIONAL))
    ids = [one.id for one in found]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise ClaimError(f"{file}: two entries have the id {twice!r}; give each its own")
    if not found:
        raise ClaimError(f"{file}: the list has no entry")
    return found


def _entry(row: Row) -> ListedCall:
    return ListedCall(
        id=row.text("id"),
        about_us=row.instant_us("about"),
        within_s=row.parsed("within", _rough_s) if row.optional("within") else ROUGH_S,
        **{name: row.optional(name) or "" for name in ("place", "district", "beat", "type", "call", "receipt")},
    )


def _rough_s(text: str) -> int:
    seconds = parse_duration_s(text)
    if seconds > ROUGHEST_S:
        raise ValueError(f"{text!r} is rougher than 12 h; an entry as rough as that cannot be found by its time")
    return seconds
