"""What each role may do and see: the table, written out, and the rules that stand above it."""

from __future__ import annotations

import typing

import pytest

from answerable.watch import commands as do
from answerable.watch.commands import HELP_NEVER_WAITS, Command
from answerable.watch.people import Role
from answerable.watch.roles import MAY_DO, MAY_SEE, NEEDS_ASSIGNMENT, ONLY_OWN, Sight

R = Role
HEADS = [R.CALLER, R.REQUESTER, R.CALL_TAKER, R.DISPATCHER, R.WATCH_COMMANDER, R.POLICY_OFFICER, R.POLICY_APPROVER,
         R.RECORDS_OFFICER, R.AUDITOR, R.ADMINISTRATOR, R.WITNESS, R.FEED, R.DESK]  # fmt: skip

# in the order of HEADS: who waits, who takes calls, policy, records and audit, machines
TABLE = {
    do.ReceiveCall:         "xx xxx .. .... x.",
    do.ReportFact:          "xx xxx .. .... x.",
    do.Withdraw:            "xx xxx .. .... x.",
    do.RequestAssistance:   ".x xxx .. .... x.",
    do.ConfirmRequest:      ".x ... .. .... ..",
    do.DisputeRequest:      ".x ... .. .... ..",
    do.GiveInformation:     ".x xxx .. .... ..",
    do.ReportConditionMet:  ".x xxx .. .... ..",
    do.ReadNotice:          ".x ... .. .... ..",
    do.Appeal:              ".x ... .. .... ..",
    do.OpenAllegation:      ".x ... .. xx.. ..",
    # responding: everybody who takes calls
    do.DecideRespond:       ".. xxx .. .... ..",
    do.AcceptRequest:       ".. xxx .. .... ..",
    do.Reopen:              ".. xxx .. .... x.",
    do.Answer:              ".. xxx .. .... x.",
    do.Enter:               ".. xxx .. .... x.",
    do.Abandon:             ".. xxx .. .... x.",
    do.Callback:            ".. xxx .. .... x.",
    do.Correct:             ".. xxx .. .... x.",
    do.Prioritize:          ".. xxx .. .... x.",
    do.Link:                ".. xxx .. .... x.",
    do.Merge:               ".. xxx .. .... x.",
    do.NotifyDelay:         ".. xxx .. .... ..",
    do.AcknowledgeRequest:  ".. xxx .. .... ..",
    do.AskInformation:      ".. xxx .. .... ..",
    do.AcknowledgeAlarm:    ".. xxx .. .... ..",
    do.Mute:                ".. xxx .. .... ..",
    do.RecordUnit:          ".. .xx .. .... x.",
    do.CommitUnits:         ".. .xx .. .... ..",
    do.Hold:                ".. .xx .. .... x.",
    do.Release:             ".. .xx .. .... x.",
    do.Close:               ".. .xx .. .... x.",
    do.Transfer:            ".. .xx .. .... x.",
    do.AcceptReferral:      ".. .xx .. .... x.",
    # declining: command alone
    do.Decline:             ".. ..x .. .... ..",
    do.Review:              ".. ..x .. .... ..",
    do.WriteResponse:       ".. ..x .. .... ..",
    # two persons for a policy; whoever keeps the keys sees no content
    do.DraftPolicy:         ".. ... x. .... ..",
    do.ApprovePolicy:       ".. ... .x .... ..",
    do.Assign:              ".. ... .. ..x. ..",
    do.EndAssignment:       ".. ... .. ..x. ..",
    do.HearFeed:            ".. ... .. .... x.",
}  # fmt: skip


def test_the_table_has_every_role_and_every_command() -> None:
    assert set(HEADS) == set(Role)
    assert set(TABLE) == set(typing.get_args(Command))


@pytest.mark.parametrize("command", TABLE, ids=lambda command: command.__name__)
def test_exactly_the_roles_of_its_row_may_give_a_command(command: type[Command]) -> None:
    row = TABLE[command].replace(" ", "")
    allowed = {role for role, letter in zip(HEADS, row, strict=True) if letter == "x"}
    assert {role for role in Role if command in MAY_DO[role]} == allowed


def test_whoever_may_decline_may_respond_and_many_more_may_respond() -> None:
    declining = {role for role in Role if do.Decline in MAY_DO[role]}
    responding = {role for role in Role if do.DecideRespond in MAY_DO[role]}
    assert declining == {Role.WATCH_COMMANDER}
    assert declining < responding


def test_what_ends_something_needs_an_assignment_and_help_never_does() -> None:
    assert {do.Decline, do.Review, do.Close} <= NEEDS_ASSIGNMENT
    assert not NEEDS_ASSIGNMENT & set(HELP_NEVER_WAITS)


def test_the_desk_itself_gives_no_command() -> None:
    assert MAY_DO[Role.DESK] == frozenset()


def test_the_auditor_sees_everything_and_writes_no_calls() -> None:
    assert MAY_SEE[Role.AUDITOR] == set(Sight) - {Sight.OWN}
    assert MAY_DO[Role.AUDITOR] == {do.OpenAllegation}


def test_the_administrator_sees_no_content() -> None:
    assert not MAY_SEE[Role.ADMINISTRATOR] & {Sight.PRIVATE, Sight.SENSITIVE, Sight.BOARD}


def test_who_looked_is_for_the_auditor_alone() -> None:
    assert [role for role in Role if Sight.LOOKS in MAY_SEE[role]] == [Role.AUDITOR]


def test_whoever_waits_acts_only_on_what_is_their_own() -> None:
    assert frozenset({Role.CALLER, Role.REQUESTER}) == ONLY_OWN
