"""Deciding a file: encode the columns, join the decided cells; beside a CASE by hand on the same rows and engine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb

from answerable.answer.record import SourceTerms
from answerable.config import Settings
from answerable.engines.backtest import compare, judge_twice
from answerable.engines.cell_sql import cell_expression
from answerable.model.call import CALL_COLUMNS, CLOCK_POINTS
from answerable.model.duty import PolicyDecision
from answerable.policy import Cells, VersionSet
from benchmarks.measure import side_by_side
from benchmarks.policy_calls import HAND_CASE, alder
from benchmarks.table import Line

ROWS, JUDGED = 24_000_000, 500_000
RATIO, PARQUET_RATE, KEY_RATE = 1.5, 8e6, 40e6
BACKTEST_ROWS, BACKTEST_S = 240e6, 30.0
TIMED = ("received", "dispatched", "arrived")
CONSUMED = "count(duty), sum(dispatch_s), sum(arrive_s)"
"""What is done with every row's decision, on both sides."""
WRITTEN_DOWN = 0.95
"""The share of calls of which a fact is known at all."""
FACTS_SQL = {
    "kind": "CASE WHEN agency THEN 'request_for_assistance' ELSE 'call' END",
    "requester": "CASE WHEN agency THEN 'federal_agency' ELSE 'public' END",
    "place": "CASE WHEN agency AND die < .7 THEN 'federal_property' ELSE 'city' END",
    "asks_for": "CASE WHEN agency AND die < .8 THEN 'additional_resources' ELSE 'help' END",
    "priority": "CAST(floor(random() * 10) AS SMALLINT)",
    "life_safety": "random() < .1",
    "officer_assaulted": "random() < .01",
    "safe_exit_needed": "random() < .01",
    "alternatives_exhausted": "CASE WHEN agency THEN random() < .5 END",
    "own_service_used": "CASE WHEN agency THEN random() < .5 END",
}
"""Calls as a city has them: two of a hundred are an agency's, and only those are asked what agencies are asked."""


def _facts_of(rows: str) -> str:
    """The fact columns of rows that have a number `n`."""
    columns = ", ".join(
        f"CASE WHEN random() < {WRITTEN_DOWN} THEN {sql} END AS fact_{fact}" for fact, sql in FACTS_SQL.items()
    )
    return f"SELECT *, {columns} FROM (SELECT *, random() < .02 AS agency, random() AS die FROM ({rows}))"


def lines() -> Iterator[Line]:
    """The promises of bulk deciding, one core, and of the back-test, all cores."""
    with tempfile.TemporaryDirectory() as folder, closing(duckdb.connect()) as connection:
        connection.execute("SET threads = 1")
        parquet = Path(folder) / "facts.parquet"
        cell = cell_expression(Cells(alder()))
        facts = _facts_of(f"FROM range({ROWS})")
        connection.execute(f"COPY (SELECT COLUMNS('fact_.*') FROM ({facts})) TO '{parquet}' (FORMAT parquet)")
        yield from _deciding(connection, parquet, cell=cell)
        yield _backtest(Path(folder))


def _deciding(connection: duckdb.DuckDBPyConnection, parquet: Path, *, cell: str) -> Iterator[Line]:
    source = f"read_parquet('{parquet}')"
    connection.execute(
        "CREATE TEMP TABLE base (cell INTEGER, duty VARCHAR, rule VARCHAR, dispatch_s INT, arrive_s INT, open VARCHAR)"
    )

    def encoded() -> None:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE keyed AS SELECT {cell} AS cell FROM {source}")

    def decided() -> None:
        """Every cell that occurs, by the reference: nothing is remembered from an earlier round."""
        cells = Cells(alder())
        occurring = connection.execute("SELECT DISTINCT cell FROM keyed").fetchall()
        columns = list(zip(*(_shown(number, cells.decision(number)) for (number,) in occurring), strict=True))
        connection.execute("DELETE FROM base")
        unnested = ", ".join(f"unnest(${position})" for position in range(1, len(columns) + 1))
        connection.execute(f"INSERT INTO base SELECT {unnested}", [list(column) for column in columns])

    def joined() -> None:
        connection.execute(f"SELECT {CONSUMED}, count(rule), count(open) FROM keyed JOIN base USING (cell)").fetchall()

    def whole() -> None:
        encoded()
        decided()
        joined()

    def hand() -> None:
        connection.execute(f"SELECT {CONSUMED} FROM (SELECT {HAND_CASE} FROM {source})").fetchall()

    timings = side_by_side({"whole": whole, "hand": hand, "encoded": encoded, "key": joined}, rounds=5)
    timings = {name: one.on_cpu for name, one in timings.items()}
    ratio, alone = timings["whole"].ratio_to(timings["hand"]), timings["encoded"].ratio_to(timings["hand"])
    yield Line(
        promise="bulk: duty and two clocks, cells found, decided and joined", target=f"<= {RATIO:g}x a CASE by hand",
        measured=f"{ratio:.1f}x", met=ratio <= RATIO,
        control=f"CASE by hand {timings['hand'].rate(ROWS) / 1e6:.1f} M rows/s; the encoding alone {alone:.1f}x, "
        f"{_count(connection, 'base'):,} cells decided first; {ROWS / 1e6:g} M rows",
    )  # fmt: skip
    yield Line(
        promise="bulk from Parquet, rows a second and core", target=f">= {PARQUET_RATE / 1e6:g} M",
        measured=f"{timings['whole'].rate(ROWS) / 1e6:.1f} M", met=timings["whole"].rate(ROWS) >= PARQUET_RATE,
        control=f"{ROWS / 1e6:g} M rows of ten fact columns, one thread",
    )  # fmt: skip
    yield Line(
        promise="bulk on a stored cell, rows a second and core", target=f">= {KEY_RATE / 1e6:g} M",
        measured=f"{timings['key'].rate(ROWS) / 1e6:.1f} M", met=timings["key"].rate(ROWS) >= KEY_RATE,
        control=f"{timings['key'].ratio_to(timings['hand']):.2f}x the CASE by hand, which reads the facts",
    )  # fmt: skip


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _shown(number: int, one: PolicyDecision) -> tuple[object, ...]:
    limits = one.within_s("dispatch_within"), one.within_s("arrive_within")
    return (number, one.duty, one.rule, *limits, ",".join(one.open))


