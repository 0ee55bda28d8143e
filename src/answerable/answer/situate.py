"""From a call's record to its situation: every comparison of the outcome, in one place.

The bulk engine does the same with SQL (engines/sql/evaluate_situations.sql); a differential test on dirty rows holds
the two together. Here the meaning is defined.
"""

from __future__ import annotations

import msgspec

from answerable.answer.record import ACCEPTED, WITHDRAWN, CallRecord, SourceTerms
from answerable.answer.situation import (
    Act,
    Closing,
    Code,
    Contact,
    Decline,
    Merged,
    Owed,
    Situation,
    Timing,
)
from answerable.answer.timing import Moment, deadline_against_horizon, held_against, moment, offset_of
from answerable.model.call import Disposition, EndedBy, Handover, Known, Quality
from answerable.model.duty import Duty, PolicyDecision, SatisfiedBy
from answerable.model.times import SECOND_US

_OWED = {
    Duty.MUST_RESPOND: Owed.MUST_RESPOND,
    Duty.MAY_DECLINE: Owed.MAY_DECLINE,
    Duty.COMMAND_DECIDES: Owed.COMMAND_DECIDES,
}
_DECLINED_BY_CODE = (Disposition.CANCELLED_BY_AGENCY, Disposition.DECLINED_NO_RESPONSE)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """One duty period: from when its limits run to when the record of it ends.

    `first` is True for the period that began with the call itself: there, a response before the start is
    impossible; in a later period the unit was already there. `closes`: whether the call's closing falls into this
    period. `attached`: the call was merged into an identified one, so that a unit already sent there counts from this
    call's own receipt on. `decline` is what a decision made of it, if somebody took one.
    """

    start: Moment | None
    horizon_us: int | None
    first: bool = True
    closes: bool = True
    attached: bool = False
    decline: Decline = Decline.NONE


def situate(call: CallRecord, *, decision: PolicyDecision | None, window: Window, terms: SourceTerms) -> Situation:
    """The situation of `call` in one period under one reading of the policy (`decision` None: no version in force)."""
    came = call.responder
    window = msgspec.structs.replace(window, attached=call.target is not None)
    first_s, arrival_s = limits_under(decision)
    sent = _sent(came, window)
    first = _first(came, sent, first_s, window=window, terms=terms)
    arrival = _arrival(came, sent, arrival_s, window=window, terms=terms)
    clocks = ((first_s, first), (arrival_s, arrival))
    closing = _closing(call) if window.closes else Closing.NONE
    return Situation(
        merged=_merged(call),
        someone_waits=call.someone_waits,
        owed=owed_under(decision) if window.start is not None else Owed.NO_START,
        withdrawal=_withdrawal(call, sent, clocks, window=window),
        handover=_handover(call, sent, (first_s, first), window=window),
        decline=_decline(call, decision, sent, window=window),
        closing=closing,
        sent=sent,
        first=first,
        arrival=arrival,
        arrived=came.arrived,
        abandoned=Known.YES if call.abandoned else Known.NO,
        contact=_contact(call, first_s, closing, window=window, terms=terms),
        phone=_phone(call, decision),
        decided=_decided(call, decision, terms),
        code=_code(call),
    )


def owed_under(decision: PolicyDecision | None) -> Owed:
    """What a reading of the policy owes (None: no version in force)."""
    if decision is None:
        return Owed.NO_POLICY
    return Owed.NO_RULE if decision.duty is None else _OWED[decision.duty]


def limits_under(decision: PolicyDecision | None) -> tuple[int | None, int | None]:
    """Seconds of what is waited for first, and of the arrival, under this reading."""
    if decision is None or decision.duty is None:
        return (None, None)
    if decision.duty is not Duty.MUST_RESPOND:
        return (decision.decide_within_s, None)
    return (decision.within_s("dispatch_within"), decision.within_s("arrive_within"))


def _merged(call: CallRecord) -> Merged:
    if not call.merged:
        return Merged.NO
    return Merged.INTO_UNKNOWN if call.target is None else Merged.INTO_KNOWN


def _sent(came: CallRecord, window: Window) -> Known:
    """Whether a response counts for this period: not one that began after its end or was over before its start."""
    if window.first and window.closes:
        return came.dispatched
    if came.dispatched is not Known.YES:
        return came.dispatched
    dispatched, cleared = moment(came, "dispatched"), moment(came, "cleared")
    if dispatched is None:
        return Known.YES
    if not window.closes and window.horizon_us is not None and dispatched.lo_us >= window.horizon_us:
        return Known.NO
    another_unit = came.quality.get("cleared", 0) & Quality.UNIT_ROW_LOST  # it may have stayed on
    over = window.start is not None and cleared is not None and cleared.hi_us < window.start.lo_us
    if not window.first and over and not another_unit:
        return Known.NO
    return Known.YES


def _first(came: CallRecord, sent: Known, within_s: int | None, *, window: Window, terms: SourceTerms) -> Timing:
    if sent is not Known.YES:
        return deadline_against_horizon(window.start, within_s=within_s, horizon_us=window.horizon_us)
    timing = _held(came, "dispatched", within_s, window=window, terms=terms)
    if timing is not Timing.NOT_RECORDED:
        return timing
    for later in ("enroute", "arrived"):  # whoever had arrived had been sent
        if _held(came, later, within_s, window=window, terms=terms) is Timing.MET:
            return Timing.MET
    return Timing.NOT_RECORDED


