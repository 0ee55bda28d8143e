"""From a publisher's codes to meanings: disposition, origin, priority, and the evidence that somebody was sent or came.

The rules are sources.md's: time before code before flag before unit count before what a blank means; and a blank means
*no* only where the profile says so and nothing else on the row says yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from answerable.model.call import (
    CLOCK_POINTS,
    Disposition,
    EndedBy,
    EntryKind,
    Handover,
    Known,
    Origin,
    PriorityClass,
    Quality,
)
from answerable.sources.profiling.layout import Layout
from answerable.sources.profiling.profile_rules import CLOSED_BY
from answerable.sources.sql_text import cases, enum, listed, literal, looked_up

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
    return ", ".join((*_dispositions(layout), _origin(layout), *_priority(layout), *_types(layout)))


def _meant(
    layout: Layout, columns: Sequence[str], means: Mapping[str, str | int], *, kind: str,
    otherwise: str | int | None = None, blank: str | int | None = None,
) -> str:  # fmt: skip
    """What the text of the first of some columns that has one means: `otherwise` where no list has it, `blank` where
    none has a text."""
    own, *rest = columns
    texts = layout.texts(own)
    if rest:
        other = _meant(layout, rest, means, kind=kind, otherwise=otherwise, blank=blank)
        this = _meant(layout, [own], means, kind=kind, otherwise=otherwise, blank=blank)
        return f"(CASE WHEN {own} IS NULL THEN {other} ELSE {this} END)" if texts != () else other
    if texts == ():
        return f"{literal(blank)}::{kind}"
    if texts is None:
        arms = [(text, literal(one)) for text, one in means.items()]
        listed_ = cases(own, arms, otherwise=literal(otherwise))
        return f"(CASE WHEN {own} IS NULL THEN {literal(blank)} ELSE {listed_} END)::{kind}"
    return looked_up(own, [means.get(text, otherwise) for text in texts], kind=kind, blank=blank)


def _dispositions(layout: Layout) -> Iterable[str]:
    codes, raw = layout.definition.disposition, ("disposition_raw",)
    means = {code: str(one.means) for code, one in codes.items()}
    none, unknown = Disposition.NONE, Disposition.UNKNOWN_CODE
    yield f"{_meant(layout, raw, means, kind=enum(Disposition), otherwise=unknown, blank=none)} AS disposition"
    yield f"{_explained(layout, 'disposition_text')} AS code_text"
    stated = {"dispatched": Known, "arrived": Known, "ended_by": EndedBy, "reason_given": Known, "handover": Handover}
    for key, words in stated.items():
        says = {code: str(value) for code, one in codes.items() if (value := getattr(one, key))}
        yield f"{_meant(layout, raw, says, kind=enum(words))} AS code_{key}"


EXPLAINED = {
    "disposition_text": "disposition_raw", "type_initial_text": "type_initial", "type_final_text": "type_final",
}  # fmt: skip
"""The columns of text that the profile's lists complete, each with the column of the code."""


def _listed_texts(layout: Layout, column: str) -> dict[str, str]:
    """The texts that the profile's lists have for the codes of a column of text."""
    definition = layout.definition
    codes = definition.disposition if column == "disposition_text" else definition.types
    there = layout.texts(EXPLAINED[column])
    return {code: one.text for code, one in codes.items() if one.text and (there is None or code in there)}


def _explained(layout: Layout, column: str) -> str:
    texts = _listed_texts(layout, column)
    kind = enum(dict.fromkeys(texts.values())) if texts else "VARCHAR"
    return _meant(layout, (EXPLAINED[column],), texts, kind=kind)


def text_with_lists(layout: Layout, column: str) -> str:
    """A column's own text, else what the profile's lists say."""
    listed_text = "code_text" if column == "disposition_text" else column.replace("type_", "listed_")
    return listed_text if layout.texts(column) == () else f"coalesce({column}, {listed_text})"


def kind_of_text(layout: Layout, column: str) -> str:
    """The type of a canonical text: an enum where every text that it can have is known, or where it has none."""
    texts = layout.texts(column)
    if texts is not None and column in EXPLAINED:
        texts = tuple(dict.fromkeys((*texts, *_listed_texts(layout, column).values())))
    return "VARCHAR" if texts is None else enum(texts or ("",))


