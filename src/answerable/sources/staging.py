"""Where an import is made, and how its three files appear: together at the end, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from answerable.config import Settings
from answerable.errors import StorageError
from answerable.sources.sql_text import literal


@dataclass(frozen=True, slots=True)
class Names:
    """Where the three files of an import go."""

    parquet: Path

    @property
    def quarantine(self) -> Path:
        """The rows that could not be read, as CSV."""
        return self.parquet.with_name(f"{self.parquet.stem}.quarantine.csv")

    @property
    def manifest(self) -> Path:
        """What is known about the import, as JSON."""
        return self.parquet.with_name(f"{self.parquet.stem}.manifest.json")


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A folder (beside `out`, so that nothing is copied) for everything unfinished; gone whatever happens."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # the engine cannot keep a database in a folder whose name looks like a pattern
        beside = None if looks_like_a_pattern(out.parent.absolute()) else out.parent
        folder = Path(tempfile.mkdtemp(prefix=".answerable-import-", dir=beside))
    except OSError as error:
        raise StorageError(f"{out.parent}: {error.strerror}; nothing was written") from None
    try:
        yield folder
    except OSError as error:
        raise StorageError(f"{error.filename or out}: {error.strerror}; what was there before is untouched") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(folder: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The staging database of one import, in its folder."""
    # explicit locations: nothing is read from, or left in, the user's own folders
    with duckdb.connect(str(folder / "staging.duckdb")) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"SET temp_directory = {literal(str(folder / 'spill'))}")
        con.execute("SET preserve_insertion_order = true")
        con.execute("SET enable_progress_bar = false")
        if settings.memory:
            con.execute(f"SET memory_limit = {literal(settings.memory)}")
        if settings.threads:
            con.execute(f"SET threads = {settings.threads}")
        try:
            yield con
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            raise StorageError(f"{folder.parent}: {error}") from error


def looks_like_a_pattern(path: Path) -> bool:
    """Whether the engine would take a path for a pattern or an address with options."""
    return any(letter in str(path) for letter in "*?[]{}")


def publish(made: Names, wanted: Names) -> None:
    """Move the three files beside their places, then into them."""
    # the manifest last: it carries the Parquet file's hash, so a torn set is recognised
    parts = [(getattr(made, one), getattr(wanted, one)) for one in ("quarantine", "parquet", "manifest")]
    beside = [place.with_name(f".{place.name}.new") for _, place in parts]
    try:
        for (unfinished, _), near in zip(parts, beside, strict=True):
            shutil.move(unfinished, near)
        for near, (_, place) in zip(beside, parts, strict=True):
            near.replace(place)
    finally:
        for near in beside:
            near.unlink(missing_ok=True)
