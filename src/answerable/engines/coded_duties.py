"""What is owed for every combination of facts in a coded record: decided once, numbered, and joined back by code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import duckdb
import msgspec

from answerable.engines.evaluate import read_by, shown, small_table
from answerable.engines.evaluation_sql import NO_POLICY, NO_START, cell_of_version
from answerable.model.times import SECOND_US
from answerable.policy import Cells, VersionSet

NO_HOUR = 256
"""The hour of the week that nobody recorded: beyond whatever a file may hold there."""
BEYOND_S = 2**40
"""Stands where a class has fewer limits than another: seconds that no wait comes to."""

Kind: TypeAlias = tuple[object, ...]
"""Everything that a policy adds to a situation and to what is said of it."""
Limits: TypeAlias = tuple[bool, tuple[int, ...]]
"""Whether an arrival has a limit, and all limits in seconds, ascending."""


class Duties(msgspec.Struct, frozen=True, kw_only=True):
    """The table `duty` (`code`, `class`, limits `limit_1`… in microseconds, ascending) and how to ask it.

    `cuts_us`: the instants at which what is in force changes; a call's regime is how many of them lie at or before its
    start, or one more than their number where nobody knows the start. `combinations`: of facts; `by_hour`: whether
    some policy asks for the hour. Calls of one class are owed the same under every reading of every version set, and
    the same is said of it.
    """

    cuts_us: tuple[int, ...]
    combinations: int
    by_hour: bool
    classes: int
    limits: int

    def asked(self, *, regime: str, facts: str, how: str) -> str:
        """SQL of the code, from SQL of a call's regime, facts and hour of the week."""
        return _asked(regime, facts, how, combinations=self.combinations, by_hour=self.by_hour)


def _asked(regime: str, facts: str, how: str, *, combinations: int, by_hour: bool) -> str:
    hour = f" * {NO_HOUR + 1} + coalesce({how}, {NO_HOUR})" if by_hour else ""
    return f"(CAST({regime} AS BIGINT){hour}) * {combinations} + {facts}"