def _origin(layout: Layout) -> str:
    means = {code: str(origin) for code, origin in layout.definition.origin.items()}
    kind, unknown = enum(Origin), Origin.UNKNOWN
    return f"{_meant(layout, ('origin_raw',), means, kind=kind, otherwise=unknown, blank=unknown)} AS origin"


def _priority(layout: Layout) -> Iterable[str]:
    codes, raw = layout.definition.priority, ("priority_initial_raw", "priority_final_raw")
    ranks = {code: one.rank for code, one in codes.items() if one.rank is not None}
    classes = {code: str(one.class_) for code, one in codes.items()}
    kind, unknown = enum(PriorityClass), PriorityClass.UNKNOWN
    yield f"{_meant(layout, raw, ranks, kind='TINYINT')} AS priority_rank"
    yield f"{_meant(layout, raw, classes, kind=kind, otherwise=unknown, blank=unknown)} AS priority_class"


def _types(layout: Layout) -> Iterable[str]:
    kinds = {code: str(one.entry_kind) for code, one in layout.definition.types.items()}
    kind, call = enum(EntryKind), EntryKind.CALL
    # what an entry is in the end is what it was changed to
    raw = ("type_final", "type_initial")
    yield f"{_meant(layout, raw, kinds, kind=kind, otherwise=call, blank=call)} AS entry_kind"
    yield f"{_explained(layout, 'type_initial_text')} AS listed_initial_text"
    yield f"{_explained(layout, 'type_final_text')} AS listed_final_text"


def told(layout: Layout) -> str:
    """Columns `sent` and `came`: which of `_EVIDENCE` holds, by its number."""
    return f"{_sent(layout)} AS sent, {_came()} AS came"


_EVIDENCE: tuple[tuple[Known, str | None], ...] = (
    (Known.NOT_RECORDED, None),
    (Known.NOT_RECORDED, "contradictory"),
    *((Known.YES, on) for on in ("time", "code", "flag", "units", "arrival")),
    *((Known.NO, on) for on in ("code", "flag", "units", "blank_means_no")),
)
"""What can be known of a response, and what it rests on."""
EVIDENCE = tuple(dict.fromkeys(on for _, on in _EVIDENCE if on))


def evidence(layout: Layout) -> str:
    """Columns: dispatched, arrived and what they rest on, who ended the call, whether a reason was given, handover."""
    return ", ".join((*_known(), *_endings(layout), _handover(), _out_of_order()))


def _known() -> Iterable[str]:
    answers, grounds = zip(*_EVIDENCE, strict=True)
    for column, number in (("dispatched", "sent"), ("arrived", "came")):
        yield f"{_of_list(number, answers, enum(Known))} AS {column}"
        yield f"{_of_list(number, grounds, enum(EVIDENCE))} AS {column}_evidence"


def _of_list(number: str, values: Sequence[str | None], kind: str) -> str:
    return f"(([{', '.join(literal(value) for value in values)}])::{kind}[])[{number}]"


def _is(answer: Known, on: str | None = None) -> str:
    return f"{_EVIDENCE.index((answer, on)) + 1}::TINYINT"


def _sent(layout: Layout) -> str:
    yes, no, unknown = Known.YES, Known.NO, Known.NOT_RECORDED
    acted = f"disposition IN {listed(SOMEBODY_CAME)}"
    came = f"(code_arrived IS NOT DISTINCT FROM 'yes' OR coalesce(flag_arrived, FALSE) OR {acted})"
    blank_says_no = literal("dispatched" in layout.definition.blank_means_no and layout.shows("dispatched"))
    left, there = f"({_happened('dispatched')} OR {_happened('enroute')})", _happened("arrived")
    return f"""(CASE WHEN {left} THEN {_is(yes, "time")}
        WHEN {there} AND (code_dispatched = 'no' OR flag_dispatched = FALSE) THEN {_is(unknown, "contradictory")}
        WHEN {there} AND code_dispatched = 'yes' THEN {_is(yes, "code")}
        WHEN {there} AND flag_dispatched THEN {_is(yes, "flag")}
        WHEN {there} THEN {_is(yes, "arrival")}
        {_stated("dispatched")}
        WHEN {blank_says_no} AND {came} THEN {_is(unknown, "contradictory")}
        WHEN {blank_says_no} AND NOT unit_row_lost THEN {_is(no, "blank_means_no")}
        ELSE {_is(unknown)} END)"""


