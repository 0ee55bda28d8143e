"""An audit of one file of imported calls: outcomes by month, district and priority, and the calls that were ignored.

From the coded record, by kinds of call, with the bulk queries run by an engine; or one by one by the reference
(`answerable.answer.assess`), which defines what both must give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import msgspec

from answerable.answer.assess import Assessment, assess
from answerable.answer.record import SourceTerms
from answerable.config import Settings
from answerable.engines import evaluation_sql
from answerable.engines.audit_engines import QueryEngine, batches
from answerable.engines.coded_evaluate import Kinds, judge_kinds, key_columns, keyed_calls, kind_counts
from answerable.engines.coded_record import coded_table
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.engines.evaluate import OutcomeCounts, Progress, count_outcomes, insert_rows
from answerable.engines.local_months import Months
from answerable.engines.records import read_records
from answerable.model.audit import Stratum
from answerable.model.outcome import IGNORED
from answerable.policy import VersionSet

_IGNORED = ", ".join(text_literal(outcome.value) for outcome in sorted(IGNORED))
_STRATUM = "outcome VARCHAR, month INTEGER, area BIGINT, priority INTEGER, calls BIGINT"
_IGNORED_ROW = "n BIGINT, kind_n BIGINT"


class IgnoredCall(msgspec.Struct, frozen=True):
    """A line of the list of ignored calls. `received_us` is when it was told."""

    call: str
    received_us: int | None
    type: str
    district: str
    beat: str
    outcome: str
    carried: str | None
    rule: str | None


class FileAudit(msgspec.Struct, frozen=True, kw_only=True):
    """What one file gives: counts, strata, calls under each version; and how to read its ignored calls, in order."""

    connection: duckdb.DuckDBPyConnection
    counts: OutcomeCounts
    strata: Counter[tuple[str, str, int | None, str]]
    versions: Counter[str]
    parquet: Path
    start_point: str | None

    @property
    def ignored_calls(self) -> int:
        """How many calls were ignored."""
        return int(self.connection.execute("SELECT count(*) FROM ignored_call").fetchall()[0][0])

    def ignored(self) -> Iterator[IgnoredCall]:
        """The ignored calls in the order of the file, as they stream."""
        told = (
            "received_at" if self.start_point in (None, "received") else f"coalesce(received_at, {self.start_point}_at)"
        )
        with engine_faults(self.parquet):
            cursor = self.connection.execute(
                f"""SELECT coalesce(call_id, row_key), epoch_us({told}),
                    coalesce(type_final_text, type_final, type_initial_text, type_initial, ''), coalesce(district, ''),
                    coalesce(beat, ''), outcome, carried, rule
                FROM read_parquet({text_literal(str(self.parquet))}, file_row_number = true) AS source
                JOIN ignored_call ON ignored_call.n = source.file_row_number ORDER BY n"""
            )
            while rows := cursor.fetchmany(10_000):
                yield from (IgnoredCall(*row) for row in rows)


def audit_by_kinds(
    parquet: Path,
    *,
    coded: Path,
    versions: VersionSet,
    terms: SourceTerms,
    timezone: str,
    engine: QueryEngine,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> FileAudit:
    """Audit from the coded record, with the bulk queries run by `engine`. Close the connection when done."""
    kinds = judge_kinds(
        parquet, coded=coded, sets=(versions,), terms=terms, settings=settings, progress=progress, engine=engine
    )
    con = kinds.connection
    with engine_faults(parquet):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE priority AS SELECT code::BIGINT AS code, fact_priority::INTEGER AS priority "
            f"FROM {coded_table(coded, 'facts')}"
        )
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE ruled AS SELECT key.* EXCLUDE (calls), outcome,
                outcome IN ({_IGNORED}) OR coalesce(carried IN ({_IGNORED}), false) AS is_ignored
            FROM key JOIN judged_0 AS judged ON judged.n = key.kind_n"""
        )
        engine.offer(con, coded, ("priority", "ruled"))
        months = Months(con, timezone)
        say = progress or (lambda _step, _done, _total: None)
        say("counting by month, district and priority", 0, None)
        engine.store(con, "stratum", _STRATUM, _strata_query(kinds, months))
        say("listing ignored calls", 0, None)
        engine.store(con, "ignored_row", _IGNORED_ROW, _ignored_query(kinds))
        _add_apart(con, months)
        con.execute(
            """CREATE OR REPLACE TEMP TABLE ignored_call AS SELECT row.n, outcome, carried, rule
            FROM ignored_row AS row JOIN judged_0 AS judged ON judged.n = row.kind_n"""
        )
    return FileAudit(
        connection=con,
        counts=kind_counts(kinds),
        strata=_strata(con, coded, months),
        versions=Counter(
            dict(
                con.execute(
                    "SELECT version, sum(calls)::BIGINT FROM judged_0 JOIN kind_of_call USING (n) "
                    "WHERE version IS NOT NULL GROUP BY ALL"
                ).fetchall()
            )
        ),
        parquet=parquet,
        start_point=terms.start_point,
    )


