"""The desk's time: it never goes back and never jumps while the desk runs, whatever the machine's clock does."""

from __future__ import annotations

from answerable.record.ports import Clock


class SteadyTime:
    """Microseconds since the epoch: the machine's clock when the desk started, and from then on the steady one.

    `after_us`: the latest time in the record; a clock that was put back while the desk was down does not make it go
    back. `jumped_us` says by how much the machine's clock has left it since the last look.
    """

    def __init__(self, clock: Clock, steady: Clock, *, after_us: int) -> None:
        self._clock, self._steady = clock, steady
        wall_us = clock()
        self.set_back_us = max(0, after_us - wall_us)
        """By how much the machine's clock was behind the record when the desk started."""
        self._began_us, self._began_steady_us = max(wall_us, after_us), steady()
        self._ahead_us = wall_us - self._began_us

    def __call__(self) -> int:
        """Microseconds since the epoch, never less than before."""
        return self._began_us + self._steady() - self._began_steady_us

    def jumped_us(self, *, least_us: int) -> int | None:
        """How far the machine's clock jumped since the last look, where that is more than `least_us`."""
        ahead_us = self._clock() - self()
        jumped = ahead_us - self._ahead_us
        if abs(jumped) <= least_us:
            return None
        self._ahead_us = ahead_us
        return jumped
