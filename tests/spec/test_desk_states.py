"""The states of a call and of a request, and which command is possible in which: the table, written out.

Letters of a row, one for each state, in the order of the heads: `x` possible, `.` refused with words.
"""

from __future__ import annotations

import msgspec
import pytest
from tests.support.desks import DISPATCHER, FPS, Room

from answerable.errors import NotPossibleError
from answerable.watch import commands as do
from answerable.watch.clocks import unmet
from answerable.watch.moves import POSSIBLE, check_possible
from answerable.watch.states import OVER, PENDING, REFUSED, UNDER_WAY, Kind, State
from answerable.watch.views import Due

HEADS = [
    State.RECEIVED, State.ANSWERED, State.PENDING, State.HELD, State.ABANDONED,
    State.DISPATCHED, State.ENROUTE, State.ON_SCENE,
    State.SUBMITTED, State.ACKNOWLEDGED, State.UNDER_REVIEW,
    State.ACCEPTED, State.ACCEPTED_PROVISIONALLY, State.COMMITTED, State.RELEASED,
    State.DECLINED, State.DECLINED_CONDITIONALLY, State.REVIEW_DUE,
    State.CLOSED, State.WITHDRAWN, State.MERGED, State.HANDED_OVER,
]  # fmt: skip

#                          waits  under way  undecided  accepted  refused  over
TABLE = {
    # help never waits: facts and units always, a decision to respond until it is over
    do.ReportFact:         "xxxxx  xxx        xxx        xxxx      xxx      xxxx",
    do.RecordUnit:         "xxxxx  xxx        xxx        xxxx      xxx      xxxx",
    do.DecideRespond:      "xxxxx  xxx        xxx        xxxx      xxx      ....",
    do.Reopen:             ".....  ...        ...        ....      xxx      xxxx",
    # the telephone
    do.Answer:             "x...x  ...        ...        ....      ...      ....",
    do.Enter:              "xx..x  ...        ...        ....      ...      ....",
    do.Abandon:            "xxxx.  ...        ...        ....      ...      ....",
    do.Callback:           "xxxxx  xxx        xxx        xxxx      xxx      ....",
    # dispatch
    do.Hold:               "xxx..  ...        ...        xx..      ...      ....",
    do.Release:            "...x.  xxx        ...        ..x.      ...      ....",
    do.NotifyDelay:        "xxxxx  xxx        xxx        xxxx      xxx      ....",
    do.Prioritize:         "xxxxx  xxx        xxx        xxxx      xxx      ....",
    do.Transfer:           "xxxxx  xxx        xxx        xxxx      xxx      ....",
    do.AcceptReferral:     "xxxxx  xxx        xxx        xxxx      xxx      ....",
    # what ends something: never where something else is still owed
    do.Decline:            "xxxx.  ...        xxx        xx..      ...      ....",
    do.Review:             ".....  ...        ...        ....      xxx      ....",
    do.ReportConditionMet: ".....  ...        ...        ....      xxx      ....",
    do.Appeal:             ".....  ...        ...        ....      xxx      ....",
    do.Close:              "xxxxx  xxx        ...        xxxx      x..      ....",
    do.Merge:              "xxxxx  xxx        ...        xxxx      ...      ....",
    do.Withdraw:           "xxxxx  xxx        xxx        xxxx      xxx      ....",
    # requests
    do.AcknowledgeRequest: ".....  ...        x..        ....      ...      ....",
    do.AskInformation:     ".....  ...        xxx        ....      ...      ....",
    do.GiveInformation:    "xxxxx  xxx        xxx        xxxx      xxx      ....",
    do.AcceptRequest:      ".....  ...        xxx        .x..      xxx      ....",
    do.CommitUnits:        "xxxxx  xxx        xxx        xxxx      xxx      ....",
    # what only adds to the record
    do.Link:               "xxxxx  xxx        xxx        xxxx      xxx      xxxx",
    do.Correct:            "xxxxx  xxx        xxx        xxxx      xxx      xxxx",
    do.ConfirmRequest:     "xxxxx  xxx        xxx        xxxx      xxx      xxxx",
    do.DisputeRequest:     "xxxxx  xxx        xxx        xxxx      xxx      xxxx",
    do.WriteResponse:      "xxxxx  xxx        xxx        xxxx      xxx      xxxx",
    do.ReadNotice:         "xxxxx  xxx        xxx        xxxx      xxx      xxxx",
}  # fmt: skip


