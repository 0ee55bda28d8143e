"""From a publisher's codes to meanings: disposition, origin, priority, and the evidence that somebody was sent or came.

The rules are sources.md's: time before code before flag before unit count before what a blank means; and a blank means
*no* only where the profile says so and nothing else on the row says yes.
"""

from __future__ import annotations

from collections.abc import Iterable

from answerable.model.call import CLOCK_POINTS, Disposition, EndedBy, EntryKind, Handover, Known, Origin, Quality
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile import DispositionCode
from answerable.sources.profiling.profile_rules import CLOSED_BY
from answerable.sources.sql_text import cases, listed, literal

SOMEBODY_CAME = (
    Disposition.REPORT, Disposition.ARREST, Disposition.CITATION, Disposition.HANDLED, Disposition.ASSISTED,
    Disposition.GONE_ON_ARRIVAL, Disposition.UNABLE_TO_LOCATE,
)  # fmt: skip
"""Dispositions that speak against "nobody was sent" where a blank alone would say so."""

NO_REASON = (
    Disposition.NONE, Disposition.UNKNOWN_CODE, Disposition.OTHER, Disposition.REOPENED, Disposition.NOT_DISPATCHED,
    Disposition.CANCELLED_UNSPECIFIED,
)  # fmt: skip
"""Dispositions that give no reason for the end of a call: they say that it ended, or could mean two things."""

TEXTS = (
    "call_id", "duplicate_of", "report_no", "origin_raw", "type_initial", "type_initial_text", "type_final",
    "type_final_text", "priority_initial_raw", "priority_final_raw", "disposition_raw", "disposition_text",
    "place_text", "district", "beat", "first_unit", CLOSED_BY,
)  # fmt: skip
_NUMBERS = {
    "queue_s": "DOUBLE", "travel_s": "DOUBLE", "response_s": "DOUBLE", "total_s": "DOUBLE", "lat": "DOUBLE",
    "lon": "DOUBLE", "units_dispatched": "INTEGER", "units_arrived": "INTEGER",
}  # fmt: skip
_ORDERED = ("received", "entered", "dispatched", "enroute", "arrived", "closed")


def texts(layout: Layout) -> str:
    """Columns: every mapped text, number and flag, and each clock point the file lacks as missing."""
    out = [f"{layout.value(column) or 'NULL::VARCHAR'} AS {column}" for column in TEXTS]
    out += [f"{_number(layout, column, kind)} AS {column}" for column, kind in _NUMBERS.items()]
    out += [f"{_flag(layout, flag)} AS flag_{flag}" for flag in ("abandoned", "reopened", "held", "sensitive")]
    out += [f"{_flag(layout, flag)} AS flag_{flag}" for flag in ("dispatched", "arrived")]
    for point in CLOCK_POINTS:
        if not layout.shows(point):
            out.append(f"NULL::BIGINT AS u_{point}, {int(Quality.MISSING)}::USMALLINT AS q_{point}")
    if layout.value("observed_at") is None:
        out.append("NULL::BIGINT AS u_observed")
    return ", ".join(out)


def _number(layout: Layout, column: str, kind: str) -> str:
    text = layout.value(column)
    return f"try_cast({text} AS {kind})" if text else f"NULL::{kind}"


def _flag(layout: Layout, flag: str) -> str:
    rule = layout.definition.flags.get(flag)
    text = layout.cell(rule.column) if rule else None
    if rule is None or text is None:
        return "NULL::BOOLEAN"
    return f"(CASE WHEN {text} IN {listed(rule.yes)} THEN TRUE WHEN {text} IN {listed(rule.no)} THEN FALSE END)"


