"""Findings to people: the page, the calls, the findings as JSON, the manifest; and the plain words of every key.

The words (`report.words`, `report.record_words`) are for the terminal too, so importing this room loads neither the
template engine nor the chart renderer; `write_report` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from answerable.model.backtest import Backtest, BacktestRow
from answerable.model.examination import Examination, ReportRow

__all__ = ["write_backtest", "write_report"]


def write_report(examination: Examination, rows: Iterable[ReportRow], out: Path) -> tuple[Path, ...]:
    """Write the result into the folder `out`; see `answerable.report.write`. Raises StorageError."""
    from answerable.report import write  # noqa: PLC0415  loads jinja2 and vl_convert

    return write.write_report(examination, rows, out)


def write_backtest(backtest: Backtest, rows: Iterable[BacktestRow], out: Path) -> tuple[Path, ...]:
    """Write a back-test into the folder `out`; see `answerable.report.backtest`. Raises StorageError."""
    from answerable.report import backtest as pages  # noqa: PLC0415  loads jinja2 and vl_convert

    return pages.write_backtest(backtest, rows, out)