def test_the_table_has_every_state_and_every_command_about_a_call() -> None:
    assert set(HEADS) == set(State)
    assert set(TABLE) == set(POSSIBLE)
    assert all(len(row.replace(" ", "")) == len(HEADS) for row in TABLE.values())


@pytest.mark.parametrize("command", TABLE, ids=lambda command: command.__name__)
def test_a_command_is_possible_in_exactly_the_states_of_its_row(command: type[do.Command]) -> None:
    row = TABLE[command].replace(" ", "")
    assert POSSIBLE[command] == {state for state, letter in zip(HEADS, row, strict=True) if letter == "x"}


def test_every_state_is_waiting_refused_under_way_or_over_and_only_one_of_them() -> None:
    groups = (PENDING, REFUSED, UNDER_WAY, OVER)
    assert all(sum(state in group for group in groups) == 1 for state in State)


def test_a_refusal_of_the_desk_says_the_state_in_words() -> None:
    room = Room()
    call = room.call()
    subject = msgspec.structs.replace(room.subject(call), state=State.CLOSED)
    with pytest.raises(NotPossibleError, match="It is closed: this is not possible now"):
        check_possible(do.DecideRespond, subject)


def test_what_is_done_with_requests_is_not_done_with_calls_and_the_other_way() -> None:
    room = Room()
    with pytest.raises(NotPossibleError, match="this is a call"):
        room.say(do.AcknowledgeRequest(id=room.id(), about=room.call()), DISPATCHER)
    with pytest.raises(NotPossibleError, match="this is a request"):
        room.say(do.Abandon(id=room.id(), about=room.request()), DISPATCHER)


# how a call goes

PATHS: list[tuple[str, list[tuple[do.Command, State]]]] = [
    (
        "answered, entered, sent, there, done",
        [
            (do.Answer(id="1", about="?"), State.ANSWERED),
            (do.Enter(id="2", about="?"), State.PENDING),
            (do.RecordUnit(id="3", about="?", unit="a", status=do.UnitStatus.DISPATCHED), State.DISPATCHED),
            (do.RecordUnit(id="4", about="?", unit="a", status=do.UnitStatus.ENROUTE), State.ENROUTE),
            (do.RecordUnit(id="5", about="?", unit="a", status=do.UnitStatus.ON_SCENE), State.ON_SCENE),
            (do.RecordUnit(id="6", about="?", unit="a", status=do.UnitStatus.CLEARED), State.ON_SCENE),
            (do.Close(id="7", about="?", reason_code=do.CloseReason.SERVED), State.CLOSED),
        ],
    ),
    (
        "held, released",
        [
            (do.Hold(id="1", about="?", reason_text="no unit near"), State.HELD),
            (do.Release(id="2", about="?"), State.PENDING),
        ],
    ),
    (
        "the only unit is called back before it was there: it waits again",
        [
            (do.RecordUnit(id="1", about="?", unit="a", status=do.UnitStatus.DISPATCHED), State.DISPATCHED),
            (do.RecordUnit(id="2", about="?", unit="a", status=do.UnitStatus.CANCELLED), State.PENDING),
        ],
    ),
    (
        "hung up, called back, needs nothing",
        [
            (do.Abandon(id="1", about="?"), State.ABANDONED),
            (do.Callback(id="2", about="?", reached=False), State.ABANDONED),
            (do.Callback(id="3", about="?", reached=True), State.ANSWERED),
            (
                do.Close(id="4", about="?", reason_code=do.CloseReason.CALLER_REACHED_NOTHING_NEEDED),
                State.CLOSED,
            ),
        ],
    ),
    (
        "closed, then a unit is sent after all",
        [
            (do.Close(id="1", about="?", reason_code=do.CloseReason.TEST_OR_MISDIAL), State.CLOSED),
            (do.RecordUnit(id="2", about="?", unit="a", status=do.UnitStatus.DISPATCHED), State.DISPATCHED),
        ],
    ),
    (
        "referred: only the other agency's acceptance hands it over",
        [
            (do.Transfer(id="1", about="?", to="County", referred=True), State.RECEIVED),
            (do.AcceptReferral(id="2", about="?", by_agency="County"), State.HANDED_OVER),
        ],
    ),
    (
        "withdrawn by the caller",
        [(do.Withdraw(id="1", about="?", asserted_by="caller"), State.WITHDRAWN)],
    ),
]


