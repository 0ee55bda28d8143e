"""A call as it was asked, before anybody did anything about it, and what is to become of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from answerable.demo.limits import tightest_s


class Fate(Enum):
    """What becomes of a call. `NOTHING` belongs to the three calls the story is about."""

    UNIT = auto()
    CANCELLED = auto()
    CANCELLED_UNDERWAY = auto()
    PHONE = auto()
    CALLED_BACK = auto()
    DUPLICATE = auto()
    ON_VIEW = auto()
    SCHEDULED = auto()
    NOTE = auto()
    TEST = auto()
    REQUEST = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the call-taker wrote down. Times in seconds of the story; None is a field left empty.

    `key` tells calls apart until they have numbers; `taking_s` is how long writing it down took, `minutes` how long
    such a call usually keeps a unit; `same_as` is the key of the call that a duplicate repeats (None
    for a duplicate whose other call nobody noted).
    """

    key: int
    received_s: int
    fate: Fate
    source: str
    code: str
    text: str
    priority: int | None
    priority_final: int | None
    requester: str
    place: str
    life_safety: bool | None
    officer_assaulted: bool | None
    safe_exit_needed: bool | None
    district: str
    beat: str
    block: str
    taking_s: int = 40
    minutes: int = 0
    asks_for: str = ""
    abandoned: bool = False
    same_as: int | None = None

    @property
    def entered_s(self) -> int:
        """When the call-taker had written it down."""
        return self.received_s + self.taking_s

    @property
    def urgent(self) -> bool:
        """Whether the call-taker knew of life at risk, an assaulted officer, or officers who cannot leave."""
        return bool(self.life_safety or self.officer_assaulted or self.safe_exit_needed)

    @property
    def may_be_urgent(self) -> bool:
        """As `urgent`, or nobody noted it."""
        return self.urgent or None in (self.life_safety, self.officer_assaulted, self.safe_exit_needed)

    @property
    def tightest_s(self) -> int:
        """The shortest time to dispatch under every reading of what was and was not written down."""
        return tightest_s((self.priority, self.priority_final), may_be_urgent=self.may_be_urgent)


def stream(seed: int, name: str) -> Random:
    """An own stream of random numbers for one part of the story, so that the parts do not disturb each other."""
    return Random(f"{seed} {name}")  # noqa: S311  a story, not a secret
