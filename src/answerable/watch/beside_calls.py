"""What a desk knows beside its calls: feeds, versions of the policy, allegations, and what it left behind itself."""

from __future__ import annotations

import msgspec

from answerable.policy import Policy
from answerable.watch.people import Actor


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as it was last heard. `gap_from_us`: since when it is silent, where it is."""

    name: str
    heard_us: int
    every_s: int
    up_to_us: int | None = None
    gap_from_us: int | None = None
    shows_dispatch: bool = True


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a policy in the record. `state`: draft, filed, approved or refused."""

    id: str
    text: str
    policy: Policy
    state: str
    by: Actor
    at_us: int
    approved_by: Actor | None = None
    approved_us: int | None = None


class Allegation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody says that calls were ignored."""

    id: str
    kind: str
    by: str | None
    text: str | None
    calls: tuple[str, ...]
    opened_us: int
    opened_by: Actor


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What the desk itself left behind."""

    heartbeat_us: int | None = None
    started_us: int | None = None
    last_us: int = 0
    in_force: str | None = None
    index: int = -1
