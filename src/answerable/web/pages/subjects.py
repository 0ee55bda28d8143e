"""The page of one call or request, for the desk and for the agency that asked."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from answerable.watch.people import Role
from answerable.watch.roles import Sight
from answerable.watch.states import Kind, State
from answerable.watch.views import SubjectView
from answerable.web.access import sees
from answerable.web.page import actor_of, desk_of, looked, render, site_of, who_of
from answerable.web.pages.act_forms import ASSERTERS
from answerable.web.pages.acts import may_give, page_acts
from answerable.web.pages.board_rows import GRAVE, MARKS, condition_words
from answerable.web.pages.clock import brief_time
from answerable.web.pages.doing import subject_for
from answerable.web.pages.redacting import open_fields
from answerable.web.pages.spans import span, until
from answerable.web.routes import Route

ROADS: dict[Kind, tuple[tuple[str, frozenset[State]], ...]] = {
    Kind.CALL: (
        ("received", frozenset((State.RECEIVED, State.ABANDONED))),
        ("answered", frozenset((State.ANSWERED,))),
        ("pending", frozenset((State.PENDING, State.HELD, State.ACCEPTED))),
        ("dispatched", frozenset((State.DISPATCHED,))),
        ("en route", frozenset((State.ENROUTE,))),
        ("on scene", frozenset((State.ON_SCENE,))),
        ("closed", frozenset((State.CLOSED,))),
    ),
    Kind.REQUEST: (
        ("submitted", frozenset((State.SUBMITTED,))),
        ("acknowledged", frozenset((State.ACKNOWLEDGED,))),
        ("under review", frozenset((State.UNDER_REVIEW,))),
        ("accepted", frozenset((State.ACCEPTED, State.ACCEPTED_PROVISIONALLY))),
        ("committed", frozenset((State.COMMITTED, State.DISPATCHED, State.ENROUTE, State.ON_SCENE))),
        ("released", frozenset((State.RELEASED,))),
        ("closed", frozenset((State.CLOSED,))),
    ),
}
"""The ordinary road of each kind. A state that is on neither road (declined, withdrawn, merged …) is said in words."""


async def show_subject(request: Request) -> Response:
    """Everything of a call or a request."""
    seen = desk_of(request).index  # before the view is made: what comes meanwhile is told of, once too often if at all
    view = subject_for(request, request.path_params["id"])
    actor = actor_of(request)
    await looked(request, page="call", about=view.row.id)
    open_facts = {one.fact for one in view.row.questions}
    first, more = page_acts(view, role=actor.role)
    tone, shape = MARKS.get(view.row.duty.code, MARKS["none"])
    return render(
        request,
        "call.html",
        view=view,
        seen=seen,
        row=view.row,
        tone=tone,
        shape_name=shape,
        at=brief_time(request),
        span=span,
        until=until,
        now_us=site_of(request).now_us(),
        acts=first,
        more=more,
        road=_road(view),
        questions=[one for one in view.facts if one.fact in open_facts],
        known=[one for one in view.facts if one.fact not in open_facts],
        asserters=_asserters(actor.role),
        may_report=may_give("report-fact", actor.role),
        condition_words=condition_words,
        grave=GRAVE,
        owner=actor.role is Role.REQUESTER,
        is_request=view.row.kind is Kind.REQUEST,
        redactable=_redactable(request, view),
    )


def _redactable(request: Request, view: SubjectView) -> frozenset[str]:
    """The entries of which a records officer can take something out."""
    if Role.RECORDS_OFFICER not in who_of(request).roles:
        return frozenset()
    return frozenset(one.id for one in view.timeline if open_fields(desk_of(request), one.id))


def _road(view: SubjectView) -> tuple[tuple[str, str], ...]:
    """The steps of its road, each `done`, `now` or empty; nothing where it left the road."""
    road = ROADS[view.row.kind]
    here = next((place for place, (_, states) in enumerate(road) if view.row.state in states), None)
    if here is None:
        return ()
    return tuple(
        (name, "now" if place == here else "done" if place < here else "") for place, (name, _) in enumerate(road)
    )


def _asserters(role: Role) -> tuple[tuple[str, str], ...]:
    return (("requester", "we, the requesting agency"),) if role is Role.REQUESTER else ASSERTERS


ROUTES = (
    Route(
        method="GET",
        path="/c/{id}",
        handler=show_subject,
        access=sees(Sight.BOARD, owner=True),
        summary="A call or a request for assistance.",
    ),
)
