"""The table of a benchmark: on the terminal, and as a section of docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One promise: its threshold, what was measured, and the control measured in the same run.

    `met` is None where a line has no threshold: it is there to compare with.
    """

    promise: str
    target: str
    measured: str
    control: str
    met: bool | None


def finish(name: str, lines: Sequence[Line], *, notes: Sequence[str] = (), command: str = "") -> int:
    """Print the table and write the section `name` of the page. The exit code: 1 where a target is missed.

    `command` is what `./dev bench` was given, where that is not just the name.
    """
    table = _table(lines)
    print(table)
    PAGE.write_text(
        _with_section(PAGE.read_text(encoding="utf-8"), name, _section(command or name, table, notes)), "utf-8"
    )
    missed = [line.promise for line in lines if line.met is False]
    print(f"\n{len(missed)} of {len(lines)} missed: {'; '.join(missed)}" if missed else "\nEvery target is met.")
    return 1 if missed else 0


def _table(lines: Sequence[Line]) -> str:
    words = {True: "yes", False: "**no**", None: ""}
    rows = [(one.promise, one.target, one.measured, one.control, words[one.met]) for one in lines]
    heads = ("promise", "target", "measured", "beside it, in the same run", "met")
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, ("---",) * len(heads), *rows))


def _section(command: str, table: str, notes: Sequence[str]) -> str:
    where = (
        f"Made by `./dev bench {command}` on {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), "
        f"Python {platform.python_version()}, while the machine's load was {os.getloadavg()[0]:.0f}. "
        "Medians of interleaved rounds."
    )
    return "\n\n".join([where, table, *notes])


def _with_section(page: str, name: str, section: str) -> str:
    """The page with what stands between the section's two marks replaced."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in page or end not in page:
        sys.exit(f"{PAGE.name} has no place for {name!r}: put '{begin}' and '{end}' where its table belongs")
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    return re.sub(pattern, lambda _: f"{begin}\n\n{section}\n\n{end}", page, flags=re.DOTALL)
