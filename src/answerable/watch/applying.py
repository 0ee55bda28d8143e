"""What an entry makes of a call: total, and always the same. An entry that does not fit is kept, and changes nothing.

Nothing here looks at a clock: time passes only where an entry says so. Replaying the record is therefore the state.
"""

from __future__ import annotations

from typing import Final

import msgspec

from answerable.model.call import EntryKind, Origin
from answerable.watch import entries_of_calls, entries_of_refusals, entries_of_requests, entries_of_units
from answerable.watch.events import Event, EventName
from answerable.watch.meaning import Meaning
from answerable.watch.people import Actor, Role
from answerable.watch.states import Kind, State
from answerable.watch.subject import Period, Subject
from answerable.watch.taking_up import Handler


def _own_agency(actor: Actor) -> str | None:
    """The agency of whoever asks for themselves: who takes a call for somebody, and a device, are not the caller."""
    return actor.agency if actor.role is Role.REQUESTER else None


def begun(event: Event, meaning: Meaning) -> Subject:
    """The call or request that an entry begins (`call.received`, `assistance.requested`)."""
    public, private = event.public, event.private
    is_call = event.name is EventName.CALL_RECEIVED
    told_us = public.get("told_at_us") or event.at_us
    facts = dict(public.get("facts") or {})
    policy = meaning.in_force(told_us)
    abandoned = bool(public.get("abandoned"))
    return Subject(
        id=event.id,
        kind=Kind.CALL if is_call else Kind.REQUEST,
        state=State.SUBMITTED if not is_call else State.ABANDONED if abandoned else State.RECEIVED,
        by=event.actor,
        told_us=told_us,
        recorded_us=event.recorded_at_us,
        changed_us=event.recorded_at_us,
        period=Period(start_us=told_us, cause="the call", base=meaning.decide(policy, facts)),
        policy=policy,
        origin=Origin(public.get("origin", Origin.AGENCY)) if is_call else Origin.AGENCY,
        entry_kind=EntryKind(public.get("entry_kind", EntryKind.CALL)),
        number=public.get("number"),
        feed=public.get("feed"),
        sensitive=bool(public.get("sensitive")),
        agency=private.get("agency") or private.get("caller_agency") or _own_agency(event.actor),
        nature=private.get("asks") if not is_call else private.get("nature"),
        place=private.get("place"),
        narrative=private.get("narrative"),
        caller_name=private.get("caller_name") or private.get("contact_name"),
        phone=private.get("phone"),
        district=public.get("district"),
        beat=public.get("beat"),
        by_telephone=bool(public.get("by_telephone")),
        abandoned=abandoned,
        bound=facts,
        facts=facts,
        linked=tuple(one for one in (public.get("from_call"),) if one),
        entries=(event.id,),
        version=-1 if event.index is None else event.index,
    )


def applied(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    """The call after an entry about it."""
    handler = _HANDLERS.get(event.name)
    after = subject if handler is None else handler(subject, event, meaning)
    return msgspec.structs.replace(
        after,
        entries=(*subject.entries, event.id),
        changed_us=max(subject.changed_us, event.recorded_at_us),
        version=max(subject.version, -1 if event.index is None else event.index),
    )


_HANDLERS: Final[dict[EventName, Handler]] = {
    **entries_of_calls.HANDLERS,
    **entries_of_units.HANDLERS,
    **entries_of_requests.HANDLERS,
    **entries_of_refusals.HANDLERS,
}
