"""Matching in calendar time: the same day, hour, priority, district and type group, one call an incident.

Whoever called under the same load, within two hours on the same day, is comparable; nothing else made the usual tests
fail as much as leaving this out (docs/explanation/statistics.md). Outcomes play no part in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from answerable.answer.compare.calls import (
    FEWEST_COMPARATORS,
    SAME_INCIDENT_US,
    WINDOWS_US,
    ComparedCall,
    Matched,
    Stratum,
)

Neighbours = Mapping[str, Sequence[str]]


def match(claimed: Iterable[ComparedCall], others: Iterable[ComparedCall], *, neighbours: Neighbours) -> Matched:
    """Strata of the claimed calls with the comparable ones among `others`; each call stands in one stratum at most.

    `others` must hold no call of the claimant, no entry of an officer and no duplicate. `neighbours` names, district by
    district, where to look when there are fewer than five comparable calls; without it only the window is widened.
    """
    given = sorted(claimed, key=_order)
    firsts = one_an_incident(given)
    about = {call.incident for call in given}
    pool = _Pool([call for call in others if call.incident not in about], claimed=given)
    groups = [group for _, group in sorted(_groups(firsts), key=lambda one: _order(one[1][0]))]
    drawn = _assigned(groups, pool, neighbours)
    strata = [stratum for stratum in drawn if stratum.others]
    return Matched(
        strata=tuple(strata),
        unmatched=tuple(call for stratum in drawn if not stratum.others for call in stratum.claimed),
        repeated=len(given) - len(firsts),
        thin=sum(len(one.others) < FEWEST_COMPARATORS for one in strata),
    )


def one_an_incident(calls: Iterable[ComparedCall]) -> list[ComparedCall]:
    """The first call of each incident, in order of receipt.

    What the record links is one incident; so are calls of one type group in one beat, each within half an hour of the
    first. A call without a beat is only what the record links.
    """
    seen: set[str] = set()
    began: dict[tuple[str, str, str], int] = {}
    kept = []
    for call in sorted(calls, key=_order):
        place = (call.district, call.beat, call.type_group)
        near = call.beat and call.received_us - began.get(place, -SAME_INCIDENT_US - 1) <= SAME_INCIDENT_US
        if call.incident not in seen and not near:
            kept.append(call)
            began[place] = call.received_us
        seen.add(call.incident)
    return kept


def _order(call: ComparedCall) -> tuple[int, str]:
    return (call.received_us, call.key)


def _groups(firsts: Sequence[ComparedCall]) -> list[tuple[tuple[str, ...], list[ComparedCall]]]:
    """Claimed calls of one cell that share their comparators: none is more than two hours after the first."""
    groups: dict[tuple[str, ...], list[list[ComparedCall]]] = defaultdict(list)
    for call in firsts:
        cell = groups[call.cell]
        if cell and call.received_us - cell[-1][0].received_us <= WINDOWS_US[0]:
            cell[-1].append(call)
        else:
            cell.append([call])
    return [(cell, group) for cell, listed in groups.items() for group in listed]


class _Pool:
    """Candidates by cell, in order of receipt. What is about a claimed incident, by place and hour, is none."""

    def __init__(self, others: Sequence[ComparedCall], *, claimed: Sequence[ComparedCall]) -> None:
        places = defaultdict(list)
        for call in claimed:
            if call.beat:
                places[(call.district, call.beat, call.type_group)].append(call.received_us)
        self._cells: dict[tuple[str, ...], list[ComparedCall]] = defaultdict(list)
        for call in sorted(others, key=_order):
            times = places.get((call.district, call.beat, call.type_group), ())
            if not any(abs(call.received_us - at) <= SAME_INCIDENT_US for at in times):
                self._cells[call.cell].append(call)
        self._times = {cell: [call.received_us for call in calls] for cell, calls in self._cells.items()}

    def near(self, group: Sequence[ComparedCall], *, districts: Sequence[str], within_us: int) -> list[ComparedCall]:
        """The candidates within the window of some call of the group, one an incident, in order of receipt."""
        day, priority, type_group, _ = group[0].cell
        found: dict[str, ComparedCall] = {}
        for district in districts:
            cell = (day, priority, type_group, district)
            times = self._times.get(cell, [])
            for call in group:
                lo, hi = (
                    bisect_left(times, call.received_us - within_us),
                    bisect_right(times, call.received_us + within_us),
                )
                found |= {one.key: one for one in self._cells[cell][lo:hi]} if hi > lo else {}
        return one_an_incident(found.values())


def _assigned(groups: Sequence[list[ComparedCall]], pool: _Pool, neighbours: Neighbours) -> list[Stratum]:
    """Each group's comparable calls. A call that several could have goes to the nearest in time (the earlier first)."""
    wanted = [_wanted(group, pool, neighbours) for group in groups]
    nearest: dict[str, tuple[int, int]] = {}
    for at, (calls, _, _) in enumerate(wanted):
        for call in calls:
            far_us = min(abs(call.received_us - one.received_us) for one in groups[at])
            nearest[call.incident] = min(nearest.get(call.incident, (far_us, at)), (far_us, at))
    return [
        Stratum(
            claimed=tuple(group),
            others=tuple(sorted((call for call in calls if nearest[call.incident][1] == at), key=_order)),
            widened=widened,
            neighbours=further,
        )
        for at, (group, (calls, widened, further)) in enumerate(zip(groups, wanted, strict=True))
    ]


def _wanted(
    group: Sequence[ComparedCall], pool: _Pool, neighbours: Neighbours
) -> tuple[list[ComparedCall], bool, bool]:
    own = group[0].district
    found = pool.near(group, districts=[own], within_us=WINDOWS_US[0])
    if len(found) >= FEWEST_COMPARATORS:
        return found, False, False
    found = pool.near(group, districts=[own], within_us=WINDOWS_US[1])
    further = [one for one in neighbours.get(own, ()) if one != own]
    if len(found) >= FEWEST_COMPARATORS or not further:
        return found, True, False
    wider = pool.near(group, districts=[own, *further], within_us=WINDOWS_US[1])
    return wider, True, len(wider) > len(found)
