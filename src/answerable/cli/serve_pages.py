"""What the desk says when it begins to answer, and what is said of people and tokens."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.cli.json_text import print_json, print_json_line
from answerable.cli.printing import Column, Page
from answerable.cli.text import counted
from answerable.model.times import iso

if TYPE_CHECKING:
    from answerable.stores.accounts import Asked, Token, User
    from answerable.web.serving import Opened

NO_PLACE = "–"


def show_opened(opened: Opened, *, folder: Path, as_json: bool) -> None:
    """Where the desk answers, and how the first administrator comes in."""
    if as_json:
        print_json_line(opened)
        return
    page = Page()
    page.say(f"The desk answers at {opened.url}; Ctrl-C ends it.", style="green")
    page.pairs([("Log", f"{opened.origin}, {counted(opened.entries, 'entry', 'entries')}"), ("Folder", str(folder))])
    if opened.begun.refused is not None:
        page.say(f"Every entry was replayed. The state kept from before was not used: {opened.begun.refused}.")
    if opened.link is not None:
        page.say("The first administrator chooses a password here; the link works once, within 24 hours:")
        page.verbatim(opened.link, indent=2)
    if opened.cast is not None:
        page.say("A rehearsal: nothing of it is real. Log in as one of these, all with one password:")
        page.pairs([("Names", ", ".join(opened.cast.names)), ("Password", opened.cast.password)], indent=2)
        return
    page.command(
        "A person more", shlex.join(["answerable", "user", "add", str(folder), "ada", "--agency", "Alder City"])
    )


def show_invited(user: User, *, secret: str, url: str, hours: int, as_json: bool) -> None:
    """A user's one-time link."""
    link = f"{url.rstrip('/')}/invitation/{secret}"
    if as_json:
        print_json({"id": user.id, "name": user.name, "agency": user.agency, "link": link})
        return
    page = Page()
    page.say(f"{user.name} is {user.id} in the record. This link works once, within {hours} hours:")
    page.verbatim(link, indent=2)


def show_users(users: Sequence[User], asked: Sequence[Asked], *, as_json: bool) -> None:
    """Every user, with the roles asked for at the console."""
    if as_json:
        print_json([_plain(user) for user in users])
        return
    page = Page()
    if not users:
        page.say("No user yet. `answerable user add` makes one.")
        return
    columns = (Column("Name"), Column("In the record"), Column("Agency"), Column("State"))
    page.table(columns, [(one.name, one.id, one.agency, _state(one)) for one in users])
    if waiting := sum(one.entry is None for one in asked):
        page.say(
            f"{counted(waiting, 'role waits', 'roles wait')} for the desk to enter: it does within a second of running."
        )


def show_locked(user: User, *, locked: bool, as_json: bool) -> None:
    """That somebody is locked out, or let in again."""
    if as_json:
        print_json({"id": user.id, "name": user.name, "locked": locked})
        return
    Page().say(f"{user.name} is {'locked out, with every session' if locked else 'let in again'}.")


def show_token(text: str, token: Token, *, as_json: bool) -> None:
    """A token, once."""
    if as_json:
        print_json({"id": token.id, "token": text, "scopes": token.scopes, "until": iso(token.until_us)})
        return
    page = Page()
    page.say(f"The token of {token.name}, which is {token.id} in the record, until {iso(token.until_us)}:")
    page.verbatim(text, indent=2)
    page.say("It is shown only now. Send it as: Authorization: Bearer …")


def show_tokens(tokens: Sequence[Token], *, now_us: int, as_json: bool) -> None:
    """Every token, without its text."""
    if as_json:
        print_json([{**_token(one), "state": _token_state(one, now_us=now_us)} for one in tokens])
        return
    page = Page()
    if not tokens:
        page.say("No token yet. `answerable token new` makes one.")
        return
    columns = (Column("Name"), Column("In the record"), Column("May"), Column("State"))
    rows = [(one.name, one.id, ", ".join(one.scopes), _token_state(one, now_us=now_us)) for one in tokens]
    page.table(columns, rows)


def show_revoked(token_id: str, *, as_json: bool) -> None:
    """That a token was taken back."""
    if as_json:
        print_json({"id": token_id, "revoked": True})
        return
    Page().say(f"{token_id} is taken back: a running desk refuses it within a second.")


def show_asked(asked: Asked, *, name: str, as_json: bool) -> None:
    """A role that was asked for."""
    if as_json:
        print_json(asked)
        return
    Page().say(
        f"{name} is to be {asked.role}{f', {asked.rank}' if asked.rank else ''} from {_begins(asked)}. "
        "The running desk enters it within a second, or the next one does when it starts."
    )


def show_roles(asked: Sequence[Asked], names: dict[str, str], *, as_json: bool) -> None:
    """Roles asked for at the console, and where they stand in the record."""
    if as_json:
        print_json([{"name": names.get(one.user_id), "assignment": one} for one in asked])
        return
    page = Page()
    if not asked:
        page.say("No role was assigned at the console. Those assigned on the page People are entries of the record.")
        return
    columns = (
        Column("Name"),
        Column("Role"),
        Column("Rank"),
        Column("From"),
        Column("Until"),
        Column("Entry", figures=True),
    )
    page.table(columns, [_role_row(one, names) for one in asked])


def _begins(one: Asked) -> str:
    return "its entry on" if one.from_us is None else iso(one.from_us)


def _role_row(one: Asked, names: dict[str, str]) -> tuple[str, ...]:
    return (
        names.get(one.user_id, one.user_id),
        f"{one.role} (acting)" if one.acting else one.role,
        one.rank or NO_PLACE,
        _begins(one),
        iso(one.until_us) if one.until_us else NO_PLACE,
        "waits" if one.entry is None else str(one.entry),
    )


def _state(user: User) -> str:
    if user.locked:
        return "locked out"
    if user.password is None:
        return "has not chosen a password"
    if not user.second_factor:
        return "no second factor needed"
    return "second factor set up" if user.totp_secret else "second factor to be set up"


def _plain(user: User) -> dict[str, object]:
    return {"id": user.id, "name": user.name, "agency": user.agency, "state": _state(user), "locked": user.locked}


def _token(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "agency": token.agency,
        "scopes": token.scopes,
        "until": iso(token.until_us),
    }


def _token_state(token: Token, *, now_us: int) -> str:
    if token.revoked_us is not None:
        return f"taken back {iso(token.revoked_us)}"
    return f"{'ran out' if token.until_us <= now_us else 'until'} {iso(token.until_us)}"
