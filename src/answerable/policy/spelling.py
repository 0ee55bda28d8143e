"""The nearest valid name for a wrong one."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

_SHOWN = 16


def nearest(wanted: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or else the list of what is possible. Names are written in ASCII."""
    names = list(known)
    if foreign := foreign_letter(wanted):
        return foreign
    close = difflib.get_close_matches(wanted[:80], names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    more = " …" if len(names) > _SHOWN else ""
    return "possible: " + (", ".join(names[:_SHOWN]) or "none") + more


def quoted(text: str, *, longest: int = 60) -> str:
    """`text` in quotes, cut where it is long, safe to print."""
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")


def foreign_letter(text: str) -> str:
    """What to say of the first character that is not ASCII, and may look like one that is; empty where all are."""
    found = next((char for char in text if not char.isascii()), "")
    if not found:
        return ""
    name = unicodedata.name(found, "a character without a name")
    return f"{quoted(found)} here is U+{ord(found):04X}, {name}; names are written in plain letters: type it anew"
