"""Everything of one call: its timeline, clocks, facts, refusal; the form of a refusal; what a receipt tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from answerable.errors import RankError
from answerable.model.decision import FactAssertion
from answerable.model.vocabulary import FACTS, FactType
from answerable.watch.clocks import DECIDE, clocks
from answerable.watch.commands import NEEDS_TEXT, ReasonCode, StillAnswered
from answerable.watch.declining import latest_review_us, why_not
from answerable.watch.events import Event
from answerable.watch.people import Actor
from answerable.watch.showing import Looking, Spoken, denial_view, duty_view, questions, row_of
from answerable.watch.states import REFUSED
from answerable.watch.subject import Subject
from answerable.watch.views import (
    DeclineForm,
    FactView,
    OutcomeView,
    PublicStatus,
    Said,
    SubjectView,
    TimelineEntry,
)
from answerable.watch.words import EVENTS, FIELDS, KINDS, REASONS, STATES, STILL, value_text
from answerable.watch.world import World

Outcome = Callable[[Subject], OutcomeView | None]


def subject_view(
    subject: Subject,
    events: Iterable[Event],
    world: World,
    looking: Looking,
    *,
    now_us: int,
    spoken: Spoken,
    outcome: OutcomeView | None,
) -> SubjectView:
    """Everything of a call. `events` are its entries in order, with what of them can still be opened."""
    sees, number = looking.sees(subject), spoken(subject.id)
    row = row_of(subject, world, looking, spoken=number)
    late = row.due is not None and row.due.due_us < now_us and row.gap is None
    denial = subject.denial
    return SubjectView(
        row=msgspec.structs.replace(row, late=late),
        told_us=subject.told_us,
        recorded_us=subject.recorded_us,
        disputed_told_us=subject.disputed_told_us,
        narrative=subject.narrative if sees else None,
        caller_name=subject.caller_name if sees else None,
        phone=subject.phone if sees else None,
        district=subject.district,
        beat=subject.beat,
        clocks=clocks(subject, world.rules),
        facts=tuple(_facts(subject, world)),
        timeline=tuple(timeline_entry(one, sees=sees, spoken=spoken) for one in events),
        denial=None
        if denial is None
        else denial_view(subject, denial, looking, now_us=now_us, rules=world.rules, number=number),
        outcome=outcome,
        linked=subject.linked,
        merged_into=subject.merged_into,
        merged_here=tuple(world.merged.get(subject.id, ())),
        read_back=number if subject.by_telephone else None,
        confirmed=subject.confirmed,
    )


def timeline_entry(event: Event, *, sees: bool, spoken: Spoken) -> TimelineEntry:
    """One entry, in words."""
    return TimelineEntry(
        id=event.id,
        index=event.index,
        event=event.name.value,
        text=EVENTS[event.name],
        at_us=event.at_us,
        recorded_at_us=event.recorded_at_us,
        actor=event.actor,
        lines=tuple(_lines(event, sees=sees)),
        times=tuple((FIELDS[name], value) for name, value in event.public.items() if _is_time(name, value)),
        late=event.late,
        out_of_order=event.occurred_at_us is not None and event.occurred_at_us > event.recorded_at_us,
        spoken=spoken(event.id),
    )


def _lines(event: Event, *, sees: bool) -> Iterator[tuple[str, str | None]]:
    for name, value in event.public.items():
        if name in FIELDS and name != "text" and not _is_time(name, value):
            yield FIELDS[name], _said(name, value)
    for name, value in event.private.items():
        if name in FIELDS and value not in ("", None):
            yield FIELDS[name], _said(name, value) if sees else None


_NAMES = frozenset({"fact", "kind", "origin", "rank", "result", "rung"})
"""Fields that hold a name: of the policy, or of one of our lists."""


def _is_time(name: str, value: Any) -> bool:
    """Whether it is an instant, which the page says in its own time zone."""
    return name in FIELDS and name.endswith("_us") and isinstance(value, int)


def _said(name: str, value: Any) -> str:
    if name == "reason_code" and value in REASONS:
        return REASONS[ReasonCode(value)]
    if name == "still_answered":
        return "; ".join(STILL[StillAnswered(one)] for one in value)
    if name in _NAMES:
        return str(value).replace("_", " ")
    if isinstance(value, dict):
        return "; ".join(f"{key.replace('_', ' ')}: {value_text(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value if one is not None)
    return value_text(value) if isinstance(value, bool) else str(value)


def _facts(subject: Subject, world: World) -> Iterator[FactView]:
    policy = world.meaning.policy(subject.policy)
    asked = dict(policy.facts) if policy is not None else {}
    said = _said_by(subject)
    for fact, kind in {**FACTS, **asked}.items():
        if fact in said or (policy is not None and fact in policy.declared):
            yield _fact_view(fact, kind, subject, said.get(fact, ()))


def _fact_view(fact: str, kind: FactType, subject: Subject, said: Iterable[FactAssertion]) -> FactView:
    said = tuple(said)
    value = subject.facts.get(fact)
    latest = {one.asserted_by: one.value for one in said}
    return FactView(
        fact=fact,
        ask=kind.ask,
        type=kind,
        value=value,
        text=value_text(value),
        contradicted=len({one for one in latest.values() if one is not None}) > 1,
        said=tuple((one.asserted_by, value_text(one.value), one.recorded_at_us) for one in said),
    )


def _said_by(subject: Subject) -> dict[str, list[FactAssertion]]:
    found = dict[str, list[FactAssertion]]()
    for fact, value in subject.bound.items():
        first = FactAssertion(
            call=subject.id,
            fact=fact,
            value=value,
            asserted_by="the first entry",
            occurred_at_us=subject.told_us,
            recorded_at_us=subject.recorded_us,
        )
        found.setdefault(fact, []).append(first)
    for one in subject.assertions:
        found.setdefault(one.fact, []).append(one)
    return found


def decline_form(subject: Subject, world: World, *, by: Actor, now_us: int) -> DeclineForm:
    """What the clause already fills in, or why this person cannot decline this now."""
    held = world.held(by.id, by.role, now_us)
    fault = why_not(subject, by=by, held=held, meaning=world.meaning)
    refused = None if fault is None else fault.message
    if subject.over or subject.state in REFUSED:
        refused = f"It is {STATES[subject.state]}."
    base, duty = subject.period.base, duty_view(subject)
    rule = world.meaning.rule(base)
    review_us = None if base is None else latest_review_us(base, now_us)
    policy = world.meaning.policy(subject.policy)
    named = () if rule is None or rule.reopen_when is None else tuple(rule.reopen_when.types)
    return DeclineForm(
        id=subject.id,
        refused=refused,
        rank_too_low=isinstance(fault, RankError),
        duty=duty,
        policy_version=duty.policy,
        clause=duty.rule,
        sentence=duty.sentence,
        cite=duty.cite,
        decline_by=duty.decline_by,
        your_rank=None if held is None else held.rank,
        open_questions=questions(subject, world),
        reasons=tuple(Said(code=code.value, text=text) for code, text in REASONS.items()),
        reasons_that_need_text=tuple(sorted(code.value for code in NEEDS_TEXT)),
        conditions=() if policy is None else tuple((fact, policy.facts[fact].ask) for fact in named),
        review_due_us=review_us,
        review_latest_us=review_us,
        still_answered=tuple(Said(code=code.value, text=text) for code, text in STILL.items()),
        notice_text=_notice(subject),
        decide_by_us=next((due.due_us for due in clocks(subject, world.rules) if due.what == DECIDE), None),
    )


def _notice(subject: Subject) -> str:
    duty = duty_view(subject)
    return (
        f"Your request was declined under {duty.rule} of {duty.policy} ({duty.cite}): {duty.sentence} "
        "Where life or safety is at risk, or becomes so, say so at once: then it is taken up again and answered. "
        "You may report a condition met, and you may ask command to look again."
    )


def public_status(subject: Subject, events: Iterable[Event], *, spoken: str | None) -> PublicStatus:
    """What whoever has the receipt is told: how it stands and what happened when; no place, no nature, no name."""
    told = [one for one in events if not one.name.value.startswith(("alarm.", "decision.required"))]
    return PublicStatus(
        id=subject.id,
        spoken=spoken,
        kind=subject.kind,
        state=subject.state,
        text=f"This {KINDS[subject.kind]} is {STATES[subject.state]}.",
        received_us=subject.told_us,
        changed_us=subject.changed_us,
        steps=tuple((EVENTS[one.name], one.at_us) for one in told),
    )
