"""A large export with a hundred stray quotes: every line is accounted for, only broken ones are put aside."""

from __future__ import annotations

import csv
import mmap
from pathlib import Path
from random import Random

import duckdb
import pytest
from tests.support.fault_runs import FULL, runs

from answerable import wiring
from answerable.generated.cities import CITIES
from answerable.generated.parts import Part
from answerable.generated.profile import profile_toml
from answerable.generated.write import write_part

QUOTES = 100
ROWS = runs(12_000, full=14_000_000)
"""Fourteen million lines are 2 GB."""


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean city's export, in which a hundred commas are followed by a quote that nothing closes."""
    city, folder = CITIES[0], tmp_path_factory.mktemp("stray")
    part = Part(city, ROWS, 0, ROWS, Path(city.id) / "calls.csv")
    (folder / "city.toml").write_text(profile_toml(city), encoding="utf-8")
    with duckdb.connect() as con:
        write_part(part, out=folder, seed=1, cursor=con.cursor())
    _spoil(folder / part.path, Random(911))
    return folder / part.path


def _spoil(file: Path, random: Random) -> None:
    """A letter after a comma becomes a quote: no byte moves, so the file may be of any size."""
    with file.open("r+b") as opened, mmap.mmap(opened.fileno(), 0) as data:
        begin = data.find(b"\n") + 1
        for _ in range(QUOTES):
            while True:
                comma = data.find(b",", random.randrange(begin, len(data) - 200))
                if data[comma + 1 : comma + 2].isalpha():
                    data[comma + 1 : comma + 2] = b'"'
                    break


def physical_lines(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(piece.count(b"\n") for piece in iter(lambda: opened.read(1 << 20), b""))


@pytest.mark.timeout(7200 if FULL else 240)
def test_every_line_with_a_hundred_stray_quotes_is_accounted_for(export: Path, tmp_path: Path) -> None:
    lines = physical_lines(export) - 1  # the header
    manifest = wiring.import_file(
        export, source=str(export.parent.parent / "city.toml"), out=tmp_path / "calls.parquet"
    )
    rows = manifest.rows
    assert lines == ROWS
    assert rows.read == lines
    assert rows.imported + rows.quarantined + rows.duplicates == lines
    assert 0 < rows.quarantined <= QUOTES
    assert manifest.calls == rows.imported


@pytest.mark.skipif(FULL, reason="the standard library's reader needs no 2 GB to lose lines")
def test_a_plain_reader_of_csv_loses_lines_of_this_file(export: Path) -> None:
    with export.open(encoding="utf-8", newline="") as opened:
        assert sum(1 for _ in csv.reader(opened)) < ROWS - QUOTES
