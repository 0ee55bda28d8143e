"""A real desk behind its real door, served to a real browser: people with roles, and a clock that can be moved."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page

from answerable.record.ids import new_id
from answerable.stores.accounts import Accounts, User
from answerable.stores.chance import SystemChance
from answerable.watch.commands import Assign, Command, ReceiveCall
from answerable.watch.people import Actor, Role
from answerable.web.application import create_app
from answerable.web.events import Hub
from answerable.web.passwords import Passwords
from answerable.web.sessions import COOKIE, begin
from answerable.web.site import DoorSettings, Site, TokenBook
from answerable.wiring.desk import Desk, Done, open_desk

STORY = Path("src/answerable/demo/story/policies/alder-city-2018-01-01.toml")
ORIGIN = "alder-city.example/desk/2018h1"
S_US = 1_000_000
CONSOLE = Actor(id="console", role=Role.ADMINISTRATOR)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
chance = SystemChance()


class MovedClock:
    """The machine's time, which a test moves on. It cannot begin in the past: the record was made now."""

    def __init__(self) -> None:
        self._ahead_us = 0

    def steady(self) -> int:
        """Microseconds that nobody sets back."""
        return time.monotonic_ns() // 1_000 + self._ahead_us

    def __call__(self) -> int:
        """Microseconds since the epoch."""
        return time.time_ns() // 1_000 + self._ahead_us

    def on(self, seconds: float) -> None:
        """Move on."""
        self._ahead_us += int(seconds * S_US)


class DeskHouse:
    """A desk, its door and its people. `url` is where it is served."""

    def __init__(self, desk: Desk, folder: Path, *, port: int, clock: MovedClock) -> None:
        self.desk, self.clock = desk, clock
        self.url = f"http://127.0.0.1:{port}"
        self.accounts = Accounts(folder)
        self.site = Site(
            desk=desk,
            accounts=self.accounts,
            tokens=TokenBook(self.accounts),
            hub=Hub(desk),
            passwords=Passwords(QUICK),
            settings=DoorSettings(url=self.url, hosts=frozenset({f"127.0.0.1:{port}"}), zone="America/Los_Angeles"),
        )
        self.app = create_app(self.site)

    def person(self, name: str, *roles: Role, rank: str | None = None, agency: str = "Alder City Police") -> User:
        """Somebody with an account, who holds these roles by entries of the record."""
        user = User(
            id=f"u-{name}",
            name=name,
            agency=agency,
            password=QUICK.hash(password_of(name)),
            totp_secret=None,
            totp_used=0,
            second_factor=False,
            locked=False,
            made_us=self.clock(),
        )
        self.accounts.add_user(user)
        for role in roles:
            self.give(Assign(id=self.id(), person=user.id, role=role, rank=rank), by=CONSOLE)
        return user

    def id(self) -> str:
        """An id as senders make them."""
        return new_id(self.clock, chance)

    def give(self, command: Command, *, by: Actor) -> Done:
        """A command from elsewhere than the browser; what it became."""
        return self.desk.do(command, by=by).result(timeout=20)

    def call(self, **fields: Any) -> str:
        """A call that a call-taker took; its id."""
        facts = {"kind": "call", "asks_for": "help"} | fields.pop("facts", {})
        command = ReceiveCall(id=self.id(), facts=facts, **fields)
        return self.give(command, by=Actor(id="u-taker", role=Role.CALL_TAKER)).id

    def browser(
        self, chromium: Browser, user: User | None = None, *, theme: str = "dark", **context: Any
    ) -> BrowserContext:
        """A browser of its own; with `user` their log-in is done already."""
        made = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}} | context)
        made.set_default_timeout(15_000)
        made.add_cookies([{"name": "theme", "value": theme, "url": self.url}])
        if user is not None:
            cookie = begin(self.site, user.id, stage="open")
            where = self.url.replace("http:", "https:")
            made.add_cookies([{"name": COOKIE, "value": cookie, "url": where, "secure": True, "httpOnly": True}])
        return made

    def open(self, context: BrowserContext, path: str) -> Page:
        """A page of the desk. What goes wrong in it is kept in `page.trouble`."""
        page = context.new_page()
        trouble = list[str]()
        page.trouble = trouble  # type: ignore[attr-defined]
        watch(page, trouble)
        page.goto(self.url + path)
        return page


def watch(page: Page, trouble: list[str]) -> None:
    """Write down every error, warning and dialog of a page."""

    def dismiss(dialog: Dialog) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def heard(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            trouble.append(said.text)

    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("dialog", dismiss)
    page.on("console", heard)


def password_of(name: str) -> str:
    """Theirs alone."""
    return f"correct horse of {name[::-1]}"


@contextmanager
def desk_house(folder: Path, *, policies: Path = STORY) -> Iterator[DeskHouse]:
    """A desk over a new record in `folder`, served until the end."""
    clock = MovedClock()
    with ExitStack() as stack:
        record = folder / "record"
        desk = stack.enter_context(
            open_desk(record, origin=ORIGIN, policies=policies, clock=clock, steady=clock.steady)
        )
        port = _free_port()
        house = DeskHouse(desk, record, port=port, clock=clock)
        stack.callback(house.accounts.close)
        stack.enter_context(_served(house.app, port))
        yield house


@contextmanager
def _served(app: Any, port: int) -> Iterator[None]:
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="door")
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=15)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