def meanings(layout: Layout) -> str:
    """Columns computed from the texts: what the codes mean and what each code's text states."""
    codes = layout.definition.disposition
    unknown = literal(Disposition.UNKNOWN_CODE)
    disposition = cases("disposition_raw", _listed(codes, "means"), otherwise=unknown)
    out = [
        f"(CASE WHEN disposition_raw IS NULL THEN {literal(Disposition.NONE)} ELSE {disposition} END) AS disposition",
        *(
            f"{cases('disposition_raw', _listed(codes, key), otherwise='NULL::VARCHAR')} AS code_{key}"
            for key in ("text", "dispatched", "arrived", "ended_by", "reason_given", "handover")
        ),
        f"{_origin(layout)} AS origin",
        *_priority(layout),
        *_types(layout),
    ]
    return ", ".join(out)


def _listed(codes: dict[str, DispositionCode], key: str) -> list[tuple[str, str]]:
    found = ((code, getattr(meaning, key)) for code, meaning in codes.items())
    return [(code, literal(str(value))) for code, value in found if value]


def _origin(layout: Layout) -> str:
    listed_codes = [(code, literal(origin)) for code, origin in layout.definition.origin.items()]
    return cases("origin_raw", listed_codes, otherwise=literal(Origin.UNKNOWN))


def _priority(layout: Layout) -> Iterable[str]:
    codes = layout.definition.priority
    raw = "coalesce(priority_initial_raw, priority_final_raw)"
    ranks = [(code, str(one.rank)) for code, one in codes.items() if one.rank is not None]
    classes = [(code, literal(one.class_)) for code, one in codes.items()]
    yield f"{cases(raw, ranks, otherwise='NULL')}::TINYINT AS priority_rank"
    yield f"{cases(raw, classes, otherwise=literal('unknown'))} AS priority_class"


def _types(layout: Layout) -> Iterable[str]:
    types = layout.definition.types
    # what an entry is in the end is what it was changed to
    final = "coalesce(type_final, type_initial)"
    kinds = [(code, literal(one.entry_kind)) for code, one in types.items()]
    texts_ = [(code, literal(one.text)) for code, one in types.items() if one.text]
    yield f"{cases(final, kinds, otherwise=literal(EntryKind.CALL))} AS entry_kind"
    yield f"{cases('type_initial', texts_, otherwise='NULL::VARCHAR')} AS listed_initial_text"
    yield f"{cases('type_final', texts_, otherwise='NULL::VARCHAR')} AS listed_final_text"


def evidence(layout: Layout) -> str:
    """Columns: dispatched, arrived and what they rest on, who ended the call, whether a reason was given, handover."""
    return ", ".join((*_dispatched(layout), *_arrived(), *_endings(layout), _handover(), _out_of_order()))


def _dispatched(layout: Layout) -> tuple[str, str]:
    acted = f"disposition IN {listed(SOMEBODY_CAME)}"
    came = f"(code_arrived IS NOT DISTINCT FROM 'yes' OR coalesce(flag_arrived, FALSE) OR {acted})"
    blank_says_no = literal("dispatched" in layout.definition.blank_means_no and layout.shows("dispatched"))
    left, there = f"({_happened('dispatched')} OR {_happened('enroute')})", _happened("arrived")
    first = f"""WHEN {left} THEN ['yes', 'time']
        WHEN {there} AND (code_dispatched = 'no' OR flag_dispatched = FALSE)
            THEN ['not_recorded', 'contradictory']
        WHEN {there} AND code_dispatched = 'yes' THEN ['yes', 'code']
        WHEN {there} AND flag_dispatched THEN ['yes', 'flag']
        WHEN {there} THEN ['yes', 'arrival']
        WHEN code_dispatched IN ('yes', 'no') THEN [code_dispatched, 'code']
        WHEN flag_dispatched IS NOT NULL THEN [CASE WHEN flag_dispatched THEN 'yes' ELSE 'no' END, 'flag']
        WHEN units_dispatched IS NOT NULL THEN [CASE WHEN units_dispatched > 0 THEN 'yes' ELSE 'no' END, 'units']
        WHEN {blank_says_no} AND {came} THEN ['not_recorded', 'contradictory']
        WHEN {blank_says_no} THEN ['no', 'blank_means_no']
        ELSE ['not_recorded', NULL]"""
    return f"{_unless_lost(first)} AS sent", "sent[1] AS dispatched, sent[2] AS dispatched_evidence"


