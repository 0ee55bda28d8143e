"""The source profile: everything that must be said about a publisher's file before its rows can be called calls.

The values of a profile TOML file (docs/formats/source-profile.md; sources.md, "Source profile"), and nothing that
reads or checks one: see `profile_text`. Keys of the file are written with hyphens, names of canonical columns, clock
points, facts and codes as the vocabulary spells them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import msgspec

from answerable.model.call import (
    Disposition,
    EndedBy,
    EntryKind,
    Handover,
    Inclusion,
    Known,
    Origin,
    PriorityClass,
)
from answerable.model.source import CanAnswer
from answerable.model.vocabulary import FactValue

FORMAT = 1
"""The number of the profile format, the value of `answerable-profile`."""


class _Table(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    pass


class Grain(StrEnum):
    """What one row of the file is."""

    CALL = "call"
    UNIT_RESPONSE = "unit_response"


class ClockPolicy(StrEnum):
    """Which clock the publisher writes: the wall clock, the zone's standard time all year, or UTC."""

    LOCAL = "local"
    STANDARD = "standard"
    UTC = "utc"


class IntervalUnit(StrEnum):
    """The unit in which a column gives an interval."""

    SECONDS = "s"
    MINUTES = "min"


class About(_Table, frozen=True, kw_only=True):
    """Who published the file, under what terms, and how far this profile was checked against real rows."""

    id: str
    title: str
    publisher: str
    agency: str
    discipline: str
    licence: str
    citation: str
    version: str
    verified: bool
    verified_how: str


class FileShape(_Table, frozen=True, kw_only=True):
    """How the bytes become rows. `encoding` absent: UTF-8 is expected and anything else is said."""

    encoding: str | None = None
    delimiter: str = ","
    grain: Grain = Grain.CALL
    null_tokens: tuple[str, ...] = ("",)
    identity: tuple[str, ...] = ()


class InclusionRule(_Table, frozen=True, kw_only=True):
    """Which calls get into the file at all, and how that is known."""

    rule: Inclusion
    evidence: str


class OffsetRule(_Table, frozen=True, kw_only=True):
    """Clock points stamped by another agency's clock; see `model.source.ClockOffset`."""

    points: tuple[str, ...]
    ahead_from_s: int
    ahead_to_s: int
    evidence: str


class Clock(_Table, frozen=True, kw_only=True):
    """How the times are written. `time_of_day` are formats without a date, of which no instant can be made;
    `sentinels` are texts that mean "no time"; `edit_window` is how long rows may still
    change (`7 d`), `horizon` an RFC 3339 instant up to which the file can speak, where the publisher says so."""

    timezone: str
    policy: ClockPolicy = ClockPolicy.LOCAL
    formats: tuple[str, ...] = ()
    time_of_day: tuple[str, ...] = ()
    sentinels: tuple[str, ...] = ()
    midnight_placeholder: tuple[str, ...] = ()
    start_point: str | None = None
    horizon: str | None = None
    edit_window: str | None = None
    offset: OffsetRule | None = None


class EpochUnit(StrEnum):
    """The unit in which a column counts from 1970-01-01T00:00:00Z."""

    SECONDS = "s"
    MILLISECONDS = "ms"


class ColumnRef(_Table, frozen=True, kw_only=True):
    """A source column: joined with others by a space (`with`), or only the first group of a pattern of it.

    `optional`: some exports lack it; then its canonical column is empty and blanks in it mean nothing. `utc`: its times
    are UTC, or say their own offset, whatever the clock's policy; `epoch`: they are counted from 1970, which is UTC.
    """

    column: str
    with_: tuple[str, ...] = msgspec.field(default=(), name="with")
    pattern: str | None = None
    optional: bool = False
    utc: bool = False
    epoch: EpochUnit | None = None

    @property
    def is_instant(self) -> bool:
        """Whether its times are instants by themselves, and need no zone."""
        return self.utc or self.epoch is not None

    def names(self) -> tuple[str, ...]:
        """The source columns it needs."""
        return (self.column, *self.with_)


