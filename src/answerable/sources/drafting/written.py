"""How a text writes a time: from one text to the formats that could read it. Pure; nothing is parsed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", ("%Y.%m.%d",)),
    *(
        (rf"\d{{1,2}}{apart}\d{{1,2}}{apart}\d{{{digits}}}", (f"%m{sign}%d{sign}{year}", f"%d{sign}%m{sign}{year}"))
        for apart, sign in (("/", "/"), ("-", "-"), (r"\.", "."))
        for digits, year in ((4, "%Y"), (2, "%y"))
    ),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", ("%d-%b-%Y",)),
    (r"\d{1,2}-[A-Za-z]{3}-\d{2}", ("%d-%b-%y",)),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", ("%d %b %Y",)),
    (r"[A-Za-z]{3} \d{1,2}, \d{4}", ("%b %d, %Y",)),
    (r"[A-Za-z]{3} \d{1,2} \d{4}", ("%b %d %Y",)),
    (r"[A-Za-z]{4,9} \d{1,2}, \d{4}", ("%B %d, %Y",)),
)
_PACKED_DATE = (r"(?:19|20)\d{6}", ("%Y%m%d",))
_TIMES: tuple[tuple[str, str], ...] = (
    (r"\d{1,2}:\d\d:\d\d\.\d{1,6} [AaPp][Mm]", "%I:%M:%S.%f %p"),
    (r"\d{1,2}:\d\d:\d\d\.\d{1,6}[AaPp][Mm]", "%I:%M:%S.%f%p"),
    (r"\d{1,2}:\d\d:\d\d [AaPp][Mm]", "%I:%M:%S %p"),
    (r"\d{1,2}:\d\d:\d\d[AaPp][Mm]", "%I:%M:%S%p"),
    (r"\d{1,2}:\d\d [AaPp][Mm]", "%I:%M %p"),
    (r"\d{1,2}:\d\d[AaPp][Mm]", "%I:%M%p"),
    (r"\d{1,2}:\d\d:\d\d\.\d{1,6}", "%H:%M:%S.%f"),
    (r"\d{1,2}:\d\d:\d\d", "%H:%M:%S"),
    (r"\d{1,2}:\d\d", "%H:%M"),
)
_PACKED_TIMES = ((r"\d{6}", "%H%M%S"), (r"\d{4}", "%H%M"))
_JOINS = (" ", "T", "  ", ", ")


@dataclass(frozen=True, slots=True)
class Form:
    """`formats`: one, or month-first and day-first where the digits alone do not tell. `has_date`, `has_time`: what it
    writes; `suffix`: how it marks its zone ("" if not), `%z` for an offset."""

    formats: tuple[str, ...]
    has_date: bool
    has_time: bool
    suffix: str = ""

    @property
    def open_order(self) -> bool:
        """Whether day and month could be either way round."""
        return len(self.formats) > 1


def form_of(text: str, *, packed: bool) -> Form | None:
    """How a text writes a time; None if it is none. `packed`: digits alone may be one (20180115, 0152)."""
    if not 4 <= len(text) <= 40 or not text[-1].isalnum():
        return None
    for form, rest in _dates(text, packed=packed):
        if not rest:
            return Form(form, has_date=True, has_time=False)
        for join in (*_JOINS, ""):
            if rest.startswith(join) and (join or packed) and (time := _time(rest[len(join) :], packed=packed)):
                whole = tuple(f"{one}{join}{time[0]}{time[1]}" for one in form)
                return Form(whole, has_date=True, has_time=True, suffix=time[1].strip())
    time = _time(text, packed=packed)
    return Form((time[0],), has_date=False, has_time=True) if time and not time[1] else None


def _dates(text: str, *, packed: bool) -> Iterator[tuple[tuple[str, ...], str]]:
    """The formats of a date at the beginning of a text, and what follows it."""
    for pattern, formats in (*_DATES, _PACKED_DATE) if packed else _DATES:
        if found := re.match(pattern, text):
            yield formats, text[found.end() :]


def _time(text: str, *, packed: bool) -> tuple[str, str] | None:
    """The format of a time of day, and of the zone behind it."""
    for pattern, form in (*_TIMES, *_PACKED_TIMES) if packed else _TIMES:
        found = re.match(pattern, text)
        if found and (zone := _zone(text[found.end() :])) is not None:
            return form, zone
    return None


def _zone(text: str) -> str | None:
    if text in ("", "Z", " Z", " UTC", " GMT"):
        return text
    found = re.fullmatch(r"( ?)[+-]\d\d:?\d\d", text)
    return f"{found[1]}%z" if found else None


def day_first(formats: tuple[str, ...]) -> str:
    """The day-first one of two formats."""
    return next(one for one in formats if one.index("%d") < one.index("%m"))


def month_first(formats: tuple[str, ...]) -> str:
    """The month-first one of two formats."""
    return next(one for one in formats if one.index("%m") < one.index("%d"))
