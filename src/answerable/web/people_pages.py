"""Administration: users, roles, tokens, who looked. Whoever keeps these sees no call."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.model.times import parse_instant
from answerable.record.ids import new_id
from answerable.stores.accounts import Token, User
from answerable.watch import commands as do
from answerable.watch.people import Assignment, Role
from answerable.watch.roles import Sight
from answerable.web.access import may, roles, sees
from answerable.web.page import actor_of, awaited, form_of, in_thread, render, see_other, site_of, who_of
from answerable.web.problems import refused
from answerable.web.routes import Route
from answerable.wiring.people import (
    GIVEN,
    INVITED_S,
    TOKEN_DAYS,
    NewUser,
    Scope,
    add_user,
    administrators,
    ask_role,
    invite,
    new_token,
    role_named,
    set_locked,
)

MOST_SHOWN = 500
_ADMINISTRATOR = roles("administrator")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A user as administrators see them."""

    user: User
    now: Sequence[Assignment]
    invited: bool


async def people(request: Request) -> Response:
    """Users and tokens, and the forms that change them."""
    site = site_of(request)
    now_us = site.now_us()
    shown = [
        Shown(user=user, now=site.desk.held_by(user.id, at_us=now_us), invited=user.password is None)
        for user in site.accounts.users()
    ]
    changes = Role.ADMINISTRATOR in who_of(request).roles
    tokens: list[Token] = site.accounts.tokens() if changes else []
    return render(
        request, "people.html", people=shown, tokens=tokens, roles_given=GIVEN, scopes=list(Scope), changes=changes,
        now_us=site.clock(), token_days=TOKEN_DAYS,
    )  # fmt: skip


async def add(request: Request) -> Response:
    """A new user, and the one-time link by which they choose a password."""
    form, site = await form_of(request), site_of(request)
    asked = NewUser(
        name=form.get("name", "").strip(), agency=form.get("agency", "").strip(),
        second_factor=form.get("second_factor", "yes") != "no",
    )  # fmt: skip
    user, secret = await in_thread(lambda: add_user(site.accounts, asked, now_us=site.clock()))
    return _link(request, user, secret)


async def reset(request: Request) -> Response:
    """A new one-time link; the old password, second factor and sessions are gone."""
    user, site = _user(request), site_of(request)
    secret = await in_thread(lambda: invite(site.accounts, user, now_us=site.clock()))
    return _link(request, user, secret)


async def lock(request: Request) -> Response:
    """Lock a user out, or let them in again. The last administrator cannot be locked."""
    user, site, form = _user(request), site_of(request), await form_of(request)
    locked = form.get("locked") == "yes"
    await in_thread(lambda: set_locked(site.accounts, user, locked=locked, now_us=site.now_us()))
    return see_other("/people", notice=f"{user.name} is {'locked out' if locked else 'let in again'}.")


async def assign(request: Request) -> Response:
    """A role from one instant to another: a dated entry of the record."""
    user, site, form = _user(request), site_of(request), await form_of(request)
    command = do.Assign(
        id=new_id(site.now_us, site.chance),
        person=user.id,
        role=_role(form),
        rank=form.get("rank", "").strip() or None,
        from_us=_instant(form.get("from")),
        until_us=_instant(form.get("until")),
        acting=form.get("acting") == "yes",
    )
    done = await awaited(site.desk.do(command, by=actor_of(request, command=do.Assign)))
    ask_role(
        site.accounts, user.id, role=command.role, now_us=site.now_us(), rank=command.rank, from_us=command.from_us,
        until_us=command.until_us, acting=command.acting, entry=done.index,
    )  # fmt: skip
    return see_other("/people", notice=f"{user.name} is {command.role} now, and the record says so.")


async def end(request: Request) -> Response:
    """A role is held no more: an entry too."""
    user, site, form = _user(request), site_of(request), await form_of(request)
    role = _role(form)
    if role is Role.ADMINISTRATOR and administrators(site.accounts, now_us=site.now_us()) == {user.id}:
        raise refused(409, "last-administrator", "This is the last administrator: nobody could let anybody in again.")
    command = do.EndAssignment(id=new_id(site.now_us, site.chance), person=user.id, role=role)
    await awaited(site.desk.do(command, by=actor_of(request, command=do.EndAssignment)))
    site.accounts.end_role(user.id, role.value, at_us=site.now_us())
    return see_other("/people", notice=f"{user.name} is {role} no more, and the record says so.")