def make_duties(
    connection: duckdb.DuckDBPyConnection, *, calls: str, facts: str, combinations: int, sets: Sequence[VersionSet]
) -> Duties:
    """Decide what occurs. `calls` and `facts`: SQL of the coded record's files; `combinations`: rows of `facts`."""
    cuts_us = tuple(sorted({at for versions in sets for at in _changes(versions)}))
    cells = [[Cells(policy) for policy in versions.policies] for versions in sets]
    by_hour = any(encoder.fact == "hour_of_week" for some in cells for one in some for encoder in one.encoders)
    asked = _asked("regime", "timed.facts", "how", combinations=combinations, by_hour=by_hour)
    occurring = (
        f"SELECT DISTINCT facts, how FROM {calls}" if by_hour else f"SELECT code AS facts, NULL AS how FROM {facts}"
    )
    versions = "".join(f", version_{at} INTEGER" for at in range(len(sets)))
    small_table(connection, "regime", f"regime BIGINT{versions}", list(_regimes(sets, cuts_us)))
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE asked AS
        SELECT {asked} AS code, fact_life_safety AS life_safety, {", ".join(_cells(cells))}
        FROM (SELECT listed.*, timed.*, regime.*, how::SMALLINT AS fact_hour_of_week,
                fact_priority_final IS NOT NULL AND fact_priority_final IS DISTINCT FROM fact_priority AS has_final
            FROM ({occurring}) AS timed
            JOIN {facts} AS listed ON listed.code = timed.facts CROSS JOIN regime) AS timed"""
    )
    classes, limits = _classes(connection, cells)
    return Duties(cuts_us=cuts_us, combinations=combinations, by_hour=by_hour, classes=classes, limits=limits)


def _cells(cells: Sequence[Sequence[Cells]]) -> Iterator[str]:
    """For each version set the version in force, its cell, and the cell of the final priority where that differs."""
    for at, one in enumerate(cells):
        version = f"version_{at}"
        first = cell_of_version(one, priority="fact_priority", version=version)
        final = cell_of_version(one, priority="fact_priority_final", version=version)
        yield f"{version}, {first} AS cell_{at}, CASE WHEN has_final THEN {final} END AS final_{at}"


def _changes(versions: VersionSet) -> Iterator[int]:
    for policy in versions.policies:
        yield policy.effective_from_us
        if policy.effective_to_us is not None:
            yield policy.effective_to_us


def _regimes(sets: Sequence[VersionSet], cuts_us: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """(regime, the index of the version in force in each set)."""
    yield (0, *(NO_POLICY for _ in sets))
    for regime, at_us in enumerate(cuts_us, start=1):
        yield (regime, *(_index(versions, at_us) for versions in sets))
    yield (len(cuts_us) + 1, *(NO_START for _ in sets))


def _index(versions: VersionSet, at_us: int) -> int:
    policy = versions.in_force(at_us)
    return NO_POLICY if policy is None else versions.policies.index(policy)


def _classes(connection: duckdb.DuckDBPyConnection, cells: Sequence[Sequence[Cells]]) -> tuple[int, int]:
    """The table `duty`; how many classes there are, and the most limits that one has."""
    names = ["life_safety", *(f"{name}_{at}" for at in range(len(cells)) for name in ("version", "cell", "final"))]
    found = connection.execute(f"SELECT DISTINCT {', '.join(names)} FROM asked ORDER BY ALL").fetchall()
    numbers: dict[Kind, int] = {}
    limits: list[Limits] = []
    rows = []
    for row in found:
        kind, within_s = _kind(row, cells)
        if kind not in numbers:
            numbers[kind] = len(limits)
            limits.append(within_s)
        rows.append((*row, numbers[kind]))
    columns = ["life_safety BOOLEAN", *(f"{name} BIGINT" for name in names[1:]), "class INTEGER"]
    small_table(connection, "kind", ", ".join(columns), rows)
    most = _limits(connection, limits)
    same = " AND ".join(f"asked.{name} IS NOT DISTINCT FROM kind.{name}" for name in names)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE duty AS SELECT asked.code, class_limits.*
        FROM asked JOIN kind ON {same} JOIN class_limits USING (class)"""
    )
    return len(limits), most


def _limits(connection: duckdb.DuckDBPyConnection, limits: Sequence[Limits]) -> int:
    """The table of every class's limits, ascending, and whether an arrival has one; the most that a class has."""
    most = max((len(some) for _, some in limits), default=0)
    rows = [
        (number, arrives, *(within_s * SECOND_US for within_s in (*some, *(BEYOND_S,) * (most - len(some)))))
        for number, (arrives, some) in enumerate(limits)
    ]
    columns = ["class INTEGER", "arrives BOOLEAN", *(f"limit_{at} BIGINT" for at in range(1, most + 1))]
    small_table(connection, "class_limits", ", ".join(columns), rows)
    return most


def _kind(row: tuple[Any, ...], cells: Sequence[Sequence[Cells]]) -> tuple[Kind, Limits]:
    """What a combination comes to in every version set, and the limits that its times are held against."""
    life_safety, *rest = row
    kind: list[object] = [life_safety]
    limits: set[int] = set()
    arrives = False
    for at, some in enumerate(cells):
        version, cell, final = rest[3 * at : 3 * at + 3]
        kind += [version, shown(some[version].decision(cell)) if version >= 0 else None]
        for one in (cell, final):
            read = None if one is None else _readings(some, version, one)
            kind.append(read)
            for _, first_s, arrival_s, _ in read or ():
                limits |= {limit for limit in (first_s, arrival_s) if limit is not None}
                arrives = arrives or arrival_s is not None
    return tuple(kind), (arrives, tuple(sorted(limits)))


def _readings(cells: Sequence[Cells], version: int, cell: int) -> tuple[tuple[Any, ...], ...]:
    possible = cells[version].alternatives(cell) if version >= 0 else (None,)
    return tuple(read_by(one, version) for one in possible)
