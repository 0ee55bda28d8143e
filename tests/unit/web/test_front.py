"""A web process alone: it refuses what the desk cannot read yet, and cuts off a board that does not read."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from tests.support.front_lines import ASK, OtherSide
from tests.support.loops import in_a_loop_of_its_own

from answerable.web import front
from answerable.web.frames import Answer, Ask, Broken, FromDesk, FromFront, Gone, More, Part, Piece, Stop, Taken
from answerable.web.headers import WHOLE_BODY

LIVE = [(b"content-type", b"text/event-stream; charset=utf-8")]


def scope(*, whole: bool = True) -> dict[str, Any]:
    made = {
        "type": "http",
        "method": ASK.method,
        "path": ASK.path,
        "raw_path": ASK.raw_path,
        "query_string": ASK.query,
        "headers": ASK.headers,
        "client": ("192.0.2.7", 40_000),
        "scheme": "https",
        "http_version": "1.1",
    }
    return made | ({WHOLE_BODY: True} if whole else {})


class Client:
    """A client: what it sends, whether it has gone, and what it was told; while `reads` is not set it reads nothing."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)
        self.gone, self.reads = asyncio.Event(), asyncio.Event()
        self.reads.set()
        self.told: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if self._pieces:
            body = self._pieces.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(self._pieces)}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.reads.wait()
        self.told.append(message)

    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.told)


class Side(OtherSide):
    """The desk as a web process hears it."""

    def __init__(self) -> None:
        ours, self._theirs = socket.socketpair()
        self.front = front.Front(ours, https=True)
        self._ours = ours
        super().__init__(self.front._line, kind=FromDesk, hears=FromFront)

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()


def with_side(play: Callable[[Side], Awaitable[None]]) -> None:
    async def main() -> None:
        side = Side()
        try:
            await play(side)
        finally:
            side.close()

    in_a_loop_of_its_own(main())


def handed(side: Side, client: Client, *, whole: bool = True) -> asyncio.Task[None]:
    return asyncio.ensure_future(side.front(scope(whole=whole), client.receive, client.send))


def test_a_request_is_handed_over_whole_and_its_answer_passed_on() -> None:
    async def play(side: Side) -> None:
        client = Client(b"{}")
        task = handed(side, client)
        (ask,) = await side.hear()
        assert isinstance(ask, Ask)
        assert (ask.client, ask.body, ask.whole, ask.headers) == (("192.0.2.7", 40_000), b"{}", True, ASK.headers)
        assert await side.say(Answer(ask.number, 201, [(b"a", b"b")], b"done", False)) == []
        await task
        assert client.told[0] == {"type": "http.response.start", "status": 201, "headers": [(b"a", b"b")]}
        assert client.body() == b"done"

    with_side(play)


def test_a_body_is_read_from_its_client_only_as_the_desk_asks_for_it() -> None:
    async def play(side: Side) -> None:
        client = Client(b"one", b"two")
        task = handed(side, client, whole=False)
        (ask,) = await side.hear()
        assert isinstance(ask, Ask)
        assert not ask.whole
        assert await side.say(More(ask.number)) == [Piece(ask.number, b"one", True)]
        assert await side.hear() == []
        assert await side.say(Answer(ask.number, 413, [], b"", False)) == []
        await task
        assert client._pieces == [b"two"]

    with_side(play)


def test_a_client_that_leaves_a_long_answer_is_told_of_once() -> None:
    async def play(side: Side) -> None:
        client = Client(b"")
        task = handed(side, client)
        (ask,) = await side.hear()
        assert isinstance(ask, Ask)
        assert await side.say(Answer(ask.number, 200, [], b"a", True)) == [Taken([ask.number])]
        client.gone.set()
        assert await side.hear() == [Gone(ask.number)]
        assert await side.say(Part([ask.number], b"", False)) == []
        await task

    with_side(play)


def test_an_answer_that_the_desk_does_not_finish_is_not_finished_here() -> None:
    async def play(side: Side) -> None:
        client = Client(b"")
        task = handed(side, client)
        (ask,) = await side.hear()
        assert isinstance(ask, Ask)
        await side.say(Answer(ask.number, 200, [], b"a", True), Broken(ask.number))
        await task
        assert client.told[-1]["more_body"] is True

    with_side(play)


def test_a_web_process_loads_what_speaks_http_and_nothing_of_the_record() -> None:
    seen = (
        "import sys, answerable.web.front; print(*sorted(one for one in sys.modules if one.startswith('answerable.')))"
    )
    loaded = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout.split()
    assert {one.split(".")[1] for one in loaded} == {"errors", "logs", "web"}
    assert len(loaded) < 10


def test_what_the_desk_cannot_read_yet_is_refused_and_told_to_come_again() -> None:
    async def play(side: Side) -> None:
        side.wire.unread = front.MOST_WAITING_BYTES + 1
        client = Client(b"{}")
        await handed(side, client)
        assert await side.hear() == []
        headers = dict(client.told[0]["headers"])
        assert client.told[0]["status"] == 503
        assert headers[b"Retry-After"] == b"2"
        assert headers[b"content-type"] == b"application/problem+json"
        assert b"strict-transport-security" in headers
        assert json.loads(client.body())["code"] == "overloaded"

    with_side(play)


def test_a_board_that_does_not_read_is_cut_off_and_comes_again() -> None:
    async def play(side: Side) -> None:
        client = Client(b"")
        task = handed(side, client)
        (ask,) = await side.hear()
        assert isinstance(ask, Ask)
        assert await side.say(Answer(ask.number, 200, LIVE, b"retry: 2000\n\n", True)) == [Taken([ask.number])]
        assert await side.say(Part([ask.number], b"read\n\n", True)) == [], "an event is not acknowledged"
        client.reads.clear()
        await side.say(Part([ask.number], b"on its way\n\n", True))
        await side.say(*(Part([ask.number], b"not read\n\n", True) for _ in range(front.MOST_EVENTS + 1)))
        assert side.front._open[ask.number].heard.qsize() == 1, "memory is bounded: only the end waits"
        client.reads.set()
        assert await side.hear() == [Gone(ask.number)]
        await task
        assert client.body() == b"retry: 2000\n\nread\n\non its way\n\n"
        assert client.told[-1] == {"type": "http.response.body", "body": b""}

    with_side(play)


def test_when_it_is_to_stop_boards_are_ended_and_other_answers_are_not() -> None:
    async def play(side: Side) -> None:
        board, reader = Client(b""), Client(b"")
        tasks = [handed(side, board), handed(side, reader)]
        one, other = await side.hear()
        assert isinstance(one, Ask)
        assert isinstance(other, Ask)
        await side.say(Answer(one.number, 200, LIVE, b"", True), Answer(other.number, 200, [], b"a", True), Stop())
        assert side.front.server.should_exit
        side.front._cut()
        assert await side.hear() == [Gone(one.number)]
        assert tasks[0].done()
        assert not tasks[1].done()
        assert await side.say(Part([other.number], b"b", False)) == []
        await tasks[1]
        assert reader.body() == b"ab"

    with_side(play)


def test_what_is_said_of_a_client_that_has_gone_is_let_go() -> None:
    async def play(side: Side) -> None:
        assert await side.say(Part([1, 2], b"", True), More(3), Broken(4)) == []

    with_side(play)


def test_a_request_that_is_given_up_is_told_to_the_desk() -> None:
    async def play(side: Side) -> None:
        task = handed(side, Client(b""))
        (ask,) = await side.hear()
        assert isinstance(ask, Ask)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert await side.hear() == [Gone(ask.number)]

    with_side(play)
