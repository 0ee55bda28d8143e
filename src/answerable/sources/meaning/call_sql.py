"""The canonical calls as one SELECT: texts, meanings, evidence, then CALL_COLUMNS in their order and types."""

from __future__ import annotations

from answerable.model.call import (
    CALL_COLUMNS,
    CLOCK_POINTS,
    Disposition,
    EndedBy,
    EntryKind,
    Handover,
    Known,
    Origin,
    PriorityClass,
)
from answerable.sources.meaning.clock import ZoneClock
from answerable.sources.meaning.facts_sql import facts
from answerable.sources.meaning.meaning_sql import (
    EVIDENCE,
    EXPLAINED,
    TEXTS,
    evidence,
    kind_of_text,
    meanings,
    quality,
    text_with_lists,
    texts,
    told,
)
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile_rules import CLOSED_BY
from answerable.sources.rows.stage_all import Place
from answerable.sources.sql_text import enum, literal

_CLOSED = {
    "origin": Origin, "entry_kind": EntryKind, "priority_class": PriorityClass, "dispatched": Known, "arrived": Known,
    "dispatched_evidence": EVIDENCE, "arrived_evidence": EVIDENCE, "disposition": Disposition, "ended_by": EndedBy,
    "reason_given": Known, "handover": Handover,
}  # fmt: skip
"""The columns whose values are a closed list."""


def calls(layout: Layout, *, local: ZoneClock, as_of_us: int | None, place: Place) -> str:
    """The SELECT over the view `entries`, in its order.

    `place`: the file of a line of the whole, and its number there."""
    found = {"raw_file": place.file, "raw_line_no": place.line}
    kinds = _kinds(layout, place)
    wanted = ", ".join(
        f"({found.get(column) or _expression(layout, column, as_of_us)})::{kinds.get(column, kind)} AS {column}"
        for column, kind in _plain()
    )
    return f"""WITH texts AS NOT MATERIALIZED (SELECT *, {texts(layout)} FROM entries),
        coded AS NOT MATERIALIZED (SELECT * REPLACE (
                coalesce(units_dispatched, fold_dispatched) AS units_dispatched,
                coalesce(units_arrived, fold_arrived) AS units_arrived,
                coalesce(first_unit, fold_first_unit) AS first_unit),
            {meanings(layout)} FROM texts),
        told AS NOT MATERIALIZED (SELECT *, {told(layout)} FROM coded),
        judged AS NOT MATERIALIZED (SELECT *, {evidence(layout)} FROM told)
        SELECT {wanted}, {facts(layout, local)}, raw FROM judged"""


def _kinds(layout: Layout, place: Place) -> dict[str, str]:
    """The columns that are an enum while they are computed: Parquet has their texts, and writing them costs a tenth."""
    about = layout.definition.source
    constants = {
        "source": about.id, "agency": about.agency, "discipline": about.discipline,
        "place_precision": layout.definition.place.precision,
    }  # fmt: skip
    return {
        **{column: enum([text]) for column, text in constants.items()},
        **{column: enum(words) for column, words in _CLOSED.items()},
        **{column: kind_of_text(layout, column) for column in TEXTS if column not in ("first_unit", CLOSED_BY)},
        "raw_file": enum(place.names),
    }


def _plain() -> list[tuple[str, str]]:
    return [(column, kind) for column, kind in CALL_COLUMNS if not column.startswith("fact_")]


def _expression(layout: Layout, column: str, as_of_us: int | None) -> str:
    about = layout.definition.source
    if column.removesuffix("_at") in CLOCK_POINTS and column.endswith("_at"):
        return f"make_timestamptz(u_{column.removesuffix('_at')})"
    if column.startswith("quality_"):
        return quality(column.removeprefix("quality_"))
    if column in EXPLAINED:
        return text_with_lists(layout, column)
    fixed = {
        "source": literal(about.id),
        "agency": literal(about.agency),
        "discipline": literal(about.discipline),
        "row_key": "substring(raw_hash, 1, 32)",
        "abandoned": "flag_abandoned",
        "reopened": "coalesce(flag_reopened, u_reopened IS NOT NULL OR NULL)",
        "held": "flag_held",
        "sensitive": "flag_sensitive",
        "place_precision": literal(layout.definition.place.precision),
        "observed_at": "make_timestamptz(u_observed)",
        "as_of": f"make_timestamptz({literal(as_of_us)}::BIGINT)",
        "last_seen_at": "NULL",
    }
    return fixed.get(column, column)
