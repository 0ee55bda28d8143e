"""The outcome of a call (outcomes.md, "Outcome"): the closed lists, and the order of severity."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """What became of one call under the policy then in force. Every call has exactly one."""

    ANSWERED = "answered"
    ANSWERED_LATE = "answered_late"
    SENT_NOT_ARRIVED = "sent_not_arrived"
    HANDED_OVER = "handed_over"
    DECLINED_WITHIN_POLICY = "declined_within_policy"
    DECLINED_AGAINST_POLICY = "declined_against_policy"
    CLOSED_WITHOUT_REASON = "closed_without_reason"
    UNHEARD = "unheard"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    NONE_OWED = "none_owed"
    PENDING = "pending"
    UNDETERMINED = "undetermined"


class Reason(StrEnum):
    """Why an outcome is undetermined. Each says what record would settle it (see docs/reference/outcomes.md)."""

    NO_POLICY = "no_policy"
    NO_RULE = "no_rule"
    FACT = "fact"
    PRIORITY = "priority"
    CLOCK_OFFSET = "clock_offset"
    TIME_NOT_RECORDED = "time_not_recorded"
    TIME_UNCERTAIN = "time_uncertain"
    WHO_ENDED_IT = "who_ended_it"
    RESPONSE_NOT_RECORDED = "response_not_recorded"
    CALLBACK_NOT_RECORDED = "callback_not_recorded"
    ACCEPTANCE_NOT_RECORDED = "acceptance_not_recorded"
    DECISION_NOT_RECORDED = "decision_not_recorded"
    REASON_NOT_RECORDED = "reason_not_recorded"
    ORIGIN_NOT_RECORDED = "origin_not_recorded"
    UNKNOWN_CODE = "unknown_code"
    CONTRADICTORY_RECORD = "contradictory_record"


SEVERITY: tuple[Outcome, ...] = (
    Outcome.DECLINED_AGAINST_POLICY,
    Outcome.UNHEARD,
    Outcome.CLOSED_WITHOUT_REASON,
    Outcome.SENT_NOT_ARRIVED,
    Outcome.ANSWERED_LATE,
    Outcome.UNDETERMINED,
    Outcome.PENDING,
    Outcome.DECLINED_WITHIN_POLICY,
    Outcome.HANDED_OVER,
    Outcome.ANSWERED,
)
"""Worst first: a call with several duty periods takes the worst of them."""

IGNORED = frozenset({Outcome.UNHEARD, Outcome.CLOSED_WITHOUT_REASON, Outcome.DECLINED_AGAINST_POLICY})
"""The outcomes that sustain an allegation that a call was ignored."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome with its reason. `carried` is the outcome a merged call takes from the call it was merged into
    (None: the target is unknown). `facts` names the missing facts behind `Reason.FACT`."""

    outcome: Outcome
    reason: Reason | None = None
    facts: tuple[str, ...] = ()
    carried: Outcome | None = None

    @property
    def effective(self) -> Outcome:
        """What happened to the caller: a merged call's carried outcome, otherwise the outcome itself."""
        return self.carried if self.carried is not None else self.outcome
