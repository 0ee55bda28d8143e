"""The clocks of a call that run now: when each is due, whether it was met, and when the desk rings for it.

A limit runs from when the requester told it (of a later period: from what began the period). The desk rings a while
before; of what was told long before it was entered, at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from answerable.model.call import NOBODY_WAITS_KINDS, NOBODY_WAITS_ORIGINS
from answerable.model.duty import Limit, SatisfiedBy
from answerable.model.times import SECOND_US
from answerable.watch.rules import DeskRules
from answerable.watch.states import State
from answerable.watch.subject import Subject
from answerable.watch.views import Due
from answerable.watch.words import CLOCKS

DISPATCH, ARRIVE, ANSWER, TELL_CALLER = "dispatch", "arrive", "answer", "tell_caller"
DECIDE, CALLBACK, REVIEW, WRITTEN_RESPONSE = "decide", "callback", "review", "written_response"
_OF_LIMIT = {
    "dispatch_within": DISPATCH,
    "arrive_within": ARRIVE,
    "answer_within": ANSWER,
    "tell_caller_within": TELL_CALLER,
}


def clocks(subject: Subject, rules: DeskRules) -> tuple[Due, ...]:
    """Every clock of the period that runs, met or not, the one that is due first on top."""
    if subject.over or nobody_waits(subject):
        return tuple(_written_response(subject, rules))
    found = [*_duty(subject, rules), *_review(subject, rules), *_written_response(subject, rules)]
    return tuple(sorted(found, key=lambda due: (due.due_us, due.what)))


def unmet(subject: Subject, rules: DeskRules) -> tuple[Due, ...]:
    """The clocks that nothing has met yet."""
    return tuple(due for due in clocks(subject, rules) if due.met_us is None)


def nobody_waits(subject: Subject) -> bool:
    """Whether this is an entry for which nobody waits: an officer's own, a test, a broadcast."""
    return subject.origin in NOBODY_WAITS_ORIGINS or subject.entry_kind in NOBODY_WAITS_KINDS


def _duty(subject: Subject, rules: DeskRules) -> Iterator[Due]:
    if subject.refused:
        return
    period = subject.period
    if period.must_respond:
        yield from _response(subject, rules)
    elif period.leaves_choice and period.base is not None and period.base.decide_within_s is not None:
        limit = Limit(within_s=period.base.decide_within_s, clock=f"decide-within of {period.base.rule}")
        yield _due(subject, DECIDE, limit, rules, met_us=_dispatched(subject))


def _response(subject: Subject, rules: DeskRules) -> Iterator[Due]:
    tightest = dict[str, Limit]()
    for decision in subject.period.clocks_of:
        for kind, limit in decision.limits.items():
            if kind not in tightest or limit.within_s < tightest[kind].within_s:
                tightest[kind] = limit
    for kind, limit in tightest.items():
        what = _OF_LIMIT[kind]
        if what == DISPATCH and subject.abandoned and not subject.units:
            yield _due(subject, CALLBACK, limit, rules, met_us=subject.contact_us)
        else:
            yield _due(subject, what, limit, rules, met_us=_met(subject, what))


def _met(subject: Subject, what: str) -> int | None:
    if what == DISPATCH:
        return _first_of(_dispatched(subject), _by_telephone(subject))
    if what == ARRIVE:
        return _first_of(_there(subject), _by_telephone(subject))
    if what == ANSWER:
        return _first_of(subject.answered_us, subject.entered_us, subject.contact_us, _dispatched(subject))
    return _first_of(subject.delay_told_us, _dispatched(subject), subject.contact_us)


def _dispatched(subject: Subject) -> int | None:
    """When somebody was sent who counts for this period: with the call at its start or later, and not taken away
    again before anybody was there."""
    counts = [
        unit.dispatched_us
        for unit in subject.units
        if not unit.called_back
        and (subject.period.first or unit.over_us is None or unit.over_us >= subject.period.start_us)
    ]
    return None if not counts else max(min(counts), subject.period.start_us)


def _there(subject: Subject) -> int | None:
    counts = [
        unit.on_scene_us
        for unit in subject.units
        if unit.on_scene_us is not None
        and (subject.period.first or unit.over_us is None or unit.over_us >= subject.period.start_us)
    ]
    return None if not counts else max(min(counts), subject.period.start_us)


def _by_telephone(subject: Subject) -> int | None:
    """Contact answers where the duty says so and it is known that nobody's life or safety is at risk."""
    base = subject.period.base
    if base is None or SatisfiedBy.PHONE not in base.satisfied_by or subject.facts.get("life_safety") is not False:
        return None
    return subject.contact_us


def _review(subject: Subject, rules: DeskRules) -> Iterator[Due]:
    denial = subject.denial
    if denial is None or not denial.stands or not subject.refused:
        return
    if denial.review_asked_us is not None:
        base = subject.period.base
        within_s = base.decide_within_s if base is not None and base.decide_within_s is not None else 3_600
        yield _from(denial.review_asked_us, REVIEW, within_s, "a review was asked for", subject, rules)
    elif denial.review_due_us is not None:
        within_s = max(1, (denial.review_due_us - denial.review_from_us) // SECOND_US)
        due = _from(denial.review_from_us, REVIEW, within_s, f"review of {denial.clause}", subject, rules)
        yield msgspec.structs.replace(due, due_us=denial.review_due_us)


def _written_response(subject: Subject, rules: DeskRules) -> Iterator[Due]:
    if rules.written_response_s is None or not subject.by_telephone or subject.state is State.WITHDRAWN:
        return
    yield _from(
        subject.told_us, WRITTEN_RESPONSE, rules.written_response_s, "written response", subject, rules,
        met_us=subject.response_written_us, lead_s=rules.written_response_lead_s,
    )  # fmt: skip


def _due(subject: Subject, what: str, limit: Limit, rules: DeskRules, *, met_us: int | None) -> Due:
    return _from(subject.start_us, what, limit.within_s, limit.clock, subject, rules, met_us=met_us)


def _from(
    start_us: int,
    what: str,
    within_s: int,
    clock: str,
    subject: Subject,
    rules: DeskRules,
    *,
    met_us: int | None = None,
    lead_s: int | None = None,
) -> Due:
    due_us = start_us + within_s * SECOND_US
    ring_us = due_us - (rules.lead_s(within_s) if lead_s is None else lead_s) * SECOND_US
    return Due(
        what=what,
        text=CLOCKS[what],
        due_us=due_us,
        ring_us=max(ring_us, subject.recorded_us, start_us),
        start_us=start_us,
        within_s=within_s,
        clock=clock,
        met_us=met_us,
    )


def _first_of(*times: int | None) -> int | None:
    return min((at for at in times if at is not None), default=None)
