"""The people of a rehearsed desk: accounts with one printed password, so that a visitor is in with one log-in."""

from __future__ import annotations

import secrets

import msgspec

from answerable.stores.accounts import User
from answerable.watch import commands as do
from answerable.watch.people import Role
from answerable.web.housekeeping import CONSOLE
from answerable.web.site import Site
from answerable.wiring.people import ask_role

NOTICE = "A rehearsal: the city, its calls and its people are made up, and time runs fast. Nobody answers here."

CAST = (
    ("taker", "u-taker", "Alder City Police", (Role.CALL_TAKER,)),
    ("dispatcher", "u-dispatch", "Alder City Police", (Role.DISPATCHER,)),
    ("watch", "u-watch", "Alder City Police", ()),
    ("deputy", "u-deputy", "Alder City Police", ()),
    ("chief", "u-chief", "Alder City Police", ()),
    ("federal", "a-federal", "federal agency", (Role.REQUESTER,)),
    ("officer", "u-officer", "Alder City Police", (Role.POLICY_OFFICER,)),
    ("approver", "u-approver", "Alder City", (Role.POLICY_APPROVER,)),
    ("auditor", "u-auditor", "Independent Review", (Role.AUDITOR,)),
    ("records", "u-records", "Alder City", (Role.RECORDS_OFFICER,)),
    ("admin", "u-admin", "Alder City", (Role.ADMINISTRATOR,)),
)
"""Log-in name, pseudonym, agency, and the roles that the story itself does not give."""


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Who can log in at a rehearsal, all with one password, which is new at each start."""

    password: str
    names: tuple[str, ...]


def let_cast_in(site: Site) -> Cast:
    """Everybody of the story may log in, without a second factor; those whom the story gives no role get one."""
    password = f"alder-{secrets.token_urlsafe(9)}"
    kept = site.passwords.hash(password)
    for name, id_, agency, roles in CAST:
        if site.accounts.user(id_) is None:
            site.accounts.add_user(
                User(
                    id=id_, name=name, agency=agency, password=None, totp_secret=None, totp_used=0,
                    second_factor=False, locked=False, made_us=site.clock(),
                )
            )  # fmt: skip
        site.accounts.set_password(id_, kept)
        held = {one.role for one in site.desk.held_by(id_, at_us=site.now_us())}
        for role in roles:
            if role not in held:
                command = do.Assign(id=site.desk.core.new_id(), person=id_, role=role)
                done = site.desk.do(command, by=CONSOLE).result()
                ask_role(site.accounts, id_, role=role, now_us=site.now_us(), entry=done.index)
    return Cast(password=password, names=tuple(name for name, *_ in CAST))
