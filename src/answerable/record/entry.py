"""What may be entered, and the exact bytes it becomes.

The public body is JSON with ASCII keys and no floats (RFC 8785 bytes). What is private stands in it as one digest: the
top of recursive disclosures (RFC 9901 section 4.2.6), each with its own random salt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from answerable.errors import InputError
from answerable.model.canonical import Json, canonical_bytes
from answerable.proof.disclosure import Disclosure, commit_written

FORMAT = "answerable/entry@1"
LARGEST_ENTRY_BYTES = 65_535
"""A bundle of entries gives each length in two bytes (C2SP tlog-tiles)."""

LONGEST_ID = 128
SALT_BYTES = 16
TOP = ""
"""The name under which the salt of the topmost disclosure is kept; no field can have it."""

TOP_NAME = "private"
"""What the topmost disclosure is called for whoever opens it."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*", re.ASCII)
OWN_IDS = "log:"
"""How the ids begin that only the record itself gives."""

CLOSE_ID = "log:close"
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_RESERVED = frozenset({"_sd", "_sd_alg", "..."})
_OWN_NAMES = frozenset(
    {"about", "committed", "document", "entry", "id", "occurred_at_us", "private", "recorded_at_us", "type"}
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


class EntryType(StrEnum):
    """The closed list of what a record holds."""

    CALL = "call"
    FACT = "fact"
    UNIT = "unit"
    DECISION = "decision"
    DENIAL = "denial"
    REVIEW = "review"
    POLICY = "policy"
    DATASET = "dataset"
    EVIDENCE = "evidence"
    ALLEGATION = "allegation"
    FINDING = "finding"
    REDACTION = "redaction"
    KEY = "key"
    HEARTBEAT = "heartbeat"
    ALARM = "alarm"
    ASSIGNMENT = "assignment"
    REQUEST = "request"
    OPEN = "open"
    CLOSE = "close"


OWN_TYPES = frozenset({EntryType.REDACTION, EntryType.KEY, EntryType.OPEN, EntryType.CLOSE})
"""Types that only the record itself writes, each with the act that it stands for."""


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry as somebody sends it: not yet recorded.

    `id` is the sender's, so that sending again is safe; `about` is the id of the entry this one adds to;
    `occurred_at_us` is when it happened, where that is not now. Values are JSON without floats. `committed` are digests
    of disclosures that the sender keeps to itself, such as a sealed document's.
    """

    id: str
    type: EntryType
    about: str | None = None
    occurred_at_us: int | None = None
    public: dict[str, Any] = {}
    private: dict[str, Any] = {}
    committed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.id, name="id")
        if self.about is not None:
            _check_id(self.about, name="about")
        for name in (*self.public, *self.private):
            if _NAME.fullmatch(name) is None:
                raise InputError(f"field {name!r} is not a name: small letters, digits and _, such as caller_phone")
        if own := _OWN_NAMES & self.public.keys():
            raise InputError(f"field {sorted(own)[0]!r} is the entry's own; use another name")
        if any(_DIGEST.fullmatch(digest) is None for digest in self.committed):
            raise InputError("a commitment is the digest of a disclosure: 43 letters of base64url")
        _refuse_reserved(self.public)
        _refuse_reserved(self.private)

    @property
    def salted(self) -> tuple[str, ...]:
        """The names that need a salt: every private field and the disclosure above them; none where all is public."""
        return (TOP, *self.private) if self.private else ()

    def check_sender(self) -> None:
        """Raises InputError for what only the record itself may write."""
        if self.type in OWN_TYPES or self.id.startswith(OWN_IDS):
            raise InputError(
                f"entry {self.id}: type {self.type.value!r} and ids that begin with {OWN_IDS!r} are the record's own",
                hint="`answerable redact`, `answerable log rotate-key` and `answerable log close` write such entries.",
            )

    def same_as(self, other: Draft) -> bool:
        """Whether both are the same entry, value by value: 1 and true are not."""
        return _spelled(self) == _spelled(other)


class Disclosed(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to be recorded: its body; by name, disclosure and canonical value of each private field and of `TOP`."""

    body: bytes
    disclosures: dict[str, str]
    values: dict[str, bytes]


def disclose(draft: Draft, *, recorded_at_us: int, salts: Mapping[str, bytes]) -> Disclosed:
    """The body of `draft` and its disclosures; the same draft with the same salts and time gives the same bytes.

    Raises InputError for a value without one spelling and for an entry that is too large.
    """
    body = public_part(draft, recorded_at_us=recorded_at_us)
    try:
        disclosures, values = dict[str, str](), dict[str, bytes]()
        openings = list(draft.committed)
        if draft.private:
            digests = list[str]()
            for name, value in draft.private.items():
                values[name] = canonical_bytes(value)
                disclosures[name], digest = commit_field(name, values[name], salt=salts[name])
                digests.append(digest)
            values[TOP] = canonical_bytes(list[Json](sorted(digests)))
            disclosures[TOP], top = commit_field(TOP, values[TOP], salt=salts[TOP])
            openings.append(top)
        if openings:
            body["_sd"] = list[Json](sorted(openings))
        written = canonical_bytes(body)
    except ValueError as fault:
        raise InputError(f"entry {draft.id}: {fault}") from fault
    if len(written) > LARGEST_ENTRY_BYTES:
        raise InputError(
            f"entry {draft.id} has {len(written):,} bytes; an entry holds at most {LARGEST_ENTRY_BYTES:,}",
            hint="Seal the document (`answerable seal`) and enter its seal.",
        )
    return Disclosed(body=written, disclosures=disclosures, values=values)


def public_part(draft: Draft, *, recorded_at_us: int) -> dict[str, Json]:
    """What the body says openly: everything but the digests."""
    body: dict[str, Json] = {
        **draft.public,
        "entry": FORMAT,
        "id": draft.id,
        "recorded_at_us": recorded_at_us,
        "type": draft.type.value,
    }
    if draft.about is not None:
        body["about"] = draft.about
    if draft.committed:
        body["committed"] = list[Json](sorted(draft.committed))
    if draft.occurred_at_us is not None:
        body["occurred_at_us"] = draft.occurred_at_us
    return body


def commit_field(name: str, value: bytes, *, salt: bytes) -> Disclosure:
    """The disclosure of a private field whose canonical value is `value`.

    Of `TOP` that value is the list of the fields' digests, and its disclosure shows nothing but them.
    """
    return commit_written(b'{"_sd":%b}' % value, TOP_NAME, salt) if name == TOP else commit_written(value, name, salt)


def _spelled(draft: Draft) -> bytes:
    return msgspec.json.encode(draft, order="deterministic")


def _refuse_reserved(value: object) -> None:
    """What means something to disclosures may not come from a sender."""
    if isinstance(value, dict):
        if reserved := _RESERVED & value.keys():
            raise InputError(f"the key {sorted(reserved)[0]!r} belongs to disclosures (RFC 9901); use another name")
        for item in value.values():
            _refuse_reserved(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_reserved(item)


def _check_id(text: str, *, name: str) -> None:
    if len(text) > LONGEST_ID or _ID.fullmatch(text) is None:
        raise InputError(
            f"{name} {text!r} cannot be used: letters, digits and . _ : - only, at most {LONGEST_ID}",
            hint="An id says nothing about a person or a place; a UUIDv7 is a good one.",
        )
