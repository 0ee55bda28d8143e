"""What a handler uses: the desk and who asks, a template rendered, a form read, a command's answer awaited."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from itertools import groupby
from typing import TypeVar
from urllib.parse import quote

import msgspec
from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from answerable.errors import AnswerableError
from answerable.model.times import iso
from answerable.report import spelling
from answerable.report.templating import template_environment
from answerable.stores.accounts import Reading
from answerable.watch.commands import Command, DecideRespond
from answerable.watch.people import Actor, Role
from answerable.watch.roles import MAY_DO, MAY_SEE, Sight, may_do, may_see
from answerable.web.access import Who, acting
from answerable.web.bodies import read_form
from answerable.web.problems import refused
from answerable.web.site import Site
from answerable.web.static_files import static_address
from answerable.wiring.desk import Desk, Done

T = TypeVar("T")

NAVIGATION = (
    ("Board", "/board", Sight.BOARD),
    ("Requests", "/requests", Sight.BOARD),
    ("My requests", "/requests", Sight.OWN),
    ("Denials", "/denials", Sight.DENIALS),
    ("Policies", "/policies", Sight.POLICIES),
    ("Allegations", "/allegations", Sight.ALLEGATIONS),
    ("Who looked", "/looks", Sight.LOOKS),
    ("People", "/people", Sight.PEOPLE),
    ("Log", "/log", Sight.LOG),
)
THEMES = ("dark", "light")
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\\]*", re.ASCII)


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """What a page rests on: the log, how many entries it had, the root over them, and where the page is."""

    origin: str
    size: int
    root: str
    address: str


def site_of(request: Request) -> Site:
    """Everything behind this door."""
    site = request.scope["answerable.site"]
    assert isinstance(site, Site)  # noqa: S101  the app is made with one
    return site


def desk_of(request: Request) -> Desk:
    """The desk."""
    return site_of(request).desk


def who_of(request: Request) -> Who:
    """Who asks, as the guard found it."""
    who = request.scope["answerable.who"]
    assert isinstance(who, Who)  # noqa: S101  no handler runs before the guard
    return who


def actor_of(request: Request, *, command: type[Command] | None = None) -> Actor:
    """Who asks, as the desk knows them; for a command in the role that may give it. Raises RefusedError 403."""
    actor = acting(who_of(request), as_one_of=None if command is None else roles_for(command))
    if actor is None:
        raise refused(403, "not-allowed", "Your role does not allow this.")
    return actor


@cache
def roles_for(command: type[Command]) -> frozenset[Role]:
    """The roles that may give a command."""
    return frozenset(role for role in MAY_DO if may_do(role, command))


async def form_of(request: Request) -> dict[str, str]:
    """The form that was sent; its size, time, origin and token were checked."""
    return await read_form(request)


async def recorded(request: Request, command: Command, *, by: Actor) -> Done:
    """Give the desk a command, and wait until it is durable and has its receipt. Raises what the desk says."""
    answer: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
    desk_of(request).send(command, by=by, receipt=True, told=tell_all, key=answer)
    return await answer


def tell_all(answers: Sequence[tuple[asyncio.Future[Done], Done | AnswerableError]]) -> None:
    """In the desk's thread: hand the answers of a batch over to their loops, all at once."""
    for loop, some in groupby(answers, lambda pair: pair[0].get_loop()):
        with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            loop.call_soon_threadsafe(_tell, list(some))


def _tell(answers: Sequence[tuple[asyncio.Future[Done], Done | AnswerableError]]) -> None:
    for waiting, answer in answers:
        if waiting.done():  # the client has gone meanwhile
            continue
        if isinstance(answer, Done):
            waiting.set_result(answer)
        else:
            waiting.set_exception(answer)


