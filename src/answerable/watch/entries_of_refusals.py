"""What a refusal, its conditions, its reviews and its end make of a call."""

from __future__ import annotations

from typing import Final

import msgspec

from answerable.model.times import SECOND_US
from answerable.watch.entries_of_calls import asserted
from answerable.watch.entries_of_requests import accepted
from answerable.watch.events import Event, EventName
from answerable.watch.meaning import Meaning
from answerable.watch.states import State
from answerable.watch.subject import Condition, Denial, Subject
from answerable.watch.taking_up import Handler, made, reopened

replace = msgspec.structs.replace


def _declined(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    public, private = event.public, event.private
    texts = private.get("conditions") or [None] * len(public.get("conditions", ()))
    conditions = tuple(
        Condition(text=text, fact=fact) for text, fact in zip(texts, public.get("conditions", ()), strict=False)
    )
    rule = meaning.rule(subject.period.base)
    denial = Denial(
        id=event.id,
        at_us=event.recorded_at_us,
        decider=event.actor,
        policy=public["policy_version"],
        clause=public["clause"],
        sentence="" if rule is None else rule.text,
        cite="" if rule is None else rule.cite,
        reason_code=public["reason_code"],
        reason_text=private.get("reason_text"),
        conditions=conditions,
        review_due_us=_latest_review(subject, event),
        review_from_us=event.recorded_at_us,
        still_answered=tuple(public.get("still_answered", ())),
        notice_text=private.get("notice_text"),
        notice_sent_us=public.get("notice_sent_at_us"),
    )
    state = State.DECLINED_CONDITIONALLY if conditions else State.DECLINED
    kind = "decline_with_conditions" if conditions else "decline"
    period = replace(subject.period, committed=False, limits=None)
    return made(replace(subject, denial=denial, state=state, period=period), event, kind)


def _latest_review(subject: Subject, event: Event) -> int | None:
    """As decided, but never later than the policy allows."""
    every_s = None if subject.period.base is None else subject.period.base.review_every_s
    allowed = None if every_s is None else event.recorded_at_us + every_s * SECOND_US
    return min((due for due in (event.public.get("review_due_us"), allowed) if due is not None), default=None)


def _condition_met(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    denial, number = subject.denial, int(event.public["condition"])
    if denial is None or not denial.stands or not 0 < number <= len(denial.conditions):
        return subject
    conditions, by = list(denial.conditions), event.public["asserted_by"]
    met = conditions[number - 1]
    conditions[number - 1] = replace(met, reported_met_us=met.reported_met_us or event.at_us, reported_by=by)
    subject = _review_asked(replace(subject, denial=replace(denial, conditions=tuple(conditions))), event, "condition")
    if met.fact is None:
        return subject
    return asserted(subject, event, meaning, fact=met.fact, value=True, by=by)


def _appealed(subject: Subject, event: Event, _: Meaning) -> Subject:
    if subject.denial is None or not subject.denial.stands:
        return subject
    denial = replace(subject.denial, appealed_us=event.at_us)
    return _review_asked(replace(subject, denial=denial), event, "appeal")


def _review_asked(subject: Subject, event: Event, by: str) -> Subject:
    denial = subject.denial
    assert denial is not None  # noqa: S101  the callers have looked
    asked_us = denial.review_asked_us or event.recorded_at_us
    denial = replace(denial, review_asked_us=asked_us, review_asked_by=denial.review_asked_by or by)
    return replace(subject, denial=denial, state=State.REVIEW_DUE)


def _review_due(subject: Subject, _: Event, __: Meaning) -> Subject:
    return replace(subject, state=State.REVIEW_DUE) if subject.refused else subject


def _notice_read(subject: Subject, event: Event, _: Meaning) -> Subject:
    denial = subject.denial
    return subject if denial is None else replace(subject, denial=replace(denial, notice_read_us=event.at_us))


def _reviewed(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    denial = subject.denial
    if denial is None or not denial.stands:
        return subject
    if event.public["result"] == "reversed":
        return accepted(subject, event, meaning)
    upheld = replace(
        denial,
        reviews=denial.reviews + 1,
        review_due_us=_latest_review(subject, event),
        review_from_us=event.recorded_at_us,
        review_asked_us=None,
        review_asked_by=None,
    )
    state = State.DECLINED if denial.final else State.DECLINED_CONDITIONALLY
    return made(replace(subject, denial=upheld, state=state), event, "review")


def _reopening(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    """Takes up what is refused or over. What an assertion has reopened already stays as it is."""
    if subject.refused or subject.over:
        return reopened(subject, event, "reopened", meaning)
    return subject


HANDLERS: Final[dict[EventName, Handler]] = {
    EventName.CALL_DECLINED: _declined,
    EventName.ASSISTANCE_DECLINED: _declined,
    EventName.ASSISTANCE_DECLINED_CONDITIONALLY: _declined,
    EventName.CALL_REVIEWED: _reviewed,
    EventName.ASSISTANCE_REVIEWED: _reviewed,
    EventName.CALL_CONDITION_REPORTED_MET: _condition_met,
    EventName.ASSISTANCE_CONDITION_REPORTED_MET: _condition_met,
    EventName.CALL_REOPENED: _reopening,
    EventName.ASSISTANCE_REOPENED: _reopening,
    EventName.ASSISTANCE_NOTICE_READ: _notice_read,
    EventName.ASSISTANCE_REVIEW_DUE: _review_due,
    EventName.ASSISTANCE_APPEALED: _appealed,
}
