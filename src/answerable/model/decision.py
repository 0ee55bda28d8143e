"""Facts asserted and decisions taken beside the calls themselves: the rows of `--facts` and `--decisions`."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from answerable.model.vocabulary import FactValue


class FactAssertion(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asserted a fact about a call. `value` None retracts what the same asserter said before."""

    call: str
    fact: str
    value: FactValue | None
    asserted_by: str
    occurred_at_us: int
    recorded_at_us: int


class DecisionKind(StrEnum):
    """`accept_referral` is the other agency's recorded acceptance; `review` confirms a standing decision; `reopen`
    takes a refused request up again, undecided; `withdraw` is the requester's own act."""

    RESPOND = "respond"
    DECLINE = "decline"
    DECLINE_WITH_CONDITIONS = "decline_with_conditions"
    REFER = "refer"
    ACCEPT_REFERRAL = "accept_referral"
    REVIEW = "review"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision on one call or request. Empty text is absent, and absent is None.

    `clause` is the id of the policy's duty rule relied on. `recorded_by` is who wrote it down: where that is the
    decider, or nobody says, the decision cannot exonerate without other evidence.
    """

    call: str
    at_us: int
    recorded_at_us: int
    actor: str | None
    rank: str | None
    decision: DecisionKind
    clause: str | None = None
    reason: str | None = None
    conditions: str | None = None
    review_due_us: int | None = None
    recorded_by: str | None = None
