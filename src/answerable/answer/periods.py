"""The duty periods of a call with a history: changed facts, decisions, reviews (outcomes.md, "for each duty period").

A changed duty or clock, a decision to respond, and a missed review each begin a period of its own, with limits that run
from then. Every period has its own ruling; the call takes the worst.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from answerable.answer.record import ACCEPTED, WITHDRAWN, CallRecord, SourceTerms
from answerable.answer.timing import Moment, moment, told
from answerable.model.call import EndedBy, Handover
from answerable.model.decision import Decision, DecisionKind, FactAssertion
from answerable.model.duty import Duty, PolicyDecision
from answerable.model.times import SECOND_US
from answerable.model.vocabulary import FactValue
from answerable.policy import Policy, VersionSet, alternatives, decide
from answerable.policy.governing import governing, substance
from answerable.policy.known import facts_known_at

DECLINES = (DecisionKind.DECLINE, DecisionKind.DECLINE_WITH_CONDITIONS)
ENDS = ("arrived", "cleared", "closed")
MISSED_REVIEW = "a missed review"


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which policy, duty and clocks stay the same. `end_us` None: to the end of the record.

    `policy` None: no version in force. `cause` says what began it.
    """

    start: Moment | None
    end_us: int | None
    policy: Policy | None
    facts: dict[str, FactValue]
    base: PolicyDecision | None
    readings: tuple[PolicyDecision, ...]
    cause: str


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """One duty period: a stretch or a part of one.

    `decline` is the decision not to respond that ended it; `committed` marks a period in which a decision to respond
    stands, so that the clocks of a response run whatever the duty; `decided` is the instant of the decision that
    answered a duty which left a choice.
    """

    stretch: Stretch
    start: Moment | None
    end_us: int | None
    first: bool
    last: bool
    cause: str
    decline: Decision | None = None
    decided_us: int | None = None
    committed: bool = False


def with_acts(call: CallRecord, decisions: Sequence[Decision]) -> CallRecord:
    """The call with the acts among its decisions that end what is owed: withdrawn, referred, accepted elsewhere."""
    times, ended_by, handover = dict(call.times_us), call.ended_by, call.handover
    for decision in sorted(decisions, key=lambda one: one.recorded_at_us):
        if decision.decision is DecisionKind.WITHDRAW:
            ended_by = EndedBy.REQUESTER
            times.setdefault(WITHDRAWN, decision.recorded_at_us)
        elif decision.decision is DecisionKind.REFER and handover is Handover.NONE:
            handover = Handover.OFFERED
        elif decision.decision is DecisionKind.ACCEPT_REFERRAL:
            handover = Handover.ACCEPTED
            times.setdefault(ACCEPTED, decision.recorded_at_us)
    return msgspec.structs.replace(call, times_us=times, ended_by=ended_by, handover=handover)


def stretches(
    call: CallRecord, *, assertions: Sequence[FactAssertion], versions: VersionSet, terms: SourceTerms
) -> tuple[Stretch, ...]:
    """The call's life cut where its duty or its clocks change."""
    start = told(call, terms)
    if start is None:
        return (_stretch(call, at_us=None, assertions=assertions, policy=None, start=None, cause="the call"),)
    found = [
        _stretch(call, at_us=start.hi_us, assertions=assertions, policy=versions.in_force(start.lo_us), start=start,
                 cause="the call")
    ]  # fmt: skip
    for at_us, cause in _changes(call, start.hi_us, assertions=assertions, versions=versions, terms=terms):
        policy = governing(found[-1].policy, versions.in_force(at_us), found[-1].facts)
        new = _stretch(call, at_us=at_us, assertions=assertions, policy=policy, start=Moment(at_us, at_us), cause=cause)
        if substance(new.base) != substance(found[-1].base):
            found.append(new)
        else:  # nothing changed but what is known: the limits go on, the newer knowledge counts
            found[-1] = msgspec.structs.replace(
                found[-1], facts=new.facts, base=new.base, readings=new.readings, policy=new.policy
            )
    ends = [later.start.lo_us for _, later in pairwise(found) if later.start is not None]
    return tuple(msgspec.structs.replace(one, end_us=end) for one, end in zip(found, [*ends, None], strict=True))


def _stretch(
    call: CallRecord,
    *,
    at_us: int | None,
    assertions: Sequence[FactAssertion],
    policy: Policy | None,
    start: Moment | None,
    cause: str,
) -> Stretch:
    facts = dict(call.facts) if at_us is None else facts_known_at(at_us, bound=call.facts, assertions=assertions)
    return Stretch(
        start=start,
        end_us=None,
        policy=policy,
        facts=facts,
        base=None if policy is None else decide(policy, facts),
        readings=() if policy is None else alternatives(policy, facts),
        cause=cause,
    )


def _changes(
    call: CallRecord, after_us: int, *, assertions: Sequence[FactAssertion], versions: VersionSet, terms: SourceTerms
) -> Iterator[tuple[int, str]]:
    """Instants after the call at which something could change what is owed, in order, each with its cause."""
    ended_us, horizon_us = over_us(call), terms.horizon_us
    changes = {one.recorded_at_us: f"{one.fact} recorded" for one in assertions}
    for policy in versions.policies:
        if ended_us is None or policy.effective_from_us < ended_us:
            changes.setdefault(policy.effective_from_us, f"version {policy.version} came into force")
    for at_us in sorted(changes):
        if at_us > after_us and (horizon_us is None or at_us < horizon_us):
            yield at_us, changes[at_us]


