"""What a profile must keep to beyond its types: each fault with the path of its key and what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias
from zoneinfo import ZoneInfo

from answerable.model.call import CLOCK_POINTS, Disposition
from answerable.model.source import QUESTIONS
from answerable.model.times import parse_duration_s, parse_instant
from answerable.model.vocabulary import FACTS
from answerable.sources.profiling.profile import FORMAT, Binding, ClockPolicy, ColumnRef, Definition, Grain
from answerable.sources.profiling.spelling import nearest

Fault: TypeAlias = tuple[tuple[str, ...], str]

BLANKS: dict[str, str] = {
    "dispatched": "dispatched_at",
    "disposition": "disposition_raw",
    "contact": "contact_at",
    "closed": "closed_at",
}
"""The keys of [blank-means-no], with the canonical column whose blank is meant."""

CLOSED_BY = "closed_by"
"""Who closed the call: mapped like a canonical column, used for `ended_by` and `reason_given`, kept in `raw`."""

_TEXTS = (
    "call_id", "duplicate_of", "report_no", "origin_raw", "type_initial", "type_initial_text", "type_final",
    "type_final_text", "priority_initial_raw", "priority_final_raw", "first_unit", "disposition_raw",
    "disposition_text", "place_text", "district", "beat", CLOSED_BY,
)  # fmt: skip
_NUMBERS = ("queue_s", "travel_s", "response_s", "total_s", "units_dispatched", "units_arrived", "lat", "lon")
TIMES = tuple(f"{point}_at" for point in CLOCK_POINTS)
MAPPABLE: frozenset[str] = frozenset((*_TEXTS, *_NUMBERS, *TIMES, "unit", "observed_at"))
"""What the keys of [columns] may be."""

FLAGS = ("abandoned", "reopened", "held", "sensitive", "dispatched", "arrived")
BOUND_FACTS = {**FACTS, "priority_final": FACTS["priority"]}
_DIRECTIVES = frozenset("YmdHIMSpfbByjaAz%")
_PLACES = ("exact", "block", "intersection", "beat", "blurred", "none")


def faults(definition: Definition) -> Iterator[Fault]:
    """Every fault of a decoded profile, in the order of the file's tables."""
    if definition.answerable_profile != FORMAT:
        yield ("answerable-profile",), f"this program reads format {FORMAT}"
    yield from _about(definition)
    yield from _file(definition)
    yield from _columns(definition)
    yield from _clock(definition)
    yield from _codes(definition)
    for fact, binding in definition.bind.items():
        yield from ((("bind", fact, *path), what) for path, what in _binding(fact, binding))
    yield from _evidence(definition)


def _unknown(key: str, known: Iterable[str]) -> str:
    return f"there is no such name; {nearest(key, known)}"


def _about(definition: Definition) -> Iterator[Fault]:
    for key in ("id", "title", "publisher", "agency", "licence", "citation", "version", "verified_how"):
        if not getattr(definition.source, key).strip():
            yield ("source", key.replace("_", "-")), "this may not be empty; say it, or that it is not known"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", definition.source.id):
        yield ("source", "id"), "write small letters, digits and single hyphens, such as san-diego-ca"
    if not FACTS["discipline"].admits(definition.source.discipline):
        yield ("source", "discipline"), _unknown(definition.source.discipline, FACTS["discipline"].one_of)
    if definition.place.precision not in _PLACES:
        yield ("place", "precision"), _unknown(definition.place.precision, _PLACES)


def _file(definition: Definition) -> Iterator[Fault]:
    file = definition.file
    if len(file.delimiter) != 1 or not file.delimiter.isascii() or file.delimiter in '"\r\n\0':
        yield ("file", "delimiter"), "write one character, such as a comma, ; or \\t"
    if file.encoding is not None:
        try:
            "".encode(file.encoding)
        except LookupError:
            yield ("file", "encoding"), f"{file.encoding!r} is not the name of an encoding"
    if file.grain is Grain.UNIT_RESPONSE and "call_id" not in definition.columns:
        yield ("columns", "call_id"), "rows a unit can only be folded to calls by a call number; map call_id"
    if not definition.inclusion.evidence.strip():
        yield ("inclusion", "evidence"), "say in a sentence how it is known which calls get into the file"


