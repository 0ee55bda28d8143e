"""`answerable user`, `token` and `role`: who may come to the desk, at the console of the machine that it runs on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.options import Decorator, examples, json_option
from answerable.errors import InputError
from answerable.model.times import parse_instant

if TYPE_CHECKING:
    from answerable.stores.accounts import Accounts, User

desk_argument: Decorator = click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
"""The folder of a desk, made by `answerable serve`."""

url_option: Decorator = click.option(
    "--url", default="http://127.0.0.1:8040", show_default=True, envvar="ANSWERABLE_URL", metavar="URL",
    help="How browsers reach the desk: it stands in the link.",
)  # fmt: skip
agency_option: Decorator = click.option("--agency", required=True, metavar="NAME", help="Whom they belong to.")


@click.group("user")
def user_group() -> None:
    """People who log in. Their names stay in DIR; the record has a pseudonym."""


@user_group.command("add", epilog=examples('answerable user add desk ada --agency "Alder City Police"'))
@desk_argument
@click.argument("name", metavar="NAME")
@agency_option
@click.option("--no-second-factor", is_flag=True, help="Without one-time codes: for a machine in a locked room only.")
@url_option
@json_option
def add_command(folder: Path, name: str, agency: str, no_second_factor: bool, url: str, as_json: bool) -> None:
    """Let somebody in: prints a one-time link by which they choose a password. They have no role yet."""
    from answerable.cli import serve_pages  # noqa: PLC0415
    from answerable.wiring import people  # noqa: PLC0415

    asked = people.NewUser(name=name, agency=agency, second_factor=not no_second_factor)
    with _accounts(folder) as accounts:
        user, secret = people.add_user(accounts, asked, now_us=_now_us())
    serve_pages.show_invited(user, secret=secret, url=url, hours=people.INVITED_S // 3_600, as_json=as_json)


@user_group.command("list", epilog=examples("answerable user list desk"))
@desk_argument
@json_option
def list_command(folder: Path, as_json: bool) -> None:
    """Name every user, and how far each has come."""
    from answerable.cli import serve_pages  # noqa: PLC0415

    with _accounts(folder) as accounts:
        serve_pages.show_users(accounts.users(), accounts.asked(waiting=True), as_json=as_json)


@user_group.command("lock", epilog=examples("answerable user lock desk ada"))
@desk_argument
@click.argument("name", metavar="NAME")
@json_option
def lock_command(folder: Path, name: str, as_json: bool) -> None:
    """Lock somebody out at once, with every session. Their roles stay in the record; end those on the page People."""
    _set_locked(folder, name, locked=True, as_json=as_json)


@user_group.command("unlock", epilog=examples("answerable user unlock desk ada"))
@desk_argument
@click.argument("name", metavar="NAME")
@json_option
def unlock_command(folder: Path, name: str, as_json: bool) -> None:
    """Let somebody in again."""
    _set_locked(folder, name, locked=False, as_json=as_json)


@user_group.command("reset", epilog=examples("answerable user reset desk ada"))
@desk_argument
@click.argument("name", metavar="NAME")
@url_option
@json_option
def reset_command(folder: Path, name: str, url: str, as_json: bool) -> None:
    """Print a new one-time link; the old password, second factor and sessions are gone."""
    from answerable.cli import serve_pages  # noqa: PLC0415
    from answerable.wiring import people  # noqa: PLC0415

    with _accounts(folder) as accounts:
        user = _named(accounts, name)
        secret = people.invite(accounts, user, now_us=_now_us())
    serve_pages.show_invited(user, secret=secret, url=url, hours=people.INVITED_S // 3_600, as_json=as_json)


@click.group("token")
def token_group() -> None:
    """Keys of devices: a dispatch system sends calls with one. Each opens some of the interface, until a day."""


@token_group.command(
    "new", epilog=examples('answerable token new desk cad --agency "Alder City Police" --scope calls:write --days 90')
)
@desk_argument
@click.argument("name", metavar="NAME")
@agency_option
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="SCOPE",
    help="What it opens: calls:write, facts:write, units:write, requests:write, feed:write, metrics:read. Repeatable.",
)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3_660), metavar="N", help="For how long.")
@json_option
def new_command(folder: Path, name: str, agency: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Make a token for a device, and print it: it is shown only now."""
    from answerable.cli import serve_pages  # noqa: PLC0415
    from answerable.wiring import people  # noqa: PLC0415

    with _accounts(folder) as accounts:
        text, token = people.new_token(accounts, name=name, agency=agency, scopes=scopes, days=days, now_us=_now_us())
    serve_pages.show_token(text, token, as_json=as_json)


