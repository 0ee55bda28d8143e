"""`/events`: the line of one board."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from answerable.errors import AnswerableError
from answerable.watch.roles import Sight
from answerable.web.access import allows, sees
from answerable.web.events import MOST_BOARDS
from answerable.web.page import looked, site_of
from answerable.web.problems import refused
from answerable.web.routes import Route
from answerable.web.sessions import identify

LOOK_AGAIN_BEATS = 6
"""After how many events it is looked again whether whoever listens still may."""

ACCESS = sees(Sight.BOARD)
_INDEX = re.compile(r"-?[0-9]{1,15}", re.ASCII)


async def listen(request: Request) -> Response:
    """The line: `change`, `beat` and `reload` events until either side ends it."""
    site = site_of(request)
    if site.hub.boards >= MOST_BOARDS:
        raise refused(503, "overloaded", "Too many boards are open.", Retry_After="5")
    asked = request.headers.get("last-event-id") or request.query_params.get("after")
    if asked is not None and _INDEX.fullmatch(asked) is None:
        raise refused(422, "not-valid", "Last-Event-ID is the index of an entry.")
    await looked(request, page="board", about="-")
    count = 0

    def still() -> bool:
        nonlocal count
        count += 1
        if count % LOOK_AGAIN_BEATS:
            return True
        try:
            return allows(ACCESS, identify(request, site))
        except AnswerableError:
            return False

    stream = site.hub.stream(after=None if asked is None else int(asked), still=still)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


ROUTES = (
    Route(
        method="GET",
        path="/events",
        handler=listen,
        access=ACCESS,
        summary="Live updates as server-sent events: which calls changed, never what is in them",
        query={"after": "Index of the last entry known; as the header Last-Event-ID."},
        answers={422: "Not an index.", 503: "Too many boards are open."},
        media="text/event-stream",
        interface=True,
    ),
)
