"""What can have happened: the closed list of events, the type of entry each is, and an event as a value.

Every event is one entry of the record. Its name is public; what could say who or where is private.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from answerable.watch.people import Actor


class EventName(StrEnum):
    """Past tense, dotted. The part before the dot says what it is about."""

    CALL_RECEIVED = "call.received"
    CALL_ANSWERED = "call.answered"
    CALL_ABANDONED = "call.abandoned"
    CALL_CALLBACK_ATTEMPTED = "call.callback_attempted"
    CALL_ENTERED = "call.entered"
    CALL_CORRECTED = "call.corrected"
    CALL_PRIORITIZED = "call.prioritized"
    CALL_FACT_REPORTED = "call.fact_reported"
    CALL_QUEUED = "call.queued"
    CALL_HELD = "call.held"
    CALL_RELEASED = "call.released"
    CALL_DELAY_NOTIFIED = "call.delay_notified"
    CALL_TRANSFERRED = "call.transferred"
    CALL_REFERRED = "call.referred"
    CALL_REFERRAL_ACCEPTED = "call.referral_accepted"
    CALL_LINKED = "call.linked"
    CALL_MERGED = "call.merged"
    CALL_DECLINED = "call.declined"
    CALL_REVIEWED = "call.reviewed"
    CALL_CONDITION_REPORTED_MET = "call.condition_reported_met"
    CALL_WITHDRAWN = "call.withdrawn"
    CALL_REOPENED = "call.reopened"
    CALL_CLOSED = "call.closed"

    ASSISTANCE_REQUESTED = "assistance.requested"
    ASSISTANCE_CONFIRMED = "assistance.confirmed"
    ASSISTANCE_DISPUTED = "assistance.disputed"
    ASSISTANCE_CORRECTED = "assistance.corrected"
    ASSISTANCE_FACT_REPORTED = "assistance.fact_reported"
    ASSISTANCE_ACKNOWLEDGED = "assistance.acknowledged"
    ASSISTANCE_INFORMATION_REQUESTED = "assistance.information_requested"
    ASSISTANCE_INFORMATION_GIVEN = "assistance.information_given"
    ASSISTANCE_ACCEPTED = "assistance.accepted"
    ASSISTANCE_ACCEPTED_PROVISIONALLY = "assistance.accepted_provisionally"
    ASSISTANCE_DECLINED = "assistance.declined"
    ASSISTANCE_DECLINED_CONDITIONALLY = "assistance.declined_conditionally"
    ASSISTANCE_NOTICE_READ = "assistance.notice_read"
    ASSISTANCE_CONDITION_REPORTED_MET = "assistance.condition_reported_met"
    ASSISTANCE_REVIEW_DUE = "assistance.review_due"
    ASSISTANCE_REVIEWED = "assistance.reviewed"
    ASSISTANCE_APPEALED = "assistance.appealed"
    ASSISTANCE_WITHDRAWN = "assistance.withdrawn"
    ASSISTANCE_COMMITTED = "assistance.committed"
    ASSISTANCE_RELEASED = "assistance.released"
    ASSISTANCE_RESPONSE_WRITTEN = "assistance.response_written"
    ASSISTANCE_REOPENED = "assistance.reopened"
    ASSISTANCE_CLOSED = "assistance.closed"

    DECISION_REQUIRED = "decision.required"
    DECISION_MADE = "decision.made"
    """To respond. A refusal has names of its own: `call.declined`, `assistance.declined…`."""

    UNIT_DISPATCHED = "unit.dispatched"
    UNIT_ACKNOWLEDGED = "unit.acknowledged"
    UNIT_ENROUTE = "unit.enroute"
    UNIT_STAGED = "unit.staged"
    UNIT_ON_SCENE = "unit.on_scene"
    UNIT_CLEARED = "unit.cleared"
    UNIT_CANCELLED = "unit.cancelled"

    ALARM_RAISED = "alarm.raised"
    ALARM_ACKNOWLEDGED = "alarm.acknowledged"
    ALARM_ESCALATED = "alarm.escalated"
    ALARM_MUTED = "alarm.muted"

    WATCH_HEARTBEAT = "watch.heartbeat"
    WATCH_STARTED = "watch.started"
    WATCH_CLOCK_JUMPED = "watch.clock_jumped"
    FEED_HEARD = "feed.heard"
    FEED_GAP_BEGAN = "feed.gap_began"
    FEED_GAP_ENDED = "feed.gap_ended"

    ASSIGNMENT_MADE = "assignment.made"
    ASSIGNMENT_ENDED = "assignment.ended"

    POLICY_DRAFTED = "policy.drafted"
    POLICY_APPROVED = "policy.approved"
    POLICY_REFUSED = "policy.refused"
    POLICY_FILED = "policy.filed"
    """A version that was in the policy folder when the desk started: the folder's owner answers for its approval."""
    POLICY_CAME_INTO_FORCE = "policy.came_into_force"

    ALLEGATION_OPENED = "allegation.opened"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the record as the desk reads it. Instants in microseconds.

    `recorded_at_us` is when the desk took it (of one that the record could not take at once, `late`, still when the
    desk took it). `occurred_at_us` is when it happened, as far as somebody says so. `private` has only what could be
    opened: what was erased is absent. `index` is its place in the log; None while it waits in the spool.
    """

    id: str
    name: EventName
    about: str | None = None
    actor: Actor
    recorded_at_us: int
    occurred_at_us: int | None = None
    public: dict[str, Any] = {}
    private: dict[str, Any] = {}
    late: bool = False
    index: int | None = None

    @property
    def at_us(self) -> int:
        """When it happened; where nobody says, when it was recorded."""
        return self.recorded_at_us if self.occurred_at_us is None else self.occurred_at_us


_TYPES = {
    EventName.CALL_FACT_REPORTED: "fact",
    EventName.ASSISTANCE_FACT_REPORTED: "fact",
    EventName.CALL_DECLINED: "denial",
    EventName.ASSISTANCE_DECLINED: "denial",
    EventName.ASSISTANCE_DECLINED_CONDITIONALLY: "denial",
    EventName.CALL_REVIEWED: "review",
    EventName.ASSISTANCE_REVIEWED: "review",
    EventName.ASSISTANCE_REVIEW_DUE: "review",
}
_PREFIXES = {
    "call": "call",
    "assistance": "request",
    "decision": "decision",
    "unit": "unit",
    "alarm": "alarm",
    "watch": "heartbeat",
    "feed": "heartbeat",
    "assignment": "assignment",
    "policy": "policy",
    "allegation": "allegation",
}


def entry_type(name: EventName) -> str:
    """The coarse type of entry (docs/formats/record.md) that an event is."""
    return _TYPES.get(name) or _PREFIXES[name.value.split(".")[0]]