def _clock(definition: Definition) -> Iterator[Fault]:
    clock = definition.clock
    try:
        ZoneInfo(clock.timezone)
    except (KeyError, ValueError, OSError):
        yield ("clock", "timezone"), f"{clock.timezone!r} is no time zone; write one such as America/Los_Angeles"
    counted = any(ref is not None and ref.epoch is not None for ref in map(definition.ref, definition.columns))
    yield from _formats(clock.formats, needed=not clock.time_of_day and not counted)
    yield from _offsets(definition)
    for text in clock.time_of_day:
        yield from ((("clock", "time-of-day"), what) for what in _time_of_day(text))
    if clock.start_point is not None and not _has_point(definition, clock.start_point):
        yield (
            ("clock", "start-point"),
            _unknown(clock.start_point, [p for p in CLOCK_POINTS if _has_point(definition, p)]),
        )
    points = [("midnight-placeholder", p) for p in clock.midnight_placeholder]
    points += [("offset", p) for p in (clock.offset.points if clock.offset else ())]
    for key, point in points:
        if point not in CLOCK_POINTS:
            yield ("clock", key), _unknown(point, CLOCK_POINTS)
    for key, value, parse in (
        ("horizon", clock.horizon, parse_instant),
        ("edit-window", clock.edit_window, parse_duration_s),
    ):
        try:
            _ = parse(value) if value is not None else 0
        except ValueError as error:
            yield ("clock", key), str(error)


def _offsets(definition: Definition) -> Iterator[Fault]:
    """A time with an offset is an instant: it is read only where the profile says that the times are instants."""
    clock = definition.clock
    refs = [ref for name in definition.columns if name in TIMES and (ref := definition.ref(name)) is not None]
    for text in clock.formats:
        if "z" in re.findall(r"%-?(.)", text) and not (clock.policy is ClockPolicy.UTC or any(ref.utc for ref in refs)):
            yield (
                ("clock", "formats"),
                (
                    f"{text!r} has an offset, and no time is said to be an instant; write utc = true at the columns "
                    'that have it, or policy = "utc" where all have'
                ),
            )


def _has_point(definition: Definition, point: str) -> bool:
    return f"{point}_at" in definition.columns or point in definition.intervals


def _time_of_day(text: str) -> Iterator[str]:
    used = set(re.findall(r"%-?(.?)", text))
    if used - set("HIMSpf"):
        yield f"{text!r} has more than a time of day; a format with a date belongs under formats"
    elif not used & {"H", "I"}:
        yield f"{text!r} has no hour"


def _formats(formats: tuple[str, ...], *, needed: bool) -> Iterator[Fault]:
    if not formats and needed:
        yield ("clock", "formats"), 'write how the times look, such as ["%Y-%m-%d %H:%M:%S"]'
    for text in formats:
        used = re.findall(r"%-?(.?)", text)
        odd = [letter for letter in used if letter not in _DIRECTIVES]
        if odd:
            yield (
                ("clock", "formats"),
                f"{text!r} has %{odd[0]}, which is not read; an offset is %z, a zone belongs in timezone",
            )
        elif "Y" not in used and "y" not in used:
            yield ("clock", "formats"), f"{text!r} has no year"
        if _day_and_month_swapped(text) in formats:
            yield ("clock", "formats"), f"{text!r} and its day-first twin: 03/04 would be both; keep the true one"


def _day_and_month_swapped(text: str) -> str | None:
    if "%m" not in text or "%d" not in text:
        return None
    return text.replace("%m", "%\0").replace("%d", "%m").replace("%\0", "%d")


def _columns(definition: Definition) -> Iterator[Fault]:
    for canonical in definition.columns:
        if canonical not in MAPPABLE:
            yield ("columns", canonical), _unknown(canonical, MAPPABLE)
        ref = definition.ref(canonical)
        if ref is not None and ref.pattern is not None:
            yield from ((("columns", canonical, "pattern"), what) for what in _pattern(ref))
        if ref is not None and ref.is_instant and canonical not in (*TIMES, "observed_at"):
            yield ("columns", canonical), "utc and epoch are said of times only"
    if not any(_has_point(definition, point) for point in CLOCK_POINTS):
        yield ("columns",), "no clock point is mapped; map at least received_at"
    named = {name for name, _ in definition.needed()}
    for column in definition.header_drift:
        if column not in named:
            yield ("header-drift", column), f"no other key names this column; {_unknown(column, list(named))}"
    yield from _derived(definition)


