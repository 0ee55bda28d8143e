"""Past calls judged twice in one connection: as they were owed, then as another policy would have owed them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template

import duckdb
import msgspec

from answerable.answer.backtest import Comparison, differs
from answerable.answer.record import SourceTerms
from answerable.answer.rows import local_text
from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, query_text, text_literal
from answerable.engines.evaluate import Progress, evaluate
from answerable.model.backtest import BacktestRow, Side
from answerable.model.call import CLOCK_POINTS
from answerable.model.decision import Decision, FactAssertion
from answerable.policy import VersionSet

_SIDE = Side.__struct_fields__
_BATCH = 10_000


class JudgedTwice(msgspec.Struct, frozen=True, kw_only=True):
    """A connection with the tables `judged_before` and `judged`. Close the connection when done."""

    connection: duckdb.DuckDBPyConnection
    parquet: Path
    terms: SourceTerms


def judge_twice(
    parquet: Path,
    *,
    before: VersionSet,
    after: VersionSet,
    terms: SourceTerms,
    assertions: Sequence[FactAssertion] = (),
    decisions: Sequence[Decision] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> JudgedTwice:
    """Judge every call of `parquet` under `before`, then under `after`. Raises as `evaluate` does."""
    connection = connect(settings)
    for versions in (before, after):
        evaluate(
            parquet, versions=versions, terms=terms, assertions=assertions, decisions=decisions, settings=settings,
            progress=progress, connection=connection,
        )  # fmt: skip
        if versions is before:
            connection.execute("ALTER TABLE judged RENAME TO judged_before")
    return JudgedTwice(connection=connection, parquet=parquet, terms=terms)


def calls_by_version(judged: JudgedTwice) -> dict[str | None, int]:
    """How many calls each version governed before; None: no version was in force."""
    rows = judged.connection.execute("SELECT version, count(*) FROM judged_before GROUP BY ALL").fetchall()
    return dict(rows)


def compare(judged: JudgedTwice) -> Comparison:
    """Every pair of judgements that occurs, counted."""
    found = Comparison()
    with engine_faults(judged.parquet):
        query = Template(query_text("backtest_pairs")).substitute(before=_side("before"), after=_side("after"))
        for row in judged.connection.execute(query).fetchall():
            found.add(_read(row), _read(row[len(_SIDE) :]), row[-1])
    return found


def changed_calls(judged: JudgedTwice, *, timezone: str) -> Iterator[BacktestRow]:
    """The calls that differ in outcome, duty or limit, in the order of being told."""
    start = judged.terms.start_point
    later = f", source.{start}_at" if start in CLOCK_POINTS and start != "received" else ""
    query = Template(query_text("backtest_listed")).substitute(
        before=_side("before"), after=_side("after"), told=f"coalesce(source.received_at{later}, NULL)",
        parquet=text_literal(str(judged.parquet)),
    )  # fmt: skip
    with engine_faults(judged.parquet):
        cursor = judged.connection.execute(query)
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                before, after = _read(row), _read(row[len(_SIDE) :])
                if differs(before, after):
                    yield _row(before, after, row[2 * len(_SIDE) :], timezone=timezone)


def _side(name: str) -> str:
    return ", ".join(f"{name}.{column}" for column in _SIDE)


def _read(row: Sequence[object]) -> Side:
    values = dict(zip(_SIDE, row, strict=False))
    values["open_facts"] = tuple(filter(None, str(values["open_facts"] or "").split(",")))
    return Side(**values)  # type: ignore[arg-type]  # the columns of `judged`, in the order of the fields


def _row(before: Side, after: Side, about: Sequence[object], *, timezone: str) -> BacktestRow:
    call_id, row_key, told_us, district, beat, type_, priority, dispatched_s = about
    return BacktestRow(
        call=str(call_id or row_key),
        received=local_text(told_us, timezone) if isinstance(told_us, int) else "",
        type=str(type_),
        priority=str(priority),
        district=str(district or ""),
        beat=str(beat or ""),
        waited_s=dispatched_s if isinstance(dispatched_s, int) else None,
        before=before,
        after=after,
    )