@pytest.mark.parametrize(("name", "path"), PATHS, ids=[name for name, _ in PATHS])
def test_a_call_goes_its_way(name: str, path: list[tuple[do.Command, State]]) -> None:
    room = Room()
    call = room.call()
    for command, state in path:
        room.clock.now_us += 1_000_000
        room.say(msgspec.structs.replace(command, id=room.id(), about=call), DISPATCHER)
        assert room.subject(call).state is state, command


def test_acknowledged_is_not_accepted() -> None:
    room = Room()
    request = room.request()
    room.say(do.AcknowledgeRequest(id=room.id(), about=request), DISPATCHER)
    assert room.subject(request).state is State.ACKNOWLEDGED
    assert not room.subject(request).made
    assert [due.what for due in _clocks(room, request)] == ["decide"]


def test_a_request_goes_its_way() -> None:
    room = Room()
    request = room.request()
    for command, state in (
        (do.AcknowledgeRequest(id=room.id(), about=request), State.ACKNOWLEDGED),
        (do.AskInformation(id=room.id(), about=request, question="How many are there?"), State.UNDER_REVIEW),
        (do.AcceptRequest(id=room.id(), about=request, provisionally=True), State.ACCEPTED_PROVISIONALLY),
        (do.AcceptRequest(id=room.id(), about=request), State.ACCEPTED),
        (do.CommitUnits(id=room.id(), about=request, units=("4A12",)), State.COMMITTED),
        (do.Release(id=room.id(), about=request), State.RELEASED),
        (do.Close(id=room.id(), about=request, reason_code=do.CloseReason.OTHER, reason_text="done"), State.CLOSED),
    ):
        room.say(command, DISPATCHER)
        assert room.subject(request).state is state


def test_a_request_that_nobody_decided_is_not_closed() -> None:
    room = Room()
    request = room.request()
    with pytest.raises(NotPossibleError) as refused:
        room.say(do.Close(id=room.id(), about=request, reason_code=do.CloseReason.OTHER, reason_text="-"), DISPATCHER)
    assert "decided, not closed" in str(refused.value.hint)


def test_a_request_by_telephone_is_read_back_and_confirmed_or_disputed_by_the_requester_alone() -> None:
    room = Room()
    request = room.request(DISPATCHER, by_telephone=True, facts={})
    assert room.subject(request).confirmed is None
    assert room.core.spoken[request].startswith("2018h1-")
    room.say(do.ConfirmRequest(id=room.id(), about=request), FPS)
    assert room.subject(request).confirmed is True
    room.say(do.DisputeRequest(id=room.id(), about=request, what="It was eight officers"), FPS)
    assert room.subject(request).confirmed is False
    assert room.alarms(request) == ["request_disputed"]


def test_two_fields_are_enough_for_a_request_by_telephone() -> None:
    room = Room()
    said = room.say(do.RequestAssistance(id=room.id(), agency="FPS", asks="officers", by_telephone=True), DISPATCHER)
    assert room.subject(said.id).kind is Kind.REQUEST
    assert room.subject(said.id).facts == {"kind": "request_for_assistance"}


def _clocks(room: Room, id_: str) -> tuple[Due, ...]:
    return unmet(room.subject(id_), room.core.world.rules)
