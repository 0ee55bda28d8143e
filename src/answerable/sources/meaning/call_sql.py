"""The canonical calls as one SELECT: texts, meanings, evidence, then CALL_COLUMNS in their order and types."""

from __future__ import annotations

from answerable.model.call import CALL_COLUMNS, CLOCK_POINTS
from answerable.sources.meaning.clock import ZoneClock
from answerable.sources.meaning.facts_sql import facts
from answerable.sources.meaning.meaning_sql import evidence, meanings, quality, texts
from answerable.sources.profiling.layout import Layout
from answerable.sources.rows.stage_all import Place
from answerable.sources.sql_text import literal


def calls(layout: Layout, *, local: ZoneClock, as_of_us: int | None, place: Place) -> str:
    """The SELECT over the view `entries`, in its order.

    `place`: the file of a line of the whole, and its number there."""
    found = {"raw_file": place.file, "raw_line_no": place.line}
    wanted = ", ".join(
        f"({found.get(column) or _expression(layout, column, as_of_us)})::{kind} AS {column}"
        for column, kind in _plain()
    )
    return f"""WITH texts AS NOT MATERIALIZED (SELECT *, {texts(layout)} FROM entries),
        coded AS NOT MATERIALIZED (SELECT * REPLACE (
                coalesce(units_dispatched, fold_dispatched) AS units_dispatched,
                coalesce(units_arrived, fold_arrived) AS units_arrived,
                coalesce(first_unit, fold_first_unit) AS first_unit),
            {meanings(layout)} FROM texts),
        judged AS NOT MATERIALIZED (SELECT *, {evidence(layout)} FROM coded)
        SELECT {wanted}, {facts(layout, local)}, raw FROM judged"""


def _plain() -> list[tuple[str, str]]:
    return [(column, kind) for column, kind in CALL_COLUMNS if not column.startswith("fact_")]


def _expression(layout: Layout, column: str, as_of_us: int | None) -> str:
    about = layout.definition.source
    if column.removesuffix("_at") in CLOCK_POINTS and column.endswith("_at"):
        return f"make_timestamptz(u_{column.removesuffix('_at')})"
    if column.startswith("quality_"):
        return quality(column.removeprefix("quality_"))
    fixed = {
        "source": literal(about.id),
        "agency": literal(about.agency),
        "discipline": literal(about.discipline),
        "row_key": "substring(raw_hash, 1, 32)",
        "abandoned": "flag_abandoned",
        "reopened": "coalesce(flag_reopened, u_reopened IS NOT NULL OR NULL)",
        "held": "flag_held",
        "sensitive": "flag_sensitive",
        "type_initial_text": "coalesce(type_initial_text, listed_initial_text)",
        "type_final_text": "coalesce(type_final_text, listed_final_text)",
        "disposition_text": "coalesce(disposition_text, code_text)",
        "place_precision": literal(layout.definition.place.precision),
        "observed_at": "make_timestamptz(u_observed)",
        "as_of": f"make_timestamptz({literal(as_of_us)}::BIGINT)",
        "last_seen_at": "NULL",
    }
    return fixed.get(column, column)
