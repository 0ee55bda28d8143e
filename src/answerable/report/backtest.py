"""A back-test as a folder: `backtest.html`, the list `changed.csv`, and the figures as `backtest.json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from answerable.answer.backtest import effective
from answerable.model.backtest import Backtest, BacktestRow
from answerable.report import backtest_words, figures
from answerable.report.backtest_csv import changed_csv
from answerable.report.disk import make_folder, write_atomically, write_pieces_atomically
from answerable.report.page import environment, page_parts, spellings
from answerable.report.spelling import zone_of

SCHEMA: Final = "answerable/backtest@1"
SHOWN_ROWS: Final = 100
"""Calls in the page's table; all of them are in changed.csv."""


def write_backtest(found: Backtest, rows: Iterable[BacktestRow], out: Path) -> tuple[Path, ...]:
    """Write the three files into `out`, the figures last. Returns the paths. Raises StorageError."""
    make_folder(out)
    shown = _Shown(rows)
    listed, page, sums = out / "changed.csv", out / "backtest.html", out / "backtest.json"
    sums.unlink(missing_ok=True)  # a folder with its figures is a whole result
    write_pieces_atomically(listed, changed_csv(shown))
    write_atomically(page, render_backtest(found, shown.picked()).encode("utf-8", errors="backslashreplace"))
    write_atomically(sums, backtest_json(found))
    return listed, page, sums


def backtest_json(found: Backtest) -> bytes:
    """The figures, with the name of their schema first."""
    return msgspec.json.format(msgspec.json.encode({"schema": SCHEMA, **msgspec.to_builtins(found)}), indent=2)


def render_backtest(found: Backtest, rows: Sequence[BacktestRow]) -> str:
    """The whole page; `rows` are the calls of its table."""
    zone = zone_of(found.source.timezone)
    return (
        environment()
        .get_template("backtest.html")
        .render(
            **page_parts(styles=("report.css",)),
            **spellings(zone),
            backtest=found,
            source=found.source,
            said=backtest_words,
            sentences=backtest_words.what_it_is(found),
            outcome_figure=figures.outcome_changes_figure(found),
            limit_figure=figures.limit_changes_figure(found),
            rows=rows,
            effective=effective,
        )
    )


class _Shown:
    """The rows as they pass on to the list; keeps the first of each sort for the page, changed outcomes first."""

    def __init__(self, rows: Iterable[BacktestRow]) -> None:
        self._rows = rows
        self._outcomes: list[BacktestRow] = []
        self._others: list[BacktestRow] = []

    def __iter__(self) -> Iterator[BacktestRow]:
        for row in self._rows:
            kept = self._outcomes if effective(row.before) != effective(row.after) else self._others
            if len(kept) < SHOWN_ROWS:
                kept.append(row)
            yield row

    def picked(self) -> Sequence[BacktestRow]:
        """The rows for the page, once all have passed."""
        return [*self._outcomes, *self._others][:SHOWN_ROWS]
