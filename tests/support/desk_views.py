"""What a desk shows, made by hand: rows, refusals and boards of the demonstration's made-up city."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from answerable.watch.alarms import Alarm, AlarmKind, Rung
from answerable.watch.people import Actor, Role
from answerable.watch.states import Kind, State
from answerable.watch.views import (
    Board,
    ConditionView,
    DenialView,
    Due,
    DutyView,
    FeedHealth,
    FeedView,
    Question,
    RecordHealth,
    Row,
    Said,
)

NOW_US = 1_529_434_800_000_000
S_US = 1_000_000

MUST = DutyView(
    code="must-respond",
    text="must respond",
    sentence="A call for help is answered, whoever makes it.",
    cite="Directive A.3",
    policy="alder-city/response",
    version="2018-01-01",
    rule="emergency-help",
)
MAY_DECLINE = DutyView(
    code="may-decline",
    text="may decline",
    sentence="May be declined until everything else was tried.",
    cite="Directive B.4",
    policy="alder-city/response",
    version="2018-01-01",
    rule="agency-resources",
    decline_by="deputy_chief",
)
LIFE = Question(
    fact="life_safety",
    ask="Could anybody be hurt or killed?",
    choices=(Said(code="yes", text="Yes"), Said(code="no", text="No")),
)
PRIORITY = Question(fact="priority", ask="Which priority was given?", first=0, last=9)


def due(left_s: int, *, what: str = "dispatch") -> Due:
    return Due(
        what=what,
        text="send somebody",
        due_us=NOW_US + left_s * S_US,
        ring_us=NOW_US + (left_s - 60) * S_US,
        start_us=NOW_US - 600 * S_US,
        within_s=900,
        clock="p2",
    )


def row(number: int = 1, **changed: Any) -> Row:
    made = Row(
        id=f"0190-{number:06d}",
        kind=Kind.CALL,
        number=f"18-{4710 + number:06d}",
        state=State.PENDING,
        status="Pending",
        due=due(260),
        late=False,
        duty=MUST,
        priority=2,
        nature="Quarrel next door",
        place="1200 block of Harbor Ave",
        caller="caller",
        agency=None,
        waiting_since_us=NOW_US - 65 * S_US,
        units=(),
        questions=(),
        decide=("decide-respond", "close"),
        alarms=(),
        sensitive=False,
        gap=None,
        version=number,
    )
    return replace(made, **changed)


def request(number: int = 7, **changed: Any) -> Row:
    return row(
        number,
        **{
            "kind": Kind.REQUEST,
            "state": State.SUBMITTED,
            "status": "Submitted",
            "duty": MAY_DECLINE,
            "agency": "Federal Protective Service",
            "caller": "federal agency",
            "decide": ("decide-respond", "acknowledge-request", "accept-request", "decline"),
        }
        | changed,
    )


def alarm(kind: AlarmKind = AlarmKind.ABOUT_TO_GO_UNHEARD, **changed: Any) -> Alarm:
    made = Alarm(
        id="al-1",
        kind=kind,
        about=row().id,
        text="Nobody was sent, and the deadline is in 2 minutes.",
        raised_us=NOW_US - 70 * S_US,
        due_us=NOW_US + 120 * S_US,
        rung=Rung.DISPATCHER,
        cause="dispatch",
    )
    return replace(made, **changed)


def denial(**changed: Any) -> DenialView:
    made = DenialView(
        id=request().id,
        denial="0190-0000aa",
        kind=Kind.REQUEST,
        number="18-004717",
        agency="Federal Protective Service",
        asks="Twenty officers at the building",
        declined_us=NOW_US - 7200 * S_US,
        decider=Actor(id="u-7f3a", role=Role.WATCH_COMMANDER, rank="deputy_chief"),
        clause="agency-resources",
        policy_version="2018-01-01",
        sentence=MAY_DECLINE.sentence,
        cite=MAY_DECLINE.cite,
        reason=Said(code="ALTERNATIVES_NOT_EXHAUSTED", text="alternatives were not exhausted"),
        reason_text=None,
        conditions=(
            ConditionView(
                number=1,
                text="Everything else was tried.",
                fact="alternatives_exhausted",
                reported_met_us=NOW_US - 300 * S_US,
                reported_by="requester",
            ),
            ConditionView(number=2, text=None, fact="own_service_used", reported_met_us=None, reported_by=None),
        ),
        still_answered=(),
        final=False,
        review_due_us=NOW_US + 3 * 3600 * S_US,
        reviews=0,
        overdue=False,
        notice_sent_us=NOW_US,
        notice_read_us=None,
        written_response_due_us=None,
        response_written_us=None,
        appealed_us=None,
        alarms=(),
    )
    return replace(made, **changed)


def board(**changed: Any) -> Board:
    made = Board(
        now_us=NOW_US,
        pending=(row(1), request(7)),
        active=(row(2, state=State.ENROUTE, status="En route"),),
        closed=(row(3, state=State.CLOSED, status="Closed"),),
        denials=(denial(),),
        alarms=(alarm(),),
        muted_until_us=None,
        feeds=(),
        record=RecordHealth(writing=True, spooling=False, waiting=0, text="", size=12, heartbeat_us=NOW_US),
        policy="alder-city/response 2018-01-01",
        index=11,
    )
    return replace(made, **changed)


def silent_feed() -> FeedView:
    return FeedView(
        name="cad",
        health=FeedHealth.GAP,
        text="The feed cad is silent since 11:58.",
        heard_us=NOW_US,
        up_to_us=None,
        gap_since_us=NOW_US,
        open_calls=2,
    )
