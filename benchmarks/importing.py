"""`answerable import` of a million generated rows, clean and dirty, beside DuckDB as one would write it by hand.

Each run is a process of its own, so that its peak memory is its own. What a file holds is known to its generator: an
import that lost a row, or the peer's silent losses, show as numbers.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

from answerable.generated.cities import CITIES, City
from answerable.generated.parts import Part
from answerable.generated.profile import profile_toml
from answerable.generated.selecting import HEADER, truth_sql
from answerable.generated.write import write_part
from benchmarks.table import Line, finish

ROWS, SEED, ROUNDS = 1_000_000, 1, 3
CLEAN, DIRTY = CITIES[0], CITIES[1]
TARGET_ROWS_PER_S = 250_000
TARGET_CODED_BYTES = 14.3
MEMORY = "2GB"
"""What an import allows its engine if nobody says otherwise."""
POINTS = ("Received", "Dispatched", "En Route", "On Scene", "Closed")

BY_HAND = """
import duckdb, sys
con = duckdb.connect()
con.execute("SET memory_limit = '{memory}'")
con.execute("SET enable_progress_bar = false")
con.execute('''COPY (SELECT * REPLACE ({times}) FROM read_csv('{file}', header = true, auto_detect = false,
    columns = {{{columns}}}, delim = ',', quote = '"', ignore_errors = true))
    TO '{out}' (FORMAT parquet, COMPRESSION zstd)''')
print(con.execute("SELECT count(*) FROM '{out}'").fetchone()[0])
"""
"""Local times read and turned into instants, everything else as it is; no line is counted and no code is read."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds, processor seconds, peak memory in bytes, and what it printed."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    printed: str


def run(command: list[str], *, memory: str = MEMORY) -> Run:
    """Run a command to its end, with `memory` allowed to its engine. Raises SystemExit if it fails.

    Its peak is never less than this process's own peak so far: what takes much memory belongs into a child.
    """
    read, write = os.pipe()
    begun = time.perf_counter()
    child = os.posix_spawn(
        command[0], command, {**os.environ, "ANSWERABLE_MEMORY": memory}, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)]
    )
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as out:
        printed = out.read()
    _, status, usage = os.wait4(child, 0)
    taken_s = time.perf_counter() - begun
    if status:
        sys.exit(f"{' '.join(command)} failed")
    return Run(taken_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, printed)


@dataclass(frozen=True, slots=True)
class Export:
    """A city's file and what an importer must find in it."""

    city: City
    file: Path
    rows: int
    duplicates: int
    quarantined: int

    @property
    def profile(self) -> Path:
        """The profile by which it is read."""
        return self.file.parent.with_suffix(".toml")

    @property
    def imported(self) -> int:
        """Rows that are calls."""
        return self.rows - self.duplicates - self.quarantined

    @property
    def size_bytes(self) -> int:
        """Of the text."""
        return self.file.stat().st_size

    @property
    def name(self) -> str:
        """What it is in the table."""
        return "dirty" if self.city.breaks_lines else "clean"


def write_export(city: City, folder: Path, *, rows: int = ROWS) -> Export:
    """Rows of one city, as `answerable generate` makes them, and the profile beside them."""
    part = Part(city, rows, 0, rows, Path(city.id) / "calls.csv")
    (folder / f"{city.id}.toml").write_text(profile_toml(city), encoding="utf-8")
    with duckdb.connect(config={"threads": 1}) as con:
        write_part(part, out=folder, seed=SEED, cursor=con.cursor())
        found = con.execute(truth_sql(city, rows=rows, seed=SEED, first=0, last=rows)).fetchone()
    if found is None:
        raise SystemExit("the generator does not say what it made")
    return Export(city, folder / part.path, *found)


def ours(export: Export, out: Path) -> Run:
    """The command as users give it."""
    words = ["import", str(export.file), "--source", str(export.profile), "--out", str(out), "--json"]
    return run([sys.executable, "-m", "answerable", *words])


def by_hand(export: Export, out: Path) -> Run:
    """One COPY."""
    city = export.city
    times = ", ".join(
        f"""try_strptime("{point}", '{city.time_format}') AT TIME ZONE '{city.timezone}' AS "{point}\""""
        for point in POINTS
    )
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in HEADER.split(","))
    program = BY_HAND.format(memory=MEMORY, times=times, columns=columns, file=export.file, out=out)
    return run([sys.executable, "-c", program])


def main() -> int:
    """Make the files, run everything in turn, print and write the table."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        exports = [write_export(city, folder) for city in (CLEAN, DIRTY)]
        runs: dict[tuple[str, Export], list[Run]] = {}
        for _ in range(ROUNDS):
            for export in exports:
                runs.setdefault(("ours", export), []).append(ours(export, folder / "ours.parquet"))
                runs.setdefault(("by hand", export), []).append(by_hand(export, folder / "hand.parquet"))
        # the last that was imported
        coded_bytes = (folder / "ours.coded" / "calls.parquet").stat().st_size
        return finish("importing", _lines(runs, exports, coded_bytes / exports[-1].imported))


def _lines(runs: dict[tuple[str, Export], list[Run]], exports: list[Export], a_call: float) -> list[Line]:
    lines = []
    for export in exports:
        mine, hand = runs["ours", export], runs["by hand", export]
        seconds = median(one.wall_s for one in mine)
        ratio = median(one.wall_s / other.wall_s for one, other in zip(mine, hand, strict=True))
        counted = [json.loads(one.printed)["rows"] for one in mine]
        exact = all(
            (rows["read"], rows["imported"], rows["quarantined"], rows["duplicates"])
            == (export.rows, export.imported, export.quarantined, export.duplicates)
            for rows in counted
        )
        kept = int(hand[0].printed)
        lost = export.imported + export.duplicates - kept
        clean = export.name == "clean"
        lines.append(
            Line(
                promise=f"import of {export.rows:,} rows, {export.name}, with its coded record",
                target=f"{TARGET_ROWS_PER_S:,} rows/s" if clean else "slower, never lossy",
                measured=f"{seconds:.1f} s, {export.rows / seconds:,.0f} rows/s, "
                f"{export.size_bytes / seconds / 1e6:.0f} MB/s, "
                f"{median(one.cpu_s for one in mine):.1f} processor seconds, "
                f"peak {max(one.peak_bytes for one in mine) / 1e9:.2f} GB of {MEMORY} allowed to the engine",
                control=f"DuckDB by hand {median(one.wall_s for one in hand):.1f} s, "
                f"{median(one.cpu_s for one in hand):.1f} processor seconds: ours {ratio:.1f} x its time",
                met=export.rows / seconds >= TARGET_ROWS_PER_S if clean else exact,
            )
        )
        lines.append(
            Line(
                promise=f"every row of it accounted for ({export.name})",
                target=f"{export.imported:,} + {export.quarantined:,} + {export.duplicates:,}",
                measured="{imported:,} + {quarantined:,} + {duplicates:,}".format(**counted[0]),
                control=f"by hand {kept:,} rows; {lost:,} good rows lost, not told",
                met=exact,
            )
        )
    return [
        *lines,
        Line(
            promise="size of the coded record",
            target=f"{TARGET_CODED_BYTES} bytes a call",
            measured=f"{a_call:.1f} bytes a call",
            control="",
            met=a_call <= TARGET_CODED_BYTES,
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
