"""The summer's requests for assistance, agency to agency: the same in every telling. Local times, all made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from answerable.demo.city import BUILDING_BEAT, BUILDING_BLOCK, BUILDING_DISTRICT
from answerable.model.decision import DecisionKind

DENIED_ON_19_JUNE = "R18-0007"
REOPENED = "R18-0010"
DENIED_TOO_LATE = "R18-0011"
COVERED_BY_NO_RULE = "R18-0012"

DEPUTY_CHIEF = "Deputy Chief, Operations"
WATCH_COMMANDER = "Watch Commander"
DESK_SERGEANT = "Desk Sergeant"
RECORDS = "Records Officer"
REQUESTER = "Officer in charge, federal building"

_CONDITIONS = (
    "To be looked at again once every alternative short of arrests has been tried and the agency's own protective "
    "service is used to the full; the situation is watched throughout; police still come if officers are assaulted or "
    "cannot leave safely"
)


class Where(NamedTuple):
    """District, beat and block."""

    district: str
    beat: str
    block: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A decision about a request: taken at `at`, written down at `recorded` by somebody else."""

    kind: DecisionKind
    at: str
    recorded: str
    actor: str
    rank: str = ""
    clause: str = ""
    reason: str = ""
    conditions: str = ""
    review_due: str = ""
    recorded_by: str = DESK_SERGEANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A fact somebody asserted later about a request."""

    fact: str
    value: bool
    at: str
    recorded: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: what its form said, and what became of it. Times empty where the thing did not happen."""

    number: str
    received: str
    requester: str
    place: str
    asks_for: str
    priority: int
    where: Where
    alternatives_exhausted: bool | None = None
    own_service_used: bool | None = None
    dispatched: str = ""
    on_scene: str = ""
    cleared: str = ""
    closed: str = ""
    disposition: str = ""
    closed_by: str = ""
    unit: str = ""
    units_sent: int | None = None
    acts: tuple[Act, ...] = ()
    said: tuple[Said, ...] = ()


def _accepted(at: str, recorded: str, *, clause: str, actor: str = WATCH_COMMANDER) -> tuple[Act, ...]:
    rank = {WATCH_COMMANDER: "watch_commander", DEPUTY_CHIEF: "deputy_chief"}[actor]
    return (Act(kind=DecisionKind.RESPOND, at=at, recorded=recorded, actor=actor, rank=rank, clause=clause),)


def _denied(at: str, recorded: str, *, review_due: str) -> Act:
    return Act(
        kind=DecisionKind.DECLINE_WITH_CONDITIONS, at=at, recorded=recorded, actor=DEPUTY_CHIEF, rank="deputy_chief",
        clause="agency-resources", reason="ALTERNATIVES_NOT_EXHAUSTED", conditions=_CONDITIONS, review_due=review_due,
    )  # fmt: skip


def _reviewed(at: str, recorded: str, *, review_due: str) -> Act:
    return Act(
        kind=DecisionKind.REVIEW, at=at, recorded=recorded, actor=DEPUTY_CHIEF, rank="deputy_chief",
        clause="agency-resources", reason="ALTERNATIVES_NOT_EXHAUSTED", conditions=_CONDITIONS, review_due=review_due,
        recorded_by=RECORDS,
    )  # fmt: skip


_BUILDING = Where(BUILDING_DISTRICT, BUILDING_BEAT, BUILDING_BLOCK)

