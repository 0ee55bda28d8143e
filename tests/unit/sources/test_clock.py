"""Wall clocks and instants: the hour that occurs twice, the one that never does, and who decides."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from answerable.model.call import Quality
from answerable.model.times import SECOND_US, to_us
from answerable.sources.meaning.clock import ZoneClock, choose_folds, zone_clock
from answerable.sources.profiling.profile import ClockPolicy

AMBIGUOUS = Quality.DST_AMBIGUOUS
UNDECIDED = Quality.DST_AMBIGUOUS | Quality.DST_UNDECIDED


def wall(text: str) -> int:
    return to_us(datetime.fromisoformat(text).replace(tzinfo=UTC))


def clock(zone: str = "America/Los_Angeles", policy: ClockPolicy = ClockPolicy.LOCAL) -> ZoneClock:
    return zone_clock(zone, policy, first_us=wall("2021-06-01"), last_us=wall("2023-06-01"))


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"])
def test_every_hour_of_two_years_agrees_with_the_time_zone_database(zone: str) -> None:
    info, ours = ZoneInfo(zone), clock(zone)
    for hour in range(2 * 365 * 24):
        local = wall("2021-06-01") + hour * 3600 * SECOND_US + 900 * SECOND_US
        naive = datetime.fromtimestamp(local // SECOND_US, UTC).replace(tzinfo=None)
        both = [naive.replace(tzinfo=info, fold=fold) for fold in (0, 1)]
        exists = both[0].astimezone(UTC).astimezone(info).replace(tzinfo=None) == naive
        expected = sorted({to_us(one) for one in both}) if exists else [to_us(both[0])]
        assert list(ours.candidates(local)) == expected


def test_the_repeated_hour_has_two_instants_and_the_skipped_one_keeps_the_offset_before_it() -> None:
    ours = clock()
    first, second = ours.candidates(wall("2022-11-06T01:30:00"))
    assert second - first == 3600 * SECOND_US
    assert ours.candidates(wall("2022-03-13T02:30:00")) == (wall("2022-03-13T10:30:00"),)
    assert ours.candidates(wall("2022-11-06T00:59:59")) == (wall("2022-11-06T07:59:59"),)
    assert ours.candidates(wall("2022-11-06T02:00:00")) == (wall("2022-11-06T10:00:00"),)


def test_a_dispatch_before_its_receipt_on_the_clock_is_after_it_in_truth() -> None:
    received, dispatched = wall("2022-11-06T01:59:30"), wall("2022-11-06T01:27:24")
    assert (dispatched - received) // SECOND_US == -1926
    chosen = choose_folds([clock().candidates(received), clock().candidates(dispatched)])
    assert chosen[0] is not None
    assert chosen[1] is not None
    assert (chosen[1][0] - chosen[0][0]) // SECOND_US == 27 * 60 + 54
    assert (chosen[0][1], chosen[1][1]) == (AMBIGUOUS, AMBIGUOUS)


def test_where_both_choices_fit_the_earliest_is_taken_and_said() -> None:
    chosen = choose_folds(
        [clock().candidates(wall("2022-11-06T01:10:00")), clock().candidates(wall("2022-11-06T03:00:00"))]
    )
    assert chosen == [(wall("2022-11-06T08:10:00"), UNDECIDED), (wall("2022-11-06T11:00:00"), Quality(0))]


def test_an_earlier_event_after_the_change_decides_for_the_later_hour() -> None:
    chosen = choose_folds([(1000,), None, (900, 4500), None])
    assert chosen == [(1000, Quality(0)), None, (4500, AMBIGUOUS), None]


def test_a_later_event_before_the_change_decides_for_the_earlier_hour() -> None:
    assert choose_folds([(900, 4500), (1000,)]) == [(900, AMBIGUOUS), (1000, Quality(0))]


def test_a_chain_of_ambiguous_times_is_chosen_together() -> None:
    minutes = [40, 50, 10, 30]
    chosen = choose_folds([(m, m + 60) for m in minutes])
    assert [one[0] for one in chosen if one] == [40, 50, 70, 90]
    assert all(one is not None and one[1] == AMBIGUOUS for one in chosen)


def test_a_call_out_of_order_under_every_choice_is_undecided() -> None:
    assert choose_folds([(100,), (50,), (10, 20)]) == [(100, Quality(0)), (50, Quality(0)), (10, UNDECIDED)]


def test_nothing_recorded_is_nothing_chosen() -> None:
    assert choose_folds([]) == []
    assert choose_folds([None, None]) == [None, None]


def test_standard_time_and_utc_have_no_repeated_hour() -> None:
    local = wall("2022-11-06T01:30:00")
    assert clock(policy=ClockPolicy.UTC).candidates(local) == (local,)
    assert clock(policy=ClockPolicy.STANDARD).candidates(local) == (local + 8 * 3600 * SECOND_US,)
    assert clock(policy=ClockPolicy.STANDARD).candidates(wall("2022-07-01")) == (wall("2022-07-01T08:00"),)