async def awaited(future: Future[T]) -> T:
    """What the desk answers, once it is durable."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Future[T]] = loop.create_future()

    def tell(done: Future[T]) -> None:
        if not answer.done():  # the client may have gone meanwhile
            answer.set_result(done)

    def hear(done: Future[T]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            loop.call_soon_threadsafe(tell, done)

    # not wrap_future, which costs several times as much
    future.add_done_callback(hear)
    return (await answer).result()


async def in_thread(work: Callable[..., T], *values: object) -> T:
    """Work that takes a while, beside the loop that serves everybody."""
    return await run_in_threadpool(work, *values)


def client_address(request: Request) -> str:
    """The address a request came from, for limits alone; it is never written down."""
    return request.client.host if request.client else "-"


def local_path(text: str | None, *, otherwise: str = "/") -> str:
    """`text` where it is a path of this desk; a link that leads elsewhere is not followed."""
    return text if text and _LOCAL.fullmatch(text) else otherwise


async def looked(request: Request, *, page: str, about: str) -> None:
    """Write down that a person looks at what is private, before it is shown.

    Whoever may decide to respond does not wait for a disk that takes nothing; for others: StorageError, RecordError.
    """
    who = who_of(request)
    site = site_of(request)
    if who.id is not None:
        reading = Reading(at_us=site.now_us(), user_id=who.id, page=page, about=about)
        helps = any(may_do(role, DecideRespond) for role in who.roles)
        await in_thread(lambda: site.looks.keep(reading, may_wait=helps))


def check_owner(request: Request, *, agency: str | None, seen_by: Iterable[Sight]) -> None:
    """A requester sees only what their own agency asked for; others by their role. Raises RefusedError 404: what is
    another's is not even said to be there."""
    who = who_of(request)
    if any(may_see(role, sight) for role in who.roles for sight in seen_by):
        return
    if Role.REQUESTER in who.roles and agency is not None and agency == who.agency:
        return
    raise refused(404, "not-found", "There is nothing here for you.")


def theme_of(request: Request) -> str:
    """Dark, unless this browser asked for light."""
    theme = request.cookies.get("theme", "")
    return theme if theme in THEMES else THEMES[0]


def say_time(request: Request) -> Callable[[int], str]:
    """How an instant is said on pages: day, local time and zone."""
    zone = site_of(request).zone
    return lambda us: spelling.moment(us, zone)


def see_other(path: str, *, notice: str | None = None) -> Response:
    """On to another page (303), which says `notice` once."""
    address = path if notice is None else f"{path}{'&' if '?' in path else '?'}notice={quote(notice)}"
    return RedirectResponse(address, status_code=303)


def render(request: Request, name: str, /, *, status: int = 200, **context: object) -> HTMLResponse:
    """A page from its template, with what every page has."""
    site, who = site_of(request), request.scope.get("answerable.who", Who())
    zone = site.zone
    shared: dict[str, object] = {
        "actor": acting(who) if who.known else None,
        "roles": sorted(who.roles) if who.known else [],
        "sees": {sight.value for sight in Sight for role in who.roles if may_see(role, sight)},
        "shown_name": who.name if who.known else "",
        "csrf": who.session.csrf if who.session is not None else "",
        "theme": theme_of(request),
        "path": request.url.path,
        "notice": request.query_params.get("notice", ""),
        "demo": site.settings.demo,
        "cite": cited(site, request.url.path),
        "navigation": navigation(who),
        "moment": say_time(request),
        "day": lambda us: spelling.day(us, zone),
    }
    return HTMLResponse(environment().get_template(name).render(shared | context), status_code=status)


def cited(site: Site, path: str) -> Cited:
    """The state of the log that a page was made in."""
    head = site.desk.head()
    return Cited(origin=site.desk.origin, size=head.size, root=head.root.hex(), address=site.settings.url + path)


def cited_line(site: Site) -> str:
    """The same on one line, for what programs take away."""
    head = site.desk.head()
    return f"{site.desk.origin} {head.size} {head.root.hex()}"


def navigation(who: Who) -> list[tuple[str, str]]:
    """Where whoever asks may go, by what their roles may see."""
    if not who.known:
        return []
    sights = {sight for role in who.roles for sight in MAY_SEE[role]}
    return [(name, address) for name, address, sight in NAVIGATION if sight in sights]


@cache
def environment() -> Environment:
    """The templates of this room. Every text is escaped, and what cannot be seen in it is spelled out."""
    made = template_environment("answerable.web")
    made.globals.update(static=static_address, iso=iso)
    made.filters.update(number=spelling.number)
    return made
