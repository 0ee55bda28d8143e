"""A drawn sample as a CSV to fill in: the calls in the order of the draw, and blank columns for what was heard.

Written as `calls.csv` is: RFC 4180, UTF-8, a cell that a spreadsheet would calculate with an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from answerable.report.calls_csv import formula_safe


def sample_cells(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells of a drawn call as they stand in the CSV; these are what the draw seals."""
    return tuple(formula_safe(cell) for cell in cells)


def sample_csv(rows: Sequence[Sequence[str]], *, drawn: Sequence[str], blank: Sequence[str]) -> bytes:
    """`rows` (of `sample_cells`) under the columns `drawn`; the columns `blank` after them, with nothing in them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*drawn, *blank])
    writer.writerows([*row, *("" for _ in blank)] for row in rows)
    return text.getvalue().encode("utf-8", errors="backslashreplace")
