"""The coded record of a canonical Parquet file: written beside it, and read back as the columns that it codes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec

from answerable.config import Settings
from answerable.engines.call_numbers import gaps_in_numbers
from answerable.engines.duck import connect, engine_faults, text_literal
from answerable.errors import SourceError, StorageError
from answerable.model.coded import FORMAT, OFFSETS, TABLES, CodedManifest
from answerable.notation import NotationError, json_as

ROW_GROUP_ROWS = 250_000
_WHOLE = ((0xFF, "UTINYINT"), (0xFFFF, "USMALLINT"), (0xFFFF_FFFF, "UINTEGER"))
LOOK_AGAIN_S = 0.05
_UNITS_US = (1_000_000, 1_000, 1)


def coded_folder(parquet: Path) -> Path:
    """Where the coded record of a canonical Parquet file lies: `CALLS.coded` beside `CALLS.parquet`."""
    return parquet.with_suffix(".coded")


def write_coded(parquet: Path, *, parquet_sha256: str, settings: Settings) -> CodedManifest:
    """Write the coded record beside a canonical file, in place of an earlier one; in full or not at all.

    Raises StorageError if the disk refuses, SourceError if the file is not canonical.
    """
    with coding(parquet, settings) as made:
        with made.beside(parquet):
            pass
        return made.publish(parquet_sha256)


@contextmanager
def coding(parquet: Path, settings: Settings) -> Iterator[Coding]:
    """A coded record that is not at its place beside `parquet` yet; what is not published is gone at the end. Raises
    StorageError."""
    coded = Coding(coded_folder(parquet), settings)
    try:
        yield coded
    except OSError as error:
        raise StorageError(f"{coded_folder(parquet)}: {error.strerror}") from error
    finally:
        coded.forget()


class Coding:
    """Calls are coded on a thread of their own, with half of the memory that an import may use."""

    def __init__(self, target: Path, settings: Settings) -> None:
        self._target, self._settings = target, settings
        self._made: Path | None = None
        self._manifest: CodedManifest | None = None

    @contextmanager
    def beside(self, parquet: Path) -> Iterator[None]:
        """Code the calls in `parquet` while the block runs; at its end they are coded. A block that raises stops it."""
        made = self._made = Path(tempfile.mkdtemp(prefix=".answerable-coded-", dir=self._target.parent))
        with (
            engine_faults(self._target.with_suffix(".parquet")),
            connect(self._settings) as con,
            ThreadPoolExecutor(1, thread_name_prefix="coding") as pool,
        ):
            con.execute(f"SET memory_limit = '{self._settings.import_bytes() // 2} bytes'")
            writing = pool.submit(_write, con, parquet, made)
            try:
                yield
            except BaseException:
                while not wait([writing], timeout=LOOK_AGAIN_S).done:
                    con.interrupt()
                raise
            self._manifest = writing.result()

    def publish(self, parquet_sha256: str) -> CodedManifest:
        """Put it at its place, as the code of the file with this SHA-256. Raises OSError."""
        made, coded = self._made, self._manifest
        if made is None or coded is None:
            raise AssertionError("nothing was coded")
        manifest = msgspec.structs.replace(coded, parquet_sha256=parquet_sha256)
        (made / "coded.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
        made.chmod(0o755)
        if self._target.exists():
            shutil.rmtree(self._target)
        made.replace(self._target)
        return manifest

    def forget(self) -> None:
        """Remove what was coded and not published, in full or in part."""
        if self._made is not None:
            shutil.rmtree(self._made, ignore_errors=True)


def _write(con: duckdb.DuckDBPyConnection, parquet: Path, folder: Path) -> CodedManifest:
    with con.cursor() as numbers, ThreadPoolExecutor(1, thread_name_prefix="numbers") as beside:
        missing = beside.submit(gaps_in_numbers, numbers, parquet)
        try:
            coded = _write_codes(con, parquet, folder)
        except BaseException:
            numbers.interrupt()
            raise
        return msgspec.structs.replace(coded, number_gaps=missing.result())


def _write_codes(con: duckdb.DuckDBPyConnection, parquet: Path, folder: Path) -> CodedManifest:
    con.execute("SET preserve_insertion_order = true")
    con.execute(
        f"CREATE TEMP VIEW given AS SELECT * FROM read_parquet({text_literal(str(parquet))}, file_row_number = true)"
    )
    scale = _scale(con)
    unit_us, origin_us = scale.unit_us, scale.origin_us
    counted = {name: _code_table(con, name, columns, folder) for name, columns in TABLES.items()}
    kind = "INTEGER" if scale.widest // unit_us < 2**31 else "BIGINT"
    offsets = (
        f"((epoch_us({time}) - coalesce(epoch_us(received_at), {origin_us})) // {unit_us})::{kind} AS {coded}"
        if time in scale.told
        else f"NULL::{kind} AS {coded}"
        for coded, time in OFFSETS.items()
    )
    codes = (f"{name}.code::{_smallest(rows)} AS {name}" for name, rows in counted.items())
    joined = " ".join(
        f"JOIN {name} ON {_same(name, _told_apart(con, name, columns))}" for name, columns in TABLES.items()
    )
    # a call number that stands twice identifies nothing
    con.execute(
        f"""COPY (
            WITH target AS (SELECT call_id, min(file_row_number) AS n FROM given
                WHERE call_id IN (SELECT duplicate_of FROM given) GROUP BY call_id HAVING count(*) = 1)
            SELECT epoch_us(received_at) AS received_us, {", ".join(offsets)}, fact_hour_of_week::UTINYINT AS how,
                {", ".join(codes)},
                CASE WHEN given.disposition = 'duplicate' OR duplicate_of IS NOT NULL
                    THEN coalesce(target.n, -1) END::INTEGER AS merged_into
            FROM given {joined}
            LEFT JOIN target ON given.duplicate_of = target.call_id AND target.n <> file_row_number
            ORDER BY file_row_number
        ) TO {text_literal(str(folder / "calls.parquet"))}
        (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP_ROWS})"""
    )
    counted["calls"] = _one(con, f"SELECT count(*) FROM read_parquet({text_literal(str(folder / 'calls.parquet'))})")
    if counted["calls"] != _one(con, "SELECT count(*) FROM given"):
        raise AssertionError(f"the coded record has {counted['calls']} rows, not those of {parquet.name}")
    return CodedManifest(
        coded_record=FORMAT, parquet_sha256="", unit_us=unit_us, origin_us=origin_us, rows=counted,
        size_bytes=(folder / "calls.parquet").stat().st_size, files=_digests(folder),
    )  # fmt: skip


def _digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a coded record but its manifest."""
    found = {}
    for name in sorted(("calls", *TABLES)):
        with (folder / f"{name}.parquet").open("rb") as file:
            found[f"{name}.parquet"] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


