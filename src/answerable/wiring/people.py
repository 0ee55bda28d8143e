"""Users and tokens as administrators handle them, on a page or at the console: the same rules for both."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from answerable.errors import InputError
from answerable.record.ids import new_id
from answerable.stores.accounts import Accounts, Asked, Token, User, digest
from answerable.watch.people import Role
from answerable.wiring.recording import chance

INVITED_S = 24 * 3_600
"""How long a one-time link holds."""

TOKEN_DAYS = 90
TOKEN_BEGINS = "answerable_"  # noqa: S105  the beginning, not the token
"""So that a token which was published by mistake is found by whoever searches for it."""

MOST_LETTERS = 100
GIVEN = tuple(role for role in Role if role not in {Role.CALLER, Role.FEED, Role.DESK})
"""Roles that a person can be given."""

_LETTERS = string.digits + string.ascii_lowercase


class Scope(StrEnum):
    """What a device's token may open."""

    CALLS = "calls:write"
    FACTS = "facts:write"
    UNITS = "units:write"
    REQUESTS = "requests:write"
    FEED = "feed:write"
    METRICS = "metrics:read"


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to be let in: what they type at log-in, and whom they belong to."""

    name: str
    agency: str
    second_factor: bool = True


def add_user(accounts: Accounts, asked: NewUser, *, now_us: int) -> tuple[User, str]:
    """A new user with a pseudonym, and the secret of the link by which they choose a password. Raises InputError."""
    user = User(
        id=new_pseudonym("u"),
        name=_named(asked.name, what="A name"),
        agency=_named(asked.agency, what="An agency"),
        password=None,
        totp_secret=None,
        totp_used=0,
        second_factor=asked.second_factor,
        locked=False,
        made_us=now_us,
    )
    accounts.add_user(user)
    return user, invite(accounts, user, now_us=now_us)


def invite(accounts: Accounts, user: User, *, now_us: int) -> str:
    """The secret of a new one-time link; the old password, second factor, link and sessions are gone."""
    secret = secrets.token_urlsafe(24)
    accounts.invite(user.id, secret, until_us=now_us + INVITED_S * 1_000_000)
    return secret


def set_locked(accounts: Accounts, user: User, *, locked: bool, now_us: int) -> None:
    """Lock somebody out, or let them in again. Raises InputError for the last administrator."""
    if locked and administrators(accounts, now_us=now_us) == {user.id}:
        raise InputError(
            f"{user.name} is the last administrator: nobody could let anybody in again.",
            hint="Make another one first: `answerable role assign DIR NAME administrator`.",
        )
    accounts.set_locked(user.id, locked=locked)


def administrators(accounts: Accounts, *, now_us: int) -> set[str]:
    """Pseudonyms of the administrators who can come in now, or could once they choose a password."""
    held = {
        one.user_id
        for one in accounts.asked()
        if one.role == Role.ADMINISTRATOR
        and (one.from_us is None or one.from_us <= now_us)
        and (one.until_us is None or now_us < one.until_us)
    }
    return {user.id for user in accounts.users() if user.id in held and not user.locked}


def role_named(text: str) -> Role:
    """A role that a person can be given. Raises InputError."""
    if text not in GIVEN:
        raise InputError(f"{text!r} is no role of a person.", hint=f"Roles are: {', '.join(GIVEN)}.")
    return Role(text)


def new_token(
    accounts: Accounts, *, name: str, agency: str, scopes: Sequence[str], days: int, now_us: int
) -> tuple[str, Token]:
    """A new token: its text, which is kept nowhere, and what is kept. Raises InputError."""
    known = [one.value for one in Scope]
    if not scopes or (unknown := [one for one in scopes if one not in known]):
        wrong = f"{unknown[0]!r} is no scope" if scopes and unknown else "A token needs a scope"
        raise InputError(f"{wrong}.", hint=f"Scopes are: {', '.join(known)}.")
    text = TOKEN_BEGINS + secrets.token_urlsafe(32)
    token = Token(
        id=new_pseudonym("f"),
        hash=digest(text),
        name=_named(name, what="A name"),
        agency=_named(agency, what="An agency"),
        scopes=tuple(dict.fromkeys(scopes)),
        made_us=now_us,
        until_us=now_us + days * 86_400_000_000,
        revoked_us=None,
    )
    accounts.add_token(token)
    return text, token


def ask_role(  # noqa: PLR0913  one assignment, said in full
    accounts: Accounts,
    user_id: str,
    *,
    role: Role,
    now_us: int,
    rank: str | None = None,
    from_us: int | None = None,
    until_us: int | None = None,
    acting: bool = False,
    entry: int | None = None,
) -> Asked:
    """Ask for a role; the desk enters it within a second, or when it next runs. `entry`: where it is already."""
    asked = Asked(
        id=new_id(lambda: now_us, chance),
        user_id=user_id,
        role=role.value,
        rank=rank,
        from_us=from_us,
        until_us=until_us,
        acting=acting,
        asked_us=now_us,
        entry=entry,
    )
    accounts.ask(asked)
    return asked


def new_pseudonym(kind: str) -> str:
    """What stands in the record in place of a name: `u-` a person, `f-` a device."""
    return f"{kind}-{''.join(secrets.choice(_LETTERS) for _ in range(8))}"


def _named(text: str, *, what: str) -> str:
    if not text or len(text) > MOST_LETTERS or not text.isprintable() or text != text.strip():
        raise InputError(f"{what} has 1 to {MOST_LETTERS} letters that can be seen; this is {text[:MOST_LETTERS]!r}.")
    return text
