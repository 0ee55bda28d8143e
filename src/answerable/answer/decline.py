"""A decision not to respond, held against the policy: within, against, or not to be told (outcomes.md, rule 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from answerable.answer.situation import Decline
from answerable.model.call import Known
from answerable.model.decision import Decision
from answerable.model.duty import Duty, PolicyDecision
from answerable.model.times import SECOND_US
from answerable.policy import Policy

NO_REASON = "none"
"""What is written where it is known that no reason was given; a blank says that none was recorded."""


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """The links of the chain; each must hold. `facts`: no open fact could change the duty or a clock."""

    duty: Known
    rank: Known
    reason: Known
    in_time: Known
    facts: Known
    clause: Known

    def verdict(self) -> Decline:
        """Against where one link is known to be broken; within where all are known to hold."""
        links = (self.duty, self.rank, self.reason, self.in_time, self.clause)
        if Known.NO in links:
            return Decline.AGAINST
        if self.facts is not Known.YES:
            return Decline.FACTS_OPEN
        return Decline.NOT_RECORDED if Known.NOT_RECORDED in links else Decline.WITHIN


def links_of(
    decline: Decision, *, policy: Policy, base: PolicyDecision, readings: Sequence[PolicyDecision], start_us: int,
    told_us: int,
) -> Links:  # fmt: skip
    """The links of one decline.

    `base` is the decision under the facts known then, `readings` those possible under the facts still missing,
    `start_us` when the decider's clock began, `told_us` when the requester told.
    """
    return Links(
        duty=_every(readings, lambda one: None if one.duty is None else one.duty is not Duty.MUST_RESPOND),
        rank=_every(readings, lambda one: _rank_suffices(decline.rank, one.decline_by, policy.ranks)),
        reason=_reason(decline.reason),
        in_time=_every(readings, lambda one: _in_time(decline, one.decide_within_s, start_us)),
        facts=Known.NO if base.open else Known.YES,
        clause=_clause(decline, policy=policy, base=base, told_us=told_us),
    )


def _reason(reason: str | None) -> Known:
    if reason is None:
        return Known.NOT_RECORDED
    return Known.NO if reason.casefold() == NO_REASON else Known.YES


def _every(readings: Sequence[PolicyDecision], holds: Callable[[PolicyDecision], bool | None]) -> Known:
    answers = {holds(reading) for reading in readings}
    if answers == {True}:
        return Known.YES
    return Known.NO if answers == {False} else Known.NOT_RECORDED


def _rank_suffices(rank: str | None, decline_by: str | None, ranks: Sequence[str]) -> bool | None:
    if decline_by is None:
        return None  # a must-respond duty names no rank: the duty link says no already
    if rank is None or rank not in ranks:
        return None
    return ranks.index(rank) >= ranks.index(decline_by)


def _in_time(decline: Decision, within_s: int | None, start_us: int) -> bool | None:
    return None if within_s is None else decline.recorded_at_us - start_us <= within_s * SECOND_US


def _clause(decline: Decision, *, policy: Policy, base: PolicyDecision, told_us: int) -> Known:
    """Older than the request, not issued by the decider, and the rule that applied."""
    if policy.issued_at_us > told_us or _issued_by_decider(decline, policy):
        return Known.NO
    return Known.YES if decline.clause is not None and decline.clause == base.rule else Known.NOT_RECORDED


def _issued_by_decider(decline: Decision, policy: Policy) -> bool:
    issuer = {policy.issued_by.casefold(), (policy.issued_by_rank or policy.issued_by).casefold()}
    return any(name is not None and name.casefold() in issuer for name in (decline.actor, decline.rank))
