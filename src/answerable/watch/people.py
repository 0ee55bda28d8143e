"""Who acts, in which role, with which rank: dated, and written in the record."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """The closed list of roles. What each may do is one table, `answerable.watch.roles`."""

    CALLER = "caller"
    REQUESTER = "requester"
    CALL_TAKER = "call-taker"
    DISPATCHER = "dispatcher"
    WATCH_COMMANDER = "watch-commander"
    POLICY_OFFICER = "policy-officer"
    POLICY_APPROVER = "policy-approver"
    RECORDS_OFFICER = "records-officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    WITNESS = "witness"
    FEED = "feed"
    DESK = "desk"
    """The desk itself: heartbeats, alarms, what falls due. It is never the actor of a decision or a closing."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something. `id` is a pseudonym such as `u-7f3a`, never a name; `rank` is filled by the desk from the
    dated assignments in the record; what a door says about it is not believed."""

    id: str
    role: Role
    rank: str | None = None
    agency: str | None = None


DESK_ITSELF = Actor(id="desk", role=Role.DESK)


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """That a person held a role, and perhaps a rank, from one instant to another. `acting`: in somebody's place."""

    person: str
    role: Role
    rank: str | None
    from_us: int
    until_us: int | None
    acting: bool = False
    by: str = ""

    def holds_at(self, at_us: int) -> bool:
        """Whether it is in force at an instant; its end is exclusive."""
        return self.from_us <= at_us and (self.until_us is None or at_us < self.until_us)
