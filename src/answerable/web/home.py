"""The front door, and the description of the interface."""

from __future__ import annotations

from functools import cache

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.web.access import public
from answerable.web.openapi import description
from answerable.web.page import navigation, render, see_other, site_of, who_of
from answerable.web.routes import Route


async def home(request: Request) -> Response:
    """On to the first page that is theirs; for the public, what can be done here without an account."""
    who = who_of(request)
    if who.known:
        places = navigation(who)
        return see_other(places[0][1] if places else "/account")
    return render(request, "home.html")


async def openapi(request: Request) -> Response:
    """The interface described, as programs read it."""
    return Response(_described(site_of(request).settings.url), media_type="application/json")


@cache
def _described(url: str) -> bytes:
    from answerable.web.table import ROUTES  # noqa: PLC0415  the table holds this route too

    return msgspec.json.encode(description(ROUTES, url=url))


ROUTES = (
    Route(method="GET", path="/", handler=home, access=public(), summary="The front door"),
    Route(
        method="GET", path="/openapi.json", handler=openapi, access=public(), media="application/json",
        summary="This interface, described (OpenAPI 3.1)", interface=True,
    ),
)  # fmt: skip
