"""The calls that a few claims need, cut out of a record of any size: whoever judges them judges as in the whole.

Of the record only the row groups are read in which the wanted times, numbers and merged calls lie.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec

from answerable.answer.compare.calls import HOUR_US, WINDOWS_US
from answerable.config import Settings
from answerable.engines.coded_columns import read_columns
from answerable.engines.coded_record import coded_calls, read_coded_manifest
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.errors import SourceError
from answerable.model.claim import Scope

AROUND_US = WINDOWS_US[-1] + 2 * HOUR_US
"""How far from a compared call's hour lie those that it is compared with, and those that say how busy it was."""
_NOBODY = "no call of this number"
"""What a merged call names whose other call cannot be told: two calls have the number that it named, or none."""
_ROW_KEY = re.compile("[0-9a-f]{32}")
_UNTOUCHED = ("answered_n", "entered_n")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The calls of these scopes; `around`: also what they are compared with. A scope has a window or lists calls."""

    scopes: tuple[Scope, ...]
    around: bool


def slice_calls(
    parquet: Path, coded: Path, out: Path, *, wanted: Sequence[Wanted], later: str | None, settings: Settings
) -> None:
    """Write the wanted calls, and those that they were merged into, to `out` as canonical calls without their raw text.

    `later`: the clock point from which a call counts whose receipt is not recorded. Raises SourceError where the coded
    record is of other calls, StorageError.
    """
    with connect(settings) as con, engine_faults(parquet):
        con.execute("SET parquet_metadata_cache = true")  # of 240 million calls it takes a sixth of a second to read
        _refuse_other_calls(con, parquet, coded)
        con.execute("CREATE TEMP TABLE wanted (n BIGINT)")
        spans = [span for one in wanted for span in _spans(con, parquet, one, later)]
        if spans:
            con.execute(f"INSERT INTO wanted {_told_within(coded, spans, later)}")
        con.execute(
            f"""CREATE TEMP TABLE chosen AS
            WITH own AS (SELECT DISTINCT n FROM wanted),
            merged AS (SELECT file_row_number AS n, merged_into FROM {coded_calls(coded)}
                WHERE merged_into IS NOT NULL AND file_row_number IN (SELECT n FROM own))
            SELECT n, max(merged_into) AS merged_into FROM (
                SELECT n, NULL AS merged_into FROM own UNION ALL FROM merged
                UNION ALL SELECT merged_into, NULL FROM merged WHERE merged_into >= 0)
            GROUP BY n"""
        )
        con.execute(
            f"""COPY (
                SELECT source.* EXCLUDE (raw, file_row_number)
                    REPLACE (CASE WHEN chosen.merged_into = -1 THEN '{_NOBODY}' ELSE duplicate_of END AS duplicate_of)
                FROM read_parquet({text_literal(str(parquet))}, file_row_number = true) AS source
                JOIN chosen ON chosen.n = source.file_row_number ORDER BY source.file_row_number
            ) TO {text_literal(str(out))} (FORMAT parquet)"""
        )


def _refuse_other_calls(con: duckdb.DuckDBPyConnection, parquet: Path, coded: Path) -> None:
    """The digests of both were not looked at: at least their numbers of rows must agree."""
    rows = con.execute(f"SELECT count(*) FROM read_parquet({text_literal(str(parquet))})").fetchall()[0][0]
    manifest = read_coded_manifest(coded)
    here = con.execute(f"SELECT count(*) FROM {coded_calls(coded)}").fetchall()[0][0]
    if rows != manifest.rows["calls"] or here != rows:
        raise SourceError(
            f"the coded record beside it has {here:,} calls, and it has {rows:,}",
            file=str(parquet),
            hint="Import the publisher's file again.",
        )


def _spans(
    con: duckdb.DuckDBPyConnection, parquet: Path, one: Wanted, later: str | None
) -> list[tuple[int, int]]:  # fmt: skip
    """The times in which calls are wanted, from inclusive, to exclusive; rows of listed calls go into `wanted`."""
    spans = []
    around = AROUND_US if one.around else 0
    for scope in one.scopes:
        if not scope.calls:
            assert scope.from_us is not None  # noqa: S101  that is what Wanted promises
            assert scope.to_us is not None  # noqa: S101
            spans.append((scope.from_us - around, scope.to_us + around))
            continue
        for n, told_us in _listed(con, parquet, scope.calls, later):
            con.execute("INSERT INTO wanted VALUES ($1)", [n])
            if one.around and told_us is not None:
                hour_us = told_us // HOUR_US * HOUR_US
                spans.append((hour_us - around, hour_us + HOUR_US + around))
    return _united(spans)


def _united(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same times in as few spans as can be."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _listed(
    con: duckdb.DuckDBPyConnection, parquet: Path, calls: Sequence[str], later: str | None
) -> list[tuple[int, int | None]]:
    """Row and time of each call that has one of these numbers, or row keys."""
    told = "received_at" if later is None else f"coalesce(received_at, {later}_at)"
    found = []
    # each column by itself: so the engine leaves out the row groups in which no such number can be
    for column, names in (("call_id", list(calls)), ("row_key", [one for one in calls if _ROW_KEY.fullmatch(one)])):
        if names:
            found += con.execute(
                f"""SELECT file_row_number, epoch_us({told})
                FROM read_parquet({text_literal(str(parquet))}, file_row_number = true)
                WHERE {column} IN (SELECT unnest($1::VARCHAR[]))""",
                [names],
            ).fetchall()
    return found


def _told_within(coded: Path, spans: Sequence[tuple[int, int]], later: str | None) -> str:
    """SQL of the rows that were told within the spans, by the coded record."""
    manifest = read_coded_manifest(coded)

    def within(time: str) -> str:
        return "(" + " OR ".join(f"({time} >= {first} AND {time} < {last})" for first, last in spans) + ")"

    rows = f"SELECT file_row_number FROM {coded_calls(coded)} WHERE"
    plain = f"{rows} {within('received_us')}"
    if later is None:
        return plain
    time = f"({manifest.origin_us} + {later}_n::BIGINT * {manifest.unit_us})"
    return f"{plain} UNION ALL {rows} received_us IS NULL AND {within(time)}"


def may_have_untouched_step(coded: Path, *, settings: Settings) -> bool:
    """Whether some call says when it was taken or entered: of how many the whole record does, a slice cannot tell."""
    with connect(settings) as con, engine_faults(coded):
        return not set(_UNTOUCHED) <= read_columns(con, coded).empty
