"""The states of a call and of a request for assistance."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What somebody waits for."""

    CALL = "call"
    REQUEST = "request_for_assistance"


class State(StrEnum):
    """Where a call or a request stands. `acknowledged` is not `accepted`."""

    # of a call
    RECEIVED = "received"
    ANSWERED = "answered"
    PENDING = "pending"
    HELD = "held"
    DISPATCHED = "dispatched"
    ENROUTE = "enroute"
    ON_SCENE = "on_scene"
    ABANDONED = "abandoned"
    MERGED = "merged"
    # of a request
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    UNDER_REVIEW = "under_review"
    ACCEPTED_PROVISIONALLY = "accepted_provisionally"
    COMMITTED = "committed"
    RELEASED = "released"
    # of both
    ACCEPTED = "accepted"
    """A decision to respond stands; nobody was sent yet."""
    DECLINED = "declined"
    DECLINED_CONDITIONALLY = "declined_conditionally"
    REVIEW_DUE = "review_due"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


OVER = frozenset((State.CLOSED, State.WITHDRAWN, State.MERGED, State.HANDED_OVER))
"""Nobody waits any more."""

REFUSED = frozenset((State.DECLINED, State.DECLINED_CONDITIONALLY, State.REVIEW_DUE))
"""A refusal stands."""

UNDER_WAY = frozenset((State.DISPATCHED, State.ENROUTE, State.ON_SCENE, State.COMMITTED))
"""Somebody was sent."""

PENDING = frozenset(set(State) - OVER - REFUSED - UNDER_WAY)
"""Somebody waits, and nobody was sent."""
