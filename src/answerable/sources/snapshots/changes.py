"""The file of changes: one line for each field that a later export changed, and each call that it lacks.

The file only grows: an import onto it copies it byte for byte and adds its own lines.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from answerable.model.call import CALL_COLUMNS
from answerable.sources.profiling.profile import Definition, Grain
from answerable.sources.snapshots.match import LINE, RawColumns
from answerable.sources.sql_text import literal

COLUMNS = (
    "snapshot", "what", "call_id", "identity", "column", "earlier", "later", "earlier_snapshot", "earlier_as_of",
    "later_as_of", "earlier_line", "later_line",
)  # fmt: skip
"""The header. `what`: `published` (a column of the file), `canonical` (what follows from it), `gone`, `unread`,
`undetermined`, `returned`, and of units' rows in a changed call `row_new`, `row_gone`, `row_unread`,
`row_undetermined`."""

_NOT_COMPARED = {"row_key", "raw_hash", "raw_file", "raw_line_no", "observed_at", "as_of", "last_seen_at"}


def find_changes(
    con: duckdb.DuckDBPyConnection, definition: Definition, *, earlier: RawColumns, later: RawColumns, number: int
) -> None:
    """Make the table `changes` over the tables of `snapshot_match` and `as_of_by_snapshot` (snapshot, as_of_us)."""
    con.execute(
        f"""CREATE TABLE pairs AS SELECT m.state, m.earlier AS call_no, m.later AS n,
            coalesce(l.call_id, e.call_id) AS call_id, coalesce(cl.identity, ce.identity) AS identity,
            e.snapshot AS earlier_snapshot, e.last_snapshot, e.gone_in, e.undetermined,
            {_iso("coalesce(e.observed_at, make_timestamptz(ta.as_of_us))")} AS earlier_as_of,
            {_iso("coalesce(l.observed_at, make_timestamptz(tb.as_of_us))")} AS later_as_of,
            e.first_line AS earlier_line, l.first_line AS later_line
        FROM (SELECT * FROM calls_match WHERE state NOT IN ('new', 'unchanged', 'not_covered') OR (state = 'unchanged'
                AND earlier IN (SELECT call_no FROM earlier WHERE gone_in IS NOT NULL))) AS m
        LEFT JOIN (SELECT call_no, call_id, snapshot, last_snapshot, gone_in, undetermined, observed_at,
                raw[1].line AS first_line FROM earlier) AS e ON e.call_no = m.earlier
        LEFT JOIN (SELECT n, call_id, observed_at, raw[1].line AS first_line FROM later) AS l ON l.n = m.later
        LEFT JOIN calls_earlier AS ce ON ce.id = m.earlier
        LEFT JOIN calls_later AS cl ON cl.id = m.later
        LEFT JOIN as_of_by_snapshot AS ta ON ta.snapshot = e.last_snapshot
        LEFT JOIN as_of_by_snapshot AS tb ON tb.snapshot = {number}"""
    )
    con.execute(
        f"""CREATE TABLE changes AS SELECT {number} AS snapshot, * FROM (
            {_whole_calls(number)} UNION ALL BY NAME {_canonical()}
            UNION ALL BY NAME {_published(earlier, later)}
            {"UNION ALL BY NAME " + _units() if definition.file.grain is Grain.UNIT_RESPONSE else ""})"""
    )


def _whole_calls(number: int) -> str:
    about = "call_no, call_id, identity, earlier_snapshot, earlier_as_of, later_as_of, earlier_line, later_line"
    # said when it happens, and not again with every export after it
    return f"""SELECT {about}, state AS what, 0 AS rank, NULL::VARCHAR AS "column", NULL::VARCHAR AS earlier,
            NULL::VARCHAR AS later FROM pairs
        WHERE (state = 'gone' AND gone_in IS NULL) OR (state = 'unread' AND last_snapshot = {number - 1})
            OR (state = 'undetermined' AND undetermined IS NOT TRUE)
        UNION ALL BY NAME
        SELECT {about}, 'returned' AS what, 1 AS rank FROM pairs
        WHERE state IN ('unchanged', 'changed') AND gone_in IS NOT NULL"""


def _canonical() -> str:
    compared = [(column, kind) for column, kind in CALL_COLUMNS if column not in _NOT_COMPARED]
    fields = ", ".join(
        f"{{'column': {literal(column)}, 'rank': {at}, 'earlier': {_text(f'e.{column}', kind)}, "
        f"'later': {_text(f'l.{column}', kind)}}}"
        for at, (column, kind) in enumerate(compared, start=3_000_000)
    )
    return f"""SELECT * EXCLUDE (field), field."column" AS "column", field.rank AS rank, field.earlier AS earlier,
            field.later AS later FROM (
                SELECT 'canonical' AS what, unnest([{fields}]) AS field,
                    pairs.* EXCLUDE (state, n, last_snapshot, gone_in, undetermined)
                FROM pairs JOIN earlier AS e USING (call_no) JOIN later AS l ON l.n = pairs.n WHERE state = 'changed')
        WHERE field.earlier IS DISTINCT FROM field.later"""


def _published(earlier: RawColumns, later: RawColumns) -> str:
    columns = [*later.fields, *(column for column in earlier.fields if column not in later.fields)]
    fields = ", ".join(
        f"{{'column': {literal(column)}, 'rank': {at}, 'earlier': nullif({earlier.text(column, row='e.r')}, ''), "
        f"'later': nullif({later.text(column, row='l.r')}, '')}}"
        for at, column in enumerate(columns, start=1_000_000)
    )
    return f"""SELECT * EXCLUDE (field), field."column" AS "column", field.rank AS rank, field.earlier AS earlier,
            field.later AS later FROM (
        WITH changed AS (
            SELECT re.call AS call_no, rl.call AS n, re.line AS earlier_row, rl.line AS later_row, rl.identity
            FROM rows_match AS m JOIN rows_earlier AS re ON re.id = m.earlier JOIN rows_later AS rl ON rl.id = m.later
            WHERE m.state = 'changed'),
        earlier_raw AS (SELECT call_no, unnest(raw) AS r FROM earlier WHERE call_no IN (SELECT call_no FROM changed)),
        later_raw AS (SELECT n, unnest(raw) AS r FROM later WHERE n IN (SELECT n FROM changed))
        SELECT 'published' AS what, changed.call_no, pairs.call_id, changed.identity, pairs.earlier_snapshot,
            pairs.earlier_as_of, pairs.later_as_of, changed.earlier_row AS earlier_line,
            changed.later_row AS later_line, unnest([{fields}]) AS field
        FROM changed JOIN pairs ON pairs.call_no = changed.call_no
        JOIN earlier_raw AS e ON e.call_no = changed.call_no AND e.r.{LINE} = changed.earlier_row
        JOIN later_raw AS l ON l.n = changed.n AND l.r.{LINE} = changed.later_row)
        WHERE field.earlier IS DISTINCT FROM field.later"""


def _units() -> str:
    """Units' rows that came to, or left, a call that both exports have."""
    about = "pairs.earlier_snapshot, pairs.earlier_as_of, pairs.later_as_of"
    return f"""SELECT 'row_' || m.state AS what, 2 AS rank, pairs.call_no, pairs.call_id, re.identity, {about},
            re.line AS earlier_line
        FROM rows_match AS m JOIN rows_earlier AS re ON re.id = m.earlier JOIN pairs ON pairs.call_no = re.call
        WHERE m.later IS NULL AND pairs.state = 'changed'
        UNION ALL BY NAME
        SELECT 'row_' || m.state AS what, 2 AS rank, pairs.call_no, pairs.call_id, rl.identity, {about},
            rl.line AS later_line
        FROM rows_match AS m JOIN rows_later AS rl ON rl.id = m.later JOIN pairs ON pairs.n = rl.call
        WHERE m.earlier IS NULL AND pairs.state = 'changed'"""


