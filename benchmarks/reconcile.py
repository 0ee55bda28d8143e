"""A complainant's list held against a large record: how many entries are found, how often wrongly, how often missed.

200 remembered calls, of which 170 are in a record of 1,000,000 and 30 are not; times off by minutes and sometimes by an
hour, places in part, kinds of call in other words. Everything is made up from one seed.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import duckdb

from answerable.answer.listed.identify import identify
from answerable.engines.listed_calls import near_calls
from answerable.model.listed import Found, Identification, ListedCall
from answerable.model.times import SECOND_US
from benchmarks.measure import side_by_side
from benchmarks.table import Line, finish

CALLS, ENTRIES, ABSENT, SEED = 1_000_000, 200, 30, 2018
YEAR_S = 365 * 86_400
BEGINS_US = 1_514_764_800 * SECOND_US
KINDS = (
    "WELFARE CHECK", "UNWANTED PERSON", "DISTURBANCE IN PROGRESS", "SUSPICIOUS PERSON", "BURGLARY ALARM", "NOISE",
    "THEFT COLD", "CRASH WITHOUT INJURY", "VEHICLE STOLEN", "ROAD HAZARD", "VANDALISM", "ASSAULT IN PROGRESS",
    "DOMESTIC DISTURBANCE", "PERSON IN CRISIS", "HIT AND RUN", "SHOTS HEARD",
)  # fmt: skip
STREETS = tuple(f"{one} {two}" for one in ("ASH", "ELM", "OAK", "FIR", "MILL", "LAKE", "HIGH", "QUAY", "RIVER", "STATE")
                for two in ("ST", "AVE", "RD", "DR", "BLVD"))  # fmt: skip


def main() -> int:
    """Write the section `reconcile` of docs/performance.md. Exit code 1 where a target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        parquet = record(Path(folder) / "calls.parquet")
        entries, truth = remembered(parquet)

        def run() -> tuple[Identification, ...]:
            near = near_calls(parquet, entries, numbers=(), start_point="received")
            return identify(entries, near.pairs, common=near.common)

        seconds = side_by_side({"reconcile": run}, rounds=3)["reconcile"].on_cpu.median_s
        found = run()
    return finish("reconcile", lines(found, truth, seconds), notes=[__doc__.partition("\n\n")[2].strip()])


def lines(found: tuple[Identification, ...], truth: dict[str, str | None], seconds: float) -> list[Line]:
    """Precision, recall and false "not found", as the table has them."""
    said = [one for one in found if one.state is Found.IDENTIFIED]
    right = sum(truth[one.entry] == one.call for one in said)
    there = sum(call is not None for call in truth.values())
    missed = sum(one.state is Found.NOT_FOUND and truth[one.entry] is not None for one in found)
    precision = right / len(said)
    beside = f"{len(said)} of {len(found)} identified"
    return [
        Line(
            promise="identified calls that are the right ones (probability 9 in 10 or more)", target=">= .98",
            measured=f"{precision:.3f}", control=beside, met=precision >= 0.98,
        ),
        Line(
            promise="entries in the record that are identified", target="stated", measured=f"{right / there:.2f}",
            control="the others go to a person, with candidates", met=None,
        ),
        Line(
            promise="entries in the record called not found", target="stated", measured=f"{missed / there:.3f}",
            control=f"{missed} of {there}", met=None,
        ),
        Line(
            promise=f"{ENTRIES} entries against {CALLS:,} calls", target="<= 5 s", measured=f"{seconds:.1f} s",
            control="processors' time, both cores together", met=seconds <= 5,
        ),
    ]  # fmt: skip


def record(parquet: Path) -> Path:
    """A year of calls with what an identification looks at."""
    kinds, streets = (", ".join(f"'{one}'" for one in listed) for listed in (KINDS, STREETS))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SELECT setseed({SEED / 10_000})")
        connection.execute("SET threads = 1")  # the same rows for the same seed
        connection.execute(
            f"""COPY (
              SELECT 'C' || i AS call_id, md5(i::VARCHAR) AS row_key,
                make_timestamptz({BEGINS_US} + (random() * {YEAR_S})::BIGINT * 1000000) AS received_at,
                'D' || beat // 10 AS district, beat::VARCHAR AS beat,
                (100 * (random() * 120)::INT)::VARCHAR || ' BLOCK ' || street AS place_text,
                [{kinds}][1 + (random() * random() * {len(KINDS)})::INT % {len(KINDS)}] AS type_final_text,
                NULL::VARCHAR AS type_final, NULL::VARCHAR AS type_initial_text, NULL::VARCHAR AS type_initial
              FROM (SELECT i, (random() * 60)::INT AS beat,
                [{streets}][1 + (random() * {len(STREETS)})::INT % {len(STREETS)}] AS street
                FROM range({CALLS}) AS calls(i))
            ) TO '{parquet}' (FORMAT parquet)"""
        )
    return parquet


def remembered(parquet: Path) -> tuple[list[ListedCall], dict[str, str | None]]:
    """What somebody would write down of some of these calls, and of some that are not there; and the truth."""
    rng = random.Random(SEED)
    with duckdb.connect() as connection:
        wanted = [f"C{at}" for at in rng.sample(range(CALLS), ENTRIES)]
        rows = connection.execute(
            f"""SELECT call_id, epoch_us(received_at), place_text, beat, type_final_text FROM read_parquet('{parquet}')
                WHERE call_id IN (SELECT unnest($1::VARCHAR[])) ORDER BY call_id""",
            [wanted],
        ).fetchall()
    entries, truth = [], {}
    for at, row in enumerate(rows):
        call, *told = row
        absent = at < ABSENT
        entries.append(_entry(rng, f"e{at}", *(_elsewhere(rng, *told) if absent else told)))
        truth[f"e{at}"] = None if absent else call
    return entries, truth


def _elsewhere(rng: random.Random, told_us: int, _place: str, _beat: str, kind: str) -> tuple[int, str, str, str]:
    """A call that nobody made: another hour, another place."""
    return told_us + SECOND_US * rng.randrange(86_400), rng.choice(STREETS), "", kind


def _entry(rng: random.Random, name: str, told_us: int, place: str, beat: str, kind: str) -> ListedCall:
    return ListedCall(
        id=name,
        about_us=told_us + round(_strays_s(rng) * SECOND_US),
        within_s=rng.choice([600, 900, 1800]),
        place=_place(rng, place),
        beat=beat if rng.random() < 0.3 else "",
        type=_kind(rng, kind),
    )


def _strays_s(rng: random.Random) -> float:
    if rng.random() < 0.08:
        return rng.uniform(-5400, 5400)
    return rng.choice([-1, 1]) * rng.expovariate(1 / 300)


def _place(rng: random.Random, place: str) -> str:
    drawn = rng.random()
    if drawn < 0.5:
        return place
    if drawn < 0.85:
        return place.partition(" BLOCK ")[2] or place  # the street alone
    return "" if drawn < 0.93 else f"{rng.choice(STREETS)}"


def _kind(rng: random.Random, kind: str) -> str:
    drawn = rng.random()
    if drawn < 0.5:
        return kind.lower()
    return f"{kind.split(maxsplit=1)[0]} reported" if drawn < 0.75 else rng.choice(["", "help", "trouble"])


if __name__ == "__main__":
    sys.exit(main())
