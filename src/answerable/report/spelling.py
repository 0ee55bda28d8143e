"""How numbers, instants and shares are written for people, the same on every machine."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from answerable.model.times import from_us

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def zone_of(name: str) -> ZoneInfo:
    """The zone a source names; UTC where it names none that is known (the offset is always written)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def wall_clock(us: int, zone: ZoneInfo) -> datetime:
    """The local time of an instant."""
    return from_us(us).astimezone(zone)


def moment(us: int, zone: ZoneInfo) -> str:
    """`Tue 19 Jun 2018, 14:05:09 PDT`: day, local time and zone."""
    at = wall_clock(us, zone)
    return f"{_DAYS[at.weekday()]} {day(us, zone)}, {at:%H:%M:%S} {at.tzname()}"


def moment_with_offset(us: int, zone: ZoneInfo) -> str:
    """As `moment`, for pages that travel: `…, 14:05:09 PDT (UTC-07:00)`. Two zones can have one name."""
    at = wall_clock(us, zone)
    return moment(us, zone) if zone.key == "UTC" else f"{moment(us, zone)} (UTC{at.isoformat()[-6:]})"


def day(us: int, zone: ZoneInfo) -> str:
    """`19 Jun 2018`: the local day of an instant."""
    at = wall_clock(us, zone)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def month(text: str) -> str:
    """`Jun 2018` of `2018-06`; anything else stays as it is."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    return f"{_MONTHS[int(match[2]) - 1]} {match[1]}" if match else text


def number(value: float) -> str:
    """`12,345`."""
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """A percentage that says 0 % and 100 % only where it is exactly so: `99.9 %`, `< 0.1 %`."""
    if whole <= 0:
        return "–"
    per_mille = part * 1000 // whole
    if part > 0 and per_mille == 0:
        return "< 0.1 %"
    if part in (whole, 0) or 100 <= per_mille < 990:
        return f"{round(part * 100 / whole)} %"
    return f"{per_mille / 10:.1f} %"


def size(size_bytes: int) -> str:
    """`12,345 bytes`."""
    return f"{size_bytes:,} {'byte' if size_bytes == 1 else 'bytes'}"


def visible(text: str) -> str:
    """Control and direction-changing characters shown by their code point, so that no text can hide or reorder
    what is read. Tabs and line breaks stay."""
    return _UNSEEN.sub(lambda found: f"\u27e8U+{ord(found[0]):04X}\u27e9", text)
