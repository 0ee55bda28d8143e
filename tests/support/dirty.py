"""Dirty canonical rows: every value of every list, times around the limits, flags, duplicates, blanks. Seeded."""

from __future__ import annotations

from random import Random
from typing import Any

from answerable.model.call import (
    CLOCK_POINTS,
    FACT_COLUMNS,
    Disposition,
    EndedBy,
    EntryKind,
    Handover,
    Known,
    Origin,
    Quality,
)
from answerable.model.times import SECOND_US
from answerable.model.vocabulary import FACTS

BASE_US = 1_528_000_000 * SECOND_US  # June 2018
LIMITS_S = (0, 60, 300, 301, 900, 3600, 14_400)
POINTS = ("received", "queued", "dispatched", "enroute", "arrived", "cleared", "contact", "closed")
BITS = (0, 0, 0, 0, 0, 0, *(int(bit) for bit in Quality if bit is not Quality.MISSING))


def dirty_rows(count: int, *, seed: int) -> list[dict[str, Any]]:
    """`count` rows for `tests.support.canonical.write_canonical`. About half are ordinary calls, the rest anything."""
    random = Random(seed)
    return [_row(random, number, count) for number in range(count)]


def _row(random: Random, number: int, count: int) -> dict[str, Any]:
    plain = random.random() < 0.5
    row: dict[str, Any] = {
        "call_id": f"C{number:05d}" if random.random() < 0.97 else random.choice([None, "C00001"]),
        "origin": random.choice([Origin.PUBLIC_911, Origin.ALARM] if plain else list(Origin)),
        "entry_kind": EntryKind.CALL if plain else random.choice(list(EntryKind)),
        "abandoned": random.choice([True, False, False, False, None]),
        "dispatched": random.choice(list(Known)),
        "dispatched_evidence": random.choice(["time", "code", "blank_means_no", "contradictory", None, None]),
        "arrived": random.choice(list(Known)),
        "disposition": random.choice([Disposition.NONE, Disposition.REPORT] if plain else list(Disposition)),
        "ended_by": random.choice([EndedBy.NOBODY, EndedBy.NOT_RECORDED] if plain else list(EndedBy)),
        "reason_given": random.choice(list(Known)),
        "handover": Handover.NONE if plain else random.choice(list(Handover)),
        "duplicate_of": f"C{random.randrange(count):05d}" if random.random() < 0.1 else None,
    }
    row |= _times(random)
    # by number and not by lot, so that the rest of a seed's rows stays what it was
    row["last_seen_at"] = BASE_US + number * 3600 * SECOND_US if number % 7 == 3 else None
    row |= {name: _fact(random, name) for name, _ in FACT_COLUMNS}
    if random.random() < 0.6:
        row["fact_priority_final"] = None
    return {name: str(value) if isinstance(value, str) else value for name, value in row.items()}


def _times(random: Random) -> dict[str, Any]:
    told_us = BASE_US + random.randrange(40 * 86_400) * SECOND_US
    found: dict[str, Any] = {}
    for point in CLOCK_POINTS:
        if point not in POINTS or random.random() < 0.15:
            continue
        after_s = 0 if point == "received" else random.choice(LIMITS_S) + random.choice([-1, 0, 1, 30, 61])
        found[f"{point}_at"] = told_us + after_s * SECOND_US
        found[f"quality_{point}"] = random.choice(BITS)
    return found


def _fact(random: Random, column: str) -> object:
    if random.random() < 0.25:
        return None
    kind = FACTS[column.removeprefix("fact_").removesuffix("_final")]
    if kind.yes_no:
        return random.random() < 0.3
    if kind.one_of:
        return random.choice([*kind.one_of, "something else"])
    assert kind.first is not None
    assert kind.last is not None
    return random.choice([kind.first, 1, 2, 3, 4, kind.last, kind.last + 5])
