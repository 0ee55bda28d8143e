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
from answerable.engines.coded_record import coded_calls, coded_folder, write_coded
from answerable.model.call import CALL_COLUMNS, CLOCK_POINTS
from answerable.model.duty import PolicyDecision
from answerable.policy import Cells, VersionSet
from benchmarks.measure import side_by_side
from benchmarks.policy_calls import HAND_CASE, alder
from benchmarks.table import Line

ROWS, JUDGED, CODED = 24_000_000, 500_000, 8_000_000
RATIO, PARQUET_RATE, KEY_RATE = 1.5, 8e6, 40e6
BACKTEST_ROWS, BACKTEST_S = 240e6, 30.0
TIMED = ("received", "dispatched", "arrived")
SCANNED = "sum(received_us), sum(dispatched_n), sum(arrived_n), sum(closed_n), sum(state), sum(facts), sum(merged_into)"
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
        yield from _backtest(Path(folder))


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
        measured=f"{ratio:.2f}x", met=ratio <= RATIO,
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


def _backtest(folder: Path) -> Iterator[Line]:
    """The whole back-test, outcomes and all: from the coded record and, on fewer calls, from canonical Parquet."""
    few, many = _canonical(folder / "few.parquet", rows=JUDGED), _canonical(folder / "many.parquet", rows=CODED)
    half_of = _canonical(folder / "half.parquet", rows=CODED // 2)
    write_coded(half_of, parquet_sha256="0" * 64, settings=Settings())
    coded = write_coded(many, parquet_sha256="0" * 64, settings=Settings())
    before = VersionSet([alder()])
    after = VersionSet([replace(alder(), version="next", effective_from_us=0, issued_at_us=0)])

    def judged(parquet: Path, record: Path | None, rows: int) -> None:
        terms = SourceTerms(blanks=frozenset({"dispatched", "disposition"}), horizon_us=1_600_000_000_000_000)
        found = judge_twice(parquet, coded=record, before=before, after=after, terms=terms, settings=Settings())
        with closing(found.connection):
            assert compare(found).figures()["calls"] == rows

    def scanned() -> None:
        with closing(duckdb.connect()) as connection:
            connection.execute(f"SELECT {SCANNED} FROM {coded_calls(coded_folder(many))}").fetchall()

    timings = side_by_side(
        {
            "coded": lambda: judged(many, coded_folder(many), CODED),
            "half": lambda: judged(half_of, coded_folder(half_of), CODED // 2),
            "canonical": lambda: judged(few, None, JUDGED),
            "scan": scanned,
        },
        rounds=3,
    )
    taken, slow, scan = timings["coded"], timings["canonical"], timings["scan"]
    # two sizes part what each call costs from what is decided once, whatever the number of calls
    half = timings["half"]
    call_s = (taken.median_s - half.median_s) / (CODED - CODED // 2)
    scaled_s = taken.median_s + call_s * (BACKTEST_ROWS - CODED)
    yield Line(
        promise=f"back-test of 240 M calls, {os.cpu_count()} cores (wall)", target=f"<= {BACKTEST_S:g} s",
        measured=f"{scaled_s:.0f} s, drawn on from {half.median_s:.2f} s for {CODED / 2e6:g} M and "
        f"{taken.median_s:.2f} s for {CODED / 1e6:g} M", met=scaled_s <= BACKTEST_S,
        control=f"decoding the same columns alone {scan.median_s:.2f} s ({scan.on_cpu.median_s:.2f} processor s); "
        f"{coded.rows['facts']:,} kinds of facts are decided first, whatever the number of calls",
    )  # fmt: skip
    each, its = taken.on_cpu.median_s / CODED, slow.on_cpu.median_s / JUDGED
    yield Line(
        promise="beside it: the same from canonical Parquet", target="",
        measured=f"{2 * JUDGED / slow.on_cpu.median_s / 1e6:.2f} M judgements a second and core",
        control=f"the coded record {2 * CODED / taken.on_cpu.median_s / 1e6:.1f} M: {its / each:.0f}x as many",
        met=None,
    )  # fmt: skip


def _canonical(parquet: Path, *, rows: int) -> Path:
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
                          CAST(random() * 18000 AS BIGINT) * 1000000 AS wait_us FROM range({rows})"""
        connection.execute(f"COPY (SELECT {columns} FROM ({_facts_of(told)})) TO '{parquet}' (FORMAT parquet)")
    return parquet
