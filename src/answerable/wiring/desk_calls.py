"""A call of the desk as an examination sees it: the same record, and so the same outcome."""

from __future__ import annotations

from answerable.answer.assess import Assessment, assess
from answerable.answer.because import because
from answerable.answer.judged import JudgedCall
from answerable.answer.record import CallRecord, SourceTerms
from answerable.model.call import Disposition, EndedBy, Handover, Known
from answerable.model.decision import Decision, DecisionKind
from answerable.policy import VersionSet
from answerable.watch.clocks import nobody_waits
from answerable.watch.commands import CloseReason
from answerable.watch.people import Role
from answerable.watch.states import State
from answerable.watch.subject import Made, Subject
from answerable.watch.views import OutcomeView
from answerable.watch.world import World

BLANKS = frozenset({"dispatched", "arrived", "contact", "disposition", "closed"})
"""At the desk a blank means no: whatever happens is an entry, and each minute a heartbeat says that it listened."""

_DISPOSITIONS = {
    CloseReason.DUPLICATE: Disposition.DUPLICATE,
    CloseReason.DECLINED: Disposition.DECLINED_NO_RESPONSE,
}


def terms(now_us: int) -> SourceTerms:
    """What silence means in the desk's own record, up to an instant."""
    return SourceTerms(
        start_point="received",
        blanks=BLANKS,
        records_callbacks=True,
        decisions_supplied=True,
        horizon_us=now_us,
    )


def call_record(subject: Subject, *, world: World, target: CallRecord | None = None) -> CallRecord:
    """The canonical call. A call whose feed is silent is spoken of only up to where the feed was heard."""
    times = _times(subject)
    return CallRecord(
        key=subject.id,
        row_key=subject.id,
        call_id=subject.id,
        times_us=times,
        origin=subject.origin,
        entry_kind=subject.entry_kind,
        abandoned=subject.abandoned,
        dispatched=_dispatched(subject, world),
        dispatched_evidence="time" if subject.units else None,
        arrived=_arrived(subject),
        disposition=_disposition(subject),
        ended_by=_ended_by(subject),
        reason_given=_reason_given(subject),
        handover=_handover(subject),
        merged=_disposition(subject) is Disposition.DUPLICATE,
        target=target,
        facts=dict(subject.bound),
        priority_final=subject.priority_final,
        last_seen_us=_last_seen(subject, world),
    )


def decisions_of(subject: Subject) -> tuple[Decision, ...]:
    """The decisions on a call, as an examination reads them."""
    return tuple(_decision(made, subject) for made in subject.made)


def assessed(subject: Subject, *, world: World, versions: VersionSet, now_us: int) -> Assessment:
    """The outcome of a call as it stands at an instant, by the rules of every examination."""
    into = None if subject.merged_into is None else world.subject(subject.merged_into)
    target = None if into is None else call_record(into, world=world)
    return assess(
        call_record(subject, world=world, target=target),
        versions=versions,
        terms=terms(now_us),
        assertions=subject.assertions,
        decisions=decisions_of(subject),
    )


def outcome_view(subject: Subject, *, world: World, now_us: int) -> OutcomeView | None:
    """The outcome so far, in words; None for an entry for which nobody waits."""
    if nobody_waits(subject):
        return None
    assessment = assessed(subject, world=world, versions=world.meaning.versions, now_us=now_us)
    ruling = assessment.ruling
    shown = ruling.effective
    return OutcomeView(
        outcome=ruling.outcome.value, text=shown.value.replace("_", " "), because=because(judged(subject, assessment))
    )


