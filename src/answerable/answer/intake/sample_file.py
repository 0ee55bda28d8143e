"""An audit sample that comes back: the list must be the one that was drawn; what the auditor wrote is read strictly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from answerable.answer.intake.table import Row, rows
from answerable.answer.sampling import ANSWERS, DRAWN, SCHEMA, Agrees, Drawn, cells_digest, list_digest
from answerable.errors import ClaimError
from answerable.notation import NotationError, json_as


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn call and what the auditor says of it; `agrees` is None where nothing was answered."""

    call: str
    received: str
    outcome: str
    because: str
    agrees: Agrees | None
    what_the_recording_says: str
    checked_by: str
    checked_at: str


def read_drawn(data: bytes, *, file: str) -> Drawn:
    """What was written beside a sample. Raises ClaimError where it is not that, or was changed."""
    try:
        drawn = json_as(data, Drawn)
    except NotationError as fault:
        raise ClaimError(
            f"{file}: this is not what `answerable sample draw` writes beside a sample: {fault}"
        ) from fault
    if drawn.schema != SCHEMA:
        raise ClaimError(f"{file}: its schema is {drawn.schema!r}; this program reads {SCHEMA}")
    if list_digest(drawn.rows) != drawn.list_sha256 or not len(drawn.rows) <= drawn.population:
        raise ClaimError(f"{file}: it was changed after the draw; its list is not the one that its digest seals")
    return drawn


def read_checked(data: bytes, *, file: str, drawn: Drawn) -> tuple[Checked, ...]:
    """The answers of every drawn call, in the order of the file, which need not be that of the draw.

    Raises ClaimError naming the place where the list is not the one drawn, or an answer cannot be used.
    """
    left = Counter(drawn.rows)
    checked = tuple(_each(data, file=file, left=left))
    missing = left.total()
    if missing:
        raise ClaimError(
            f"{file}: {missing:,} of the {len(drawn.rows):,} calls drawn {'is' if missing == 1 else 'are'} missing",
            hint="A call that was not checked stays in the list with a blank answer; it is counted as open.",
        )
    return checked


def _each(data: bytes, *, file: str, left: Counter[str]) -> Iterator[Checked]:
    for row in rows(data, file=file, required=(*DRAWN, *ANSWERS)):
        cells = tuple(row.optional(column) or "" for column in DRAWN)
        digest = cells_digest(cells)
        if not left[digest]:
            raise row.fault(
                "call", f"{cells[0]!r} was not drawn like this: it was added, stands there twice, or a cell was changed"
            )
        left[digest] -= 1
        yield _checked(row, dict(zip(DRAWN, cells, strict=True)))


def _checked(row: Row, cells: dict[str, str]) -> Checked:
    agrees = _agrees(row)
    if agrees is not None:
        row.text("checked_by")
        row.text("checked_at")
    if agrees is Agrees.NO:
        row.text("what_the_recording_says")
    return Checked(
        call=cells["call"],
        received=cells["received"],
        outcome=cells["outcome"],
        because=cells["because"],
        agrees=agrees,
        what_the_recording_says=row.optional("what_the_recording_says") or "",
        checked_by=row.optional("checked_by") or "",
        checked_at=row.optional("checked_at") or "",
    )


def _agrees(row: Row) -> Agrees | None:
    written = row.optional("agrees")
    if written is None:
        if row.optional("what_the_recording_says"):
            raise row.fault("agrees", "is blank although what_the_recording_says is not; write yes, no or cannot tell")
        return None
    try:
        # spreadsheets write Yes and YES by themselves
        return Agrees(" ".join(written.casefold().split()))
    except ValueError as fault:
        raise row.fault("agrees", f"{written!r} is none of: yes, no, cannot tell (or blank)") from fault
