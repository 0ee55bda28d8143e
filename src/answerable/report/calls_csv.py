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
from operator import attrgetter

from answerable.model.examination import ReportRow

COLUMNS: tuple[str, ...] = ReportRow.__struct_fields__
CLAIM_SEPARATOR = ";"
_BATCH = 10_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def calls_csv(rows: Iterable[ReportRow]) -> Iterator[bytes]:
    """A header and all rows, in the order given, in pieces: few rows are in memory."""
    given = iter(rows)
    batch: list[tuple[object, ...]] = [COLUMNS]
    while batch:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(batch)
        yield text.getvalue().encode("utf-8", errors="backslashreplace")
        batch = [_cells(row) for row in islice(given, _BATCH)]


_VALUES = attrgetter(*(column for column in COLUMNS if column != "claims"))
_FORMULA_FIRSTS = frozenset(_FORMULA_STARTS)


def _cells(row: ReportRow) -> tuple[object, ...]:
    """What the writer is given of a row: it writes None as nothing and a number as it is. Millions pass here."""
    values = _VALUES(row)
    texts = [f"'{one}" if one.__class__ is str and one[:1] in _FORMULA_FIRSTS else one for one in values]
    return (*texts, formula_safe(CLAIM_SEPARATOR.join(row.claims)))


def formula_safe(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