def judged(subject: Subject, assessment: Assessment) -> JudgedCall:
    """A call with its ruling, ready to be said in words."""
    base, period = assessment.base, assessment.deciding.period
    decline = period.decline
    first = None if base is None else base.first_limit()
    return JudgedCall(
        key=subject.number or subject.id,
        row_key=subject.id,
        received_us=subject.told_us,
        ruling=assessment.ruling,
        facts=dict(period.stretch.facts),
        version=None if base is None else base.version,
        rule=None if base is None else base.rule,
        duty=None if base is None or base.duty is None else base.duty.value,
        limit_s=None if first is None else first.within_s,
        arrive_limit_s=None if base is None else base.within_s("arrive_within"),
        decided_s=assessment.decided_s(),
        dispatched_s=assessment.seconds_to("dispatched"),
        contact_s=assessment.contact_s(),
        arrived_s=assessment.seconds_to("arrived"),
        origin=subject.origin.value,
        entry_kind=subject.entry_kind.value,
        sent=Known.YES if subject.units else Known.NO,
        period=period.cause,
        decider=None if decline is None else decline.actor,
        clause=None if decline is None else decline.clause,
        links=assessment.deciding.links,
    )


def _times(subject: Subject) -> dict[str, int]:
    sent = [unit.dispatched_us for unit in subject.units]
    enroute = [unit.enroute_us for unit in subject.units if unit.enroute_us is not None]
    over = [unit.over_us for unit in subject.units if unit.over_us is not None]
    ended_us = subject.closed_us if subject.state is State.CLOSED else None
    found = {
        "received": subject.told_us,
        "answered": subject.answered_us,
        "entered": subject.entered_us,
        "dispatched": min(sent, default=None),
        "enroute": min(enroute, default=None),
        "arrived": subject.arrived_us,
        "contact": subject.contact_us,
        "cleared": max(over) if over and not subject.attached else None,
        "closed": ended_us,
        "first_closed": subject.first_closed_us,
        "reopened": subject.reopened_us,
    }
    return {point: at_us for point, at_us in found.items() if at_us is not None}


def _dispatched(subject: Subject, world: World) -> Known:
    """No only where the desk, or the feed that tells of the call, would have said so."""
    if subject.units:
        return Known.YES
    feed = None if subject.feed is None else world.feeds.get(subject.feed)
    return Known.NO if feed is None or feed.shows_dispatch else Known.NOT_RECORDED


def _disposition(subject: Subject) -> Disposition:
    if subject.state is State.MERGED:
        return Disposition.DUPLICATE
    if subject.state is not State.CLOSED or subject.close_reason is None:
        return Disposition.NONE
    return _DISPOSITIONS.get(CloseReason(subject.close_reason), Disposition.NONE)


def _arrived(subject: Subject) -> Known:
    """No only where it is certain: nobody was sent, or every unit was taken away before it was there."""
    if subject.arrived_us is not None:
        return Known.YES
    return Known.NO if not subject.units or subject.all_called_back else Known.NOT_RECORDED


def _ended_by(subject: Subject) -> EndedBy:
    if subject.state is State.CLOSED:
        return EndedBy.AGENCY
    return EndedBy.REQUESTER if subject.state is State.WITHDRAWN else EndedBy.NOBODY


def _reason_given(subject: Subject) -> Known:
    if subject.state is not State.CLOSED or subject.closed_by is None:
        return Known.NOT_RECORDED
    named = subject.close_reason is not None and subject.closed_by.role is not Role.DESK
    return Known.YES if named else Known.NO


def _handover(subject: Subject) -> Handover:
    if subject.referral_accepted_us is not None:
        return Handover.ACCEPTED
    return Handover.NONE if subject.referred_to is None else Handover.OFFERED


def _last_seen(subject: Subject, world: World) -> int | None:
    feed = None if subject.feed is None else world.feeds.get(subject.feed)
    return None if feed is None or subject.over else feed.gap_from_us


def _decision(made: Made, subject: Subject) -> Decision:
    return Decision(
        call=subject.id,
        at_us=made.at_us,
        recorded_at_us=made.recorded_us,
        actor=made.actor.id,
        rank=made.actor.rank,
        decision=DecisionKind(made.kind),
        clause=made.clause,
        reason=made.reason,
        conditions=made.conditions,
        review_due_us=made.review_due_us,
        recorded_by=made.actor.id,
    )