@token_group.command("list", epilog=examples("answerable token list desk"))
@desk_argument
@json_option
def tokens_command(folder: Path, as_json: bool) -> None:
    """Name every token, what it opens, and until when."""
    from answerable.cli import serve_pages  # noqa: PLC0415

    with _accounts(folder) as accounts:
        serve_pages.show_tokens(accounts.tokens(), now_us=_now_us(), as_json=as_json)


@token_group.command("revoke", epilog=examples("answerable token revoke desk f-2c41k9qd"))
@desk_argument
@click.argument("token_id", metavar="ID")
@json_option
def revoke_command(folder: Path, token_id: str, as_json: bool) -> None:
    """Take a token back."""
    from answerable.cli import serve_pages  # noqa: PLC0415

    with _accounts(folder) as accounts:
        if not accounts.revoke(token_id, at_us=_now_us()):
            raise InputError(f"There is no token {token_id!r}, or it was taken back before.")
    serve_pages.show_revoked(token_id, as_json=as_json)


@click.group("role")
def role_group() -> None:
    """Roles and ranks. Each is a dated entry of the record: no decision holds without one."""


@role_group.command(
    "assign",
    epilog=examples("answerable role assign desk ada watch-commander --rank captain --until 2018-07-01T00:00:00Z"),
)
@desk_argument
@click.argument("name", metavar="NAME")
@click.argument("role", metavar="ROLE")
@click.option("--rank", metavar="RANK", help="As the response policy names ranks.")
@click.option("--from", "begins", metavar="TIME", help="From when, with offset. Without it: from now.")
@click.option("--until", "ends", metavar="TIME", help="Until when, with offset. Without it: until it is ended.")
@click.option("--acting", is_flag=True, help="In somebody's place.")
@json_option
def assign_command(
    folder: Path,
    name: str,
    role: str,
    rank: str | None,
    begins: str | None,
    ends: str | None,
    acting: bool,
    as_json: bool,
) -> None:
    """Give somebody a role; the desk enters it, by whoever is at the console."""
    from answerable.cli import serve_pages  # noqa: PLC0415
    from answerable.wiring import people  # noqa: PLC0415

    from_us, until_us = _instant(begins, option="--from"), _instant(ends, option="--until")
    with _accounts(folder) as accounts:
        asked = people.ask_role(
            accounts, _named(accounts, name).id, role=people.role_named(role), rank=rank, from_us=from_us,
            until_us=until_us, acting=acting, now_us=_now_us(),
        )  # fmt: skip
    serve_pages.show_asked(asked, name=name, as_json=as_json)


@role_group.command("list", epilog=examples("answerable role list desk"))
@desk_argument
@json_option
def roles_command(folder: Path, as_json: bool) -> None:
    """List the roles given at the console, with their entries in the record."""
    from answerable.cli import serve_pages  # noqa: PLC0415

    with _accounts(folder) as accounts:
        names = {user.id: user.name for user in accounts.users()}
        serve_pages.show_roles(accounts.asked(), names, as_json=as_json)


def _set_locked(folder: Path, name: str, *, locked: bool, as_json: bool) -> None:
    from answerable.cli import serve_pages  # noqa: PLC0415
    from answerable.wiring import people  # noqa: PLC0415

    with _accounts(folder) as accounts:
        user = _named(accounts, name)
        people.set_locked(accounts, user, locked=locked, now_us=_now_us())
    serve_pages.show_locked(user, locked=locked, as_json=as_json)


@contextmanager
def _accounts(folder: Path) -> Iterator[Accounts]:
    from answerable.stores.accounts import ACCOUNTS, Accounts  # noqa: PLC0415

    if not (folder / ACCOUNTS).is_file():
        raise InputError(f"{folder} holds no desk: there is no {ACCOUNTS}.", hint="`answerable serve` makes one.")
    accounts = Accounts(folder)
    try:
        yield accounts
    finally:
        accounts.close()


def _named(accounts: Accounts, name: str) -> User:
    user = accounts.user_named(name)
    if user is None:
        raise InputError(f"There is no user {name!r}.", hint="`answerable user list` names them all.")
    return user


def _instant(text: str | None, *, option: str) -> int | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as fault:
        raise click.BadParameter(f"{fault}; write it with its offset", param_hint=f"'{option}'") from fault


def _now_us() -> int:
    from answerable.wiring.recording import now_us  # noqa: PLC0415

    return now_us()
