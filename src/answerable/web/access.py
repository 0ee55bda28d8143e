"""Who may use a route: said once beside the route, judged here, and nowhere else.

There are four kinds: public, people (by role, or by what a role may do), devices (by a token's scope), and owners (a
requester sees what their own agency asked for). A person has the roles that the record assigns to them now.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from answerable.stores.accounts import Session, Token
from answerable.watch.commands import Command
from answerable.watch.people import Actor, Assignment, Role
from answerable.watch.roles import Sight, may_do, may_see
from answerable.wiring.people import Scope


class Kind(StrEnum):
    """What a route asks of whoever comes."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    ROLES = "roles"
    OWNER = "owner"
    SCOPE = "scope"


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Who may use a route. `roles` of people, `scope` of a device; `owner`: a requester, for what is their agency's."""

    kind: Kind
    roles: frozenset[Role] = frozenset()
    scope: Scope | None = None
    owner: bool = False

    @property
    def sentence(self) -> str:
        """It in words, for the interface's description and the reference."""
        said = list[str]()
        if self.kind is Kind.PUBLIC:
            return "anybody"
        if self.kind is Kind.SIGNED_IN:
            return "whoever is signed in"
        if self.roles:
            said.append(", ".join(sorted(self.roles)))
        if self.owner:
            said.append("requester (their own agency's)")
        if self.scope is not None:
            said.append(f"token with {self.scope.value}")
        return "; ".join(said)


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever comes: a person with their session and the assignments that hold now, a device, or nobody known."""

    id: str | None = None
    name: str = ""
    agency: str | None = None
    session: Session | None = None
    token: Token | None = None
    assignments: tuple[Assignment, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held now."""
        return frozenset(one.role for one in self.assignments)

    @property
    def known(self) -> bool:
        """Whether it is a person whose log-in is complete."""
        return self.session is not None and self.session.stage == "open"


PUBLIC = Access(kind=Kind.PUBLIC)
SIGNED_IN = Access(kind=Kind.SIGNED_IN)

_FIRST = (
    Role.WATCH_COMMANDER, Role.DISPATCHER, Role.CALL_TAKER, Role.POLICY_APPROVER, Role.POLICY_OFFICER,
    Role.RECORDS_OFFICER, Role.AUDITOR, Role.REQUESTER, Role.ADMINISTRATOR, Role.WITNESS,
)  # fmt: skip
"""Of several roles, as which somebody acts."""

_PEOPLE = frozenset(_FIRST)


def public() -> Access:
    """Anybody."""
    return PUBLIC


def signed_in() -> Access:
    """Any person with an account, whatever their role."""
    return SIGNED_IN


def roles(*names: str, owner: bool = False, scope: str | None = None) -> Access:
    """People with one of these roles; `owner`: and requesters, for what is their agency's; `scope`: and devices."""
    held = frozenset(map(Role, names))
    kind = Kind.OWNER if owner else Kind.ROLES
    return Access(kind=kind, roles=held, owner=owner, scope=None if scope is None else Scope(scope))


def may(*commands: type[Command], scope: str | None = None) -> Access:
    """People whose role may give one of these commands (`answerable.watch.roles`), and devices with `scope`."""
    held = [role for role in _PEOPLE if any(may_do(role, command) for command in commands)]
    return roles(*held, scope=scope)


def sees(sight: Sight, *, owner: bool = False, scope: str | None = None) -> Access:
    """People whose role may look at this (`answerable.watch.roles`); else as `roles`."""
    return roles(*(role for role in _PEOPLE if may_see(role, sight)), owner=owner, scope=scope)


def scope(name: str) -> Access:
    """A device whose token has this scope."""
    return Access(kind=Kind.SCOPE, scope=Scope(name))


def allows(access: Access, who: Who) -> bool:
    """Whether `who` may use a route of this access; of an owner, as far as who they are decides it.

    What a requester comes for must be theirs too: `answerable.web.page.check_owner`.
    """
    if access.kind is Kind.PUBLIC:
        return True
    if who.token is not None:
        return access.scope is not None and access.scope.value in who.token.scopes
    if not who.known:
        return False
    if access.kind is Kind.SIGNED_IN:
        return True
    return bool(access.roles & who.roles) or (access.owner and Role.REQUESTER in who.roles)


def acting(who: Who, *, as_one_of: Iterable[Role] | None = None) -> Actor | None:
    """`who` as the desk knows them: in the first of their roles that is asked for. None for nobody known.

    The rank is the desk's own to fill, from the record.
    """
    if who.token is not None:
        return Actor(id=who.token.id, role=Role.FEED, agency=who.token.agency)
    if who.id is None:
        return None
    wanted = who.roles if as_one_of is None else who.roles.intersection(as_one_of)
    for role in _FIRST:
        if role in wanted:
            return Actor(id=who.id, role=role, agency=who.agency)
    return None
