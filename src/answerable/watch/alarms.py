"""Alarms: what rings, for whom, how it climbs, and what can be silenced."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class AlarmKind(StrEnum):
    """What rings. The order is that of urgency."""

    LIFE_SAFETY_ON_DENIAL = "life_safety_on_denial"
    UNHEARD = "unheard"
    """A deadline of a call that must be answered is past, and nobody was sent."""
    ABOUT_TO_GO_UNHEARD = "about_to_go_unheard"
    NOT_ARRIVED = "not_arrived"
    ARRIVAL_DUE = "arrival_due"
    UNDECIDED = "undecided"
    DECISION_DUE = "decision_due"
    CALLBACK_MISSED = "callback_missed"
    CALLBACK_DUE = "callback_due"
    REVIEW_MISSED = "review_missed"
    REVIEW_DUE = "review_due"
    CONDITION_MET = "condition_met"
    APPEALED = "appealed"
    REQUEST_DISPUTED = "request_disputed"
    CALLER_TO_BE_TOLD = "caller_to_be_told"
    RESPONSE_NOT_WRITTEN = "response_not_written"
    RESPONSE_DUE = "response_due"
    FEED_GAP = "feed_gap"
    RECORD_DOWN = "record_down"
    CLOCK_JUMPED = "clock_jumped"


class Rung(StrEnum):
    """Who is called, lowest first."""

    DISPATCHER = "dispatcher"
    WATCH_SUPERVISOR = "watch_supervisor"
    COMMAND = "command"


NEVER_MUTED = frozenset((AlarmKind.LIFE_SAFETY_ON_DENIAL, AlarmKind.UNHEARD, AlarmKind.ABOUT_TO_GO_UNHEARD))
MUTE_S = 600
"""A mute is personal and ends by itself after ten minutes."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that was raised and whose cause still stands. It repeats until it is acknowledged.

    `cause` names what it rings for: a clock and when that began, or an event.
    """

    id: str
    cause: str
    kind: AlarmKind
    about: str | None
    text: str
    raised_us: int
    due_us: int | None
    rung: Rung
    calls_rank: str | None = None
    """The rank that the policy's clock calls (`escalate-to`)."""
    acknowledged_by: str | None = None
    acknowledged_us: int | None = None
    climbed_us: int | None = None
    """When it last climbed a rung."""

    @property
    def rings(self) -> bool:
        """Whether it still makes a noise."""
        return self.acknowledged_us is None
