"""The steps in the life of a finding, as they stand in its folder: each names the one before it by its digest."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec


class Standing(StrEnum):
    """How far a finding has come."""

    PROPOSED = "proposed"
    """By the program; nobody has been asked for a reply."""
    ASKED = "asked"
    """Those concerned were asked for a reply."""
    SIGNED = "signed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    """Another finding took its place. It stays as it is."""


class ClaimFound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is proposed for one claim: its id, and the finding (of a statement, the verdict)."""

    id: str
    finding: str
    cannot_be_determined: bool


class OtherFinding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another finding, by its id and the SHA-256 of its step that is meant; `because`: why it takes, or lost, the
    place."""

    finding: str
    step_sha256: str
    because: str


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document by its name, size and SHA-256. `published` False: it is not shown, only its digest."""

    file: str
    sha256: str
    size_bytes: int
    published: bool


class Signer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answers for a finding; `body` is the body for which they sign."""

    name: str
    office: str
    rank: str
    body: str


class _Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="step"):
    """What every step has: the finding's id, its number from 1, when, and the SHA-256 of the step before it."""

    schema: Literal["answerable/finding-step@1"] = "answerable/finding-step@1"
    finding: str
    number: int
    at_us: int
    previous: str | None


class Proposed(_Step, frozen=True, kw_only=True, tag="proposed"):
    """The program proposes what a result shows: `result_sha256` is that of its manifest, `finding_sha256` that of
    finding.json, `bundle_sha256` that of bundle.json where there is one; every step is entered in `log`."""

    program: str
    timezone: str
    result_sha256: str
    finding_sha256: str
    bundle_sha256: str | None
    log: str | None
    claims: tuple[ClaimFound, ...]
    supersedes: OtherFinding | None


class Asked(_Step, frozen=True, kw_only=True, tag="asked"):
    """Somebody concerned was asked for a reply: an office, a bureau, a party; how; and until when they have."""

    who: str
    how: str
    reply_by_us: int


class Replied(_Step, frozen=True, kw_only=True, tag="replied"):
    """A reply of somebody who was asked came in."""

    who: str
    received_us: int
    document: Document


class Signed(_Step, frozen=True, kw_only=True, tag="signed"):
    """A person signs the letter and with it everything before. `deciders_compared`: how many named deciders of calls in
    scope the signer was held against; `not_on_record`: why that does not settle it, in sentences without capital; then
    `states_decided_none` must be there: the signer's own statement that they decided none of the calls."""

    signer: Signer
    key: str
    letter_sha256: str
    deciders_compared: int
    not_on_record: tuple[str, ...]
    states_decided_none: bool


class Published(_Step, frozen=True, kw_only=True, tag="published"):
    """The finding was published; `url` is the address under which its pages will lie, where that is known."""

    url: str | None


class Superseded(_Step, frozen=True, kw_only=True, tag="superseded"):
    """Another finding takes this one's place; `by_signed`: that one has been signed."""

    by: OtherFinding
    by_signed: bool


Step: TypeAlias = Proposed | Asked | Replied | Signed | Published | Superseded
