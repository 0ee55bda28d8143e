"""The second path of an alarm: other systems are told by a signed message that something rings, never what is in it.

A message that nobody takes is sent again, six times within half an hour; each try is written down. What still waits
when the desk is ended is lost: the alarm itself rings on, on the boards and in the record.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from answerable.model.times import iso
from answerable.stores.accounts import Accounts, Delivery
from answerable.stores.web import check_address
from answerable.stores.webhook import deliver
from answerable.watch.views import Change
from answerable.wiring.desk import Desk

TOLD = frozenset({"alarm.raised", "alarm.escalated"})
AGAIN_S = (0, 2, 10, 60, 300, 1_200)
"""How long to wait before each try."""

MOST_WAITING = 10_000
_encode = msgspec.json.Encoder().encode


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is told: that an alarm was raised or escalated, of which kind, about which call, and where to look."""

    type: str
    timestamp: str
    data: dict[str, str | int | None]


class AlarmCalls:
    """Tells `addresses` of every alarm. `now_us` is the machine's clock, `steady_s` one that nobody sets."""

    def __init__(
        self,
        accounts: Accounts,
        addresses: Sequence[str],
        *,
        key: bytes,
        url: str,
        now_us: Callable[[], int],
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts, self._key, self._url = accounts, key, url
        self._addresses = [check_address(address) for address in addresses]
        self._now_us, self._steady_s = now_us, steady_s
        self._waiting: list[tuple[float, int, str, str, bytes, int]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._ending = False

    def hear(self, changes: Sequence[Change]) -> None:
        """In the desk's thread: what rings is put aside for the thread that tells."""
        for change in changes:
            if change.event in TOLD:
                self._put(change)

    def _put(self, change: Change) -> None:
        data: dict[str, str | int | None] = {
            "index": change.index,
            "kind": change.alarm,
            "about": change.about,
            "page": f"{self._url}/c/{change.about}" if change.about else f"{self._url}/board",
        }
        body = _encode(Message(type=change.event, timestamp=iso(self._now_us()), data=data))
        with self._changed:
            number = next(self._numbers)
            id_ = f"alarm-{change.index}-{number}"
            for address in self._addresses[: MOST_WAITING - len(self._waiting)]:
                heapq.heappush(self._waiting, (self._steady_s(), number, address, id_, body, 0))
            self._changed.notify()

    def run(self) -> None:
        """Tell, and tell again, until `end`."""
        while (due := self._next()) is not None:
            self._tell(*due)

    def _next(self) -> tuple[int, str, str, bytes, int] | None:
        with self._changed:
            while not self._ending:
                wait_s = self._waiting[0][0] - self._steady_s() if self._waiting else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._waiting)[1:]
                self._changed.wait(wait_s)
            return None

    def _tell(self, number: int, address: str, id_: str, body: bytes, tried: int) -> None:
        at_us = self._now_us()
        status = deliver(address, body, id=id_, at_s=at_us // 1_000_000, key=self._key)
        self._accounts.delivered(Delivery(at_us=at_us, address=address, message=id_, tried=tried + 1, status=status))
        if not 200 <= status < 300 and tried + 1 < len(AGAIN_S):
            with self._changed:
                due_s = self._steady_s() + AGAIN_S[tried + 1]
                heapq.heappush(self._waiting, (due_s, number, address, id_, body, tried + 1))

    def end(self) -> None:
        """Stop telling."""
        with self._changed:
            self._ending = True
            self._changed.notify()


@contextmanager
def calling(desk: Desk, calls: AlarmCalls) -> Iterator[None]:
    """Tell of the desk's alarms, in a thread of their own, until the block ends."""
    thread = threading.Thread(target=calls.run, name="alarm-calls", daemon=True)
    unsubscribe = desk.subscribe(calls.hear)
    thread.start()
    try:
        yield
    finally:
        unsubscribe()
        calls.end()
        thread.join()