class Interval(_Table, frozen=True, kw_only=True):
    """A clock point given as an interval after another one, for rows that have no time of their own for it."""

    column: str
    after: str
    unit: IntervalUnit = IntervalUnit.SECONDS


class Flag(_Table, frozen=True, kw_only=True):
    """A column whose listed values say yes or no. Any other value says nothing."""

    column: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


class DispositionCode(_Table, frozen=True, kw_only=True):
    """What a closing code means, and what its published text says beyond that."""

    means: Disposition
    text: str = ""
    dispatched: Known | None = None
    arrived: Known | None = None
    ended_by: EndedBy | None = None
    reason_given: Known | None = None
    handover: Handover | None = None


class PriorityCode(_Table, frozen=True, kw_only=True):
    """`rank` 1 is the most urgent, whatever direction the publisher's codes run in."""

    rank: int | None = None
    class_: PriorityClass = msgspec.field(default=PriorityClass.UNKNOWN, name="class")


class TypeCode(_Table, frozen=True, kw_only=True):
    """A call type that is not (or not only) a call: what it is, with the publisher's reason for saying so."""

    entry_kind: EntryKind = EntryKind.CALL
    text: str = ""


class Records(_Table, frozen=True, kw_only=True):
    """What kinds of thing the file records at all."""

    callbacks: bool = False
    origin: bool = False


class Place(_Table, frozen=True, kw_only=True):
    """How exact the places are: exact, block, intersection, beat, blurred or none."""

    precision: str = "none"


class Binding(_Table, frozen=True, kw_only=True):
    """How a fact is found: one constant, a column's values, or a column's whole number as it stands.

    `optional`: some exports lack the column; then the fact is unknown.
    """

    constant: FactValue | None = None
    column: str | None = None
    values: dict[str, FactValue] = {}
    whole_number: bool = False
    optional: bool = False


Column: TypeAlias = str | ColumnRef


class Definition(_Table, frozen=True, kw_only=True):
    """A whole profile file. Every table is described in docs/formats/source-profile.md."""

    answerable_profile: int
    source: About
    file: FileShape = FileShape()
    inclusion: InclusionRule
    clock: Clock
    columns: dict[str, Column]
    header_drift: dict[str, tuple[str, ...]] = {}
    intervals: dict[str, Interval] = {}
    flags: dict[str, Flag] = {}
    disposition: dict[str, DispositionCode] = {}
    origin: dict[str, Origin] = {}
    priority: dict[str, PriorityCode] = {}
    types: dict[str, TypeCode] = {}
    bind: dict[str, Binding] = {}
    blank_means_no: dict[str, str] = {}
    records: Records = Records()
    place: Place = Place()
    removals: tuple[str, ...] = ()
    can_answer: dict[str, CanAnswer]
    notes: tuple[str, ...] = ()

    def ref(self, canonical: str) -> ColumnRef | None:
        """The source column behind a canonical one, or None where the publisher has none."""
        column = self.columns.get(canonical)
        return ColumnRef(column=column) if isinstance(column, str) else column

    def needed(self) -> Iterator[tuple[str, bool]]:
        """Every source column the profile names, with whether the file may lack it."""
        for canonical in self.columns:
            ref = self.ref(canonical)
            if ref is not None:
                yield from ((name, ref.optional) for name in ref.names())
        yield from ((name, False) for name in self.file.identity)
        yield from ((interval.column, False) for interval in self.intervals.values())
        yield from ((flag.column, False) for flag in self.flags.values())
        yield from ((bound.column, bound.optional) for bound in self.bind.values() if bound.column is not None)


@dataclass(frozen=True, slots=True)
class Profile:
    """A checked profile. `sha256` is that of the file's bytes; `file` is where it came from, `text` what it says."""

    definition: Definition
    sha256: str
    file: str
    text: str = ""

    @property
    def id(self) -> str:
        """The name by which `--source` finds it."""
        return self.definition.source.id

    @property
    def title(self) -> str:
        """What the file is called by its publisher."""
        return self.definition.source.title

    @property
    def verified(self) -> bool:
        """Whether the profile was checked against the publisher's real rows."""
        return self.definition.source.verified
