"""The HTTP server: one loop. What uvicorn leaves open is closed here.

It has no limit on the size of a request's head and none on the time a client may take to send it; and at its end it
waits for lines that never end (server-sent events). Headers here have 32 KiB and ten seconds, and boards' lines are cut
first when the server stops.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from answerable.errors import StorageError
from answerable.web.headers import WHOLE_BODY

MOST_HEAD_BYTES = 32 * 1024
HEAD_S = 10
"""How long a client may take for the head of a request, from its first byte, or from the moment it connects."""

GRACE_S = 5
"""How long answers under way may take once the server is told to stop."""

TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
MOST_CONNECTIONS = 2_000
BACKLOG = 1_024


class CarefulProtocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools, with a limit on the head's size and on the time it takes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connects, and has ten seconds to say what it wants."""
        self._head_bytes = 0
        self._in_head = True
        self._patience: asyncio.TimerHandle | None = None
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.close()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head; a body has its own limits, where it is read."""
        if self._in_head:
            before, self._head_bytes = self._head_bytes, self._head_bytes + len(data)
            if self._head_bytes > MOST_HEAD_BYTES and _head_end(data, before) > MOST_HEAD_BYTES:
                self._refuse()
                return
        super().data_received(data)

    def _refuse(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head = True
        if self._patience is None:
            self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = False
        self._head_bytes = 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole; where it came with the head, no handler has begun to wait for it yet."""
        super().on_message_complete()
        if self.cycle is not None:
            self.cycle.scope[WHOLE_BODY] = True  # type: ignore[typeddict-unknown-key]  # ours

    def on_response_complete(self) -> None:
        """An answer is sent; the next head counts from nothing."""
        self._in_head = True
        self._head_bytes = 0
        super().on_response_complete()

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HEAD_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if not self.transport.is_closing():
            self.transport.close()


def _head_end(data: bytes, before: int) -> int:
    """Where in its request a head ends, as far as `data` shows: a small one may come with the start of a large body."""
    end = data.find(b"\r\n\r\n")
    return before + (len(data) if end < 0 else end)


class Server(uvicorn.Server):
    """Uvicorn, which cuts the boards' lines (`cut`) before it waits for everything to end."""

    def __init__(self, app: ASGIApp, *, cut: Callable[[], None], behind_proxy: bool, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=CarefulProtocol,
            loop="uvloop",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            log_level=logging.WARNING,
            server_header=False,
            proxy_headers=behind_proxy,
            timeout_graceful_shutdown=GRACE_S,
            backlog=BACKLOG,
        )
        super().__init__(config)
        self._cut, self._ready = cut, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so: from now on Ctrl-C and SIGTERM end it in order."""
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM stop the server, and nothing else: what is around it is closed in order after it."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: no new requests, the boards' lines cut, what is under way finished."""
        self._cut()
        await super().shutdown(sockets)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any free one. Raises StorageError where the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as fault:
        made.close()
        raise StorageError(f"{host}:{port}: {fault.strerror}", hint="--listen names another address.") from fault
    made.set_inheritable(False)
    return made