def _came() -> str:
    happened = _happened("arrived")
    return (
        f"(CASE WHEN {happened} THEN {_is(Known.YES, 'time')} {_stated('arrived')} ELSE {_is(Known.NOT_RECORDED)} END)"
    )


def _stated(what: str) -> str:
    """The arms of a CASE for what a code, a flag or a number of units says. Where a unit's row was lost, that unit may
    have been sent and may have come: then there is no *no*."""
    no = {on: f"CASE WHEN unit_row_lost THEN {_is(Known.NOT_RECORDED)} ELSE {_is(Known.NO, on)} END"
        for on in ("code", "flag", "units")}  # fmt: skip
    return f"""WHEN code_{what} = 'yes' THEN {_is(Known.YES, "code")} WHEN code_{what} = 'no' THEN {no["code"]}
        WHEN flag_{what} THEN {_is(Known.YES, "flag")} WHEN NOT flag_{what} THEN {no["flag"]}
        WHEN units_{what} > 0 THEN {_is(Known.YES, "units")} WHEN units_{what} IS NOT NULL THEN {no["units"]}"""


def _happened(point: str) -> str:
    """A time is on record, if only a time of day."""
    return f"(u_{point} IS NOT NULL OR (q_{point} & {int(Quality.NO_DATE)}) <> 0)"


def _endings(layout: Layout) -> tuple[str, str]:
    blanks = layout.definition.blank_means_no
    has_closer = layout.value(CLOSED_BY) is not None
    open_says_nobody = literal("closed" in blanks and layout.shows("closed"))
    by_meaning = f"""CASE WHEN code_ended_by IS NOT NULL THEN code_ended_by
        WHEN disposition = 'cancelled_by_caller' THEN {_ended(EndedBy.REQUESTER)}
        WHEN disposition IN ('cancelled_by_agency', 'declined_no_response') THEN {_ended(EndedBy.AGENCY)}
        WHEN disposition IN ('cancelled_unspecified', 'not_dispatched') THEN {_ended(EndedBy.UNSPECIFIED)}
        WHEN {_happened("closed")} AND {CLOSED_BY} IS NOT NULL THEN {_ended(EndedBy.AGENCY)}
        WHEN disposition = 'none' AND NOT {_happened("closed")} AND NOT unit_row_lost AND {open_says_nobody}
            THEN {_ended(EndedBy.NOBODY)}
        ELSE {_ended(EndedBy.NOT_RECORDED)} END"""
    blank_says_no = literal("disposition" in blanks and layout.value("disposition_raw") is not None)
    somebody = f"{CLOSED_BY} IS NOT NULL" if has_closer else "TRUE"
    yes, no, unknown = (f"{literal(one)}::{enum(Known)}" for one in (Known.YES, Known.NO, Known.NOT_RECORDED))
    reason = f"""CASE WHEN code_reason_given IS NOT NULL THEN code_reason_given
        WHEN disposition = 'none' AND NOT unit_row_lost AND {blank_says_no} THEN {no}
        WHEN disposition NOT IN {listed(NO_REASON)} AND {somebody} THEN {yes}
        ELSE {unknown} END"""
    return f"({by_meaning}) AS ended_by", f"({reason}) AS reason_given"


def _ended(by: EndedBy) -> str:
    return f"{literal(by)}::{enum(EndedBy)}"


def _handover() -> str:
    none, offered = (f"{literal(one)}::{enum(Handover)}" for one in (Handover.NONE, Handover.OFFERED))
    by_meaning = f"CASE WHEN disposition = 'referred' THEN {offered} ELSE {none} END"
    return f"coalesce(code_handover, {by_meaning}) AS handover"


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
