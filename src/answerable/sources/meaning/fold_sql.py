"""Rows to calls: one row a call as it is, or rows a unit folded to the call they belong to.

Folding takes the first unit's dispatch, departure and arrival, and the last unit's clearing, which stays open while any
unit is not cleared. Columns of the call itself are those of the first row.
"""

from __future__ import annotations

from answerable.model.call import Quality
from answerable.sources.meaning.clock import ZoneClock
from answerable.sources.meaning.times_sql import instants
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile import Grain
from answerable.sources.sql_text import enum

_LAST_OF_ALL = ("cleared", "closed", "reopened")
_OF_UNITS = ("dispatched", "enroute", "arrived", "cleared")
"""The clock points that another unit's row could have made earlier, or later."""


def kept_rows(layout: Layout, clock: ZoneClock, *, folds: bool, duplicates: bool) -> str:
    """The SELECT of every row to import: `numbered` without what is quarantined or a duplicate, with its instants.

    `folds`, `duplicates`: whether those tables have rows. Where they have none nothing is joined, so that rows in
    order stay in order.
    """
    listed = ", ".join(("numbered.line", *layout.cells, *instants(layout, clock, folds=folds)))
    joined = "numbered LEFT JOIN folds USING (line)" if folds else "numbered"
    without = "ANTI JOIN duplicate_rows USING (line)" if duplicates else ""
    return f"SELECT {listed} FROM {joined} {without} WHERE fault IS NULL"


def entries(layout: Layout, *, in_order: bool, lost: bool = False) -> str:
    """The SELECT of one row a call, over the view `kept`: line, raw_hash, c0…, u_p, q_p, raw, and the unit counts.

    They come in the order of receipt; `in_order`: `kept` is in it already. `lost`: the table `lost_units` has calls of
    which a unit's row is in quarantine.
    """
    numbered = ", ".join(f"{cell}::{enum(texts)} AS {cell}" for cell, texts in layout.few.items())
    kept = f"(SELECT * REPLACE ({numbered}) FROM kept)" if numbered else "kept"
    if layout.definition.file.grain is Grain.CALL:
        # what is sorted is narrow: everything else is made of the rows once they are in order
        return f"""SELECT *, {layout.content_hash()} AS raw_hash, [{layout.raw_struct()}] AS raw,
            NULL::BIGINT AS fold_dispatched, NULL::BIGINT AS fold_arrived, NULL::VARCHAR AS fold_first_unit,
            FALSE AS unit_row_lost FROM {kept if in_order else f"(FROM {kept} {_in_order(layout)})"}"""
    points = list(dict.fromkeys(layout.points + layout.intervals))
    columns = [f"first({cell} ORDER BY line) AS {cell}" for cell in layout.cells]
    for point in points:
        columns += _folded(point)
    if layout.value("observed_at"):
        columns.append("max(u_observed) AS u_observed")
    call_id = layout.value("call_id")
    key = f"coalesce({call_id}, 'line ' || line)"
    columns.append(
        f"coalesce(bool_or({call_id} IN (SELECT call_id FROM lost_units)), FALSE) AS unit_row_lost"
        if lost
        else "FALSE AS unit_row_lost"
    )
    folded = f"""SELECT min(line) AS line, sha256(string_agg(raw_hash, '' ORDER BY raw_hash)) AS raw_hash,
        {", ".join(columns)}, list({layout.raw_struct()} ORDER BY line) AS raw, {_units(layout)}
        FROM (SELECT *, {key} AS call_key, {layout.content_hash()} AS raw_hash FROM {kept}) GROUP BY call_key"""
    marked = _marked(folded, [point for point in points if point in _OF_UNITS]) if lost else folded
    return f"SELECT * FROM ({marked}) {_in_order(layout)}"


def _in_order(layout: Layout) -> str:
    """The order of receipt; that of the rows in a file without a time of receipt."""
    return f"ORDER BY {'u_received NULLS LAST, ' if layout.shows('received') else ''}line"


def _marked(folded: str, points: list[str]) -> str:
    bit = int(Quality.UNIT_ROW_LOST)
    marks = [f"(q_{point} | CASE WHEN unit_row_lost THEN {bit} ELSE 0 END)::USMALLINT AS q_{point}" for point in points]
    return f"SELECT * REPLACE ({', '.join(marks)}) FROM ({folded})" if marks else folded


def _folded(point: str) -> list[str]:
    when, quality = f"u_{point}", f"q_{point}"
    if point not in _LAST_OF_ALL:
        return [
            f"min({when}) AS {when}",
            # of several without an instant, one that happened on a day unknown says more than one that is missing
            f"first({quality} ORDER BY {when} NULLS LAST, {quality} = {int(Quality.MISSING)}, line) AS {quality}",
        ]
    every = f"count({when}) = count(*)" if point != "reopened" else "TRUE"
    return [
        f"CASE WHEN {every} THEN max({when}) END AS {when}",
        f"""(CASE WHEN {every} THEN first({quality} ORDER BY {when} DESC NULLS LAST, line)
            WHEN bool_and(({quality} & {int(Quality.NO_DATE)}) <> 0) THEN {int(Quality.NO_DATE)}
            ELSE {int(Quality.MISSING)} END)::USMALLINT AS {quality}""",
    ]


def _units(layout: Layout) -> str:
    unit = layout.value("unit")
    counted = f"DISTINCT {unit}" if unit else "*"

    def count(point: str) -> str:
        if not layout.shows(point):
            return "NULL::BIGINT"
        # none on record is not none: a missing stamp is not a missing unit
        return f"nullif(count({counted}) FILTER (u_{point} IS NOT NULL), 0)"

    order = "u_dispatched NULLS LAST, line" if layout.shows("dispatched") else "line"
    first = f"first({unit} ORDER BY {order})" if unit else "NULL::VARCHAR"
    return f"{count('dispatched')} AS fold_dispatched, {count('arrived')} AS fold_arrived, {first} AS fold_first_unit"
