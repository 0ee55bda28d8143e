"""Files of calls that follow one another are written in their order, on any number of threads."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from tests.support.canonical import write_canonical
from tests.support.cases import MANIFEST

from answerable.config import Settings
from answerable.engines.join_calls import CallFile, join_calls
from answerable.model.times import SECOND_US, parse_instant

START_US = parse_instant("2024-01-01T00:00:00Z")
ROWS, PARTS = 100_000, 3
"""Fewer rows than one group of rows in a file, so that each file ends in the middle of one."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[CallFile]:
    """A call a second: all wait to the end. The first file speaks up to its own end, the others as far as they can."""
    folder = tmp_path_factory.mktemp("parts")
    one = write_canonical(folder / "one.parquet", [{"received_at": START_US, "call_id": "0", "dispatched": "no"}])
    made = []
    for number in range(PARTS):
        path = folder / f"part {number}.parquet"
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            con.execute(
                f"""COPY (SELECT * EXCLUDE (i)
                    REPLACE (received_at + to_seconds(i) AS received_at, i::VARCHAR AS call_id)
                FROM '{one}', range({number * ROWS}, {(number + 1) * ROWS}) AS every(i) ORDER BY i)
                TO '{path}' (FORMAT parquet)"""
            )
        until_us = START_US + ROWS * SECOND_US if number == 0 else None
        made.append(CallFile(path, MANIFEST, until_us))
    return made


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_files_that_follow_one_another_keep_the_order_of_receipt(
    parts: list[CallFile], threads: int, tmp_path: Path
) -> None:
    out = tmp_path / "calls.parquet"
    assert join_calls(parts, out, settings=Settings(threads=threads)).copies == 0
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        misplaced = con.execute(
            f"""SELECT count(*) FILTER (call_id::BIGINT <> file_row_number), count(*),
            count(*) FILTER (last_seen_at IS NOT NULL), max(epoch_us(last_seen_at)), max(file_row_number)
                FILTER (last_seen_at IS NOT NULL) FROM read_parquet('{out}', file_row_number = true)"""
        ).fetchall()
    assert misplaced == [(0, ROWS * PARTS, ROWS, START_US + ROWS * SECOND_US, ROWS - 1)]
