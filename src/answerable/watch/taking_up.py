"""What entries of several kinds do to a call: weigh it anew, take it up again, let a decision stand or end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from answerable.policy.known import facts_known_at
from answerable.watch.events import Event
from answerable.watch.meaning import Meaning, same_owed
from answerable.watch.states import REFUSED, Kind, State
from answerable.watch.subject import Denial, Made, Period, Subject

replace = msgspec.structs.replace
Handler: TypeAlias = Callable[[Subject, Event, Meaning], Subject]
"""What an entry of one kind makes of a call."""


def reconsidered(subject: Subject, at_us: int, cause: str, meaning: Meaning) -> Subject:
    """What is owed under the facts and versions known at an instant. A changed duty or clock begins a new period, in
    which a refusal of the one before does not stand any more."""
    facts = facts_known_at(at_us, bound=subject.bound, assertions=subject.assertions)
    policy = meaning.governing(subject.policy, at_us, subject.facts)
    base, period = meaning.decide(policy, facts), subject.period
    subject = replace(subject, facts=facts, policy=policy)
    if same_owed(base, period.base):
        limits = meaning.responding(policy, facts) if period.committed else None
        return replace(subject, period=replace(period, base=base, limits=limits))
    begun_anew = Period(start_us=at_us, cause=cause, base=base, first=False, lowered=period.lowered)
    return taken_up(replace(subject, period=begun_anew), at_us, f"the duty changed: {cause}")


def taken_up(subject: Subject, at_us: int, why: str) -> Subject:
    """A refusal, and an acceptance under a duty that has changed, does not stand any more."""
    denial = subject.denial
    if denial is not None and denial.stands:
        subject = replace(subject, denial=replace(denial, ended_us=at_us, ended_by=why))
    if subject.state in REFUSED:
        return replace(subject, state=waiting(subject), reopened_us=at_us)
    undecided = subject.state in (State.ACCEPTED, State.ACCEPTED_PROVISIONALLY) and subject.period.leaves_choice
    return replace(subject, state=waiting(subject)) if undecided else subject


def waiting(subject: Subject) -> State:
    """The state of what waits, undecided."""
    return State.PENDING if subject.kind is Kind.CALL else State.UNDER_REVIEW


def reopened(subject: Subject, event: Event, cause: str, meaning: Meaning) -> Subject:
    """Taken up again: a new period, whose clocks run from now."""
    at_us = event.recorded_at_us
    subject = made(subject, event, "reopen")
    base = meaning.decide(subject.policy, subject.facts)
    was_over = subject.over
    subject = replace(
        subject,
        period=Period(start_us=at_us, cause=cause, base=base, first=False),
        reopened_us=at_us,
        first_closed_us=subject.first_closed_us or subject.closed_us,
        closed_us=None,
        closed_by=None,
        close_reason=None,
        merged_into=None,
    )
    subject = taken_up(subject, at_us, cause)
    return replace(subject, state=waiting(subject)) if was_over else subject


def responding(subject: Subject, event: Event, meaning: Meaning, *, cause: str) -> Subject:
    """A decision to respond answers a duty that left a choice, and its clocks begin."""
    if not subject.period.leaves_choice:
        return subject
    period = Period(
        start_us=event.recorded_at_us,
        cause=cause,
        base=subject.period.base,
        first=False,
        committed=True,
        limits=meaning.responding(subject.policy, subject.facts),
    )
    return replace(subject, period=period)


def made(subject: Subject, event: Event, kind: str) -> Subject:
    """With one decision more, as an examination reads it; `kind` is one of `model.decision.DecisionKind`."""
    public = event.public
    conditions = [fact or "a condition in words" for fact in public.get("conditions") or ()]
    made = Made(
        id=event.id,
        kind=kind,
        at_us=event.at_us,
        recorded_us=event.recorded_at_us,
        actor=event.actor,
        clause=public.get("clause"),
        reason=public.get("reason_code"),
        conditions="; ".join(conditions) or None,
        review_due_us=public.get("review_due_us"),
    )
    return replace(subject, made=(*subject.made, made))


def ended(subject: Subject, event: Event) -> Denial | None:
    """The refusal, which does not stand any more."""
    denial = subject.denial
    if denial is None or not denial.stands:
        return denial
    return replace(denial, ended_us=event.recorded_at_us, ended_by=event.name.value)