class _Scale(NamedTuple):
    """`told`: the times that some call has; `unit_us`: the largest unit that divides every offset of theirs;
    `origin_us`: where unknown receipts are counted from; `widest`: the widest offset, in microseconds."""

    told: frozenset[str]
    unit_us: int
    origin_us: int
    widest: int


def _scale(con: duckdb.DuckDBPyConnection) -> _Scale:
    times = list(OFFSETS.values())
    every = [f"epoch_us({time})" for time in times]
    found = con.execute(
        f"""SELECT coalesce(min(least(epoch_us(received_at), {", ".join(every)})), 0),
        {", ".join(f"count({time})" for time in times)} FROM given"""
    ).fetchone() or (0, *(0 for _ in times))
    origin_us, told = int(found[0]), [time for time, calls in zip(times, found[1:], strict=True) if calls]
    if not told:
        return _Scale(frozenset(), _UNITS_US[0], origin_us, 0)
    offsets = [f"epoch_us({time}) - coalesce(epoch_us(received_at), {origin_us})" for time in told]
    kinds = ", ".join(f"bool_or(({offset}) % {unit_us} <> 0)" for unit_us in _UNITS_US for offset in offsets)
    widest = ", ".join(f"max(abs({offset}))" for offset in offsets)
    row = con.execute(f"SELECT {kinds}, {widest} FROM given").fetchone() or ()
    *odd, most = (row[at : at + len(offsets)] for at in range(0, len(row), len(offsets)))
    unit_us = next(unit_us for unit_us, some in zip(_UNITS_US, odd, strict=True) if not any(some))
    return _Scale(frozenset(told), unit_us, origin_us, max(int(one or 0) for one in most))