def over_us(call: CallRecord) -> int | None:
    """The instant after which nothing was owed any more: the last of arrived, cleared and closed; None while open."""
    withdrawn = moment(call, WITHDRAWN)
    if withdrawn is not None:
        return withdrawn.hi_us
    moments = [moment(call, point) for point in ENDS]
    return max((one.hi_us for one in moments if one is not None), default=None)


def periods(
    call: CallRecord,
    *,
    assertions: Sequence[FactAssertion],
    decisions: Sequence[Decision],
    versions: VersionSet,
    terms: SourceTerms,
) -> tuple[Period, ...]:
    """Every duty period of a call, in order. `assertions` and `decisions` are those of this call."""
    found: list[Period] = []
    parts = stretches(call, assertions=assertions, versions=versions, terms=terms)
    for index, stretch in enumerate(parts):
        begins_us = None if index == 0 or stretch.start is None else stretch.start.lo_us
        inside = [
            one
            for one in sorted(decisions, key=lambda one: one.recorded_at_us)
            if (begins_us is None or one.recorded_at_us >= begins_us)
            and (stretch.end_us is None or one.recorded_at_us < stretch.end_us)
        ]
        found += _parts(stretch, inside, call=call, terms=terms, opening=index == 0)
    return tuple(found)


def _parts(
    stretch: Stretch, decisions: Sequence[Decision], *, call: CallRecord, terms: SourceTerms, opening: bool
) -> list[Period]:
    """One stretch cut by its decisions. A standing refusal owes nothing but its reviews."""
    whole = Period(
        stretch=stretch, start=stretch.start, end_us=stretch.end_us, first=opening, last=stretch.end_us is None,
        cause=stretch.cause,
    )  # fmt: skip
    if stretch.base is None or stretch.base.duty is None:
        return [whole]
    found: list[Period] = []
    current: Period | None = whole
    review_due_us: int | None = None
    for decision in decisions:
        if current is not None:
            current, due = _decided(current, decision, found)
            review_due_us = due if current is None else review_due_us
        elif decision.decision in (*DECLINES, DecisionKind.REVIEW):
            review_due_us = _reviewed(decision, review_due_us, whole, found)
        elif decision.decision is DecisionKind.RESPOND:
            current, review_due_us = _commit(whole, decision), None
        elif decision.decision is DecisionKind.REOPEN:
            current, review_due_us = _taken_up(whole, decision), None
        elif decision.decision is DecisionKind.WITHDRAW:
            return found
    if current is not None:
        return [*found, current]
    missed = _missed_review(review_due_us, whole, call=call, terms=terms)
    return [*found, missed] if missed is not None else found


def _decided(current: Period, decision: Decision, found: list[Period]) -> tuple[Period | None, int | None]:
    """What a decision makes of the running period: (what runs on, when a refusal must be reviewed)."""
    replace = msgspec.structs.replace
    if decision.decision in DECLINES:
        found.append(replace(current, end_us=decision.recorded_at_us, last=False, decline=decision))
        return None, _review_due(decision, current.stretch)
    if decision.decision is DecisionKind.RESPOND and _leaves_choice(current):
        found.append(replace(current, end_us=decision.recorded_at_us, last=False, decided_us=decision.recorded_at_us))
        return _commit(current, decision), None
    return current, None


def _leaves_choice(period: Period) -> bool:
    base = period.stretch.base
    return base is not None and base.duty is not Duty.MUST_RESPOND and not period.committed


def _commit(period: Period, decision: Decision) -> Period:
    at_us = decision.recorded_at_us
    return msgspec.structs.replace(
        period, start=Moment(at_us, at_us), first=False, committed=True, end_us=period.stretch.end_us,
        last=period.stretch.end_us is None, cause="a decision to respond",
    )  # fmt: skip


def _taken_up(period: Period, decision: Decision) -> Period:
    """A refusal that was taken up again: it has to be decided anew, and the limits run from then."""
    at_us = decision.recorded_at_us
    return msgspec.structs.replace(period, start=Moment(at_us, at_us), first=False, cause="a reopening")


def _review_due(decision: Decision, stretch: Stretch) -> int | None:
    """When the refusal must be reviewed: as decided, but not later than the policy allows."""
    every_s = stretch.base.review_every_s if stretch.base is not None else None
    latest_us = None if every_s is None else decision.recorded_at_us + every_s * SECOND_US
    dues = [due for due in (decision.review_due_us, latest_us) if due is not None]
    return min(dues, default=None)


def _reviewed(decision: Decision, due_us: int | None, whole: Period, found: list[Period]) -> int | None:
    if due_us is not None and decision.recorded_at_us > due_us:
        found.append(
            msgspec.structs.replace(
                whole,
                start=Moment(due_us, due_us),
                end_us=decision.recorded_at_us,
                first=False,
                last=False,
                cause=MISSED_REVIEW,
                decline=decision,
            )
        )
    return _review_due(decision, whole.stretch)


def _missed_review(due_us: int | None, whole: Period, *, call: CallRecord, terms: SourceTerms) -> Period | None:
    """The period that begins when a review was due and nobody reviewed before the refusal ended."""
    closed = moment(call, WITHDRAWN) or moment(call, "closed")
    ends = [
        end for end in (whole.end_us, terms.horizon_us, None if closed is None else closed.lo_us) if end is not None
    ]
    if due_us is None or not ends or due_us >= min(ends):
        return None
    return msgspec.structs.replace(
        whole, start=Moment(due_us, due_us), end_us=min(ends), first=False, last=False, cause=MISSED_REVIEW
    )
