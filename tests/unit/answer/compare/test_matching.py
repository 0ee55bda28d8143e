"""Who is comparable with whom: the same day, hour, priority, type group and district, one call an incident."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.answer.compare.calls import HOUR_US, ComparedCall
from answerable.answer.compare.matching import match, one_an_incident


def call(key: str, hours: float, **more: Any) -> ComparedCall:
    given = {"incident": key, "day": "2018-06-19", "priority": "1", "type_group": "disorder", "district": "A", **more}
    return ComparedCall(key=key, received_us=round(hours * HOUR_US), **given)


def keys(calls: tuple[ComparedCall, ...]) -> list[str]:
    return [one.key for one in calls]


def around(*hours: float, **more: Any) -> list[ComparedCall]:
    return [call(f"o{at}", at, **more) for at in hours]


OURS = call("ours", 12)
FIVE = around(10.5, 11, 12.5, 13, 13.5)


def test_calls_within_two_hours_are_comparable_when_there_are_five() -> None:
    (stratum,) = match([OURS], [*FIVE, *around(9.9, 14.1)], neighbours={}).strata
    assert keys(stratum.others) == keys(tuple(FIVE))
    assert not stratum.widened


def test_with_fewer_than_five_the_window_is_four_hours_and_that_is_said() -> None:
    (stratum,) = match([OURS], [*FIVE[:4], *around(8.5, 15.9, 16.1)], neighbours={}).strata
    assert keys(stratum.others) == ["o8.5", "o10.5", "o11", "o12.5", "o13", "o15.9"]
    assert (stratum.widened, stratum.neighbours) == (True, False)


def test_then_the_neighbouring_district_is_taken_in_and_that_is_said() -> None:
    beside, beyond = around(11.9, 12.2, district="B"), around(12.1, district="C")
    (stratum,) = match([OURS], [*FIVE[:2], *beside, *beyond], neighbours={"A": ("B",)}).strata
    assert keys(stratum.others) == ["o10.5", "o11", "o11.9", "o12.2"]
    assert (stratum.widened, stratum.neighbours) == (True, True)


def test_a_stratum_that_stays_small_is_counted_as_thin() -> None:
    assert match([OURS], FIVE[:2], neighbours={}).thin == 1
    assert match([OURS], FIVE, neighbours={}).thin == 0


@pytest.mark.parametrize("other", [{"day": "2018-06-20"}, {"priority": "2"}, {"type_group": "x"}, {"district": "B"}])
def test_what_differs_in_day_priority_type_group_or_district_is_not_comparable(other: dict[str, str]) -> None:
    found = match([OURS], around(12.1, 12.2, 12.3, 12.4, 12.5, **other), neighbours={})
    assert not found.strata
    assert keys(found.unmatched) == ["ours"]


def test_claimed_calls_within_two_hours_share_their_comparators() -> None:
    (stratum,) = match([OURS, call("again", 13.9)], [*FIVE, *around(15.5)], neighbours={}).strata
    assert keys(stratum.claimed) == ["ours", "again"]
    assert keys(stratum.others)[-1] == "o15.5"


def test_a_chain_of_claimed_calls_does_not_stretch_the_window_over_the_day() -> None:
    found = match([OURS, call("second", 13.5), call("third", 15)], FIVE, neighbours={})
    assert [keys(one.claimed) for one in found.strata] == [["ours", "second"]]
    assert keys(found.unmatched) == ["third"]


def test_a_call_that_two_strata_could_have_goes_to_the_nearer() -> None:
    found = match([call("early", 8), call("late", 12)], around(9, 9.9, 10.1, 11, 12), neighbours={})
    assert [keys(one.others) for one in found.strata] == [["o9", "o9.9"], ["o10.1", "o11", "o12"]]


def test_one_call_an_incident_counts_on_either_side() -> None:
    again = call("again", 12.01, incident="ours")
    twice = [call("x1", 12.1, incident="x"), call("x2", 12.2, incident="x")]
    found = match([OURS, again], [*FIVE, *twice], neighbours={})
    assert (keys(found.strata[0].claimed), found.repeated) == (["ours"], 1)
    assert "x1" in keys(found.strata[0].others)
    assert "x2" not in keys(found.strata[0].others)


def test_calls_about_the_claimants_incident_are_not_compared_with_it() -> None:
    linked = call("linked", 12.1, incident="ours")
    beside = call("beside", 12.2, beat="gate")
    ours = call("ours", 12, beat="gate")
    assert keys(match([ours], [*FIVE, linked, beside], neighbours={}).strata[0].others) == keys(tuple(FIVE))


def test_calls_of_one_type_in_one_beat_within_half_an_hour_are_one_incident() -> None:
    calls = [call(name, at, beat="7") for name, at in (("a", 1.0), ("b", 1.4), ("c", 1.6))]
    assert keys(tuple(one_an_incident(calls))) == ["a", "c"]
    assert len(one_an_incident([call("a", 1), call("b", 1.1)])) == 2, "without a beat nothing is guessed"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 240), st.sampled_from("AB")), max_size=40))
def test_no_call_stands_in_two_strata_and_outcomes_play_no_part(drawn: list[tuple[bool, int, str]]) -> None:
    def made(*, late: bool) -> tuple[list[ComparedCall], list[ComparedCall]]:
        calls = [
            (ours, call(f"c{at}", tenths / 10, district=district, late=late))
            for at, (ours, tenths, district) in enumerate(drawn)
        ]
        return [one for ours, one in calls if ours], [one for ours, one in calls if not ours]

    found, again = (match(*made(late=late), neighbours={"A": ("B",)}) for late in (True, False))
    placed = [one.key for stratum in found.strata for one in (*stratum.claimed, *stratum.others)]
    assert len(placed) == len(set(placed))
    assert [keys(one.others) for one in found.strata] == [keys(one.others) for one in again.strata]
    assert found.incidents + len(found.unmatched) + found.repeated == sum(ours for ours, _, _ in drawn)
