"""What happened to a call after it was asked: every time a dispatch system stamps, in seconds of the story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from answerable.demo.asked import Asked, Fate
from answerable.demo.city import DAY_S
from answerable.demo.units import Job, Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Times and codes of a call; None or empty is a field left blank."""

    entered_s: int | None = None
    dispatched_s: int | None = None
    enroute_s: int | None = None
    on_scene_s: int | None = None
    cleared_s: int | None = None
    closed_s: int | None = None
    callback_s: int | None = None
    disposition: str = ""
    closed_by: str = ""
    unit: str = ""
    units_sent: int | None = None


_GOES_OUT = (Fate.UNIT, Fate.CANCELLED_UNDERWAY, Fate.ON_VIEW)
_ENDS = ("REP", "HND", "AST", "ARR", "CIT", "GOA", "UTL", "UNF", "")
_ENDS_WEIGHTS = (31, 37, 9, 6, 2, 7, 5, 2, 1)
_ENDS_BY_OFFICER = ("HND", "CIT", "REP", "ARR", "")
_ENDS_BY_OFFICER_WEIGHTS = (52, 28, 12, 6, 2)
_TRAVEL_S = {0: 250, 1: 280, 2: 350}
_QUEUED_S = {0: 26, 1: 44, 2: 80}
"""Medians by rank, in seconds: travel, and what a dispatcher needs before a call can go out."""

_DESKS = 8
_TELEPHONE_DESKS = 3


def job_of(call: Asked, rng: Random) -> Job | None:
    """The work a call makes for a unit, or None where none goes."""
    if call.fate not in _GOES_OUT:
        return None
    there_s = 120 + int(call.minutes * 60 * rng.lognormvariate(0, 0.6))
    if call.fate is Fate.ON_VIEW:
        return Job(
            key=call.key, ready_s=call.received_s, rank=0, district=call.district, travel_s=0, there_s=there_s,
            by_choice=True,
        )  # fmt: skip
    rank = _rank(call)
    travel_s = 40 + int(_lognormal(rng, _TRAVEL_S.get(rank, 430), 0.5))
    if call.fate is Fate.CANCELLED_UNDERWAY:
        travel_s, there_s = 20 + travel_s // 2, 0
    return Job(
        key=call.key, ready_s=call.entered_s + int(_lognormal(rng, _QUEUED_S.get(rank, 110), 0.95)), rank=rank,
        district=call.district, travel_s=travel_s, there_s=there_s,
    )  # fmt: skip


def course_of(call: Asked, sent: Sent | None, rng: Random) -> Course:
    """The whole course of a call. `sent` is the unit that went, for the fates in which one does."""
    return _COURSES[call.fate](call, sent, rng)


def _lognormal(rng: Random, median: float, sigma: float) -> float:
    return median * rng.lognormvariate(0, sigma)


def _rank(call: Asked) -> int:
    priority = 3 if call.priority is None else call.priority
    return min(priority, 1) if call.urgent else priority


def _gone_out(call: Asked, sent: Sent | None, rng: Random) -> Course:
    """A unit went. Arrivals are not always stamped, and sometimes nobody chose a disposition."""
    assert sent is not None  # noqa: S101  the queue serves every call that waits
    arrived_s = sent.dispatched_s + sent.travel_s
    moving_s = min(sent.dispatched_s + rng.randrange(8, 80), arrived_s)
    no_departure, no_arrival = rng.random() < 0.03, rng.random() < 0.08
    return Course(
        entered_s=call.entered_s,
        dispatched_s=sent.dispatched_s,
        enroute_s=None if no_departure else moving_s,
        # at the federal building the gate writes down who comes in
        on_scene_s=None if no_arrival and call.place != "FEDPROP" else arrived_s,
        cleared_s=sent.cleared_s,
        closed_s=sent.cleared_s + rng.randrange(90),
        disposition=_disposition(call, rng),
        closed_by=_desk(rng),
        unit=sent.unit,
        units_sent=rng.choices((1, 2, 3, 4, 5), weights=(2, 8, 6, 3, 1) if _rank(call) <= 1 else (62, 31, 5, 1, 1))[0],
    )


def _cancelled_underway(call: Asked, sent: Sent | None, rng: Random) -> Course:
    """The caller rang again while the unit was on its way."""
    assert sent is not None  # noqa: S101
    return Course(
        entered_s=call.entered_s,
        dispatched_s=sent.dispatched_s,
        enroute_s=min(sent.dispatched_s + rng.randrange(8, 60), sent.cleared_s),
        cleared_s=sent.cleared_s,
        closed_s=sent.cleared_s + rng.randrange(40),
        disposition="CXC",
        closed_by=_desk(rng),
        unit=sent.unit,
        units_sent=1,
    )


