"""Canonical calls one by one, in the order of the file, as a live desk is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from answerable.engines.duck import engine_faults, text_literal
from answerable.model.call import CLOCK_POINTS, FACT_COLUMNS

_BATCH = 10_000
_TEXTS = (
    "row_key", "call_id", "duplicate_of", "origin", "entry_kind", "abandoned", "type_initial", "type_initial_text",
    "dispatched", "disposition", "disposition_raw", "ended_by", "first_unit", "sensitive", "place_text", "district",
    "beat",
)  # fmt: skip


class FeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a file. `times_us` by clock point, `facts` by name; what is blank is absent."""

    row_key: str
    call_id: str | None
    duplicate_of: str | None
    origin: str
    entry_kind: str
    abandoned: bool | None
    type: str | None
    dispatched: str
    disposition: str
    disposition_raw: str | None
    ended_by: str
    unit: str | None
    sensitive: bool | None
    place: str | None
    district: str | None
    beat: str | None
    times_us: dict[str, int]
    facts: dict[str, Any]


def feed_rows(parquet: Path) -> Iterator[FeedRow]:
    """Every call of a canonical file. Raises StorageError where it cannot be read."""
    facts = [name for name, _ in FACT_COLUMNS]
    columns = [*_TEXTS, *(f"epoch_us({point}_at)" for point in CLOCK_POINTS), *facts]
    with engine_faults(parquet), duckdb.connect() as connection:
        connection.execute(
            f"""SELECT {", ".join(columns)}
                FROM read_parquet({text_literal(str(parquet))}, file_row_number = true) ORDER BY file_row_number"""
        )
        while batch := connection.fetchmany(_BATCH):
            for row in batch:
                yield _row(row, facts)


def _row(row: tuple[Any, ...], facts: list[str]) -> FeedRow:
    given = dict(zip(_TEXTS, row, strict=False))
    times = dict(zip(CLOCK_POINTS, row[len(_TEXTS) :], strict=False))
    told = dict(zip(facts, row[len(_TEXTS) + len(CLOCK_POINTS) :], strict=True))
    return FeedRow(
        row_key=given["row_key"],
        call_id=given["call_id"],
        duplicate_of=given["duplicate_of"],
        origin=given["origin"],
        entry_kind=given["entry_kind"],
        abandoned=given["abandoned"],
        type=given["type_initial_text"] or given["type_initial"],
        dispatched=given["dispatched"],
        disposition=given["disposition"],
        disposition_raw=given["disposition_raw"],
        ended_by=given["ended_by"],
        unit=given["first_unit"],
        sensitive=given["sensitive"],
        place=given["place_text"],
        district=given["district"],
        beat=given["beat"],
        times_us={point: at_us for point, at_us in times.items() if at_us is not None},
        facts={name.removeprefix("fact_"): value for name, value in told.items() if value is not None},
    )
