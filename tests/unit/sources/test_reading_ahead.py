"""Blocks that are loaded several at once: kept in their order, and none after one that cannot be taken."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from answerable.sources.files.seal import seal_file
from answerable.sources.rows.block_reading import stage_rows
from answerable.sources.rows.blocks import Block, Content
from answerable.sources.rows.reading_ahead import Looked, reading_ahead

LINES = [f'{n},"row, {n}"' for n in range(1, 3001)]
BROKEN = [f"{n},open" if n % 700 else f'{n},"open' for n in range(1, 3001)]
SPANNING = [f'{n},"two\nlines"' if n % 5 == 0 else f"{n},one" for n in range(1, 3001)]


def staged(path: Path, *, threads: int, block_bytes: int) -> list[tuple[object, ...]]:
    """Every row as it was staged, in the order in which it lies."""
    folder = path.parent / f"{threads}-{block_bytes}"
    folder.mkdir()
    with duckdb.connect(config={"threads": threads}) as con:
        stage_rows(con, path, seal_file(path), header=("a", "b"), delimiter=",", folder=folder, block_bytes=block_bytes)
        assert con.execute("SELECT current_setting('threads')").fetchone() == (threads,)
        assert not list(folder.glob("block-*"))
        return [
            *con.execute("SELECT line, covers, c0, c1 FROM numbered").fetchall(),
            *con.execute("SELECT line, reason, raw FROM rejected ORDER BY line").fetchall(),
        ]


@pytest.mark.parametrize("lines", [LINES, BROKEN, SPANNING], ids=["clean", "broken", "spanning"])
def test_rows_lie_in_their_order_however_many_blocks_are_loaded_at_once(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "file.csv"
    path.write_text("\n".join(["a,b", *lines, ""]))
    one = staged(path, threads=1, block_bytes=4096)
    assert len(one) == 3000
    assert one == staged(path, threads=2, block_bytes=4096) == staged(path, threads=4, block_bytes=4096)
    assert one == staged(path, threads=4, block_bytes=1 << 20)


class Slowly:
    """A keeper of numbered blocks; the earlier ones take longer to load, and `refused` cannot be taken."""

    def __init__(self, blocks: int, *, refused: frozenset[int] = frozenset()) -> None:
        self.blocks, self.refused = blocks, refused
        self.loaded: list[int] = []
        self.kept: list[int] = []
        self.forgotten: list[int] = []
        self._later = threading.Event()

    def look_ahead(self, before: Looked | None) -> Looked | None:
        number = len(self.kept) if before is None else before.number + 1
        if number >= self.blocks:
            return None
        return Looked(number, Block(number, number + 1, number, whole_rows=True), Content(1, "\n", plain=True), "")

    def load(self, con: duckdb.DuckDBPyConnection, looked: Looked) -> int | None:
        con.begin()
        if looked.number == 0:
            self._later.wait(timeout=5)
        self._later.set()
        self.loaded.append(looked.number)
        return None if looked.number in self.refused else 1

    def keep(self, con: duckdb.DuckDBPyConnection, looked: Looked, rows: int | None) -> bool:
        con.rollback()
        (self.kept if rows else self.forgotten).append(looked.number)
        return rows is not None


def test_a_block_that_is_loaded_first_is_kept_in_its_turn() -> None:
    keeper = Slowly(5)
    with duckdb.connect(config={"threads": 2}) as con, reading_ahead(con, keeper, blocks=5) as ahead:
        assert [ahead.take() for _ in range(5)] == [(Block(n, n + 1, n, whole_rows=True), True) for n in range(5)]
    assert keeper.loaded[:2] == [1, 0]
    assert keeper.kept == [0, 1, 2, 3, 4]


def test_what_was_loaded_after_a_block_that_cannot_be_taken_is_forgotten() -> None:
    keeper = Slowly(4, refused=frozenset({0}))
    with duckdb.connect(config={"threads": 4}) as con, reading_ahead(con, keeper, blocks=4) as ahead:
        assert ahead.take() == (Block(0, 1, 0, whole_rows=True), False)
        assert 0 in keeper.forgotten
        assert sorted(keeper.forgotten) == sorted(keeper.loaded)  # what was stopped in the middle left nothing
        keeper.loaded.clear()
        ahead.take()
        # until one is taken again, none is loaded beforehand
        assert keeper.loaded == [0]
    assert keeper.kept == []


def take_one_and_fail(con: duckdb.DuckDBPyConnection, keeper: Slowly) -> None:
    with reading_ahead(con, keeper, blocks=9) as ahead:
        ahead.take()
        assert con.execute("SELECT current_setting('threads')").fetchone() == (1,)
        raise ZeroDivisionError


def test_an_error_leaves_no_transaction_and_the_engine_its_threads() -> None:
    keeper = Slowly(9)
    with duckdb.connect(config={"threads": 3}) as con:
        with pytest.raises(ZeroDivisionError):
            take_one_and_fail(con, keeper)
        assert keeper.kept == [0]
        assert sorted(keeper.forgotten) == sorted(set(keeper.loaded) - {0})
        assert con.execute("SELECT current_setting('threads')").fetchone() == (3,)
        con.execute("CHECKPOINT")
