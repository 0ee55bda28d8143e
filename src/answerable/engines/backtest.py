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
from answerable.engines.coded_evaluate import Kinds, judge_each, judge_kinds
from answerable.engines.duck import connect, engine_faults, query_text, text_literal
from answerable.engines.evaluate import Progress, evaluate
from answerable.model.backtest import BacktestRow, Side
from answerable.model.call import CLOCK_POINTS
from answerable.model.decision import Decision, FactAssertion
from answerable.policy import VersionSet

_SIDE = Side.__struct_fields__
_BATCH = 10_000


class JudgedTwice(msgspec.Struct, frozen=True, kw_only=True):
    """A connection in which `judged` gives both judgements, as `before` and `after`, and `calls` counts the calls of a
    group. With `kinds` a judgement stands for all calls of one kind. Close the connection when done."""

    connection: duckdb.DuckDBPyConnection
    parquet: Path
    terms: SourceTerms
    judged: str
    calls: str = "count(*)"
    kinds: Kinds | None = None


def judge_twice(  # noqa: PLR0913  what `evaluate` takes, twice
    parquet: Path,
    *,
    coded: Path | None = None,
    before: VersionSet,
    after: VersionSet,
    terms: SourceTerms,
    assertions: Sequence[FactAssertion] = (),
    decisions: Sequence[Decision] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> JudgedTwice:
    """Judge every call of `parquet` under `before`, then under `after`. Raises as `evaluate` does.

    `coded`: its coded record, if there is one; the judgements are the same, in a fraction of the time.
    """
    if coded is not None:
        kinds = judge_kinds(
            parquet, coded=coded, sets=(before, after), terms=terms, assertions=assertions, decisions=decisions,
            settings=settings, progress=progress,
        )  # fmt: skip
        return JudgedTwice(
            connection=kinds.connection, parquet=parquet, terms=terms, kinds=kinds,
            judged=f"{_both('judged_0', 'judged_1')} JOIN kind_of_call ON kind_of_call.n = before.n",
            calls="sum(kind_of_call.calls)::BIGINT",
        )  # fmt: skip
    connection = connect(settings)
    for versions in (before, after):
        evaluate(
            parquet, versions=versions, terms=terms, assertions=assertions, decisions=decisions, settings=settings,
            progress=progress, connection=connection,
        )  # fmt: skip
        if versions is before:
            connection.execute("ALTER TABLE judged RENAME TO judged_before")
    return JudgedTwice(connection=connection, parquet=parquet, terms=terms, judged=_both("judged_before", "judged"))


def _both(before: str, after: str) -> str:
    return f"{before} AS before JOIN {after} AS after ON after.n = before.n"


def calls_by_version(judged: JudgedTwice) -> dict[str | None, int]:
    """How many calls each version governed before; None: no version was in force."""
    query = f"SELECT before.version, {judged.calls} FROM {judged.judged} GROUP BY ALL"
    return dict(judged.connection.execute(query).fetchall())


def compare(judged: JudgedTwice) -> Comparison:
    """Every pair of judgements that occurs, counted."""
    found = Comparison()
    with engine_faults(judged.parquet):
        query = Template(query_text("backtest_pairs")).substitute(
            before=_side("before"), after=_side("after"), judged=judged.judged, calls=judged.calls
        )
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
        judged=judged.judged if judged.kinds is None else _both("each_0", "each_1"),
    )  # fmt: skip
    with engine_faults(judged.parquet):
        if judged.kinds is not None:
            judge_each(judged.kinds, _changed(judged, judged.kinds))
        cursor = judged.connection.execute(query)
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                before, after = _read(row), _read(row[len(_SIDE) :])
                if differs(before, after):
                    yield _row(before, after, row[2 * len(_SIDE) :], timezone=timezone)


def _changed(judged: JudgedTwice, kinds: Kinds) -> str:
    """The rows of the calls whose kind has two judgements that are not word for word the same."""
    differing = f"SELECT before.n FROM {judged.judged} WHERE ({_side('before')}) IS DISTINCT FROM ({_side('after')})"
    return f"SELECT n FROM ({kinds.every_call}) WHERE kind_n IN ({differing})"


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
