"""A page of text for the terminal. Everything printed goes through here, and so through `shown`.

Colour and bold only on a terminal that wants them (NO_COLOR and TERM=dumb are respected); the layout is the same
when the output is piped. Colour never says anything that the words do not say.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from answerable.cli.text import shown

WIDEST = 100
"""Lines longer than this are hard to read, however wide the window."""

_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and whether it holds figures (aligned right, never broken)."""

    heading: str
    figures: bool = False


class Page:
    """Prints headings, wrapped prose, bullets and tables, no wider than the terminal."""

    def __init__(self) -> None:
        self._console = Console(
            file=sys.stdout, width=_width(), highlight=False, markup=False, emoji=False, soft_wrap=False
        )
        self.width = self._console.width

    def blank(self) -> None:
        """An empty line."""
        self._write("")

    def heading(self, text: str) -> None:
        """An empty line and a heading."""
        self.blank()
        self.say(text, style="bold")

    def say(self, text: str, *, indent: int = 0, style: str = "", lead: str = "", hang: int | None = None) -> None:
        """A paragraph, wrapped; `lead` (a bullet, a label) stands before its first line.

        Further lines begin at column `hang`, or below the text after `lead`.
        """
        hang = indent + len(lead) if hang is None else hang
        lines = Text(shown(text), style=style).wrap(self._console, max(self.width - hang, _NARROWEST), overflow="fold")
        for at, line in enumerate(lines):
            line.rstrip()
            before = " " * indent + lead if at == 0 else " " * hang
            self._print(Text(before) + line)

    def verbatim(self, text: str, *, indent: int = 0) -> None:
        """A line that is meant to be copied: never wrapped, however long."""
        self._write(" " * indent + shown(text))

    def command(self, label: str, command: str) -> None:
        """A shell command to copy: broken, where it must be, so that a shell still reads it as one."""
        lines, line = [], f"{label} "
        hang = " " * len(line)
        for part in _parts(command):
            # " \\" must still fit behind what stands on the line
            if len(line) + len(part) + 3 > self.width and line.strip() != label:
                lines.append(f"{line} \\")
                line = hang
            line += f" {part}"
        for each in [*lines, line]:
            self.verbatim(each)

    def bullets(self, texts: Iterable[str], *, indent: int = 2) -> None:
        """One wrapped paragraph each, with a mark before it."""
        for text in texts:
            self.say(text, indent=indent, lead=f"{self.mark} ")

    def pairs(self, pairs: Sequence[tuple[str, str]], *, indent: int = 0) -> None:
        """Labels in one column, wrapped text in the other."""
        widest = max((len(label) for label, _ in pairs), default=0)
        for label, text in pairs:
            self.say(text, indent=indent, lead=label.ljust(widest) + "  ")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, indent: int = 2) -> None:
        """A plain table: headings, no lines; prose folds into its column."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
        for column in columns:
            table.add_column(
                Text(shown(column.heading)),
                justify="right" if column.figures else "left",
                no_wrap=column.figures,
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(Text(shown(cell)) for cell in row))
        self._print(table, indent=indent)

    @property
    def mark(self) -> str:
        """What stands before a bullet; plain ASCII where the terminal knows no more."""
        return "-" if self._console.options.ascii_only else "·"

    def _print(self, renderable: RenderableType, *, indent: int = 0) -> None:
        with self._console.capture() as captured:
            self._console.print(renderable, width=self.width - indent)
        for line in captured.get().splitlines():
            self._write(" " * indent + line.rstrip() if line.strip() else "")

    def _write(self, line: str) -> None:
        # written here and not by rich, which pads lines and ends the program by itself when the reader has gone
        sys.stdout.write(line + "\n")


def _parts(command: str) -> list[str]:
    """What belongs on one line: the words before the first option, then each option with its value."""
    parts: list[list[str]] = [[]]
    for word in shlex.split(command):
        if word.startswith("--"):
            parts.append([])
        parts[-1].append(word)
    return [shlex.join(part) for part in parts if part]


def _width() -> int:
    """The terminal's width (or COLUMNS), or what reads well where there is no terminal; never wider than that."""
    return max(min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST), _NARROWEST)
