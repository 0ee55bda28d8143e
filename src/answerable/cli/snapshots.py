"""Several exports of one source on the terminal: what the last one changed, and what all of them did."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.cli.printing import Column, Page
from answerable.cli.text import counted
from answerable.model.snapshot import Snapshot, Snapshots, States
from answerable.model.times import iso
from answerable.report.edited_words import edited_sentences
from answerable.report.spelling import number


def print_last_snapshot(page: Page, snapshots: Snapshots) -> None:
    """What the last export changed, then all of them in order."""
    last = snapshots.every[-1]
    page.heading(f"Held against {counted(last.number - 1, 'earlier export')}")
    page.pairs([("Rows", _later_sum(last)), ("Calls", _earlier_sum(last.call_states))], indent=2)
    page.bullets(_remarks(last))
    print_snapshots(page, snapshots)


def print_snapshots(page: Page, snapshots: Snapshots) -> None:
    """Every export in order, and what was edited after it was first published."""
    page.heading("Exports of this source, in order")
    columns = [Column("export"), Column("as of"), Column("file")]
    columns += [Column(heading, figures=True) for heading in ("new", "changed", "unchanged", "gone", "calls")]
    page.table(columns, (_row(one) for one in snapshots.every))
    page.heading("Edited after first publication")
    page.bullets(edited_sentences(snapshots.edited))


def _row(one: Snapshot) -> tuple[str, ...]:
    states = one.call_states
    figures = (states.new, states.changed, states.unchanged, states.gone, one.calls)
    as_of = "not known" if one.as_of_us is None else iso(one.as_of_us)
    return (str(one.number), as_of, one.file.name, *(number(figure) for figure in figures))


def _later_sum(one: Snapshot) -> str:
    rows, states = one.rows, one.row_states
    parts = [(states.new, "new"), (states.unchanged, "unchanged"), (states.changed, "changed")]
    parts += [(states.undetermined_later, "undetermined")] if states.undetermined_later else []
    parts += [(rows.quarantined, "quarantined"), (rows.duplicates, "byte-identical duplicates")]
    return f"{number(rows.read)} read = {_added(parts)}"


def _earlier_sum(states: States) -> str:
    parts = [(states.unchanged, "unchanged"), (states.changed, "changed"), (states.gone, "gone")]
    parts += [
        (figure, words)
        for figure, words in (
            (states.not_covered, "outside what this export reaches"),
            (states.unread, "in its quarantine"),
            (states.undetermined_earlier, "undetermined"),
        )
        if figure
    ]
    return f"{number(states.earlier)} known before = {_added(parts)}; {number(states.new)} new"


def _added(parts: list[tuple[int, str]]) -> str:
    return " + ".join(f"{number(figure)} {words}" for figure, words in parts)


def _remarks(last: Snapshot) -> Iterator[str]:
    if last.call_states.returned:
        yield f"{counted(last.call_states.returned, 'call')} that had gone came back."
    for columns, verb in ((last.columns_added, "is new"), (last.columns_removed, "is no longer there")):
        yield from (f"The column {column!r} {verb}." for column in columns)
