"""Requests as rows: their calls, the facts asserted about them, the decisions taken on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from answerable.demo.asked import Asked, Fate
from answerable.demo.city import OFFSET, REQUEST_TYPE
from answerable.demo.course import Course
from answerable.demo.requests import REQUESTS, Request
from answerable.demo.unheard import story_s

FACT_COLUMNS = ("call", "fact", "value", "asserted_by", "occurred_at", "recorded_at")
DECISION_COLUMNS = (
    "call", "at", "recorded_at", "actor", "rank", "decision", "clause", "reason", "conditions", "review_due",
    "recorded_by",
)  # fmt: skip


def as_calls(*, first_key: int) -> Iterator[tuple[str, Asked, Course]]:
    """Number, what was asked, and what happened, of every request."""
    for key, request in enumerate(REQUESTS, first_key):
        yield request.number, _asked(request, key=key), _course(request)


def fact_rows() -> Iterator[tuple[str, ...]]:
    """Rows of `facts.csv`: what the form said when it came in, then what was asserted later."""
    for request in REQUESTS:
        told = _instant(request.received)
        for fact, value in _form(request):
            yield (request.number, fact, _yes_no(value), "requester", told, told)
        for said in request.said:
            yield (
                request.number, said.fact, _yes_no(said.value), said.by, _instant(said.at), _instant(said.recorded)
            )  # fmt: skip


def decision_rows() -> Iterator[tuple[str, ...]]:
    """Rows of `decisions.csv`."""
    for request in REQUESTS:
        for act in request.acts:
            yield (
                request.number, _instant(act.at), _instant(act.recorded), act.actor, act.rank, act.kind.value,
                act.clause, act.reason, act.conditions, _instant(act.review_due), act.recorded_by,
            )  # fmt: skip


def _form(request: Request) -> Iterator[tuple[str, bool]]:
    yield from (("life_safety", False), ("officer_assaulted", False), ("safe_exit_needed", False))
    if request.alternatives_exhausted is not None:
        yield "alternatives_exhausted", request.alternatives_exhausted
    if request.own_service_used is not None:
        yield "own_service_used", request.own_service_used


def _asked(request: Request, *, key: int) -> Asked:
    return Asked(
        key=key, received_s=story_s(request.received), fate=Fate.REQUEST, source="AGENCY", code=REQUEST_TYPE.code,
        text=REQUEST_TYPE.text, priority=request.priority, priority_final=request.priority,
        requester=request.requester, place=request.place, life_safety=False, officer_assaulted=False,
        safe_exit_needed=False, district=request.where.district, beat=request.where.beat, block=request.where.block,
        asks_for=request.asks_for, taking_s=95,
    )  # fmt: skip


def _course(request: Request) -> Course:
    return Course(
        entered_s=story_s(request.received) + 95,
        dispatched_s=_seconds(request.dispatched),
        enroute_s=_seconds(request.dispatched),
        on_scene_s=_seconds(request.on_scene),
        cleared_s=_seconds(request.cleared),
        closed_s=_seconds(request.closed),
        disposition=request.disposition,
        closed_by=request.closed_by,
        unit=request.unit,
        units_sent=request.units_sent,
    )


def _seconds(local: str) -> int | None:
    return story_s(local) if local else None


def _instant(local: str) -> str:
    return datetime.fromisoformat(local).replace(tzinfo=OFFSET).isoformat() if local else ""


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
