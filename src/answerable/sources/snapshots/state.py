"""The calls as they were last seen, and the history of every observation, as two Parquet files.

Both have, beside the canonical columns and `raw`: `call_no`, the number that a call keeps through all exports, and
`snapshot`, the export in which this observation of it came. The calls have also `last_snapshot`, the last export that
had it, `gone_in`, the first export since that reaches it and lacks it, and `undetermined`; the history has `state`:
new, changed or undetermined.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from answerable.model.call import CALL_COLUMNS
from answerable.model.snapshot import JUDGED, Edited
from answerable.sources.rows.staging import PARQUET, count
from answerable.sources.sql_text import literal

_CANONICAL = ", ".join(column for column, _ in CALL_COLUMNS)
_KEYS_AT_ONCE = 100_000


def view_earlier(con: duckdb.DuckDBPyConnection, parquet: Path, *, plain: bool) -> None:
    """The view `earlier`; `plain`: a first export, imported without any before it."""
    file = literal(str(parquet))
    if plain:
        con.execute(
            f"""CREATE VIEW earlier AS SELECT {_CANONICAL}, raw, file_row_number + 1 AS call_no,
            1 AS snapshot, 1 AS last_snapshot, NULL::INTEGER AS gone_in, FALSE AS undetermined
            FROM read_parquet({file}, file_row_number = true)"""
        )
    else:
        con.execute(f"CREATE VIEW earlier AS SELECT * FROM read_parquet({file})")


def view_later(con: duckdb.DuckDBPyConnection, parquet: Path) -> None:
    """The view `later`, with the position of each call as `n`."""
    con.execute(
        f"""CREATE VIEW later AS SELECT *, file_row_number AS n
        FROM read_parquet({literal(str(parquet))}, file_row_number = true)"""
    )


def view_history(con: duckdb.DuckDBPyConnection, parquet: Path | None) -> None:
    """The view `earlier_history`; without a file everything known is a first observation."""
    if parquet is None:
        con.execute(
            f"""CREATE VIEW earlier_history AS
            SELECT call_no, snapshot, 'new' AS state, {_CANONICAL}, raw FROM earlier"""
        )
    else:
        con.execute(f"CREATE VIEW earlier_history AS SELECT * FROM read_parquet({literal(str(parquet))})")


def add_observations(con: duckdb.DuckDBPyConnection, number: int) -> int:
    """Make the tables `added` (n, call_no, state) and `kept` (call_no, state); how many were added."""
    con.execute(
        """CREATE TABLE added AS SELECT later AS n, state, coalesce(earlier,
            (SELECT coalesce(max(call_no), 0) FROM earlier)
                + row_number() OVER (PARTITION BY earlier IS NULL ORDER BY later)) AS call_no
        FROM calls_match WHERE later IS NOT NULL AND state <> 'unchanged'"""
    )
    con.execute(
        """CREATE TABLE kept AS SELECT earlier AS call_no, state FROM calls_match
        WHERE earlier IS NOT NULL AND state <> 'changed'"""
    )
    con.execute(
        f"""CREATE VIEW observed AS SELECT added.call_no, {number} AS snapshot, added.state, later.* EXCLUDE (n)
        FROM later JOIN added USING (n)"""
    )
    return count(con, "SELECT count(*) FROM added")


def write_history(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Every earlier observation as it stood, and after them those of this export."""
    con.execute(
        f"""COPY (SELECT * FROM earlier_history UNION ALL BY NAME (SELECT * FROM observed)
            ORDER BY snapshot, call_no) TO {literal(str(path))} {PARQUET}"""
    )


def write_calls(con: duckdb.DuckDBPyConnection, path: Path, *, number: int) -> None:
    """The latest observation of every call, in the order of receipt. `last_seen_at` marks what this export lacks."""
    con.execute(
        f"""COPY (SELECT {
            _CANONICAL.replace(
                "last_seen_at",
                f'''CASE WHEN last_snapshot < {number}
                THEN make_timestamptz(as_of_us) END AS last_seen_at''',
            )
        },
                raw, call_no, snapshot, last_snapshot, gone_in, undetermined
            FROM (
                SELECT earlier.* REPLACE (
                    CASE WHEN state = 'unchanged' THEN {number} ELSE last_snapshot END AS last_snapshot,
                    CASE WHEN state = 'gone' THEN coalesce(gone_in, {number})
                        WHEN state <> 'unchanged' THEN gone_in END AS gone_in,
                    undetermined OR state = 'undetermined' AS undetermined)
                FROM earlier JOIN kept USING (call_no)
                UNION ALL BY NAME
                SELECT * EXCLUDE (state), {number} AS last_snapshot, NULL::INTEGER AS gone_in,
                    state = 'undetermined' AS undetermined FROM observed
            ) LEFT JOIN (SELECT snapshot AS last_snapshot, as_of_us FROM as_of_by_snapshot) USING (last_snapshot)
            ORDER BY received_at NULLS LAST, call_no)
        TO {literal(str(path))} {PARQUET}"""
    )


def keys_sha256(con: duckdb.DuckDBPyConnection, relation: str) -> str:
    """SHA-256 of the row keys of a relation, sorted, one a line: the same whatever file they stand in."""
    found = con.execute(f"SELECT row_key FROM {relation} ORDER BY row_key")
    hashed = hashlib.sha256()
    while rows := found.fetchmany(_KEYS_AT_ONCE):
        hashed.update("".join(f"{key}\n" for (key,) in rows).encode())
    return hashed.hexdigest()


def edited(con: duckdb.DuckDBPyConnection, *, calls: str, history: str) -> Edited:
    """What later exports did to what was published first. `calls`, `history`: SQL of the two files."""
    differs = {column: f"count(DISTINCT coalesce({column}::VARCHAR, chr(0))) > 1" for column in JUDGED}
    changed = ", ".join(f"count(*) FILTER ({column})" for column in JUDGED)
    row = con.execute(
        f"""SELECT count(*) FILTER ({" OR ".join(JUDGED)}), {changed} FROM (
            SELECT {", ".join(f"{sql} AS {column}" for column, sql in differs.items())}
            FROM {history} WHERE call_no IN (SELECT call_no FROM {history} WHERE state = 'changed') GROUP BY call_no)"""
    ).fetchone() or (0, *(0 for _ in JUDGED))
    return Edited(
        calls=row[0],
        columns={column: found for column, found in zip(JUDGED, row[1:], strict=True) if found},
        gone=count(con, f"SELECT count(gone_in) FROM {calls}"),
        undetermined=count(con, f"SELECT count(*) FROM {calls} WHERE undetermined"),
    )


def as_of_by_snapshot(con: duckdb.DuckDBPyConnection, as_of_us: Sequence[int | None]) -> None:
    """The table of that name: up to when each export, from the first, can speak."""
    con.execute("CREATE TABLE as_of_by_snapshot (snapshot INTEGER, as_of_us BIGINT)")
    con.executemany("INSERT INTO as_of_by_snapshot VALUES (?, ?)", list(enumerate(as_of_us, start=1)))