async def add_token(request: Request) -> Response:
    """A device's token, shown once."""
    form, site = await form_of(request), site_of(request)
    wanted = form.get("scopes", "").split("\n")
    days = form.get("days", "")
    if not (days.isascii() and days.isdigit() and 0 < int(days) <= 3_660):
        raise refused(422, "not-valid", "A token holds for 1 to 3,660 days.")
    text, token = await in_thread(
        lambda: new_token(
            site.accounts, name=form.get("name", "").strip(), agency=form.get("agency", "").strip(), scopes=wanted,
            days=int(days), now_us=site.clock(),
        )
    )  # fmt: skip
    site.tokens.refresh()
    return render(request, "token_shown.html", text=text, token=token)


async def revoke(request: Request) -> Response:
    """Take a token back, at once."""
    site = site_of(request)
    if not await in_thread(lambda: site.accounts.revoke(request.path_params["id"], at_us=site.clock())):
        raise refused(404, "not-found", "There is no such token, or it was taken back before.")
    site.tokens.refresh()
    return see_other("/people", notice="The token is taken back.")


async def looks(request: Request) -> Response:
    """Who looked at what is private, and whom the alarms told; the newest first."""
    accounts = site_of(request).accounts
    readings = await in_thread(lambda: accounts.readings(most=MOST_SHOWN))
    deliveries = await in_thread(lambda: accounts.deliveries(most=MOST_SHOWN))
    return render(request, "looks.html", readings=readings, deliveries=deliveries, most=MOST_SHOWN)


def _link(request: Request, user: User, secret: str) -> Response:
    link = f"{site_of(request).settings.url}/invitation/{secret}"
    return render(request, "link_shown.html", link=link, user=user, hours=INVITED_S // 3_600)


def _user(request: Request) -> User:
    user = site_of(request).accounts.user(request.path_params["id"])
    if user is None:
        raise refused(404, "not-found", "There is no such user.")
    return user


def _role(form: dict[str, str]) -> Role:
    return role_named(form.get("role", ""))


def _instant(text: str | None) -> int | None:
    """A time as a form gives it, with its offset; None where it was left empty."""
    if not text:
        return None
    try:
        return parse_instant(text)
    except ValueError as fault:
        raise refused(422, "not-valid", f"{fault}: a time has its offset, as in 2018-06-19T08:00:00-07:00.") from None


ROUTES = (
    Route(method="GET", path="/people", handler=people, access=sees(Sight.PEOPLE), summary="Users, roles, tokens"),
    Route(method="POST", path="/people", handler=add, access=_ADMINISTRATOR, form=True, summary="A new user"),
    Route(
        method="POST", path="/people/{id}/reset", handler=reset, access=_ADMINISTRATOR, form=True,
        summary="A new one-time link for a user",
    ),
    Route(
        method="POST", path="/people/{id}/lock", handler=lock, access=_ADMINISTRATOR, form=True,
        summary="Locks a user out, or lets them in again",
    ),
    Route(
        method="POST", path="/people/{id}/assign", handler=assign, access=may(do.Assign), form=True,
        summary="A role or rank, as a dated entry",
    ),
    Route(
        method="POST", path="/people/{id}/end", handler=end, access=may(do.EndAssignment), form=True,
        summary="Ends a role, as an entry",
    ),
    Route(
        method="POST", path="/tokens", handler=add_token, access=_ADMINISTRATOR, form=True, summary="A device's token"
    ),
    Route(
        method="POST", path="/tokens/{id}/revoke", handler=revoke, access=_ADMINISTRATOR, form=True,
        summary="Takes a token back",
    ),
    Route(
        method="GET", path="/looks", handler=looks, access=sees(Sight.LOOKS), summary="Who looked at what is private"
    ),
)  # fmt: skip
