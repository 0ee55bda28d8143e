"""What a profile laid over a header makes of a cell's text, held against the same said in Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.sources import HEADER, TOWN

from answerable.sources import read_profile
from answerable.sources.importer import find_duplicates
from answerable.sources.profiling.header import match_header
from answerable.sources.profiling.layout import Layout

TEXTS = st.text(alphabet=st.sampled_from(" \t\n\xa0aNUL-é😀\"'"), max_size=6) | st.sampled_from(
    ["NULL", " NULL\t", "-"]
)


def layout(tokens: Sequence[str]) -> Layout:
    listed = ", ".join(f'"{token}"' for token in tokens)
    text = TOWN.replace("[inclusion]", f"[file]\nnull-tokens = [{listed}]\n\n[inclusion]", 1)
    definition = read_profile(text.encode(), file="town.toml").definition
    return Layout(definition=definition, header=HEADER, match=match_header(definition, HEADER))


def of_each(sql: str, rows: Sequence[Sequence[str]]) -> list[object]:
    """What an expression over c0, c1, … gives for each row."""
    columns = ", ".join(f"list_extract(r, {at + 1}) AS c{at}" for at in range(len(rows[0])))
    with duckdb.connect() as con:
        query = f"SELECT {sql} FROM (SELECT {columns} FROM (SELECT unnest($1::VARCHAR[][]) AS r))"
        return [value for (value,) in con.execute(query, [list(map(list, rows))]).fetchall()]


@settings(max_examples=40)
@given(
    texts=st.lists(TEXTS, min_size=1), tokens=st.sampled_from([(), ("",), ("", "NULL"), ("", "NULL", "a", "é", "-")])
)
def test_a_cell_is_its_text_without_the_space_around_it_and_no_null_token(
    texts: list[str], tokens: tuple[str, ...]
) -> None:
    trimmed = [text.strip(" \t") for text in texts]
    wanted = [None if text in ("", *tokens) else text for text in trimmed]
    cell = layout(tokens).cell(HEADER[0])
    assert cell is not None
    assert of_each(cell, [[text] for text in texts]) == wanted


@settings(max_examples=40)
@given(
    letters=st.sampled_from("aé😀"), lengths=st.lists(st.integers(0, 200), min_size=len(HEADER), max_size=len(HEADER))
)
def test_a_rows_hash_is_that_of_each_columns_length_and_text(letters: str, lengths: list[int]) -> None:
    row = [letters * length for length in (0, 63, 64, *lengths[3:])]
    content = "".join(f"{len(text.encode())}:{text}" for text in row)
    assert of_each(layout(()).content_hash(), [row]) == [hashlib.sha256(content.encode()).hexdigest()]


def test_rows_that_only_share_a_number_are_no_duplicates() -> None:
    cells = ", ".join(f"'same' AS c{at}" for at in range(1, len(HEADER)))
    with duckdb.connect() as con:
        con.execute(
            f"""CREATE TABLE numbered AS SELECT line, NULL AS fault, 7 AS alike, text AS c0, {cells}
            FROM (VALUES (2, 'a'), (3, 'b'), (4, 'a'), (5, 'a'), (6, 'c')) v(line, text)"""
        )
        assert find_duplicates(con, layout(())) == 2
        assert con.execute("FROM duplicate_rows ORDER BY line").fetchall() == [(4, 2), (5, 2)]
