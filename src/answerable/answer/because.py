"""Why a call has its outcome, as one sentence with its figures. Said the same way everywhere it is printed."""

from __future__ import annotations

from answerable.answer.judged import JudgedCall
from answerable.answer.periods import MISSED_REVIEW
from answerable.model.call import Known
from answerable.model.outcome import Outcome, Reason
from answerable.model.times import duration_text, spoken_duration

_REASONS = {
    Reason.NO_POLICY: "no version of the policy was in force when the call came in",
    Reason.NO_RULE: "no rule of the policy covers this call",
    Reason.CLOCK_OFFSET: "the deadline lies inside the difference between the two agencies' clocks",
    Reason.TIME_NOT_RECORDED: "a time that decides is not recorded",
    Reason.TIME_UNCERTAIN: "the recorded times are too coarse, or contradict each other, at the deadline",
    Reason.PRIORITY: "the initial and the final priority lead to different outcomes",
    Reason.WHO_ENDED_IT: "the record does not say who ended it, the caller or the agency",
    Reason.RESPONSE_NOT_RECORDED: "the record does not say whether anybody was sent",
    Reason.CALLBACK_NOT_RECORDED: "the caller hung up, and this source does not record callbacks",
    Reason.ACCEPTANCE_NOT_RECORDED: "it was referred to another agency, whose acceptance is not recorded",
    Reason.DECISION_NOT_RECORDED: "the record does not show who decided, with what rank and by which clause",
    Reason.REASON_NOT_RECORDED: "the agency closed it; whether it gave a reason is not recorded",
    Reason.ORIGIN_NOT_RECORDED: "the record does not say whether a caller waited or an officer made the entry",
    Reason.UNKNOWN_CODE: "no published list explains its code",
    Reason.CONTRADICTORY_RECORD: "its fields contradict each other",
}

_LINKS = {
    "duty": "the policy did not allow it",
    "rank": "the rank was too low",
    "reason": "no reason was given",
    "in_time": "it was decided too late",
    "clause": "the clause was issued by the decider or after the request",
}


def because(call: JudgedCall) -> str:
    """One sentence, without a full stop, that names the figures and the rule."""
    ruling = call.ruling
    if ruling.outcome is Outcome.MERGED:
        if ruling.carried is None:
            return "merged into another call that the record does not name"
        return f"merged into another call, which is {_said(call, ruling.carried)}"
    return _said(call, ruling.outcome)


def _said(call: JudgedCall, outcome: Outcome) -> str:
    sentence = _OUTCOMES[outcome](call)
    if call.period is not None and call.period != "the call" and outcome is not Outcome.NONE_OWED:
        sentence += f" (period that began with: {call.period})"
    return sentence


def _undetermined(call: JudgedCall) -> str:
    reason = call.ruling.reason
    if reason is Reason.FACT:
        names = ", ".join(call.ruling.facts) or "a fact the policy asks for"
        return f"undetermined: the outcome depends on what was not recorded: {names}"
    text = _REASONS[reason] if reason is not None else "the record does not decide it"
    if reason is Reason.UNKNOWN_CODE and call.disposition_raw:
        text += f" ({call.disposition_raw})"
    return f"undetermined: {text}"


def _clocks(call: JudgedCall) -> str:
    parts = [
        _clock("decided", call.decided_s, call.limit_s),
        _clock("dispatched", call.dispatched_s, call.limit_s if call.decided_s is None else None),
        _clock("on scene", call.arrived_s, call.arrive_limit_s),
        _clock("spoken to by telephone", call.contact_s, call.limit_s) if call.dispatched_s is None else "",
    ]
    return "; ".join(part for part in parts if part)


def _clock(name: str, after_s: int | None, limit_s: int | None) -> str:
    if after_s is None:
        return ""
    said = f"{name} after {spoken_duration(after_s)}"
    return said if limit_s is None else f"{said} (limit {duration_text(limit_s)})"


def _unheard(call: JudgedCall) -> str:
    limit = "" if call.limit_s is None else f" within {duration_text(call.limit_s)}, or at all"
    if call.duty == "must-respond":
        return f"nobody was sent{limit}, and the record shows no decision against it and no reason (rule {call.rule})"
    if call.period == MISSED_REVIEW:
        return f"the review that was due did not happen{limit} (rule {call.rule})"
    return f"nobody decided{limit}, and nobody was sent (rule {call.rule})"


def _declined(call: JudgedCall) -> str:
    who = f" by {call.decider}" if call.decider else ""
    if call.ruling.effective is Outcome.DECLINED_WITHIN_POLICY:
        return f"declined{who} under clause {call.clause}: allowed, rank sufficient, reasoned, in time, nothing open"
    broken = [text for name, text in _LINKS.items() if call.links is not None and getattr(call.links, name) is Known.NO]
    return f"declined{who}: {'; '.join(broken) or 'the policy did not allow it'} (rule {call.rule})"


def _none_owed(call: JudgedCall) -> str:
    if call.entry_kind not in ("", "call"):
        return f"an entry nobody waits for ({call.entry_kind})"
    return f"an entry nobody waits for ({call.origin.replace('officer', 'officer-initiated')})"


_OUTCOMES = {
    Outcome.ANSWERED: lambda call: _clocks(call) or "answered in time",
    Outcome.ANSWERED_LATE: lambda call: f"late: {_clocks(call) or 'answered after its limit'}",
    Outcome.SENT_NOT_ARRIVED: lambda call: f"sent, never there: {_clocks(call) or 'ended before anybody arrived'}",
    Outcome.HANDED_OVER: lambda _: "another agency recorded that it accepted the call in time",
    Outcome.DECLINED_WITHIN_POLICY: _declined,
    Outcome.DECLINED_AGAINST_POLICY: _declined,
    Outcome.CLOSED_WITHOUT_REASON: lambda call: (
        f"closed by the agency without any response, and without a reason or somebody who closed it (rule {call.rule})"
    ),
    Outcome.UNHEARD: _unheard,
    Outcome.WITHDRAWN: lambda _: "the requester withdrew it before a deadline had passed",
    Outcome.NONE_OWED: _none_owed,
    Outcome.PENDING: lambda _: "its deadline lies after the end of the record",
    Outcome.UNDETERMINED: _undetermined,
}