def _code_table(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], folder: Path) -> int:
    """Make the table of a code: every combination of its columns, in a fixed order."""
    listed = ", ".join(columns)
    con.execute(
        f"""CREATE TEMP TABLE {name} AS SELECT row_number() OVER (ORDER BY {listed}) - 1 AS code, *
        FROM (SELECT DISTINCT {listed} FROM given) ORDER BY code"""
    )
    con.execute(f"COPY {name} TO {text_literal(str(folder / f'{name}.parquet'))} (FORMAT parquet, COMPRESSION zstd)")
    return _one(con, f"SELECT count(*) FROM {name}")


def _told_apart(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str]) -> list[str]:
    """The columns by which the rows of a code table differ; most have one value throughout a file."""
    differ = ", ".join(
        f"coalesce(min({column}) <> max({column}), FALSE) OR count({column}) NOT IN (0, count(*))" for column in columns
    )
    found = con.execute(f"SELECT {differ} FROM {name}").fetchone() or ()
    return [column for column, some in zip(columns, found, strict=True) if some]


def _same(name: str, columns: Sequence[str]) -> str:
    return " AND ".join(f"given.{column} IS NOT DISTINCT FROM {name}.{column}" for column in columns) or "true"


def _smallest(rows: int) -> str:
    return next(kind for most, kind in _WHOLE if rows - 1 <= most)


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def read_coded_manifest(folder: Path) -> CodedManifest:
    """The manifest of a coded record. Raises SourceError where there is none that can be read."""
    try:
        return json_as((folder / "coded.json").read_bytes(), CodedManifest)
    except (OSError, NotationError) as fault:
        raise SourceError(
            f"this is no coded record: {fault}",
            file=str(folder),
            hint="Import the file again; it is written beside it.",
        ) from fault


def fresh_coded(parquet: Path, *, parquet_sha256: str) -> Path | None:
    """The folder of the coded record beside a canonical file, if it codes that very file and has the bytes that its own
    manifest names; else None."""
    folder = coded_folder(parquet)
    try:
        manifest = read_coded_manifest(folder)
        if (folder / "calls.parquet").stat().st_size != manifest.size_bytes:
            return None
        whole = _digests(folder) == manifest.files
    except (SourceError, OSError):
        return None
    return folder if whole and (manifest.coded_record, manifest.parquet_sha256) == (FORMAT, parquet_sha256) else None


def coded_calls(folder: Path) -> str:
    """SQL of the coded calls as they are stored, each with its row number as `file_row_number`."""
    return f"read_parquet({text_literal(str(folder / 'calls.parquet'))}, file_row_number = true)"


def coded_table(folder: Path, name: str) -> str:
    """SQL of a code table (`model.coded.TABLES`)."""
    return f"read_parquet({text_literal(str(folder / f'{name}.parquet'))})"


def decoded(folder: Path, *, calls: str | None = None) -> str:
    """SQL of the coded columns as the canonical file has them, one row a call, with its row number there as `n`.

    `merged_into` is the row number of the call that another was merged into, -1 where it cannot be told, else NULL.
    `calls`: SQL of some of the coded calls; all of them if it is not given.
    """
    manifest = read_coded_manifest(folder)
    start, unit_us = f"coalesce(received_us, {manifest.origin_us})", manifest.unit_us
    times = (f"make_timestamptz({start} + {coded}::BIGINT * {unit_us}) AS {time}" for coded, time in OFFSETS.items())
    tables = " ".join(
        f"JOIN {coded_table(folder, name)} AS {name}_table ON coded.{name} = {name}_table.code" for name in TABLES
    )
    columns = ", ".join(f"{name}_table.{column}" for name, columns in TABLES.items() for column in columns)
    return f"""SELECT coded.file_row_number AS n, make_timestamptz(received_us) AS received_at, {", ".join(times)},
        how::SMALLINT AS fact_hour_of_week, merged_into::BIGINT AS merged_into, {columns}
        FROM {calls or coded_calls(folder)} AS coded {tables}"""
