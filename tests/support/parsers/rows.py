"""Files of calls, as publishers put them up and feeds leave them: every row is a call, in quarantine, or a reason."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Final

import duckdb
import openpyxl
from tests.support.parsers.asking import Parser, put, scratch
from tests.support.sources import HEADER, import_given, row, town_csv

ROWS: Final = [
    row(Number="1", Received="2018-06-19 14:05:00", Dispatched="2018-06-19 14:09:00", Code="A", Urgency="2"),
    row(Number="2", Received="2018-06-19 15:05", Code="Gone, on arrival", Source="911"),
]


def importing(name: str) -> Callable[[bytes], object]:
    """A file of calls is imported; every row of it must be accounted for."""

    def imports(data: bytes) -> object:
        out = scratch() / "rows-out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        found = import_given(out, put(f"rows/{name}", data))
        counted = found.manifest.rows
        assert counted.read == counted.imported + counted.quarantined + counted.duplicates
        return found

    return imports


def records() -> list[dict[str, str]]:
    """The rows as objects."""
    return [dict(zip(HEADER, one, strict=True)) for one in ROWS]


@cache
def workbook() -> bytes:
    """The rows in an Excel workbook."""
    book, out = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for one in (HEADER, *ROWS):
        sheet.append(one)
    book.save(out)
    return out.getvalue()


@cache
def sheet() -> tuple[str, bytes]:
    """The part of the workbook that holds the rows."""
    with zipfile.ZipFile(BytesIO(workbook())) as packed:
        name = next(one for one in packed.namelist() if "worksheets/sheet" in one)
        return name, packed.read(name)


def with_sheet(data: bytes) -> object:
    """The workbook with other rows, whole as a file."""
    name, _ = sheet()
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook())) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in packed.namelist():
            made.writestr(one, data if one == name else packed.read(one))
    return importing("town.xlsx")(out.getvalue())


@cache
def parquet() -> bytes:
    """The rows as Parquet."""
    path = put("rows/made.csv", town_csv(ROWS)).with_name("made.parquet")
    with duckdb.connect() as con:
        con.execute(f"COPY (FROM read_csv('{path.with_suffix('.csv')}', all_varchar = true)) TO '{path}'")
    return path.read_bytes()


def packed() -> bytes:
    """The rows in a ZIP archive."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("town.csv", town_csv(ROWS))
    return out.getvalue()


CAREFUL, PACKED = ("sources/rows/careful.py",), ("sources/files/containers.py",)
PARSERS = (
    Parser("rows of a CSV", CAREFUL, lambda: [town_csv(ROWS)], importing("town.csv"), slow=True),
    Parser(
        "rows in JSON lines", ("sources/files/json_lines.py",),
        lambda: ["".join(json.dumps(one) + "\n" for one in records()).encode()], importing("town.jsonl"), slow=True,
    ),
    Parser(
        "rows in a JSON array", ("sources/files/json_lines.py",), lambda: [json.dumps(records()).encode()],
        importing("town.json"), slow=True,
    ),
    Parser("workbook", ("sources/files/excel.py",), lambda: [workbook()], importing("town.xlsx"), slow=True),
    Parser("sheet of a workbook", ("sources/files/excel.py",), lambda: [sheet()[1]], with_sheet, slow=True),
    Parser("rows in Parquet", PACKED, lambda: [parquet()], importing("town.parquet"), slow=True),
    Parser("ZIP archive", PACKED, lambda: [packed()], importing("town.zip"), slow=True),
    Parser("gzip", PACKED, lambda: [gzip.compress(town_csv(ROWS), mtime=0)], importing("town.csv.gz"), slow=True),
)  # fmt: skip
