"""How spans of time and deadlines are said: the same words as `static/time.js`, which counts on from them."""

from __future__ import annotations

SECOND_US = 1_000_000


def span(seconds: float) -> str:
    """`47 s`, `4 min 05 s`, `42 min`, `3 h 5 min`, `2 d 4 h`, `12 d`; a negative one is nothing."""
    whole = max(0, int(seconds // 1))
    if whole < 60:
        return f"{whole} s"
    if whole < 600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    days = whole // 86_400
    return f"{days} d {whole % 86_400 // 3600} h" if days < 10 else f"{days:,} d"


def until(due_us: int, now_us: int) -> str:
    """How far a deadline is: down to it, then up from it, as `LATE 3 min 05 s`."""
    left_s = (due_us - now_us) / SECOND_US
    return span(left_s) if left_s >= 0 else f"LATE {span(-left_s)}"
