"""Which command is possible in which state: the table, and how the desk says no.

Facts, units and decisions to respond are taken in nearly every state, for help never waits. What ends something is
taken only where something stands to be ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from answerable.errors import NotPossibleError
from answerable.watch import commands as do
from answerable.watch.states import OVER, REFUSED, Kind, State
from answerable.watch.subject import Subject
from answerable.watch.words import STATES

_EVERY: Final = frozenset(State)
_NOT_OVER: Final = _EVERY - OVER
_UNDECIDED: Final = frozenset((State.SUBMITTED, State.ACKNOWLEDGED, State.UNDER_REVIEW))
_ACCEPTED: Final = frozenset((State.ACCEPTED, State.ACCEPTED_PROVISIONALLY))
_WAITING_CALL: Final = frozenset((State.RECEIVED, State.ANSWERED, State.PENDING, State.HELD))

POSSIBLE: Final[dict[type[do.Command], frozenset[State]]] = {
    do.Answer: frozenset((State.RECEIVED, State.ABANDONED)),
    do.Enter: frozenset((State.RECEIVED, State.ANSWERED, State.ABANDONED)),
    do.Abandon: _WAITING_CALL,
    do.Callback: _NOT_OVER,
    do.ReportFact: _EVERY,
    do.RecordUnit: _EVERY,
    do.DecideRespond: _NOT_OVER,
    do.Decline: _WAITING_CALL | _UNDECIDED | _ACCEPTED,
    do.ReportConditionMet: REFUSED,
    do.Review: REFUSED,
    do.Reopen: OVER | REFUSED,
    do.Close: _NOT_OVER - _UNDECIDED - {State.DECLINED_CONDITIONALLY, State.REVIEW_DUE},
    do.Merge: _NOT_OVER - REFUSED - _UNDECIDED,
    do.Link: _EVERY,
    do.Transfer: _NOT_OVER,
    do.AcceptReferral: _NOT_OVER,
    do.Withdraw: _NOT_OVER,
    do.Correct: _EVERY,
    do.Prioritize: _NOT_OVER,
    do.Hold: _WAITING_CALL - {State.HELD} | _ACCEPTED,
    do.Release: frozenset((State.HELD, State.COMMITTED, State.DISPATCHED, State.ENROUTE, State.ON_SCENE)),
    do.NotifyDelay: _NOT_OVER,
    do.ConfirmRequest: _EVERY,
    do.DisputeRequest: _EVERY,
    do.AcknowledgeRequest: frozenset((State.SUBMITTED,)),
    do.AskInformation: _UNDECIDED,
    do.GiveInformation: _NOT_OVER,
    do.AcceptRequest: _UNDECIDED | REFUSED | {State.ACCEPTED_PROVISIONALLY},
    do.CommitUnits: _NOT_OVER,
    do.WriteResponse: _EVERY,
    do.ReadNotice: _EVERY,
    do.Appeal: REFUSED,
}
"""In which states a command about a call or a request is possible."""

ONLY_CALLS: Final = frozenset((do.Answer, do.Enter, do.Abandon, do.Callback, do.Merge))
ONLY_REQUESTS: Final = frozenset(
    (
        do.ConfirmRequest,
        do.DisputeRequest,
        do.AcknowledgeRequest,
        do.AskInformation,
        do.GiveInformation,
        do.AcceptRequest,
        do.CommitUnits,
        do.WriteResponse,
        do.Appeal,
    )
)

_INSTEAD: Final[dict[type[do.Command], str]] = {
    do.DecideRespond: "Take it up again first (reopen); that is one step, and always possible.",
    do.Decline: "A refusal that stands is reviewed; what is over is taken up again first.",
    do.Close: "A request is decided, not closed; a refusal with conditions is reviewed.",
}
KEYS: Final = (
    do.DecideRespond, do.AcceptRequest, do.RecordUnit, do.ReportConditionMet, do.Review, do.AcknowledgeRequest,
    do.Callback, do.Reopen, do.Answer, do.Enter, do.CommitUnits, do.NotifyDelay, do.AskInformation, do.Hold, do.Release,
    do.Transfer, do.AcceptReferral, do.Prioritize, do.WriteResponse, do.Merge, do.Close, do.Decline,
)  # fmt: skip
"""The commands that a board offers, in the order of their keys: responding first, declining last."""

OWN_KEYS: Final = (
    do.ReportFact, do.ConfirmRequest, do.DisputeRequest, do.GiveInformation, do.ReportConditionMet, do.ReadNotice,
    do.Appeal, do.Withdraw,
)  # fmt: skip
"""What whoever waits can do with what is their own."""


_NEEDS: Final[dict[type[do.Command], Callable[[Subject], bool]]] = {
    do.ConfirmRequest: lambda one: one.by_telephone and one.confirmed is not True,
    do.DisputeRequest: lambda one: one.by_telephone and one.confirmed is not False,
    do.ReadNotice: lambda one: one.denial is not None and one.denial.stands and one.denial.notice_read_us is None,
    do.ReportConditionMet: lambda one: one.denial is not None and bool(one.denial.conditions),
    do.AcceptReferral: lambda one: one.referred_to is not None,
    do.WriteResponse: lambda one: one.response_written_us is None,
    do.DecideRespond: lambda one: not one.period.committed or one.refused,
}


def check_possible(command: type[do.Command], subject: Subject) -> None:
    """Raises NotPossibleError, in words, where a command is not possible in the state in which the call is."""
    entered_as = subject.entered_as
    if command in ONLY_CALLS and entered_as is not Kind.CALL:
        raise NotPossibleError("That is done with calls; this is a request for assistance.")
    if command in ONLY_REQUESTS and entered_as is not Kind.REQUEST:
        raise NotPossibleError("That is done with requests for assistance; this is a call.")
    if subject.state not in POSSIBLE[command]:
        raise NotPossibleError(f"It is {STATES[subject.state]}: this is not possible now.", hint=_INSTEAD.get(command))


def is_possible(command: type[do.Command], subject: Subject) -> bool:
    """Whether a command is possible now, and has something to be about."""
    needs = _NEEDS.get(command)
    if needs is not None and not needs(subject):
        return False
    try:
        check_possible(command, subject)
    except NotPossibleError:
        return False
    return True
