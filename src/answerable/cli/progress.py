"""Progress of long work: a moving line on a terminal's standard error, and nothing at all where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from answerable.cli.text import shown

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Name of the step, how much is done, and out of how much (None: nobody knows)."""


@contextmanager
def watched() -> Iterator[Progress]:
    """A `Progress` that draws on standard error while the block runs, and leaves no trace."""
    if not sys.stderr.isatty():
        yield _unwatched
        return
    # loaded only when a command works: help and completion must be quick
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Drawn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}", markup=False),
    )
    with Drawn(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Steps(bars)


def _unwatched(step: str, done: int, total: int | None) -> None:  # noqa: ARG001  a Progress that nobody sees
    return


COUNTING_ROWS = ("reading", "writing")
"""The steps that say how many rows are done; others count something else."""


def pace(done: int, total: int | None, *, elapsed_s: float) -> str:
    """Rows a second so far, and how long the rest will take at that pace; nothing before there is one."""
    if not done or elapsed_s <= 0:
        return ""
    rows_per_s = done / elapsed_s
    said = f"{done:,} rows, {rows_per_s:,.0f} rows/s"
    if total is None or total < done:
        return said
    minutes, seconds = divmod(round((total - done) / rows_per_s), 60)
    return f"{said}, {f'{minutes} min ' if minutes else ''}{seconds} s left"


class _Steps:
    """One bar, which begins again whenever a step with another name is heard."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._bar = bars.add_task("", total=None, pace="")
        self._began_s = 0.0
        self._step = ""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if step != self._step:
            self._step, self._began_s = step, time.monotonic()
            self._bars.reset(self._bar, total=total, description=shown(step))
        told = pace(done, total, elapsed_s=time.monotonic() - self._began_s) if step in COUNTING_ROWS else ""
        self._bars.update(self._bar, completed=done, total=total, pace=told)
