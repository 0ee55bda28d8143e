"""Logging in and out: a password, a code, an invitation taken up, a second factor set up."""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from answerable.stores.accounts import Session, User
from answerable.web.access import public, signed_in
from answerable.web.page import THEMES, form_of, in_thread, local_path, render, see_other, site_of, who_of
from answerable.web.passwords import new_totp_secret, step_of, too_weak, totp_address
from answerable.web.problems import refused
from answerable.web.routes import Limit, Route
from answerable.web.sessions import begin, drop_cookie, set_cookie
from answerable.web.site import Site
from answerable.wiring.people import administrators

MOST_FAILURES, WITHIN_S = 5, 15 * 60
"""So many failures in so long, and a name is not let in until the oldest of them is that old (CJIS AC-7)."""

SORRY = "That name and password do not go together, or too many tries were made: after five, wait 15 minutes."
WRONG_CODE = "That is not the code shown now, or it was used before. Wait for the next one; after five, log in again."
MAX_NAME = 100


async def log_in_page(request: Request) -> Response:
    """The form, or on to where they wanted, for whoever is in already."""
    after = local_path(request.query_params.get("next"))
    if who_of(request).known:
        return see_other(after)
    return render(request, "log_in.html", next=after, sorry="", typed="")


async def log_in(request: Request) -> Response:
    """Name and password. What is wrong is not said, and it takes the same time for a name that nobody has."""
    form, site = await form_of(request), site_of(request)
    name, password, after = form.get("name", "")[:MAX_NAME], form.get("password", ""), local_path(form.get("next"))
    user = await user_by_password(site, name, password)
    if user is None:
        return render(request, "log_in.html", status=401, next=after, sorry=SORRY, typed=name)
    await in_thread(lambda: site.log_ins.forgive(name, at_us=site.clock()))
    return _entered(site, user, stage=_stage_after_password(user), after=after, before=who_of(request).session)


async def code_page(request: Request) -> Response:
    """Asks for the one-time code."""
    _half_in(request, stage="code")
    return render(request, "log_in_code.html", next=local_path(request.query_params.get("next")), sorry="")


async def give_code(request: Request) -> Response:
    """The one-time code. Each is good once."""
    session, user = _half_in(request, stage="code")
    form, site = await form_of(request), site_of(request)
    after = local_path(form.get("next"))
    if not takes_code(site, user, form.get("code", "")):
        if too_many(site, _code_of(user), user):
            site.log_ins.end(session.hash)
            return drop_cookie(see_other("/log-in", notice="Too many codes were wrong. Wait 15 minutes; then log in."))
        return render(request, "log_in_code.html", status=401, next=after, sorry=WRONG_CODE)
    site.log_ins.forgive(_code_of(user), at_us=site.clock())
    return _entered(site, user, stage="open", after=after, before=session)


async def enrol_page(request: Request) -> Response:
    """The QR code of a new second factor."""
    session, user = _half_in(request, stage="enrol")
    return _enrolment(request, session, user, sorry="")