def _arrived() -> tuple[str, str]:
    first = f"""WHEN {_happened("arrived")} THEN ['yes', 'time']
        WHEN code_arrived IN ('yes', 'no') THEN [code_arrived, 'code']
        WHEN flag_arrived IS NOT NULL THEN [CASE WHEN flag_arrived THEN 'yes' ELSE 'no' END, 'flag']
        WHEN units_arrived IS NOT NULL THEN [CASE WHEN units_arrived > 0 THEN 'yes' ELSE 'no' END, 'units']
        ELSE ['not_recorded', NULL]"""
    return f"{_unless_lost(first)} AS came", "came[1] AS arrived, came[2] AS arrived_evidence"


def _happened(point: str) -> str:
    """A time is on record, if only a time of day."""
    return f"(u_{point} IS NOT NULL OR (q_{point} & {int(Quality.NO_DATE)}) <> 0)"


def _unless_lost(arms: str) -> str:
    """The first arm that speaks; but where a unit's row was lost, that unit may have been sent and may have come."""
    found = f"(CASE {arms} END)"
    return f"(CASE WHEN unit_row_lost AND {found}[1] = 'no' THEN ['not_recorded', NULL] ELSE {found} END)"


def _endings(layout: Layout) -> tuple[str, str]:
    blanks = layout.definition.blank_means_no
    has_closer = layout.value(CLOSED_BY) is not None
    open_says_nobody = literal("closed" in blanks and layout.shows("closed"))
    by_meaning = f"""CASE
        WHEN disposition = 'cancelled_by_caller' THEN {literal(EndedBy.REQUESTER)}
        WHEN disposition IN ('cancelled_by_agency', 'declined_no_response') THEN {literal(EndedBy.AGENCY)}
        WHEN disposition IN ('cancelled_unspecified', 'not_dispatched') THEN {literal(EndedBy.UNSPECIFIED)}
        WHEN {_happened("closed")} AND {CLOSED_BY} IS NOT NULL THEN {literal(EndedBy.AGENCY)}
        WHEN disposition = 'none' AND NOT {_happened("closed")} AND NOT unit_row_lost AND {open_says_nobody}
            THEN {literal(EndedBy.NOBODY)}
        ELSE {literal(EndedBy.NOT_RECORDED)} END"""
    blank_says_no = literal("disposition" in blanks and layout.value("disposition_raw") is not None)
    somebody = f"{CLOSED_BY} IS NOT NULL" if has_closer else "TRUE"
    reason = f"""CASE WHEN code_reason_given IS NOT NULL THEN code_reason_given
        WHEN disposition = 'none' AND NOT unit_row_lost AND {blank_says_no} THEN {literal(Known.NO)}
        WHEN disposition NOT IN {listed(NO_REASON)} AND {somebody} THEN {literal(Known.YES)}
        ELSE {literal(Known.NOT_RECORDED)} END"""
    return f"coalesce(code_ended_by, {by_meaning}) AS ended_by", f"({reason}) AS reason_given"


def _handover() -> str:
    offered = f"CASE WHEN disposition = 'referred' THEN {literal(Handover.OFFERED)} ELSE {literal(Handover.NONE)} END"
    return f"coalesce(code_handover, {offered}) AS handover"


def _out_of_order() -> str:
    """q_p with OUT_OF_ORDER for a point earlier than the latest one that must precede it."""
    bit = int(Quality.OUT_OF_ORDER)
    marked = []
    for position, point in enumerate(_ORDERED[1:], start=1):
        before = ", ".join(f"u_{earlier}" for earlier in _ORDERED[:position])
        marked.append(
            f"(q_{point} | CASE WHEN u_{point} < greatest({before}) THEN {bit} ELSE 0 END)::USMALLINT AS o_{point}"
        )
    return ", ".join(marked)


def quality(point: str) -> str:
    """The column that holds a point's final quality."""
    return f"o_{point}" if point in _ORDERED[1:] else f"q_{point}"
