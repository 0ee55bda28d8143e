"""Lines of generated calls read with the standard library alone, and the tables that say what must be in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb

from answerable.generated.cities import CITIES, City
from answerable.generated.selecting import HEADER, lines_sql

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "generated-calls.md"
COLUMNS = HEADER.split(",")
POINTS = ("Received", "Dispatched", "En Route", "On Scene", "Closed")


def city(name: str) -> City:
    return next(one for one in CITIES if one.id == name)


def lines(of: City, *, rows: int, first: int, last: int, seed: int = 1) -> list[str]:
    """The lines as the generator's SQL gives them, without a file."""
    with duckdb.connect() as engine:
        found = engine.execute(lines_sql(of, rows=rows, seed=seed, first=first, last=last)).fetchall()
    return [line for (line,) in found]


def good_rows(texts: Iterable[str]) -> Iterator[dict[str, str]]:
    """The rows of lines that are not broken; a blank behind a line is left out."""
    for text in texts:
        fields = next(csv.reader([text.rstrip("\n")], strict=False))
        if len(fields) == len(COLUMNS) and "\0" not in text and not fields[1].startswith("13/45"):
            yield dict(zip(COLUMNS, fields, strict=True))


def times(row: dict[str, str], of: City) -> dict[str, datetime | None]:
    """The wall clock's times of a row; None where it has none."""
    nothing = ("", "NULL", datetime(1900, 1, 1).strftime(of.time_format))  # noqa: DTZ001  a wall clock
    return {
        point: None if row[point] in nothing else datetime.strptime(row[point], of.time_format)  # noqa: DTZ007
        for point in POINTS
    }


def table(heading: str) -> list[list[str]]:
    """The rows of the page's table whose first line begins with `heading`, as texts without marks."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(heading)}.*\n(?:\|.*\n)+", text, flags=re.MULTILINE)
    assert found, heading
    _, _, *rows = found[0].splitlines()
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]


def number(text: str) -> float:
    return float(text.replace(",", ""))
