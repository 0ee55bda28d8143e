"""Calls read back one by one, for those whose history the reference must judge."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from answerable.answer.periods import ENDS
from answerable.answer.record import CallRecord, SourceTerms
from answerable.engines.duck import text_literal
from answerable.errors import ClaimError
from answerable.model.call import (
    CLOCK_POINTS,
    FACT_COLUMNS,
    Disposition,
    EndedBy,
    EntryKind,
    Handover,
    Known,
    Origin,
)
from answerable.model.decision import Decision, FactAssertion
from answerable.policy import VersionSet

_COLUMNS = (
    "row_key", "call_id", "duplicate_of", "origin", "entry_kind", "abandoned", "dispatched", "dispatched_evidence",
    "arrived", "disposition", "ended_by", "reason_given", "handover",
)  # fmt: skip


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What was said and decided about the call in row `n` of the file."""

    n: int
    assertions: tuple[FactAssertion, ...] = ()
    decisions: tuple[Decision, ...] = ()


def with_history(
    connection: duckdb.DuckDBPyConnection,
    parquet: Path,
    *,
    versions: VersionSet,
    terms: SourceTerms,
    assertions: Sequence[FactAssertion],
    decisions: Sequence[Decision],
    times: str | None = None,
) -> dict[int, History]:
    """The calls that the reference must judge, by row; also written to the table `with_history`.

    `times`: SQL of the rows with `n`, clock points and their quality, where something quicker than the file has them.

    Raises ClaimError where a fact or decision names a call number that stands more than once.
    """
    said, taken = defaultdict[str, list[FactAssertion]](list), defaultdict[str, list[Decision]](list)
    for assertion in assertions:
        said[assertion.call].append(assertion)
    for decision in decisions:
        taken[decision.call].append(decision)
    found = {
        n: History(n=n, assertions=tuple(said[name]), decisions=tuple(taken[name]))
        for name, n in _rows_named(connection, parquet, {*said, *taken}).items()
    }
    for n in _open_across_versions(connection, times or _numbered(parquet), versions=versions, terms=terms):
        found.setdefault(n, History(n=n))
    connection.execute("CREATE OR REPLACE TEMP TABLE with_history AS SELECT unnest($1::BIGINT[]) AS n", [list(found)])
    return found


def _rows_named(connection: duckdb.DuckDBPyConnection, parquet: Path, names: set[str]) -> dict[str, int]:
    if not names:
        return {}
    rows = connection.execute(
        f"""SELECT coalesce(named.name, row_key), file_row_number
            FROM read_parquet({text_literal(str(parquet))}, file_row_number = true) AS source
            LEFT JOIN (SELECT unnest($1::VARCHAR[]) AS name) AS named ON named.name = source.call_id
            WHERE named.name IS NOT NULL OR row_key IN (SELECT unnest($1::VARCHAR[]))""",
        [sorted(names)],
    ).fetchall()
    twice = [name for name, count in Counter(name for name, _ in rows).items() if count > 1]
    if twice:
        raise ClaimError(
            f"call number {twice[0]!r} stands more than once in this source; a fact or decision about it is ambiguous",
            hint="Name the call by its row_key (a column of the Parquet file that `answerable import` writes).",
        )
    return dict(rows)


def unknown_calls(connection: duckdb.DuckDBPyConnection, parquet: Path, names: set[str]) -> tuple[str, ...]:
    """Which of `names` are neither a call number nor a row key of this source."""
    return tuple(sorted(names - set(_rows_named(connection, parquet, names))))


def _numbered(parquet: Path) -> str:
    return f"SELECT *, file_row_number AS n FROM read_parquet({text_literal(str(parquet))}, file_row_number = true)"


