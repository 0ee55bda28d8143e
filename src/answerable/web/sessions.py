"""Who comes: a cookie that names a session kept on the server, or a device's token. And that they come from our pages.

A session ends after half an hour in which nothing was asked for (an open board keeps asking), and after twelve hours,
a long shift, in any case. Its id is new at every step of a log-in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.stores.accounts import Session
from answerable.watch.commands import DecideRespond
from answerable.watch.roles import may_do
from answerable.web.access import Who
from answerable.web.bodies import FORM, MULTIPART, read_form
from answerable.web.headers import header
from answerable.web.problems import refused
from answerable.web.site import Site

COOKIE = "__Host-answerable"
IDLE_S = 30 * 60
ABSOLUTE_S = 12 * 60 * 60
SEEN_EACH_S = 60
"""How often it is written down that a session is in use."""

CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"


def identify(request: Request, site: Site) -> Who:
    """Who comes. Raises RefusedError 401 for a token that does not hold; a cookie that does not is nobody's."""
    said = header(request.scope, b"authorization")
    if said is not None:
        return _device(said, site)
    cookie = request.cookies.get(COOKIE)
    session = _running(cookie, site) if cookie else None
    if session is None:
        return Who()
    user = site.accounts.user(session.user_id)
    if user is None or user.locked:
        return Who()
    return Who(
        id=user.id,
        name=user.name,
        agency=user.agency,
        session=session,
        assignments=site.desk.held_by(user.id, at_us=site.now_us()) if session.stage == "open" else (),
    )


def begin(site: Site, user_id: str, *, stage: str, after: Session | None = None) -> str:
    """A new session, in place of the one before; the cookie's value."""
    if after is not None:
        site.log_ins.end(after.hash)
    cookie = secrets.token_urlsafe(32)
    now_us = site.clock()
    made_us = after.made_us if after is not None else now_us
    session = Session(
        hash=_hash(cookie),
        user_id=user_id,
        csrf=secrets.token_urlsafe(24),
        stage=stage,
        made_us=made_us,
        seen_us=now_us,
    )
    site.log_ins.begin(session, may_hold=_sends_help(site, user_id))
    return cookie


def _sends_help(site: Site, user_id: str) -> bool:
    """Whether somebody may decide to respond, so that no full disk keeps them out."""
    held = site.desk.held_by(user_id, at_us=site.now_us())
    return any(may_do(one.role, DecideRespond) for one in held)


def set_cookie(response: Response, cookie: str) -> Response:
    """Give the browser its session: for this host alone, never to scripts, never from a foreign form."""
    response.set_cookie(COOKIE, cookie, path="/", secure=True, httponly=True, samesite="lax")
    return response


def drop_cookie(response: Response) -> Response:
    """Take the browser's session away."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


def check_origin(request: Request, site: Site) -> None:
    """That what changes something comes from one of our own pages, or from a program. Raises RefusedError 403."""
    origin, fetched = header(request.scope, b"origin"), header(request.scope, b"sec-fetch-site")
    if origin is not None:
        ours = origin in _origins(site)
    elif fetched is not None:
        ours = fetched in {"same-origin", "none"}
    else:
        # no browser leaves both out; a program that sends a cookie must name one of our pages
        ours = header(request.scope, b"cookie") is None or COOKIE not in request.cookies
    if not ours:
        raise refused(403, "foreign-origin", "This was sent from another site's page. Nothing was done.")


async def check_csrf(request: Request, session: Session) -> None:
    """That a form was made for this session. Raises RefusedError 403."""
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and request.headers.get("content-type", "").startswith((FORM, MULTIPART)):
        sent = (await read_form(request)).get(CSRF_FIELD)
    if sent is None or not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise refused(
            403, "csrf", "This form was made for another log-in. Nothing was done.",
            hint="Go back, load the page again, and send it once more.",
        )  # fmt: skip


def _device(said: str, site: Site) -> Who:
    kind, _, text = said.partition(" ")
    token = site.tokens.find(text.strip(), now_us=site.clock()) if kind.lower() == "bearer" else None
    if token is None:
        raise refused(
            401, "token", "The token is unknown, has run out, or was taken back.",
            hint="`answerable token new` makes one.", WWW_Authenticate="Bearer",
        )  # fmt: skip
    return Who(id=token.id, name=token.name, agency=token.agency, token=token)


def _running(cookie: str, site: Site) -> Session | None:
    session = site.log_ins.session(_hash(cookie))
    if session is None:
        return None
    now_us = site.clock()
    if session.seen_us + IDLE_S * 1_000_000 <= now_us or session.made_us + ABSOLUTE_S * 1_000_000 <= now_us:
        site.log_ins.end(session.hash)
        return None
    if session.seen_us + SEEN_EACH_S * 1_000_000 <= now_us:
        site.log_ins.saw(session.hash, at_us=now_us)
        return msgspec.structs.replace(session, seen_us=now_us)
    return session


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "surrogateescape")).digest()


def _origins(site: Site) -> set[str]:
    own = site.settings.url.rstrip("/")
    host = own.partition("://")[2]
    return {own} | {f"http://{one}" for one in site.settings.hosts if one != host}