def _backtest(folder: Path) -> Line:
    """The whole back-test, outcomes and all, on fewer calls; its time is scaled to the target's number."""
    parquet = _canonical(folder / "calls.parquet")
    before = VersionSet([alder()])
    after = VersionSet([replace(alder(), version="next", effective_from_us=0, issued_at_us=0)])

    def run() -> None:
        terms = SourceTerms(blanks=frozenset({"dispatched", "disposition"}), horizon_us=1_600_000_000_000_000)
        judged = judge_twice(parquet, before=before, after=after, terms=terms, settings=Settings())
        with closing(judged.connection):
            assert compare(judged).figures()["calls"] == JUDGED

    timing = side_by_side({"backtest": run}, rounds=3)["backtest"]
    taken_s, cpu_s = timing.median_s, timing.on_cpu.median_s
    scaled_s = taken_s / JUDGED * BACKTEST_ROWS
    return Line(
        promise=f"back-test of 240 M calls, {os.cpu_count()} cores (wall)", target=f"<= {BACKTEST_S:g} s",
        measured=f"{scaled_s:.0f} s, scaled from {taken_s:.2f} s for {JUDGED / 1e6:g} M", met=scaled_s <= BACKTEST_S,
        control=f"every call judged twice in full: {2 * JUDGED / cpu_s / 1e6:.2f} M judgements a second and core",
    )  # fmt: skip


def _canonical(parquet: Path) -> Path:
    """Canonical calls, made in the engine: received in 2018, sent within five hours or never."""
    plain = {
        "row_key": "'r' || n",
        "call_id": "'c' || n",
        "origin": "'public_911'",
        "entry_kind": "'call'",
        "abandoned": "false",
        "dispatched": "CASE WHEN sent THEN 'yes' ELSE 'no' END",
        "arrived": "CASE WHEN sent THEN 'yes' ELSE 'no' END",
        "disposition": "'none'",
        "ended_by": "'not_recorded'",
        "reason_given": "'not_recorded'",
        "handover": "'none'",
        "dispatched_evidence": "'time'",
        "received_at": "make_timestamptz(told)",
        "dispatched_at": "CASE WHEN sent THEN make_timestamptz(told + wait_us) END",
        "arrived_at": "CASE WHEN sent THEN make_timestamptz(told + wait_us + 600000000) END",
        **{f"quality_{point}": f"{int(point not in TIMED)}::USMALLINT" for point in CLOCK_POINTS},
    }
    columns = ", ".join(
        name if name.removeprefix("fact_") in FACTS_SQL else f"{plain.get(name, f'NULL::{kind}')} AS {name}"
        for name, kind in CALL_COLUMNS
    )
    with closing(duckdb.connect()) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        told = f"""SELECT range AS n, 1528000000000000 + range * 1000000 AS told, random() < .9 AS sent,
                          CAST(random() * 18000 AS BIGINT) * 1000000 AS wait_us FROM range({JUDGED})"""
        connection.execute(f"COPY (SELECT {columns} FROM ({_facts_of(told)})) TO '{parquet}' (FORMAT parquet)")
    return parquet
