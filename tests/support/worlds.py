"""Made-up records in which the truth is known: overload, camp nights, several calls an incident, a policy or none.

The claimant calls mostly from one district on the nights on which everybody waits long. With `slower=1` nobody treats
it differently: whatever a method finds then is a false alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from answerable.answer.compare.calls import ComparedCall

DAYS, DISTRICTS, CALLS = 40, 4, 8000
LIMIT_S = (600.0, 1800.0, 5400.0)
USUAL_S = (180.0, 600.0, 1500.0)
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class World:
    """The calls of one made-up record: the claimant's, and everybody else's that could be comparable. `counts`: a row
    for each priority, district and shift: the claimant's late and timely calls, and all others', over the whole record.
    """

    claimed: list[ComparedCall]
    others: list[ComparedCall]
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Calls:
    at_s: npt.NDArray[np.float64]
    district: npt.NDArray[np.int64]
    priority: npt.NDArray[np.int64]
    wait_s: npt.NDArray[np.float64]
    never: npt.NDArray[np.bool_]

    @property
    def late(self) -> npt.NDArray[np.bool_]:
        return self.never | (self.wait_s > np.array(LIMIT_S)[self.priority])


def world(seed: int, *, incidents: int, slower: float = 1.0, bursts: bool = True) -> World:
    """One record with so many incidents of the claimant, whose waits are `slower` times as long as they would be."""
    rng = np.random.default_rng(seed)
    camp = rng.choice(DAYS, size=8, replace=False)
    load = np.exp(rng.normal(0, 0.4, size=(DAYS, 24, DISTRICTS)))
    load[camp, 18:, 0] *= 3.5
    load[camp, 18:, 1:] *= 1.8
    population = _calls(rng, _times(rng, CALLS, camp, share=0.15), rng.integers(DISTRICTS, size=CALLS), load, 1.0)
    own = _calls(rng, _times(rng, incidents, camp, share=0.8), np.zeros(incidents, dtype=np.int64), load, slower)
    repeats = rng.poisson(1.0, size=incidents) if bursts else np.zeros(incidents, dtype=int)
    claimed = [
        _call(own, at, f"own{at}-{again}", after_s=float(again * rng.uniform(10, 300)), beat=f"gate{at}")
        for at in range(incidents)
        for again in range(int(repeats[at]) + 1)
    ]
    near = np.flatnonzero(
        (population.district == 0)
        & np.isin(population.at_s // DAY_S, own.at_s // DAY_S)
        & (np.abs(population.at_s[:, None] - own.at_s).min(axis=1) <= 4 * 3600)
    )
    others = [_call(population, at, f"other{at}", after_s=0.0, beat=f"b{at}") for at in near.tolist()]
    return World(claimed, others, _counts(population, own, repeats))


def _times(
    rng: np.random.Generator, number: int, camp: npt.NDArray[np.int64], *, share: float
) -> npt.NDArray[np.float64]:
    """Seconds from the first midnight; `share` of them on the evenings of camp nights."""
    plain = rng.uniform(0, DAYS * DAY_S, size=number)
    evenings = rng.choice(camp, size=number) * DAY_S + rng.uniform(18 * 3600, 24 * 3600, size=number)
    return np.where(rng.random(number) < share, evenings, plain)


def _calls(
    rng: np.random.Generator, at_s: npt.NDArray[np.float64], district: npt.NDArray[np.int64],
    load: npt.NDArray[np.float64], slower: float,
) -> _Calls:  # fmt: skip
    priority = rng.choice(3, size=len(at_s), p=[0.2, 0.5, 0.3])
    weight = load[(at_s // DAY_S).astype(int), (at_s % DAY_S // 3600).astype(int), district]
    wait_s = np.array(USUAL_S)[priority] * weight * rng.lognormal(0.0, 0.7, size=len(at_s)) * slower
    return _Calls(at_s, district, priority, wait_s, rng.random(len(at_s)) < np.clip(0.02 * weight, 0, 0.3))


def _call(calls: _Calls, at: int, key: str, *, after_s: float, beat: str) -> ComparedCall:
    never = bool(calls.never[at])
    return ComparedCall(
        key=key,
        incident=key,
        received_us=int((calls.at_s[at] + after_s) * 1_000_000),
        day=str(int(calls.at_s[at] // DAY_S)),
        priority=str(calls.priority[at]),
        district=str(calls.district[at]),
        beat=beat,
        wait_s=None if never else float(calls.wait_s[at]),
        never=never,
        ended_s=4 * USUAL_S[int(calls.priority[at])] if never else None,
        late=bool(calls.late[at]),
    )


def _counts(population: _Calls, own: _Calls, repeats: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Every call counts, also the claimant's repeated ones: what a usual analysis would do."""
    found = np.zeros((3 * DISTRICTS * 3, 4), dtype=np.int64)
    for calls, first, weights in ((own, 0, repeats + 1), (population, 2, np.ones(CALLS, dtype=np.int64))):
        cell = (calls.priority * DISTRICTS + calls.district) * 3 + (calls.at_s % DAY_S // 28_800).astype(int)
        np.add.at(found, (cell, first + np.where(calls.late, 0, 1)), weights)
    return np.asarray(found[found.sum(axis=1) > 0])
