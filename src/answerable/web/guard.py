"""What stands before every handler, in this order: how often, who, from where, with whose form, may they.

Deliberately absent: any route that goes around it. The application is built from the route table alone.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from answerable.errors import AnswerableError
from answerable.web.access import allows
from answerable.web.page import cited_line, client_address, render, site_of
from answerable.web.problems import MEDIA, RefusedError, as_refusal, refused
from answerable.web.routes import Limit, Route
from answerable.web.sessions import check_csrf, check_origin, identify

PROGRAMS = ("/v1/", "/-/", "/metrics", "/events", "/openapi")
"""Where only programs come: they get problem details whatever they accept."""

CITED = "answerable-log"
"""The header by which every export cites the log: origin, size and root, as every page does in its foot."""

OURS = "/answerable/"
_logs = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Guard:
    """All methods of one path, as an ASGI application."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self._routes = dict(routes)
        if "GET" in self._routes:
            self._routes.setdefault("HEAD", self._routes["GET"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever comes."""
        request = Request(scope, receive, send)
        route = self._routes.get(scope["method"])
        try:
            response = await self._guarded(request, route)
        except AnswerableError as fault:
            response = told(request, as_refusal(fault))
        except ClientDisconnect:
            return
        except Exception as fault:  # noqa: BLE001  the last line: told in words, and logged without what was sent
            log_fault(fault, where=route.path if route else "-")
            response = told(request, refused(500, "unexpected", "Something went wrong here. It was written down."))
        await response(scope, receive, send)

    async def _guarded(self, request: Request, route: Route | None) -> Response:
        if route is None:
            raise refused(405, "method", "This cannot be done here.", Allow=", ".join(sorted(self._routes)))
        site = site_of(request)
        if route.limit is not Limit.NONE and (wait_s := site.limits.wait_s(route.limit, client_address(request))):
            raise refused(429, "too-often", f"Too many tries. Wait {wait_s} s.", Retry_After=str(wait_s))
        who = request.scope["answerable.who"] = identify(request, site)
        if route.unsafe:
            check_origin(request, site)
            if who.session is not None and not route.uploads:
                await check_csrf(request, who.session)
        if not allows(route.access, who):
            if who.known or who.token is not None:
                raise refused(403, "not-allowed", f"This is for: {route.access.sentence}.")
            if wants_page(request) and not route.unsafe:
                return RedirectResponse(f"/log-in?next={request.url.path}", status_code=303)
            bearer = {"WWW_Authenticate": "Bearer"} if route.access.scope is not None else {}
            raise refused(401, "log-in", "Log in first.", hint="Your log-in may have run out.", **bearer)
        if route.uploads and who.session is not None:
            # only now: a form that may be large is read of nobody but who may send it
            request.state.uploads = True
            await check_csrf(request, who.session)
        response = await route.handler(request)
        if route.interface and not route.unsafe:
            response.headers[CITED] = cited_line(site)
        return response


def told(request: Request, refusal: RefusedError) -> Response:
    """A refusal as problem details, or as a page where a person asked for one."""
    problem, headers = refusal.problem, refusal.headers
    if wants_page(request):
        page = render(request, "problem.html", status=problem.status, problem=problem)
        page.headers.update(headers)
        return page
    return Response(_encode(problem), status_code=problem.status, media_type=MEDIA, headers=headers)


def wants_page(request: Request) -> bool:
    """Whether a browser waits for a page."""
    path = request.url.path
    if path.startswith(PROGRAMS) or path.endswith((".json", ".jsonl", ".csv")):
        return False
    return "text/html" in request.headers.get("accept", "")


def log_fault(fault: BaseException, *, where: str) -> None:
    """Where something went wrong, and of which kind; never the message, which may hold what a caller said."""
    frames = [one for one in traceback.extract_tb(fault.__traceback__) if OURS in one.filename]
    place = f"{frames[-1].filename.rpartition(OURS)[2]}:{frames[-1].lineno}" if frames else "?"
    _logs.error("%s failed: %s at %s", where, type(fault).__name__, place)