def _begun_by_officer(call: Asked, sent: Sent | None, rng: Random) -> Course:
    assert sent is not None  # noqa: S101
    return Course(
        entered_s=sent.dispatched_s,
        dispatched_s=sent.dispatched_s,
        on_scene_s=sent.dispatched_s,
        cleared_s=sent.cleared_s,
        closed_s=sent.cleared_s + rng.randrange(60),
        disposition=rng.choices(_ENDS_BY_OFFICER, weights=_ENDS_BY_OFFICER_WEIGHTS)[0],
        closed_by=_desk(rng),
        unit=sent.unit,
        units_sent=1 if call.minutes > 12 else rng.choice((1, 1, 2)),
    )


def _scheduled(call: Asked, _sent: Sent | None, rng: Random) -> Course:
    begins_s = call.entered_s + rng.randrange(60, 900)
    ends_s = begins_s + int(call.minutes * 60 * rng.uniform(0.7, 1.3))
    return Course(
        entered_s=call.entered_s, dispatched_s=begins_s, on_scene_s=begins_s + 600, cleared_s=ends_s,
        closed_s=ends_s + 60, disposition="HND", closed_by=_desk(rng), unit=f"X{rng.randrange(1, 10)}", units_sent=1,
    )  # fmt: skip


def _by_telephone(call: Asked, _sent: Sent | None, rng: Random) -> Course:
    """Somebody of the telephone desk rings back, takes the report and closes the call."""
    back_s = call.entered_s + 40 + int(min(_lognormal(rng, 700, 0.85), DAY_S / 4))
    return Course(
        entered_s=call.entered_s, callback_s=back_s, closed_s=back_s + rng.randrange(240, 1500), disposition="PHN",
        closed_by=f"TEL{rng.randrange(1, _TELEPHONE_DESKS + 1):02}",
    )  # fmt: skip


def _called_back(call: Asked, _sent: Sent | None, rng: Random) -> Course:
    """The number that hung up is rung back, and nothing was wrong."""
    back_s = call.entered_s + 15 + int(min(_lognormal(rng, 70, 0.9), DAY_S / 4))
    return Course(
        entered_s=call.entered_s, callback_s=back_s, closed_s=back_s + rng.randrange(40, 300), disposition="PHN",
        closed_by=_desk(rng),
    )  # fmt: skip


def _cancelled(call: Asked, _sent: Sent | None, rng: Random) -> Course:
    """The caller rang again before anybody was sent, and before any limit had run out."""
    latest_s = call.tightest_s * 9 // 10
    cancelled_s = call.received_s + max(
        call.taking_s, min(call.taking_s + 20 + int(rng.expovariate(1 / 600)), latest_s)
    )
    return Course(entered_s=call.entered_s, closed_s=cancelled_s, disposition="CXC", closed_by=_desk(rng))


def _closed_at_the_desk(disposition: str, *, within_s: int) -> Callable[[Asked, Sent | None, Random], Course]:
    def course(call: Asked, _sent: Sent | None, rng: Random) -> Course:
        closed_s = call.entered_s + rng.randrange(15, within_s)
        return Course(entered_s=call.entered_s, closed_s=closed_s, disposition=disposition, closed_by=_desk(rng))

    return course


def _nothing(call: Asked, _sent: Sent | None, _rng: Random) -> Course:
    return Course(entered_s=call.entered_s)


def _disposition(call: Asked, rng: Random) -> str:
    if call.source == "ALARM" and rng.random() < 0.72:
        return "FAL"
    if call.abandoned:
        return rng.choice(("HND", "UTL", "GOA", "UTL"))
    return rng.choices(_ENDS, weights=_ENDS_WEIGHTS)[0]


def _desk(rng: Random) -> str:
    return f"DSP{rng.randrange(1, _DESKS + 1):02}"


_COURSES: dict[Fate, Callable[[Asked, Sent | None, Random], Course]] = {
    Fate.UNIT: _gone_out,
    Fate.CANCELLED_UNDERWAY: _cancelled_underway,
    Fate.PHONE: _by_telephone,
    Fate.CALLED_BACK: _called_back,
    Fate.CANCELLED: _cancelled,
    Fate.DUPLICATE: _closed_at_the_desk("DUP", within_s=240),
    Fate.ON_VIEW: _begun_by_officer,
    Fate.SCHEDULED: _scheduled,
    Fate.NOTE: _closed_at_the_desk("HND", within_s=600),
    Fate.TEST: _closed_at_the_desk("TST", within_s=60),
    Fate.NOTHING: _nothing,
}
