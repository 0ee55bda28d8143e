"""Blocks of a text: read in bulk where every physical line is accounted for, and kept once they are read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from answerable.errors import SourceError
from answerable.sources.files.seal import seal_file
from answerable.sources.rows.block_reading import stage_rows
from answerable.sources.rows.blocks import even_blocks, next_block
from answerable.sources.rows.reader import Staged, Told, raw_lines, read_header


def staged(folder: Path, content: bytes, *, delimiter: str = ",") -> tuple[Staged, list[tuple[object, ...]]]:
    path = folder / "file.csv"
    path.write_bytes(content)
    header = read_header(path, delimiter, shown="file.csv")
    with duckdb.connect() as con:
        found = stage_rows(con, path, seal_file(path), header=header, delimiter=delimiter, folder=folder)
        return found, con.execute(
            "SELECT line, covers, * EXCLUDE (line, covers) FROM numbered ORDER BY line"
        ).fetchall()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_clean_file_is_read_in_bulk(tmp_path: Path, end: str, mark: str) -> None:
    text = mark + end.join(["a,b,c", '1,"x, y",', '2,"say ""é""",3', "4,,5"])
    found, rows = staged(tmp_path, text.encode())
    assert rows == [(2, 1, "1", "x, y", ""), (3, 1, "2", 'say "é"', "3"), (4, 1, "4", "", "5")]
    assert (found.header, found.rows, found.rejected, found.careful) == (("a", "b", "c"), 3, 0, False)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_field_that_spans_lines_keeps_the_numbers_of_those_after_it(tmp_path: Path, end: str) -> None:
    text = end.join(["a,b,c", "1,x,y", f'2,"two{end}lines{end}more",3', "4,5,6", ""])
    found, rows = staged(tmp_path, text.encode())
    assert rows == [(2, 1, "1", "x", "y"), (3, 3, "2", f"two{end}lines{end}more", "3"), (6, 1, "4", "5", "6")]
    assert found.careful is False


def test_a_field_that_swallowed_rows_sends_the_file_to_the_careful_reader(tmp_path: Path) -> None:
    found, rows = staged(tmp_path, b'a,b,c\n1,"x,3\n4,5,6\n7,"",9\n10,y",12\n')
    assert found.careful is True
    assert [row[0] for row in rows] == [3, 4, 5]
    assert (found.rows, found.rejected) == (3, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"a,b,c\n1,2,3\n\n4,5,6\n",
        b"a,b,c\r\n1,2,3\n4,5,6\r\n",
        b"a,b,c\r1,2,3\r4,5,6\r",
        b"a,b,c\n1,2\n1,2,3\n4,5,6\n",
        b'a,b,c\n1,"2,3\n1,2,3\n4,5,6\n',
        b"a,b,c\n1,\x002,3\n1,2,3\n4,5,6\n",
    ],
)
def test_whatever_is_not_clean_is_read_carefully_and_loses_no_good_row(tmp_path: Path, content: bytes) -> None:
    found, rows = staged(tmp_path, content)
    assert found.careful is True
    assert [row[2:] for row in rows] == [("1", "2", "3"), ("4", "5", "6")]
    assert found.rows == 2


def test_spaces_around_quotes_stay(tmp_path: Path) -> None:
    found, rows = staged(tmp_path, b'a,b,c\n1, "x" ,3\n')
    assert (found.careful, rows) == (True, [(2, 1, "1", ' "x" ', "3")])


def test_one_column_and_a_header_alone_can_be_read(tmp_path: Path) -> None:
    assert staged(tmp_path, b"a\n1\n2\n")[1] == [(2, 1, "1"), (3, 1, "2")]
    assert staged(tmp_path, b"a,b\n")[0].rows == 0
    assert staged(tmp_path, b"a,b")[0].rows == 0


def test_another_delimiter_is_the_only_one(tmp_path: Path) -> None:
    assert staged(tmp_path, b"a;b\n1,5;2\n", delimiter=";")[1] == [(2, 1, "1,5", "2")]


def test_a_header_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"file\.csv, line 1: the first line is blank"):
        staged(tmp_path, b"\na,b\n1,2\n")
    with pytest.raises(SourceError, match="line 1: the header cannot be read"):
        staged(tmp_path, b'a,"b\n1,2\n')


