"""The second path of an alarm: a signed message to another system, or an e-mail, says what kind of alarm rings and for
whom, never what it is about.

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

from answerable.config import Smtp
from answerable.errors import SettingsError
from answerable.model.times import iso
from answerable.stores.accounts import Accounts, Delivery
from answerable.stores.mail import MAILTO, mail_address, read_password, send_mail
from answerable.stores.web import check_address
from answerable.stores.webhook import deliver
from answerable.watch.alarms import AlarmKind
from answerable.watch.events import EventName
from answerable.watch.views import Change
from answerable.watch.words import ALARMS, rung_called, rung_words
from answerable.wiring.desk import Desk

ESCALATED = EventName.ALARM_ESCALATED.value
TOLD = frozenset({EventName.ALARM_RAISED.value, ESCALATED})
AGAIN_S = (0, 2, 10, 60, 300, 1_200)
"""How long to wait before each try."""

MOST_WAITING = 10_000
UNKNOWN = "An alarm rings"
_encode = msgspec.json.Encoder().encode


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is told: that an alarm was raised or escalated, of which kind, whom it calls, about which call, and where to
    look. `says` is all of it in words."""

    type: str
    timestamp: str
    data: dict[str, str | int | None]


class AlarmCalls:
    """Tells `addresses` (https://…, mailto:…) of every alarm, once a stage: when it is raised, and with every rung.

    `now_us` is the machine's clock, `steady_s` one that nobody sets; `smtp` is needed for mail. Raises InputError and
    SettingsError for an address that cannot be told.
    """

    def __init__(
        self,
        accounts: Accounts,
        addresses: Sequence[str],
        *,
        key: bytes,
        url: str,
        now_us: Callable[[], int],
        smtp: Smtp | None = None,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts, self._key, self._url, self._smtp = accounts, key, url, smtp
        self._addresses = [self._checked(address) for address in addresses]
        mailed = any(one.startswith(MAILTO) for one in self._addresses)
        self._password = read_password(smtp) if smtp is not None and mailed else ""
        self._now_us, self._steady_s = now_us, steady_s
        self._waiting: list[tuple[float, int, str, str, bytes, int]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._ending = False

    def _checked(self, address: str) -> str:
        if not address.startswith(MAILTO):
            return check_address(address)
        mail_address(address)
        if self._smtp is None:
            raise SettingsError(
                f"--alarm-to {address}: no server takes mail, since `smtp.host` is not set.",
                hint="Write it into answerable.toml, under [smtp]: docs/reference/settings.md",
            )
        return address

    def hear(self, changes: Sequence[Change]) -> None:
        """In the desk's thread: what rings is put aside for the thread that tells.

        An alarm that was raised while the record was down is told then; that it was entered later has no kind, and is
        not told again.
        """
        for change in changes:
            if change.event in TOLD and change.alarm is not None:
                self._put(change)

    def _put(self, change: Change) -> None:
        data: dict[str, str | int | None] = {
            "index": change.index,
            "kind": change.alarm,
            "about": change.about,
            "rung": change.rung,
            "says": _says(change),
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
        if address.startswith(MAILTO) and self._smtp is not None:
            status = self._mail(self._smtp, address, id_, body, at_us=at_us)
        else:
            status = deliver(address, body, id=id_, at_s=at_us // 1_000_000, key=self._key)
        self._accounts.delivered(Delivery(at_us=at_us, address=address, message=id_, tried=tried + 1, status=status))
        if not 200 <= status < 300 and tried + 1 < len(AGAIN_S):
            with self._changed:
                due_s = self._steady_s() + AGAIN_S[tried + 1]
                heapq.heappush(self._waiting, (due_s, number, address, id_, body, tried + 1))

    def _mail(self, smtp: Smtp, address: str, id_: str, body: bytes, *, at_us: int) -> int:
        said = msgspec.json.decode(body, type=Message)
        rung = said.data["rung"]
        whose = "" if rung is None else f", for {rung_called(str(rung))}"
        text = (
            f"{said.data['says']}\n\nSince {said.timestamp}. Look here: {said.data['page']}\n\n"
            "This message says nothing of who called, where, or what about. Nobody reads answers to it; acknowledge at "
            "the desk.\n"
        )
        return send_mail(
            smtp, mail_address(address), subject=f"Desk{whose}: {_what(said.data['kind'])}", text=text, id=id_,
            at_us=at_us, password=self._password,
        )  # fmt: skip

    def end(self) -> None:
        """Stop telling."""
        with self._changed:
            self._ending = True
            self._changed.notify()


def _says(change: Change) -> str:
    """What rings and for whom, in the words of the boards."""
    what = f"{_what(change.alarm).rstrip('.')}."
    if change.rung is None:
        return what
    climbed = change.event == ESCALATED
    return f"{what} {rung_words(change.rung, climbed=climbed, calls_rank=change.calls_rank)}"


def _what(kind: str | int | None) -> str:
    return ALARMS[AlarmKind(kind)] if kind in set(AlarmKind) else UNKNOWN


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
