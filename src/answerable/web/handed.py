"""Requests that web processes hand over, run through the application as if their clients had come here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Scope

from answerable.web.frames import (
    PIECE_BYTES,
    Answer,
    Ask,
    Broken,
    FromFront,
    Gone,
    Line,
    More,
    Piece,
    Ready,
    Taken,
)  # fmt: skip
from answerable.web.headers import TELL, WHOLE_BODY

_Line: TypeAlias = Line[FromFront]


class HandedOver:
    """The desk's side of one line. `ready` is told that the web process answers, `lost` that it has gone.

    What it had handed over is finished all the same: what is recorded stays, and whoever sends it again is told so.
    """

    def __init__(self, app: ASGIApp, *, ready: Callable[[], None], lost: Callable[[], None]) -> None:
        self._app, self._ready, self._lost = app, ready, lost
        self._open: dict[int, _Exchange] = {}
        self._tasks = set[asyncio.Task[None]]()
        self.line: _Line = Line(FromFront, hear=self._hear, lost=self._leave)

    def _hear(self, frame: FromFront) -> None:
        if isinstance(frame, Ready):
            self._ready()
        elif isinstance(frame, Ask):
            self._take(frame)
        elif isinstance(frame, Taken):
            for number in frame.numbers:
                if number in self._open:
                    self._open[number].go_on()
        elif frame.number in self._open:
            if isinstance(frame, Gone):
                self._open[frame.number].leave()
            elif not self._open[frame.number].take(frame):
                self.line.fail("a piece came that nobody asked for")

    def _take(self, ask: Ask) -> None:
        if ask.number in self._open:
            self.line.fail("two requests have one number")
            return
        exchange = self._open[ask.number] = _Exchange(self.line, ask)
        task = asyncio.get_running_loop().create_task(self._run(exchange, ask))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, exchange: _Exchange, ask: Ask) -> None:
        try:
            await self._app(scope_of(ask, tell=exchange.tell), exchange.receive, exchange.send)
        finally:
            del self._open[ask.number]
            if not exchange.ended:
                self.line.say(Broken(ask.number))

    def _leave(self) -> None:
        for exchange in self._open.values():
            exchange.leave()
        self._lost()


class _Exchange:
    """One request: what the application receives and sends."""

    def __init__(self, line: _Line, ask: Ask) -> None:
        self._line, self._number = line, ask.number
        self._body: bytes | None = ask.body if ask.whole else None
        self._read = ask.whole
        self._pieces: asyncio.Queue[Message] = asyncio.Queue()
        self._asked = False
        self._head: tuple[int, list[tuple[bytes, bytes]]] | None = None
        self._taken: asyncio.Future[None] | None = None
        self._left = asyncio.Event()
        self.ended = False

    async def receive(self) -> Message:
        """The body as it comes; after it, that the client has gone, once it has."""
        if self._body is not None:
            body, self._body = self._body, None
            return _request(body, more=False)
        if self._read or self._left.is_set():
            await self._left.wait()
            return {"type": "http.disconnect"}
        if not self._asked:
            self._asked = True
            self._line.say(More(self._number))
        message = await self._pieces.get()
        self._read = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send head and body; of a long one the next piece once the last was taken. Whoever has gone is sent nothing.

        The head goes with the first of the body.
        """
        if message["type"] == "http.response.start":
            self._head = message["status"], message["headers"]
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        while len(body) > PIECE_BYTES:
            await self._say(body[:PIECE_BYTES], more=True)
            body = body[PIECE_BYTES:]
        await self._say(body, more=more)

    async def _say(self, body: bytes, *, more: bool) -> None:
        self.ended = not more
        if self._left.is_set():
            return
        if self._head is not None:
            status, headers = self._head
            self._head = None
            self._line.say(Answer(self._number, status, headers, body, more))
        else:
            self._line.say_part(self._number, body, more=more)
        if more:
            self._taken = asyncio.get_running_loop().create_future()
            await self._taken

    def tell(self, body: bytes) -> None:
        """A part of an answer that has begun, at once; whoever does not take what is told is cut off where they are."""
        if not self.ended and not self._left.is_set():
            self._line.say_part(self._number, body, more=True)

    def take(self, piece: Piece) -> bool:
        """The piece that was asked for; False where none was."""
        asked, self._asked = self._asked, False
        if asked:
            self._pieces.put_nowait(_request(piece.body, more=piece.more))
        return asked

    def go_on(self) -> None:
        """What was last sent was taken."""
        if self._taken is not None and not self._taken.done():
            self._taken.set_result(None)

    def leave(self) -> None:
        """The client has gone, or its web process has."""
        self._left.set()
        self.go_on()
        if self._asked:
            self._pieces.put_nowait({"type": "http.disconnect"})


def _request(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def scope_of(ask: Ask, *, tell: Callable[[bytes], None]) -> Scope:
    """A request as the application is asked it (ASGI 3, HTTP 2.3)."""
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": ask.http_version,
        "server": None,
        "client": ask.client,
        "scheme": ask.scheme,
        "method": ask.method,
        "root_path": "",
        "path": ask.path,
        "raw_path": ask.raw_path,
        "query_string": ask.query,
        "headers": ask.headers,
        TELL: tell,
    }
    if ask.whole:
        scope[WHOLE_BODY] = True
    return scope
