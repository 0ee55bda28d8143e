"""Blocks of a text on their way in, several at once: each is loaded by one thread, and they are kept in their order.

One query on all threads leaves them waiting for one another; one query a thread does not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import duckdb

from answerable.sources.rows.blocks import Block, Content
from answerable.sources.rows.staging import count
from answerable.sources.sql_text import name

MOST_AT_ONCE = 4
"""Looking at blocks is one thread's work: it cannot keep more than these busy."""


class Looked(NamedTuple):
    """A block that was looked at. `number`: of the block; `source`: the relation of its rows as the bulk reader sees
    them, None where it cannot read them."""

    number: int
    block: Block
    found: Content
    source: str | None


class Keeper(Protocol):
    """Where blocks are kept."""

    def look_ahead(self, before: Looked | None) -> Looked | None:
        """The block after `before` (None: after the last that is kept), looked at; None after the last of the text."""
        ...

    def load(self, con: duckdb.DuckDBPyConnection, looked: Looked) -> int | None:
        """Load a block in a transaction of `con`, which is left open: its rows, or None if it cannot be taken."""
        ...

    def keep(self, con: duckdb.DuckDBPyConnection, looked: Looked, rows: int | None) -> bool:
        """End that transaction: keep the block, or forget it where `rows` is None. Whether it was kept."""
        ...


class _Loading(NamedTuple):
    looked: Looked
    con: duckdb.DuckDBPyConnection
    rows: Future[int | None]


class Ahead:
    """A block that cannot be taken ends somewhere else than it was thought to: whatever was loaded after it is
    forgotten, and until a block is taken again none is loaded beforehand."""

    def __init__(self, keeper: Keeper, cons: list[duckdb.DuckDBPyConnection], pool: ThreadPoolExecutor) -> None:
        self._keeper, self._free, self._pool = keeper, cons, pool
        self._loading: deque[_Loading] = deque()
        self._at_once = self._most = len(cons)

    def take(self) -> tuple[Block, bool]:
        """The next block, and whether it was kept; if not, nothing of it or after it was."""
        self._load()
        first = self._loading[0]
        rows = first.rows.result()
        self._loading.popleft()
        self._free.append(first.con)
        kept = self._keeper.keep(first.con, first.looked, rows)
        self._at_once = self._most if kept else 1
        if not kept:
            self.forget()
        return first.looked.block, kept

    def _load(self) -> None:
        while len(self._loading) < self._at_once:
            last = self._loading[-1].looked if self._loading else None
            looked = self._keeper.look_ahead(last) if last is None or last.source is not None else None
            if looked is None:
                return
            con = self._free.pop()
            self._loading.append(_Loading(looked, con, self._pool.submit(self._keeper.load, con, looked)))

    def forget(self) -> None:
        """Stop what is being loaded; nothing of it is kept."""
        for one in self._loading:
            one.con.interrupt()
        while self._loading:
            one = self._loading.popleft()
            if one.rows.exception() is None:
                self._keeper.keep(one.con, one.looked, None)
            self._free.append(one.con)


_THREADS = "SELECT current_setting('threads')"


def readers(con: duckdb.DuckDBPyConnection) -> int:
    """How many blocks are read at once, where there are as many."""
    return min(count(con, _THREADS), MOST_AT_ONCE)


@contextmanager
def reading_ahead(con: duckdb.DuckDBPyConnection, keeper: Keeper, *, blocks: int) -> Iterator[Ahead]:
    """The engine's threads are lent to as many queries of one thread each, until the end; `blocks`: about how many
    there are. One block alone is read by all threads together."""
    threads = count(con, _THREADS)
    most = min(readers(con), blocks)
    cons = [con.cursor() for _ in range(most)]
    (staged,) = con.execute("SELECT current_database()").fetchone() or ("",)
    for one in cons:
        one.execute("SET TimeZone = 'UTC'")
        one.execute(f"USE {name(staged)}")
    with ThreadPoolExecutor(most, thread_name_prefix="block") as pool:
        ahead = Ahead(keeper, cons, pool)
        try:
            if most > 1:
                con.execute("SET threads = 1")
            yield ahead
        finally:
            ahead.forget()
            con.execute(f"SET threads = {threads}")
            for one in cons:
                one.close()
