"""Rows a unit that could not be read: whose they were, and what can no longer be said of those calls.

The first unit of such a call may have been the lost one, so that its first times are marked (`Quality.UNIT_ROW_LOST`)
and nothing about it is ever *no*. A row rejected for a value still has its call number; a line that is no row is
searched for any token that equals a call number of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb
import msgspec

from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile import Grain
from answerable.sources.sql_text import literal


@dataclass(frozen=True, slots=True)
class LostUnits:
    """Quarantined rows: `assigned` to a call that has other rows, `alone` of a call that has none (the whole call is in
    quarantine), and `unassigned`, which could be any call's."""

    assigned: int = 0
    alone: int = 0
    unassigned: int = 0

    def notes(self) -> tuple[str, ...]:
        """What the manifest says of them, or nothing."""
        out = []
        if self.assigned:
            out.append(
                f"{self.assigned} quarantined rows are units of calls that have other rows: the first and last times "
                "of those calls are marked (unit_row_lost), and nothing about them is read as no."
            )
        if self.alone:
            out.append(f"{self.alone} quarantined rows are units of calls that have no other row in this file.")
        if self.unassigned:
            out.append(
                f"{self.unassigned} quarantined rows could not be assigned to a call: any call may have had another "
                "unit, so a blank means nothing in this import."
            )
        return tuple(out)

    def laid_over(self, layout: Layout) -> Layout:
        """The layout without the blanks that can no longer mean *no*."""
        blanks = layout.definition.blank_means_no
        if self.unassigned:
            blanks = {}
        elif self.assigned:
            # a callback has no evidence column of its own: its blank is read later, call by call
            blanks = {key: why for key, why in blanks.items() if key != "contact"}
        definition = msgspec.structs.replace(layout.definition, blank_means_no=blanks)
        return Layout(definition=definition, header=layout.header, match=layout.match)


def find_lost_units(con: duckdb.DuckDBPyConnection, layout: Layout) -> LostUnits:
    """Make the table `lost_units` (call_id) over `numbered`, `rejected` and `kept`; empty where a row is a call."""
    con.execute("CREATE OR REPLACE TABLE lost_units (call_id VARCHAR)")
    call_id = layout.value("call_id")
    if layout.definition.file.grain is not Grain.UNIT_RESPONSE or call_id is None:
        return LostUnits()
    lost = f"""WITH lost AS (
            SELECT line, [{call_id}] AS tokens, TRUE AS numbered FROM numbered WHERE fault IS NOT NULL
            UNION ALL SELECT line, {_tokens(layout)}, FALSE FROM rejected),
        named AS (SELECT line, numbered, unnest(tokens) AS token FROM lost),
        ids AS (SELECT DISTINCT {call_id} AS call_id FROM kept)"""
    con.execute(
        f"INSERT INTO lost_units {lost} SELECT DISTINCT call_id FROM named JOIN ids ON named.token = ids.call_id"
    )
    row = con.execute(
        f"""{lost}, judged AS (
            SELECT line, bool_or(token IN (SELECT call_id FROM ids)) AS assigned,
                bool_or(numbered AND token IS NOT NULL) AS known FROM named GROUP BY line)
        SELECT count(*) FILTER (assigned), count(*) FILTER (known AND assigned IS DISTINCT FROM TRUE),
            count(*) FILTER (NOT known AND assigned IS DISTINCT FROM TRUE) FROM judged"""
    ).fetchone()
    return LostUnits(*(int(n) for n in row or (0, 0, 0)))


def _tokens(layout: Layout) -> str:
    """A rejected line's fields as far as they can be told, and its words; a token equal to a call number is its."""
    delimiter = layout.definition.file.delimiter
    fields = f"list_transform(string_split(raw, {literal(delimiter)}), lambda part: trim(part, ' \t\"'))"
    apart = '["\\s' + re.escape(delimiter) + "]+"
    words = f"regexp_split_to_array(raw, {literal(apart)})"
    return f"list_distinct(list_concat({fields}, {words}))"
