"""Instants, durations and how they are written.

An instant is a whole number of microseconds since 1970-01-01T00:00:00Z (`_us`); a duration is a whole number
of seconds (`_s`). Wall-clock times and zones exist only at the edges (see `answerable.sources`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

SECOND_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNIT_S = {"s": 1, "min": 60, "h": 3600, "d": 86400}
DURATION = r"([1-9][0-9]{0,5}) (s|min|h|d)"
"""A duration as people write it, as a pattern."""
_DURATION = re.compile(DURATION, re.ASCII)


def to_us(at: datetime) -> int:
    """Microseconds since the epoch of an aware datetime. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("a time without an offset is not an instant")
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_us(us: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=us)


def iso(us: int, zone: tzinfo = UTC) -> str:
    """RFC 3339: `2018-06-19T21:05:00Z`, or the local time of a zone with its offset; a fraction only where there is
    one."""
    at = from_us(us)
    return (at if zone is UTC else at.astimezone(zone)).isoformat().replace("+00:00", "Z")


def parse_instant(text: str) -> int:
    """Microseconds of an RFC 3339 time *with offset*. Raises ValueError for anything else."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", text, re.ASCII):
        raise ValueError(f"{text!r} is not a time with an offset, such as 2018-06-19T14:05:00-07:00")
    return to_us(datetime.fromisoformat(text.replace("Z", "+00:00")))


def parse_duration_s(text: str) -> int:
    """Seconds of `5 min`, `24 h`, `90 s`, `2 d`: one spelling a value. Raises ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration; write a whole number, a space and s, min, h or d: '15 min'")
    return int(match[1]) * _UNIT_S[match[2]]


def duration_text(seconds: int) -> str:
    """The spelling of `parse_duration_s`, in the largest unit that is exact: 5400 -> `90 min`."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        # "24 h" is how policies say it; whole days only from two on
        if seconds % size == 0 and seconds >= (2 * size if unit == "d" else size):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def spoken_duration(seconds: float) -> str:
    """A duration as a person would say it: `47 s`, `12 min 30 s`, `3 h 5 min`, `2 d 4 h`."""
    whole = round(abs(seconds))
    sign = "-" if seconds < 0 and whole else ""
    parts = [
        (whole // 86400, "d"),
        (whole % 86400 // 3600, "h"),
        (whole % 3600 // 60, "min"),
        (whole % 60, "s"),
    ]
    shown = [f"{n} {unit}" for n, unit in parts if n][:2]
    return sign + (" ".join(shown) or "0 s")
