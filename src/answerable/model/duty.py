"""What a response policy says about one call: a duty, its clocks, and what is still unknown."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Duty(StrEnum):
    """What is owed. Only `must_respond` forbids a decision not to respond."""

    MUST_RESPOND = "must-respond"
    MAY_DECLINE = "may-decline"
    COMMAND_DECIDES = "command-decides"


class SatisfiedBy(StrEnum):
    """What answers a duty."""

    UNIT = "unit"
    PHONE = "phone"
    PARTNER = "partner"


CLOCK_KINDS: tuple[str, ...] = ("answer_within", "dispatch_within", "arrive_within", "tell_caller_within")
"""The limits a clock can set, all in seconds from received."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A time limit and the clock that set it."""

    within_s: int
    clock: str


class PolicyDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What one version of a policy decides for one set of facts. Immutable; shared by all calls of a cell.

    `duty` is None when no rule fires. `limits` maps a clock kind (CLOCK_KINDS) to the tightest limit that applies
    with certainty. `open` names the missing facts that could change the duty or a clock, in the policy's order.
    """

    policy: str
    version: str
    duty: Duty | None
    rule: str | None = None
    text: str = ""
    cite: str = ""
    decline_by: str | None = None
    decide_within_s: int | None = None
    review_every_s: int | None = None
    satisfied_by: tuple[SatisfiedBy, ...] = (SatisfiedBy.UNIT,)
    limits: dict[str, Limit] = {}
    escalate_to: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    def within_s(self, kind: str) -> int | None:
        """The limit of a clock kind in seconds, or None where no such clock runs."""
        limit = self.limits.get(kind)
        return None if limit is None else limit.within_s

    def first_limit(self) -> Limit | None:
        """What the requester waits for first: the decision, or else the dispatch (or else the arrival)."""
        if self.duty is not Duty.MUST_RESPOND:
            return (
                None
                if self.decide_within_s is None
                else Limit(within_s=self.decide_within_s, clock=f"decide-within of {self.rule}")
            )
        return self.limits.get("dispatch_within") or self.limits.get("arrive_within")
