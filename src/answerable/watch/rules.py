"""The figures of a desk: how early it rings, how it climbs, what a gap is. What is owed comes from the policy."""

from __future__ import annotations

import msgspec


class DeskRules(msgspec.Struct, frozen=True, kw_only=True):
    """Durations in seconds.

    A clock rings a quarter of its limit before it is due, at least `least_lead_s` and at most `most_lead_s`. An alarm
    that nobody acknowledges climbs one rung each `climb_s`. A feed that was not heard for `gap_after` times its usual
    distance has a gap. `written_response_s`: an oral request is answered in writing within thirty days (ORS 402.215
    (3)); None where no such law applies.
    """

    least_lead_s: int = 30
    most_lead_s: int = 600
    climb_s: int = 60
    heartbeat_s: int = 60
    gap_after: int = 3
    closed_shown_s: int = 86_400
    clock_jump_s: int = 1
    written_response_s: int | None = 30 * 86_400
    written_response_lead_s: int = 3 * 86_400

    def lead_s(self, within_s: int) -> int:
        """How long before the deadline a clock of `within_s` rings; never longer than the limit itself."""
        return min(within_s, max(self.least_lead_s, min(self.most_lead_s, within_s // 4)))
