"""Live lines: one event for what changed together, replay for a board that lost its line, an end with the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from answerable.watch.views import Change
from answerable.web.events import MOST_NAMED, MOST_REPLAYED, MOST_WAITING, Hub


class ToldDesk:
    """A desk whose changes are given by hand."""

    def __init__(self) -> None:
        self.index = -1
        self.log: list[Change] = []
        self.heard: list[Callable[[Sequence[Change]], None]] = []

    def now_us(self) -> int:
        return 7

    def subscribe(self, heard: Callable[[Sequence[Change]], None]) -> Callable[[], None]:
        self.heard.append(heard)
        return lambda: self.heard.remove(heard)

    def changes(self, after: int, *, most: int) -> list[Change]:
        return [one for one in self.log if one.index > after][:most]

    def happens(self, *about: str, alarm: str | None = None) -> None:
        made = []
        for id_ in about:
            self.index += 1
            made.append(Change(index=self.index, event="call.received", about=id_, alarm=alarm))
        self.log += made
        for heard in self.heard:
            heard(made)


def read(event: bytes) -> list[tuple[str, int, dict[str, Any]]]:
    """Name, id and data of each event in some bytes."""
    found = []
    for block in event.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in lines:
            found.append((lines["event"], int(lines["id"]), json.loads(lines["data"])))
    return found


def played(play: Callable[[ToldDesk, Hub], Any], *, together_s: float = 0.01) -> Any:
    """Run a little story in a loop of its own."""

    async def run() -> Any:
        desk = ToldDesk()
        hub = Hub(desk, together_s=together_s)  # type: ignore[arg-type]
        hub.open()
        try:
            return await play(desk, hub)
        finally:
            hub.close()

    # in a thread of its own: a browser test on the same worker leaves a loop running in this one
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, run()).result()


def test_what_changes_together_is_one_event_with_the_last_index() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> bytes | None:
        with hub.board() as board:
            desk.happens("a", "b")
            desk.happens("a", alarm="unheard")
            event = await board.get()
            assert board.empty()
            return event

    ((name, id_, data),) = read(played(play))
    assert (name, id_, data["index"], data["about"], data["alarm"]) == ("change", 2, 2, ["a", "b"], True)


def test_more_calls_than_can_be_named_are_not_named() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> bytes | None:
        with hub.board() as board:
            desk.happens(*(f"c-{number}" for number in range(MOST_NAMED + 1)))
            return await board.get()

    ((_, _, data),) = read(played(play))
    assert (data["about"], data["whole"]) == ([], True)


def test_no_event_says_more_than_ids() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> bytes | None:
        with hub.board() as board:
            desk.happens("a")
            return await board.get()

    ((_, _, data),) = read(played(play))
    assert set(data) == {"index", "about", "now_us", "alarm", "whole"}


async def first_of(hub: Hub, *, after: int | None) -> bytes:
    stream = hub.stream(after=after, still=lambda: True)
    try:
        return await anext(stream)
    finally:
        await stream.aclose()  # type: ignore[attr-defined]


def test_a_board_that_lost_its_line_is_told_what_it_missed() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> bytes:
        desk.happens("a", "b", "c")
        return await first_of(hub, after=0)

    ((name, id_, data),) = read(played(play))
    assert (name, id_, data["about"]) == ("change", 2, ["b", "c"])


@pytest.mark.parametrize("after", [None, 2, 99])
def test_one_that_missed_nothing_hears_that_the_line_is_there(after: int | None) -> None:
    async def play(desk: ToldDesk, hub: Hub) -> bytes:
        desk.happens("a", "b", "c")
        return await first_of(hub, after=after)

    ((name, id_, _),) = read(played(play))
    assert (name, id_) == ("beat", 2)


def test_one_that_missed_too_much_is_told_to_load_everything() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> bytes:
        desk.happens(*("a" for _ in range(MOST_REPLAYED + 2)))
        return await first_of(hub, after=0)

    ((name, _, _),) = read(played(play))
    assert name == "reload"


def test_nothing_that_happens_between_asking_and_listening_is_lost() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> list[bytes]:
        desk.happens("a")
        stream = hub.stream(after=-1, still=lambda: True)
        told = [await anext(stream)]
        desk.happens("b")
        told.append(await anext(stream))
        await stream.aclose()  # type: ignore[attr-defined]
        return told

    first, second = played(play)
    told = [data["about"] for _, _, data in (*read(first), *read(second))]
    assert told[0] == ["a"]
    assert "b" in told[1]


def test_a_board_that_does_not_read_is_cut_off_and_holds_nothing_up() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> tuple[int, bytes | None]:
        with hub.board() as board:
            for _ in range(MOST_WAITING + 1):
                hub._tell(b"x")
            return hub.boards, await board.get()

    assert played(play) == (0, None)


def test_closing_ends_every_line() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> list[bytes]:
        async def listened() -> list[bytes]:
            return [event async for event in hub.stream(after=None, still=lambda: True)]

        lines = [asyncio.create_task(listened()) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        hub.close()
        return [part for line in lines for part in await asyncio.wait_for(line, 5)]

    assert len(played(play)) == 3


def test_whoever_may_no_longer_listen_is_told_nothing_more() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> list[bytes]:
        allowed = iter([True, False])
        told = []
        stream = hub.stream(after=None, still=lambda: next(allowed))
        told.append(await anext(stream))
        desk.happens("a")
        told += [event async for event in stream]
        return told

    assert len(played(play)) == 2


def test_a_board_whose_line_another_process_keeps_is_told_at_once_until_the_server_ends() -> None:
    told = list[bytes]()

    async def play(desk: ToldDesk, hub: Hub) -> tuple[int, int, bool]:
        with hub.elsewhere(told.append) as ended:
            desk.happens("a", "b")
            await asyncio.sleep(0.05)
            open_ = hub.boards
            hub.close()
            return open_, hub.told, ended.is_set()

    assert played(play) == (1, 1, True)
    ((name, id_, data),) = read(told[0])
    assert (name, id_, data["about"]) == ("change", 1, ["a", "b"])
    assert len(told) == 1


def test_a_board_that_left_another_process_is_told_nothing_more() -> None:
    told = list[bytes]()

    async def play(desk: ToldDesk, hub: Hub) -> int:
        with hub.elsewhere(told.append):
            pass
        desk.happens("a")
        await asyncio.sleep(0.05)
        return hub.boards

    assert (played(play), told) == (0, [])


def test_after_the_end_nobody_waits_for_a_line_elsewhere() -> None:
    async def play(desk: ToldDesk, hub: Hub) -> bool:
        hub.close()
        with hub.elsewhere(lambda _: None) as ended:
            return ended.is_set()

    assert played(play)
