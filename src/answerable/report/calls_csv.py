"""`calls.csv`: the allow-listed columns of every call, safe to open in a spreadsheet.

RFC 4180 (comma, CRLF, quotes doubled), UTF-8 without a byte-order mark. A text cell that a spreadsheet would take for a
formula (it starts with = + - @, a tab or a line break) gets a leading apostrophe; whoever needs the exact text finds
it in `calls.parquet`. Whole numbers are written as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from answerable.model.examination import ReportRow

COLUMNS: tuple[str, ...] = ReportRow.__struct_fields__
CLAIM_SEPARATOR = ";"
_BATCH = 10_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def calls_csv(rows: Iterable[ReportRow]) -> Iterator[bytes]:
    """A header and all rows, in the order given, in pieces: few rows are in memory."""
    given, batch = iter(rows), [COLUMNS]
    while batch:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(batch)
        yield text.getvalue().encode("utf-8", errors="backslashreplace")
        batch = [tuple(_cell(getattr(row, column)) for column in COLUMNS) for row in islice(given, _BATCH)]


def _cell(value: str | int | tuple[str, ...] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    return formula_safe(CLAIM_SEPARATOR.join(value) if isinstance(value, tuple) else value)


def formula_safe(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