async def enrol(request: Request) -> Response:
    """The first code shows that the second factor works; only then it is kept."""
    session, user = _half_in(request, stage="enrol")
    form, site = await form_of(request), site_of(request)
    secret = site.enrolling.get(session.hash, "")
    step = step_of(secret, form.get("code", "").replace(" ", ""), now_s=site.clock() // 1_000_000) if secret else None
    if step is None:
        return _enrolment(request, session, user, sorry=WRONG_CODE)
    site.accounts.set_totp(user.id, secret, used=step)
    site.enrolling.pop(session.hash, None)
    return _entered(site, user, stage="open", after=local_path(form.get("next")), before=session)


async def invitation_page(request: Request) -> Response:
    """Asks for a new password."""
    user = _invited(request)
    return render(request, "invitation.html", name=user.name, sorry="")


async def take_up(request: Request) -> Response:
    """A new password; the link is used up by it."""
    user, site, form = _invited(request), site_of(request), await form_of(request)
    password = form.get("password", "")
    sorry = too_weak(password, name=user.name)
    if sorry is None and password != form.get("again", ""):
        sorry = "The two passwords are not the same."
    if sorry is not None:
        return render(request, "invitation.html", status=422, name=user.name, sorry=sorry)
    kept = await in_thread(site.passwords.hash, password)
    await in_thread(site.accounts.set_password, user.id, kept)
    return _entered(site, user, stage="enrol" if user.second_factor else "open", after="/", before=None)


async def log_out(request: Request) -> Response:
    """Ends the session, here and on the server."""
    session = who_of(request).session
    if session is not None:
        site_of(request).log_ins.end(session.hash)
    return drop_cookie(see_other("/log-in", notice="You are logged out."))


async def account_page(request: Request) -> Response:
    """Whoever is signed in sees what they are here: roles, rank, since when."""
    return render(request, "account.html", who=who_of(request))


async def choose_theme(request: Request) -> Response:
    """Dark or light, kept by the browser."""
    form = await form_of(request)
    theme = form.get("theme", "")
    if theme not in THEMES:
        raise refused(422, "not-valid", f"A theme is one of: {', '.join(THEMES)}.")
    response = see_other(local_path(form.get("next")))
    response.set_cookie("theme", theme, max_age=31_536_000, path="/", secure=True, httponly=True, samesite="lax")
    return response


async def user_by_password(site: Site, name: str, password: str) -> User | None:
    """Who has this name and password and may come in. None is a failure that counts against the name, and takes the
    same time for a name that nobody has."""
    user = site.accounts.user_named(name)
    right = await in_thread(site.passwords.holds, user.password if user else None, password)
    if user is not None and right and not user.locked and not too_many(site, name, user):
        return user
    await in_thread(_failed, site, name)
    return None


def takes_code(site: Site, user: User, code: str) -> bool:
    """Whether this is the one-time code of a user now, which is used up by it. If not, it is a failure that counts."""
    counted, now_s = _code_of(user), site.clock() // 1_000_000
    step = step_of(user.totp_secret, code.replace(" ", ""), now_s=now_s) if user.totp_secret else None
    if step is not None and not too_many(site, counted, user) and site.log_ins.use_code(user, step):
        return True
    _failed(site, counted)
    return False


def _code_of(user: User) -> str:
    """What wrong codes of a user are counted under."""
    return f"code of {user.id}"


def _failed(site: Site, counted: str) -> None:
    now_us = site.clock()
    site.log_ins.failed(counted, at_us=now_us, since_us=now_us - WITHIN_S * 1_000_000)


def too_many(site: Site, counted: str, user: User | None) -> bool:
    """Whether five failures lie within the last 15 minutes. The last administrator is never shut out by them: whoever
    types nonsense would shut everybody out. What slows guessing there is the limit of each address."""
    since_us = site.clock() - WITHIN_S * 1_000_000
    if site.log_ins.failures(counted, since_us=since_us) < MOST_FAILURES:
        return False
    return user is None or administrators(site.accounts, now_us=site.now_us()) != {user.id}


def _stage_after_password(user: User) -> str:
    if not user.second_factor:
        return "open"
    return "code" if user.totp_secret else "enrol"


def _entered(site: Site, user: User, *, stage: str, after: str, before: Session | None) -> Response:
    """On to the next step, under a new session id."""
    cookie = begin(site, user.id, stage=stage, after=before if before and before.user_id == user.id else None)
    path = {"open": after, "code": "/log-in/code", "enrol": "/account/second-factor"}[stage]
    if stage != "open" and after != "/":
        path = f"{path}?next={after}"
    return set_cookie(see_other(path), cookie)


def _half_in(request: Request, *, stage: str) -> tuple[Session, User]:
    """The session that waits for this step. Raises RefusedError 401."""
    session = who_of(request).session
    user = site_of(request).accounts.user(session.user_id) if session is not None else None
    if session is None or user is None or session.stage != stage:
        raise refused(401, "log-in", "Log in first.", hint="Your log-in may have run out.")
    return session, user


def _enrolment(request: Request, session: Session, user: User, *, sorry: str) -> Response:
    secret = site_of(request).enrolling.setdefault(session.hash, new_totp_secret())
    address = totp_address(secret, name=user.name)
    return render(
        request,
        "second_factor.html",
        status=401 if sorry else 200,
        qr=qr_svg(address, what="The second factor as a QR code"),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        sorry=sorry,
        next=local_path(request.query_params.get("next")),
    )


def qr_svg(text: str, *, what: str) -> Markup:
    """`text` as a QR code: an SVG that stands in the page, on white whatever the theme."""
    made = segno.make(text, error="m", micro=False)
    drawn = made.svg_inline(scale=4, border=3, light="#fff", dark="#000", svgclass="qr", lineclass=None, title=what)
    return Markup(drawn)  # noqa: S704  made of the code's own squares; the title is escaped by the library


def _invited(request: Request) -> User:
    site = site_of(request)
    user = site.accounts.invited(request.path_params["secret"], now_us=site.clock())
    if user is None:
        raise refused(
            404, "not-found", "This link has been used, or has run out.", hint="Ask your administrator for a new one."
        )
    return user


ROUTES = (
    Route(method="GET", path="/log-in", handler=log_in_page, access=public(), summary="The form to log in"),
    Route(
        method="POST", path="/log-in", handler=log_in, access=public(), summary="Name and password", form=True,
        limit=Limit.LOG_IN,
    ),
    Route(method="GET", path="/log-in/code", handler=code_page, access=public(), summary="Asks for the one-time code"),
    Route(
        method="POST", path="/log-in/code", handler=give_code, access=public(), summary="The one-time code", form=True,
        limit=Limit.LOG_IN,
    ),
    Route(
        method="GET", path="/account/second-factor", handler=enrol_page, access=public(),
        summary="The QR code of a second factor",
    ),
    Route(
        method="POST", path="/account/second-factor", handler=enrol, access=public(), form=True,
        summary="The first code of a second factor", limit=Limit.LOG_IN,
    ),
    Route(
        method="GET", path="/invitation/{secret}", handler=invitation_page, access=public(), limit=Limit.LOOK_UP,
        summary="A one-time link: asks for a password",
    ),
    Route(
        method="POST", path="/invitation/{secret}", handler=take_up, access=public(), form=True,
        summary="A new password, by a one-time link", limit=Limit.LOG_IN,
    ),
    Route(method="POST", path="/log-out", handler=log_out, access=public(), summary="Ends the session", form=True),
    Route(method="GET", path="/account", handler=account_page, access=signed_in(), summary="Your roles and rank"),
    Route(method="POST", path="/theme", handler=choose_theme, access=public(), summary="Dark or light", form=True),
)  # fmt: skip
