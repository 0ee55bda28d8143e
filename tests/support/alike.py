"""Dirty rows that share everything but their times: what a bulk engine may take for one kind of call, and must not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.support.dirty import BASE_US, LIMITS_S, POINTS, dirty_rows

from answerable.model.times import SECOND_US

SLACKS_S = (0, 0, 0, 0, 60, 120, 3600, 3660, 86_400, 90_000, -60, -3600, -90_000)
"""By how much times are shifted against the limits, so that every slack of a quality bit is met from both sides."""
NEAR_S = (-61, -60, -59, -21, -20, -19, -2, -1, 0, 1, 2, 39, 40, 41, 59, 60, 61, 62)
HORIZON_US = BASE_US + 30 * 86_400 * SECOND_US


def rows_alike(
    patterns: int, copies: int, *, seed: int, step_us: int = SECOND_US, changes: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """`copies` of each of `patterns` dirty rows (the first of them with `changes`), with other times: around limits,
    around the horizon, or nowhere.

    Times are whole multiples of `step_us`. Rows merged alike are merged into copies of several rows, or into nobody's.
    """
    random = Random(seed)
    rows = []
    told_us = [BASE_US + random.randrange(40 * 86_400) * SECOND_US for _ in range(copies)]
    names = [f"C{number:05d}" for number in range(patterns)]
    for number, dirty in enumerate(dirty_rows(patterns, seed=seed)):
        pattern = {**dirty, **(changes[number] if number < len(changes) else {})}
        targets = [pattern["duplicate_of"]] * 4 + [None, "nobody", *random.choices(names, k=4)]
        for copy in range(copies):
            row = {**pattern, "call_id": _copied(pattern["call_id"], copy)}
            if pattern["duplicate_of"] is not None:
                row["duplicate_of"] = _copied(random.choice(targets), copy)
            row |= _times(random, row, told_us[copy], step_us=step_us)
            row["last_seen_at"] = row["last_seen_at"] and BASE_US + (number + copy) * 3600 * SECOND_US
            rows.append(row)
    random.shuffle(rows)
    return rows


def _copied(call: str | None, copy: int) -> str | None:
    return None if call is None else f"{call}-{copy}"


def _times(random: Random, row: dict[str, Any], told_us: int, *, step_us: int) -> dict[str, Any]:
    if random.random() < 0.3:  # a deadline near the horizon, or near a change of versions
        at_us = random.choice([HORIZON_US, 1_529_452_800 * SECOND_US, row["last_seen_at"] or HORIZON_US])
        told_us = at_us - (random.choice(LIMITS_S) + random.choice(SLACKS_S) + random.choice(NEAR_S)) * SECOND_US
    found: dict[str, Any] = {}
    for point in POINTS:
        if f"{point}_at" not in row:
            continue
        after_s = (
            0 if point == "received" else random.choice(LIMITS_S) + random.choice(SLACKS_S) + random.choice(NEAR_S)
        )
        fraction_us = random.choice([0, step_us, -step_us]) % SECOND_US if point != "received" else 0
        blank = random.random() < (0.02 if point == "received" else 0.1)
        found[f"{point}_at"] = None if blank else told_us + after_s * SECOND_US + fraction_us
    return found
