"""Exports of the made-up town in their order, each imported onto the one before, and what the files then hold."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from tests.support.sources import TOWN, row, town_csv

from answerable.model.snapshot import Snapshot, Snapshots
from answerable.model.source import SourceManifest
from answerable.model.times import parse_instant
from answerable.sources import add_snapshot, import_calls, read_profile

NAMED = TOWN.replace("[inclusion]", '[file]\nidentity = ["Number"]\n\n[inclusion]')
"""The town's profile with the column that names a row."""
UNITS = TOWN.replace("[inclusion]", '[file]\ngrain = "unit_response"\nidentity = ["Closer"]\n\n[inclusion]').replace(
    'closed_by            = "Closer"', 'unit                 = "Closer"'
)
"""The same where a row is a unit's part in a call: `Number` is the call, `Closer` names the row and the unit."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What a file of several exports holds."""

    manifest: SourceManifest
    out: Path

    @property
    def snapshots(self) -> Snapshots:
        assert self.manifest.snapshots is not None
        return self.manifest.snapshots

    @property
    def last(self) -> Snapshot:
        return self.snapshots.every[-1]

    @property
    def history_file(self) -> Path:
        return self.out.with_suffix(".history.parquet")

    @property
    def changes_file(self) -> Path:
        return self.out.with_suffix(".changes.csv")

    @property
    def calls(self) -> list[dict[str, Any]]:
        return rows_of(self.out)

    @property
    def history(self) -> list[dict[str, Any]]:
        return rows_of(self.history_file)

    @property
    def changes(self) -> list[dict[str, str]]:
        with self.changes_file.open(encoding="utf-8", newline="") as text:
            return list(csv.DictReader(text))


def as_of_us(day: int) -> int:
    """Up to when the export of a day in June 2023 speaks."""
    return parse_instant(f"2023-06-{day:02d}T23:00:00Z")


def first_export(folder: Path, content: bytes, *, profile: str = NAMED, name: str = "1") -> Path:
    """Import the first export; the Parquet file."""
    file, out = folder / f"{name}.csv", folder / f"{name}.parquet"
    file.write_bytes(content)
    import_calls(file, profile=read_profile(profile.encode(), file="town.toml"), out=out, as_of_us=as_of_us(1))
    return out


def later_export(
    folder: Path, content: bytes, *, onto: Path, day: int, profile: str = NAMED, name: str | None = None
) -> Joined:
    """Import a later export onto `onto`."""
    file, out = folder / f"{name or day}.csv", folder / f"{name or day}.parquet"
    file.write_bytes(content)
    found = add_snapshot(
        file, profile=read_profile(profile.encode(), file="town.toml"), onto=onto, known=manifest_of(onto), out=out,
        as_of_us=as_of_us(day),
    )  # fmt: skip
    return Joined(found, out)


def joined(folder: Path, exports: Sequence[bytes], *, profile: str = NAMED) -> Joined:
    """Import two or more exports in their order, one a day."""
    onto = first_export(folder, exports[0], profile=profile)
    for day, content in enumerate(exports[1:], start=2):
        found = later_export(folder, content, onto=onto, day=day, profile=profile)
        onto = found.out
    return found


def manifest_of(parquet: Path) -> SourceManifest:
    """The manifest beside an import, as the program reads it back."""
    return msgspec.json.decode(parquet.with_suffix(".manifest.json").read_bytes(), type=SourceManifest)


def rows_of(parquet: Path) -> list[dict[str, Any]]:
    """Every row as a dict, in the file's order; instants as text."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        instants = [
            name for name, kind, *_ in con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(parquet)]).fetchall()
            if kind == "TIMESTAMP WITH TIME ZONE"
        ]  # fmt: skip
        wanted = ", ".join(f"epoch_us({column}) AS {column}" for column in instants)
        found = con.execute(f"SELECT * REPLACE ({wanted}) FROM read_parquet(?)", [str(parquet)])
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def call(number: str, minute: int, **values: str) -> tuple[str, ...]:
    """A row of the town: its number, received at 12:`minute` on 1 June 2023 (PDT)."""
    return row(Number=number, Received=f"2023-06-01 12:{minute:02d}:00", **values)


def export(*rows: Sequence[str]) -> bytes:
    """An export between two calls that never change, so that every call of 12:01 to 12:58 lies in what it reaches."""
    return town_csv([call("first", 0), *rows, call("last", 59)])
