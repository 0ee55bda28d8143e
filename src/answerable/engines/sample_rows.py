"""The calls a sample may be drawn from: of a result, or of an imported file, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from answerable.answer.rows import local_text
from answerable.answer.sampling import DRAWN, Candidate
from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal

_BATCH = 10_000
_NTH = "row_number() OVER (PARTITION BY call ORDER BY file_row_number) AS nth"


def result_candidates(
    parquet: Path, *, outcomes: Sequence[str] = (), claim: str | None = None, settings: Settings | None = None
) -> Iterator[Candidate]:
    """Calls of a result's `calls.parquet` with one of `outcomes` (none named: any) of which `claim` complains.

    Raises StorageError, SourceError where the file is not one of ours.
    """
    query = f"""
        SELECT {", ".join(DRAWN)}, nth
        FROM (SELECT *, {_NTH} FROM read_parquet({text_literal(str(parquet))}, file_row_number = true))
        WHERE (len($1::VARCHAR[]) = 0 OR outcome IN (SELECT unnest($1::VARCHAR[])))
          AND ($2::VARCHAR IS NULL OR list_contains(claims, $2::VARCHAR))"""
    for row in _rows(parquet, query, [list(outcomes), claim], settings=settings):
        yield Candidate(cells=row[:-1], nth=row[-1])


def imported_candidates(
    parquet: Path, *, timezone: str, start_point: str | None, settings: Settings | None = None
) -> Iterator[Candidate]:
    """Every call of an imported file. It has no outcome yet; `because` says what the record itself says of its end.

    Raises StorageError, SourceError where the file is not canonical.
    """
    start = "received_at" if start_point in (None, "received") else f"coalesce(received_at, {start_point}_at)"
    query = f"""
        SELECT call, epoch_us({start}),
               coalesce(type_final_text, type_final, type_initial_text, type_initial, ''),
               coalesce(priority_initial_raw, priority_final_raw, ''), coalesce(district, ''), coalesce(beat, ''),
               dispatched, arrived, coalesce(disposition_text, disposition_raw, ''), nth
        FROM (SELECT *, {_NTH}
              FROM (SELECT *, coalesce(call_id, row_key) AS call
                    FROM read_parquet({text_literal(str(parquet))}, file_row_number = true)))"""
    for call, told_us, kind, priority, district, beat, sent, came, ended, nth in _rows(
        parquet, query, [], settings=settings
    ):
        received = "" if told_us is None else local_text(told_us, timezone)
        said = _recorded(sent=sent, came=came, ended=ended)
        yield Candidate(cells=(call, received, kind, priority, district, beat, "", said), nth=nth)


def _recorded(*, sent: str | None, came: str | None, ended: str) -> str:
    known = {None: "not recorded", "not_recorded": "not recorded"}
    return (
        f"the record says: somebody dispatched: {known.get(sent, sent)}; somebody arrived: {known.get(came, came)}; "
        f"ended: {ended or 'not recorded'}"
    )


def _rows(parquet: Path, query: str, values: list[object], *, settings: Settings | None) -> Iterator[tuple[Any, ...]]:
    with closing(connect(settings)) as connection:
        with engine_faults(parquet):
            cursor = connection.execute(query, values)
        while True:
            with engine_faults(parquet):
                batch = cursor.fetchmany(_BATCH)
            if not batch:
                return
            yield from batch
