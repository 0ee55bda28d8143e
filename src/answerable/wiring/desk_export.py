"""A live record as the files that an examination reads: calls, facts, decisions, policies, and what the file means.

Only what is public in the record goes out: no place, no name, no words of anybody. What is read here is what anybody
can read who has the log.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from answerable.errors import InputError
from answerable.model.call import Known
from answerable.model.decision import Decision, DecisionKind, FactAssertion
from answerable.model.times import from_us, iso
from answerable.model.vocabulary import FACTS
from answerable.record.ports import Store
from answerable.stores.durable_files import replace_file
from answerable.watch.alarms import Alarm
from answerable.watch.commands import CloseReason
from answerable.watch.events import Event, EventName
from answerable.watch.people import Role
from answerable.watch.states import State
from answerable.watch.subject import Subject
from answerable.watch.world import World
from answerable.wiring.desk_calls import call_record, decisions_of
from answerable.wiring.desk_entries import events_from, newest_event_us
from answerable.wiring.recording import read_record

CALLS, FACTS_FILE, DECISIONS, PROFILE = "calls.csv", "facts.csv", "decisions.csv", "profile.toml"
POLICIES: Final = "policies"
MONITORING: Final = "monitoring.csv"
OTHERS: Final = "entries-of-others.csv"
DERIVED: Final = frozenset({"hour_of_week", "holiday"})
"""Facts that are worked out of the time, and stand in no column."""

COLUMN_FACTS: Final = tuple(fact for fact in FACTS if fact not in DERIVED)
POINTS: Final = (
    "received", "answered", "entered", "dispatched", "enroute", "arrived", "contact", "cleared", "closed",
    "first_closed", "reopened",
)  # fmt: skip
COLUMNS: Final = (
    "call", *POINTS, "origin", "entry_kind", "priority_final", "close_reason", "closed_by", "merged_into", "abandoned",
    "sent", "there", "first_unit", "units", "district", "beat", *(f"fact_{fact}" for fact in COLUMN_FACTS),
)  # fmt: skip
FACT_COLUMNS: Final = ("call", "fact", "value", "asserted_by", "occurred_at", "recorded_at")
DECISION_COLUMNS: Final = (
    "call", "at", "recorded_at", "actor", "rank", "decision", "clause", "reason", "conditions", "review_due",
    "recorded_by",
)  # fmt: skip

MONITORING_COLUMNS: Final = ("number", "at", "event", "about")
_WATCHED: Final = {
    EventName.WATCH_HEARTBEAT: "heartbeat",
    EventName.ALARM_RAISED: "alarm",
    EventName.ALARM_ACKNOWLEDGED: "acknowledged",
}

OTHERS_COLUMNS: Final = (
    "call",
    "entry",
    "index",
    "event",
    "role",
    "actor",
    "agency",
    "recorded_at",
    "refusal",
    "refused_by",
)
_TAKEN_UP_BY_OTHERS: Final = frozenset(
    (
        EventName.ASSISTANCE_NOTICE_READ, EventName.ASSISTANCE_APPEALED, EventName.ASSISTANCE_REVIEWED,
        EventName.ASSISTANCE_CONDITION_REPORTED_MET, EventName.CALL_REVIEWED, EventName.CALL_CONDITION_REPORTED_MET,
    )
)  # fmt: skip
"""Entries that rest on a refusal: whoever makes one has seen that it was taken."""

_REFUSALS: Final = (DecisionKind.DECLINE.value, DecisionKind.DECLINE_WITH_CONDITIONS.value)

_DISPOSITIONS: Final[Mapping[CloseReason, str]] = {
    CloseReason.SERVED: '{ means = "handled", text = "Somebody was there" }',
    CloseReason.SERVED_BY_PHONE:
        '{ means = "handled", dispatched = "no", ended-by = "agency", text = "Answered by telephone" }',
    CloseReason.UNFOUNDED: '{ means = "unfounded", text = "Nothing was found" }',
    CloseReason.GONE_ON_ARRIVAL: '{ means = "gone_on_arrival", text = "Gone on arrival" }',
    CloseReason.CALLER_REACHED_NOTHING_NEEDED:
        '{ means = "handled", dispatched = "no", ended-by = "agency", text = "The caller needs nothing" }',
    CloseReason.TEST_OR_MISDIAL: '{ means = "void_test", text = "Test or misdial" }',
    CloseReason.DUPLICATE: '{ means = "duplicate", text = "The same as another call" }',
    CloseReason.DECLINED: '{ means = "declined_no_response", text = "Declined" }',
    CloseReason.OTHER: '{ means = "other", ended-by = "agency", reason-given = "yes", text = "Another reason" }',
}  # fmt: skip


class DeskFiles(msgspec.Struct, frozen=True, kw_only=True):
    """Where the files lie, and how many calls and requests are in them.

    `gaps`: how often a feed fell silent, and how many feeds never tell of dispatches. Where there are any, a blank
    means nothing, and the profile says so.
    """

    folder: Path
    calls: Path
    facts: Path
    decisions: Path
    profile: Path
    policies: Path
    monitoring: Path
    others: Path
    corroborated: tuple[str, ...]
    """Calls and requests of whose every refusal somebody else than its decider made an entry."""
    subjects: int
    gaps: int


def export_desk(store: Store, out: Path, *, origin: str, at_us: int, zone: str = "UTC") -> DeskFiles:
    """Write a record's calls into the folder `out`, with the local times of `zone` and their offsets.

    Raises InputError where it has no policy, or the zone is none; StorageError.
    """
    local = local_zone(zone)
    world, watched, gaps = World(), _Watched(local), 0
    others = list[tuple[str, ...]]()
    for _, event in events_from(store, 0):
        if event is not None:
            others += _of_another(event, world, local)
            before = _alarms(event, world)
            world.apply(event)
            watched.take(event)
            watched.answered(before, _alarms(event, world), event.recorded_at_us)
            gaps += event.name is EventName.FEED_GAP_BEGAN
    gaps += sum(not feed.shows_dispatch for feed in world.feeds.values())
    policies = [one.text for one in world.versions.values() if one.state in ("filed", "approved")]
    if not policies:
        raise InputError("The record holds no policy, so nothing was owed that could be examined.")
    subjects = list(world.subjects.values())
    said = (fact_values(one, local) for subject in subjects for one in subject.assertions)
    made = (decision_values(one, local) for subject in subjects for one in decisions_of(subject))
    files = {
        CALLS: csv_text(COLUMNS, (_row(one, world, local) for one in subjects)),
        FACTS_FILE: csv_text(FACT_COLUMNS, (tuple(one.values()) for one in said)),
        DECISIONS: csv_text(DECISION_COLUMNS, (tuple(one.values()) for one in made)),
        PROFILE: profile_text(origin=origin, at_us=at_us, gaps=gaps, zone=zone),
        MONITORING: csv_text(MONITORING_COLUMNS, watched.rows),
        OTHERS: csv_text(OTHERS_COLUMNS, others),
        **{f"{POLICIES}/{number}.toml": text for number, text in enumerate(policies, start=1)},
    }
    (out / POLICIES).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        replace_file(out / name, text.encode())
    return DeskFiles(
        folder=out, calls=out / CALLS, facts=out / FACTS_FILE, decisions=out / DECISIONS, profile=out / PROFILE,
        policies=out / POLICIES, monitoring=out / MONITORING, others=out / OTHERS,
        corroborated=tuple(_corroborated(subjects, others)), subjects=len(subjects), gaps=gaps,
    )  # fmt: skip


def export_record(folder: Path, out: Path, *, zone: str = "UTC") -> DeskFiles:
    """The calls of the record in `folder`, up to its newest entry; the record may be open for writing meanwhile.

    Raises InputError where it holds no call of a desk, or no policy; StorageError.
    """
    with read_record(folder) as record:
        newest_us = newest_event_us(record.store)
        if not newest_us:
            raise InputError(
                f"The record in {folder} holds no call of a desk.",
                hint="`answerable serve` keeps such a record. Other entries are examined as the files they seal.",
            )
        return export_desk(record.store, out, origin=record.origin, at_us=newest_us, zone=zone)


class _Watched:
    """What the watch left behind, numbered without a gap: heartbeats, alarms, who acknowledged them."""

    def __init__(self, zone: tzinfo) -> None:
        self.rows = list[tuple[str, ...]]()
        self._zone = zone
        self._latest_us = 0

    def take(self, event: Event) -> None:
        """One entry, where it is of the watch. What came late stands at the time of the entry before it."""
        kind = _WATCHED.get(event.name)
        if kind is None:
            return
        about = "" if kind == "heartbeat" else event.id if kind == "alarm" else str(event.public["alarm"])
        self._add(kind, about, event.recorded_at_us)

    def answered(self, before: Sequence[Alarm], after: Sequence[Alarm], at_us: int) -> None:
        """Alarms whose cause somebody ended (by sending, deciding, reviewing) were heard, though nobody said so. One
        whose deadline then passed was not."""
        standing = {alarm.cause for alarm in after}
        for alarm in before:
            if alarm.rings and alarm.cause not in standing:
                self._add("acknowledged", alarm.id, at_us)

    def _add(self, kind: str, about: str, at_us: int) -> None:
        self._latest_us = max(self._latest_us, at_us)
        self.rows.append((str(len(self.rows) + 1), iso(self._latest_us, self._zone), kind, about))


def _of_another(event: Event, world: World, zone: tzinfo) -> Iterator[tuple[str, ...]]:
    """What somebody else than its decider entered of a refusal that stands: that another person knew of it, and when.

    A feed and the desk itself are nobody: they repeat what they were told.
    """
    subject = None if event.about is None else world.subject(event.about)
    denial = None if subject is None else subject.denial
    if subject is None or denial is None or not denial.stands or event.name not in _TAKEN_UP_BY_OTHERS:
        return
    who = event.actor
    if who.id != denial.decider.id and who.role not in (Role.FEED, Role.DESK):
        yield (
            subject.id, event.id, str(event.index), event.name.value, who.role.value, who.id, who.agency or "",
            iso(event.recorded_at_us, zone), denial.id, denial.decider.id,
        )  # fmt: skip


def _corroborated(subjects: Iterable[Subject], others: Iterable[Sequence[str]]) -> Iterator[str]:
    refusal = OTHERS_COLUMNS.index("refusal")
    known = {row[refusal] for row in others}
    for subject in subjects:
        refusals = {made.id for made in subject.made if made.kind in _REFUSALS}
        if refusals and refusals <= known:
            yield subject.id


def _alarms(event: Event, world: World) -> tuple[Alarm, ...]:
    subject = None if event.about is None else world.subject(event.about)
    return () if subject is None else subject.alarms


def call_values(subject: Subject, world: World, zone: tzinfo = UTC) -> dict[str, Any]:
    """A call as the desk itself judges it, by COLUMNS: the same record, and so the same outcome. Nothing private."""
    record = call_record(subject, world=world)
    times = {point: _stamp(at_us, zone) for point, at_us in record.times_us.items()}
    closed = subject.state is State.CLOSED
    return {
        "call": subject.id,
        **{point: times.get(point) for point in POINTS},
        "origin": subject.origin.value,
        "entry_kind": subject.entry_kind.value,
        "priority_final": subject.priority_final,
        "close_reason": subject.close_reason if closed else None,
        "closed_by": subject.closed_by.id if closed and subject.closed_by is not None else None,
        "merged_into": subject.merged_into,
        "abandoned": subject.abandoned,
        "sent": _known(record.dispatched),
        "there": _known(record.arrived),
        "first_unit": subject.units[0].id if subject.units else None,
        "units": len({unit.id for unit in subject.units}),
        "district": subject.district,
        "beat": subject.beat,
        **{f"fact_{fact}": subject.bound.get(fact) for fact in COLUMN_FACTS},
    }


def _row(subject: Subject, world: World, zone: tzinfo) -> tuple[str, ...]:
    told = call_values(subject, world, zone)
    return tuple(spelled(told[column]) for column in COLUMNS)


def _known(known: Known) -> bool | None:
    return None if known is Known.NOT_RECORDED else known is Known.YES


def fact_values(said: FactAssertion, zone: tzinfo = UTC) -> dict[str, str]:
    """What somebody said of a call, by FACT_COLUMNS."""
    value = spelled(said.value, yes="yes", no="no")
    times = (iso(said.occurred_at_us, zone), iso(said.recorded_at_us, zone))
    return dict(zip(FACT_COLUMNS, (said.call, said.fact, value, said.asserted_by, *times), strict=True))


def decision_values(made: Decision, zone: tzinfo = UTC) -> dict[str, str]:
    """A decision, by DECISION_COLUMNS."""
    review = made.review_due_us
    values = (
        made.call, iso(made.at_us, zone), iso(made.recorded_at_us, zone), made.actor or "", made.rank or "",
        made.decision.value, made.clause or "", made.reason or "", made.conditions or "",
        "" if review is None else iso(review, zone), made.recorded_by or "",
    )  # fmt: skip
    return dict(zip(DECISION_COLUMNS, values, strict=True))


def _stamp(us: int, zone: tzinfo) -> str:
    return from_us(us).astimezone(zone).isoformat(timespec="microseconds").replace("+00:00", "Z")


def local_zone(name: str) -> tzinfo:
    """The zone of a name, such as America/Los_Angeles. Raises InputError."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"{name!r} is no time zone.", hint="Write one such as America/Los_Angeles.") from None


