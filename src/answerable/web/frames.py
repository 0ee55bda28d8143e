"""What the desk and its web processes say to each other: frames on a pair of sockets, many requests at once.

A web process speaks HTTP with clients and hands each request over (`Ask`); the desk answers it (`Answer`). A body that
has not come yet is handed over piece by piece as the desk asks for it (`More`, `Piece`); an answer that is long or
never ends follows in parts, the next once the last was taken (`Part`, `Taken`). So neither side ever holds more of a
request than one piece each way, however slow a client is.

A frame is its length, four bytes with the highest first, and an array of MessagePack whose first item says which it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, Generic, TypeAlias, TypeVar

import msgspec

MOST_FRAME_BYTES: Final = 1024 * 1024
"""A head has at most 32 KiB and a piece 256; what is longer is no frame of ours."""

PIECE_BYTES: Final = 256 * 1024
MOST_UNREAD_BYTES: Final = 64 * 1024 * 1024
"""What may wait for the other side to read it; more, and it is taken for dead."""

_LENGTH_BYTES: Final = 4
_logs = logging.getLogger(__name__)


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """The web process answers from now on."""


class Ask(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """A request. Its number is the web process's own, never used twice at once; all that is said of it carries it.

    `whole`: `body` is all of it; else it is empty, and to be asked for.
    """

    number: int
    method: str
    path: str
    raw_path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    client: tuple[str, int] | None
    scheme: str
    http_version: str
    body: bytes
    whole: bool


class Piece(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """The next piece of a body."""

    number: int
    body: bytes
    more: bool


class Gone(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """The client has gone: nobody waits for the rest."""

    number: int


class Taken(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """What was last sent of these answers is on its way to the client."""

    numbers: list[int]


class Answer(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """An answer's head and the first of its body, which is all of it unless there is `more`."""

    number: int
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    more: bool


class Part(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """What follows of these answers, the same for each: an event is told to many boards at once."""

    numbers: list[int]
    body: bytes
    more: bool


class More(msgspec.Struct, frozen=True, array_like=True, tag=8):
    """The next piece of a body is wanted."""

    number: int


class Broken(msgspec.Struct, frozen=True, array_like=True, tag=9):
    """The answer will not be finished."""

    number: int


class Stop(msgspec.Struct, frozen=True, array_like=True, tag=10):
    """Take no new clients, finish, end."""


FromFront: TypeAlias = Ready | Ask | Piece | Gone | Taken
FromDesk: TypeAlias = Answer | Part | More | Broken | Stop
Frame: TypeAlias = FromFront | FromDesk
Heard = TypeVar("Heard")


class Line(asyncio.Protocol, Generic[Heard]):
    """One side of the pair. `hear` is given every frame of the other side, which are of the type `kind`.

    What is no frame, or is not read by the other side, ends the line; `lost` is told of every end.
    """

    def __init__(self, kind: Any, *, hear: Callable[[Heard], None], lost: Callable[[], None]) -> None:
        self._decode: Callable[[memoryview], Heard] = msgspec.msgpack.Decoder(kind).decode
        self._encode = msgspec.msgpack.Encoder().encode
        self._hear, self._lost = hear, lost
        self._rest = b""
        self._waiting: list[Frame] = []
        self._transport: asyncio.Transport | None = None

    @property
    def unread_bytes(self) -> int:
        """What the other side has not read yet."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The line is open."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the end is all that matters
        """The other side has ended, or was given up."""
        self._transport = None
        self._lost()

    def data_received(self, data: bytes) -> None:
        """Some bytes: any number of frames, and the beginning of one more."""
        data = self._rest + data if self._rest else data
        view, at = memoryview(data), 0
        while self._transport is not None and len(data) - at >= _LENGTH_BYTES:
            begin = at + _LENGTH_BYTES
            end = begin + int.from_bytes(view[at:begin])
            if end - begin > MOST_FRAME_BYTES:
                self.fail("a frame is too long")
                return
            if end > len(data):
                break
            try:
                frame = self._decode(view[begin:end])
            except msgspec.DecodeError:
                self.fail("what came is no frame")
                return
            self._hear(frame)
            at = end
        self._rest = data[at:]

    def say(self, frame: Frame) -> None:
        """Send a frame, together with what else is said in this turn of the loop. Nobody hears it on a lost line."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(frame)

    def say_part(self, number: int, body: bytes, *, more: bool) -> None:
        """What follows of an answer; the same object told to several one after the other is sent once."""
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, Part) and last.body is body and last.more == more:
            last.numbers.append(number)
        else:
            self.say(Part([number], body, more))

    def say_taken(self, number: int) -> None:
        """What was last sent of an answer was taken; several are told at once."""
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, Taken):
            last.numbers.append(number)
        else:
            self.say(Taken([number]))

    def fail(self, why: str) -> None:
        """End a line on which something is wrong."""
        if self._transport is not None:
            _logs.error("the line between the desk and a web process was cut: %s", why)
            self._transport.abort()
            self._transport = None

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._transport is None:
            return
        out: list[bytes] = []
        for frame in waiting:
            body = self._encode(frame)
            out += (len(body).to_bytes(_LENGTH_BYTES), body)
        self._transport.write(b"".join(out))
        if self.unread_bytes > MOST_UNREAD_BYTES:
            self.fail("nobody reads it")
