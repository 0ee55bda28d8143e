"""`edits.csv`: what was edited after first publication, in columns that an outcome may rest on. No place, no name.

Written as `calls.csv` is: RFC 4180, UTF-8, a cell that a spreadsheet would calculate with an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from answerable.model.examination import EditRow
from answerable.report.calls_csv import formula_safe

COLUMNS: tuple[str, ...] = EditRow.__struct_fields__


def edits_csv(rows: Sequence[EditRow]) -> bytes:
    """All rows with a header, in the order given."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([formula_safe(getattr(row, column)) for column in COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8", errors="backslashreplace")
