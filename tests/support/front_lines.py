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