def write_changes(con: duckdb.DuckDBPyConnection, *, earlier: Path | None, path: Path) -> None:
    """The earlier file of changes as it is, and after it the lines of `changes`."""
    own = path.with_name(f"{path.name}.own")
    listed = ", ".join(f'"{column}"' for column in COLUMNS)
    con.execute(
        f"""COPY (SELECT {listed} FROM changes ORDER BY call_no NULLS LAST, rank, earlier_line, later_line)
        TO {literal(str(own))} (FORMAT csv, HEADER {"false" if earlier else "true"})"""
    )
    with path.open("wb") as out:
        for part in (earlier, own):
            if part is not None:
                with part.open("rb") as read:
                    shutil.copyfileobj(read, out)
    own.unlink()


def changed_columns(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """By canonical column, how many calls changed in it; in the columns' order."""
    found = dict(
        con.execute(
            """SELECT "column", count(DISTINCT call_no) FROM changes WHERE what = 'canonical' GROUP BY ALL"""
        ).fetchall()
    )
    return {column: found[column] for column, _ in CALL_COLUMNS if column in found}


def _text(value: str, kind: str) -> str:
    return _iso(value) if kind == "TIMESTAMPTZ" else f"{value}::VARCHAR"


def _iso(value: str) -> str:
    return f"(replace(({value} AT TIME ZONE 'UTC')::VARCHAR, ' ', 'T') || 'Z')"
