"""One call, its whole history, one ruling: the reference that defines every outcome.

The bulk engine decides calls without a history in the database; it must agree with this module on every one of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from answerable.answer.decline import Links, links_of
from answerable.answer.outcome import outcome_of
from answerable.answer.periods import Period, periods, with_acts
from answerable.answer.readings import of_one_call, of_two_priorities, worst
from answerable.answer.record import CallRecord, SourceTerms
from answerable.answer.situate import Window, situate
from answerable.answer.situation import Decline, Timing
from answerable.answer.timing import WIDEST_WAIT_US, Moment, deadline_against_horizon, held_against, moment, told
from answerable.model.call import Known
from answerable.model.decision import Decision, FactAssertion
from answerable.model.duty import Duty, PolicyDecision
from answerable.model.outcome import Outcome, Ruling
from answerable.model.times import SECOND_US
from answerable.model.vocabulary import FactValue
from answerable.policy import Policy, VersionSet, clocks_of_a_response


class PeriodRuling(msgspec.Struct, frozen=True, kw_only=True):
    """A period with its ruling; `links` where somebody declined."""

    period: Period
    ruling: Ruling
    links: Links | None = None


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """A call's ruling, the period that decided it, and all periods. `base` is the policy's decision in that period."""

    call: CallRecord
    ruling: Ruling
    policy: Policy | None
    base: PolicyDecision | None
    deciding: PeriodRuling
    periods: tuple[PeriodRuling, ...]

    def decided_s(self) -> int | None:
        """Whole seconds from the start of the deciding period to the decision to respond, where that decided it."""
        start, at_us = self.deciding.period.start, self.deciding.period.decided_us
        return None if start is None or at_us is None else (at_us - start.lo_us) // SECOND_US

    def seconds_to(self, point: str) -> int | None:
        """Whole seconds from the start of the deciding period to a clock point of the response.

        None where that is not recorded, or where nobody was to be sent in that period.
        """
        sent = self.call.responder.dispatched is Known.YES and self.deciding.period.decline is None
        return self._after_s(moment(self.call.responder, point)) if sent else None

    def contact_s(self) -> int | None:
        """Whole seconds from the start of the deciding period to when somebody spoke to the caller again."""
        return self._after_s(moment(self.call, "contact"))

    def _after_s(self, at: Moment | None) -> int | None:
        start = self.deciding.period.start
        # where another unit may have been first, no wait can be said
        if start is None or at is None or at.hi_us - at.lo_us > WIDEST_WAIT_US:
            return None
        return (at.lo_us - start.lo_us) // SECOND_US


def assess(
    call: CallRecord,
    *,
    versions: VersionSet,
    terms: SourceTerms,
    assertions: Sequence[FactAssertion] = (),
    decisions: Sequence[Decision] = (),
) -> Assessment:
    """The ruling on one call. `assertions` and `decisions` are those about this call, in any order."""
    call = with_acts(call, decisions)
    # what became of a call after the last export that has it, no later one can say
    terms = msgspec.structs.replace(terms, horizon_us=_earlier(call.last_seen_us, terms.horizon_us))
    initial = _assess(call, versions=versions, terms=terms, assertions=assertions, decisions=decisions)
    if call.priority_final is None or call.priority_final == call.facts.get("priority"):
        return initial
    other = msgspec.structs.replace(call, facts={**call.facts, "priority": call.priority_final})
    final = _assess(other, versions=versions, terms=terms, assertions=assertions, decisions=decisions)
    return msgspec.structs.replace(initial, ruling=of_two_priorities(initial.ruling, final.ruling))


def _assess(
    call: CallRecord,
    *,
    versions: VersionSet,
    terms: SourceTerms,
    assertions: Sequence[FactAssertion],
    decisions: Sequence[Decision],
) -> Assessment:
    cut = periods(call, assertions=assertions, decisions=decisions, versions=versions, terms=terms)
    ruled = [_rule(call, period, terms=terms) for period in cut if not _superseded_in_time(period)]
    counted = [one for one in ruled if one.period.last or one.ruling.outcome is not Outcome.PENDING] or ruled[-1:]
    ruling = worst([one.ruling for one in counted])
    deciding = next(one for one in counted if one.ruling == ruling)
    return Assessment(
        call=call,
        ruling=ruling,
        policy=deciding.period.stretch.policy,
        base=_shown(deciding.period),
        deciding=deciding,
        periods=tuple(ruled),
    )


def _shown(period: Period) -> PolicyDecision | None:
    """The policy's decision that governed a period; a decision to respond brings the clocks of a response."""
    stretch = period.stretch
    return _committed(stretch.policy, stretch.facts, stretch.base) if period.committed else stretch.base


def _superseded_in_time(period: Period) -> bool:
    """A period that something else replaced before anything was due in it asks for nothing."""
    if period.last or period.decline is not None or period.decided_us is not None or period.stretch.base is None:
        return False
    limit = period.stretch.base.first_limit()
    due = deadline_against_horizon(
        period.start, within_s=None if limit is None else limit.within_s, horizon_us=period.end_us
    )
    return due in (Timing.NOT_DUE, Timing.NONE)


def _rule(call: CallRecord, period: Period, *, terms: SourceTerms) -> PeriodRuling:
    stretch = period.stretch
    if period.decided_us is not None:
        return PeriodRuling(period=period, ruling=_decision_in_time(period))
    links = _links(call, period, terms=terms)
    window = Window(
        start=period.start,
        horizon_us=_earlier(period.end_us, terms.horizon_us),
        first=period.first,
        closes=period.last,
        decline=Decline.NONE if links is None else links.verdict(),
    )
    known = msgspec.structs.replace(call, facts=stretch.facts)
    readings: Sequence[PolicyDecision | None] = stretch.readings if stretch.policy is not None else (None,)
    if period.committed:
        readings = [_committed(stretch.policy, stretch.facts, one) for one in readings]
    rulings = [outcome_of(situate(known, decision=reading, window=window, terms=terms)) for reading in readings]
    open_facts = stretch.base.open if stretch.base is not None else ()
    return PeriodRuling(period=period, ruling=of_one_call(rulings, open_facts=open_facts), links=links)


def _links(call: CallRecord, period: Period, *, terms: SourceTerms) -> Links | None:
    stretch = period.stretch
    asked = told(call, terms)
    if period.decline is None or stretch.policy is None or stretch.base is None:
        return None
    if period.start is None or asked is None:
        return None
    return links_of(
        period.decline,
        policy=stretch.policy,
        base=stretch.base,
        readings=stretch.readings,
        start_us=period.start.lo_us,
        told_us=asked.lo_us,
    )


def _decision_in_time(period: Period) -> Ruling:
    """A decision to respond answers a duty that leaves a choice; what was then sent is the next period."""
    base = period.stretch.base
    at_us = period.decided_us
    assert base is not None and at_us is not None  # noqa: S101, PT018
    timing = held_against(Moment(at_us, at_us), start=period.start, within_s=base.decide_within_s, earlier_counts=True)
    return Ruling(outcome=Outcome.ANSWERED_LATE if timing is Timing.MISSED else Outcome.ANSWERED)


def _committed(
    policy: Policy | None, facts: dict[str, FactValue], reading: PolicyDecision | None
) -> PolicyDecision | None:
    if policy is None or reading is None:
        return reading
    return msgspec.structs.replace(reading, duty=Duty.MUST_RESPOND, limits=clocks_of_a_response(policy, facts))


def _earlier(one_us: int | None, other_us: int | None) -> int | None:
    both = [at for at in (one_us, other_us) if at is not None]
    return min(both, default=None)