def _derived(definition: Definition) -> Iterator[Fault]:
    for point, interval in definition.intervals.items():
        if point not in CLOCK_POINTS:
            yield ("intervals", point), _unknown(point, CLOCK_POINTS)
        elif f"{interval.after}_at" not in definition.columns:
            yield ("intervals", point, "after"), "name a clock point that [columns] maps to a time"
    for flag, rule in definition.flags.items():
        if flag not in FLAGS:
            yield ("flags", flag), _unknown(flag, FLAGS)
        if set(rule.yes) & set(rule.no):
            yield ("flags", flag), "the same value cannot mean both yes and no"


def _pattern(ref: ColumnRef) -> Iterator[str]:
    try:
        groups = re.compile(ref.pattern or "").groups
    except re.error as error:
        yield f"this is no regular expression: {error}"
        return
    if groups != 1:
        yield "write exactly one group: it is what becomes the value"


def _codes(definition: Definition) -> Iterator[Fault]:
    for table, column in (
        ("disposition", "disposition_raw"),
        ("origin", "origin_raw"),
        ("priority", "priority_initial_raw"),
        ("types", "type_initial"),
    ):
        final = column.replace("initial", "final")
        if getattr(definition, table) and not {column, final} & set(definition.columns):
            yield (table,), f"codes are listed, but [columns] does not map {column}"
    for code, meaning in definition.disposition.items():
        if meaning.means in (Disposition.NONE, Disposition.UNKNOWN_CODE):
            yield ("disposition", code, "means"), "leave the code out: a code that is not listed is an unknown code"
    for code, priority in definition.priority.items():
        if priority.rank is not None and not 1 <= priority.rank <= 100:
            yield ("priority", code, "rank"), "write a whole number from 1 (most urgent) to 100"
    if definition.records.origin and not definition.origin:
        yield ("records", "origin"), "origins are said to be recorded, but [origin] lists none"


def _binding(fact: str, binding: Binding) -> Iterator[Fault]:
    kind = BOUND_FACTS.get(fact)
    if kind is None:
        yield (), _unknown(fact, list(BOUND_FACTS))
        return
    if fact == "hour_of_week":
        yield (), "it always comes from the time of receipt; leave it out"
    if (binding.constant is None) == (binding.column is None):
        yield (), "write either a constant or a column"
    if binding.constant is not None and not kind.admits(binding.constant):
        yield ("constant",), f"{binding.constant!r} is not a value of this fact"
    if binding.column is not None and bool(binding.values) == binding.whole_number:
        yield (), "write for the column either its values or whole-number = true"
    if binding.whole_number and kind.first is None:
        yield ("whole-number",), "this fact is not a whole number"
    for value, meaning in binding.values.items():
        if not kind.admits(meaning):
            yield ("values", value), f"{meaning!r} is not a value of this fact"


def _evidence(definition: Definition) -> Iterator[Fault]:
    for key, why in definition.blank_means_no.items():
        if key not in BLANKS:
            yield ("blank-means-no", key), _unknown(key, tuple(BLANKS))
        elif BLANKS[key] not in definition.columns:
            yield ("blank-means-no", key), f"[columns] does not map {BLANKS[key]}, so it has no blanks"
        if not why.strip():
            yield ("blank-means-no", key), "say in a sentence how it is known that a blank means no"
    for question in QUESTIONS:
        if question not in definition.can_answer:
            yield ("can-answer", question), f"this key is missing: {QUESTIONS[question]}"
    for question, answer in definition.can_answer.items():
        if question not in QUESTIONS:
            yield ("can-answer", question), _unknown(question, tuple(QUESTIONS))
        if answer.answer not in ("yes", "partly", "no"):
            yield ("can-answer", question, "answer"), "write yes, partly or no"