def _strata_query(kinds: Kinds, months: Months) -> str:
    """Every call's outcome, month, area and priority, counted. In the small subset."""
    return f"""SELECT outcome, month, area, priority, count(*) AS calls
FROM (
  SELECT ruled.outcome, {months.case("keyed.received_us")} AS month, keyed.area, priority.priority
  FROM ({keyed_calls(kinds, beside=("received_us", "area", "facts"))}) AS keyed
  JOIN ruled ON {_same_key(kinds)}
  JOIN priority ON priority.code = keyed.facts
) AS placed
GROUP BY outcome, month, area, priority"""


def _ignored_query(kinds: Kinds) -> str:
    """The row of every ignored call, and of the one that stands for its kind. In the small subset."""
    return f"""SELECT keyed.n, ruled.kind_n
FROM ({keyed_calls(kinds)}) AS keyed
JOIN ruled ON {_same_key(kinds)}
WHERE ruled.is_ignored"""


def _same_key(kinds: Kinds) -> str:
    return " AND ".join(f"ruled.{word} = keyed.{word}" for word in key_columns(kinds))


def _add_apart(con: duckdb.DuckDBPyConnection, months: Months) -> None:
    """The calls that are judged one by one."""
    con.execute(
        f"""INSERT INTO stratum SELECT outcome, {months.case("own.received_us")}, own.area, priority.priority, count(*)
        FROM apart JOIN coded_call AS own USING (n) JOIN judged_0 AS judged USING (n)
        JOIN priority ON priority.code = own.facts GROUP BY ALL"""
    )
    con.execute(
        f"""INSERT INTO ignored_row SELECT n, n FROM apart JOIN judged_0 AS judged USING (n)
        WHERE outcome IN ({_IGNORED}) OR carried IN ({_IGNORED})"""
    )


def _strata(
    con: duckdb.DuckDBPyConnection, coded: Path, months: Months
) -> Counter[tuple[str, str, int | None, str]]:  # fmt: skip
    found = Counter[tuple[str, str, int | None, str]]()
    for month, district, priority, outcome, calls in con.execute(
        f"""SELECT month, coalesce(district, ''), priority, outcome, sum(calls)::BIGINT FROM stratum
        JOIN {coded_table(coded, "area")} AS area ON area.code = stratum.area GROUP BY ALL"""
    ).fetchall():
        found[months.name(month), district, priority, outcome] += calls
    return found


def audit_by_reference(
    parquet: Path, *, versions: VersionSet, terms: SourceTerms, timezone: str, settings: Settings | None = None,
    progress: Progress | None = None,
) -> FileAudit:  # fmt: skip
    """Audit call by call, as the meaning is defined. Slow, and every call is in memory."""
    con = connect(settings)
    file = text_literal(str(parquet))
    with engine_faults(parquet):
        con.execute(evaluation_sql.macros())
        rows = f"(SELECT epoch_us(received_at) AS received_us FROM read_parquet({file}))"
        months = Months(con, timezone, rows=rows)
        placed = con.execute(f"SELECT coalesce(district, ''), fact_priority FROM read_parquet({file})").fetchall()
        con.execute(
            "CREATE TEMP TABLE outcome_of "
            "(n BIGINT, outcome VARCHAR, reason VARCHAR, facts VARCHAR, carried VARCHAR, rule VARCHAR)"
        )
        strata, governed = Counter[tuple[str, str, int | None, str]](), Counter[str]()

        def assessed() -> Iterator[tuple[object, ...]]:
            for n, call in read_records(con, parquet):
                if progress is not None and n % 10_000 == 0:
                    progress("reading", n, len(placed))
                one = assess(call, versions=versions, terms=terms)
                district, priority = placed[n]
                strata[months.of(call.times_us.get("received")), district, priority, one.ruling.outcome.value] += 1
                if one.policy is not None:
                    governed[one.policy.version] += 1
                yield _row(n, one)

        for batch in batches(assessed()):
            insert_rows(con, "outcome_of", 6, batch)
        con.execute(
            f"""CREATE TEMP TABLE ignored_call AS SELECT n, outcome, carried, rule FROM outcome_of
            WHERE outcome IN ({_IGNORED}) OR carried IN ({_IGNORED})"""
        )
    counts = count_outcomes(con, "SELECT outcome, reason, facts, carried, count(*) FROM outcome_of GROUP BY ALL")
    return FileAudit(
        connection=con, counts=counts, strata=strata, versions=governed, parquet=parquet, start_point=terms.start_point
    )


def _row(n: int, one: Assessment) -> tuple[object, ...]:
    ruling = one.ruling
    return (
        n, ruling.outcome.value, ruling.reason and ruling.reason.value, ",".join(ruling.facts) or None,
        ruling.carried and ruling.carried.value, one.base.rule if one.base is not None else None,
    )  # fmt: skip


def strata_of(found: Sequence[Counter[tuple[str, str, int | None, str]]]) -> tuple[Stratum, ...]:
    """Every stratum of several files, in order."""
    total = sum(found, Counter[tuple[str, str, int | None, str]]())
    ordered = sorted(total.items(), key=lambda one: (*one[0][:2], -1 if one[0][2] is None else one[0][2], one[0][3]))
    return tuple(
        Stratum(month=month, district=district, priority=priority, outcome=outcome, calls=calls)
        for (month, district, priority, outcome), calls in ordered
    )
