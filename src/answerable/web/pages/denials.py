"""Refusals that stand: their conditions, their review clocks, and whether whoever waits has read the notice."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from answerable.watch.commands import ReportConditionMet, Review
from answerable.watch.roles import Sight, may_do
from answerable.web.access import sees
from answerable.web.page import actor_of, desk_of, render, site_of
from answerable.web.pages.board_rows import condition_words
from answerable.web.pages.clock import brief_time
from answerable.web.pages.spans import span, until
from answerable.web.routes import Route


async def show_denials(request: Request) -> Response:
    """Every refusal that stands, the review that is due first on top."""
    actor = actor_of(request)
    return render(
        request,
        "denials.html",
        denials=desk_of(request).denials(by=actor),
        at=brief_time(request),
        until=until,
        span=span,
        now_us=site_of(request).now_us(),
        condition_words=condition_words,
        may_report=may_do(actor.role, ReportConditionMet),
        may_review=may_do(actor.role, Review),
    )


ROUTES = (
    Route(
        method="GET", path="/denials", handler=show_denials, access=sees(Sight.DENIALS), summary="Refusals that stand."
    ),
)
