"""Where an import is made, and how its files appear: together at the end, or not at all."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from answerable.config import Settings
from answerable.errors import StorageError
from answerable.sources.sql_text import literal

SMALL_BYTES = 256 << 20
"""So much text is read in seconds: to read it again, should the run be stopped, is less than to write down what was
read. It is staged in memory, as long as that is at least SMALL_TIMES as much."""
SMALL_TIMES = 8
WATCHED_EVERY_S = 0.25
DATABASE = "staging.duckdb"
PARQUET = (
    "(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880, "
    "DICTIONARY_SIZE_LIMIT 2000)"
)
"""How canonical calls are written. Beside the engine's own choice (v1, level 3, groups of 122,880) this takes a tenth
less work and less memory, and gives a smaller file that is read faster."""


@dataclass(frozen=True, slots=True)
class Names:
    """Where the files of an import go."""

    parquet: Path

    @property
    def quarantine(self) -> Path:
        """The rows that could not be read, as CSV."""
        return self.parquet.with_name(f"{self.parquet.stem}.quarantine.csv")

    @property
    def manifest(self) -> Path:
        """What is known about the import, as JSON."""
        return self.parquet.with_name(f"{self.parquet.stem}.manifest.json")

    @property
    def history(self) -> Path:
        """Every observation of every call, where later exports were imported onto a first one."""
        return self.parquet.with_name(f"{self.parquet.stem}.history.parquet")

    @property
    def changes(self) -> Path:
        """What the later exports changed, as CSV."""
        return self.parquet.with_name(f"{self.parquet.stem}.changes.csv")


EVERY = ("quarantine", "changes", "history", "parquet", "manifest")
"""The files of `Names` in the order in which they appear. The manifest last: it carries the others' hashes, so that a
torn set is recognised."""


@dataclass(slots=True)
class Stage:
    """`folder`: for everything unfinished; `con`: the staging database in it, which may use `memory_bytes`; `kept`:
    whether what is staged is there for a later run."""

    folder: Path
    con: duckdb.DuckDBPyConnection
    memory_bytes: int
    kept: bool = True

    def expect(self, text_bytes: int | None) -> None:
        """So much text will be staged: in memory, if it is little."""
        if text_bytes is not None and text_bytes <= min(SMALL_BYTES, self.memory_bytes // SMALL_TIMES):
            self.con.execute("ATTACH ':memory:' AS small")
            self.con.execute("USE small")
            self.kept = False

    def leave_half(self) -> None:
        """Use no more than half of the memory from now on: who reads what was written needs the other half."""
        self.con.execute(f"SET memory_limit = '{self.memory_bytes // 2} bytes'")


@contextmanager
def staging(out: Path, settings: Settings, *, key: str) -> Iterator[Stage]:
    """The stage of one import, beside `out`, so that nothing is copied.

    `key` names what is imported, and how. A run that was stopped (Ctrl-C, a kill, a power cut) leaves its stage, and
    the next one with the same key goes on with it; an error leaves nothing. Raises StorageError, also where another run
    is at the same import.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # the engine cannot keep a database in a folder whose name looks like a pattern
        beside = Path(tempfile.gettempdir()) if looks_like_a_pattern(out.parent.absolute()) else out.parent
        folder = beside / f".answerable-import-{key}"
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise StorageError(f"{out.parent}: {error.strerror}; nothing was written") from None
    con = _database(folder, settings)
    stage = Stage(folder, con, settings.import_bytes())
    try:
        _clear(folder)
        yield stage
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise _refused(folder, error) from error
    except OSError as error:
        raise StorageError(f"{error.filename or out}: {error.strerror}; what was there before is untouched") from error
    except RuntimeError as error:
        # so the engine says that it was stopped in the middle of a query
        if "interrupted" not in str(error):
            raise
        raise _stopped(KeyboardInterrupt(), stage) from None
    except KeyboardInterrupt as stop:
        raise _stopped(stop, stage) from None
    finally:
        con.close()
        if not (stage.kept and isinstance(sys.exception(), KeyboardInterrupt)):
            shutil.rmtree(folder, ignore_errors=True)


def _stopped(stop: KeyboardInterrupt, stage: Stage) -> KeyboardInterrupt:
    if stage.kept:
        stop.add_note(
            f"What was read is kept in {stage.folder}: the same command goes on from there. Remove it to give it up."
        )
    return stop


@contextmanager
def database(folder: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A staging database of its own in `folder`, for a look at a table that is not imported. Raises StorageError."""
    con = _database(folder, settings)
    try:
        yield con
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise _refused(folder, error) from error
    finally:
        con.close()


def _database(folder: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    # explicit locations: nothing is read from, or left in, the user's own folders
    con = _open(folder)
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"SET temp_directory = {literal(str(folder / 'spill'))}")
    con.execute("SET preserve_insertion_order = true")
    # an IN list of five values or more would become a join, and above a join the engine keeps no order: rows would get
    # each other's line numbers, and the calls would not lie in the order of receipt
    con.execute("SET disabled_optimizers = 'in_clause'")
    # what is staged is read a few times and thrown away: packing it costs more than it saves
    con.execute("SET force_compression = 'uncompressed'")
    # the bar is what keeps count of how far a query is; it is never printed
    con.execute("SET enable_progress_bar = true")
    con.execute("SET enable_progress_bar_print = false")
    con.execute(f"SET memory_limit = '{settings.import_bytes()} bytes'")
    if settings.threads:
        con.execute(f"SET threads = {settings.threads}")
    return con


def _open(folder: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(folder / DATABASE))
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and "lock" in str(error).lower():
            raise StorageError(f"{folder}: another run is at the same import; wait for its end, or stop it") from None
    # what an earlier run left cannot be read: begin anew
    for left in folder.glob(f"{DATABASE}*"):
        left.unlink()
    try:
        return duckdb.connect(str(folder / DATABASE))
    except duckdb.IOException as error:
        raise StorageError(f"{folder}: {error}") from error


def _clear(folder: Path) -> None:
    """Remove what an earlier run unpacked or had half-written; only its database is gone on with."""
    for left in folder.iterdir():
        if not left.name.startswith(DATABASE):
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def _refused(folder: Path, error: duckdb.Error) -> StorageError:
    if isinstance(error, duckdb.OutOfMemoryException):
        hint = "Allow more, such as ANSWERABLE_MEMORY=8GB, or import the file in parts."
        return StorageError(f"the import needs more memory than it may use: {error}", hint=hint)
    return StorageError(f"{folder.parent}: {error}")


def count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    """The whole number that a query gives."""
    row = con.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


@contextmanager
def watching(con: duckdb.DuckDBPyConnection, told: Callable[[float], None]) -> Iterator[None]:
    """Tell, a few times a second, which share (0 to 1) of the query that runs in the block is done."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(WATCHED_EVERY_S):
            share = con.query_progress()
            if share >= 0:
                told(share / 100)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def looks_like_a_pattern(path: Path) -> bool:
    """Whether the engine would take a path for a pattern or an address with options."""
    return any(letter in str(path) for letter in "*?[]{}")


def publish(made: Names, wanted: Names) -> None:
    """Move the files that were made beside their places, then into them."""
    parts = [(getattr(made, one), getattr(wanted, one)) for one in EVERY if getattr(made, one).exists()]
    beside = [place.with_name(f".{place.name}.new") for _, place in parts]
    try:
        for (unfinished, _), near in zip(parts, beside, strict=True):
            shutil.move(unfinished, near)
        for near, (_, place) in zip(beside, parts, strict=True):
            near.replace(place)
    finally:
        for near in beside:
            near.unlink(missing_ok=True)
