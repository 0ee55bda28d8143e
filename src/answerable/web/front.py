"""A web process: it speaks HTTP with clients, and hands each request to the desk, which is another process.

Nothing is decided here. Who may do what, how often, and what is private, is known where the record is. This process
holds what clients cost: connections, slow ones too, heads and bodies as they come, answers that are read slowly.

The desk starts it (`python -m answerable.web.front`, see `fronts`); when the desk has gone it ends at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from contextlib import suppress
from itertools import count
from typing import Final

import msgspec
from starlette.types import Receive, Scope, Send

from answerable.errors import OverloadedError
from answerable.logs import set_up_logs
from answerable.web.frames import Answer, Ask, Broken, FromDesk, Gone, Line, More, Part, Piece, Ready, Stop
from answerable.web.headers import WHOLE_BODY, with_security
from answerable.web.problems import MEDIA, as_refusal
from answerable.web.server import Server

BEHIND_PROXY: Final = "behind-proxy"
MOST_WAITING_BYTES: Final = 16 * 1024 * 1024
"""Requests that the desk has not read yet; over that: come again."""

MOST_EVENTS: Final = 64
"""Events that wait for a board which does not read; of what is no board's line one frame waits at most."""

DESK_GONE: Final = 3
_LIVE = (b"content-type", b"text/event-stream")


class _Exchange:
    """A request under way: what the desk says about it (None: cut it off), and who reads what its client sends."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Answer | Part | More | Broken | None] = asyncio.Queue()
        self.live = False
        self.reading: asyncio.Task[None] | None = None

    def hear(self, frame: Answer | Part | More | Broken) -> None:
        """Of a board that does not read, the line is ended: what it has not read yet it will ask for again."""
        if self.heard.qsize() >= MOST_EVENTS:
            while not self.heard.empty():
                self.heard.get_nowait()
            self.heard.put_nowait(None)
        else:
            self.heard.put_nowait(frame)

    def read(self, reading: asyncio.Task[None]) -> None:
        """Only one reads what a client sends."""
        if self.reading is not None:
            self.reading.cancel()
        self.reading = reading


class Front:
    """The application of a web process. `ours`: its side of the line."""

    def __init__(self, ours: socket.socket, *, https: bool) -> None:
        self._ours, self._https = ours, https
        self._line: Line[FromDesk] = Line(FromDesk, hear=self._hear, lost=desk_has_gone)
        self._open: dict[int, _Exchange] = {}
        self._numbers = count()
        self.server = Server(self, cut=self._cut, behind_proxy=https, ready=lambda: self._line.say(Ready()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request over, and what comes back to the client."""
        if scope["type"] != "http":
            await self._begin(receive, send)
            return
        body, whole = b"", WHOLE_BODY in scope
        if whole:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body = message["body"]
        if self._line.unread_bytes > MOST_WAITING_BYTES:
            await self._refuse(send)
            return
        number = next(self._numbers)
        exchange = self._open[number] = _Exchange()
        self._line.say(_ask(number, scope, body, whole=whole))
        ended = False
        try:
            ended = await self._answered(number, exchange, receive, send)
        finally:
            del self._open[number]
            if exchange.reading is not None:
                exchange.reading.cancel()
            if not ended:
                self._line.say(Gone(number))

    async def _answered(self, number: int, exchange: _Exchange, receive: Receive, send: Send) -> bool:
        """Pass on what the desk says; whether it said everything."""
        while True:
            frame = await exchange.heard.get()
            if isinstance(frame, Broken):
                return True
            if frame is None:
                await send({"type": "http.response.body", "body": b""})
                return False
            if isinstance(frame, More):
                exchange.read(asyncio.create_task(self._piece(number, receive)))
                continue
            if isinstance(frame, Answer):
                exchange.live = _LIVE in ((name, value.partition(b";")[0]) for name, value in frame.headers)
                await send({"type": "http.response.start", "status": frame.status, "headers": frame.headers})
                if frame.more:
                    exchange.read(asyncio.create_task(self._watch(number, receive)))
            await send({"type": "http.response.body", "body": frame.body, "more_body": frame.more})
            if not frame.more:
                return True
            if not exchange.live or isinstance(frame, Answer):
                self._line.say_taken(number)

    async def _piece(self, number: int, receive: Receive) -> None:
        message = await receive()
        if message["type"] == "http.disconnect":
            self._line.say(Gone(number))
        else:
            self._line.say(Piece(number, message["body"], message["more_body"]))

    async def _watch(self, number: int, receive: Receive) -> None:
        """Tell when the client goes; what it still sends is let go."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._line.say(Gone(number))

    async def _refuse(self, send: Send) -> None:
        refusal = as_refusal(OverloadedError())
        body = msgspec.json.encode(refusal.problem)
        said = {"content-type": MEDIA, "content-length": str(len(body)), **refusal.headers}
        headers = with_security([(name.encode(), value.encode()) for name, value in said.items()], https=self._https)
        await send({"type": "http.response.start", "status": refusal.problem.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _begin(self, receive: Receive, send: Send) -> None:
        """Open the line before the first client comes."""
        await receive()
        await asyncio.get_running_loop().create_unix_connection(lambda: self._line, sock=self._ours)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def _hear(self, frame: FromDesk) -> None:
        if isinstance(frame, Stop):
            self.server.should_exit = True
            return
        for number in frame.numbers if isinstance(frame, Part) else (frame.number,):
            if number in self._open:  # else its client has gone meanwhile
                self._open[number].hear(frame)

    def _cut(self) -> None:
        """End the boards' lines, which never end by themselves."""
        for exchange in self._open.values():
            if exchange.live:
                exchange.heard.put_nowait(None)


def _ask(number: int, scope: Scope, body: bytes, *, whole: bool) -> Ask:
    client = scope["client"]
    return Ask(
        number,
        scope["method"],
        scope["path"],
        scope["raw_path"],
        scope["query_string"],
        scope["headers"],
        None if client is None else (client[0], client[1]),
        scope["scheme"],
        scope["http_version"],
        body,
        whole,
    )


def desk_has_gone() -> None:
    """Nobody answers any more, and nobody may believe that somebody does: leave the port at once."""
    os._exit(DESK_GONE)


def main(listener: str, ours: str, *how: str) -> None:
    """`LISTENER LINE [behind-proxy]`: the numbers of two open sockets, as the desk handed them down."""
    set_up_logs(verbose=False)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    front = Front(socket.socket(fileno=int(ours)), https=BEHIND_PROXY in how)
    with suppress(KeyboardInterrupt):
        front.server.run(sockets=[socket.socket(fileno=int(listener))])


if __name__ == "__main__":
    main(*sys.argv[1:])
