"""What a watch leaves behind: heartbeats, alarms, and who acknowledged them."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Event(StrEnum):
    """`heartbeat`: the watch was alive; `alarm`: it rang; `acknowledged`: somebody answered that alarm."""

    HEARTBEAT = "heartbeat"
    ALARM = "alarm"
    ACKNOWLEDGED = "acknowledged"


class MonitoringEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the log. `number` counts the log's rows without a gap; `about` says which alarm."""

    at_us: int
    event: Event
    number: int
    about: str = ""


class MonitoringLog(msgspec.Struct, frozen=True, kw_only=True):
    """The log of a watch in the order of its numbers, with what was to be kept: a heartbeat at least every
    `heartbeat_every_s`, and each alarm acknowledged within `acknowledge_within_s`."""

    file: str
    heartbeat_every_s: int
    acknowledge_within_s: int
    events: tuple[MonitoringEvent, ...]
