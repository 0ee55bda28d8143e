"""Unpredictable bytes are given once, in every thread and every process."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from answerable.stores.chance import PIECE_BYTES, SystemChance


def test_as_many_bytes_as_asked_for_and_none_twice() -> None:
    chance = SystemChance()
    given = [chance(16) for _ in range(2_000)]
    assert {len(one) for one in given} == {16}
    assert len(set(given)) == len(given)
    assert len(chance(3 * PIECE_BYTES)) == 3 * PIECE_BYTES
    assert chance(0) == b""


def test_no_two_threads_get_the_same() -> None:
    chance = SystemChance()
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda _: chance(16), range(4_000)))
    assert len(set(given)) == len(given)


def test_a_child_process_draws_its_own() -> None:
    chance = SystemChance()
    chance(1)
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, chance(16))
        os._exit(0)
    ours = chance(16)
    os.wait()
    assert os.read(read, 16) != ours
    os.close(read)
    os.close(write)