def _arrival(came: CallRecord, sent: Known, within_s: int | None, *, window: Window, terms: SourceTerms) -> Timing:
    if sent is not Known.YES:
        return deadline_against_horizon(window.start, within_s=within_s, horizon_us=window.horizon_us)
    timing = _held(came, "arrived", within_s, window=window, terms=terms)
    if timing is Timing.NOT_RECORDED and came.ended_by is EndedBy.NOBODY:
        due = deadline_against_horizon(window.start, within_s=within_s, horizon_us=window.horizon_us)
        return Timing.NOT_DUE if due is Timing.NOT_DUE else timing
    return timing


def _held(came: CallRecord, point: str, within_s: int | None, *, window: Window, terms: SourceTerms) -> Timing:
    return held_against(
        moment(came, point),
        start=window.start,
        within_s=within_s,
        offset_s=offset_of(point, terms),
        earlier_counts=window.attached or not window.first,
    )


def _withdrawal(call: CallRecord, sent: Known, clocks: tuple[tuple[int | None, Timing], ...], *, window: Window) -> Act:
    if call.ended_by is not EndedBy.REQUESTER or not window.closes:
        return Act.NONE
    at = moment(call, WITHDRAWN) or moment(call, "closed")
    return _act(at, clocks, window.start, unmet_is_known=sent is not Known.NOT_RECORDED)


def _handover(call: CallRecord, sent: Known, first: tuple[int | None, Timing], *, window: Window) -> Act:
    if call.handover is Handover.NONE or not window.closes:
        return Act.NONE
    if call.handover is Handover.OFFERED:
        return Act.OFFERED
    accepted = moment(call, ACCEPTED)
    if accepted is not None:
        return _act(accepted, (first,), window.start, unmet_is_known=sent is not Known.NOT_RECORDED)
    return _act(  # a file has no clock point for the acceptance: it happened before the call was closed here
        moment(call, "closed"), ((first[0], Timing.NOT_RECORDED),), window.start, unmet_is_known=False
    )


def _act(
    at: Moment | None,
    clocks: tuple[tuple[int | None, Timing], ...],
    start: Moment | None,
    *,
    unmet_is_known: bool,
) -> Act:
    """An act at `at` against the first unmet deadline: in time where every limit was met before, or lies after it."""
    lapsed = unknown = False
    for within_s, timing in clocks:
        if timing in (Timing.NONE, Timing.MET, Timing.NOT_DUE):
            continue
        if at is None or start is None or within_s is None:
            unknown = True
        elif at.hi_us - start.lo_us <= within_s * SECOND_US:
            continue
        elif timing is Timing.MISSED and unmet_is_known and at.lo_us - start.hi_us > within_s * SECOND_US:
            lapsed = True
        else:
            unknown = True
    if lapsed:
        return Act.TOO_LATE
    return Act.TIME_UNKNOWN if unknown else Act.IN_TIME


def _decline(call: CallRecord, decision: PolicyDecision | None, sent: Known, *, window: Window) -> Decline:
    if window.decline is not Decline.NONE:
        return window.decline
    if call.disposition not in _DECLINED_BY_CODE or sent is Known.YES or not window.closes:
        return Decline.NONE
    if decision is not None and decision.duty is Duty.MUST_RESPOND:
        return Decline.AGAINST
    return Decline.NOT_RECORDED


def _closing(call: CallRecord) -> Closing:
    if call.ended_by is EndedBy.UNSPECIFIED:
        return Closing.BY_UNSPECIFIED
    if call.ended_by is not EndedBy.AGENCY:
        return Closing.NONE
    return {
        Known.YES: Closing.REASONED,
        Known.NO: Closing.UNREASONED,
        Known.NOT_RECORDED: Closing.REASON_UNKNOWN,
    }[call.reason_given]


def _contact(call: CallRecord, first_s: int | None, closing: Closing, *, window: Window, terms: SourceTerms) -> Contact:
    at = moment(call, "contact")
    if at is None and call.abandoned and closing is Closing.REASONED:
        at = moment(call, "closed")  # a reasoned closing answers an abandoned call
    if at is None:
        shows = terms.records_callbacks and "contact" in terms.blanks
        return Contact.NONE if shows else Contact.NOT_RECORDED
    timing = held_against(at, start=window.start, within_s=first_s, earlier_counts=not window.first)
    return {Timing.MET: Contact.IN_TIME, Timing.NONE: Contact.IN_TIME, Timing.MISSED: Contact.LATE}.get(
        timing, Contact.UNCERTAIN
    )


def _phone(call: CallRecord, decision: PolicyDecision | None) -> Known:
    if decision is None or SatisfiedBy.PHONE not in decision.satisfied_by:
        return Known.NO
    life_safety = call.facts.get("life_safety")
    if life_safety is None:
        return Known.NOT_RECORDED
    return Known.NO if life_safety else Known.YES


def _decided(call: CallRecord, decision: PolicyDecision | None, terms: SourceTerms) -> Known:
    """Where the duty leaves a choice, only the decisions themselves can show that there was none."""
    shows = "disposition" in terms.blanks and call.disposition is Disposition.NONE
    if owed_under(decision) is not Owed.MUST_RESPOND:
        shows = shows and terms.decisions_supplied
    return Known.NO if shows or call.ended_by is EndedBy.REQUESTER else Known.NOT_RECORDED


def _code(call: CallRecord) -> Code:
    if call.disposition is Disposition.UNKNOWN_CODE:
        return Code.UNKNOWN_CODE
    return Code.CONTRADICTORY if call.dispatched_evidence == "contradictory" else Code.READABLE
