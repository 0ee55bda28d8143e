"""`finding.json` read again as typed values, and its JSON Schema, which is made from the same types."""

from __future__ import annotations

import json
from typing import Any, Final, Literal

import msgspec

from answerable.errors import InputError
from answerable.model.call import Inclusion
from answerable.model.examination import PolicyInForce
from answerable.model.finding import CallInScope, ClaimFinding
from answerable.model.source import FileSeal, Rows
from answerable.notation import NotationError, json_as

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
FOUND = Literal[
    "sustained", "not_sustained", "unfounded", "exonerated", "policy_failure",
    "supported", "contradicted", "partly", "cannot_be_determined",
]  # fmt: skip
"""Every `Finding` and every `Verdict`: one closed list, since a statement's finding is a verdict."""


class ClaimWritten(ClaimFinding, frozen=True, kw_only=True):
    """A claim's finding as it is written."""

    finding: FOUND  # type: ignore[assignment]  # two enumerations of texts cannot be told apart when they are read


class SealedSource(msgspec.Struct, frozen=True, kw_only=True):
    """What `finding.json` repeats of the source's manifest: whose file it is, and the seals of what was read."""

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
    inclusion: Inclusion
    inclusion_evidence: str
    rows: Rows
    calls: int
    first_us: int | None
    last_us: int | None
    horizon_us: int | None
    parquet_sha256: str


class FindingDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of an examination with the seals of what they rest on (docs/formats/result-folder.md)."""

    schema: Literal["answerable/finding@1"]
    program: str
    made_up: str
    as_of_us: int | None
    recompute: str
    source: SealedSource
    policies: tuple[PolicyInForce, ...]
    outcomes: dict[str, int]
    undetermined: dict[str, int]
    claims: tuple[ClaimWritten, ...]
    nobody_complained: tuple[CallInScope, ...]
    limits: tuple[str, ...]
    edited: dict[str, Any] | None


def read_finding(content: bytes, *, file: str) -> FindingDocument:
    """`finding.json` as typed values. Raises InputError naming what does not fit."""
    try:
        return json_as(content, FindingDocument)
    except NotationError as fault:
        raise InputError(f"{file} is no finding of this version: {fault}", hint="Examine the file again.") from fault


def finding_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `finding.json`."""
    (_,), components = msgspec.json.schema_components([FindingDocument], ref_template="#/$defs/{name}")
    whole = dict(components.pop("FindingDocument"))
    title = "finding.json of Answerable: what a record says about each claim"
    schema = {"$schema": DRAFT, **whole, "title": title, "$defs": components}
    return dict(json.loads(json.dumps(schema)))  # lists where JSON has lists
