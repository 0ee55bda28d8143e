"""Bulk evaluation: every call of a canonical Parquet file judged, with DuckDB doing the comparisons only.

Python decides each cell of a policy once and each situation once; DuckDB encodes the columns, computes the situations'
codes and joins the two tables. Calls with a history (facts or decisions beside the row, or a version that came into
force while they were open) go through the reference, `answerable.answer.assess`, one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import duckdb
import msgspec

from answerable.answer.assess import Assessment, assess
from answerable.answer.outcome import outcome_of
from answerable.answer.record import SourceTerms
from answerable.answer.situate import limits_under, owed_under
from answerable.answer.situation import Owed, situation_of
from answerable.config import Settings
from answerable.engines import evaluation_sql
from answerable.engines.duck import connect, engine_faults
from answerable.engines.records import History, call_records, with_history
from answerable.model.decision import Decision, FactAssertion
from answerable.model.duty import Duty, PolicyDecision, SatisfiedBy
from answerable.policy import Cells, VersionSet

Progress = Callable[[str, int, int | None], None]

WITHOUT_HISTORY = "source.n NOT IN (SELECT n FROM with_history)"
"""Of the rows that are judged in bulk, those that may be."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that holds the table or view `judged` (one row a call, by `n`, its row in the file), and the
    assessments of the calls with a history. Close the connection when done.

    `counted` has one row or more a call or kind of call, of which `calls` counts the calls. `every`: where the calls
    are judged by kinds, the file of each call's row, kind and seconds, in order (`engines.coded_calls`).
    """

    connection: duckdb.DuckDBPyConnection
    parquet: Path
    assessments: dict[int, Assessment]
    counted: str = "judged"
    calls: str = "count(*)"
    every: Path | None = None


def evaluate(
    parquet: Path,
    *,
    versions: VersionSet,
    terms: SourceTerms,
    assertions: Sequence[FactAssertion] = (),
    decisions: Sequence[Decision] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> Judgement:
    """Judge every call of `parquet`, in a new connection or in one that judged before (its tables are replaced).

    Raises ClaimError where a fact or decision names a call that stands twice, SourceError for a file that is not
    canonical, StorageError where memory or disk do not suffice.
    """
    say = progress or _silent
    connection = connection if connection is not None else connect(settings)
    with engine_faults(parquet):
        connection.execute(evaluation_sql.macros())
        history = with_history(
            connection, parquet, versions=versions, terms=terms, assertions=assertions, decisions=decisions
        )
        judge_in_bulk(
            connection,
            rows=evaluation_sql.canonical_rows(parquet),
            wanted=WITHOUT_HISTORY,
            versions=versions,
            terms=terms,
            progress=say,
        )
        assessments = assess_history(connection, parquet, history, versions=versions, terms=terms)
    return Judgement(connection=connection, parquet=parquet, assessments=assessments)


def _silent(_step: str, _done: int, _total: int | None) -> None:
    return None


def judge_in_bulk(
    connection: duckdb.DuckDBPyConnection,
    *,
    rows: str,
    wanted: str,
    versions: VersionSet,
    terms: SourceTerms,
    progress: Progress | None = None,
) -> None:
    """Make the table `judged` of the `wanted` among `rows` (see `evaluation_sql.calls`), each judged without a history.

    The connection has the macros.
    """
    say = progress or _silent
    cells = [Cells(policy) for policy in versions.policies]
    say("encoding calls", 0, None)
    connection.execute(evaluation_sql.calls(rows=rows, wanted=wanted, versions=versions, cells=cells, terms=terms))
    _decide_cells(connection, versions, cells)
    say("comparing times", 0, None)
    connection.execute(evaluation_sql.situations(terms))
    _rule_situations(connection)
    connection.execute(evaluation_sql.judged())


def assess_history(
    connection: duckdb.DuckDBPyConnection,
    parquet: Path,
    history: Mapping[int, History],
    *,
    versions: VersionSet,
    terms: SourceTerms,
) -> dict[int, Assessment]:
    """Judge each call with a history by the reference and add it to the table `judged`; the assessments by row."""
    assessments = assessed(connection, parquet, history, versions=versions, terms=terms)
    insert_rows(connection, "judged", 16, [_judged_row(n, one) for n, one in assessments.items()])
    return assessments


def assessed(
    connection: duckdb.DuckDBPyConnection,
    parquet: Path,
    history: Mapping[int, History],
    *,
    versions: VersionSet,
    terms: SourceTerms,
) -> dict[int, Assessment]:
    """What the reference says of each call with a history, by row."""
    return {
        n: assess(call, versions=versions, terms=terms, assertions=said, decisions=taken)
        for n, call, said, taken in call_records(connection, parquet, history)
    }


def _decide_cells(connection: duckdb.DuckDBPyConnection, versions: VersionSet, cells: Sequence[Cells]) -> None:
    """The tables `base` (the policy's decision a cell) and `reading` (what is possible while facts are missing)."""
    found = connection.execute(
        "SELECT DISTINCT version, cell FROM call UNION SELECT DISTINCT version, cell_final FROM call WHERE has_final"
    ).fetchall()
    base, readings = [], []
    for version, cell in found:
        decision = cells[version].decision(cell) if version >= 0 else None
        possible = cells[version].alternatives(cell) if version >= 0 else (None,)
        name = versions.policies[version].version if version >= 0 else None
        base.append((version, cell, name, *shown(decision)))
        readings += [(version, cell, no, *read_by(one, version)) for no, one in enumerate(possible)]
    small_table(
        connection,
        "base",
        "version INTEGER, cell BIGINT, version_name VARCHAR, rule VARCHAR, duty VARCHAR, limit_s BIGINT, "
        "arrive_limit_s BIGINT, answer_limit_s BIGINT, tell_limit_s BIGINT, open_facts VARCHAR",
        base,
    )
    small_table(
        connection,
        "reading",
        "version INTEGER, cell BIGINT, no INTEGER, owed VARCHAR, first_s BIGINT, arrival_s BIGINT, by_phone BOOLEAN",
        readings,
    )


def shown(decision: PolicyDecision | None) -> tuple[object, ...]:
    """What is said of a decision: rule, duty, first limit, arrival, answer and telling limits, open facts."""
    if decision is None:
        return (None, None, None, None, None, None, "")
    limit = decision.first_limit()
    arrive_s = decision.within_s("arrive_within") if decision.duty is Duty.MUST_RESPOND else None
    duty = None if decision.duty is None else decision.duty.value
    return (
        decision.rule, duty, None if limit is None else limit.within_s, arrive_s, decision.within_s("answer_within"),
        decision.within_s("tell_caller_within"), ",".join(decision.open),
    )  # fmt: skip


def read_by(decision: PolicyDecision | None, version: int) -> tuple[object, ...]:
    """What a reading brings to the situation: what is owed, first and arrival limit, whether a telephone call does."""
    owed = Owed.NO_START if version == evaluation_sql.NO_START else owed_under(decision)
    by_phone = decision is not None and SatisfiedBy.PHONE in decision.satisfied_by
    return (owed.value, *limits_under(decision), by_phone)


def _rule_situations(connection: duckdb.DuckDBPyConnection) -> None:
    """The table `ruling`: the outcome of every situation that occurs, decided by the one function that may."""
    codes = [code for (code,) in connection.execute("SELECT DISTINCT code FROM situation").fetchall()]
    rulings = [(code, outcome_of(situation_of(code))) for code in codes]
    small_table(
        connection,
        "ruling",
        "code BIGINT, outcome VARCHAR, reason VARCHAR, carried VARCHAR",
        [
            (code, one.outcome.value, one.reason and one.reason.value, one.carried and one.carried.value)
            for code, one in rulings
        ],
    )


def small_table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[Sequence[object]]
) -> None:
    """A small table from Python rows, passed as one list a column."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    insert_rows(connection, name, columns.count(",") + 1, rows)


def insert_rows(connection: duckdb.DuckDBPyConnection, name: str, width: int, rows: Sequence[Sequence[object]]) -> None:
    """Add Python rows to a table of `width` columns."""
    if rows:
        unnested = ", ".join(f"unnest(${column + 1})" for column in range(width))
        connection.execute(
            f"INSERT INTO {name} SELECT {unnested}", [list(column) for column in zip(*rows, strict=True)]
        )


def _judged_row(n: int, one: Assessment) -> tuple[object, ...]:
    ruling = one.ruling
    version = None if one.policy is None else one.policy.version
    rule, duty, limit_s, arrive_s, *others = shown(one.base)
    return (
        n, ruling.outcome.value, ruling.reason and ruling.reason.value, ",".join(ruling.facts) or None,
        ruling.carried and ruling.carried.value, version, rule, duty, limit_s, arrive_s,
        one.seconds_to("dispatched"), one.seconds_to("arrived"), one.contact_s(), *others,
    )  # fmt: skip


OutcomeCounts: TypeAlias = tuple[Counter[str], Counter[str], Counter[str], Counter[str]]
"""Calls by outcome, undetermined by reason, undetermined by missing fact, merged by what they carried."""


def outcome_counts(judgement: Judgement) -> OutcomeCounts:
    """How many calls have each outcome."""
    return count_outcomes(
        judgement.connection,
        f"SELECT outcome, reason, facts, carried, {judgement.calls} FROM {judgement.counted} GROUP BY ALL",
    )


def count_outcomes(connection: duckdb.DuckDBPyConnection, query: str) -> OutcomeCounts:
    """Count what a query gives: outcome, reason, facts, carried, and of how many calls."""
    outcomes, reasons, facts, merged = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for outcome, reason, names, carried, count in connection.execute(query).fetchall():
        outcomes[outcome] += count
        if outcome == "undetermined":
            reasons[reason] += count
            for name in filter(None, (names or "").split(",")):
                facts[name] += count
        if outcome == "merged":
            merged[carried or "target_unknown"] += count
    return outcomes, reasons, facts, merged
