"""`changed.csv`: the calls that a back-test found different, written as `calls.csv` is, a piece at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from answerable.model.backtest import BacktestRow, Side
from answerable.report.calls_csv import formula_safe

_ABOUT: Final = ("call", "received", "type", "priority", "district", "beat", "waited_s")
_SIDE: Final = (
    "outcome",
    "reason",
    "carried",
    "duty",
    "rule",
    "limit_s",
    "arrive_limit_s",
    "answer_limit_s",
    "tell_limit_s",
)
COLUMNS: Final = (*_ABOUT, *(f"{name}_{side}" for name in (*_SIDE, "open_facts") for side in ("before", "after")))


def changed_csv(rows: Iterable[BacktestRow]) -> Iterator[bytes]:
    """The header and every row, in the order given. RFC 4180, UTF-8."""
    yield _line(COLUMNS)
    for row in rows:
        yield _line(_cells(row))


def _cells(row: BacktestRow) -> Iterator[str]:
    for name in _ABOUT:
        yield _cell(getattr(row, name))
    for name in (*_SIDE, "open_facts"):
        for side in (row.before, row.after):
            yield _of_side(side, name)


def _of_side(side: Side, name: str) -> str:
    return _cell(", ".join(side.open_facts) if name == "open_facts" else getattr(side, name))


def _cell(value: str | int | None) -> str:
    return "" if value is None else str(value) if isinstance(value, int) else formula_safe(value)


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode("utf-8", errors="backslashreplace")
