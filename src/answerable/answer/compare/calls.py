"""The calls that a comparison is made of, and the sets of comparable ones."""

from __future__ import annotations

import msgspec

FEWEST_COMPARATORS = 5
"""With fewer comparable calls than this the window is widened."""

FEWEST_INCIDENTS = 6
"""Below so many incidents nothing is said in statistics."""

HOUR_US = 3_600_000_000
WINDOWS_US = (2 * HOUR_US, 4 * HOUR_US)
"""How far in time a comparable call may be from the claimed one, on the same day: first, and widened."""

SAME_INCIDENT_US = HOUR_US // 2
"""Calls of one type group in one beat within this time are about one incident, where the record links none."""


class ComparedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call, claimed or comparable.

    `incident`: what the record says it is about (a report number, the call it was merged into, else itself); `day`: the
    local date; `wait_s`: seconds to the first dispatch, None where nobody was sent or that is unknown; `never`: known
    that nobody was sent; `ended_s`: seconds to the end of the call, or of the record, where nobody was sent; `late`:
    late or unheard under the policy then in force, None where undetermined; `untouched_s`: seconds of a step that no
    policy of response could touch; `traits`: numbers for the balance table.
    """

    key: str
    incident: str
    received_us: int
    day: str
    priority: str = ""
    type_group: str = ""
    district: str = ""
    beat: str = ""
    wait_s: float | None = None
    never: bool = False
    ended_s: float | None = None
    late: bool | None = None
    untouched_s: float | None = None
    traits: dict[str, float] = {}

    @property
    def cell(self) -> tuple[str, str, str, str]:
        """What comparable calls share besides the hour."""
        return (self.day, self.priority, self.type_group, self.district)

    @property
    def time_known(self) -> bool:
        """Whether the record says when somebody was sent, or that nobody was."""
        return self.wait_s is not None or (self.never and self.ended_s is not None)


class Stratum(msgspec.Struct, frozen=True, kw_only=True):
    """Claimed calls and those comparable with them, under the same load. `widened`: the window was 4 h, not 2 h;
    `neighbours`: calls of neighbouring districts had to be taken in."""

    claimed: tuple[ComparedCall, ...]
    others: tuple[ComparedCall, ...]
    widened: bool = False
    neighbours: bool = False


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """The strata of a comparison. `unmatched`: claimed calls with nothing comparable at all; `repeated`: claimed calls
    about an incident that an earlier one is about; `thin`: strata that stayed below FEWEST_COMPARATORS."""

    strata: tuple[Stratum, ...]
    unmatched: tuple[ComparedCall, ...] = ()
    repeated: int = 0
    thin: int = 0

    @property
    def incidents(self) -> int:
        """How many incidents of the claimant are compared."""
        return sum(len(one.claimed) for one in self.strata)

    @property
    def comparators(self) -> int:
        """How many calls they are compared with; each counts once."""
        return sum(len(one.others) for one in self.strata)
