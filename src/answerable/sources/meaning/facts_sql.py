"""The vocabulary's facts from the profile's [bind]: a constant, a column's listed values, or its whole number.

Whatever is not bound, blank or not listed is NULL: unknown.
"""

from __future__ import annotations

import re

from answerable.model.call import FACT_COLUMNS, PriorityClass
from answerable.model.vocabulary import FACTS, FactType, FactValue
from answerable.sources.meaning.clock import ZoneClock
from answerable.sources.meaning.times_sql import hour_of_week
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile import Binding
from answerable.sources.profiling.profile_rules import BOUND_FACTS
from answerable.sources.sql_text import cases, enum, literal, looked_up

_NUMBER = "[0-9]{1,4}"


def facts(layout: Layout, local: ZoneClock) -> str:
    """Columns fact_…, in the order of FACT_COLUMNS. `local` is the zone's wall clock, for the hour of the week."""
    out = []
    for column, kind in FACT_COLUMNS:
        fact = column.removeprefix("fact_")
        words = FACTS[fact].one_of if fact in FACTS else ()
        out.append(f"({_fact(layout, fact, local)})::{enum(words) if words else kind} AS {column}")
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
        words = FACTS[fact].one_of
        same = [str(one) if one in words else None for one in PriorityClass]
        return looked_up("priority_class", same, kind=enum(words))
    return "NULL"


def _bound(layout: Layout, fact: str, binding: Binding) -> str:
    if binding.constant is not None:
        return literal(binding.constant)
    column = binding.column or ""
    text, texts = layout.cell(column), layout.cell_texts(column)
    if text is None or texts == ():
        return "NULL"
    kind = BOUND_FACTS[fact]
    if texts is not None:
        found = [_of_text(text, binding, kind) for text in texts]
        typed = enum(kind.one_of) if kind.one_of else "BOOLEAN" if kind.yes_no else "SMALLINT"
        return looked_up(text, found, kind=typed)
    if binding.whole_number:
        number = f"try_cast(CASE WHEN regexp_full_match({text}, '{_NUMBER}') THEN {text} END AS SMALLINT)"
        return f"CASE WHEN {number} BETWEEN {kind.first} AND {kind.last} THEN {number} END"
    return cases(text, [(value, literal(meaning)) for value, meaning in binding.values.items()])


def _of_text(text: str, binding: Binding, kind: FactType) -> FactValue | None:
    if not binding.whole_number:
        return binding.values.get(text)
    return int(text) if re.fullmatch(_NUMBER, text) and kind.admits(int(text)) else None


def explained(layout: Layout, fact: str) -> tuple[str, str] | None:
    """For a fact bound to a column: SQL for its text, and SQL that is true where the text has a value of the fact."""
    binding = layout.definition.bind[fact]
    text = layout.cell(binding.column) if binding.column is not None else None
    return None if text is None else (text, f"({_bound(layout, fact, binding)}) IS NOT NULL")
