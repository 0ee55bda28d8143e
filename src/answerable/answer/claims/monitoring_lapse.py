"""Monitoring lapsed: a gap between heartbeats, an alarm nobody acknowledged, a review that was missed.

Silence of the log is no lapse: only what lies between two rows that the log itself has, with none missing between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from answerable.answer.claims.parts import missed_reviews, proposed
from answerable.answer.ports import CaseRecord
from answerable.model.claim import Claim
from answerable.model.finding import ClaimFinding, Finding
from answerable.model.monitoring import Event, MonitoringEvent, MonitoringLog
from answerable.model.times import SECOND_US, iso, spoken_duration

_NAMED = 20


def answer(claim: Claim, record: CaseRecord) -> ClaimFinding:
    """The finding, from the log that the claim names and the decisions that were supplied."""
    lapses = [*_missed_reviews(claim, record)]
    open_points = [] if record.decisions_supplied else ["No decisions were supplied, so that no review can be checked."]
    log = claim.monitoring
    if log is not None:
        lapses += [*_gaps(log, claim), *_unacknowledged(log, claim)]
        open_points += _incomplete(log, claim)
    else:
        open_points.append("No log of the watch was filed.")
    figures = {"lapses": len(lapses), "log_rows": 0 if log is None else len(log.events)}
    if lapses:
        return proposed(
            claim, Finding.SUSTAINED,
            rule="monitoring_lapse: a heartbeat gap, an unacknowledged alarm or a missed review",
            answer=f"Lapses on record: {len(lapses):,}, the first: {lapses[0]}",
            because=lapses[:_NAMED], figures=figures, limits=[*open_points, _WHY],
            would_change=["A row of the log, or a review, that was kept elsewhere and fills what is named here."],
        )  # fmt: skip
    if not open_points:
        return proposed(
            claim, Finding.UNFOUNDED, rule="monitoring_lapse: none in the window, and the heartbeats are complete",
            answer="No lapse: the log is whole over this time, each alarm was acknowledged and each review was held.",
            because=[f"{figures['log_rows']:,} rows of the log, numbered without a gap."], figures=figures,
            would_change=["Evidence that rows of the log were written later than they say."],
        )  # fmt: skip
    return proposed(
        claim, Finding.NOT_SUSTAINED, rule="monitoring_lapse: anything else",
        cannot_be_determined=log is None,
        answer="No lapse is on record; that there was none is not shown." if log else "No log of the watch was filed.",
        because=open_points, figures=figures, limits=[_WHY],
        would_change=["A log that is whole over this time, with the decisions and their reviews."],
    )  # fmt: skip


_WHY = "That monitoring lapsed is no finding about any call: a call nobody watched may have been answered."


def _window(claim: Claim) -> tuple[int, int]:
    from_us, to_us = claim.scope.from_us, claim.scope.to_us
    assert from_us is not None and to_us is not None  # noqa: S101, PT018  the intake demands both
    return from_us, to_us


def _gaps(log: MonitoringLog, claim: Claim) -> Iterator[str]:
    from_us, to_us = _window(claim)
    beats = [one for one in log.events if one.event is Event.HEARTBEAT]
    for one, after in pairwise(beats):
        apart_s = (after.at_us - one.at_us) // SECOND_US
        rows_between = sum(one.number < other.number < after.number for other in log.events)
        whole = after.number - one.number == rows_between + 1
        if apart_s > log.heartbeat_every_s and whole and one.at_us < to_us and after.at_us > from_us:
            yield (
                f"No heartbeat for {spoken_duration(apart_s)} (due every {spoken_duration(log.heartbeat_every_s)}), "
                f"from {iso(one.at_us)} to {iso(after.at_us)}."
            )


def _unacknowledged(log: MonitoringLog, claim: Claim) -> Iterator[str]:
    """Alarms in the window; one whose limit lies after the end of the log is not known."""
    from_us, to_us = _window(claim)
    for alarm in log.events:
        if alarm.event is Event.ALARM and from_us <= alarm.at_us < to_us:
            due_us = alarm.at_us + log.acknowledge_within_s * SECOND_US
            known = log.events[-1].at_us > due_us and not _missing_numbers(log, alarm.at_us, due_us)
            if known and not _acknowledged(log, alarm, due_us):
                yield (
                    f"The alarm about {alarm.about} of {iso(alarm.at_us)} was not acknowledged within "
                    f"{spoken_duration(log.acknowledge_within_s)}."
                )


def _acknowledged(log: MonitoringLog, alarm: MonitoringEvent, due_us: int) -> bool:
    return any(
        one.event is Event.ACKNOWLEDGED and one.about == alarm.about and alarm.at_us <= one.at_us <= due_us
        for one in log.events
    )


def _missed_reviews(claim: Claim, record: CaseRecord) -> Iterator[str]:
    """Standing refusals whose review was due in the window and is nowhere in the decisions that were supplied."""
    from_us, to_us = _window(claim)
    for one, due_us in missed_reviews(record, from_us=from_us, to_us=to_us):
        yield f"The review of the refusal on {one.call}, due {iso(due_us)}, is not on record."


def _incomplete(log: MonitoringLog, claim: Claim) -> list[str]:
    """What keeps the log from being whole over the window."""
    from_us, to_us = _window(claim)
    every_us = log.heartbeat_every_s * SECOND_US
    beats = [one.at_us for one in log.events if one.event is Event.HEARTBEAT]
    found = []
    if not beats or beats[0] > from_us + every_us:
        found.append("The log begins after the time in question.")
    if not beats or beats[-1] < to_us - every_us:
        found.append("The log ends before the time in question does.")
    if missing := _missing_numbers(log, from_us, to_us):
        found.append(f"{missing:,} rows of the log are missing, by their numbers.")
    if any(
        one.event is Event.ALARM
        and one.at_us < to_us
        and one.at_us + log.acknowledge_within_s * SECOND_US >= log.events[-1].at_us
        and not _acknowledged(log, one, one.at_us + log.acknowledge_within_s * SECOND_US)
        for one in log.events
    ):
        found.append("The log ends before an alarm had to be acknowledged.")
    return found


def _missing_numbers(log: MonitoringLog, from_us: int, to_us: int) -> int:
    return sum(
        after.number - one.number - 1
        for one, after in pairwise(log.events)
        if one.at_us < to_us and after.at_us > from_us
    )
