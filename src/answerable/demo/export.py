"""The history as a dispatch system's export writes it: one row a call, wall-clock times, blanks for what is not so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta

from answerable.demo.asked import Fate
from answerable.demo.city import DAY_S, STARTS
from answerable.demo.history import History, Told

COLUMNS = (
    "CallNumber", "Received", "Entered", "Dispatched", "EnRoute", "OnScene", "Cleared", "Closed", "CallSource",
    "TypeCode", "TypeText", "PriorityInitial", "PriorityFinal", "Disposition", "ClosedBy", "DuplicateOf", "Abandoned",
    "Callback", "Requester", "Place", "Kind", "AsksFor", "LifeSafety", "OfficerAssaulted", "SafeExitNeeded", "District",
    "Beat", "Block", "Unit", "UnitsSent",
)  # fmt: skip

_YES_NO = {True: "Y", False: "N", None: ""}


def call_rows(history: History) -> Iterator[tuple[str, ...]]:
    """Rows of the export in the order of receipt. Nothing later than the export itself is in it."""
    days = tuple((STARTS + timedelta(days=day)).strftime("%m/%d/%Y") for day in range(history.until_s // DAY_S + 1))
    for told in history.calls:
        yield _row(told, days=days, until_s=history.until_s)


def csv_text(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Header and rows as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _row(told: Told, *, days: tuple[str, ...], until_s: int) -> tuple[str, ...]:
    asked, course = told.asked, told.course

    def stamp(at_s: int | None) -> str:
        if at_s is None or at_s > until_s:
            return ""
        day, rest = divmod(at_s, DAY_S)
        return f"{days[day]} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"

    closed, dispatched = stamp(course.closed_s), stamp(course.dispatched_s)
    return (
        told.number, stamp(asked.received_s), stamp(course.entered_s), dispatched, stamp(course.enroute_s),
        stamp(course.on_scene_s), stamp(course.cleared_s), closed, asked.source, asked.code, asked.text,
        _number(asked.priority), _number(asked.priority_final), course.disposition if closed else "",
        course.closed_by if closed else "", told.same_as if closed else "", _YES_NO[asked.abandoned],
        stamp(course.callback_s), asked.requester, asked.place, "RFA" if asked.fate is Fate.REQUEST else "CALL",
        asked.asks_for, _YES_NO[asked.life_safety], _YES_NO[asked.officer_assaulted], _YES_NO[asked.safe_exit_needed],
        asked.district, asked.beat, asked.block, course.unit if dispatched else "",
        _number(course.units_sent) if dispatched else "",
    )  # fmt: skip


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
