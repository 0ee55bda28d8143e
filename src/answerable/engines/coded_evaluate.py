"""Bulk evaluation over the coded record: one call of each kind judged, the ruling counted for all of that kind.

Calls of one key (`answerable.engines.coded_keys`) have one outcome, so one of them goes through `engines.evaluate`'s
own way and stands for the others. Calls with a history are judged one by one, as there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template

import duckdb
import msgspec

from answerable.answer.record import SourceTerms
from answerable.config import Settings
from answerable.engines import evaluation_sql
from answerable.engines.audit_engines import InProcess, QueryEngine
from answerable.engines.coded_bounds import bounds, far_from_the_end, near_the_end
from answerable.engines.coded_columns import Columns, read_columns
from answerable.engines.coded_duties import Duties, make_duties
from answerable.engines.coded_keys import TIMES, Shape, keyed
from answerable.engines.coded_record import ROW_GROUP_ROWS, coded_calls, coded_table, decoded, read_coded_manifest
from answerable.engines.duck import connect, engine_faults, query_text
from answerable.engines.evaluate import (
    WITHOUT_HISTORY,
    OutcomeCounts,
    Progress,
    assess_history,
    count_outcomes,
    judge_in_bulk,
)
from answerable.engines.evaluation_sql import later_start
from answerable.engines.records import History, with_history
from answerable.errors import SourceError
from answerable.model.coded import CodedManifest
from answerable.model.decision import Decision, FactAssertion
from answerable.policy import VersionSet

_BATCH = 100_000
BOUNDED = "coalesce(received_earlier, 1) = 0"
"""The states whose times can be held against bounds: the receipt is usable and not later than written."""
_NEARLY_ALL = 0.95


class Kinds(msgspec.Struct, frozen=True, kw_only=True):
    """A connection with, for each version set in turn, the table `judged_0`, `judged_1` …: one row a kind of call, by
    `n`, the row of one such call. The table `kind_of_call` has `n` and the number of `calls` of that kind.

    `every_call`: SQL of every call's row `n` and the row that stands for it, `kind_n`; `shape`: what its SQL is made
    from. `histories`: for each version set, the calls that are judged one by one. Close the connection when done.
    """

    connection: duckdb.DuckDBPyConnection
    parquet: Path
    coded: Path
    sets: tuple[VersionSet, ...]
    terms: SourceTerms
    histories: tuple[dict[int, History], ...]
    every_call: str
    shape: Shape


class CallOutcome(msgspec.Struct, frozen=True):
    """The outcome of the call in row `n` (0 is the first) of the canonical file."""

    n: int
    outcome: str
    reason: str | None
    facts: str | None
    carried: str | None


def judge_kinds(  # noqa: PLR0913  what `evaluate` takes, and where the calls are counted
    parquet: Path,
    *,
    coded: Path,
    sets: Sequence[VersionSet],
    terms: SourceTerms,
    assertions: Sequence[FactAssertion] = (),
    decisions: Sequence[Decision] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
    engine: QueryEngine | None = None,
) -> Kinds:
    """Judge every call of `parquet` under each version set, from its coded record. Raises as `evaluate` does.

    `engine`: where the calls are counted by key; else here.
    """
    connection = connect(settings)
    with engine_faults(parquet):
        connection.execute(evaluation_sql.macros())
        histories = tuple(
            with_history(
                connection, parquet, versions=versions, terms=terms, assertions=assertions, decisions=decisions,
                times=decoded(coded),
            )
            for versions in sets
        )  # fmt: skip
        apart = sorted({n for one in histories for n in one})
        connection.execute("CREATE OR REPLACE TEMP TABLE apart AS SELECT unnest($1::BIGINT[]) AS n", [apart])
        if progress is not None:
            progress("comparing times", 0, None)
        shape, every_call = _group(
            connection, coded, sets=sets, terms=terms, apart=bool(apart), engine=engine or InProcess()
        )
        kinds = Kinds(
            connection=connection, parquet=parquet, coded=coded, sets=tuple(sets), terms=terms, histories=histories,
            every_call=every_call, shape=shape,
        )  # fmt: skip
        _judge(kinds, "kind_of_call", into="judged", progress=progress)
    return kinds


def judge_each(kinds: Kinds, numbers: str) -> None:
    """Judge some calls in full, each by itself: the tables `each_0`, `each_1` … `numbers`: SQL of their rows `n`."""
    with engine_faults(kinds.parquet):
        kinds.connection.execute(f"CREATE OR REPLACE TEMP TABLE one_call AS SELECT n FROM ({numbers})")
        _judge(kinds, "one_call", into="each", progress=None)


def _judge(kinds: Kinds, table: str, *, into: str, progress: Progress | None) -> None:
    """Judge the calls whose rows `n` a table has, under each version set."""
    connection = kinds.connection
    _read_rows(connection, kinds.coded, table)
    for at, (versions, history) in enumerate(zip(kinds.sets, kinds.histories, strict=True)):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE with_history AS SELECT unnest($1::BIGINT[]) AS n", [list(history)]
        )
        judge_in_bulk(
            connection, rows=decoded(kinds.coded, calls="chosen_row"),
            wanted=f"source.n IN (SELECT n FROM {table}) AND {WITHOUT_HISTORY}",
            versions=versions, terms=kinds.terms, progress=progress,
        )  # fmt: skip
        here = {n for (n,) in connection.execute(f"SELECT n FROM {table} JOIN with_history USING (n)").fetchall()}
        told = {n: one for n, one in history.items() if n in here}
        assess_history(connection, kinds.parquet, told, versions=versions, terms=kinds.terms)
        connection.execute(f"DROP TABLE IF EXISTS {into}_{at}; ALTER TABLE judged RENAME TO {into}_{at}")


def _group(
    connection: duckdb.DuckDBPyConnection,
    coded: Path,
    *,
    sets: Sequence[VersionSet],
    terms: SourceTerms,
    apart: bool,
    engine: QueryEngine,
) -> tuple[Shape, str]:
    """The tables `key` (a key's words and the row that stands for it) and `kind_of_call`; SQL of every call's kind."""
    manifest, calls = read_coded_manifest(coded), coded_calls(coded)
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW coded_call AS "
        f"SELECT * EXCLUDE (file_row_number), file_row_number AS n FROM {calls}"
    )
    connection.execute(
        Template(query_text("coded_states")).substitute(
            states=coded_table(coded, "state"), later=later_start(terms) or "received"
        )
    )
    duties = make_duties(
        connection, calls=calls, facts=coded_table(coded, "facts"), combinations=manifest.rows["facts"], sets=sets
    )
    shape = _shape(connection, coded, manifest=manifest, duties=duties, terms=terms)
    rows, count = keyed(shape)
    words = ", ".join(f"word_{at}" for at in range(count))
    bulk = _without_apart(rows, apart=apart)
    engine.offer(connection, coded, ("slack", "duty", "bound", "apart"))
    engine.store(
        connection,
        "key",
        ", ".join([*(f"word_{at} BIGINT" for at in range(count)), "kind_n BIGINT", "calls BIGINT"]),
        f"SELECT {words}, min(n) AS kind_n, count(*) AS calls FROM ({bulk}) AS keyed GROUP BY {words}",
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE kind_of_call AS
        SELECT kind_n AS n, calls FROM key UNION ALL SELECT n, 1 AS calls FROM apart"""
    )
    counted = connection.execute("SELECT coalesce(sum(calls), 0)::BIGINT FROM kind_of_call").fetchall()[0][0]
    if counted != manifest.rows["calls"]:
        raise SourceError(
            f"{counted:,} of its {manifest.rows['calls']:,} calls could be read: its tables do not fit together",
            file=str(coded),
            hint="Import the file again; or take the folder away, and the calls themselves are read.",
        )
    every = f"SELECT n, kind_n FROM ({bulk}) AS keyed JOIN key USING ({words})"
    return shape, every + (" UNION ALL SELECT n, n AS kind_n FROM apart" if apart else "")


