"""The vocabulary's facts from the profile's [bind]: a constant, a column's listed values, or its whole number.

Whatever is not bound, blank or not listed is NULL: unknown.
"""

from __future__ import annotations

from answerable.model.call import FACT_COLUMNS
from answerable.model.vocabulary import FACTS
from answerable.sources.meaning.clock import ZoneClock
from answerable.sources.meaning.times_sql import hour_of_week
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile import Binding
from answerable.sources.profiling.profile_rules import BOUND_FACTS
from answerable.sources.sql_text import cases, listed, literal


def facts(layout: Layout, local: ZoneClock) -> str:
    """Columns fact_…, in the order of FACT_COLUMNS. `local` is the zone's wall clock, for the hour of the week."""
    out = []
    for column, kind in FACT_COLUMNS:
        fact = column.removeprefix("fact_")
        out.append(f"({_fact(layout, fact, local)})::{kind} AS {column}")
    return ", ".join(out)


def _fact(layout: Layout, fact: str, local: ZoneClock) -> str:
    binding = layout.definition.bind.get(fact)
    if binding is not None:
        return _bound(layout, fact, binding)
    if fact == "hour_of_week":
        return hour_of_week("u_received", local)
    if fact == "discipline":
        return literal(layout.definition.source.discipline)
    if fact == "priority_class":
        # the vocabulary's classes are the canonical ones without `unknown`
        return f"CASE WHEN priority_class IN {listed(FACTS[fact].one_of)} THEN priority_class END"
    return "NULL"


def _bound(layout: Layout, fact: str, binding: Binding) -> str:
    if binding.constant is not None:
        return literal(binding.constant)
    text = layout.cell(binding.column or "")
    if text is None:
        return "NULL"
    if binding.whole_number:
        kind = BOUND_FACTS[fact]
        number = f"try_cast(CASE WHEN regexp_full_match({text}, '[0-9]{{1,4}}') THEN {text} END AS SMALLINT)"
        return f"CASE WHEN {number} BETWEEN {kind.first} AND {kind.last} THEN {number} END"
    return cases(text, [(value, literal(meaning)) for value, meaning in binding.values.items()])


def explained(layout: Layout, fact: str) -> tuple[str, str] | None:
    """For a fact bound to a column: SQL for its text, and SQL that is true where the text has a value of the fact."""
    binding = layout.definition.bind[fact]
    text = layout.cell(binding.column) if binding.column is not None else None
    return None if text is None else (text, f"({_bound(layout, fact, binding)}) IS NOT NULL")
