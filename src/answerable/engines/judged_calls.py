"""The judged calls of a file, by scope: what the claims are answered from (the port `answer.ports.JudgedCalls`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import duckdb
import msgspec

from answerable.answer.assess import Assessment
from answerable.answer.judged import JudgedCall
from answerable.answer.ports import Scoped
from answerable.answer.record import SourceTerms
from answerable.engines.call_numbers import gaps_in_numbers
from answerable.engines.duck import engine_faults, text_literal
from answerable.engines.evaluate import Judgement
from answerable.model.call import Known
from answerable.model.claim import Scope
from answerable.model.decision import Decision
from answerable.model.outcome import IGNORED, Outcome, Reason, Ruling
from answerable.model.vocabulary import FACTS, FactValue
from answerable.policy import holds, parse_condition

_FACTS = tuple(FACTS)
_BATCH = 10_000
_SCOPES = ("scope", "combination", "chosen", "chosen_judged", "chosen_told", "chosen_shown")


class JudgedFile:
    """Every call of one source with its ruling. Implements `answerable.answer.ports.JudgedCalls`."""

    def __init__(self, judgement: Judgement, *, terms: SourceTerms) -> None:
        self._judgement, self._terms = judgement, terms
        self._connection = judgement.connection
        self._prepare()

    def _prepare(self) -> None:
        """The view `told` (row, key, when told, facts known), with what was asserted beside the row overlaid."""
        facts = ", ".join(f"fact_{fact} AS {fact}" for fact in _FACTS)
        rows = f"""SELECT file_row_number AS n, call_id, row_key, epoch_us({self._start()}) AS told_us, {facts}
            FROM read_parquet({self._source()}, file_row_number = true)"""
        apart = [(n, one.periods[-1].period.stretch.facts) for n, one in self._judgement.assessments.items()]
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE overlaid AS FROM ({rows}) WHERE n IN (SELECT unnest($1::BIGINT[]))",
            [[n for n, _ in apart]],
        )
        values = ", ".join(f"{fact} = ${index + 2}" for index, fact in enumerate(_FACTS))
        for n, known in apart:
            self._connection.execute(
                f"UPDATE overlaid SET {values} WHERE n = $1", [n, *(known.get(fact) for fact in _FACTS)]
            )
        if apart:
            rows = f"FROM ({rows}) WHERE n NOT IN (SELECT n FROM overlaid) UNION ALL FROM overlaid"
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW told AS {rows}")

    def _start(self) -> str:
        start = self._terms.start_point
        return "received_at" if start in (None, "received") else f"coalesce(received_at, {start}_at)"

    def _source(self) -> str:
        return text_literal(str(self._judgement.parquet))

    def in_scope(self, scope: Scope, *, where: str | None = None) -> Scoped:
        """The calls of `scope`, narrowed by `where`. Raises PolicyError for a condition that cannot be read."""
        missing = self.select(scope, where=where)
        possible = self._connection.execute("SELECT count(*) FROM scope WHERE NOT surely").fetchall()[0][0]
        return Scoped(calls=self.read("SELECT n FROM scope WHERE surely"), possible=possible, missing=missing)

    def select(self, scope: Scope, *, where: str | None = None) -> tuple[str, ...]:
        """Fill the table `scope` (`n`, `surely`) with what is, or may be, in scope; which listed calls are missing."""
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE scope AS SELECT n, true AS surely FROM told WHERE {_window(scope)}"
        )
        missing = self._keep_listed(scope.calls)
        for condition in (scope.where, where):
            if condition is not None:
                self._keep_where(condition)
        return missing

    def _keep_listed(self, calls: Sequence[str]) -> tuple[str, ...]:
        if not calls:
            return ()
        wanted = "SELECT unnest($1::VARCHAR[])"
        named = f"call_id IN ({wanted}) OR row_key IN ({wanted})"
        self._connection.execute(f"DELETE FROM scope WHERE n NOT IN (SELECT n FROM told WHERE {named})", [list(calls)])
        found = self._connection.execute(f"SELECT call_id, row_key FROM told WHERE {named}", [list(calls)]).fetchall()
        names = {name for row in found for name in row}
        return tuple(call for call in calls if call not in names)

    def _keep_where(self, text: str) -> None:
        """Hold a condition against each combination of facts that occurs; what is unknown stays, as possible only."""
        condition = parse_condition(text, FACTS)
        facts = [fact for fact in _FACTS if re.search(rf"\b{fact}\b", text)]
        columns = ", ".join(facts) or "1 AS one"
        self._connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE combination AS SELECT row_number() OVER () AS code, *
                FROM (SELECT DISTINCT {columns} FROM told JOIN scope USING (n))"""
        )
        rows = self._connection.execute("SELECT * FROM combination").fetchall()
        answers = {code: holds(condition, dict(zip(facts, known, strict=False))) for code, *known in rows}
        surely = ", ".join(str(code) for code, answer in answers.items() if answer is True) or "0"
        maybe = ", ".join(str(code) for code, answer in answers.items() if answer is not False) or "0"
        same = " AND ".join(f"told.{fact} IS NOT DISTINCT FROM combination.{fact}" for fact in facts)
        self._connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE scope AS
                SELECT n, surely AND code IN ({surely}) AS surely
                FROM scope JOIN told USING (n) JOIN combination ON {same or "true"} WHERE code IN ({maybe})"""
        )

    def read(self, rows: str) -> tuple[JudgedCall, ...]:
        """The judged calls of a query that yields their `n`, in the order of being told."""
        con = self._connection
        # each of the large ones is looked through by itself for the few that are wanted
        con.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS {rows}")
        con.execute("CREATE OR REPLACE TEMP TABLE chosen_judged AS FROM judged SEMI JOIN chosen USING (n)")
        con.execute("CREATE OR REPLACE TEMP TABLE chosen_told AS FROM told SEMI JOIN chosen USING (n)")
        con.execute(f"CREATE OR REPLACE TEMP TABLE chosen_shown AS FROM ({self._shown()}) SEMI JOIN chosen USING (n)")
        facts = ", ".join(f"told.{fact}" for fact in _FACTS)
        cursor = con.execute(
            f"""SELECT judged.*, shown.* EXCLUDE (n), {facts}
                FROM chosen_judged AS judged JOIN chosen_told AS told USING (n) JOIN chosen_shown AS shown USING (n)
                ORDER BY shown.told_us NULLS LAST, n"""
        )
        names = [column[0] for column in cursor.description]
        return tuple(self._call(dict(zip(names, row, strict=True))) for row in _rows(cursor))

    def forget_scopes(self) -> None:
        """Give back what was kept of scopes; the next one is looked for anew."""
        for table in _SCOPES:
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")

    def _shown(self) -> str:
        """SQL of what is shown of every call, in the order of the file."""
        return f"""SELECT file_row_number AS n, call_id, row_key, epoch_us({self._start()}) AS told_us,
            disposition_raw, dispatched AS sent, origin, entry_kind, district, beat,
            coalesce(type_final_text, type_final, type_initial_text, type_initial, '') AS type,
            coalesce(priority_initial_raw, priority_final_raw, '') AS shown_priority
            FROM read_parquet({self._source()}, file_row_number = true)"""

    def count(self) -> int:
        """How many calls there are."""
        return int(self._connection.execute("SELECT count(*) FROM told").fetchall()[0][0])

    def every(self, *, first: int = 0) -> Iterator[JudgedCall]:
        """Every call from row `first` on in the order of the file, without its facts, as it streams: of many calls few
        are in memory.

        Nothing else may be asked meanwhile. Raises StorageError.
        """
        with engine_faults(self._judgement.parquet), closing(self._connection.cursor()) as reading:
            shown = reading.execute(f"{self._shown()} WHERE file_row_number >= {first}")
            names = [column[0] for column in shown.description]
            for judged, row in zip(self._every_judged(first), _rows(shown), strict=True):
                about = dict(zip(names, row, strict=True))
                if about["n"] != judged["n"]:
                    raise AssertionError(f"row {judged['n']} was judged where row {about['n']} is shown")
                yield self._call({**about, **judged})

    def _every_judged(self, first: int) -> Iterator[dict[str, Any]]:
        """The rows of `judged` from row `first` on, in the order of the file."""
        con, file = self._connection, self._judgement.every
        if file is None:
            every = con.execute(f"SELECT * FROM judged WHERE n >= {first} ORDER BY n")
            names = [column[0] for column in every.description]
            yield from (dict(zip(names, row, strict=True)) for row in _rows(every))
            return
        ruled = con.execute("SELECT * FROM judged_0")
        names = [column[0] for column in ruled.description]
        kinds = {row["n"]: row for row in (dict(zip(names, one, strict=True)) for one in ruled.fetchall())}
        stored = f"read_parquet({text_literal(str(file))})"
        every = con.execute(
            f"SELECT n, kind_n, by_itself, dispatched_s, arrived_s, contact_s FROM {stored} WHERE n >= {first}"
        )
        for n, kind_n, by_itself, dispatched_s, arrived_s, contact_s in _rows(every):
            if by_itself:
                yield kinds[kind_n]
                continue
            yield {
                **kinds[kind_n], "n": n, "dispatched_s": dispatched_s, "arrived_s": arrived_s, "contact_s": contact_s,
            }  # fmt: skip

    def _call(self, row: dict[str, Any]) -> JudgedCall:
        known: dict[str, FactValue] = {fact: row[fact] for fact in _FACTS if row.get(fact) is not None}
        call = JudgedCall(
            key=row["call_id"] or row["row_key"],
            row_key=row["row_key"],
            received_us=row["told_us"],
            ruling=_ruling(row),
            facts=known,
            version=row["version"],
            rule=row["rule"],
            duty=row["duty"],
            limit_s=row["limit_s"],
            arrive_limit_s=row["arrive_limit_s"],
            dispatched_s=row["dispatched_s"],
            arrived_s=row["arrived_s"],
            contact_s=row["contact_s"],
            disposition_raw=row["disposition_raw"],
            type=row["type"],
            priority=row["shown_priority"],
            district=row["district"] or "",
            beat=row["beat"] or "",
            origin=row["origin"],
            sent=Known(row["sent"]),
            entry_kind=row["entry_kind"],
        )
        assessment = self._judgement.assessments.get(row["n"])
        return call if assessment is None else _with_history(call, assessment)

    def ignored(self) -> tuple[JudgedCall, ...]:
        """Every call that was ignored, wherever it is, whether or not anybody complained."""
        names = ", ".join(text_literal(outcome.value) for outcome in IGNORED)
        return self.read(f"SELECT n FROM judged WHERE outcome IN ({names}) OR carried IN ({names})")

    def calls_by_version(self) -> Counter[str]:
        """How many calls each version of the policy governed."""
        one = self._judgement
        rows = self._connection.execute(
            f"SELECT version, {one.calls} FROM {one.counted} WHERE version IS NOT NULL GROUP BY ALL"
        )
        return Counter(dict(rows.fetchall()))

    def number_gaps(self) -> int | None:
        """Call numbers missing between the first and the last of each series (`gaps_in_numbers`)."""
        return gaps_in_numbers(self._connection, self._judgement.parquet)


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


def _window(scope: Scope) -> str:
    """Received from `from` (inclusive) to `to` (exclusive); a call without a time is in no window."""
    parts = []
    if scope.from_us is not None:
        parts.append(f"told_us >= {scope.from_us}")
    if scope.to_us is not None:
        parts.append(f"told_us < {scope.to_us}")
    return " AND ".join(parts) or "true"


def _ruling(row: dict[str, Any]) -> Ruling:
    return Ruling(
        outcome=Outcome(row["outcome"]),
        reason=None if row["reason"] is None else Reason(row["reason"]),
        facts=tuple(filter(None, (row["facts"] or "").split(","))),
        carried=None if row["carried"] is None else Outcome(row["carried"]),
    )


def _with_history(call: JudgedCall, assessment: Assessment) -> JudgedCall:
    deciding = assessment.deciding
    decline = deciding.period.decline
    return msgspec.structs.replace(
        call,
        period=deciding.period.cause,
        decided_s=assessment.decided_s(),
        decider=None if decline is None else decline.actor,
        clause=None if decline is None else decline.clause,
        links=deciding.links,
        recorder_is_decider=_recorded_by_decider(decline),
    )


def _recorded_by_decider(decision: Decision | None) -> bool | None:
    if decision is None or decision.recorded_by is None or decision.actor is None:
        return None
    return decision.recorded_by.casefold() == decision.actor.casefold()