def spelled(value: object, *, yes: str = "Y", no: str = "N") -> str:
    """A value as a cell; nothing for what is not known."""
    if value is None:
        return ""
    return yes if value is True else no if value is False else str(value)


def csv_text(columns: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """The cells below a line with the names of their columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def profile_text(*, origin: str, at_us: int, gaps: int, zone: str = "UTC") -> str:
    """What the file means, as a source profile. Silence means no only where no feed ever fell silent."""
    points = "\n".join(f'{point}_at = "{point}"' for point in POINTS)
    facts = "\n".join(_bound(fact) for fact in COLUMN_FACTS)
    origins = "\n".join(f'{one} = "{one}"' for one in _ORIGINS)
    types = "\n".join(f'{one} = {{ entry-kind = "{one}" }}' for one in ("information", "broadcast", "test"))
    closing = "\n".join(f"{code.value} = {text}" for code, text in _DISPOSITIONS.items())
    silence = _SILENCE if gaps == 0 else ""
    answer, why = ("yes", "no feed was silent") if gaps == 0 else ("partly", f"a feed was silent {gaps} times")
    return _PROFILE.format(
        origin=origin, at=iso(at_us), points=points, facts=facts, origins=origins, types=types, closing=closing,
        silence=silence, answer=answer, why=why, zone=zone,
    )  # fmt: skip


def _bound(fact: str) -> str:
    kind, column = FACTS[fact], f"fact_{fact}"
    if kind.yes_no:
        return f'{fact} = {{ column = "{column}", values = {{ Y = true, N = false }} }}'
    if kind.kind == "number":
        return f'{fact} = {{ column = "{column}", whole-number = true }}'
    values = ", ".join(f'{one} = "{one}"' for one in kind.one_of)
    return f'{fact} = {{ column = "{column}", values = {{ {values} }} }}'


_ORIGINS: Final = (
    "public_911", "public_nonemergency", "public_other", "alarm", "agency", "officer", "scheduled", "unknown",
)  # fmt: skip
_SILENCE: Final = """[blank-means-no]
dispatched  = "Every dispatch is an entry of the record, and no feed of it was silent."
disposition = "Every closing is an entry with its reason."
contact     = "Every callback is an entry of the record."
closed      = "Every closing is an entry; an open call has none."
"""
_PROFILE: Final = """# Written together with its file, from the entries of a live record.
answerable-profile = 1

[source]
id           = "live-record"
title        = "The live record {origin}"
publisher    = "the desk of {origin}"
agency       = "{origin}"
discipline   = "police"
licence      = "as the agency decides"
citation     = "{origin}, as of {at}"
version      = "1"
verified     = true
verified-how = "Its rows are written from the record's own entries by the program that reads them."

[file]
grain    = "call"
identity = ["call"]

[inclusion]
rule     = "all_calls"
evidence = "A row for every call and request that the record holds. What was never entered is in no record."

[clock]
timezone    = "{zone}"
policy      = "utc"
formats     = ["%Y-%m-%dT%H:%M:%S.%f%z"]
start-point = "received"
horizon     = "{at}"

[columns]
call_id              = "call"
{points}
origin_raw           = "origin"
type_initial         = "entry_kind"
priority_initial_raw = "fact_priority"
priority_final_raw   = "priority_final"
disposition_raw      = "close_reason"
closed_by            = "closed_by"
duplicate_of         = "merged_into"
district             = "district"
beat                 = "beat"
first_unit           = "first_unit"
units_dispatched     = "units"

[flags]
abandoned  = {{ column = "abandoned", yes = ["Y"], no = ["N"] }}
dispatched = {{ column = "sent", yes = ["Y"], no = ["N"] }}
arrived    = {{ column = "there", yes = ["Y"], no = ["N"] }}

[place]
precision = "none"

[origin]
{origins}

[types]
{types}

[disposition]
{closing}

[bind]
{facts}
priority_final = {{ column = "priority_final", whole-number = true }}

{silence}
[records]
callbacks = true
origin    = true

[can-answer]
received    = {{ answer = "yes", because = "every call that was entered is in the file" }}
sent        = {{ answer = "{answer}", because = "every dispatch is an entry, and {why}" }}
arrived     = {{ answer = "partly", because = "an arrival is entered when somebody reports it" }}
how_long    = {{ answer = "yes", because = "every step has its time" }}
who_decided = {{ answer = "yes", because = "every decision is an entry with its actor and rank" }}
ignored     = {{ answer = "{answer}", because = "a call without any answer shows as such, and {why}" }}
"""
