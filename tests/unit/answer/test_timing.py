"""Times held against limits: what is coarse, impossible or another clock's is never called in time or late."""

from __future__ import annotations

import pytest

from answerable.answer.record import CallRecord, SourceTerms
from answerable.answer.situation import Timing
from answerable.answer.timing import Moment, deadline_against_horizon, held_against, moment, told
from answerable.model.call import Quality
from answerable.model.times import SECOND_US

START = Moment(1_000 * SECOND_US, 1_000 * SECOND_US)


def after(seconds: int, *, room: int = 0) -> Moment:
    return Moment((1_000 + seconds) * SECOND_US, (1_000 + seconds + room) * SECOND_US)


@pytest.mark.parametrize(
    ("point", "offset", "timing"),
    [
        (after(300), (0, 0), Timing.MET),
        (after(301), (0, 0), Timing.MISSED),
        (after(250, room=60), (0, 0), Timing.UNCERTAIN),
        (after(-1), (0, 0), Timing.UNCERTAIN),
        (None, (0, 0), Timing.NOT_RECORDED),
        (after(290), (-20, 20), Timing.OFFSET),
        (after(200), (-20, 20), Timing.MET),
        (after(330), (-20, 20), Timing.MISSED),
        (after(320), (20, 20), Timing.MET),
    ],
)
def test_a_point_against_a_limit_of_five_minutes(point: Moment | None, offset: tuple[int, int], timing: Timing) -> None:
    assert held_against(point, start=START, within_s=300, offset_s=offset) is timing


def test_a_unit_that_was_already_there_is_in_time_in_a_later_period() -> None:
    assert held_against(after(-90), start=START, within_s=300, earlier_counts=True) is Timing.MET


@pytest.mark.parametrize(
    ("horizon_s", "timing"),
    [(1_301, Timing.MISSED), (1_300, Timing.NOT_DUE), (1_200, Timing.NOT_DUE), (None, Timing.NOT_RECORDED)],
)
def test_a_deadline_with_nothing_to_show_for_it(horizon_s: int | None, timing: Timing) -> None:
    horizon_us = None if horizon_s is None else horizon_s * SECOND_US
    assert deadline_against_horizon(START, within_s=300, horizon_us=horizon_us) is timing


@pytest.mark.parametrize(
    ("quality", "room_s"),
    [
        (Quality.MINUTE_PRECISION, 60),
        (Quality.DATE_ONLY, 86_400),
        (Quality.DST_UNDECIDED | Quality.DST_AMBIGUOUS, 3_600),
        (Quality.DST_AMBIGUOUS, 0),
        (Quality.OUT_OF_ORDER, 0),
    ],
)
def test_a_coarse_time_has_room(quality: Quality, room_s: int) -> None:
    call = CallRecord(key="1", times_us={"received": 0}, quality={"received": int(quality)})
    assert moment(call, "received") == Moment(0, room_s * SECOND_US)


@pytest.mark.parametrize("quality", [Quality.OVERWRITTEN_BY_REOPENING, Quality.CLAMPED, Quality.SENTINEL])
def test_a_time_that_means_something_else_is_not_used(quality: Quality) -> None:
    assert moment(CallRecord(key="1", times_us={"received": 0}, quality={"received": int(quality)}), "received") is None


def test_limits_run_from_a_later_point_only_where_the_source_has_nothing_earlier() -> None:
    call = CallRecord(key="1", times_us={"queued": 5})
    assert told(call, SourceTerms(start_point="queued")) == Moment(5, 5)
    assert told(call, SourceTerms(start_point="received")) is None
    both = CallRecord(key="1", times_us={"received": 1, "queued": 5})
    assert told(both, SourceTerms(start_point="queued")) == Moment(1, 1)


def test_with_a_units_row_lost_met_can_be_said_and_missed_cannot() -> None:
    def timing(at_s: int) -> Timing:
        bits = {"dispatched": int(Quality.UNIT_ROW_LOST)}
        call = CallRecord(key="1", times_us={"dispatched": at_s * SECOND_US}, quality=bits)
        return held_against(moment(call, "dispatched"), start=START, within_s=300)

    assert timing(1_300) is Timing.MET
    assert timing(1_301) is Timing.UNCERTAIN
    assert timing(1_000 + 30 * 86_400) is Timing.UNCERTAIN
    assert timing(999) is Timing.UNCERTAIN


def test_a_lost_row_makes_no_time_where_none_is_recorded() -> None:
    bits = {"arrived": int(Quality.MISSING | Quality.UNIT_ROW_LOST)}
    assert moment(CallRecord(key="1", quality=bits), "arrived") is None
