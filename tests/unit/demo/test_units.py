"""The queue: the most urgent first, one call at a time, and what waits long moves up."""

from __future__ import annotations

from answerable.demo.units import IMPATIENCE_S, Job, work


def job(key: int, *, ready_s: int, rank: int = 4, district: str = "NORTH", by_choice: bool = False) -> Job:
    return Job(key=key, ready_s=ready_s, rank=rank, district=district, travel_s=300, there_s=1_500, by_choice=by_choice)


def sent(*jobs: Job, on_duty: int) -> dict[int, int]:
    return {key: one.dispatched_s for key, one in work(jobs, on_duty=[on_duty] * 24, call_sign=0).items()}


def test_a_call_goes_out_at_once_where_somebody_is_free() -> None:
    assert sent(job(1, ready_s=500), on_duty=4) == {1: 500}


def test_the_more_urgent_of_two_waiting_calls_goes_first() -> None:
    times = sent(job(0, ready_s=0, rank=0), job(1, ready_s=10), job(2, ready_s=20, rank=1), on_duty=1)
    assert times == {0: 0, 2: 1_800, 1: 3_600}


def test_units_are_kept_free_for_urgent_calls_only() -> None:
    times = sent(*(job(key, ready_s=0) for key in range(5)), job(9, ready_s=60, rank=0), on_duty=5)
    assert sorted(times.values()) == [0, 0, 0, 60, 1_800, 1_800]
    assert times[9] == 60


def test_a_call_held_for_long_goes_before_a_younger_one_of_a_higher_rank() -> None:
    held, younger = job(1, ready_s=10, rank=5), job(2, ready_s=2_800, rank=3)
    first, second = job(0, ready_s=0, rank=0), job(3, ready_s=1_790, rank=0)
    times = sent(first, second, held, younger, on_duty=1)
    assert (times[1], times[2]) == (3_600, 5_400)
    assert sent(first, second, held, job(2, ready_s=1_900, rank=3), on_duty=1)[2] == 3_600


def test_an_officer_does_not_begin_what_could_not_begin_soon() -> None:
    busy = [job(key, ready_s=0, rank=0) for key in range(3)]
    choice = job(9, ready_s=1_800 - IMPATIENCE_S - 10, rank=0, by_choice=True)
    assert 9 not in sent(*busy, choice, on_duty=3)
    assert 9 in sent(*busy, job(9, ready_s=1_800 - IMPATIENCE_S + 10, rank=0, by_choice=True), on_duty=3)


def test_a_unit_from_another_district_needs_longer() -> None:
    jobs = [job(key, ready_s=0, rank=0) for key in range(8)]
    travels = {one.travel_s for one in work(jobs, on_duty=[8] * 24, call_sign=0).values()}
    assert travels == {300, 390}
