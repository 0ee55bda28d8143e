"""A made-up source of two exports, and what an examination found to be edited in it."""

from __future__ import annotations

from answerable.model.examination import EditRow, Edits
from answerable.model.file_seal import FileSeal, Rows
from answerable.model.snapshot import Edited, Snapshot, Snapshots, States, nothing_before

SEAL = FileSeal(name="june.csv", size_bytes=10, sha256="a" * 64)
LATER = States(
    earlier=738, later=745, new=9, unchanged=730, changed=5, gone=1, not_covered=0, unread=1, undetermined_earlier=1,
    undetermined_later=1, returned=0,
)  # fmt: skip
EDITS = Edits(
    rows=(
        EditRow(
            call="18-1", what="edited", column="arrived_at", earlier="", later="2018-06-28T05:24:00Z",
            earlier_as_of="2018-07-01T00:00:00Z", later_as_of="2018-08-01T00:00:00Z", outcome_first="unheard",
            outcome_now="answered",
        ),
        EditRow(
            call="=18-2", what="gone", column="", earlier="", later="", earlier_as_of="2018-07-01T00:00:00Z",
            later_as_of="2018-08-01T00:00:00Z", outcome_first="", outcome_now="",
        ),
    ),
    outcomes=(("unheard", "answered", 1),),
)  # fmt: skip


def two_snapshots() -> Snapshots:
    """Two exports, chained."""
    rows, calls = nothing_before(rows=738, calls=738)
    first = snapshot(1, SEAL, rows=rows, calls=calls).sealed()
    later = FileSeal(name="july.csv", size_bytes=11, sha256="b" * 64)
    second = snapshot(2, later, rows=LATER, calls=LATER, previous=first.sha256).sealed()
    edited = Edited(calls=5, columns={"arrived_at": 2, "disposition": 5, "fact_life_safety": 1}, gone=1, undetermined=2)
    return Snapshots(every=(first, second), edited=edited, history_sha256="c" * 64, changes_sha256="d" * 64)


def snapshot(number: int, file: FileSeal, *, rows: States, calls: States, previous: str = "") -> Snapshot:
    """One export, not yet sealed."""
    return Snapshot(
        number=number,
        file=file,
        files=(file,),
        profile_sha256="e" * 64,
        as_of_us=1_530_403_200_000_000 + number,
        rows=Rows(read=rows.later + 4, imported=rows.later, quarantined=3, duplicates=1),
        row_states=rows,
        call_states=calls,
        changed_columns={},
        columns_added=("Note",) if number > 1 else (),
        columns_removed=(),
        observed=calls.new,
        observed_sha256="f" * 64,
        calls=calls.earlier + calls.new,
        calls_sha256="0" * 64,
        changes_bytes=0,
        changes_sha256="1" * 64,
        previous=previous,
    )
