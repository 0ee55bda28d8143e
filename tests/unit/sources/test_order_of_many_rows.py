"""So many rows that several threads read and write them: each keeps its line, and calls lie in the order of receipt."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from tests.support.sources import HEADER, TOWN

from answerable.sources import Profile, import_calls, read_profile

ROWS = 250_000
SECONDS_APART = 60
TOKENS = 'null-tokens = ["", "NULL", "N/A", "none", "-", "?"]'
BACKWARDS, REPEATED = 1000, 500


@pytest.fixture(scope="module")
def profile() -> Profile:
    """The town's, with a list of tokens so long that the engine would rather join it than compare with each."""
    text = TOWN.replace("[inclusion]", f"[file]\n{TOKENS}\n\n[inclusion]", 1)
    return read_profile(text.encode(), file="town.toml")


def write_rows(out: Path, order: str) -> Path:
    """A row a minute; its call number is its place in time. `order`: SQL for where it stands in the file."""
    received = f"TIMESTAMP '2023-04-01' + to_seconds(n * {SECONDS_APART})"
    texts = dict.fromkeys(HEADER, "''") | {
        "Number": "n", "Received": f"strftime({received}, '%Y-%m-%d %H:%M:%S')",
        "Closer": "repeat('somebody ', 8)", "Code": "'HND'", "Source": "'911'", "Urgency": "'?'",
    }  # fmt: skip
    columns = ", ".join(f'{text} AS "{name}"' for name, text in texts.items())
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT {columns} FROM range({ROWS}) r(n) ORDER BY {order}) TO '{out}' (HEADER)")
    return out


def read(parquet: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        f"""CREATE VIEW calls AS SELECT call_id::BIGINT AS number, raw_line_no AS line, file_row_number AS place, raw
        FROM read_parquet('{parquet}', file_row_number = true)"""
    )
    return con


def test_a_long_list_of_null_tokens_moves_no_row_to_another_line(tmp_path: Path, profile: Profile) -> None:
    file = write_rows(tmp_path / "calls.csv", "n")
    found = import_calls(file, profile=profile, out=tmp_path / "out.parquet")
    assert found.rows.imported == ROWS
    with read(tmp_path / "out.parquet") as con:
        assert con.sql("SELECT count(*) FROM calls WHERE line <> number + 2 OR raw[1].line <> line").fetchall() == [
            (0,)
        ]


def test_rows_that_are_in_order_stay_in_order(tmp_path: Path, profile: Profile) -> None:
    file = write_rows(tmp_path / "calls.csv", "n")
    import_calls(file, profile=profile, out=tmp_path / "out.parquet")
    with read(tmp_path / "out.parquet") as con:
        assert con.sql("SELECT count(*), count(*) FILTER (number <> place) FROM calls").fetchall() == [(ROWS, 0)]


def test_rows_in_any_order_are_put_in_order_and_a_repeated_one_is_left_out(tmp_path: Path, profile: Profile) -> None:
    file = write_rows(tmp_path / "calls.csv", f"n // {BACKWARDS}, n DESC")
    text = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([*text, *text[1 : 1 + REPEATED]]), encoding="utf-8")
    found = import_calls(file, profile=profile, out=tmp_path / "out.parquet")
    assert (found.rows.imported, found.rows.duplicates) == (ROWS, REPEATED)
    with read(tmp_path / "out.parquet") as con:
        assert con.sql("SELECT count(*), count(*) FILTER (number <> place) FROM calls").fetchall() == [(ROWS, 0)]
        # the first copy is the one that stays
        assert con.sql(
            "SELECT count(*) FROM calls WHERE raw[1].line > 1 + (SELECT count(*) FROM calls)"
        ).fetchall() == [(0,)]
