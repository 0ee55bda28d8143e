"""Later exports of one source, in order: what each added, changed or no longer had, chained by digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from answerable.model.call import CLOCK_POINTS, FACT_COLUMNS
from answerable.model.canonical import digest
from answerable.model.file_seal import FileSeal, Rows

JUDGED = (
    "duplicate_of", "origin", "entry_kind", "abandoned", "type_initial", "type_final", "priority_initial_raw",
    "priority_final_raw", "priority_rank", "priority_class", *(f"{point}_at" for point in CLOCK_POINTS), "dispatched",
    "arrived", "units_dispatched", "units_arrived", "disposition_raw", "disposition", "ended_by", "reason_given",
    "handover", "reopened", "held", *(name for name, _ in FACT_COLUMNS),
)  # fmt: skip
"""The canonical columns that an outcome may rest on. None is a place or a name."""


class States(msgspec.Struct, frozen=True, kw_only=True):
    """A later export held against what was known before it; once for its rows and once for its calls.

    `later == new + unchanged + changed + undetermined_later`, and
    `earlier == unchanged + changed + gone + not_covered + unread + undetermined_earlier`.

    `gone`: the later export reaches from before to after it and lacks it; `not_covered`: it lies outside what the
    later export reaches; `unread`: the later export has it in quarantine. Undetermined: several rows share an identity,
    or it is blank, so that which is which would be a guess. `returned` counts those of `unchanged` and `changed` that
    were gone before.
    """

    earlier: int
    later: int
    new: int
    unchanged: int
    changed: int
    gone: int
    not_covered: int
    unread: int
    undetermined_earlier: int
    undetermined_later: int
    returned: int = 0

    def reconciles(self) -> bool:
        """Whether both sums come out."""
        met = self.unchanged + self.changed
        return (
            self.later == met + self.new + self.undetermined_later
            and self.earlier == met + self.gone + self.not_covered + self.unread + self.undetermined_earlier
        )


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One export in its order (`number` from 1). `as_of_us`: up to when it can speak.

    `observed` counts the observations it added to the history (its new, changed and undetermined calls), and
    `observed_sha256` is the SHA-256 of their row keys, sorted, one a line; `calls` and `calls_sha256` are the same of
    all calls after it. `changes_bytes` is how long the file of changes was after it: the file only grows.
    `previous` is the `sha256` of the snapshot before (empty for the first), and `sha256` the digest of this entry
    without itself, as canonical JSON.
    """

    number: int
    file: FileSeal
    files: tuple[FileSeal, ...]
    profile_sha256: str
    as_of_us: int | None
    rows: Rows
    row_states: States
    call_states: States
    changed_columns: dict[str, int]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    observed: int
    observed_sha256: str
    calls: int
    calls_sha256: str
    changes_bytes: int
    changes_sha256: str
    previous: str
    sha256: str = ""

    def sealed(self) -> Snapshot:
        """The same with its own digest."""
        return msgspec.structs.replace(self, sha256=self._digest())

    def intact(self) -> bool:
        """Whether the digest is that of the rest."""
        return self.sha256 == self._digest()

    def _digest(self) -> str:
        plain = msgspec.to_builtins(self)
        # an instant in microseconds stays below 2**53 until the year 2255
        del plain["sha256"]
        return digest(plain)


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """What later exports did to what was published first, over all snapshots together.

    `calls`: calls of which anything was changed that an outcome may rest on; `columns`: the same by canonical column;
    `gone`: calls that an export lacks though it reaches from before to after them; `undetermined`: calls that could not
    be told apart.
    """

    calls: int
    columns: dict[str, int]
    gone: int
    undetermined: int


class Snapshots(msgspec.Struct, frozen=True, kw_only=True):
    """Every export of which a file of calls consists, in order, and the SHA-256 of the files beside it."""

    every: tuple[Snapshot, ...]
    edited: Edited
    history_sha256: str
    changes_sha256: str


def broken_link(snapshots: Sequence[Snapshot]) -> int | None:
    """The number of the first snapshot that is not what its digest says or does not follow the one before, or None."""
    previous = ""
    for number, snapshot in enumerate(snapshots, start=1):
        if snapshot.number != number or snapshot.previous != previous or not snapshot.intact():
            return number
        previous = snapshot.sha256
    return None


def nothing_before(*, rows: int, calls: int) -> tuple[States, States]:
    """The states of a first export: everything in it is new."""
    return _all_new(rows), _all_new(calls)


def _all_new(count: int) -> States:
    return States(
        earlier=0, later=count, new=count, unchanged=0, changed=0, gone=0, not_covered=0, unread=0,
        undetermined_earlier=0, undetermined_later=0,
    )  # fmt: skip


def unread_rows(snapshots: Iterable[Snapshot]) -> int:
    """Rows of any of the exports that could not be read."""
    return sum(snapshot.rows.quarantined for snapshot in snapshots)
