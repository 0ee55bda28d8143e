"""Which files are written: each has at most a million lines, and is whole or not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from answerable.generated.cities import CITIES, City, rows_of_cities

ROWS_OF_A_FILE = 1_000_000


class Part(NamedTuple):
    """Lines `first` to `last` (not included) of a city that has `rows`; `path` is below the folder of all."""

    city: City
    rows: int
    first: int
    last: int
    path: Path


def parts_of(rows: int, *, rows_of_a_file: int = ROWS_OF_A_FILE) -> Iterator[Part]:
    """Every file, city by city. A city that gets no row gets no file."""
    shared = rows_of_cities(rows)
    for city in CITIES:
        own = shared[city.id]
        for number, first in enumerate(range(0, own, rows_of_a_file), start=1):
            yield Part(city, own, first, min(first + rows_of_a_file, own), Path(city.id) / f"calls-{number:04d}.csv")
