"""Many files held to account: what became of each, and whether every row that was read is somewhere."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from answerable.model.source import Rows


class State(StrEnum):
    """What became of a file. `no_calls`: no value of it looks like a date or a time; `refused`: the import stopped."""

    RECONCILES = "reconciles"
    DOES_NOT_RECONCILE = "does_not_reconcile"
    NOT_RECOGNISED = "not_recognised"
    NO_CALLS = "no_calls"
    REFUSED = "refused"


class ReconciledFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `found_again` counts what the import wrote: rows of the source within calls, and quarantined ones; a
    file reconciles where those are the rows that its manifest says. `because`: why it does not, or was not read."""

    file: str
    state: State
    profile: str | None = None
    verified: bool | None = None
    rows: Rows | None = None
    found_again: dict[str, int] = {}
    calls: int | None = None
    first_us: int | None = None
    last_us: int | None = None
    timezone: str | None = None
    inclusion: str | None = None
    ignored: str | None = None
    ignored_because: str = ""
    seconds: float = 0.0
    because: str = ""


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """Every file, the sum of the rows that were read, and what was not read because of its name."""

    files: tuple[ReconciledFile, ...]
    rows: Rows
    calls: int
    not_read: tuple[str, ...]
    ok: bool
