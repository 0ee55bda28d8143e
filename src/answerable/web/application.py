"""The application: the route table behind its guards, and around it what every answer carries."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Place
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from answerable.web.guard import Guard, log_fault, told
from answerable.web.headers import header, with_security
from answerable.web.housekeeping import keep_house
from answerable.web.page import site_of
from answerable.web.problems import RefusedError, refused
from answerable.web.routes import Route
from answerable.web.sessions import identify
from answerable.web.site import Site
from answerable.web.table import ROUTES

SORRY = "Something went wrong here. It was written down.\n"


def create_app(site: Site, routes: Iterable[Route] = ROUTES) -> ASGIApp:
    """The desk's door over `site`. Nothing is reachable that is not in `routes`."""

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        site.hub.open()
        keeping = asyncio.create_task(keep_house(site))
        try:
            yield
        finally:
            keeping.cancel()
            site.hub.close()

    found = places(routes)
    router = Router(found, default=_not_found, redirect_slashes=False, lifespan=lifespan)
    return Outside(router, site, plain=plain_places(found))


def places(routes: Iterable[Route]) -> list[Place]:
    """One place a path, in the order of the table; each with all its methods. Raises ValueError for a double."""
    by_path = defaultdict[str, dict[str, Route]](dict)
    for route in routes:
        if route.method in by_path[route.path]:
            raise ValueError(f"{route.method} {route.path} is in the table twice")
        by_path[route.path][route.method] = route
    return [Place(path, Guard(methods), include_in_schema=False) for path, methods in by_path.items()]


def plain_places(found: Sequence[Place]) -> dict[str, ASGIApp]:
    """The guards of paths without a part that varies: looked up at once, as the router would have found them."""
    plain = [place for place in found if not place.param_convertors]
    return {
        place.path: place.app
        for place in plain
        if next(one for one in found if one.path_regex.match(place.path)) is place
    }


class Outside:
    """The outermost layer: only names that are ours, and the headers that every answer has."""

    def __init__(self, app: ASGIApp, site: Site, *, plain: Mapping[str, ASGIApp]) -> None:
        self._app, self.site, self._plain = app, site, plain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        https = self.site.settings.https
        scope["answerable.site"] = self.site

        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = with_security(list(message.get("headers", ())), https=https)
            await send(message)

        if header(scope, b"host") not in self.site.settings.hosts:
            foreign = Response("This desk is not called that.", status_code=421, media_type="text/plain")
            await foreign(scope, receive, with_headers)
            return
        try:
            await self._plain.get(scope["path"], self._app)(scope, receive, with_headers)
        except Exception as fault:  # noqa: BLE001  the server would write it down with everything that it says
            log_fault(fault, where="the application")
            if not begun:
                await Response(SORRY, status_code=500, media_type="text/plain")(scope, receive, with_headers)


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    request = Request(scope, receive, send)
    refusal = refused(404, "not-found", "There is no such page.")
    try:
        request.scope["answerable.who"] = identify(request, site_of(request))
    except RefusedError as fault:
        refusal = fault
    await told(request, refusal)(scope, receive, send)
