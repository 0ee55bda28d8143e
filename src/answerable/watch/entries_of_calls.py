"""What callers, call-takers and dispatchers enter, and what it makes of a call."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from answerable.model.decision import FactAssertion
from answerable.policy.governing import raises
from answerable.policy.known import STANDS_UNTIL_RESOLVED
from answerable.watch.events import Event, EventName
from answerable.watch.meaning import Meaning, same_owed
from answerable.watch.people import Role
from answerable.watch.states import UNDER_WAY, Kind, State
from answerable.watch.subject import THE_RECORD, Subject
from answerable.watch.taking_up import Handler, ended, made, reconsidered, reopened, waiting

replace = msgspec.structs.replace


UNNAMED_AGENCY: Final = "another agency"
"""To whom a call was referred, where that cannot be opened."""

_PRIVATE: Final = ("place", "nature", "narrative", "caller_name", "phone")


def _answered(subject: Subject, event: Event, _: Meaning) -> Subject:
    return replace(
        subject,
        answered_us=subject.answered_us or event.at_us,
        state=State.ANSWERED if subject.state in (State.RECEIVED, State.ABANDONED) else subject.state,
    )


def _entered(subject: Subject, event: Event, _: Meaning) -> Subject:
    begins = (State.RECEIVED, State.ANSWERED, State.ABANDONED)
    return replace(
        subject,
        entered_us=subject.entered_us or event.at_us,
        state=State.PENDING if subject.state in begins else subject.state,
    )


def _abandoned(subject: Subject, _: Event, __: Meaning) -> Subject:
    waits = subject.pending and subject.kind is Kind.CALL
    return replace(subject, abandoned=True, state=State.ABANDONED if waits else subject.state)


def _callback(subject: Subject, event: Event, _: Meaning) -> Subject:
    if not event.public.get("reached"):
        return subject
    state = State.ANSWERED if subject.state is State.ABANDONED else subject.state
    return replace(subject, contact_us=subject.contact_us or event.at_us, state=state)


def _corrected(subject: Subject, event: Event, _: Meaning) -> Subject:
    given: dict[str, Any] = {name: event.private[name] for name in _PRIVATE if name in event.private}
    given |= {name: event.public[name] for name in ("sensitive", "district", "beat") if name in event.public}
    return replace(subject, **given)


def _fact(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    public = event.public
    return asserted(subject, event, meaning, fact=public["fact"], value=public.get("value"), by=public["asserted_by"])


def asserted(subject: Subject, event: Event, meaning: Meaning, *, fact: str, value: Any, by: str) -> Subject:
    """After somebody asserted a fact: weighed at once; what endangers life takes up whatever was refused or over."""
    at_us = event.recorded_at_us
    said = FactAssertion(
        call=subject.id,
        fact=fact,
        value=value,
        asserted_by=by,
        occurred_at_us=event.at_us,
        recorded_at_us=at_us,
    )
    subject = reconsidered(replace(subject, assertions=(*subject.assertions, said)), at_us, f"{fact} recorded", meaning)
    if fact in STANDS_UNTIL_RESOLVED and value is True:
        return _life_safety(subject, event, fact, meaning)
    if subject.refused and meaning.reopens(subject.period.base, subject.facts):
        return reopened(subject, event, f"{fact} recorded", meaning)
    return subject


def _life_safety(subject: Subject, event: Event, fact: str, meaning: Meaning) -> Subject:
    """Whoever says that life or safety is at risk is heard at once: a request becomes a call, a refusal or a closing
    stands no more."""
    if subject.kind is Kind.REQUEST:
        waits = not subject.over and not subject.refused and subject.state not in UNDER_WAY
        state = State.PENDING if waits else subject.state
        subject = replace(subject, kind=Kind.CALL, was_request=True, state=state)
    if subject.refused or subject.over:
        return reopened(subject, event, f"{fact} recorded", meaning)
    return subject


def _prioritized(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    """A priority that owes more begins to run now; one that owes less takes nothing away."""
    priority = event.public["priority"]
    before = meaning.decide(subject.policy, subject.facts)
    after = meaning.decide(subject.policy, {**subject.facts, "priority": priority})
    if before is None or after is None or same_owed(before, after):
        return replace(subject, priority_final=priority)
    if raises(before, after) or "priority" not in subject.facts:
        raised = replace(subject, priority_final=None)
        return asserted(raised, event, meaning, fact="priority", value=priority, by=THE_RECORD)
    return replace(subject, priority_final=priority)


def _held(subject: Subject, _: Event, __: Meaning) -> Subject:
    return replace(subject, state=State.HELD) if subject.pending else subject


def _released(subject: Subject, event: Event, _: Meaning) -> Subject:
    if event.name is EventName.ASSISTANCE_RELEASED:
        units = tuple(replace(unit, over_us=unit.over_us or event.at_us) for unit in subject.units)
        return replace(subject, units=units, state=State.RELEASED)
    return replace(subject, state=waiting(subject)) if subject.state is State.HELD else subject


def _delay_told(subject: Subject, event: Event, _: Meaning) -> Subject:
    return replace(subject, delay_told_us=subject.delay_told_us or event.at_us)


def _referred(subject: Subject, event: Event, _: Meaning) -> Subject:
    referred = replace(subject, referred_to=event.private.get("to") or UNNAMED_AGENCY)
    return made(referred, event, "refer")


def _referral_accepted(subject: Subject, event: Event, _: Meaning) -> Subject:
    accepted = replace(subject, referral_accepted_us=event.recorded_at_us, state=State.HANDED_OVER)
    return made(accepted, event, "accept_referral")


def _linked(subject: Subject, event: Event, _: Meaning) -> Subject:
    other = event.public["other"]
    return subject if other in subject.linked else replace(subject, linked=(*subject.linked, other))


def _merged(subject: Subject, event: Event, _: Meaning) -> Subject:
    return replace(subject, merged_into=event.public["into"], state=State.MERGED)


def _withdrawn(subject: Subject, event: Event, _: Meaning) -> Subject:
    over = replace(subject, state=State.WITHDRAWN, closed_us=event.recorded_at_us, denial=ended(subject, event))
    return made(over, event, "withdraw")


def _closed(subject: Subject, event: Event, _: Meaning) -> Subject:
    if event.actor.role is Role.DESK:
        return subject  # nothing that the desk does by itself ends a call
    return replace(
        subject,
        state=State.CLOSED,
        closed_us=event.at_us,
        closed_by=event.actor,
        close_reason=event.public.get("reason_code"),
        denial=ended(subject, event),
    )


HANDLERS: Final[dict[EventName, Handler]] = {
    EventName.CALL_ANSWERED: _answered,
    EventName.CALL_ABANDONED: _abandoned,
    EventName.CALL_CALLBACK_ATTEMPTED: _callback,
    EventName.CALL_ENTERED: _entered,
    EventName.CALL_CORRECTED: _corrected,
    EventName.ASSISTANCE_CORRECTED: _corrected,
    EventName.CALL_PRIORITIZED: _prioritized,
    EventName.CALL_FACT_REPORTED: _fact,
    EventName.ASSISTANCE_FACT_REPORTED: _fact,
    EventName.CALL_HELD: _held,
    EventName.CALL_RELEASED: _released,
    EventName.ASSISTANCE_RELEASED: _released,
    EventName.CALL_DELAY_NOTIFIED: _delay_told,
    EventName.CALL_TRANSFERRED: _referred,
    EventName.CALL_REFERRED: _referred,
    EventName.CALL_REFERRAL_ACCEPTED: _referral_accepted,
    EventName.CALL_LINKED: _linked,
    EventName.CALL_MERGED: _merged,
    EventName.CALL_WITHDRAWN: _withdrawn,
    EventName.ASSISTANCE_WITHDRAWN: _withdrawn,
    EventName.CALL_CLOSED: _closed,
    EventName.ASSISTANCE_CLOSED: _closed,
}
