"""An allegation split into claims: what is said, by whom, about which calls (the file CLAIM.toml)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from answerable.model.comparison import RegisteredTerms, Terms
from answerable.model.listed import ListedCall
from answerable.model.monitoring import MonitoringLog
from answerable.model.vocabulary import FactValue


class ClaimKind(StrEnum):
    """What sort of thing is alleged; each kind has its own row in the findings table."""

    CALLS_IGNORED = "calls_ignored"
    POLICY_EXISTS = "policy_exists"
    REQUEST_DENIED = "request_denied"
    STATEMENT = "statement"
    SLOWER_RESPONSE = "slower_response"
    PATTERN = "pattern"
    LISTED_CALLS = "listed_calls"
    MONITORING_LAPSE = "monitoring_lapse"


COMPARED = (ClaimKind.SLOWER_RESPONSE, ClaimKind.PATTERN)
"""The kinds that compare the claimant's calls with others under the same load."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The calls a claim is about: a window of receiving times (from inclusive, to exclusive), a condition over
    the vocabulary's facts in the policy's expression language, and/or call numbers. Absent means no limit."""

    from_us: int | None = None
    to_us: int | None = None
    where: str | None = None
    calls: tuple[str, ...] = ()


class IndependentCount(msgspec.Struct, frozen=True, kw_only=True):
    """A count of calls in scope from another hand (telephone switch, receipts), attested by its custodian."""

    calls: int
    source: str
    custodian: str
    attested_at_us: int


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A document taken in: its seal, where it comes from, and the passages quoted from it.

    `passages_checked` is True only where each quoted passage was found word for word in the file's text.
    `about` names the calls or requests it corroborates.
    """

    id: str
    kind: str
    file: str
    sha256: str
    size_bytes: int
    sender: str
    dated_us: int
    passages: tuple[str, ...]
    passages_checked: bool
    about: tuple[str, ...] = ()


class PassageTest(StrEnum):
    """How a passage of a statement is held against the record.

    `no_version_permits`: no policy version in force lets `then` fail for any possible call with `given`.
    `some_version_permits`: some policy version in force does.
    `some_decision`: a decision of kind `decision` on a call in scope exists.
    `every_call`: every call in scope (and `where`) has one of `outcomes`.
    `no_call`: no call in scope (and `where`) has one of `outcomes`.
    `some_call`: some call in scope (and `where`) has.
    `not_in_the_record`: it is about something this record cannot show (intent, an unnamed source).
    """

    NO_VERSION_PERMITS = "no_version_permits"
    SOME_VERSION_PERMITS = "some_version_permits"
    SOME_DECISION = "some_decision"
    EVERY_CALL = "every_call"
    NO_CALL = "no_call"
    SOME_CALL = "some_call"
    NOT_IN_THE_RECORD = "not_in_the_record"


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One passage of a quoted statement and the test that decides it."""

    quote: str
    test: PassageTest
    where: str | None = None
    outcomes: tuple[str, ...] = ()
    decision: str | None = None
    given: dict[str, FactValue] = {}
    then: str | None = None
    evidence: str | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One claim. `given`/`then` belong to policy_exists, `passages` to statement, `terms` to what is compared;
    `registered` is the file in which those terms were registered, as it was read; `listed`, from `list_file`, belongs
    to listed_calls, `monitoring` to monitoring_lapse."""

    id: str
    kind: ClaimKind
    text: str
    alleged_by: str
    scope: Scope
    given: dict[str, FactValue] = {}
    then: str = "duty == 'must-respond'"
    passages: tuple[Passage, ...] = ()
    independent_count: IndependentCount | None = None
    evidence: tuple[Evidence, ...] = ()
    terms: Terms | None = None
    listed: tuple[ListedCall, ...] = ()
    list_file: str = ""
    monitoring: MonitoringLog | None = None
    registered: RegisteredTerms | None = None
    file_sha256: str = ""
