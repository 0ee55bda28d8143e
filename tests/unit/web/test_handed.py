"""Requests handed over by a web process: the application is asked what it would have been, nothing unasked comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Receive, Scope, Send
from tests.support.front_lines import ASK, OtherSide
from tests.support.loops import in_a_loop_of_its_own

from answerable.web.frames import (
    PIECE_BYTES,
    Answer,
    Ask,
    Broken,
    Frame,
    FromDesk,
    FromFront,
    Gone,
    More,
    Part,
    Piece,
    Ready,
    Taken,
)
from answerable.web.handed import HandedOver
from answerable.web.headers import WHOLE_BODY

App = Callable[[Scope, Receive, Send], Awaitable[None]]
HEADERS = [(b"content-type", b"text/plain")]


class Side(OtherSide):
    """A web process as the desk hears it: says frames, and hears what comes back."""

    def __init__(self, app: App) -> None:
        self.readied, self.lost = 0, 0
        self.handed = HandedOver(app, ready=self._ready, lost=self._lost)
        super().__init__(self.handed.line, kind=FromFront, hears=FromDesk)

    def _ready(self) -> None:
        self.readied += 1

    def _lost(self) -> None:
        self.lost += 1


def ask(number: int, *, body: bytes = b"", whole: bool = True) -> Ask:
    return Ask(
        number, ASK.method, ASK.path, ASK.raw_path, ASK.query, ASK.headers, ASK.client, ASK.scheme, "1.1", body, whole
    )


async def told(send: Send, body: bytes, *, more: bool = False, start: bool = True) -> None:
    if start:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    whole = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            whole = b"left"
            break
        whole += message["body"]
        if not message["more_body"]:
            break
    await told(send, whole)


def run(work: Awaitable[None]) -> None:
    async def main() -> None:
        await work

    in_a_loop_of_its_own(main())


def test_a_request_is_answered_in_one_frame_and_is_what_its_client_sent() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(dict(scope))
        await echo(scope, receive, send)

    async def work() -> None:
        side = Side(app)
        assert await side.say(Ready(), ask(1, body=b"all of it")) == [Answer(1, 200, HEADERS, b"all of it", False)]
        assert side.readied == 1

    run(work())
    (scope,) = seen
    assert scope["client"] == ("192.0.2.7", 40_000), "limits count by it"
    assert (scope["method"], scope["path"], scope["raw_path"]) == (ASK.method, ASK.path, ASK.raw_path)
    assert (scope["query_string"], scope["headers"], scope["scheme"]) == (ASK.query, ASK.headers, "https")
    assert scope[WHOLE_BODY]


def test_a_body_that_has_not_come_is_asked_for_piece_by_piece() -> None:
    async def work() -> None:
        side = Side(echo)
        assert await side.say(ask(1, whole=False)) == [More(1)]
        assert await side.say(Piece(1, b"one ", True)) == [More(1)]
        assert await side.say(Piece(1, b"two", False)) == [Answer(1, 200, HEADERS, b"one two", False)]

    run(work())


def test_a_body_that_nobody_reads_is_not_asked_for() -> None:
    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        await told(send, b"too large")

    async def work() -> None:
        side = Side(refusing)
        assert await side.say(ask(1, whole=False)) == [Answer(1, 200, HEADERS, b"too large", False)]

    run(work())


def test_a_body_that_was_given_up_is_asked_for_once_only() -> None:
    async def impatient(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(2):
            try:
                await asyncio.wait_for(receive(), 0.001)
            except TimeoutError:
                continue
        await told(send, b"slow")

    async def work() -> None:
        side = Side(impatient)
        assert await side.say(ask(1, whole=False)) == [More(1)]
        await asyncio.sleep(0.05)
        assert await side.hear() == [Answer(1, 200, HEADERS, b"slow", False)]

    run(work())


@pytest.mark.parametrize(
    "said",
    [
        [ask(1, whole=False), ask(1)],
        [ask(1, whole=False), Piece(1, b"", True), Piece(1, b"", True), Piece(1, b"", True)],
    ],
    ids=["one number twice", "pieces that nobody asked for"],
)
def test_a_web_process_that_does_not_keep_to_it_is_cut_off(said: list[Frame]) -> None:
    async def work() -> None:
        side = Side(echo)
        await side.say(*said)
        assert side.wire.cut

    run(work())


def test_what_is_said_of_a_request_that_is_over_is_let_go() -> None:
    async def work() -> None:
        side = Side(echo)
        await side.say(ask(1))
        assert await side.say(Gone(1), Taken([1]), Piece(1, b"", True)) == []
        assert not side.wire.cut

    run(work())


def test_of_a_long_answer_the_next_piece_follows_once_the_last_was_taken() -> None:
    async def long(scope: Scope, receive: Receive, send: Send) -> None:
        await told(send, b"x" * (2 * PIECE_BYTES + 1))

    async def work() -> None:
        side = Side(long)
        assert await side.say(ask(1)) == [Answer(1, 200, HEADERS, b"x" * PIECE_BYTES, True)]
        assert await side.hear() == [], "nothing is taken yet"
        assert await side.say(Taken([1])) == [Part([1], b"x" * PIECE_BYTES, True)]
        assert await side.say(Taken([1])) == [Part([1], b"x", False)]

    run(work())


def test_a_client_that_goes_is_told_to_the_application_and_sent_nothing_more() -> None:
    went: list[str] = []

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await told(send, b"first", more=True)
        await told(send, b"second", more=True, start=False)
        went.append((await receive())["type"])
        await told(send, b"third", start=False)

    async def work() -> None:
        side = Side(endless)
        assert await side.say(ask(1)) == [Answer(1, 200, HEADERS, b"first", True)]
        assert await side.say(Taken([1])) == [Part([1], b"second", True)]
        assert await side.say(Gone(1)) == []
        assert went == ["http.disconnect"]

    run(work())


def test_what_was_handed_over_is_finished_though_its_web_process_has_gone() -> None:
    done: list[str] = []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.sleep(0.01)
        await told(send, b"recorded", more=True)
        done.append("recorded")

    async def work() -> None:
        side = Side(slow)
        await side.say(ask(1))
        side.handed.line.connection_lost(None)
        await asyncio.sleep(0.05)
        assert done == ["recorded"]
        assert side.lost == 1

    run(work())


def test_half_a_body_whose_web_process_has_gone_is_no_body() -> None:
    ended: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["body"] == b"half"
        ended.append((await receive())["type"])

    async def work() -> None:
        side = Side(app)
        await side.say(ask(1, whole=False))
        await side.say(Piece(1, b"half", True))
        side.handed.line.connection_lost(None)
        await side.hear()
        assert ended == ["http.disconnect"]

    run(work())


def test_an_answer_that_is_not_finished_is_said_to_be_broken() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await told(send, b"half", more=True)

    async def work() -> None:
        side = Side(app)
        await side.say(ask(1))
        assert await side.say(Taken([1])) == [Broken(1)]

    run(work())
