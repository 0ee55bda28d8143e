"""What each role may do, and may see: one table, read by the desk and by every door.

Three rules stand above it: responding is open to everybody who takes calls; declining to nobody but command; whoever
waits (caller, requester) acts only on what is their own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from answerable.watch import commands as do
from answerable.watch.people import Role

_WAITING: Final = (do.ReceiveCall, do.ReportFact, do.Withdraw)
_REQUESTER: Final = (
    *_WAITING, do.RequestAssistance, do.ConfirmRequest, do.DisputeRequest, do.GiveInformation, do.ReportConditionMet,
    do.ReadNotice, do.Appeal, do.OpenAllegation,
)  # fmt: skip
_CALL_TAKER: Final = (
    *_WAITING, do.Answer, do.Enter, do.Abandon, do.Callback, do.Correct, do.Prioritize, do.Link, do.Merge,
    do.NotifyDelay, do.RequestAssistance, do.AcknowledgeRequest, do.AskInformation, do.GiveInformation,
    do.ReportConditionMet, do.DecideRespond, do.AcceptRequest, do.Reopen, do.AcknowledgeAlarm, do.Mute,
)  # fmt: skip
_DISPATCHER: Final = (
    *_CALL_TAKER, do.RecordUnit, do.CommitUnits, do.Hold, do.Release, do.Close, do.Transfer, do.AcceptReferral,
)  # fmt: skip
_FEED: Final = (
    *_WAITING, do.Answer, do.Enter, do.Abandon, do.Callback, do.Correct, do.Prioritize, do.Link, do.Merge, do.Hold,
    do.Release, do.RecordUnit, do.Close, do.Transfer, do.AcceptReferral, do.RequestAssistance, do.HearFeed, do.Reopen,
)  # fmt: skip

MAY_DO: Final[dict[Role, frozenset[type[do.Command]]]] = {
    Role.CALLER: frozenset(_WAITING),
    Role.REQUESTER: frozenset(_REQUESTER),
    Role.CALL_TAKER: frozenset(_CALL_TAKER),
    Role.DISPATCHER: frozenset(_DISPATCHER),
    Role.WATCH_COMMANDER: frozenset((*_DISPATCHER, do.Decline, do.Review, do.WriteResponse)),
    Role.POLICY_OFFICER: frozenset((do.DraftPolicy,)),
    Role.POLICY_APPROVER: frozenset((do.ApprovePolicy,)),
    Role.RECORDS_OFFICER: frozenset((do.OpenAllegation,)),
    Role.AUDITOR: frozenset((do.OpenAllegation,)),
    Role.ADMINISTRATOR: frozenset((do.Assign, do.EndAssignment)),
    Role.WITNESS: frozenset(),
    Role.FEED: frozenset(_FEED),
    Role.DESK: frozenset(),
}

NEEDS_ASSIGNMENT: Final[frozenset[type[do.Command]]] = frozenset(
    (do.Decline, do.Review, do.Close, do.WriteResponse, do.ApprovePolicy)
)
"""Decisions that hold only if the record says that this person held this role then. Help needs no such proof."""

ONLY_OWN: Final = frozenset((Role.CALLER, Role.REQUESTER))


class Sight(StrEnum):
    """What can be looked at."""

    BOARD = "board"
    PRIVATE = "private"
    """Places, natures, names, telephone numbers, free text. Each look is logged."""
    SENSITIVE = "sensitive"
    """The same of calls marked sensitive."""
    DENIALS = "denials"
    POLICIES = "policies"
    PEOPLE = "people"
    ALLEGATIONS = "allegations"
    LOOKS = "looks"
    """Who looked at what."""
    LOG = "log"
    OWN = "own"


_AT_THE_DESK: Final = frozenset((Sight.BOARD, Sight.PRIVATE, Sight.SENSITIVE, Sight.DENIALS, Sight.POLICIES, Sight.LOG))

MAY_SEE: Final[dict[Role, frozenset[Sight]]] = {
    Role.CALLER: frozenset((Sight.OWN, Sight.LOG)),
    Role.REQUESTER: frozenset((Sight.OWN, Sight.POLICIES, Sight.LOG)),
    Role.CALL_TAKER: _AT_THE_DESK,
    Role.DISPATCHER: _AT_THE_DESK,
    Role.WATCH_COMMANDER: _AT_THE_DESK | {Sight.PEOPLE, Sight.ALLEGATIONS},
    Role.POLICY_OFFICER: frozenset((Sight.POLICIES, Sight.DENIALS, Sight.LOG)),
    Role.POLICY_APPROVER: frozenset((Sight.POLICIES, Sight.DENIALS, Sight.LOG)),
    Role.RECORDS_OFFICER: frozenset((Sight.BOARD, Sight.PRIVATE, Sight.DENIALS, Sight.ALLEGATIONS, Sight.LOG)),
    Role.AUDITOR: frozenset(set(Sight) - {Sight.OWN}),
    Role.ADMINISTRATOR: frozenset((Sight.PEOPLE, Sight.LOG)),
    Role.WITNESS: frozenset((Sight.LOG,)),
    Role.FEED: frozenset((Sight.OWN, Sight.LOG)),
    Role.DESK: frozenset(),
}


def may_do(role: Role, command: type[do.Command]) -> bool:
    """Whether a role may give a command at all; ownership, rank and state are judged by the desk."""
    return command in MAY_DO[role]


def may_see(role: Role, sight: Sight) -> bool:
    """Whether a role may look at something at all."""
    return sight in MAY_SEE[role]