def keyed_calls(kinds: Kinds, *, beside: Sequence[str] = ()) -> str:
    """SQL of every call that is judged by its kind: row `n`, key (`key_columns`), and columns of the call. In the
    subset that every engine reads alike."""
    rows, _ = keyed(kinds.shape, beside=beside)
    return _without_apart(rows, apart=any(kinds.histories))


def key_columns(kinds: Kinds) -> tuple[str, ...]:
    """The columns of a key."""
    return tuple(f"word_{at}" for at in range(keyed(kinds.shape)[1]))


def _without_apart(rows: str, *, apart: bool) -> str:
    return f"SELECT * FROM ({rows}) AS every_key" + (" WHERE n NOT IN (SELECT n FROM apart)" if apart else "")


def _shape(
    connection: duckdb.DuckDBPyConnection, coded: Path, *, manifest: CodedManifest, duties: Duties, terms: SourceTerms
) -> Shape:
    """The table `bound`, and what the SQL of keys is made from."""
    columns, states = read_columns(connection, coded), manifest.rows["state"]
    exact = _mostly_exact(connection)
    bounded = BOUNDED + (" AND is_exact" if exact else "")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE slack AS SELECT *, {bounded} AS is_bounded FROM slack")
    connection.execute(
        bounds(
            times=TIMES,
            weight=states,
            limits=duties.limits,
            unit_us=manifest.unit_us,
            offsets=columns.offsets,
            terms=terms,
        )
    )
    near_us = _near_the_end(connection, columns, limits=duties.limits)
    others = connection.execute("SELECT count(*) FROM slack WHERE NOT is_bounded").fetchall()
    return Shape(
        states=states,
        unbounded=others != [(0,)],
        exact=exact,
        unit_us=manifest.unit_us,
        origin_us=manifest.origin_us,
        columns=columns,
        duties=duties,
        terms=terms,
        near_us=near_us,
    )


