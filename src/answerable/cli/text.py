"""Text that came from data, made safe to show: nothing in it can move the cursor, hide, or reorder what is read."""

from __future__ import annotations

import unicodedata


def shown(text: str) -> str:
    """`text` with every control, format and line-breaking character spelled out by its Python escape.

    What remains stands on one line and reads in the order in which it is stored.
    """
    if text.isprintable():
        return text
    return "".join(char if _stands_for_itself(char) else _spelled(char) for char in text)


def _stands_for_itself(char: str) -> bool:
    # a no-break space is not "printable" to Python, and harmless to a terminal
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def counted(count: int, one: str, many: str = "") -> str:
    """`1 call`, `2,055 calls`, `3 entries`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
