"""The desk's door for tests: people with roles, logged in, and a browser that behaves as browsers do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, cast

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from answerable.proof.tree import EMPTY_ROOT
from answerable.record.ports import Head
from answerable.stores.accounts import Accounts, Token, User, digest
from answerable.watch.commands import Assign
from answerable.watch.people import Assignment, Role
from answerable.web.application import create_app
from answerable.web.events import Hub
from answerable.web.housekeeping import CONSOLE
from answerable.web.limits import Limits
from answerable.web.passwords import Passwords
from answerable.web.routes import Limit
from answerable.web.sessions import COOKIE, begin
from answerable.web.site import DoorSettings, Site, TokenBook
from answerable.wiring.desk import Desk, open_desk
from answerable.wiring.people import ask_role

ORIGIN = "https://desk.test"
NOW_US = 1_529_434_800_000_000
DAY_US = 86_400_000_000
POLICIES = Path(str(resources.files("answerable.demo") / "story" / "policies"))
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class StillDesk:
    """A desk on which nothing happens: it knows who holds which role, what time it is, and that its log is empty."""

    origin = "alder-city.example/desk/2018h1"
    index = -1

    def __init__(self) -> None:
        self.at_us = NOW_US
        self.assignments: list[Assignment] = []

    def now_us(self) -> int:
        return self.at_us

    def head(self) -> Head:
        return Head(size=0, root=EMPTY_ROOT, note=b"")

    def held_by(self, person: str, *, at_us: int) -> tuple[Assignment, ...]:
        return tuple(one for one in self.assignments if one.person == person and one.holds_at(at_us))

    def subscribe(self, _heard: Any) -> Any:
        return lambda: None


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at_us = NOW_US

    def __call__(self) -> int:
        return self.at_us


@contextmanager
def real_house(folder: Path) -> Iterator[House]:
    """A house over a real desk and record, without threads; `house.hands.at_us` is its clock."""
    hands = Hands()
    with open_desk(folder, origin=StillDesk.origin, policies=POLICIES, ticking=False, clock=hands) as desk:
        house = House(folder, desk)
        house.hands = hands
        try:
            yield house
        finally:
            house.close()


class House:
    """A desk with its door, and those who may come."""

    hands: Hands

    def __init__(self, folder: Path, desk: Any | None = None) -> None:
        desk = StillDesk() if desk is None else desk
        self.desk: Any = desk
        self.accounts = Accounts(folder)
        self.site = Site(
            desk=cast("Desk", desk),
            accounts=self.accounts,
            settings=DoorSettings(),
            tokens=TokenBook(self.accounts),
            hub=Hub(cast("Desk", desk)),
            passwords=Passwords(QUICK),
            clock=self.desk.now_us,
        )
        self.app = create_app(self.site)

    def close(self) -> None:
        self.accounts.close()

    def person(self, name: str, *roles: Role, agency: str = "Alder City Police", **more: Any) -> User:
        user = User(
            id=f"u-{name}",
            name=name,
            agency=agency,
            **{
                "password": QUICK.hash(password_of(name)),
                "totp_secret": None,
                "totp_used": 0,
                "second_factor": False,
                "locked": False,
                "made_us": self.desk.now_us(),
                **more,
            },
        )
        self.accounts.add_user(user)
        for role in roles:
            ask_role(self.accounts, user.id, role=role, now_us=self.desk.now_us(), entry=0)
            self._assign(user.id, role)
        return user

    def _assign(self, person: str, role: Role) -> None:
        if isinstance(self.desk, StillDesk):
            self.desk.assignments.append(
                Assignment(person=person, role=role, rank=None, from_us=NOW_US - DAY_US, until_us=None)
            )
            return
        given = Assign(id=f"assign-{person}-{role}", person=person, role=role, from_us=NOW_US - DAY_US)
        self.desk.do(given, by=CONSOLE).result()

    def token(self, *scopes: str) -> str:
        text = f"token-of-{'-'.join(scopes)}"
        self.accounts.add_token(
            Token(
                id="f-1", hash=digest(text), name="cad", agency="Alder City Police", scopes=scopes, made_us=0,
                until_us=self.desk.now_us() + DAY_US, revoked_us=None,
            )
        )  # fmt: skip
        self.site.tokens.refresh()
        return text

    def browser(self) -> TestClient:
        """A browser on a page of ours, nobody logged in. Redirects are not followed: a test says where they lead."""
        client = TestClient(self.app, base_url=ORIGIN, follow_redirects=False)
        client.headers.update({"accept": "text/html", "origin": ORIGIN, "sec-fetch-site": "same-origin"})
        return client

    def signed_in(self, user: User, *, stage: str = "open") -> TestClient:
        """The browser of somebody who is logged in; its form token goes along."""
        client = self.browser()
        client.cookies.set(COOKIE, begin(self.site, user.id, stage=stage), domain="desk.test", path="/")
        session = self.site.log_ins.session(digest(client.cookies[COOKIE]))
        assert session is not None
        client.headers["x-csrf-token"] = session.csrf
        return client


def unlimited(house: House) -> House:
    """As many tries as one likes: the limit of each address has a test of its own."""
    object.__setattr__(house.site, "limits", NoLimits(lambda: 0.0))
    return house


class NoLimits(Limits):
    def wait_s(self, limit: Limit, address: str) -> int:
        return 0


def password_of(name: str) -> str:
    return f"correct horse of {name[::-1]}"
