"""The calls that the page carries: all of them where they are few, otherwise those that matter most."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from answerable.model.examination import ReportRow
from answerable.model.outcome import IGNORED
from answerable.model.times import spoken_duration
from answerable.report.calls_csv import COLUMNS
from answerable.report.tones import OUTCOME_TONES
from answerable.report.words import OUTCOMES, REASONS, said

MOST_IN_PAGE = 2_000
PLAIN_ROWS = 200
"""Rows of the table as it stands without JavaScript."""

COMPUTED_CELLS = ("received", "claims", "outcome", "reason", "limit", "waited", "rule")
_PLAIN_CELLS = ("call", "type", "priority", "district", "beat", "because")
EMPTY_CELLS: dict[str, str] = dict.fromkeys((*_PLAIN_CELLS, *COMPUTED_CELLS), "")
"""The cells of the row that the page's script copies."""


@dataclass(frozen=True, slots=True)
class PageCalls:
    """`rows` in the order given; `left_out` more stand in calls.csv alone."""

    rows: tuple[ReportRow, ...]
    left_out: int

    @property
    def plain(self) -> tuple[ReportRow, ...]:
        """The first rows, for the table that needs no JavaScript."""
        return self.rows[:PLAIN_ROWS]

    @property
    def total(self) -> int:
        """How many calls there are."""
        return len(self.rows) + self.left_out


class ChosenCalls:
    """Chooses the calls of the page while all of them go by: ignored calls first, then those that most claims are
    about. Never more than a few times `most` rows are kept."""

    def __init__(self, *, most: int = MOST_IN_PAGE) -> None:
        self._most, self._count = most, 0
        self._kept: list[tuple[tuple[bool, int], int, ReportRow]] = []

    def passing(self, rows: Iterable[ReportRow]) -> Iterator[ReportRow]:
        """The same rows, each looked at."""
        for row in rows:
            self._kept.append((_weight(row), self._count, row))
            self._count += 1
            if len(self._kept) > 4 * self._most:
                self._keep_best()
            yield row

    def chosen(self) -> PageCalls:
        """At most `most` rows, in their own order."""
        self._keep_best()
        rows = sorted(self._kept, key=itemgetter(1))
        return PageCalls(rows=tuple(row for _, _, row in rows), left_out=self._count - len(rows))

    def _keep_best(self) -> None:
        self._kept = sorted(self._kept, key=itemgetter(0, 1))[: self._most]


def calls_for_page(rows: Iterable[ReportRow], *, most: int = MOST_IN_PAGE) -> PageCalls:
    """The calls of the page, chosen from all rows."""
    choice = ChosenCalls(most=most)
    for _ in choice.passing(rows):
        pass
    return choice.chosen()


def _weight(row: ReportRow) -> tuple[bool, int]:
    return row.outcome not in IGNORED, -len(row.claims)


def calls_data(calls: PageCalls) -> str:
    """JSON for a script element of type application/json: no `<`, `>` or `&` in it, whatever a cell contains."""
    data = {
        "columns": COLUMNS,
        "cells": COMPUTED_CELLS,
        "rows": [_values(row) for row in calls.rows],
        "tones": OUTCOME_TONES,
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _values(row: ReportRow) -> list[object]:
    cells = cells_of(row)
    return [*(getattr(row, column) for column in COLUMNS), *(cells[name] for name in COMPUTED_CELLS)]


def cells_of(row: ReportRow) -> dict[str, str]:
    """What the table shows of a call, by the cell's name."""
    return {
        **{name: getattr(row, name) for name in _PLAIN_CELLS},
        # day above time of day: neither breaks in the middle
        "received": row.received.replace("T", " ", 1).replace(" ", "\n", 1),
        "claims": ", ".join(row.claims),
        "outcome": said(OUTCOMES, row.outcome).label,
        "reason": _reason(row),
        "limit": duration_or_dash(row.limit_s),
        "waited": duration_or_dash(row.waited_s),
        "rule": _rule(row),
    }


def _reason(row: ReportRow) -> str:
    if row.carried:
        return f"into a call that was {said(OUTCOMES, row.carried).label}"
    reason = said(REASONS, row.reason).label if row.reason else ""
    return f"{reason}: {row.facts}" if reason and row.facts else reason


def _rule(row: ReportRow) -> str:
    # the sentence beside it often names the rule already
    return f"rule {row.rule}" if row.rule and row.rule not in row.because else ""


def duration_or_dash(seconds: float | None) -> str:
    """A duration in words, or a dash where there is none."""
    return "–" if seconds is None else spoken_duration(seconds)
