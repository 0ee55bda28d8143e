"""What the record says about a claim, in the terms of police oversight (outcomes.md, "Findings")."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from answerable.model.claim import Evidence
from answerable.model.comparison import Comparison
from answerable.model.listed import Identification


class Finding(StrEnum):
    """Preponderance of the evidence; proposed by the program, signed by a person."""

    SUSTAINED = "sustained"
    NOT_SUSTAINED = "not_sustained"
    UNFOUNDED = "unfounded"
    EXONERATED = "exonerated"
    POLICY_FAILURE = "policy_failure"


class Verdict(StrEnum):
    """What the record says to one passage of a quoted statement."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    PARTLY = "partly"
    CANNOT_BE_DETERMINED = "cannot_be_determined"


class PassageVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One passage, its verdict, why, and the calls or clauses that decide it."""

    quote: str
    verdict: Verdict
    because: str
    calls: tuple[str, ...] = ()
    evidence: str | None = None


class CallInScope(msgspec.Struct, frozen=True, kw_only=True):
    """One call a finding rests on: its number (or row key), outcome, and the sentence that explains it."""

    call: str
    received_us: int | None
    outcome: str
    reason: str | None
    rule: str | None
    because: str


class ClaimFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A claim answered. `answer` is the sentence to read; `rule` the row of the findings table that applied.

    `cannot_be_determined` is True where this source could not have shown it either way (the finding is then
    not_sustained, and the words say so). `calls` holds the calls the finding rests on, `figures` whole numbers,
    `limits` what the reader must know, `would_change` what further record would change the finding, and
    `comparison` the figures of what was compared, `identified` what became of each entry of a list.
    """

    id: str
    kind: str
    text: str
    alleged_by: str
    status: str  # "proposed" until a person signs
    finding: Finding | Verdict  # a statement gets the verdict its passages add up to
    cannot_be_determined: bool
    answer: str
    rule: str
    because: tuple[str, ...]
    calls: tuple[CallInScope, ...]
    figures: dict[str, int]
    limits: tuple[str, ...]
    would_change: tuple[str, ...]
    passages: tuple[PassageVerdict, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    claim_sha256: str = ""
    comparison: Comparison | None = None
    identified: tuple[Identification, ...] = ()
