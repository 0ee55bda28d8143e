"""What the columns of a coded record hold, as its file says itself: what is nowhere recorded need not be read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import msgspec

from answerable.engines.duck import text_literal


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """`empty`: columns without any value. `full`: columns without any blank. `offsets`: the type of the times.
    `merges`: whether some call was merged into a call of the record. `receipts`: between which instants all of them lie
    that are recorded. What the file does not say is taken as possible.
    """

    empty: frozenset[str]
    full: frozenset[str]
    offsets: str
    merges: bool
    receipts: tuple[int, int] | None = None


def read_columns(connection: duckdb.DuckDBPyConnection, folder: Path) -> Columns:
    """What the row groups of `calls.parquet` in the folder say of themselves; no row is read."""
    file = text_literal(str(folder / "calls.parquet"))
    rows = connection.execute(
        f"""SELECT path_in_schema, sum(num_values), count(*) - count(stats_null_count), sum(stats_null_count),
                   min(TRY_CAST(stats_min_value AS BIGINT)), max(TRY_CAST(stats_max_value AS BIGINT)),
                   count(*) - count(TRY_CAST(stats_min_value AS BIGINT))
            FROM parquet_metadata({file}) GROUP BY path_in_schema"""
    ).fetchall()
    known = [(name, values, blanks, most) for name, values, unsaid, blanks, _, most, _ in rows if not unsaid]
    empty = frozenset(name for name, values, blanks, _ in known if blanks == values)
    most = {name: most for name, _, _, most in known}
    spans = {name: (least, greatest) for name, *_, least, greatest, unsaid in rows if not unsaid}
    kinds = dict(
        connection.execute(
            f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet({file}))"
        ).fetchall()
    )
    return Columns(
        empty=empty,
        full=frozenset(name for name, _, blanks, _ in known if blanks == 0),
        offsets=kinds["dispatched_n"],
        merges="merged_into" not in empty and (most.get("merged_into") is None or most["merged_into"] >= 0),
        receipts=spans.get("received_us"),
    )
