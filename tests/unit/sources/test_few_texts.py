"""What cells of few texts mean is looked up; it must be what is worked out row by row where the texts are many."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import duckdb
import msgspec
import pytest
from tests.support.sources import BLANKS, HEADER, TOWN, Imported, import_town, row, town_csv

from answerable.sources import read_profile
from answerable.sources.meaning import few_texts
from answerable.sources.meaning.few_texts import MOST_LETTERS, MOST_TEXTS, find_few_texts
from answerable.sources.profiling.header import match_header
from answerable.sources.profiling.layout import Layout
from answerable.sources.sql_text import enum, looked_up

FLAGS = '\n[flags]\ndispatched = { column = "Danger", yes = ["Y"], no = ["N"] }\n'
TYPES = '\n[types]\nHND = { entry-kind = "test", text = "A test" }\nW = { entry-kind = "information" }\n'
MAPPED = """
type_initial       = "Code"
type_final         = "Closer"
priority_final_raw = "Danger"
units_arrived      = "Urgency"
place_text         = { column = "Code", with = ["Source"] }
district           = { column = "Source", pattern = "([0-9])" }
"""
KINDS = TOWN.replace("[columns]", f"[columns]{MAPPED}", 1)
UNITS = KINDS.replace("[inclusion]", '[file]\ngrain = "unit_response"\n\n[inclusion]', 1).replace(
    "[columns]", '[columns]\nunit = "Closer"', 1
)
PROFILES = {
    "plain": TOWN,
    "a blank means no": TOWN + BLANKS,
    "lists of everything": KINDS + BLANKS + FLAGS + TYPES,
    "rows a unit": UNITS + BLANKS + TYPES,
}
NOON = ("2023-06-01 12:00:00", "2023-06-01 12:01", "")
TEXTS = {
    "Dispatched": NOON, "Arrived": NOON, "Closed": NOON,
    "Code": ("HND", " HND\t", "CXC", "CXA", "CAN", "W", "GOA", "REF", "ACC", "zz", "é\"'", ""),
    "Closer": ("D1", "W", " ", ""), "Source": ("911", "911 ", "7", ""),
    "Urgency": ("0", "1", "12345", "-1", "1_0", ""), "Danger": ("Y", "N", "?", "1", ""),
}  # fmt: skip


def rows() -> list[tuple[str, ...]]:
    """Five hundred rows of texts drawn at random, one of which stands three times and one of which has no time."""
    drawn = random.Random(4)
    every = [
        row(Number=str(at // 2), Received=NOON[at % 3], **{name: drawn.choice(texts) for name, texts in TEXTS.items()})
        for at in range(500)
    ]
    return [*every, every[7], every[7], row(Number="9", Received="noon")]


def imported(folder: Path, profile: str) -> Imported:
    folder.mkdir()
    return import_town(folder, town_csv(rows()), profile=profile)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_calls_are_the_same_whether_texts_are_few_or_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    few = imported(tmp_path / "few", profile)
    monkeypatch.setattr(few_texts, "MOST_TEXTS", 0)
    many = imported(tmp_path / "many", profile)
    assert few.calls == many.calls
    assert few.quarantine == many.quarantine
    assert msgspec.structs.replace(few.manifest, parquet_sha256="") == msgspec.structs.replace(
        many.manifest, parquet_sha256=""
    )
    assert few.manifest.unlisted_codes
    assert few.manifest.unlisted_facts


def test_every_text_column_of_the_file_is_a_text_to_its_readers(tmp_path: Path) -> None:
    found = imported(tmp_path / "few", PROFILES["lists of everything"])
    with duckdb.connect() as con:
        described = con.execute(f"DESCRIBE SELECT * FROM read_parquet('{found.out}')").fetchall()
    assert not [column for column, kind, *_ in described if "ENUM" in kind]


def found_in(texts: dict[str, list[str]]) -> tuple[dict[str, tuple[str, ...]], dict[str, list[tuple[object, ...]]]]:
    """What is found of a table of kept rows, and the tables made of it."""
    definition = read_profile(TOWN.encode(), file="town.toml").definition
    layout = Layout(definition=definition, header=HEADER, match=match_header(definition, HEADER))
    columns = [texts.get(name, [""]) for name in HEADER]
    lines = [list(values) for values in itertools.islice(zip(*map(itertools.cycle, columns), strict=True), 3_000)]
    with duckdb.connect() as con:
        cells = ", ".join(f"r[{at + 1}] AS c{at}" for at in range(len(HEADER)))
        con.execute(f"CREATE TABLE numbered AS SELECT {cells} FROM (SELECT unnest($1::VARCHAR[][]) AS r)", [lines])
        con.execute("CREATE VIEW kept AS SELECT * FROM numbered")
        few = find_few_texts(con, layout)
        return few, {cell: con.execute(f"FROM few_{cell}").fetchall() for cell in few}


def test_the_texts_of_a_cell_are_sorted_and_counted() -> None:
    few, counted = found_in({"Code": ["b", "", "b", "A"], "Number": [str(n) for n in range(3_000)]})
    assert few["c5"] == ("", "A", "b")
    assert counted["c5"] == [("", 750), ("A", 750), ("b", 1_500)]


def test_a_cell_of_more_texts_than_can_be_listed_is_not_counted() -> None:
    few, _ = found_in({"Number": [str(n) for n in range(MOST_TEXTS + 1)], "Code": [str(n) for n in range(MOST_TEXTS)]})
    assert "c0" not in few
    assert len(few["c5"]) == MOST_TEXTS


def test_of_a_file_of_two_hundred_columns_every_text_is_counted(tmp_path: Path) -> None:
    more = [f"Extra {n}" for n in range(200)]
    lines = [[*row(Number=str(n), Received=NOON[0]), *(f"{n * at % 7}" for at in range(200))] for n in range(50)]
    content = "\n".join(",".join(line) for line in [[*HEADER, *more], *lines]) + "\n"
    found = import_town(tmp_path, content.encode())
    assert found.manifest.rows.imported == 50
    assert [[call["raw"][0][name] for name in more] for call in found.calls] == [line[len(HEADER) :] for line in lines]


def test_a_cell_of_long_stories_is_not_listed() -> None:
    few, _ = found_in({"Code": ["x" * (MOST_LETTERS + 1)], "Source": ["x" * MOST_LETTERS]})
    assert "c5" not in few
    assert "c7" in few


def test_a_text_with_a_nul_keeps_its_cell_from_being_listed() -> None:
    few, _ = found_in({"Code": ["a\0b", "c"]})
    assert "c5" not in few
    assert few["c6"] == ("",)


@pytest.mark.parametrize("values", [1, 255, 256, 257, 1000])
def test_what_is_looked_up_belongs_to_its_value_however_many_there_are(values: int) -> None:
    texts = [f"t{n:04}" for n in range(values)]
    found = looked_up("e", range(values), kind="INTEGER", blank=-1)
    with duckdb.connect() as con:
        told = con.execute(
            f"SELECT {found} FROM (SELECT unnest($1::VARCHAR[])::{enum(texts)} AS e)", [[None, *texts]]
        ).fetchall()
    assert told == [(-1,), *((n,) for n in range(values))]
