"""Lines between a desk and its web processes, without sockets: what is written is kept, and that it was cut."""

from __future__ import annotations

import asyncio
from typing import Any

from answerable.web.frames import Ask, Frame, FromDesk, FromFront, Line

ASK = Ask(
    7, "POST", "/v1/calls/ä", b"/v1/calls/%C3%A4", b"a=1", [(b"host", b"desk.test"), (b"x-a", b"\xff")],
    ("192.0.2.7", 40_000), "https", "1.1", b'{"id":"a"}', True,
)  # fmt: skip


class Wire(asyncio.Transport):
    """What a line writes, and that it was cut."""

    def __init__(self) -> None:
        self.written = b""
        self.cut = False
        self.unread = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def get_write_buffer_size(self) -> int:
        return self.unread

    def abort(self) -> None:
        self.cut = True


def line(kind: Any = FromFront | FromDesk) -> tuple[Line[Frame], Wire, list[Frame]]:
    heard: list[Frame] = []
    wire = Wire()
    made: Line[Frame] = Line(kind, hear=heard.append, lost=lambda: None)
    made.connection_made(wire)
    return made, wire, heard


class OtherSide:
    """The other side of a line under test: says frames of its own `kind`, and hears what is said of `hears`."""

    def __init__(self, tested: Line[Any], *, kind: Any, hears: Any) -> None:
        self.wire = Wire()
        self._tested = tested
        tested.connection_made(self.wire)
        self._sender, self._out, _ = line(kind)
        self._hearer, _, self.heard = line(hears)

    async def say(self, *said: Frame) -> list[Frame]:
        """What is answered once nothing is left to do."""
        for one in said:
            self._sender.say(one)
        await asyncio.sleep(0)
        data, self._out.written = self._out.written, b""
        self._tested.data_received(data)
        return await self.hear()

    async def hear(self) -> list[Frame]:
        """What was said since."""
        for _ in range(20):
            await asyncio.sleep(0)
        self.heard.clear()
        data, self.wire.written = self.wire.written, b""
        self._hearer.data_received(data)
        return list(self.heard)
