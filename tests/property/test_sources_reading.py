"""Whatever the bytes are: every physical line is accounted for, and both readers agree where the file is clean."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import openpyxl
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.support.sources import HEADER, TOWN, Imported, import_given, import_town, row

from answerable.sources.files.seal import seal_file
from answerable.sources.meaning.clock import choose_folds
from answerable.sources.rows.block_reading import stage_rows
from answerable.sources.rows.careful import Blank, Rejected, Row, is_row, read_lines

FRAGMENT = st.sampled_from(['"', ",", "a", "b c", '""', "é", " ", "\0", "1", '","', "2023-06-01 12:00:00"])
LINE = st.lists(FRAGMENT, max_size=8).map("".join)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
FIELD = st.text(alphabet=st.sampled_from('ab", é\n'), max_size=6)
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(LINE, ENDS), max_size=12))
def test_every_physical_line_is_in_a_row_rejected_or_blank(lines: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(("x,y,z\n" + "".join(line + end for line, end in lines)).encode())
        read = seal_file(path)
        judged = list(read_lines(path, width=3, delimiter=","))
    covered: list[int] = []
    for one in judged:
        covered += range(one.line, one.line + (one.covers if isinstance(one, Row) else 1))
        assert isinstance(one, Row | Rejected | Blank)
        assert not isinstance(one, Row) or len(one.fields) == 3
    assert covered == list(range(2, read.lines + 1))


def quoted(fields: tuple[str, ...], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(fields)
    return out.getvalue().removesuffix(end)


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_both_readers_agree_on_a_clean_file(rows: list[tuple[str, str, str]], end: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("x", "y", "z"), *rows])
    # where a line of a field that spans lines is a row by itself, the careful reader alone is in doubt, and says so
    inner = [line for fields in rows for line in quoted(fields, end).split("\n")[1:]]
    assume(not any(is_row(line, width=3, delimiter=",") for line in inner))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder) / "file.csv"
        path.write_bytes(text.getvalue().encode())
        careful = [one for one in read_lines(path, width=3, delimiter=",") if isinstance(one, Row)]
        staged = stage_rows(con, path, seal_file(path), header=("x", "y", "z"), delimiter=",", folder=Path(folder))
        bulk = con.execute("SELECT line, covers, c0, c1, c2 FROM numbered ORDER BY line").fetchall()
    assert [(one.line, one.covers, *one.fields) for one in careful] == bulk
    assert staged.rows == len(careful)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(st.lists(st.tuples(LINE, ENDS), max_size=12), st.integers(1, 60))
def test_blocks_of_any_size_give_what_the_careful_reader_gives(lines: list[tuple[str, str]], size: int) -> None:
    content = ("x,y,z\n" + "".join(line + end for line, end in lines)).encode()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder) / "file.csv"
        path.write_bytes(content)
        judged = list(read_lines(path, width=3, delimiter=","))
        stage_rows(
            con, path, seal_file(path), header=("x", "y", "z"), delimiter=",", folder=Path(folder), block_bytes=size
        )
        rows = con.execute("SELECT line, covers, c0, c1, c2 FROM numbered ORDER BY line").fetchall()
        rejected = con.execute("SELECT line, reason FROM rejected ORDER BY line").fetchall()
    assert rows == [(one.line, one.covers, *one.fields) for one in judged if isinstance(one, Row)]
    assert rejected == [(one.line, one.reason) for one in judged if isinstance(one, Rejected)]


GOOD = row(Number="1", Received="2023-06-01 12:00:00")
TOWN_LINE = st.one_of(
    st.integers(1, 3).map(lambda n: ",".join(row(Number=str(n), Received="2023-06-01 12:00:00"))),
    st.just(",".join(row(Number="4", Received="no time"))),
    LINE,
)


@settings(max_examples=8, deadline=None, suppress_health_check=SLOW)
@given(st.lists(TOWN_LINE, max_size=10))
def test_an_import_reconciles_whatever_the_lines_are(lines: list[str]) -> None:
    header = "Number,Received,Dispatched,Arrived,Closed,Code,Closer,Source,Urgency,Danger"
    with tempfile.TemporaryDirectory() as folder:
        found = import_town(Path(folder), ("\n".join([header, *lines]) + "\n").encode(), profile=TOWN)
    rows = found.manifest.rows
    assert rows.read == rows.imported + rows.quarantined + rows.duplicates
    assert rows.imported == len(found.calls) == found.manifest.calls
    assert rows.quarantined == len(found.quarantine)


CANDIDATES = st.one_of(
    st.none(),
    st.integers(0, 20).map(lambda at: (at,)),
    st.integers(0, 20).map(lambda at: (at, at + 10)),
)


def every_choice(points: list[tuple[int, ...] | None]) -> list[list[int]]:
    choices: list[list[int]] = [[]]
    for candidates in points:
        if candidates:
            choices = [[*chosen, one] for chosen in choices for one in candidates]
    return choices


def inversions(chosen: list[int]) -> int:
    return sum(later < earlier for earlier, later in pairwise(chosen))


@settings(max_examples=300, deadline=None)
@given(st.lists(CANDIDATES, max_size=7))
def test_the_folds_chosen_are_the_first_of_the_most_orderly(points: list[tuple[int, ...] | None]) -> None:
    chosen = [one[0] for one in choose_folds(points) if one]
    fewest = min(map(inversions, every_choice(points)))
    assert chosen == min(choice for choice in every_choice(points) if inversions(choice) == fewest)


VALUE = st.text(alphabet=st.sampled_from("ab07 é\"',;\n"), max_size=5)
CALLS = st.lists(st.tuples(st.sampled_from(["007", "8", "0"]), VALUE), min_size=1, max_size=4)


@settings(max_examples=6, deadline=None, suppress_health_check=SLOW)
@given(CALLS)
def test_the_same_rows_give_the_same_calls_in_whatever_they_come(given_rows: list[tuple[str, str]]) -> None:
    rows = [row(Number=number, Received="2023-06-01 12:00:00", Closer=text) for number, text in given_rows]
    # a text that spans lines is one row only where no line of it is one by itself
    assume(not any(is_row(line, width=10, delimiter=",") for _, text in given_rows for line in text.split("\n")[1:]))
    with tempfile.TemporaryDirectory() as made:
        found = {name: calls_of(import_given(Path(made) / name, path)) for name, path in every_way(Path(made), rows)}
    assert all(calls == found["plain.csv"] for calls in found.values()), found


def calls_of(found: Imported) -> list[dict[str, object]]:
    """Every call without its line, which is counted from another start in each format."""
    kept = [
        {key: value for key, value in call.items() if key not in ("raw_file", "raw_line_no")} for call in found.calls
    ]
    for call in kept:
        call["raw"] = [{key: value for key, value in one.items() if key != "line"} for one in call["raw"]]
    return kept


def every_way(folder: Path, rows: list[tuple[str, ...]]) -> Iterator[tuple[str, Path]]:
    """The same rows in each format and container."""

    def text(delimiter: str) -> bytes:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([HEADER, *rows])
        return out.getvalue().encode()

    def packed(content: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("in/calls.csv", content)
        return out.getvalue()

    files = {
        "plain.csv": text(","),
        "tabs.tsv": text("\t"),
        "utf16.csv": text(",").decode().encode("utf-16"),
        "packed.csv.gz": gzip.compress(text(",")),
        "packed.zip": packed(text(",")),
        "lines.jsonl": "".join(json.dumps(dict(zip(HEADER, one, strict=True))) + "\n" for one in rows).encode(),
    }
    for name, content in files.items():
        (folder / f"in-{name}").write_bytes(content)
        yield name, folder / f"in-{name}"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("calls")
    for values in (HEADER, *rows):
        sheet.append(values)
    book.save(folder / "in-book.xlsx")
    yield "book.xlsx", folder / "in-book.xlsx"
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t (" + ", ".join(f'"{column}" VARCHAR' for column in HEADER) + ")")
        con.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(HEADER))})", rows)
        con.execute(f"COPY t TO '{folder / 'in-rows.parquet'}' (FORMAT parquet)")
    yield "rows.parquet", folder / "in-rows.parquet"
