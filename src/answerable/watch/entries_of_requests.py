"""What is entered of requests for assistance, but for refusals."""

from __future__ import annotations

from typing import Final

import msgspec

from answerable.watch.events import Event, EventName
from answerable.watch.meaning import Meaning
from answerable.watch.states import UNDER_WAY, State
from answerable.watch.subject import Subject
from answerable.watch.taking_up import Handler, ended, made, responding

replace = msgspec.structs.replace


def _confirmed(subject: Subject, _: Event, __: Meaning) -> Subject:
    return replace(subject, confirmed=True)


def _disputed(subject: Subject, event: Event, _: Meaning) -> Subject:
    told_us = event.public.get("told_at_us")
    return replace(subject, confirmed=False, disputed_told_us=told_us or subject.disputed_told_us)


def _acknowledged(subject: Subject, event: Event, _: Meaning) -> Subject:
    seen = State.ACKNOWLEDGED if subject.state is State.SUBMITTED else subject.state
    return replace(subject, state=seen, acknowledged_us=subject.acknowledged_us or event.at_us)


def _asked(subject: Subject, _: Event, __: Meaning) -> Subject:
    undecided = subject.state in (State.SUBMITTED, State.ACKNOWLEDGED)
    return replace(subject, state=State.UNDER_REVIEW) if undecided else subject


def accepted(subject: Subject, event: Event, meaning: Meaning) -> Subject:
    """After a decision to respond, which ends a refusal."""
    provisional = event.name is EventName.ASSISTANCE_ACCEPTED_PROVISIONALLY
    after = responding(subject, event, meaning, cause="a decision to respond")
    after = replace(after, denial=ended(subject, event))
    if after.state not in UNDER_WAY and not after.over:
        after = replace(after, state=State.ACCEPTED_PROVISIONALLY if provisional else State.ACCEPTED)
    return made(after, event, "respond")


def _response_written(subject: Subject, event: Event, _: Meaning) -> Subject:
    return replace(subject, response_written_us=subject.response_written_us or event.at_us)


HANDLERS: Final[dict[EventName, Handler]] = {
    EventName.ASSISTANCE_CONFIRMED: _confirmed,
    EventName.ASSISTANCE_DISPUTED: _disputed,
    EventName.ASSISTANCE_ACKNOWLEDGED: _acknowledged,
    EventName.ASSISTANCE_INFORMATION_REQUESTED: _asked,
    EventName.ASSISTANCE_ACCEPTED: accepted,
    EventName.ASSISTANCE_ACCEPTED_PROVISIONALLY: accepted,
    EventName.DECISION_MADE: accepted,
    EventName.ASSISTANCE_RESPONSE_WRITTEN: _response_written,
}
