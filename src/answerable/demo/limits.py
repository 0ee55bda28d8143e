"""How long a call may wait: the dispatch clocks of Alder City's policy, as the story needs them to be told.

The policy file decides; this is the storyteller's own copy, kept so that a call meant to be cancelled in time is
cancelled in time. A test holds it against the policy for every priority.
"""

from __future__ import annotations

MINUTE_S = 60
ANY_S = 240 * MINUTE_S
LIFE_SAFETY_S = 5 * MINUTE_S
LIFE_SAFETY_ARRIVAL_S = 15 * MINUTE_S

_BY_PRIORITY_S = {0: 5, 1: 5, 2: 15, 3: 60, 4: 60, 5: 60}


def dispatch_within_s(priority: int | None, *, urgent: bool) -> int:
    """Seconds to dispatch; `urgent`: life safety, an officer assaulted, or no safe exit.

    Without a priority the last clock runs, which runs for every call.
    """
    if urgent:
        return LIFE_SAFETY_S
    return ANY_S if priority is None else _BY_PRIORITY_S.get(priority, ANY_S // MINUTE_S) * MINUTE_S


def tightest_s(priorities: tuple[int | None, ...], *, may_be_urgent: bool) -> int:
    """The limit that holds however the record is read: an unrecorded priority may be the most urgent."""
    return min(dispatch_within_s(0 if one is None else one, urgent=may_be_urgent) for one in priorities)
