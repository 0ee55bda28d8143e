"""What is known about a file of calls once it was imported: its manifest (the seal of what was read)."""

from __future__ import annotations

import msgspec

from answerable.model.call import Inclusion
from answerable.model.file_seal import FileSeal, Rows
from answerable.model.snapshot import Snapshots


class SourcePart(msgspec.Struct, frozen=True, kw_only=True):
    """One table that was read: a file, or a member of an archive. `name` as the quarantine file names it.

    Lines in `raw` count through all parts in their order: line n of this part is `lines_before` + n there.
    """

    name: str
    rows: Rows
    lines_before: int


class CanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a source can answer a question at all: `yes`, `partly` or `no`, and why, in a sentence."""

    answer: str
    because: str


QUESTIONS: dict[str, str] = {
    "received": "Was the call received?",
    "sent": "Was anyone sent?",
    "arrived": "Did anyone arrive?",
    "how_long": "How long did it take?",
    "who_decided": "Who decided, and why?",
    "ignored": "Were calls ignored?",
}
"""Keys of `SourceManifest.can_answer`, in the order in which they are shown."""


class ClockOffset(msgspec.Struct, frozen=True, kw_only=True):
    """These clock points are stamped by another agency's clock, which is ahead of the first by between
    `ahead_from_s` and `ahead_to_s` seconds."""

    points: tuple[str, ...]
    ahead_from_s: int
    ahead_to_s: int
    evidence: str


class SourceManifest(msgspec.Struct, frozen=True, kw_only=True):
    """Written beside every imported Parquet file. Everything an examination needs to know about the source.

    `blank_means_no` maps a column (`dispatched`, `disposition`, `contact`, `closed`) to the evidence that a blank
    there means *no*; a column that is absent from it has meaningless blanks. `start_point` is the earliest clock
    point from which limits can be counted (`received`, or a later one such as `queued`; None: there is none).
    `unlisted_codes` counts values no map of the profile explains, by column. `quality` counts flagged times by
    clock point and Quality name in lower case. `horizon_us` is the instant up to which the source can speak.
    `files` seals each file as it was given (a packed one packed), in the order of reading; `file` is the only one of
    them, or for several their name together, their size, and the SHA-256 of their list as `sha256sum` prints it.
    `snapshots`: where later exports were imported onto the first one, all of them; `file` and `rows` are then the last
    one's, `calls` and what follows from them speak of all.
    """

    source: str
    title: str
    publisher: str
    licence: str
    citation: str
    verified: bool
    profile_sha256: str
    file: FileSeal
    encoding: str
    timezone: str
    grain: str
    inclusion: Inclusion
    inclusion_evidence: str
    rows: Rows
    calls: int
    start_point: str | None
    first_us: int | None
    last_us: int | None
    horizon_us: int | None
    blank_means_no: dict[str, str]
    records_callbacks: bool
    records_origin: bool
    clock_offset: ClockOffset | None
    removals: tuple[str, ...]
    can_answer: dict[str, CanAnswer]
    unlisted_codes: dict[str, dict[str, int]]
    unlisted_facts: dict[str, int]
    quality: dict[str, dict[str, int]]
    notes: tuple[str, ...]
    parquet_sha256: str
    files: tuple[FileSeal, ...] = ()
    parts: tuple[SourcePart, ...] = ()
    snapshots: Snapshots | None = None


__all__ = ["QUESTIONS", "CanAnswer", "ClockOffset", "FileSeal", "Rows", "SourceManifest", "SourcePart"]
