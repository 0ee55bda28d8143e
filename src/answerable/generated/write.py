"""Generated calls written to disk: file by file, each whole or not there, several at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from itertools import groupby
from pathlib import Path

import duckdb

from answerable.errors import StorageError
from answerable.generated.folder import refuse_lack_of_room, refuse_other_calls, write_manifest, write_whole
from answerable.generated.made import CityMade, Generated, Terms
from answerable.generated.parts import Part, parts_of
from answerable.generated.profile import profile_toml
from answerable.generated.selecting import lines_sql, truth_sql

Progress = Callable[[str, int, int | None], None]


def generate(
    out: Path, *, rows: int, seed: int, engine: duckdb.DuckDBPyConnection, writers: int = 0,
    progress: Progress | None = None,
) -> Generated:  # fmt: skip
    """Write `rows` lines of made-up calls below the folder `out`, each city with its profile; go on where it stopped.

    `engine` has one thread, so that the rows of a query have one order; `writers` query it at once (0: one a core). The
    same rows and seed give the same bytes, however many these are. Files that are already there are kept.
    Raises InputError where `out` holds anything else, StorageError where the disk refuses.
    """
    refuse_other_calls(out, terms := Terms(rows=rows, seed=seed))
    parts = tuple(parts_of(rows))
    missing = [part for part in parts if not (out / part.path).exists()]
    to_write = sum(part.last - part.first for part in missing)
    refuse_lack_of_room(out, rows=to_write)
    write_manifest(out, Generated(terms=terms))
    tell = progress or (lambda *_: None)
    tell("writing", done := 0, to_write)
    with closing(_each_written(missing, out=out, seed=seed, engine=engine, writers=writers)) as written:
        for part in written:
            tell("writing", done := done + part.last - part.first, to_write)
    cities = tuple(
        _city_made(list(own), out=out, seed=seed, engine=engine)
        for _, own in groupby(parts, key=lambda part: part.city.id)
    )
    made = Generated(terms=terms, cities=cities)
    write_manifest(out, made)
    return made


def _each_written(
    parts: Sequence[Part], *, out: Path, seed: int, engine: duckdb.DuckDBPyConnection, writers: int
) -> Generator[Part]:
    """Each part once its file is whole. Whatever ends this early stops the writers and leaves no half file."""
    cursors = {part: engine.cursor() for part in parts}
    with ThreadPoolExecutor(max_workers=writers or os.cpu_count()) as pool:
        open_parts = {pool.submit(write_part, part, out=out, seed=seed, cursor=cursors[part]): part for part in parts}
        try:
            while open_parts:
                for future in _next_done(open_parts):
                    part = open_parts.pop(future)
                    future.result()
                    yield part
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            while running := {future: part for future, part in open_parts.items() if not future.done()}:
                for part in running.values():
                    with suppress(duckdb.ConnectionException):  # its writer has ended meanwhile, and closed it
                        cursors[part].interrupt()
                wait(running, timeout=0.05)


def _next_done(open_parts: Iterable[Future[None]]) -> set[Future[None]]:
    return wait(open_parts, return_when=FIRST_COMPLETED).done


def write_part(part: Part, *, out: Path, seed: int, cursor: duckdb.DuckDBPyConnection) -> None:
    """Write one file below `out`, in full or not at all; `cursor`, of an engine with one thread, is closed.

    Raises StorageError.
    """
    path = out / part.path
    half = path.with_name(f".{path.name}.half")
    place = str(half).replace("'", "''")
    lines = lines_sql(part.city, rows=part.rows, seed=seed, first=part.first, last=part.last)
    try:
        path.parent.mkdir(exist_ok=True)
        # a line is text already: nothing may be quoted again, and no line has the delimiter
        cursor.execute(f"COPY ({lines}) TO '{place}' (FORMAT csv, HEADER true, QUOTE '', ESCAPE '', DELIMITER '\x01')")
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.replace(path)
    except duckdb.OutOfMemoryException as fault:
        raise StorageError(
            f"{path} cannot be made within the memory allowed", hint="Allow more with ANSWERABLE_MEMORY, such as 1GB."
        ) from fault
    except (duckdb.IOException, OSError) as fault:
        raise StorageError(
            f"{path} cannot be written: {_reason(fault)}",
            hint="Make room, then give the same command again: what is written in full is kept.",
        ) from fault
    finally:
        half.unlink(missing_ok=True)
        cursor.close()


def _reason(fault: Exception) -> str:
    """Why the disk refused, in the system's words; the engine hides its number in a text of its own."""
    number = re.search(r'"errno":"(\d+)"', str(fault))
    return os.strerror(int(number[1])) if number else str(fault).partition("\n")[0]


def _city_made(parts: Sequence[Part], *, out: Path, seed: int, engine: duckdb.DuckDBPyConnection) -> CityMade:
    city, rows = parts[0].city, parts[0].rows
    profile = f"{city.id}.toml"
    write_whole(out / profile, profile_toml(city).encode())
    counted = engine.execute(truth_sql(city, rows=rows, seed=seed, first=0, last=rows)).fetchone()
    found, repeated, broken = counted or (0, 0, 0)
    if found != rows:
        raise AssertionError(f"{city.id} has {found} lines, not {rows}")
    return CityMade(
        id=city.id, timezone=city.timezone, folder=city.id, profile=profile, files=len(parts), rows=rows,
        duplicates=repeated, quarantined=broken,
    )  # fmt: skip
