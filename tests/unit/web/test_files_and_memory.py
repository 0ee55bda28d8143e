"""What is said of the files; memory that is looked through in parts; paths that are found without the router."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.routing import Route as Place
from tests.support.door import House

from answerable.errors import OverloadedError
from answerable.watch.views import FilesChecked
from answerable.web.application import places, plain_places
from answerable.web.headers import header
from answerable.web.housekeeping import look_through_memory
from answerable.web.page import tell_all
from answerable.web.table import ROUTES
from answerable.wiring.desk_answers import Done

CASES = [
    (FilesChecked(entries=0, of=1_200), ("checking", 0, 1_200), "being checked since the start: 0 of 1,200"),
    (FilesChecked(entries=1_200, of=1_200, whole=True), ("whole", 1_200, 1_200), "whole: all 1,200 entries"),
    (
        FilesChecked(entries=7, of=1_200, fault="/srv/desk/vault.db is damaged: page 3"),
        ("damaged", 7, 1_200),
        "damaged",
    ),
]


@pytest.mark.parametrize(("files", "ready", "said"), CASES, ids=["checking", "whole", "damaged"])
def test_how_far_the_files_were_looked_through_is_said_to_programs_and_people(
    desk_house: House, files: FilesChecked, ready: tuple[str, int, int], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_house.desk, "files", lambda: files)
    told = desk_house.browser().get("/-/ready").json()
    assert (told["files"], told["checked"], told["entries"]) == ready
    page = desk_house.browser().get("/log").text
    assert said in page
    assert "vault.db" not in page, "where the files lie is nobody's business"


class _Node:
    me: _Node


def test_what_refers_to_itself_is_freed_and_what_stays_is_not_looked_through_again() -> None:
    try:
        kept = _Node()
        kept.me = kept
        lost = _Node()
        lost.me = lost
        seen = weakref.ref(lost)
        del lost
        look_through_memory(all_of_it=False)
        assert seen() is None
        assert gc.get_freeze_count() > 0
        frozen = weakref.ref(kept)
        del kept
        look_through_memory(all_of_it=False)
        assert frozen() is not None, "set aside while it was in use"
        look_through_memory(all_of_it=True)
        assert frozen() is None, "once in an hour all of it is looked through"
    finally:
        gc.unfreeze()


def test_every_plain_path_leads_to_the_guard_that_the_router_would_have_found() -> None:
    found = places(ROUTES)
    plain = plain_places(found)
    assert {"/v1/calls", "/events", "/board", "/-/ready"} <= plain.keys()
    assert not any("{" in path for path in plain)
    for path, guard in plain.items():
        assert guard is next(place for place in found if place.path_regex.match(path)).app


def test_a_plain_path_behind_one_that_varies_is_left_to_the_router() -> None:
    class App:
        async def __call__(self, scope: object, receive: object, send: object) -> None: ...

    made = [Place("/x/{id}", App()), Place("/x/y", App()), Place("/z", App())]
    assert list(plain_places(made)) == ["/z"]


def test_of_a_header_that_was_sent_twice_the_first_counts() -> None:
    scope = {"headers": [(b"host", b"one"), (b"host", b"two"), (b"x", b"\xe9")]}
    assert header(scope, b"host") == "one"
    assert header(scope, b"x") == "é"
    assert header(scope, b"none") is None


def test_the_answers_of_a_batch_reach_their_loop_together_whoever_has_gone() -> None:
    async def ask() -> tuple[Done, BaseException | None, bool]:
        loop = asyncio.get_running_loop()
        answered, refused, gone = (loop.create_future() for _ in range(3))
        gone.cancel()
        pairs = [(gone, Done(id="c0", index=0)), (answered, Done(id="c1", index=1)), (refused, OverloadedError())]
        desk = threading.Thread(target=tell_all, args=(pairs,))
        desk.start()
        done = await answered
        await asyncio.wait([refused])
        desk.join()
        return done, refused.exception(), gone.cancelled()

    with ThreadPoolExecutor(1) as own:  # a browser's loop may run in this thread
        done, fault, gone = own.submit(lambda: asyncio.run(ask())).result()
    assert done.id == "c1"
    assert isinstance(fault, OverloadedError)
    assert gone


def test_answers_for_a_loop_that_has_ended_are_nobodys_and_no_fault() -> None:
    loop = asyncio.new_event_loop()
    waiting = loop.create_future()
    loop.close()
    tell_all([(waiting, Done(id="c1", index=1))])
    assert not waiting.done()