def test_the_text_of_a_row_is_found_again_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'a,b\r\n1,2\r\n3,"4\r\n5"\r\n6,7\r\n')
    assert dict(raw_lines(path, {3: 2, 5: 1})) == {3: '3,"4\r\n5"', 5: "6,7"}


def test_broken_lines_in_a_large_file_cost_only_themselves(tmp_path: Path) -> None:
    lines = ["a,b,c"]
    broken = set()
    for number in range(2, 20_002):
        odd = number % 100 == 50
        broken |= {number} if odd else set()
        lines.append(f'{number},"stray,x' if odd else f'{number},"quoted, {number}",x')
    found, rows = staged(tmp_path, ("\n".join(lines) + "\n").encode())
    assert (found.rows, found.rejected) == (19_800, 200)
    assert {row[0] for row in rows} == set(range(2, 20_002)) - broken
    assert all(str(row[0]) == row[2] for row in rows)


class StoppedError(Exception):
    """As if the process had ended here."""


def test_a_reading_that_was_interrupted_goes_on_after_the_last_block_it_kept(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("a,b\n" + "".join(f'{n},"row, {n}"\n' if n % 97 else f'{n},"open\n' for n in range(1, 2001)))
    heard: list[int] = []

    def stop_after_three(lines: int) -> None:
        heard.append(lines)
        if len(heard) == 3:
            raise StoppedError

    def read(con: duckdb.DuckDBPyConnection, told: Told) -> tuple[Staged, list[tuple[object, ...]]]:
        found = stage_rows(
            con, path, seal_file(path), header=("a", "b"), delimiter=",", folder=tmp_path, told=told, block_bytes=4096
        )
        return found, con.execute("SELECT line, covers, c0, c1 FROM numbered ORDER BY line").fetchall()

    with duckdb.connect(str(tmp_path / "whole.duckdb")) as con:
        wanted = read(con, lambda _lines: None)
    with duckdb.connect(str(tmp_path / "staging.duckdb")) as con, pytest.raises(StoppedError):
        read(con, stop_after_three)
    later: list[int] = []
    with duckdb.connect(str(tmp_path / "staging.duckdb")) as con:
        assert read(con, later.append) == wanted
    assert later[0] > heard[-1]
    assert (wanted[0].rows, wanted[0].rejected, wanted[0].lines) == (1980, 20, 2001)


def test_another_file_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    with duckdb.connect() as con:
        for content in ("a,b\n1,2\n", "a,b\n3,4\n"):
            path.write_text(content)
            stage_rows(con, path, seal_file(path), header=("a", "b"), delimiter=",", folder=tmp_path)
        assert con.execute("SELECT c0, c1 FROM numbered").fetchall() == [("3", "4")]


def test_only_the_broken_part_of_a_large_file_is_read_carefully(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("a,b\n" + "".join(f"{n},{'x' * 90}\n" if n != 30_000 else f'{n},"x\n' for n in range(1, 60_001)))
    with duckdb.connect() as con:
        found = stage_rows(con, path, seal_file(path), header=("a", "b"), delimiter=",", folder=tmp_path)
        careful, bulk = (
            con.execute(f"SELECT sum(rows)::BIGINT FROM blocks WHERE careful = {kind}").fetchone()
            for kind in (True, False)
        )
    assert (found.rows, found.rejected) == (59_999, 1)
    assert careful is not None
    assert bulk is not None
    assert careful[0] < 25_000 < bulk[0]


@pytest.mark.parametrize(
    ("file_bytes", "readers", "blocks"),
    [(31, 2, 1), (148, 2, 6), (2_000, 2, 64), (2_000, 4, 64), (90, 1, 3), (33, 4, 4)],
)
def test_each_reader_gets_as_many_blocks_and_none_is_left_over(
    tmp_path: Path, file_bytes: int, readers: int, blocks: int
) -> None:
    line = b"%0127d\n"
    lines = file_bytes * (1 << 20) // 128 // 32  # all thirty-two times smaller
    path = tmp_path / "rows.csv"
    path.write_bytes(b"".join(line % number for number in range(lines)))
    size = path.stat().st_size
    at_most = even_blocks(size, most_bytes=1 << 20, readers=readers)
    found, end = list[int](), 0
    with path.open("rb") as file:
        while end < size:
            block = next_block(file, start=end, first_line=1, size=at_most, file_bytes=size)
            found.append(block.end - end)
            end = block.end
    assert len(found) == blocks
    assert blocks == 1 or min(found) > 0.8 * max(found)
