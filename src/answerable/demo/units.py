"""Patrol units at work: the most urgent call first, nobody at two calls at once, and so people wait.

The waiting times of the story are not drawn from a table: they come out of the queue, and the heavy tail at busy
hours with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from answerable.demo.city import DISTRICTS, HOUR_S

UNITS_A_DISTRICT = 7
_NUMBERS = range(UNITS_A_DISTRICT, 0, -1)
IMPATIENCE_S = 1_500
"""An officer who could not begin something within this time does not begin it at all."""

_PATIENCE_S = {3: 600, 4: 1_500, 5: 2_700, 6: 7_200, 7: 9_000}
"""By rank: how much later than it came in a call is treated as if it had. The longer it is held, the further up it
moves, so that nothing waits for ever. Ranks 0 to 2 go before everything else."""

_KEPT_BACK = 2
"""Units kept free for those first ranks."""

_WAITING_A_CALL_IN = 7
_CALLED_IN_AT_MOST = 6
"""For so many waiting calls one more unit is called in, up to so many: overtime keeps a bad day from becoming two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work for one unit: ready to be sent at `ready_s`, lower `rank` first.

    `travel_s` from dispatch to arrival, `there_s` from arrival to clear; both were drawn before the day began.
    `by_choice`: an officer would like to begin it, and nobody waits for it.
    """

    key: int
    ready_s: int
    rank: int
    district: str
    travel_s: int
    there_s: int
    by_choice: bool = False

    @property
    def order(self) -> tuple[int, int, int]:
        """Sorts what waits: first what goes out first."""
        if self.rank <= 2:
            return (self.rank, self.ready_s, self.key)
        return (3, self.ready_s + _PATIENCE_S.get(self.rank, 9_000), self.key)


@dataclass(frozen=True, slots=True)
class Sent:
    """Which unit went and when; `travel_s` is longer for a unit from another district."""

    unit: str
    dispatched_s: int
    travel_s: int
    cleared_s: int


@dataclass(slots=True)
class _Shift:
    on_duty: Sequence[int]
    free: dict[str, list[str]]
    busy: list[tuple[int, str, str]] = field(default_factory=list)

    def release(self, now_s: int) -> None:
        while self.busy and self.busy[0][0] <= now_s:
            _, district, unit = heappop(self.busy)
            self.free[district].insert(0, unit)

    def may_take(self, job: Job, now_s: int, *, waiting: int) -> bool:
        on_duty = self.on_duty[now_s // HOUR_S % 24]
        kept = 0 if job.rank <= 2 else min(_KEPT_BACK, on_duty - 1)
        called_in = min(waiting // _WAITING_A_CALL_IN, _CALLED_IN_AT_MOST)
        return len(self.busy) + kept < on_duty + called_in

    def take(self, job: Job, now_s: int) -> Sent:
        home = job.district if self.free[job.district] else max(self.free, key=lambda name: len(self.free[name]))
        unit = self.free[home].pop()
        travel_s = job.travel_s if home == job.district else job.travel_s * 13 // 10
        sent = Sent(unit, now_s, travel_s, now_s + travel_s + job.there_s)
        heappush(self.busy, (sent.cleared_s, home, unit))
        return sent


def work(jobs: Sequence[Job], *, on_duty: Sequence[int], call_sign: int) -> dict[int, Sent]:
    """Who was sent where and when, by the key of the job. Every job is done except what officers gave up.

    `on_duty`: units by local hour, at least one, and with those called in at most UNITS_A_DISTRICT a district;
    `call_sign`: the number after which they count.
    """
    shift = _Shift(on_duty, {one.name: [f"{one.letter}{call_sign + n}" for n in _NUMBERS] for one in DISTRICTS})
    found, now_s = dict[int, Sent](), 0
    coming = sorted(jobs, key=lambda job: (job.ready_s, job.key), reverse=True)
    waiting: list[tuple[tuple[int, int, int], Job]] = []
    while coming or waiting:
        now_s = _next_s(coming, waiting, shift, now_s=now_s)
        while coming and coming[-1].ready_s <= now_s:
            job = coming.pop()
            heappush(waiting, (job.order, job))
        shift.release(now_s)
        while waiting and shift.may_take(waiting[0][1], now_s, waiting=len(waiting)):
            job = heappop(waiting)[1]
            if not (job.by_choice and now_s - job.ready_s > IMPATIENCE_S):
                found[job.key] = shift.take(job, now_s)
    return found


def _next_s(coming: Sequence[Job], waiting: Sequence[object], shift: _Shift, *, now_s: int) -> int:
    """The next instant at which anything can change: a call, a unit that clears, a change of shift."""
    changes = [coming[-1].ready_s] if coming else []
    if waiting:
        changes.append((now_s // HOUR_S + 1) * HOUR_S)
        changes += [shift.busy[0][0]] if shift.busy else []
    return min(changes)
