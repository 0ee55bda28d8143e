"""The desk behind several web processes: it starts them, watches them, and ends them before itself.

They share the socket that listens, and each has a pair of sockets with the desk: whichever side ends, the other hears
of it at once, however it ended. One that has ended is begun again; the others go on meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from starlette.types import ASGIApp

from answerable.errors import StorageError
from answerable.web.frames import Stop
from answerable.web.front import BEHIND_PROXY
from answerable.web.handed import HandedOver
from answerable.web.server import GRACE_S, Server

COMMAND = [sys.executable, "-m", "answerable.web.front"]
PAUSES_S: Final = (0.5, 1.0, 2.0, 5.0)
"""Before one that ended is begun again: longer each time that it ended within ten seconds of its beginning."""

LASTED_S: Final = 10.0
END_S: Final = GRACE_S + 3
"""How long a web process may take to end; then it is killed."""

LOOK_EACH_S: Final = 0.02
_logs = logging.getLogger(__name__)


class Front:
    """One web process, begun. `ready` is told once it takes clients. Raises OSError where it cannot be begun."""

    def __init__(self, app: ASGIApp, listener: socket.socket, *, https: bool, ready: Callable[[], None]) -> None:
        self._gone, self._told_to_stop = asyncio.Event(), False
        self._handed = HandedOver(app, ready=ready, lost=self._gone.set)
        self._ours, theirs = socket.socketpair()
        handed_down = (listener.fileno(), theirs.fileno())
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own module
                [*COMMAND, *map(str, handed_down), *([BEHIND_PROXY] if https else [])],
                pass_fds=handed_down,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for the desk, which ends its web processes in order
            )
        self.pid = self._process.pid

    async def until_gone(self) -> int:
        """Take what it hands over until it has gone: its exit status, negative for a signal."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self._handed.line, sock=self._ours)
        if self._told_to_stop:
            self.stop()  # before there was a line to tell it on
        await self._gone.wait()
        end = time.monotonic() + END_S
        while (status := self._process.poll()) is None:
            if time.monotonic() > end:
                self.kill()
            await asyncio.sleep(LOOK_EACH_S)
        return status

    def stop(self) -> None:
        """Let it finish, and end."""
        self._told_to_stop = True
        self._handed.line.say(Stop())

    def kill(self) -> None:
        """End it as it is."""
        self._process.kill()


class FrontedServer(Server):
    """The desk's loop without clients of its own: they come through `number` web processes, which listen for it."""

    def __init__(
        self,
        app: ASGIApp,
        listener: socket.socket,
        *,
        number: int,
        cut: Callable[[], None],
        behind_proxy: bool,
        ready: Callable[[], None],
    ) -> None:
        super().__init__(app, cut=cut, behind_proxy=False, ready=lambda: None)
        self._app, self._listener, self._number, self._https = app, listener, number, behind_proxy
        self._all_ready = ready
        self._fronts: dict[int, Front] = {}
        self._keeping: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002  it has none
        """Begin every web process, and say so when all of them answer. Raises StorageError where one does not begin."""
        await super().startup([])
        firsts = [asyncio.get_running_loop().create_future() for _ in range(self._number)]
        self._keeping = [asyncio.create_task(self._keep(place, first)) for place, first in enumerate(firsts)]
        while not self.should_exit and (waiting := [first for first in firsts if not first.done()]):
            await asyncio.wait(waiting, timeout=LOOK_EACH_S, return_when=asyncio.FIRST_COMPLETED)
            if fault := next((first.exception() for first in firsts if first.done() and first.exception()), None):
                await self._end()
                raise fault
        if not self.should_exit:
            self._all_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: nobody new is let in, the boards' lines are cut, and every web process ends before the desk does."""
        self._listener.close()
        self._cut()
        await self._end()
        await super().shutdown(sockets)

    async def _keep(self, place: int, first: asyncio.Future[None]) -> None:
        """Keep one web process there until the desk stops. `first`: done once the first of them answers."""
        tries = 0

        def ready() -> None:
            if not first.done():
                first.set_result(None)

        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                front = self._fronts[place] = Front(self._app, self._listener, https=self._https, ready=ready)
                said = f"Web process {front.pid} ended ({_status(await front.until_gone())})"
            except OSError as fault:
                said = f"No web process could be begun ({fault.strerror})"
            if self._stopping.is_set() or self.should_exit:
                return
            if not first.done():
                first.set_exception(StorageError(f"{said}, and none answered yet.", hint="What it said stands above."))
                return
            tries = 1 if time.monotonic() - begun > LASTED_S else tries + 1
            pause_s = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
            _logs.warning("%s; another begins in %.1f s", said, pause_s)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)

    async def _end(self) -> None:
        self._stopping.set()
        for front in self._fronts.values():
            front.stop()
        end, left = time.monotonic() + END_S, set(self._keeping)
        while left and time.monotonic() < end and not self.force_exit:
            _, left = await asyncio.wait(left, timeout=0.1)
        for front in self._fronts.values():
            front.kill()
        if left:
            await asyncio.wait(left)


def _status(status: int) -> str:
    return f"exit status {status}" if status >= 0 else f"killed by {signal.Signals(-status).name}"