def _near_the_end(connection: duckdb.DuckDBPyConnection, columns: Columns, *, limits: int) -> int | None:
    """From which receipt on the record's end is asked call by call; the table `bound` says it of those before."""
    if columns.receipts is None:
        return None
    first_us, last_us = columns.receipts
    connection.execute(far_from_the_end(limits=limits, first_us=first_us))
    near_us = connection.execute(near_the_end(limits=limits, first_us=first_us)).fetchall()[0][0]
    return last_us + 1 if near_us is None else int(near_us)


def _mostly_exact(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether of the first calls nearly all have exact times: then the few others are worked out one by one."""
    exact, calls = connection.execute(
        f"""SELECT count(*) FILTER (is_exact), count(*)
        FROM (SELECT state FROM coded_call LIMIT {ROW_GROUP_ROWS}) AS call JOIN slack ON slack.code = call.state"""
    ).fetchall()[0]
    return bool(exact >= _NEARLY_ALL * calls)


def _read_rows(connection: duckdb.DuckDBPyConnection, coded: Path, table: str) -> None:
    """The table `chosen_row`: the coded calls whose rows `n` a table has, and those that these were merged into."""
    calls = coded_calls(coded)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE chosen_row AS FROM {calls} WHERE file_row_number IN (SELECT n FROM {table})"
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE other_row AS SELECT DISTINCT merged_into AS n FROM chosen_row
        WHERE merged_into >= 0 AND merged_into NOT IN (SELECT file_row_number FROM chosen_row)"""
    )
    if connection.execute("SELECT count(*) FROM other_row").fetchall() != [(0,)]:
        connection.execute(f"INSERT INTO chosen_row FROM {calls} WHERE file_row_number IN (SELECT n FROM other_row)")


def kind_counts(kinds: Kinds) -> OutcomeCounts:
    """How many calls have each outcome under the first version set. Of several files the counters add up."""
    return count_outcomes(
        kinds.connection,
        """SELECT outcome, reason, facts, carried, sum(calls)::BIGINT
        FROM judged_0 JOIN kind_of_call USING (n) GROUP BY ALL""",
    )


def call_outcomes(kinds: Kinds) -> Iterator[CallOutcome]:
    """The outcome of every call under the first version set, in no particular order, as it streams."""
    with engine_faults(kinds.parquet):
        cursor = kinds.connection.execute(
            f"""SELECT every_call.n, outcome, reason, facts, carried
            FROM ({kinds.every_call}) AS every_call JOIN judged_0 AS judged ON judged.n = every_call.kind_n"""
        )
        while batch := cursor.fetchmany(_BATCH):
            yield from (CallOutcome(*row) for row in batch)
