"""`/events`: the line of one board."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from itertools import count

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from answerable.errors import AnswerableError
from answerable.watch.roles import Sight
from answerable.web.access import allows, sees
from answerable.web.events import MOST_BOARDS, Hub
from answerable.web.headers import TELL
from answerable.web.page import looked, site_of
from answerable.web.problems import refused
from answerable.web.routes import Route
from answerable.web.sessions import identify

LOOK_AGAIN_EVENTS = 6
"""After how many events it is looked again whether whoever listens still may."""

LOOK_EACH_S = 5.0
"""After how long it is looked again where another process keeps the line."""

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

    def allowed() -> bool:
        try:
            return allows(ACCESS, identify(request, site))
        except AnswerableError:
            return False

    return Line(site.hub, after=None if asked is None else int(asked), allowed=allowed)


class Line(StreamingResponse):
    """A board's line. Where a web process keeps it, it is told there, at once and together with the others."""

    def __init__(self, hub: Hub, *, after: int | None, allowed: Callable[[], bool]) -> None:
        events = count(1)
        stream = hub.stream(after=after, still=lambda: next(events) % LOOK_AGAIN_EVENTS > 0 or allowed())
        super().__init__(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        self._hub, self._after, self._allowed = hub, after, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until either side ends it."""
        if TELL not in scope:
            await super().__call__(scope, receive, send)
            return
        with self._hub.elsewhere(scope[TELL]) as ended:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            first = self._hub.greeting(self._after)
            await send({"type": "http.response.body", "body": first, "more_body": True})
            left = asyncio.ensure_future(_left(receive))
            left.add_done_callback(lambda _: ended.set())
            while self._allowed() and not ended.is_set():
                try:
                    await asyncio.wait_for(ended.wait(), LOOK_EACH_S)
                except TimeoutError:
                    continue
            left.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


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
