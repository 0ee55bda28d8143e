"""The calls from the federal building while the camp stands before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from random import Random

from answerable.demo import city, noted
from answerable.demo.asked import Asked, Fate, stream
from answerable.demo.city import CallType
from answerable.demo.rhythm import arrivals, camp_weights
from answerable.demo.townspeople import duplicates, fate_of

CALLS = 332
"""Calls with an answer; with their few duplicates and the one unheard there are about 340."""


def calls(seed: int, *, first_key: int) -> Iterator[Asked]:
    """Calls of federal officers and staff from the building between 17 June and 25 July."""
    rng = stream(seed, "building")
    weights = tuple(accumulate(kind.weight for kind in city.BUILDING_TYPES))
    key = first_key
    for received_s in arrivals(rng, weights=camp_weights(rng), count=CALLS):
        kind = rng.choices(city.BUILDING_TYPES, cum_weights=weights)[0]
        call = _call(rng, kind, key=key, received_s=received_s)
        yield call
        key += 1
        for again in duplicates(rng, call, first_key=key):
            yield replace(again, same_as=call.key)
            key += 1


def _call(rng: Random, kind: CallType, *, key: int, received_s: int) -> Asked:
    fate = fate_of(rng, kind)
    # since the camp stands there, no call-taker forgets to ask the building whether anybody is in danger
    life, assaulted, unsafe = noted.CALM if fate is Fate.PHONE else noted.facts(rng, kind, life_always=True)
    if fate is not Fate.PHONE:
        assaulted = assaulted or (kind.code == "ASLTP" and rng.random() < 0.4)
        unsafe = unsafe or (kind.code == "EXIT" and rng.random() < 0.6)
    first, final = noted.priorities(rng, kind, urgent=bool(life or assaulted or unsafe))
    source = "AGENCY" if rng.random() < 0.15 else kind.line
    return Asked(
        key=key, received_s=received_s, fate=fate, source=source, code=kind.code, text=kind.text, priority=first,
        priority_final=final, requester="FEDERAL", place="FEDPROP", life_safety=life, officer_assaulted=assaulted,
        safe_exit_needed=unsafe, district=city.BUILDING_DISTRICT, beat=city.BUILDING_BEAT, block=city.BUILDING_BLOCK,
        minutes=kind.minutes, taking_s=noted.taking_s(rng), asks_for="HELP",
    )  # fmt: skip
