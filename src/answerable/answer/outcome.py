"""Situation in, outcome out: the rules of outcomes.md, "Outcome: first match", as one pure function.

Nothing here reads a clock, a file or a policy; `answerable.answer.situate` does that. The table that specifies this
function is tests/spec/test_outcomes.py.
"""

from __future__ import annotations

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
from answerable.model.call import Known
from answerable.model.outcome import IGNORED, Outcome, Reason, Ruling


def outcome_of(situation: Situation) -> Ruling:
    """The outcome of one duty period. Total: every situation has exactly one."""
    if situation.merged is Merged.INTO_UNKNOWN:
        return Ruling(outcome=Outcome.MERGED)
    if situation.merged is Merged.INTO_KNOWN:
        own = _unmerged(situation)
        return Ruling(outcome=Outcome.MERGED, carried=own.outcome, reason=own.reason)
    return _unmerged(situation)


def _unmerged(situation: Situation) -> Ruling:
    if situation.someone_waits is Known.NO:
        return Ruling(outcome=Outcome.NONE_OWED)
    ruling = _where_someone_waits(situation)
    if situation.someone_waits is Known.NOT_RECORDED and ruling.outcome in IGNORED:
        # an officer's own entry looks just like this, and nobody would have waited for it
        return _undetermined(Reason.ORIGIN_NOT_RECORDED)
    return ruling


def _where_someone_waits(situation: Situation) -> Ruling:
    for step in (_no_duty, _withdrawn, _handed_over, _response, _decision, _closing, _abandoned):
        ruling = step(situation)
        if ruling is not None:
            return ruling
    return _silence(situation)


def _undetermined(reason: Reason) -> Ruling:
    return Ruling(outcome=Outcome.UNDETERMINED, reason=reason)


def _no_duty(situation: Situation) -> Ruling | None:
    if situation.owed is Owed.NO_POLICY:
        return _undetermined(Reason.NO_POLICY)
    if situation.owed is Owed.NO_START:
        return _undetermined(Reason.TIME_NOT_RECORDED)
    if situation.owed is Owed.NO_RULE:
        return _undetermined(Reason.NO_RULE)
    return None


def _withdrawn(situation: Situation) -> Ruling | None:
    if situation.withdrawal is Act.IN_TIME:
        return Ruling(outcome=Outcome.WITHDRAWN)
    if situation.withdrawal is Act.TIME_UNKNOWN:
        return _undetermined(Reason.TIME_NOT_RECORDED)
    return None


def _handed_over(situation: Situation) -> Ruling | None:
    if situation.handover is Act.IN_TIME:
        return Ruling(outcome=Outcome.HANDED_OVER)
    if situation.handover is Act.TIME_UNKNOWN:
        return _undetermined(Reason.TIME_NOT_RECORDED)
    return None


def _response(situation: Situation) -> Ruling | None:
    """Rule 7. It stands before the decisions here because sending somebody ends a refusal, never the reverse:
    where periods matter, a refusal that came first is a period of its own."""
    if situation.sent is Known.YES:
        return _never_arrived(situation) if situation.arrived is Known.NO else _held_against_clocks(situation)
    if situation.abandoned is Known.YES or situation.contact in (Contact.NONE, Contact.NOT_RECORDED):
        return None
    return _by_telephone(situation)


def _never_arrived(situation: Situation) -> Ruling:
    if situation.first in (Timing.NOT_RECORDED, Timing.UNCERTAIN, Timing.OFFSET):
        return _undetermined(_why_unknown((situation.first,)))
    if situation.closing is Closing.BY_UNSPECIFIED and Timing.MISSED not in (situation.first, situation.arrival):
        return _undetermined(Reason.WHO_ENDED_IT)  # the caller may have withdrawn in time
    return Ruling(outcome=Outcome.SENT_NOT_ARRIVED)


def _held_against_clocks(situation: Situation) -> Ruling:
    clocks = (situation.first, situation.arrival)
    if Timing.MISSED in clocks:
        return Ruling(outcome=Outcome.ANSWERED_LATE)
    unknown = tuple(clock for clock in clocks if clock not in (Timing.NONE, Timing.MET, Timing.NOT_DUE))
    if unknown:
        return _undetermined(_why_unknown(unknown))
    return Ruling(outcome=Outcome.PENDING if Timing.NOT_DUE in clocks else Outcome.ANSWERED)


