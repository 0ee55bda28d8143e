"""Every promise of docs/reference/reliability.md names a test that there is, and desks that it finds out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "reference" / "reliability.md").read_text(encoding="utf-8")
ROWS = [line.split(" | ") for line in TEXT.splitlines() if "::test_" in line]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: re.findall(r"::(\w+)", row[2])[0])
def test_each_row_names_its_test_and_its_controls(row: list[str]) -> None:
    ((file, test),) = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[2])
    there = set(re.findall(r"^def (test_\w+)\(", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {test, *re.findall(r"`(test_\w+)`", row[3])} <= there


def test_nothing_of_the_table_waits_to_be_counted() -> None:
    assert len(ROWS) > 20
    assert "@" not in TEXT


def test_every_fault_test_of_the_desk_stands_in_the_table() -> None:
    files = {
        file.name
        for pattern in ("test_desk_*.py", "test_postgres_*.py")
        for file in (ROOT / "tests/faults").glob(pattern)
    }
    assert files <= set(re.findall(r"tests/faults/(\w+\.py)", TEXT))
