"""Private values taken out for good: a records officer says which, and a second person approves at the same form.

Whoever approves gives name, password and code as at a log-in, and is as safe from guessing. What the record shows of it
afterwards is that it is gone, on what ground, by whom and who approved it.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.errors import InputError
from answerable.record.entry import TOP
from answerable.record.ports import StoredEntry
from answerable.stores.accounts import User
from answerable.watch.people import Actor, Role
from answerable.watch.words import EVENTS, FIELDS
from answerable.web.access import roles
from answerable.web.account_pages import MAX_NAME, takes_code, user_by_password
from answerable.web.page import desk_of, form_of, in_thread, looked, render, see_other, site_of, who_of
from answerable.web.pages.allegations import in_words
from answerable.web.pages.command_forms import Typed
from answerable.web.problems import refused
from answerable.web.routes import Limit, Route
from answerable.wiring.desk import Desk
from answerable.wiring.desk_entries import event_in

APPROVES = frozenset({Role.RECORDS_OFFICER, Role.WATCH_COMMANDER})
"""Whose second look it takes: another records officer, or command."""

SORRY = (
    "Name, password and code of the second person do not go together, they may not approve this, or too many tries "
    "were made: after five, wait 15 minutes."
)


class Redactable(msgspec.Struct, frozen=True, kw_only=True):
    """An entry, the private fields of it that can still be opened, and the page that it belongs to."""

    id: str
    what: str
    fields: tuple[tuple[str, str], ...]
    page: str


async def show_form(request: Request) -> Response:
    """Which private values of an entry, and on what ground."""
    return await _form(request)


async def redact(request: Request) -> Response:
    """Take them out."""
    desk, fields, entry = desk_of(request), await form_of(request), await in_thread(_found, request)
    named = tuple(fields.get("field", "").split())
    ground, who = " ".join(fields.get("ground", "").split()), who_of(request)
    if not named or not ground:
        return await _form(request, wrong="Choose what is taken out, and say on what ground.", status=422)
    approver = await _approver(request, fields)
    if approver is None or approver.id == who.id:
        return await _form(request, wrong=SORRY, status=422)
    by = Actor(id=who.id or "", role=Role.RECORDS_OFFICER, agency=who.agency)
    try:
        await in_thread(
            lambda: desk.redact(entry.id, fields=named, ground=ground[:500], by=by, approved_by=approver.id)
        )
    except InputError as fault:
        return await _form(request, wrong=in_words(fault), status=422)
    return see_other(entry.page, notice="Taken out for good. That it was, on what ground and by whom is an entry.")


async def _form(request: Request, *, wrong: str = "", status: int = 200) -> Response:
    entry = await in_thread(_found, request)
    await looked(request, page="redaction", about=entry.id)
    typed = dict(await form_of(request)) if wrong else {}
    for secret in ("approver_password", "approver_code"):
        typed.pop(secret, None)
    return render(request, "redact.html", status=status, entry=entry, wrong=wrong, typed=Typed(typed))


async def _approver(request: Request, fields: dict[str, str]) -> User | None:
    """Who approves: their password and their code are right, and they hold a role for it now."""
    site, name = site_of(request), fields.get("approver", "")[:MAX_NAME]
    user = await user_by_password(site, name, fields.get("approver_password", ""))
    if user is None or (user.second_factor and not takes_code(site, user, fields.get("approver_code", ""))):
        return None
    held = {one.role for one in site.desk.held_by(user.id, at_us=site.now_us())}
    return user if held & APPROVES else None


def _found(request: Request) -> Redactable:
    """Raises RefusedError 404 for an entry that is not there, or has nothing private left."""
    desk = desk_of(request)
    id_ = request.path_params["id"]
    entry = desk.record.store.find([id_]).get(id_)
    fields = () if entry is None else open_fields(desk, id_)
    if entry is None or not fields:
        raise refused(404, "not-found", "There is no such entry, or nothing private is left in it.")
    event = event_in(entry)
    named = tuple((name, FIELDS.get(name, name.replace("_", " "))) for name in fields)
    return Redactable(
        id=id_, what="entry" if event is None else EVENTS[event.name], fields=named, page=_page_of(desk, entry)
    )


def open_fields(desk: Desk, id_: str) -> tuple[str, ...]:
    """The private fields of an entry that nobody has taken out yet."""
    record = desk.record
    return tuple(sorted(set(record.store.sealed(id_)) & set(record.vault.salts([id_]).get(id_, {})) - {TOP}))


def _page_of(desk: Desk, entry: StoredEntry) -> str:
    event = event_in(entry)
    about = entry.id if event is None or event.about is None else event.about
    if desk.allegation(about) is not None:
        return f"/allegations/{about}"
    return f"/c/{about}" if desk.core.world.subject(about) is not None else "/log"


ROUTES = (
    Route(
        method="GET",
        path="/redact/{id}",
        handler=show_form,
        access=roles(Role.RECORDS_OFFICER),
        summary="Form: private values of an entry taken out.",
    ),
    Route(
        method="POST",
        path="/redact/{id}",
        handler=redact,
        access=roles(Role.RECORDS_OFFICER),
        form=True,
        limit=Limit.LOG_IN,
        status=303,
        summary="Take private values out for good.",
    ),
)
