"""The kinds of claim, one module a kind. A new kind is a module here and its rows in tests/spec/test_findings.py."""

from __future__ import annotations

from collections.abc import Callable

from answerable.answer.claims import (
    calls_ignored,
    listed_calls,
    monitoring_lapse,
    pattern,
    policy_exists,
    request_denied,
    statement,
)
from answerable.answer.ports import CaseRecord
from answerable.model.claim import Claim, ClaimKind
from answerable.model.finding import ClaimFinding

_KINDS: dict[ClaimKind, Callable[[Claim, CaseRecord], ClaimFinding]] = {
    ClaimKind.CALLS_IGNORED: calls_ignored.answer,
    ClaimKind.POLICY_EXISTS: policy_exists.answer,
    ClaimKind.REQUEST_DENIED: request_denied.answer,
    ClaimKind.STATEMENT: statement.answer,
    ClaimKind.SLOWER_RESPONSE: pattern.answer,
    ClaimKind.PATTERN: pattern.answer,
    ClaimKind.LISTED_CALLS: listed_calls.answer,
    ClaimKind.MONITORING_LAPSE: monitoring_lapse.answer,
}


def answer_claim(claim: Claim, record: CaseRecord) -> ClaimFinding:
    """The finding the record supports, proposed and unsigned."""
    return _KINDS[claim.kind](claim, record)
