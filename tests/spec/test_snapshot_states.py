"""The meaning of a later export: what every row of it, and every call known before, counts as.

Two calls that never change stand around each export and are counted apart.
"""

from __future__ import annotations

import pytest
from tests.support.snapshots import Joined, call, export, joined

A = call("A", 10)
A_SENT = call("A", 10, Dispatched="2023-06-01 12:12:00")
A_CLOSED = call("A", 10, Code="HND")
B = call("B", 20)
BLANK, BLANK_SENT = call("", 30), call("", 30, Dispatched="2023-06-01 12:31:00")
EARLY = ("A", "2023-05-31 12:00:00", *[""] * 8)
BROKEN = call("A", 10, Dispatched="no time")
TIMELESS = ("A", *[""] * 9)

Rows = tuple[tuple[str, ...], ...]
# earlier rows, later rows, expected counts of rows that are not zero
TABLE: dict[str, tuple[Rows, Rows, dict[str, int]]] = {
    "the same row": ((A,), (A,), {"unchanged": 1}),
    "a row that was not there": ((), (A,), {"new": 1}),
    "one value more": ((A,), (A_SENT,), {"changed": 1}),
    "a value taken back": ((A_SENT,), (A,), {"changed": 1}),
    "a row that is no longer there": ((A,), (), {"gone": 1}),
    "a call without a time that is no longer there": ((TIMELESS,), (), {"gone": 1}),
    "a row before what the later export reaches": ((EARLY,), (), {"not_covered": 1}),
    "a row that can no longer be read": ((A,), (BROKEN,), {"unread": 1}),
    "another number": ((A,), (B,), {"gone": 1, "new": 1}),
    "two new rows of one number": ((), (A, A_SENT), {"new": 2}),
    "two rows of one number, both as before": ((A, A_SENT), (A_SENT, A), {"unchanged": 2}),
    "two rows of one number, one of them changed": (
        (A, A_SENT), (A, A_CLOSED), {"unchanged": 1, "undetermined_earlier": 1, "undetermined_later": 1},
    ),
    "one row became two": ((A,), (A_SENT, A_CLOSED), {"undetermined_earlier": 1, "undetermined_later": 2}),
    "one row and another of its number": ((A,), (A, A_SENT), {"unchanged": 1, "undetermined_later": 1}),
    "two rows became one": ((A, A_SENT), (A,), {"unchanged": 1, "undetermined_earlier": 1}),
    "both rows of one number are no longer there": ((A, A_SENT), (), {"gone": 2}),
    "a row without a number, as before": ((BLANK,), (BLANK,), {"unchanged": 1}),
    "a row without a number that was not there": ((), (BLANK,), {"undetermined_later": 1}),
    "a row without a number that is no longer there": ((BLANK,), (), {"undetermined_earlier": 1}),
    "a row without a number, changed": (
        (BLANK,), (BLANK_SENT,), {"undetermined_earlier": 1, "undetermined_later": 1},
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=TABLE, ids=list(TABLE))
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Joined, int, dict[str, int]]:
    """Both exports imported, how many rows the earlier one had, and what is expected."""
    earlier, later, expected = TABLE[request.param]
    return joined(tmp_path_factory.mktemp("case"), [export(*earlier), export(*later)]), len(earlier) + 2, expected


def test_every_row_counts_as(case: tuple[Joined, int, dict[str, int]]) -> None:
    found, rows_before, expected = case
    states, rows = found.last.call_states, found.last.rows
    counted = {
        name: getattr(states, name) for name in states.__struct_fields__ if name not in ("earlier", "later", "returned")
    }
    counted["unchanged"] -= 2  # the two around
    assert {name: n for name, n in counted.items() if n} == expected
    assert states == found.last.row_states
    assert states.reconciles()
    assert rows.read == states.later + rows.quarantined + rows.duplicates
    assert states.earlier == rows_before


def test_no_call_that_was_published_is_dropped_and_none_is_doubled_without_saying_so(
    case: tuple[Joined, int, dict[str, int]],
) -> None:
    found, rows_before, expected = case
    doubtful = expected.get("undetermined_later", 0)
    assert len(found.calls) == rows_before + expected.get("new", 0) + doubtful
    assert sum(one["undetermined"] for one in found.calls) == doubtful + expected.get("undetermined_earlier", 0)
    assert found.snapshots.edited.undetermined == doubtful + expected.get("undetermined_earlier", 0)
    kept_from_before = {"gone", "not_covered", "unread", "undetermined_earlier"}
    absent = [one for one in found.calls if one["last_seen_at"] is not None]
    assert len(absent) == sum(n for name, n in expected.items() if name in kept_from_before)
    assert [one["gone_in"] for one in absent if one["gone_in"]] == [2] * expected.get("gone", 0)
    named = [one["what"] for one in found.changes if one["what"] not in ("published", "canonical")]
    assert sorted(named) == sorted(
        ["gone"] * expected.get("gone", 0)
        + ["unread"] * expected.get("unread", 0)
        + ["undetermined"] * (doubtful + expected.get("undetermined_earlier", 0))
    )