def _open_across_versions(
    connection: duckdb.DuckDBPyConnection, times: str, *, versions: VersionSet, terms: SourceTerms
) -> list[int]:
    """Calls that were open when a later version came into force: it may have raised what they are owed."""
    changes = [policy.effective_from_us for policy in versions.policies][1:]
    if not changes:
        return []
    points = ["received", *([terms.start_point] if terms.start_point not in (None, "received") else [])]
    told = ", ".join(f"hi({point}_at, quality_{point})" for point in points)
    over = ", ".join(f"hi({point}_at, quality_{point})" for point in ENDS)
    rows = connection.execute(
        f"""SELECT DISTINCT n FROM (
              SELECT n, coalesce({told}, NULL) AS told_us, greatest({over}) AS over_us FROM ({times})
            ), (SELECT unnest($1::BIGINT[]) AS at_us) AS change
            WHERE told_us < at_us AND (over_us IS NULL OR over_us > at_us)""",
        [changes],
    ).fetchall()
    return [n for (n,) in rows]


def call_records(
    connection: duckdb.DuckDBPyConnection, parquet: Path, history: Mapping[int, History]
) -> Iterator[tuple[int, CallRecord, tuple[FactAssertion, ...], tuple[Decision, ...]]]:
    """(row, call, its assertions, its decisions) for every row of `history`."""
    for n, call in read_records(connection, parquet, sorted(history)):
        yield n, call, history[n].assertions, history[n].decisions


def read_records(
    connection: duckdb.DuckDBPyConnection, parquet: Path, rows: Sequence[int] | None = None
) -> list[tuple[int, CallRecord]]:
    """The calls in these rows of the file (None: all of them), merged calls with the call they were merged into."""
    if rows is not None and not rows:
        return []
    wanted = _read(connection, parquet, "true" if rows is None else "n IN (SELECT unnest($1::BIGINT[]))", rows)
    targets = {
        row["call_id"]: row
        for row in _read(
            connection,
            parquet,
            "call_id IN (SELECT unnest($1::VARCHAR[])) AND same_id = 1",
            sorted({row["duplicate_of"] for row in wanted if row["duplicate_of"] is not None}),
        )
    }
    return [(row["n"], _record(row, targets.get(row["duplicate_of"]))) for row in wanted]


def _read(
    connection: duckdb.DuckDBPyConnection, parquet: Path, where: str, values: Sequence[object] | None
) -> list[dict[str, Any]]:
    points = [f"epoch_us({point}_at) AS {point}_us, quality_{point}" for point in CLOCK_POINTS]
    columns = ", ".join(
        [*_COLUMNS, "epoch_us(last_seen_at) AS last_seen_us", *points, *(name for name, _ in FACT_COLUMNS)]
    )
    cursor = connection.execute(
        f"""SELECT n, {columns} FROM (
              SELECT *, file_row_number AS n, count(*) OVER (PARTITION BY call_id) AS same_id
              FROM read_parquet({text_literal(str(parquet))}, file_row_number = true)
            ) WHERE {where} ORDER BY n""",
        [list(values)] if values is not None else [],
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _record(row: dict[str, Any], target: dict[str, Any] | None) -> CallRecord:
    facts = {name.removeprefix("fact_"): row[name] for name, _ in FACT_COLUMNS}
    priority_final = facts.pop("priority_final")
    return CallRecord(
        key=row["call_id"] or row["row_key"],
        row_key=row["row_key"],
        call_id=row["call_id"],
        times_us={point: row[f"{point}_us"] for point in CLOCK_POINTS if row[f"{point}_us"] is not None},
        quality={point: row[f"quality_{point}"] for point in CLOCK_POINTS if row[f"quality_{point}"]},
        origin=Origin(row["origin"]),
        entry_kind=EntryKind(row["entry_kind"]),
        abandoned=row["abandoned"],
        dispatched=Known(row["dispatched"]),
        dispatched_evidence=row["dispatched_evidence"],
        arrived=Known(row["arrived"]),
        disposition=Disposition(row["disposition"]),
        ended_by=EndedBy(row["ended_by"]),
        reason_given=Known(row["reason_given"]),
        handover=Handover(row["handover"]),
        merged=row["disposition"] == "duplicate" or row["duplicate_of"] is not None,
        target=None if target is None or target["n"] == row["n"] else _record(target, None),
        facts={fact: value for fact, value in facts.items() if value is not None},
        priority_final=priority_final,
        last_seen_us=row["last_seen_us"],
    )
