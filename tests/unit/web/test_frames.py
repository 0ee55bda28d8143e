"""What the desk and its web processes say to each other: whole frames in any pieces, and an end to what is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.front_lines import ASK, Wire, line
from tests.support.loops import in_a_loop_of_its_own

from answerable.web import frames
from answerable.web.frames import (
    MOST_FRAME_BYTES,
    MOST_UNREAD_BYTES,
    Answer,
    Ask,
    Broken,
    Frame,
    FromFront,
    Gone,
    Line,
    More,
    Part,
    Piece,
    Ready,
    Stop,
    Taken,
)

OF_FRONTS: list[Frame] = [Ready(), ASK, Piece(7, b"x", True), Gone(7), Taken([7, 8])]
OF_THE_DESK: list[Frame] = [
    Answer(7, 201, [(b"location", b"/v1/calls/a")], b"{}", False), Part([7, 9], b"event: beat\n\n", True), More(7),
    Broken(7), Stop(),
]  # fmt: skip


def in_loop(*work: Callable[[], None]) -> None:
    """All of it in one turn of a loop."""

    async def turn() -> None:
        for one in work:
            one()
        await asyncio.sleep(0)

    in_a_loop_of_its_own(turn())


def as_sent(*said: Frame) -> bytes:
    sender, wire, _ = line()
    in_loop(*(partial(sender.say, one) for one in said))
    return wire.written


@pytest.mark.parametrize("frame", [*OF_FRONTS, *OF_THE_DESK], ids=lambda one: type(one).__name__)
def test_each_frame_is_heard_as_it_was_said(frame: Frame) -> None:
    hearer, _, heard = line()
    hearer.data_received(as_sent(frame))
    assert heard == [frame]


@settings(max_examples=200)
@given(cuts=st.lists(st.integers(0, 400), max_size=12))
def test_in_whatever_pieces_the_bytes_come_the_frames_are_the_same(cuts: list[int]) -> None:
    said = [*OF_FRONTS, *OF_THE_DESK]
    data = as_sent(*said)
    hearer, wire, heard = line()
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for begin, end in pairwise(places):
        hearer.data_received(data[begin:end])
    assert heard == said
    assert not wire.cut


def test_of_half_a_frame_nothing_is_heard() -> None:
    lost: list[bool] = []
    heard: list[Frame] = []
    hearer: Line[Frame] = Line(FromFront, hear=heard.append, lost=lambda: lost.append(True))
    hearer.connection_made(Wire())
    hearer.data_received(as_sent(ASK)[:-1])
    hearer.connection_lost(None)
    assert (heard, lost) == ([], [True])


def test_a_frame_that_is_too_long_ends_the_line_before_it_is_read() -> None:
    hearer, wire, heard = line()
    hearer.data_received((MOST_FRAME_BYTES + 1).to_bytes(4) + b"x")
    assert wire.cut
    assert not heard


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xc1", b"\x90", b"\x91\x63", b"\x92\x04\xa1x", b"\x91\x04", msgspec.msgpack.encode({"number": 1}),
        msgspec.msgpack.encode([2, 1, "GET"]), as_sent(Gone(1))[4:] + b"\x00", b"\x91" * 5_000,
    ],
    ids=["nothing", "reserved", "no tag", "unknown tag", "a word for a number", "too short", "a map", "half a request",
         "something after it", "very deep"],
)  # fmt: skip
def test_what_is_no_frame_ends_the_line(body: bytes) -> None:
    hearer, wire, heard = line(FromFront)
    hearer.data_received(len(body).to_bytes(4) + body)
    assert wire.cut
    assert not heard


def test_once_a_line_was_cut_nothing_more_is_heard_of_it() -> None:
    heard: list[Frame] = []

    def hear(frame: Frame) -> None:
        heard.append(frame)
        hearer.fail("enough")

    hearer: Line[Frame] = Line(FromFront, hear=hear, lost=lambda: None)
    hearer.connection_made(Wire())
    hearer.data_received(as_sent(Ready(), Gone(1), Gone(2)))
    assert heard == [Ready()]


def test_what_only_the_desk_may_say_is_no_frame_of_a_web_process() -> None:
    hearer, wire, heard = line(FromFront)
    hearer.data_received(as_sent(Stop()))
    assert wire.cut
    assert not heard


def test_the_same_event_for_many_boards_is_sent_once() -> None:
    event, other = b"event: change\n\n", b"event: beat\n\n"
    sender, wire, _ = line()

    def say() -> None:
        for number in range(100):
            sender.say_part(number, event, more=True)
        sender.say_part(3, other, more=True)
        sender.say_part(4, other, more=False)

    in_loop(say)
    hearer, _, heard = line()
    hearer.data_received(wire.written)
    assert heard == [Part(list(range(100)), event, True), Part([3], other, True), Part([4], other, False)]


def test_that_many_were_taken_is_told_once() -> None:
    sender, wire, _ = line()
    in_loop(*(partial(sender.say_taken, number) for number in range(100)))
    hearer, _, heard = line()
    hearer.data_received(wire.written)
    assert heard == [Taken(list(range(100)))]


def test_a_side_that_reads_nothing_is_given_up_before_memory_is_full() -> None:
    sender, wire, _ = line()
    wire.unread = MOST_UNREAD_BYTES
    in_loop(lambda: sender.say(Stop()))
    assert not wire.cut
    wire.unread = MOST_UNREAD_BYTES + 1
    in_loop(lambda: sender.say(Stop()))
    assert wire.cut


def test_on_a_lost_line_nothing_is_said_and_nothing_kept() -> None:
    sender, wire, _ = line()
    sender.connection_lost(None)
    in_loop(lambda: sender.say(Stop()))
    assert wire.written == b""
    assert sender.unread_bytes == 0


def test_no_frame_that_a_side_may_send_is_too_long_for_the_other() -> None:
    """A head of 32 KiB, and what a socket gives in one read beside what had come before it."""
    from answerable.web.server import MOST_HEAD_BYTES  # noqa: PLC0415

    most = Ask(2**62, "OPTIONS", "/" * MOST_HEAD_BYTES, b"/" * MOST_HEAD_BYTES, b"", [(b"a", b"b" * MOST_HEAD_BYTES)],
               ("::1", 1), "https", "1.1", b"x" * (64 + 256) * 1024, True)  # fmt: skip
    assert len(as_sent(most)) < frames.MOST_FRAME_BYTES