REQUESTS: tuple[Request, ...] = (
    Request(
        number="R18-0003", received="2018-06-05 10:12:31", requester="LOCAL", place="OTHER", asks_for="ADDRES",
        priority=5, where=Where("NORTH", "240", "15800 BLOCK TURNPIKE BLVD"),
        acts=_accepted("2018-06-05 10:26:00", "2018-06-05 10:29:10", clause="other-agency"),
        dispatched="2018-06-05 10:48:12", on_scene="2018-06-05 11:20:40", cleared="2018-06-05 15:02:09",
        closed="2018-06-05 15:03:00", disposition="AST", closed_by="DSP02", unit="T4", units_sent=3,
    ),
    Request(
        number="R18-0004", received="2018-06-12 15:40:02", requester="STATE", place="CITY", asks_for="HELP",
        priority=2, where=Where("EAST", "360", "11200 BLOCK QUARRY RD"),
        dispatched="2018-06-12 15:44:39", on_scene="2018-06-12 15:53:50", cleared="2018-06-12 16:49:12",
        closed="2018-06-12 16:50:30", disposition="AST", closed_by="DSP05", unit="T2", units_sent=2,
    ),
    Request(
        number="R18-0005", received="2018-06-17 20:31:18", requester="FEDERAL", place="FEDPROP", asks_for="HELP",
        priority=2, where=_BUILDING, dispatched="2018-06-17 20:39:55", on_scene="2018-06-17 20:50:07",
        cleared="2018-06-17 22:31:40", closed="2018-06-17 22:33:00", disposition="AST", closed_by="DSP03", unit="T1",
        units_sent=4,
    ),
    Request(
        number="R18-0006", received="2018-06-18 16:05:44", requester="FEDERAL", place="FEDPROP", asks_for="ADDRES",
        priority=4, where=_BUILDING, alternatives_exhausted=False, own_service_used=True,
        acts=_accepted("2018-06-18 16:33:00", "2018-06-18 16:37:20", clause="agency-resources"),
        dispatched="2018-06-18 16:52:10", on_scene="2018-06-18 17:08:33", cleared="2018-06-18 21:15:00",
        closed="2018-06-18 21:16:10", disposition="AST", closed_by="DSP01", unit="T1", units_sent=4,
    ),
    Request(
        number=DENIED_ON_19_JUNE, received="2018-06-19 13:25:10", requester="FEDERAL", place="FEDPROP",
        asks_for="ADDRES", priority=4, where=_BUILDING, alternatives_exhausted=False, own_service_used=True,
        acts=(
            _denied("2018-06-19 14:05:00", "2018-06-19 14:16:30", review_due="2018-06-20 14:05:00"),
            _reviewed("2018-06-20 13:20:00", "2018-06-20 13:31:00", review_due="2018-06-21 13:20:00"),
            _reviewed("2018-06-21 12:50:00", "2018-06-21 12:58:00", review_due="2018-06-22 12:50:00"),
            _reviewed("2018-06-22 11:40:00", "2018-06-22 11:52:00", review_due="2018-06-23 11:40:00"),
            _reviewed("2018-06-23 10:35:00", "2018-06-23 10:44:00", review_due="2018-06-24 10:35:00"),
            _reviewed("2018-06-24 10:10:00", "2018-06-24 10:15:00", review_due="2018-06-25 10:10:00"),
            _reviewed("2018-06-25 09:05:00", "2018-06-25 09:20:00", review_due="2018-06-26 09:05:00"),
            Act(kind=DecisionKind.WITHDRAW, at="2018-06-25 17:40:00", recorded="2018-06-25 17:46:00", actor=REQUESTER),
        ),
        closed="2018-06-25 17:46:00", disposition="CXC", closed_by="DSP04",
    ),
    Request(
        number="R18-0008", received="2018-06-28 05:10:27", requester="FEDERAL", place="FEDPROP", asks_for="ADDRES",
        priority=4, where=_BUILDING, alternatives_exhausted=True, own_service_used=True,
        acts=_accepted(
            "2018-06-28 05:36:00", "2018-06-28 05:41:15", clause="agency-resources-revisit", actor=DEPUTY_CHIEF
        ),
        dispatched="2018-06-28 05:58:02", on_scene="2018-06-28 06:17:49", cleared="2018-06-28 12:40:20",
        closed="2018-06-28 12:42:00", disposition="AST", closed_by="DSP06", unit="T3", units_sent=10,
    ),
    Request(
        number="R18-0009", received="2018-07-03 11:20:09", requester="LOCAL", place="OTHER", asks_for="ADDRES",
        priority=5, where=Where("SOUTH", "430", "14900 BLOCK GRANGE RD"),
        acts=_accepted("2018-07-03 11:41:00", "2018-07-03 11:44:30", clause="other-agency"),
        dispatched="2018-07-03 12:20:00", on_scene="2018-07-03 12:58:14", cleared="2018-07-03 18:30:00",
        closed="2018-07-03 18:31:00", disposition="AST", closed_by="DSP02", unit="T4", units_sent=2,
    ),
    Request(
        number=REOPENED, received="2018-07-09 17:48:05", requester="FEDERAL", place="FEDPROP", asks_for="ADDRES",
        priority=4, where=_BUILDING, alternatives_exhausted=False, own_service_used=True,
        acts=(
            _denied("2018-07-09 18:20:00", "2018-07-09 18:31:40", review_due="2018-07-10 18:20:00"),
            _reviewed("2018-07-10 17:35:00", "2018-07-10 17:44:00", review_due="2018-07-11 17:35:00"),
            _reviewed("2018-07-11 16:50:00", "2018-07-11 17:02:00", review_due="2018-07-12 16:50:00"),
            Act(
                kind=DecisionKind.RESPOND, at="2018-07-11 21:41:10", recorded="2018-07-11 21:41:30",
                actor="Dispatcher", rank="dispatcher", clause="officer-assaulted",
            ),
        ),
        said=(
            Said(fact="officer_assaulted", value=True, at="2018-07-11 21:38:20", recorded="2018-07-11 21:39:05",
                 by="requester"),
        ),
        dispatched="2018-07-11 21:41:30", on_scene="2018-07-11 21:49:52", cleared="2018-07-11 23:55:31",
        closed="2018-07-11 23:57:00", disposition="ARR", closed_by="DSP07", unit="T2", units_sent=6,
    ),
    Request(
        number=DENIED_TOO_LATE, received="2018-07-13 09:10:22", requester="FEDERAL", place="FEDPROP",
        asks_for="ADDRES", priority=4, where=_BUILDING, alternatives_exhausted=False, own_service_used=True,
        acts=(
            _denied("2018-07-13 09:48:00", "2018-07-13 09:55:10", review_due="2018-07-14 09:48:00"),
            _denied("2018-07-15 11:02:00", "2018-07-15 11:05:00", review_due="2018-07-16 11:02:00"),
            Act(kind=DecisionKind.WITHDRAW, at="2018-07-15 18:20:00", recorded="2018-07-15 18:26:00", actor=REQUESTER),
        ),
        said=(
            Said(fact="alternatives_exhausted", value=True, at="2018-07-14 16:38:00", recorded="2018-07-14 16:40:12",
                 by="requester"),
        ),
        closed="2018-07-15 18:26:00", disposition="CXC", closed_by="DSP03",
    ),
    Request(
        number=COVERED_BY_NO_RULE, received="2018-07-17 09:15:50", requester="STATE", place="OTHER", asks_for="ADDRES",
        priority=6, where=Where("CENTRAL", "150", "STATE HIGHWAY 9, SUMMIT"),
        acts=(
            Act(
                kind=DecisionKind.DECLINE, at="2018-07-17 09:30:00", recorded="2018-07-17 09:33:00",
                actor=WATCH_COMMANDER, rank="watch_commander", reason="NO_DUTY_OUTSIDE_JURISDICTION",
            ),
        ),
    ),
    Request(
        number="R18-0013", received="2018-07-24 13:30:36", requester="FEDERAL", place="FEDPROP", asks_for="ADDRES",
        priority=4, where=_BUILDING, alternatives_exhausted=True, own_service_used=True,
        acts=_accepted(
            "2018-07-24 14:02:00", "2018-07-24 14:08:45", clause="agency-resources-revisit", actor=DEPUTY_CHIEF
        ),
        dispatched="2018-07-24 14:40:00", on_scene="2018-07-24 14:58:21", cleared="2018-07-25 02:20:00",
        closed="2018-07-25 02:22:00", disposition="AST", closed_by="DSP01", unit="T1", units_sent=14,
    ),
)  # fmt: skip
