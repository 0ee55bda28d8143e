"""The story as a desk records it: a call when it was written down, what became of it when it was closed, and so on.

Nothing is recorded before it happened: what only the export knows is not in the entry of the call.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from answerable.demo.city import OFFSET
from answerable.demo.write import Story
from answerable.model.times import parse_instant, to_us
from answerable.record.entry import Draft, EntryType

TOLD = (
    "CallNumber", "Received", "Entered", "CallSource", "TypeCode", "TypeText", "PriorityInitial", "Abandoned",
    "Requester", "Place", "Kind", "AsksFor", "LifeSafety", "OfficerAssaulted", "SafeExitNeeded", "District", "Beat",
    "Block",
)  # fmt: skip
"""Columns of the export that the call-taker fills. The others follow until the call is closed."""

_DECISIONS = {
    "decline": EntryType.DENIAL,
    "decline_with_conditions": EntryType.DENIAL,
    "review": EntryType.REVIEW,
}
"""What each kind of decision is in the record; any other is a decision."""


class StoryEntry(NamedTuple):
    """When it was recorded, in microseconds, and what."""

    recorded_us: int
    draft: Draft


def story_entries(story: Story) -> Iterator[StoryEntry]:
    """Calls, what became of them, what was told about them, what was decided on them: each group in its own order."""
    for row in _rows(story.calls):
        yield from _call(row)
    for number, row in enumerate(_rows(story.facts), start=1):
        draft = Draft(
            id=f"fact-{number}",
            type=EntryType.FACT,
            about=row["call"],
            occurred_at_us=parse_instant(row["occurred_at"]),
            public={"fact": row["fact"], "value": row["value"]},
            private={"asserted_by": row["asserted_by"]},
        )
        yield StoryEntry(parse_instant(row["recorded_at"]), draft)
    for number, row in enumerate(_rows(story.decisions), start=1):
        yield StoryEntry(parse_instant(row["recorded_at"]), _decision(row, number=number))


def _call(row: dict[str, str]) -> Iterator[StoryEntry]:
    """The entry of a call, and, once it is closed, a second one with the rest of its row."""
    kind = "request_for_assistance" if row["Kind"] == "RFA" else "call"
    told = {column: row[column] for column in TOLD if row[column]}
    yield StoryEntry(
        _local_us(row["Entered"] or row["Received"]),
        Draft(
            id=row["CallNumber"], type=EntryType.CALL, occurred_at_us=_local_us(row["Received"]), public={"kind": kind},
            private={"row": told},
        ),
    )  # fmt: skip
    if row["Closed"]:
        rest = {column: value for column, value in row.items() if value and column not in TOLD}
        yield StoryEntry(
            _local_us(row["Closed"]),
            Draft(
                id=f"{row['CallNumber']}-closed", type=EntryType.UNIT if row["Dispatched"] else EntryType.FACT,
                about=row["CallNumber"], private={"row": rest},
            ),
        )  # fmt: skip


def _decision(row: dict[str, str], *, number: int) -> Draft:
    return Draft(
        id=f"decision-{number}",
        type=_DECISIONS.get(row["decision"], EntryType.DECISION),
        about=row["call"],
        occurred_at_us=parse_instant(row["at"]),
        public={name: row[name] for name in ("decision", "rank", "clause", "reason", "conditions") if row[name]},
        private={name: row[name] for name in ("actor", "recorded_by") if row[name]},
    )


def _local_us(text: str) -> int:
    """The instant of the export's `06/27/2018 22:14:09`."""
    at = datetime.fromisoformat(f"{text[6:10]}-{text[:2]}-{text[3:5]}{text[10:]}")
    return to_us(at.replace(tzinfo=OFFSET))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)
