"""The city's calls: everybody who is not in the building. One function a sort of entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from random import Random

from answerable.demo import city, noted
from answerable.demo.asked import Asked, Fate, stream
from answerable.demo.city import CallType
from answerable.demo.rhythm import arrivals, city_weights

CALLS = 20_450
HANG_UPS = 420
ON_VIEWS = 7_050
SCHEDULED = 150
NOTES = 700
TESTS = 130

_AGENCIES = ("LOCAL", "STATE", "FEDERAL")
_REQUESTERS = ("PUBLIC", "", *_AGENCIES)
_REQUESTER_WEIGHTS = tuple(accumulate((958, 30, 7, 4, 1)))
_DISTRICT_WEIGHTS = tuple(accumulate(district.share for district in city.DISTRICTS))


def calls(seed: int, *, first_key: int) -> Iterator[Asked]:
    """Calls from the public, from alarm companies and from other agencies, and the duplicates of some of them."""
    rng = stream(seed, "calls")
    weights = tuple(accumulate(kind.weight for kind in city.CALL_TYPES))
    key = first_key
    for received_s in arrivals(rng, weights=city_weights(rng), count=CALLS):
        kind = rng.choices(city.CALL_TYPES, cum_weights=weights)[0]
        call = _call(rng, kind, key=key, received_s=received_s)
        yield call
        key += 1
        for again in duplicates(rng, call, first_key=key):
            yield again
            key += 1


def hang_ups(seed: int, *, first_key: int) -> Iterator[Asked]:
    """911 calls that ended before anybody could say what was wrong: called back, or a unit is sent to look."""
    rng = stream(seed, "hang-ups")
    for key, received_s in enumerate(arrivals(rng, weights=city_weights(rng), count=HANG_UPS), first_key):
        kind = city.HANG_UP_TYPE
        life, assaulted, unsafe = noted.facts(rng, kind, skipped=0.3)
        fate = Fate.CALLED_BACK if rng.random() < 0.62 and not life else Fate.UNIT
        yield replace(
            _entry(rng, kind, key=key, received_s=received_s, fate=fate, source="911"),
            priority=3, priority_final=3, life_safety=life, officer_assaulted=assaulted, safe_exit_needed=unsafe,
            requester="PUBLIC" if fate is Fate.CALLED_BACK else "", abandoned=True,
        )  # fmt: skip


def begun_by_officers(seed: int, *, first_key: int) -> Iterator[Asked]:
    """What officers begin on their own when nothing waits. The time is when one would like to."""
    rng = stream(seed, "officers")
    weights = tuple(accumulate(kind.weight for kind in city.OFFICER_TYPES))
    for key, received_s in enumerate(arrivals(rng, weights=city_weights(rng), count=ON_VIEWS), first_key):
        kind = rng.choices(city.OFFICER_TYPES, cum_weights=weights)[0]
        yield _entry(rng, kind, key=key, received_s=received_s, fate=Fate.ON_VIEW, source="ONVIEW", requester="OFFICER")


def nobody_waits(seed: int, *, first_key: int) -> Iterator[Asked]:
    """Details planned ahead, information and broadcasts, tests of the line."""
    rng = stream(seed, "entries")
    key = first_key
    for kinds, fate, count in (
        (city.SCHEDULED_TYPES, Fate.SCHEDULED, SCHEDULED),
        (city.NOTE_TYPES, Fate.NOTE, NOTES),
        ((city.TEST_TYPE,), Fate.TEST, TESTS),
    ):
        weights = tuple(accumulate(kind.weight for kind in kinds))
        for received_s in arrivals(rng, weights=city_weights(rng), count=count):
            kind = rng.choices(kinds, cum_weights=weights)[0]
            requester = {Fate.SCHEDULED: "OFFICER", Fate.NOTE: rng.choice(("PUBLIC", "LOCAL", ""))}.get(fate, "")
            yield _entry(rng, kind, key=key, received_s=received_s, fate=fate, source=kind.line, requester=requester)
            key += 1


def duplicates(rng: Random, call: Asked, *, first_key: int, chance: float = 0.034) -> Iterator[Asked]:
    """Other people calling about the same thing, mostly in the first minutes; of a few nobody noted which call.

    Only a call that a unit goes to is repeated, and none in the last hours of the file.
    """
    last_s = city.DAYS * city.DAY_S - 6 * city.HOUR_S
    if call.fate is not Fate.UNIT or call.source != "911" or call.received_s > last_s or rng.random() >= chance:
        return
    for key in range(first_key, first_key + rng.choices((1, 2, 3), weights=(78, 17, 5))[0]):
        known = rng.random() >= 0.06
        yield replace(
            call, key=key, received_s=call.received_s + 12 + int(rng.expovariate(1 / 200)), fate=Fate.DUPLICATE,
            same_as=call.key if known else None, priority_final=call.priority,
        )  # fmt: skip


def _call(rng: Random, kind: CallType, *, key: int, received_s: int) -> Asked:
    if kind.line == "ALARM":
        requester, source = "ALARM", "ALARM"
    else:
        requester = rng.choices(_REQUESTERS, cum_weights=_REQUESTER_WEIGHTS)[0]
        source = "AGENCY" if requester in _AGENCIES else _line(rng, kind)
    fate = fate_of(rng, kind)
    life, assaulted, unsafe = noted.CALM if fate is Fate.PHONE else noted.facts(rng, kind)
    first, final = noted.priorities(rng, kind, urgent=bool(life))
    return replace(
        _entry(rng, kind, key=key, received_s=received_s, fate=fate, source=source, requester=requester),
        priority=first, priority_final=final, life_safety=life, officer_assaulted=assaulted, safe_exit_needed=unsafe,
        place=_place(rng, requester), asks_for="HELP" if requester in _AGENCIES else "",
    )  # fmt: skip


def fate_of(rng: Random, kind: CallType) -> Fate:
    """By telephone where the kind of call allows it; some callers cancel, before or after a unit was sent."""
    chance = rng.random()
    if chance < kind.phone:
        return Fate.PHONE
    chance = rng.random()
    early = 0.09 if kind.line == "ALARM" else 0.03
    if chance < early:
        return Fate.CANCELLED
    return Fate.CANCELLED_UNDERWAY if chance < early + 0.018 else Fate.UNIT


def _line(rng: Random, kind: CallType) -> str:
    other = "NONEM" if kind.line == "911" else "911"
    return kind.line if rng.random() < 0.86 else other


def _place(rng: Random, requester: str) -> str:
    """Somebody calling from a moving car cannot always say; whoever called is then known at least."""
    chance = rng.random()
    if requester == "PUBLIC" and chance < 0.007:
        return ""
    return "OTHER" if chance > 0.992 else "CITY"


def _entry(
    rng: Random, kind: CallType, *, key: int, received_s: int, fate: Fate, source: str, requester: str = ""
) -> Asked:
    district = rng.choices(city.DISTRICTS, cum_weights=_DISTRICT_WEIGHTS)[0]
    return Asked(
        key=key, received_s=received_s, fate=fate, source=source, code=kind.code, text=kind.text,
        priority=kind.priority, priority_final=kind.priority, requester=requester, place="CITY",
        life_safety=False, officer_assaulted=False, safe_exit_needed=False, district=district.name,
        beat=rng.choice(district.beats), block=f"{rng.randrange(1, 160) * 100} BLOCK {rng.choice(city.STREETS)}",
        minutes=kind.minutes, taking_s=noted.taking_s(rng),
    )  # fmt: skip
