"""Which cells hold few different texts. What such a text means is worked out once and looked up in every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from answerable.sources.profiling.layout import Layout
from answerable.sources.rows.staging import count

MOST_TEXTS, MOST_LETTERS = 1_000, 50_000
"""The most that a cell's texts may be to be listed, and how long they may be together."""
_LOOKED_AT_ROWS = 20_000
"""Cells with more texts in so many rows are not counted any further."""
_COUNTED_AT_ONCE = 32
"""The engine numbers a set of groups with a bit for each column, and has 64 of them."""


def find_few_texts(con: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, tuple[str, ...]]:
    """The texts, sorted, of each cell of the view `kept` that has at most MOST_TEXTS; and for each such cell a table
    `few_<cell>` (the cell, rows): how many rows have which."""
    distinct = ", ".join(f"count(DISTINCT {cell})" for cell in layout.cells)
    looked = con.execute(f"SELECT {distinct} FROM (SELECT * FROM numbered LIMIT {_LOOKED_AT_ROWS})").fetchone() or ()
    likely = [cell for cell, texts in zip(layout.cells, looked, strict=True) if texts <= MOST_TEXTS]
    found: dict[str, tuple[str, ...]] = {}
    for at in range(0, len(likely), _COUNTED_AT_ONCE):
        found |= _counted(con, likely[at : at + _COUNTED_AT_ONCE])
    return found


def _counted(con: duckdb.DuckDBPyConnection, likely: Sequence[str]) -> dict[str, tuple[str, ...]]:
    cells = ", ".join(likely)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE few AS SELECT {cells}, count(*) AS rows, GROUPING({cells}) AS without
        FROM kept GROUP BY GROUPING SETS ({", ".join(f"({cell})" for cell in likely)})"""
    )
    found = dict(_texts(con, likely))
    con.execute("DROP TABLE few")
    return found


def _texts(con: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for at, cell in enumerate(cells, start=1):
        # a set's number has a zero where its column is
        own = f"FROM few WHERE without = {2 ** len(cells) - 1 - 2 ** (len(cells) - at)}"
        if not 0 < count(con, f"SELECT count(*) {own}") <= MOST_TEXTS:
            continue
        con.execute(f"CREATE OR REPLACE TEMP TABLE few_{cell} AS SELECT {cell}, rows {own} ORDER BY {cell}")
        texts = tuple(text for (text,) in con.execute(f"SELECT {cell} FROM few_{cell}").fetchall())
        # SQL has no place for a NUL
        if None not in texts and not any("\0" in text for text in texts) and sum(map(len, texts)) <= MOST_LETTERS:
            yield cell, texts
