"""When something that is done each minute is due, by a clock that only goes forward: the one on the wall may be set."""

from __future__ import annotations

from answerable.model.times import SECOND_US

MINUTE_US = 60 * SECOND_US
AGAIN_US = 5 * SECOND_US
"""After a failure: soon, and without hammering on a full disk or a witness in trouble."""


class Rhythm:
    """Due at first, a minute after it was done, and a little after it failed."""

    def __init__(self) -> None:
        self._next_us = self._not_before_us = 0

    def due(self, now_us: int, *, moved: bool = False) -> bool:
        """Whether it is time; where there is something new (`moved`) it is, unless it has just failed."""
        return now_us >= self._not_before_us and (moved or now_us >= self._next_us)

    def done(self, now_us: int) -> None:
        """It was done."""
        self._next_us, self._not_before_us = now_us + MINUTE_US, now_us

    def failed(self, now_us: int) -> None:
        """It was tried, and will be again."""
        self._next_us = self._not_before_us = now_us + AGAIN_US
