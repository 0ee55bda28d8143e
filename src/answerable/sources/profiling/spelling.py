"""How names are compared: the nearest valid one for a wrong one, and one spelling for drifting headers."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(wanted: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the list of what is possible."""
    names = sorted(known)
    close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else "possible: " + (", ".join(names) or "none")


def folded(column: str) -> str:
    """A column name without its case and spaces: `Call Number`, `call_number` and `CALLNUMBER` are one."""
    return "".join(letter for letter in column.casefold() if letter not in " _-\t")
