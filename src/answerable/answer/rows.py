"""A judged call as the report shows it: the allow-list of columns, and its wait against its clock."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from answerable.answer.because import because
from answerable.answer.judged import JudgedCall
from answerable.model.examination import LateDistribution, ReportRow
from answerable.model.outcome import Outcome
from answerable.model.times import from_us


def report_row(call: JudgedCall, *, timezone: str, claims: tuple[str, ...]) -> ReportRow:
    """The row of a call: beat instead of address, local time with offset, the sentence that explains the outcome."""
    owed = call.effective is not Outcome.NONE_OWED
    return ReportRow(
        call=call.key,
        received="" if call.received_us is None else local_text(call.received_us, timezone),
        type=call.type,
        priority=call.priority,
        district=call.district,
        beat=call.beat,
        outcome=call.outcome.value,
        reason="" if call.ruling.reason is None else call.ruling.reason.value,
        facts=", ".join(call.ruling.facts),
        carried="" if call.ruling.carried is None else call.ruling.carried.value,
        duty=(call.duty or "") if owed else "",
        rule=(call.rule or "") if owed else "",
        policy_version=call.version or "",
        limit_s=call.limit_s if owed else None,
        waited_s=call.dispatched_s if owed else None,
        because=because(call),
        claims=claims,
    )


def local_text(at_us: int, timezone: str) -> str:
    """`2018-06-19 14:05:00-07:00`: the wall clock people at the agency read, with its offset."""
    return from_us(at_us).astimezone(ZoneInfo(timezone)).isoformat(sep=" ", timespec="seconds")


def clock_row(call: JudgedCall) -> LateDistribution | None:
    """The call's wait against its first limit; None where nobody waits or no limit or time is known."""
    if call.received_us is None or call.limit_s is None or call.effective is Outcome.NONE_OWED:
        return None
    return LateDistribution(
        call=call.key,
        received_us=call.received_us,
        limit_s=call.limit_s,
        waited_s=call.dispatched_s,
        outcome=call.outcome.value,
    )
