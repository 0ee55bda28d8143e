"""Several files of imported calls of one source as one, in the order of receipt: what `examine` reads of partitions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import duckdb
import msgspec

from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.errors import SourceError
from answerable.model.call import CLOCK_POINTS, Quality
from answerable.model.source import SourceManifest

_WRITTEN = "(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)"
_AWAITED = "dispatched <> 'yes' OR ended_by = 'nobody'"
"""Calls of which it counts up to when their file speaks; of the others it decides nothing (evaluate_situations.sql)."""
_BY_CALL = "call"


class CallFile(msgspec.Struct, frozen=True):
    """A file of imported calls, and up to when it speaks where that is earlier than the others do (else None)."""

    parquet: Path
    manifest: SourceManifest
    until_us: int | None


class Joined(msgspec.Struct, frozen=True):
    """`copies`: rows that stood in an earlier file; `quality`: flagged times by clock point and Quality name."""

    copies: int
    quality: dict[str, dict[str, int]]


def join_calls(files: Sequence[CallFile], out: Path, *, settings: Settings) -> Joined:
    """Write the calls of all files to `out`, in the order of receipt. A row that stands in an earlier file is left out.

    A call that still waited at the end of a file that speaks less far than the others is marked with that end
    (`last_seen_at`), so that silence after it means nothing. Raises SourceError where rows of one call lie in several
    files or where the files have other columns; StorageError.
    """
    with connect(settings) as con, engine_faults(files[0].parquet):
        con.execute("SET preserve_insertion_order = true")
        _refuse_other_columns(con, files)
        in_turn = _in_turn(con, files)
        if files[0].manifest.grain != _BY_CALL:
            _refuse_halved_calls(con, files)
        copies = 0 if in_turn else _copies(con, files)
        rows = _in_their_order(files) if in_turn else _sorted(files, copies=copies > 0)
        con.execute(f"COPY ({rows}) TO {text_literal(str(out))} {_WRITTEN}")
        return Joined(copies, _quality(con, files, out))


def _read(file: CallFile) -> str:
    return f"read_parquet({text_literal(str(file.parquet))}, file_row_number = true)"


def _refuse_other_columns(con: duckdb.DuckDBPyConnection, files: Sequence[CallFile]) -> None:
    first, *others = ((one, con.execute(f"DESCRIBE FROM {_read(one)}").fetchall()) for one in files)
    for one, columns in others:
        if columns != first[1]:
            raise SourceError(
                f"its rows have other columns than those of {first[0].parquet.name}",
                file=one.parquet.name,
                hint="Import the publisher's files together: answerable import FILE… --source NAME --out calls.parquet",
            )


def _in_turn(con: duckdb.DuckDBPyConnection, files: Sequence[CallFile]) -> bool:
    """Whether each file begins after the one before it has ended, so that nothing need be sorted."""
    spans = [
        con.execute(
            f"SELECT min(received_at), max(received_at), bool_or(received_at IS NULL) FROM {_read(one)}"
        ).fetchall()[0]
        for one in files
    ]
    return not any(
        blank or first is None or last is None or last >= following
        for (first, last, blank), (following, _, _) in pairwise(spans)
    )


def _every(files: Sequence[CallFile], columns: str) -> str:
    return " UNION ALL ".join(f"SELECT {at} AS file, {columns} FROM {_read(one)}" for at, one in enumerate(files))


def _copies(con: duckdb.DuckDBPyConnection, files: Sequence[CallFile]) -> int:
    """The table `copy` (file, row) of every row that says the same as one of an earlier file; how many."""
    con.execute(
        f"""CREATE TEMP TABLE copy AS
        WITH given AS ({_every(files, "raw_hash, file_row_number AS n")})
        SELECT file, n FROM (
            SELECT file, n, row_number() OVER (PARTITION BY raw_hash ORDER BY file, n) AS place FROM given
            WHERE hash(raw_hash) IN (SELECT hash(raw_hash) FROM given GROUP BY 1 HAVING count(*) > 1))
        WHERE place > 1"""
    )
    return int(con.execute("SELECT count(*) FROM copy").fetchall()[0][0])


def _quality(con: duckdb.DuckDBPyConnection, files: Sequence[CallFile], out: Path) -> dict[str, dict[str, int]]:
    """As an import counts it: of the clock points that some file shows, in their order."""
    shown = {point for one in files for point in one.manifest.quality}
    counts = {
        point: [f"count(*) FILTER (quality_{point} & {bit.value} <> 0)" for bit in Quality]
        for point in CLOCK_POINTS
        if point in shown
    }
    if not counts:
        return {}
    listed = ", ".join(count for every in counts.values() for count in every)
    found = iter(con.execute(f"SELECT {listed} FROM read_parquet({text_literal(str(out))})").fetchall()[0])
    every = {point: {str(bit.name).lower(): calls for bit in Quality if (calls := next(found))} for point in counts}
    return {point: flags for point, flags in every.items() if flags}


def _refuse_halved_calls(con: duckdb.DuckDBPyConnection, files: Sequence[CallFile]) -> None:
    found = con.execute(
        f"""SELECT call_id FROM ({_every(files, "call_id, raw_hash")}) WHERE call_id IS NOT NULL
        GROUP BY call_id HAVING count(DISTINCT file) > 1 AND count(DISTINCT raw_hash) > 1 ORDER BY 1 LIMIT 1"""
    ).fetchall()
    if found:
        raise SourceError(
            f"rows of the call {found[0][0]!r} lie in several files, and only all of them say what became of it",
            hint="Import the publisher's files together: answerable import FILE… --source NAME --out calls.parquet",
        )


def _in_their_order(files: Sequence[CallFile]) -> str:
    """All rows of one file after all of the one before. One scan of all files: of a UNION ALL of scans a single thread
    writes the first rows of each, and then what is left of each."""
    listed = ", ".join(text_literal(str(one.parquet)) for one in files)
    ends = [(at, one.until_us) for at, one in enumerate(files) if one.until_us is not None]
    whens = " ".join(f"WHEN {at} THEN {until_us}::BIGINT" for at, until_us in ends)
    until = f"REPLACE ({_until(f'CASE file_index {whens} END')} AS last_seen_at)" if ends else ""
    return f"SELECT * {until} FROM read_parquet([{listed}])"


def _sorted(files: Sequence[CallFile], *, copies: bool) -> str:
    parts = []
    for at, one in enumerate(files):
        until = "" if one.until_us is None else f"REPLACE ({_until(f'{one.until_us}::BIGINT')} AS last_seen_at)"
        kept = f"WHERE file_row_number NOT IN (SELECT n FROM copy WHERE file = {at})" if copies else ""
        parts.append(
            f"SELECT * EXCLUDE (file_row_number) {until}, {at} AS file, file_row_number FROM {_read(one)} {kept}"
        )
    order = "ORDER BY received_at NULLS LAST, file, file_row_number"
    return f"SELECT * EXCLUDE (file, file_row_number) FROM ({' UNION ALL '.join(parts)}) {order}"


def _until(until_us: str) -> str:
    """The mark of a call that still waited, by the SQL of an end; an end that is NULL marks nothing."""
    end = f"make_timestamptz({until_us})"
    return f"CASE WHEN {_AWAITED} THEN least(last_seen_at, {end}) ELSE last_seen_at END"
