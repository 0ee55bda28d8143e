"""How often one address may try: a bucket each that fills with time, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

from answerable.errors import OverloadedError
from answerable.web.routes import Limit

MOST_UNDER_WAY = 512
"""Calls that are being recorded at once: at 2,000 a second the last of them waits a quarter of a second."""

MOST_ADDRESSES = 20_000

RATES: Mapping[Limit, tuple[int, float]] = {
    Limit.LOG_IN: (20, 20 / 60),
    Limit.PUBLIC_FORM: (10, 10 / 60),
    Limit.LOOK_UP: (30, 30 / 60),
}
"""Tries at once, and tries a second after that."""


class Turnstile:
    """How many may be under way at once. Over that: come again, rather than wait longer and longer."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.under_way = 0

    def __enter__(self) -> None:
        if self.under_way >= self._most:
            raise OverloadedError
        self.under_way += 1

    def __exit__(self, *_: object) -> None:
        self.under_way -= 1


class Limits:
    """The buckets. `steady_s` is a clock that nobody sets."""

    def __init__(self, steady_s: Callable[[], float]) -> None:
        self._steady_s = steady_s
        self._left: OrderedDict[tuple[Limit, str], tuple[float, float]] = OrderedDict()

    def wait_s(self, limit: Limit, address: str) -> int:
        """0 where `address` may go on, and its try is counted; else the seconds to wait, at least 1."""
        if limit is Limit.NONE:
            return 0
        most, per_s = RATES[limit]
        now = self._steady_s()
        left, at = self._left.pop((limit, address), (float(most), now))
        left = min(most, left + (now - at) * per_s)
        allowed = left >= 1
        self._left[limit, address] = (left - 1 if allowed else left, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0 if allowed else int((1 - left) / per_s) + 1
