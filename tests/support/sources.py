"""A made-up town's export and profile, small enough to read, and what an import of it gives."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from answerable.model.call import CALL_COLUMNS
from answerable.model.source import SourceManifest
from answerable.sources import import_calls, read_profile

HEADER = ("Number", "Received", "Dispatched", "Arrived", "Closed", "Code", "Closer", "Source", "Urgency", "Danger")

TOWN = """
answerable-profile = 1

[source]
id           = "town"
title        = "Town, calls for service"
publisher    = "made up for tests"
agency       = "Town Police"
discipline   = "police"
licence      = "none needed"
citation     = "made up"
version      = "1"
verified     = true
verified-how = "made up with its rows"

[inclusion]
rule     = "all_calls"
evidence = "made up so"

[clock]
timezone    = "America/Los_Angeles"
formats     = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
sentinels   = ["1900-01-01 00:00:00"]
start-point = "received"

[columns]
call_id              = "Number"
received_at          = "Received"
dispatched_at        = "Dispatched"
arrived_at           = "Arrived"
closed_at            = "Closed"
disposition_raw      = "Code"
closed_by            = "Closer"
origin_raw           = "Source"
priority_initial_raw = "Urgency"

[header-drift]
Urgency = ["Prio"]

[origin]
911 = "public_911"

[priority]
0 = { rank = 1, class = "life_safety" }
1 = { rank = 2, class = "routine" }

[bind]
kind        = { constant = "call" }
priority    = { column = "Urgency", whole-number = true }
life_safety = { column = "Danger", values = { Y = true, N = false } }

[disposition]
HND = { means = "handled", text = "Handled" }
CXC = { means = "cancelled_by_caller" }
CXA = { means = "cancelled_by_agency" }
CAN = { means = "cancelled_unspecified" }
W   = { means = "not_dispatched", dispatched = "no" }
GOA = { means = "gone_on_arrival", arrived = "yes" }
REF = { means = "referred" }
ACC = { means = "referred", handover = "accepted" }

[records]
origin = true

[can-answer]
received    = { answer = "yes", because = "made up" }
sent        = { answer = "yes", because = "made up" }
arrived     = { answer = "yes", because = "made up" }
how_long    = { answer = "yes", because = "made up" }
who_decided = { answer = "no", because = "made up" }
ignored     = { answer = "yes", because = "made up" }
"""

BLANKS = """
[blank-means-no]
dispatched  = "the system stamps every dispatch itself"
disposition = "the system asks for a code with every reason"
closed      = "the system stamps every closing itself"
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """`calls`: the canonical columns, times in microseconds, and `raw`; `quarantine`: the rows of that file."""

    manifest: SourceManifest
    calls: list[dict[str, Any]]
    quarantine: list[dict[str, str]]
    out: Path


def row(**values: str) -> tuple[str, ...]:
    """One row of the town's export; what is not given is blank."""
    return tuple(values.get(column, "") for column in HEADER)


def town_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """The town's export, quoted only where it must be."""
    lines = [",".join(HEADER)]
    lines += [",".join(f'"{v}"' if "," in v or "\n" in v else v for v in values) for values in rows]
    return ("\n".join(lines) + "\n").encode()


def import_town(
    folder: Path, content: bytes, *, profile: str = TOWN, encoding: str | None = None, as_of_us: int | None = None
) -> Imported:
    """Import a file of the town, or of another made-up profile."""
    file = folder / "town.csv"
    file.write_bytes(content)
    out = folder / "calls.parquet"
    found = import_calls(
        file, profile=read_profile(profile.encode(), file="town.toml"), out=out, encoding=encoding, as_of_us=as_of_us
    )
    return Imported(found, read_calls(out), read_quarantine(out), out)


def import_given(
    folder: Path, given: Path | Sequence[Path], *, profile: str = TOWN, encoding: str | None = None,
    sheet: str | None = None,
) -> Imported:  # fmt: skip
    """Import whatever is given (a packed file, several, a folder) into `folder`/out."""
    out = folder / "out" / "calls.parquet"
    found = import_calls(
        given, profile=read_profile(profile.encode(), file="town.toml"), out=out, encoding=encoding, sheet=sheet
    )
    return Imported(found, read_calls(out), read_quarantine(out), out)


def read_calls(parquet: Path) -> list[dict[str, Any]]:
    """Every call as a dict, in the file's order; instants as microseconds."""
    instants = [column for column, kind in CALL_COLUMNS if kind == "TIMESTAMPTZ"]
    wanted = ", ".join(f"epoch_us({column}) AS {column}" for column in instants)
    with duckdb.connect() as con:
        found = con.execute(f"SELECT * REPLACE ({wanted}) FROM read_parquet(?)", [str(parquet)])
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def read_quarantine(parquet: Path) -> list[dict[str, str]]:
    """The rows of the quarantine file beside an import."""
    with parquet.with_name(f"{parquet.stem}.quarantine.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
