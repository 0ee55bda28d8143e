"""What every handler works with: the desk, the accounts, the settings of the door, and its clock and chance."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import msgspec

from answerable.record.ports import Clock
from answerable.stores.accounts import Accounts, Token, digest
from answerable.stores.chance import SystemChance
from answerable.web.events import Hub
from answerable.web.limits import MOST_UNDER_WAY, Limits, Turnstile
from answerable.web.log_ins import LogIns
from answerable.web.looks import Looks
from answerable.web.passwords import Passwords
from answerable.wiring.desk import Desk
from answerable.wiring.recording import now_us


class DoorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the door is reached: `url` stands in receipts and QR codes; `hosts` are the names it answers to."""

    url: str = "https://desk.test"
    hosts: frozenset[str] = frozenset({"desk.test"})
    zone: str = "UTC"
    embargo_s: int = 72 * 3_600
    """How old an entry must be before the public can read it; its hash is public at once."""
    demo: str = ""
    """In a demonstration: the sentence that every page shows, so that nobody takes it for a real desk."""

    @property
    def https(self) -> bool:
        """Whether browsers come over TLS."""
        return self.url.startswith("https:")


class TokenBook:
    """Tokens by their hash, in memory; read again when another process has changed the accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._version = -1
        self._by_hash = dict[bytes, Token]()
        self.refresh()

    def refresh(self) -> None:
        """Read the tokens again where something was written; cheap where nothing was."""
        version = self._accounts.version()
        if version != self._version:
            self._by_hash = {one.hash: one for one in self._accounts.tokens()}
            self._version = version

    def find(self, text: str, *, now_us: int) -> Token | None:
        """The token that `text` is, unless it has run out or was taken back."""
        found = self._by_hash.get(digest(text))
        if found is None or found.revoked_us is not None or found.until_us <= now_us:
            return None
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One desk behind one door."""

    desk: Desk
    accounts: Accounts
    settings: DoorSettings
    tokens: TokenBook
    hub: Hub
    limits: Limits = field(default_factory=lambda: Limits(time.monotonic))
    turnstile: Turnstile = field(default_factory=lambda: Turnstile(MOST_UNDER_WAY))
    passwords: Passwords = field(default_factory=Passwords)
    clock: Clock = now_us
    """The machine's clock, by which log-ins and tokens run out; a rehearsed desk has another."""
    chance: SystemChance = field(default_factory=SystemChance)
    looks: Looks = field(init=False)
    log_ins: LogIns = field(init=False)
    enrolling: dict[bytes, str] = field(default_factory=dict)
    """Secrets of second factors that are being set up, by session; kept only once a code shows that they work."""

    def __post_init__(self) -> None:
        """Keep looks and log-ins with the accounts."""
        object.__setattr__(self, "looks", Looks(self.accounts))
        object.__setattr__(self, "log_ins", LogIns(self.accounts))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which pages say times."""
        return ZoneInfo(self.settings.zone)

    def now_us(self) -> int:
        """The desk's clock, by which roles hold and entries are old enough."""
        return self.desk.now_us()
