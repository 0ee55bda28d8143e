"""The two months from beginning to end: who asked, what the units did, and where the export stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from answerable.demo import building, ledger, townspeople, unheard
from answerable.demo.asked import Asked, Fate, stream
from answerable.demo.city import DAY_S, DAYS, UNITS_BY_CHOICE, UNITS_ON_DUTY
from answerable.demo.course import Course, course_of, job_of
from answerable.demo.units import work

FIRST_NUMBER = 153_001


@dataclass(frozen=True, slots=True)
class Told:
    """One call with its number and its course; `same_as` is the number of the call that a duplicate repeats."""

    number: str
    asked: Asked
    course: Course
    same_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Every call in the order of receipt, and the second (`until_s`) at which the export was made."""

    calls: tuple[Told, ...]
    until_s: int


def history(seed: int) -> History:
    """The story's calls. The same seed gives the same history."""
    asked = list(_everybody(seed))
    happened = _what_happened(asked, seed)
    until_s = export_second(happened)
    happened = [pair for pair in happened if pair[0].received_s <= until_s]
    requests = list(ledger.as_calls(first_key=len(asked)))
    fixed = {call.key: number for number, call, _ in requests}
    happened += [(call, course) for _, call, course in requests]
    happened.sort(key=lambda pair: (pair[0].received_s, pair[0].key))
    numbers = _numbers([call.key for call, _ in happened], fixed)
    return History(
        calls=tuple(
            Told(numbers[call.key], call, course, "" if call.same_as is None else numbers[call.same_as])
            for call, course in happened
        ),
        until_s=until_s,
    )


def _everybody(seed: int) -> Iterator[Asked]:
    key = 0
    for part in (
        townspeople.calls,
        townspeople.hang_ups,
        townspeople.begun_by_officers,
        townspeople.nobody_waits,
        building.calls,
    ):
        for call in part(seed, first_key=key):
            yield call
            key = call.key + 1
    for single in (unheard.from_the_building, unheard.with_life_at_risk, unheard.of_a_theft):
        yield single(key=key)
        key += 1


def _what_happened(asked: Sequence[Asked], seed: int) -> list[tuple[Asked, Course]]:
    rng = stream(seed, "courses")
    jobs = [job for call in asked if (job := job_of(call, rng)) is not None]
    sent = {
        **work([job for job in jobs if not job.by_choice], on_duty=UNITS_ON_DUTY, call_sign=0),
        **work([job for job in jobs if job.by_choice], on_duty=UNITS_BY_CHOICE, call_sign=20),
    }
    found: list[tuple[Asked, Course]] = []
    for call in asked:
        gone = sent.get(call.key)
        if call.fate is Fate.ON_VIEW:
            if gone is None:
                continue  # there was too much else to do: it never began
            call = replace(call, received_s=gone.dispatched_s)  # noqa: PLW2901
        found.append((call, course_of(call, gone, rng)))
    return found


def export_second(happened: Sequence[tuple[Asked, Course]]) -> int:
    """The last second of July at which no waiting call is overdue, apart from the three of the story.

    What happens later is not in the file, so that a call still waiting there is pending and never unheard.
    """
    answered_s = {call.key: _answered_s(course) for call, course in happened}
    overdue = []
    for call, _ in happened:
        if call.fate in (Fate.UNIT, Fate.CANCELLED_UNDERWAY, Fate.PHONE, Fate.CALLED_BACK, Fate.DUPLICATE):
            by_s = answered_s[call.key if call.same_as is None else call.same_as]
            if by_s is not None and by_s > call.received_s + call.tightest_s:
                overdue.append((by_s, call.received_s + call.tightest_s))
    until_s = DAYS * DAY_S - 1
    for by_s, due_s in sorted(overdue, reverse=True):
        if due_s <= until_s < by_s:
            until_s = due_s - 1
    return until_s


def _answered_s(course: Course) -> int | None:
    return course.callback_s if course.dispatched_s is None else course.dispatched_s


def _numbers(keys: Sequence[int], fixed: dict[int, str]) -> dict[int, str]:
    """Call numbers without a gap in the order of receipt; requests keep the numbers of their own series."""
    found = dict(fixed)
    for key in keys:
        if key not in found:
            found[key] = f"18-{FIRST_NUMBER + len(found) - len(fixed)}"
    return found
