"""A desk that is served: the record, its accounts and the door opened, run until it is ended, and closed in order."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from answerable.config import read_smtp
from answerable.errors import SettingsError
from answerable.model.times import from_us
from answerable.stores.accounts import Accounts
from answerable.stores.record_folder import SETTINGS
from answerable.stores.webhook import webhook_key
from answerable.watch.people import Role
from answerable.web.alarm_calls import AlarmCalls, calling
from answerable.web.application import create_app
from answerable.web.events import Hub
from answerable.web.fronts import FrontedServer
from answerable.web.rehearsing import NOTICE, Cast, let_cast_in
from answerable.web.server import Server, listening
from answerable.web.site import DoorSettings, Site, TokenBook
from answerable.wiring.desk import Desk, open_desk
from answerable.wiring.desk_keeping import Begun
from answerable.wiring.people import NewUser, add_user, ask_role
from answerable.wiring.recording import now_us

FIRST = "admin"
"""The name of the first administrator."""


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be served, and where. `speed`: a rehearsal, so many times as fast; `shadow`: files of the dispatch
    system beside which the desk stands, `source` what they mean."""

    folder: Path
    host: str
    port: int
    url: str | None
    zone: str
    origin: str | None = None
    policies: Path | None = None
    database: str | None = None
    speed: float | None = None
    shadow: Path | None = None
    source: str | None = None
    feed: str = "cad"
    alarm_to: tuple[str, ...] = ()
    """Addresses of other systems that are told of each alarm."""
    processes: int = 1
    """How many processes speak with clients: this one alone, or so many beside it, which hand over to it."""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A desk that answers: where, of which log, the one-time link of the first administrator where there is one, and
    at a rehearsal who can log in. `begun`: from which state it went on, and how many entries it replayed."""

    url: str
    origin: str
    entries: int
    begun: Begun
    link: str | None
    cast: Cast | None = None


def serve_desk(asked: Served, *, ready: Callable[[Opened], None]) -> None:
    """Open everything, serve until Ctrl-C or SIGTERM, close it in order. `ready` is told when it answers.

    Raises SettingsError, StorageError, ForkedLogError, UncertainWriteError, PolicyError, SourceError.
    """
    with listening(asked.host, asked.port) as listener, ExitStack() as stack:
        port = listener.getsockname()[1]
        settings = door_settings(host=asked.host, port=port, url=asked.url, zone=asked.zone)
        if asked.speed is None:
            desk, place = stack.enter_context(_desk(asked)), asked.folder
        else:
            from answerable.wiring.desk_demo import open_demo_desk  # noqa: PLC0415  the made-up city is large

            settings = msgspec.structs.replace(settings, demo=NOTICE)
            desk, _ = stack.enter_context(open_demo_desk(asked.folder, speed=asked.speed))
            place = asked.folder / "record"
        if asked.shadow is not None and asked.source is not None:
            from answerable.wiring.desk_feeds import shadowing  # noqa: PLC0415  the readers and their engine are large

            stack.enter_context(shadowing(desk, asked.shadow, source=asked.source, feed=asked.feed))
        site = stack.enter_context(open_site(desk, place, settings))
        if asked.alarm_to:
            calls = AlarmCalls(
                site.accounts, asked.alarm_to, key=webhook_key(place), url=settings.url, now_us=site.clock,
                smtp=read_smtp(),
            )  # fmt: skip
            stack.enter_context(calling(desk, calls))
        cast = None if asked.speed is None else let_cast_in(site)
        opened = Opened(
            url=settings.url,
            origin=desk.origin,
            entries=desk.head().size,
            begun=desk.begun,
            link=None if cast else first_administrator(site),
            cast=cast,
        )
        serve(site, listener, processes=asked.processes, ready=lambda: ready(opened))


def _desk(asked: Served) -> AbstractContextManager[Desk]:
    origin = asked.origin
    if origin is None and not (asked.folder / SETTINGS).exists():
        origin = default_origin(now_us())
    return open_desk(asked.folder, origin=origin, policies=asked.policies, database=asked.database)


def door_settings(*, host: str, port: int, url: str | None, zone: str) -> DoorSettings:
    """How the door is reached. Raises SettingsError for an address that nobody could use."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as fault:
        raise SettingsError(f"{zone!r} is no time zone.", hint="Write one as America/Los_Angeles, or UTC.") from fault
    local = {f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}
    if url is None:
        if host not in {"127.0.0.1", "localhost", "::1"}:
            raise SettingsError(
                f"Others are to reach the desk at {host}, and nobody said under which name.",
                hint="Give --url https://desk.example, and put a web server with TLS in front.",
            )
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", url) is None:
        raise SettingsError(
            f"{url!r} is no address of a desk.", hint="Write it as https://desk.example, without a path."
        )
    return DoorSettings(url=url, hosts=frozenset({*local, url.partition("://")[2]}), zone=zone)


def default_origin(now_us: int) -> str:
    """A name for a new record where nobody gave one: this machine, the desk, the half-year."""
    host = re.sub(r"[^a-z0-9.-]", "-", socket.gethostname().lower()).strip("-.") or "localhost"
    at = from_us(now_us)
    return f"{host}/desk/{at.year}h{1 if at.month <= 6 else 2}"


@contextmanager
def open_site(desk: Desk, folder: Path, settings: DoorSettings) -> Iterator[Site]:
    """The door's own files beside the record of `desk`."""
    accounts = Accounts(folder)
    try:
        yield Site(desk=desk, accounts=accounts, settings=settings, tokens=TokenBook(accounts), hub=Hub(desk))
    finally:
        accounts.close()


def serve(site: Site, listener: socket.socket, *, processes: int, ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `ready` is told when it answers."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    app, cut, behind_proxy = create_app(site), site.hub.close, site.settings.https
    if processes == 1:
        Server(app, cut=cut, behind_proxy=behind_proxy, ready=ready).run(sockets=[listener])
        return
    FrontedServer(app, listener, number=processes, cut=cut, behind_proxy=behind_proxy, ready=ready).run()


def first_administrator(site: Site) -> str | None:
    """The link by which the first administrator chooses a password; None where there are users already."""
    if site.accounts.users():
        return None
    user, secret = add_user(site.accounts, NewUser(name=FIRST, agency=site.desk.origin), now_us=site.clock())
    ask_role(site.accounts, user.id, role=Role.ADMINISTRATOR, now_us=site.clock())
    return f"{site.settings.url}/invitation/{secret}"
