"""The rows of an import counted again, in what was written: what a manifest says must be there to be found."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import duckdb

from answerable.sources.rows.staging import Names


class Recount(NamedTuple):
    """`calls` in the Parquet file, `rows` of the source in those calls, `quarantined` rows in the quarantine file."""

    calls: int
    rows: int
    quarantined: int


def recount(parquet: Path) -> Recount:
    """Count what an import wrote at `parquet` and beside it."""
    with duckdb.connect() as con:
        relation = con.read_parquet(str(parquet)).aggregate("count(*), coalesce(sum(len(raw)), 0)")
        calls, rows = relation.fetchall()[0]
    csv.field_size_limit(1 << 30)  # a quarantined row may be longer than the reader takes by itself
    with Names(parquet).quarantine.open(encoding="utf-8", newline="") as text:
        quarantined = sum(1 for _ in csv.reader(text)) - 1
    return Recount(calls, int(rows), quarantined)
