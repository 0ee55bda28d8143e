"""The shape of the export: numbers, times, mixture, rhythm."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from answerable.demo import Story, write_story
from answerable.demo.files import write_files
from answerable.errors import StorageError

Row = dict[str, str]
POINTS = ("Received", "Entered", "Dispatched", "EnRoute", "OnScene", "Cleared", "Closed")


def when(text: str) -> datetime:
    """The wall-clock time of `06/27/2018 22:14:09` (strptime would take most of the tests' time)."""
    return datetime.fromisoformat(f"{text[6:10]}-{text[:2]}-{text[3:5]}{text[10:]}")


def waited_s(row: Row) -> float:
    return (when(row["Dispatched"]) - when(row["Received"])).total_seconds()


def test_the_same_seed_writes_the_same_bytes(story: Story, tmp_path: Path) -> None:
    again = write_story(tmp_path)
    written = sorted(path.relative_to(story.folder) for path in story.folder.rglob("*") if path.is_file())
    assert written == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert all((story.folder / name).read_bytes() == (tmp_path / name).read_bytes() for name in written)
    assert again.counts == story.counts


def test_another_seed_writes_other_calls_around_the_same_decisions(story: Story, other: Story) -> None:
    assert story.calls.read_bytes() != other.calls.read_bytes()
    assert story.facts.read_bytes() == other.facts.read_bytes()
    assert story.decisions.read_bytes() == other.decisions.read_bytes()
    assert story.requests == other.requests


def test_there_are_about_thirty_thousand_calls_in_june_and_july(story: Story, calls: list[Row]) -> None:
    assert 28_500 <= len(calls) == story.counts["rows"] <= 31_500
    days = {when(row["Received"]).date() for row in calls}
    assert (min(days), max(days), len(days)) == (date(2018, 6, 1), date(2018, 7, 31), 61)


def test_call_numbers_count_on_without_a_gap_in_the_order_of_receipt(calls: list[Row]) -> None:
    received = [when(row["Received"]) for row in calls]
    assert received == sorted(received)
    for prefix in ("18-", "R18-"):
        numbers = [int(row["CallNumber"][len(prefix) :]) for row in calls if row["CallNumber"].startswith(prefix)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert calls[0]["CallNumber"] == "18-153001"


@pytest.mark.parametrize("rows", ["calls", "other_calls"])
def test_the_times_of_a_call_are_in_order_and_none_is_later_than_the_export(
    rows: str, request: pytest.FixtureRequest
) -> None:
    story: Story = request.getfixturevalue("story" if rows == "calls" else "other")
    last = story.exported_at.replace(tzinfo=None)
    for row in request.getfixturevalue(rows):
        times = [when(row[point]) for point in POINTS if row[point]]
        assert times == sorted(times), row
        assert times[-1] <= last
        assert not row["Callback"] or when(row["Received"]) < when(row["Callback"]) <= last


def test_a_fifth_to_a_quarter_was_begun_by_officers(story: Story, calls: list[Row]) -> None:
    share = sum(row["CallSource"] == "ONVIEW" for row in calls) / len(calls)
    assert 0.20 <= share <= 0.25
    assert story.counts["officer_initiated"] == sum(row["CallSource"] == "ONVIEW" for row in calls)


def test_the_mixture_is_that_of_a_real_export(story: Story, calls: list[Row]) -> None:
    dispositions = Counter(row["Disposition"] for row in calls)
    expected = {"REP", "ARR", "CIT", "HND", "AST", "GOA", "UTL", "UNF", "FAL", "CXC", "DUP", "PHN", "TST", ""}
    assert set(dispositions) == expected
    assert dispositions["DUP"] == story.counts["duplicates"]
    assert 0 < story.counts["duplicates_of_no_known_call"] < 0.12 * story.counts["duplicates"]
    assert sum(row["Abandoned"] == "Y" for row in calls) == story.counts["abandoned"] > 300
    blank = sum(not row["LifeSafety"] for row in calls) / len(calls)
    assert 0.015 <= blank <= 0.04
    assert 50 < sum(row["PriorityInitial"] != row["PriorityFinal"] for row in calls) < 0.05 * len(calls)


def test_about_one_arrival_in_twelve_was_never_stamped(calls: list[Row]) -> None:
    arrived = [row for row in calls if row["Dispatched"] and row["Cleared"] and row["Disposition"] != "CXC"]
    missing = sum(not row["OnScene"] for row in arrived if row["CallSource"] in ("911", "NONEM", "ALARM"))
    assert 0.06 <= missing / sum(row["CallSource"] in ("911", "NONEM", "ALARM") for row in arrived) <= 0.10


def test_afternoons_are_busier_than_early_mornings_and_weekend_nights_busier_than_others(calls: list[Row]) -> None:
    asked = [when(row["Received"]) for row in calls if row["CallSource"] in ("911", "NONEM")]
    by_hour = Counter(at.hour for at in asked)
    assert by_hour[17] > 3 * by_hour[4]
    nights = Counter(at.weekday() >= 5 for at in asked if at.hour < 3)
    assert nights[True] / 2 > nights[False] / 5


def test_waits_have_a_heavy_tail_and_urgent_calls_wait_least(calls: list[Row]) -> None:
    sent = [row for row in calls if row["Dispatched"] and row["CallSource"] in ("911", "NONEM", "ALARM", "AGENCY")]
    waits = {
        priority: sorted(waited_s(row) for row in sent if row["PriorityInitial"] == priority)
        for priority in ("1", "3", "5")
    }
    assert median(waits["1"]) < median(waits["3"]) < median(waits["5"])
    middle = waits["3"]
    assert middle[len(middle) * 99 // 100] > 5 * median(middle)


def test_some_answers_are_late_and_most_are_not(calls: list[Row]) -> None:
    limit_s = {"0": 300, "1": 300, "2": 900, "3": 3600, "4": 3600, "5": 3600}
    sent = [row for row in calls if row["Dispatched"] and row["CallSource"] in ("911", "NONEM")]
    late = sum(waited_s(row) > limit_s.get(row["PriorityInitial"], 14_400) for row in sent)
    assert 0.02 < late / len(sent) < 0.15


def test_nobody_is_at_two_calls_at_once(calls: list[Row]) -> None:
    at_work: dict[str, list[tuple[datetime, datetime]]] = {}
    for row in calls:
        if row["Unit"] and row["Cleared"] and row["Unit"][0] not in "XT":
            at_work.setdefault(row["Unit"], []).append((when(row["Dispatched"]), when(row["Cleared"])))
    for spans in at_work.values():
        spans.sort()
        assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_the_building_called_about_340_times_and_was_mostly_answered(story: Story, calls: list[Row]) -> None:
    building = [row for row in calls if row["Place"] == "FEDPROP" and row["Kind"] == "CALL"]
    assert 333 <= len(building) == story.counts["building_calls"] <= 348
    assert {(row["Requester"], row["District"], row["Beat"], row["Block"]) for row in building} == {
        ("FEDERAL", "HARBOR", "520", "4400 BLOCK CUSTOMS QUAY")
    }
    days = {when(row["Received"]).date() for row in building}
    assert date(2018, 6, 17) <= min(days)
    assert max(days) <= date(2018, 7, 25)
    assert sum(bool(row["Dispatched"]) for row in building) > 0.8 * len(building)


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "city"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="city"):
        write_files(blocked, {"facts.csv": b"call"})
    assert blocked.read_text() == "a file where the folder should be"
