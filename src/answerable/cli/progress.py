"""Progress of long work: a moving line on a terminal's standard error, and nothing at all where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from answerable.cli.text import shown

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
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Steps(bars.add_task, bars.update)


def _unwatched(step: str, done: int, total: int | None) -> None:  # noqa: ARG001  a Progress that nobody sees
    return


class _Steps:
    """One bar a step, made when its name is first heard."""

    def __init__(self, add: Callable[..., int], update: Callable[..., None]) -> None:
        self._add, self._update = add, update
        self._bars: dict[str, int] = {}

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if step not in self._bars:
            self._bars[step] = self._add(shown(step), total=total)
        self._update(self._bars[step], completed=done, total=total)
