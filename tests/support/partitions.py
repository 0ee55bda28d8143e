"""A made-up city's export, imported whole and in parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from answerable import wiring
from answerable.generated.cities import CITIES
from answerable.generated.parts import Part
from answerable.generated.profile import profile_toml
from answerable.generated.write import write_part


def write_lines(folder: Path, *, rows: int, city: int = 1) -> list[str]:
    """The export's lines, header first, and its profile `city.toml` in the folder."""
    chosen = CITIES[city]
    (folder / "city.toml").write_text(profile_toml(chosen), encoding="utf-8")
    part = Part(chosen, rows, 0, rows, Path("whole.csv"))
    with duckdb.connect() as con:
        write_part(part, out=folder, seed=1, cursor=con.cursor())
    return (folder / "whole.csv").read_text(encoding="utf-8").splitlines(keepends=True)


def write_parts(folder: Path, lines: Sequence[str], parts: Sequence[Sequence[str]]) -> list[Path]:
    """The publisher's files `part-0.csv`…, each with the header of `lines` and its own lines; each imported beside it,
    in `imported`."""
    (folder / "imported").mkdir()
    written = []
    for number, own in enumerate(parts):
        file = folder / f"part-{number}.csv"
        file.write_text(lines[0] + "".join(own), encoding="utf-8")
        wiring.import_file(file, source=str(folder / "city.toml"), out=folder / "imported" / f"part-{number}.parquet")
        written.append(file)
    return written
