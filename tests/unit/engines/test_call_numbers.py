"""Missing call numbers, counted in blocks, beside a plain count number by number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

import duckdb
import pytest

from answerable.engines.call_numbers import gaps_in_numbers

Numbers = Sequence[str | None]


def counted(numbers: Numbers, folder: Path) -> int | None:
    parquet = folder / "it's calls.parquet"
    with duckdb.connect() as con:
        con.execute("CREATE TABLE calls (call_id VARCHAR)")
        con.execute("INSERT INTO calls SELECT unnest($1::VARCHAR[])", [list(numbers)])
        con.execute(f"COPY calls TO '{str(parquet).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
        return gaps_in_numbers(con, parquet)


def plainly(numbers: Numbers) -> int | None:
    """The same as it is defined: series by series, number by number."""
    series: dict[str, set[int]] = {}
    for one in numbers:
        found = re.fullmatch("(.*?)([0-9]{1,15})", one or "")
        if found is None:
            return None
        series.setdefault(found[1], set()).add(int(found[2]))
    gaps = sum(max(held) - min(held) + 1 - len(held) for held in series.values())
    return None if not series or gaps > sum(map(len, series.values())) else gaps


@pytest.mark.parametrize(
    ("numbers", "gaps"),
    [
        (["18-000198", "18-000199", "18-000200", "18-000203"], 2),
        (["18-1", "18-3", "19-7", "19-8"], 1),
        (["7", "007", "09"], 1),
        (["é98", "é99", "é101"], 1),
        (["1", "2", None], None),
        (["1", "2", ""], None),
        (["1", "2", "x"], None),
        (["1", "2", " 3"], 0),
        (["1", "900"], None),
        (["98765432109876543", "98765432109876545"], 1),
        ([], None),
        (["5", "5", "5"], 0),
    ],
)  # fmt: skip
def test_what_is_missing_between_the_first_and_the_last_of_a_series(
    numbers: Numbers, gaps: int | None, tmp_path: Path
) -> None:
    assert counted(numbers, tmp_path) == plainly(numbers) == gaps


def test_blocks_count_what_a_count_number_by_number_counts(tmp_path: Path) -> None:
    rng, seen = Random(18), set[int | None]()
    for _ in range(60):
        width, first, kept = rng.choice([0, 3, 6]), rng.choice([0, 1, 95, 999_950]), rng.choice([0.4, 0.6, 0.9])
        numbers = [
            f"{series}{number:0{width}}"
            for series in rng.sample(["", "18-", "19-", "ü"], 2)
            for number in range(first, first + rng.randint(1, 400))
            if rng.random() < kept
        ]
        rng.shuffle(numbers)
        seen.add(found := counted(numbers, tmp_path))
        assert found == plainly(numbers), numbers
    assert None in seen
    assert len(seen) > 20
