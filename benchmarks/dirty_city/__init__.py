"""Files of a made-up city, clean and with the faults of real exports; what was done to each line is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from string import Template

import duckdb

HERE = Path(__file__).parent
PROFILE = HERE / "profile.toml"
HEADER = (
    "Call No", "Received", "Dispatched", "En Route", "On Scene", "Closed", "Source", "Type", "Priority", "Disposition",
    "Block", "District", "Beat",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Truth:
    """What an importer must find: rows of the file, and what becomes of them."""

    rows: int
    quarantined: int
    duplicates: int

    @property
    def imported(self) -> int:
        """Rows that are calls."""
        return self.rows - self.quarantined - self.duplicates


def write_clean(path: Path, *, rows: int, seed: int) -> Truth:
    """A CSV that any strict reader can read: quoted where it must be, one line a row."""
    query = Template((HERE / "rows.sql").read_text(encoding="utf-8")).substitute(rows=rows, seed=seed)
    with duckdb.connect() as con:
        names = ", ".join(f'"{name}"' for name in HEADER)
        con.execute(f"COPY (SELECT nullif(COLUMNS(*), '') FROM ({query}) AS t({names})) TO '{path}' (HEADER)")
    return Truth(rows=rows, quarantined=0, duplicates=0)


def write_dirty(path: Path, clean: Path, *, seed: int) -> Truth:
    """The same file with faults: one line in fifty stands twice; a few in ten thousand are broken, cut short, blank,
    carry a NUL byte or a time that is none."""
    random = Random(seed)
    counted = {"rows": 0, "quarantined": 0, "duplicates": 0}
    with clean.open(encoding="utf-8", newline="") as lines, path.open("w", encoding="utf-8", newline="") as out:
        out.write(next(lines))
        for line in lines:
            draw = random.random()
            counted["rows"] += 1
            spoilt = _spoilt(line, draw)
            if spoilt is not None:
                counted["quarantined"] += 1
                out.write(spoilt)
                continue
            out.write(line)
            if draw > 0.98:
                counted["rows"] += 1
                counted["duplicates"] += 1
                out.write(line)
            elif draw > 0.979:
                out.write("\n")
    return Truth(**counted)


def _spoilt(line: str, draw: float) -> str | None:
    """The line spoilt in one of four ways, four lines in ten thousand; None for a line that stays as it is."""
    call, received, rest = line.split(",", 2)
    ways = (
        line.replace('",', ",", 1),  # a quote that is never closed
        ",".join(line.split(",")[:5]) + "\n",
        f"{call},13/45/2023 99:00:00,{rest}",
        f"{call},\0{received},{rest}",
    )
    at = int(draw * 10_000)
    return ways[at] if at < len(ways) else None