def _why_unknown(clocks: tuple[Timing, ...]) -> Reason:
    if Timing.NOT_RECORDED in clocks:
        return Reason.TIME_NOT_RECORDED
    return Reason.TIME_UNCERTAIN if Timing.UNCERTAIN in clocks else Reason.CLOCK_OFFSET


def _by_telephone(situation: Situation) -> Ruling | None:
    if situation.phone is Known.NO:
        return None  # a unit is owed: a telephone call does not answer
    if situation.phone is Known.NOT_RECORDED:
        return _undetermined(Reason.FACT)
    return _contact(situation.contact)


def _contact(contact: Contact) -> Ruling:
    if contact is Contact.UNCERTAIN:
        return _undetermined(Reason.TIME_UNCERTAIN)
    return Ruling(outcome=Outcome.ANSWERED if contact is Contact.IN_TIME else Outcome.ANSWERED_LATE)


def _decision(situation: Situation) -> Ruling | None:
    match situation.decline:
        case Decline.WITHIN:
            return Ruling(outcome=Outcome.DECLINED_WITHIN_POLICY)
        case Decline.AGAINST:
            return Ruling(outcome=Outcome.DECLINED_AGAINST_POLICY)
        case Decline.FACTS_OPEN:
            return _undetermined(Reason.FACT)
        case Decline.NOT_RECORDED:
            return _undetermined(Reason.DECISION_NOT_RECORDED)
        case _:
            return None


def _closing(situation: Situation) -> Ruling | None:
    if situation.closing is Closing.NONE:
        return None
    if situation.closing is Closing.BY_UNSPECIFIED:
        return _undetermined(Reason.WHO_ENDED_IT)
    if situation.sent is Known.NOT_RECORDED:
        return _not_recorded(situation)
    if situation.closing is Closing.UNREASONED:
        return Ruling(outcome=Outcome.CLOSED_WITHOUT_REASON)
    if situation.closing is Closing.REASON_UNKNOWN:
        unreadable = situation.code is Code.UNKNOWN_CODE
        return _undetermined(Reason.UNKNOWN_CODE if unreadable else Reason.REASON_NOT_RECORDED)
    if situation.abandoned is Known.YES:
        return None  # a reasoned closing answers an abandoned call, see situate
    if situation.owed is Owed.MUST_RESPOND:
        return Ruling(outcome=Outcome.DECLINED_AGAINST_POLICY)  # an explicit decision not to respond
    return _undetermined(Reason.DECISION_NOT_RECORDED)


def _not_recorded(situation: Situation) -> Ruling:
    if situation.code is Code.UNKNOWN_CODE:
        return _undetermined(Reason.UNKNOWN_CODE)
    if situation.code is Code.CONTRADICTORY:
        return _undetermined(Reason.CONTRADICTORY_RECORD)
    return _undetermined(Reason.RESPONSE_NOT_RECORDED)


def _abandoned(situation: Situation) -> Ruling | None:
    if situation.abandoned is not Known.YES or situation.contact is Contact.NONE:
        return None
    if situation.contact is Contact.NOT_RECORDED:
        return _undetermined(Reason.CALLBACK_NOT_RECORDED)
    return _contact(situation.contact)


def _silence(situation: Situation) -> Ruling:
    """Rules 8 to 10: nobody was sent, nobody decided, nobody closed it, as far as the record says."""
    if situation.sent is Known.NOT_RECORDED:
        return _not_recorded(situation)
    if situation.handover is Act.OFFERED:
        return _undetermined(Reason.ACCEPTANCE_NOT_RECORDED)
    if situation.code is not Code.READABLE:
        return _not_recorded(situation)
    if situation.decided is Known.NOT_RECORDED:
        return _undetermined(Reason.DECISION_NOT_RECORDED)
    if situation.first is Timing.MISSED:
        return Ruling(outcome=Outcome.UNHEARD)
    if situation.first in (Timing.NONE, Timing.MET, Timing.NOT_DUE):
        return Ruling(outcome=Outcome.PENDING)
    return _undetermined(_why_unknown((situation.first,)))
