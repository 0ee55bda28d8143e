"""Whether the desk is there, for those who run it. No call is in any of it."""

from __future__ import annotations

import platform

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from answerable import __version__
from answerable.web.access import public
from answerable.web.page import in_thread, site_of
from answerable.web.routes import Route

_encode = msgspec.json.Encoder().encode


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the desk takes calls (`ready`), and whether its record takes entries (`record`: writing, spooling).

    `files`: whether the whole files of the record were looked through since the start (checking, whole, damaged), and
    `checked` how many of the `entries` that they held then were hashed again so far.
    """

    ready: bool
    record: str
    spooled: int
    files: str
    checked: int
    entries: int


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """What runs here."""

    answerable: str
    python: str
    entry: str
    origin: str


async def live(_request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """200 where calls are taken, into the record or into the spool: help never waits for the record."""
    health = await in_thread(site_of(request).desk.health)
    state = Ready(
        ready=True,
        record="writing" if health.writing else "spooling",
        spooled=health.waiting,
        files=health.files.state,
        checked=health.files.entries,
        entries=health.files.of,
    )
    return Response(_encode(state), media_type="application/json")


async def versions(request: Request) -> Response:
    """What runs here, for whoever reports a fault."""
    told = Versions(
        answerable=__version__,
        python=platform.python_version(),
        entry="answerable/entry@1",
        origin=site_of(request).desk.origin,
    )
    return Response(_encode(told), media_type="application/json")


ROUTES = (
    Route(
        method="GET", path="/-/live", handler=live, access=public(), summary="The process answers",
        media="text/plain", interface=True,
    ),
    Route(
        method="GET", path="/-/ready", handler=ready, access=public(), summary="Whether calls are taken",
        media="application/json", gives=Ready, interface=True,
    ),
    Route(
        method="GET", path="/-/versions", handler=versions, access=public(), summary="What runs here",
        media="application/json", gives=Versions, interface=True,
    ),
)  # fmt: skip
