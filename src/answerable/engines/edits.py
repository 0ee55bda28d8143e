"""Calls that were edited after they were first published: in what, and whether that changed what is said of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.engines.evaluate import Judgement
from answerable.model.call import CALL_COLUMNS
from answerable.model.examination import EditRow, Edits
from answerable.model.snapshot import JUDGED, Snapshots

_KINDS = dict(CALL_COLUMNS)
_OF_CALL = "coalesce(call_id, row_key)"


def write_first_published(calls: Path, history: Path, out: Path, *, settings: Settings | None = None) -> None:
    """Write `calls` as it would be if every edited call still stood as it was first published.

    All calls are in it, so that one merged into another still finds it. Raises SourceError, StorageError.
    """
    connection = connect(settings)
    columns = ", ".join(column for column, _ in CALL_COLUMNS)
    try:
        with engine_faults(calls):
            connection.execute(
                f"""COPY (
                    WITH first AS (
                        SELECT * FROM {_file(history)}
                        WHERE call_no IN (SELECT call_no FROM {_file(history)} WHERE state = 'changed')
                        QUALIFY snapshot = min(snapshot) OVER (PARTITION BY call_no))
                    SELECT {columns}, call_no FROM {_file(calls)} WHERE call_no NOT IN (SELECT call_no FROM first)
                    UNION ALL BY NAME
                    SELECT {columns.replace("last_seen_at", "now.last_seen_at")}, call_no FROM first
                    JOIN (SELECT call_no, last_seen_at FROM {_file(calls)}) AS now USING (call_no)
                    ORDER BY received_at NULLS LAST, call_no
                ) TO {text_literal(str(out))} (FORMAT parquet)"""
            )
    finally:
        connection.close()


def find_edits(now: Judgement, first: Judgement, *, history: Path, snapshots: Snapshots) -> Edits:
    """Every edit after first publication. `now` judged the calls as they were last seen, `first` as first published."""
    connection = now.connection
    connection.execute("CREATE OR REPLACE TEMP TABLE as_of (snapshot INTEGER, said VARCHAR)")
    connection.execute(
        """INSERT INTO as_of SELECT snapshot, replace((make_timestamptz(at_us) AT TIME ZONE 'UTC')::VARCHAR, ' ', 'T')
            || 'Z' FROM (SELECT unnest($1::INTEGER[]) AS snapshot, unnest($2::BIGINT[]) AS at_us)""",
        [[one.number for one in snapshots.every], [one.as_of_us for one in snapshots.every]],
    )
    then, today = _outcomes(first, history), _outcomes(now, history)
    with engine_faults(now.parquet):
        found = connection.execute(_changed(now.parquet, history) + " UNION ALL " + _whole(now.parquet)).fetchall()
    rows = tuple(
        EditRow(
            call=call,
            what=what,
            column=column,
            earlier=earlier or "",
            later=later or "",
            earlier_as_of=before or "",
            later_as_of=after or "",
            outcome_first=then.get(call_no, ""),
            outcome_now=today.get(call_no, ""),
        )
        for call_no, call, what, column, _, earlier, later, before, after in sorted(
            found, key=lambda row: (row[0], row[4])
        )
    )
    changed = Counter((then[call_no], outcome) for call_no, outcome in today.items() if then[call_no] != outcome)
    return Edits(rows=rows, outcomes=tuple((*pair, calls) for pair, calls in changed.most_common()))


def _outcomes(judgement: Judgement, history: Path) -> dict[int, str]:
    """By call number in the file, the outcome of every call that was changed."""
    with engine_faults(judgement.parquet):
        return dict(
            judgement.connection.execute(
                f"""SELECT call_no, outcome FROM judged JOIN (
                    SELECT file_row_number AS n, call_no
                    FROM read_parquet({text_literal(str(judgement.parquet))}, file_row_number = true)) USING (n)
                WHERE call_no IN (SELECT call_no FROM {_file(history)} WHERE state = 'changed')"""
            ).fetchall()
        )


def _changed(calls: Path, history: Path) -> str:
    """Every two observations of a call that follow each other, field by field."""
    fields = ", ".join(
        f"{{'name': {text_literal(column)}, 'nth': {nth}, 'earlier': {_text(f'e.{column}', column)}, "
        f"'later': {_text(f'l.{column}', column)}}}"
        for nth, column in enumerate(JUDGED)
    )
    return f"""SELECT call_no, call, 'edited', field.name, changes.snapshot * 1000 + field.nth,
            field.earlier, field.later, before.said, after.said
        FROM (
            WITH seen AS (
                SELECT *, lag(snapshot) OVER (PARTITION BY call_no ORDER BY snapshot) AS previous
                FROM {_file(history)}
                WHERE call_no IN (SELECT call_no FROM {_file(history)} WHERE state = 'changed'))
            SELECT l.call_no, l.snapshot, e.snapshot AS previous, unnest([{fields}]) AS field
            FROM seen AS l JOIN seen AS e ON e.call_no = l.call_no AND e.snapshot = l.previous) AS changes
        JOIN (SELECT call_no, {_OF_CALL} AS call FROM {_file(calls)}) USING (call_no)
        LEFT JOIN as_of AS before ON before.snapshot = previous
        LEFT JOIN as_of AS after ON after.snapshot = changes.snapshot
        WHERE field.earlier IS DISTINCT FROM field.later"""


def _whole(calls: Path) -> str:
    return f"""SELECT call_no, {_OF_CALL}, what, '', nth, NULL, NULL, before.said, after.said
        FROM (
            SELECT *, 'gone' AS what, -1 AS nth FROM {_file(calls)} WHERE gone_in IS NOT NULL
            UNION ALL BY NAME
            SELECT *, 'undetermined' AS what, -2 AS nth FROM {_file(calls)} WHERE undetermined) AS calls
        LEFT JOIN as_of AS before ON before.snapshot = calls.last_snapshot
        LEFT JOIN as_of AS after ON after.snapshot = calls.gone_in"""


def _text(value: str, column: str) -> str:
    if _KINDS[column] == "TIMESTAMPTZ":
        return f"(replace(({value} AT TIME ZONE 'UTC')::VARCHAR, ' ', 'T') || 'Z')"
    return f"{value}::VARCHAR"


def _file(path: Path) -> str:
    return f"read_parquet({text_literal(str(path))})"
