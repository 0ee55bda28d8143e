"""An independent reading of the export: every call to which nobody was sent is accounted for, or is one of the three.

Nothing of the room is used here but the file it wrote and what it says the truth is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from answerable.demo import Story

Row = dict[str, str]
MINUTES = {"0": 5, "1": 5, "2": 15, "3": 60, "4": 60, "5": 60, "6": 240, "7": 240, "8": 240, "9": 240, "": 5}
NOBODY_WAITS = ("ONVIEW", "SCHED")
NO_CALL = ("INFO", "BOL", "TST")


def at(row: Row, column: str) -> datetime | None:
    text = row[column]
    return datetime.fromisoformat(f"{text[6:10]}-{text[:2]}-{text[3:5]}{text[10:]}-07:00") if text else None


def received(row: Row) -> datetime:
    when = at(row, "Received")
    assert when is not None
    return when


def tightest(row: Row) -> timedelta:
    """The shortest limit under any reading of what was and was not written down."""
    if any(row[fact] != "N" for fact in ("LifeSafety", "OfficerAssaulted", "SafeExitNeeded")):
        return timedelta(minutes=5)
    return timedelta(minutes=min(MINUTES[row["PriorityInitial"]], MINUTES[row["PriorityFinal"]]))


def why_nobody_went(row: Row, *, by_number: dict[str, Row], story: Story) -> str:
    """The legitimate reason, read from the row alone; `unheard` where there is none."""
    if row["CallSource"] in NOBODY_WAITS or row["TypeCode"] in NO_CALL:
        return "nobody waits"
    closed, back, deadline = at(row, "Closed"), at(row, "Callback"), received(row) + tightest(row)
    if row["Kind"] == "RFA":
        refused = {story.denial_of_19_june, story.denied_too_late, story.covered_by_no_rule}
        return "decided" if row["CallNumber"] in refused else "unheard"
    if row["Disposition"] == "DUP":
        return _merged(row, by_number)
    if row["Disposition"] == "CXC" and closed is not None and closed <= deadline:
        return "withdrawn in time"
    if row["Disposition"] == "PHN" and back is not None and closed is not None and row["ClosedBy"]:
        if row["Abandoned"] == "Y":
            return "called back"
        settled = {row["LifeSafety"], row["OfficerAssaulted"], row["SafeExitNeeded"]} == {"N"}
        return "answered by telephone" if settled and back < closed else "unheard"
    if closed is None and back is not None:
        return "telephone, still open"
    if closed is None and not row["Disposition"] and deadline > story.exported_at:
        return "pending"
    return "unheard"


def _merged(row: Row, by_number: dict[str, Row]) -> str:
    if not row["DuplicateOf"]:
        return "merged, other call not noted"
    target = by_number[row["DuplicateOf"]]
    earlier = received(target) < received(row)
    return "merged" if earlier and target["Dispatched"] and target["Disposition"] != "DUP" else "unheard"


@pytest.mark.parametrize("seed", ["story", "other"])
def test_exactly_three_calls_have_no_answer_and_no_reason(seed: str, request: pytest.FixtureRequest) -> None:
    story: Story = request.getfixturevalue(seed)
    rows: list[Row] = request.getfixturevalue("calls" if seed == "story" else "other_calls")
    by_number = {row["CallNumber"]: row for row in rows}
    reasons = {
        row["CallNumber"]: why_nobody_went(row, by_number=by_number, story=story)
        for row in rows
        if not row["Dispatched"]
    }
    assert {number for number, reason in reasons.items() if reason == "unheard"} == story.unheard
    assert {
        "nobody waits", "decided", "merged", "merged, other call not noted", "withdrawn in time", "called back",
        "answered by telephone",
    } <= set(reasons.values())  # fmt: skip


def test_the_three_show_nothing_but_that_they_came_in(story: Story, calls: list[Row]) -> None:
    for row in calls:
        if row["CallNumber"] in story.unheard:
            filled = {name for name, value in row.items() if value}
            assert filled.isdisjoint(
                {"Dispatched", "EnRoute", "OnScene", "Cleared", "Closed", "Disposition", "ClosedBy", "DuplicateOf",
                 "Callback", "Unit", "UnitsSent"}
            )  # fmt: skip
            assert {
                "LifeSafety",
                "OfficerAssaulted",
                "SafeExitNeeded",
                "PriorityInitial",
                "Requester",
                "Place",
            } <= filled
            assert received(row) + timedelta(days=1) < story.exported_at


def test_one_unheard_call_is_the_buildings_and_one_of_the_others_had_life_at_risk(
    story: Story, calls: list[Row]
) -> None:
    rows = {row["CallNumber"]: row for row in calls}
    building = rows[story.unheard_building]
    assert (building["Place"], building["Requester"], building["Kind"]) == ("FEDPROP", "FEDERAL", "CALL")
    assert {rows[number]["Place"] for number in story.unheard_elsewhere} == {"CITY"}
    assert story.unheard_life_at_risk in story.unheard_elsewhere
    at_risk = [number for number in story.unheard if rows[number]["LifeSafety"] == "Y"]
    assert at_risk == [story.unheard_life_at_risk]


def test_no_call_without_a_unit_was_closed_without_a_reason_and_a_desk(calls: list[Row]) -> None:
    silent = [row for row in calls if row["Closed"] and not row["Dispatched"]]
    assert silent
    assert all(row["Disposition"] and row["ClosedBy"] for row in silent)


def test_another_seed_tells_of_the_same_three(
    story: Story, other: Story, calls: list[Row], other_calls: list[Row]
) -> None:
    def told(rows: list[Row], numbers: frozenset[str]) -> list[dict[str, str]]:
        return [
            {name: value for name, value in row.items() if name != "CallNumber"}
            for row in rows
            if row["CallNumber"] in numbers
        ]

    assert told(calls, story.unheard) == told(other_calls, other.unheard)
