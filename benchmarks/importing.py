"""`answerable import` of a million rows, clean and dirty, beside DuckDB as one would write it by hand.

Each run is a process of its own, so that its peak memory is its own. What the dirty file holds is known to its
generator: an import that lost a row, or the peer's silent losses, show as numbers.
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

from benchmarks.dirty_city import PROFILE, Truth, write_clean, write_dirty
from benchmarks.table import Line, finish

ROWS, SEED, ROUNDS = 1_000_000, 1, 3
TARGET_ROWS_PER_S = 250_000
TARGET_CODED_BYTES = 14.3
MEMORY = "1GB"
POINTS = ("Received", "Dispatched", "En Route", "On Scene", "Closed")

BY_HAND = """
import duckdb, sys
con = duckdb.connect()
con.execute("SET memory_limit = '{memory}'")
con.execute("SET enable_progress_bar = false")
con.execute('''COPY (SELECT * REPLACE ({times}) FROM read_csv('{file}', header = true, all_varchar = true,
    ignore_errors = true)) TO '{out}' (FORMAT parquet, COMPRESSION zstd)''')
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


def run(command: list[str]) -> Run:
    """Run a command to its end. Raises SystemExit if it fails."""
    read, write = os.pipe()
    begun = time.perf_counter()
    child = os.posix_spawn(
        command[0], command, {**os.environ, "ANSWERABLE_MEMORY": MEMORY}, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)]
    )
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as out:
        printed = out.read()
    _, status, usage = os.wait4(child, 0)
    taken_s = time.perf_counter() - begun
    if status:
        sys.exit(f"{' '.join(command)} failed")
    return Run(taken_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, printed)


def ours(file: Path, out: Path) -> Run:
    """The command as users give it."""
    words = ["import", str(file), "--source", str(PROFILE), "--out", str(out), "--json"]
    return run([sys.executable, "-m", "answerable", *words])


def by_hand(file: Path, out: Path) -> Run:
    """One COPY."""
    times = ", ".join(
        f"""try_strptime("{point}", '%m/%d/%Y %H:%M:%S') AT TIME ZONE 'America/New_York' AS "{point}\""""
        for point in POINTS
    )
    return run([sys.executable, "-c", BY_HAND.format(memory=MEMORY, times=times, file=file, out=out)])


def main() -> int:
    """Make the files, run everything in turn, print and write the table."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        clean, dirty = folder / "clean.csv", folder / "dirty.csv"
        truths = {clean: write_clean(clean, rows=ROWS, seed=SEED), dirty: write_dirty(dirty, clean, seed=SEED)}
        runs: dict[tuple[str, Path], list[Run]] = {}
        for _ in range(ROUNDS):
            for file in truths:
                runs.setdefault(("ours", file), []).append(ours(file, folder / "ours.parquet"))
                runs.setdefault(("by hand", file), []).append(by_hand(file, folder / "hand.parquet"))
        coded_bytes = (folder / "ours.coded" / "calls.parquet").stat().st_size
        return finish("importing", _lines(runs, truths, clean, dirty, coded_bytes))


def _lines(
    runs: dict[tuple[str, Path], list[Run]], truths: dict[Path, Truth], clean: Path, dirty: Path, coded_bytes: int
) -> list[Line]:
    lines = []
    for file, target in ((clean, f"{TARGET_ROWS_PER_S:,} rows/s"), (dirty, "slower, never lossy")):
        mine, hand, truth = runs["ours", file], runs["by hand", file], truths[file]
        seconds = median(one.wall_s for one in mine)
        ratio = median(one.wall_s / other.wall_s for one, other in zip(mine, hand, strict=True))
        counted = [json.loads(one.printed)["rows"] for one in mine]
        exact = all(
            (rows["read"], rows["imported"], rows["quarantined"], rows["duplicates"])
            == (truth.rows, truth.imported, truth.quarantined, truth.duplicates)
            for rows in counted
        )
        kept = int(hand[0].printed)
        lines.append(
            Line(
                promise=f"import of {truth.rows:,} rows, {file.stem}, with its coded record",
                target=target,
                measured=f"{seconds:.1f} s, {truth.rows / seconds:,.0f} rows/s, "
                f"{median(one.cpu_s for one in mine):.1f} processor seconds, "
                f"peak {max(one.peak_bytes for one in mine) / 1e9:.2f} GB of {MEMORY} allowed to the engine",
                control=f"DuckDB by hand {median(one.wall_s for one in hand):.1f} s: ours {ratio:.1f} x its time",
                met=truth.rows / seconds >= TARGET_ROWS_PER_S if file == clean else exact,
            )
        )
        lines.append(
            Line(
                promise=f"every row of it accounted for ({file.stem})",
                target=f"{truth.imported:,} + {truth.quarantined:,} + {truth.duplicates:,}",
                measured="{imported:,} + {quarantined:,} + {duplicates:,}".format(**counted[0]),
                control=f"by hand {kept:,} rows; {truth.imported + truth.duplicates - kept:,} good rows lost, not told",
                met=exact,
            )
        )
    a_call = coded_bytes / truths[dirty].imported
    size = f"{a_call:.1f} bytes a call"
    return [
        *lines,
        Line(
            promise="size of the coded record",
            target=f"{TARGET_CODED_BYTES} bytes a call",
            measured=size,
            control="",
            met=a_call <= TARGET_CODED_BYTES,
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
