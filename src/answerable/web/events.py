"""Live updates (server-sent events): one event for all changes of a tenth of a second, told to every open board.

An event says which calls changed, never what is in them; a board then asks for itself, as whoever it is. Its id is the
index of the last entry it knows, so that a board which lost its line goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from answerable.watch.views import Change
from answerable.wiring.desk import Desk

TOGETHER_S = 0.1
BEAT_S = 5.0
MOST_NAMED = 64
"""More changed calls than this are not named: the board asks for everything."""

MOST_REPLAYED = 1_000
MOST_WAITING = 64
"""Events that wait for a board which does not read; then its line is cut, and it comes again."""

MOST_BOARDS = 1_000
_encode = msgspec.json.Encoder().encode


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The data of an event `change`. `whole`: too much changed to name it."""

    index: int
    about: tuple[str, ...]
    now_us: int
    alarm: bool = False
    whole: bool = False


class Hub:
    """Hears of changes in the desk's thread, and tells every open board in the loop's."""

    def __init__(self, desk: Desk, *, together_s: float = TOGETHER_S) -> None:
        self._desk, self._together_s = desk, together_s
        self._heard: list[Change] = []
        self._boards: set[asyncio.Queue[bytes | None]] = set()
        self._elsewhere: dict[Callable[[bytes], None], asyncio.Event] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._beat: asyncio.TimerHandle | None = None
        self.told = 0
        """Events sent so far."""

    @property
    def boards(self) -> int:
        """How many are open."""
        return len(self._boards) + len(self._elsewhere)

    def open(self) -> None:
        """Begin, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = self._desk.subscribe(self._hear)
        self._beat = self._loop.call_later(BEAT_S, self._tell_beat)

    def close(self) -> None:
        """End every line, so that the server can stop."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        for timer in (self._flush, self._beat):
            if timer is not None:
                timer.cancel()
        for board in list(self._boards):
            self._cut(board)
        for ended in self._elsewhere.values():
            ended.set()
        self._loop = None

    @contextmanager
    def board(self) -> Iterator[asyncio.Queue[bytes | None]]:
        """The events for one board, from now on; None ends them."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING + 1)
        self._boards.add(queue)
        try:
            if self._loop is None:
                queue.put_nowait(None)
            yield queue
        finally:
            self._boards.discard(queue)

    @contextmanager
    def elsewhere(self, tell: Callable[[bytes], None]) -> Iterator[asyncio.Event]:
        """A board whose line another process keeps: `tell` is given each event from now on, until the board leaves, or
        the event that is given here is set."""
        ended = self._elsewhere[tell] = asyncio.Event()
        try:
            if self._loop is None:
                ended.set()
            yield ended
        finally:
            del self._elsewhere[tell]

    async def stream(self, *, after: int | None, still: Callable[[], bool]) -> AsyncIterator[bytes]:
        """The bytes of one board's line: what it missed since `after`, then what comes, while `still` it may."""
        with self.board() as queue:
            yield self.greeting(after)
            while still():
                event = await queue.get()
                if event is None:
                    return
                yield event

    def greeting(self, after: int | None) -> bytes:
        """The first that a board is told: when to come again, and what it missed since `after`."""
        return b"retry: 2000\n\n" + self._missed(after)

    def _missed(self, after: int | None) -> bytes:
        if after is None or after >= self._desk.index:
            return beat(index=self._desk.index, now_us=self._desk.now_us())
        changes = self._desk.changes(after, most=MOST_REPLAYED + 1)
        if len(changes) > MOST_REPLAYED or after < -1:
            return written("reload", {"index": self._desk.index}, index=self._desk.index)
        return changed(changes, now_us=self._desk.now_us())

    def _hear(self, changes: Sequence[Change]) -> None:
        """In the desk's thread."""
        loop = self._loop
        if loop is None:
            return
        self._heard.extend(changes)
        if self._flush is None:
            try:
                loop.call_soon_threadsafe(self._wait_a_little)
            except RuntimeError:
                return  # the loop has ended, and with it every line

    def _wait_a_little(self) -> None:
        if self._flush is None and self._loop is not None:
            self._flush = self._loop.call_later(self._together_s, self._tell_changes)

    def _tell_changes(self) -> None:
        self._flush = None
        heard, self._heard = self._heard, []
        if heard:
            self._tell(changed(heard, now_us=self._desk.now_us()))

    def _tell_beat(self) -> None:
        if self._loop is not None:
            self._beat = self._loop.call_later(BEAT_S, self._tell_beat)
            self._tell(beat(index=self._desk.index, now_us=self._desk.now_us()))

    def _tell(self, event: bytes) -> None:
        for board in list(self._boards):
            if board.qsize() >= MOST_WAITING:
                self._cut(board)
            else:
                board.put_nowait(event)
                self.told += 1
        for tell in self._elsewhere:
            tell(event)
        self.told += len(self._elsewhere)

    def _cut(self, board: asyncio.Queue[bytes | None]) -> None:
        """End a line: what it has not read yet it will ask for again."""
        self._boards.discard(board)
        while not board.empty():
            board.get_nowait()
        board.put_nowait(None)


def changed(changes: Sequence[Change], *, now_us: int) -> bytes:
    """One event for several changes."""
    about = tuple(dict.fromkeys(one.about for one in changes if one.about is not None))
    index = max((one.index for one in changes), default=-1)
    told = Told(
        index=index,
        about=about if len(about) <= MOST_NAMED else (),
        now_us=now_us,
        alarm=any(one.alarm is not None for one in changes),
        whole=len(about) > MOST_NAMED,
    )
    return written("change", told, index=index)


def beat(*, index: int, now_us: int) -> bytes:
    """That the line is there: without it a board says, within fifteen seconds, that its line is lost."""
    return written("beat", {"now_us": now_us, "index": index}, index=index)


def written(name: str, data: object, *, index: int) -> bytes:
    """An event as it is sent."""
    return b"event: %b\nid: %d\ndata: %b\n\n" % (name.encode(), index, _encode(data))
