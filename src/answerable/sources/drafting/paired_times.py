"""Dates and times of day in two columns, joined; and dates whose time of day means nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import no_point, words
from answerable.sources.drafting.times import ENOUGH_ROWS, TIME_WORDS, Kind, Times
from answerable.sources.drafting.written import Form


def joined(looked: Looked, found: Sequence[Times]) -> Iterator[Times]:
    """Pairs of a date and a time of day as one. A date may have a time of day that means nothing, such as midnight."""
    hours = {one.name: _same_hours(looked, one) for one in found if one.kind is Kind.INSTANT}
    dates = [one for one in found if one.kind is Kind.DATE or hours.get(one.name)]
    clocks = [one for one in found if one.kind is Kind.CLOCK]
    alone = len(dates) == len(clocks) == 1 and len(found) == 2 and no_point(dates[0].name) is None
    pairs = {date.name: clock for date, clock in _pairs(dates, clocks, alone=alone)}
    for one in found:
        if one in pairs.values():
            continue
        shown = hours.get(one.name, ())
        if one.name in pairs:
            yield _pair(one, pairs[one.name], hours=shown)
        elif shown:
            said_hours = " or ".join(f"{hour:02}:00" for hour in shown)
            yield replace(one, kind=Kind.DATE, evidence=(f"its time of day is {said_hours} in every row",))
        else:
            yield one


def _pairs(dates: Sequence[Times], clocks: Sequence[Times], *, alone: bool) -> Iterator[tuple[Times, Times]]:
    """Each time of day with the date that is named like it; `alone`: one of each, and no other time."""
    free = list(dates)
    for clock in clocks:
        named = [date for date in free if _stem(date.name) == _stem(clock.name)]
        chosen = named[0] if len(named) == 1 else free[0] if alone else None
        if chosen is not None:
            free.remove(chosen)
            yield chosen, clock


def _stem(name: str) -> tuple[str, ...]:
    return tuple(
        word for word in words(name) if word not in TIME_WORDS and not word.isdigit() and word not in ("d", "t")
    )


def _pair(date: Times, clock: Times, *, hours: Sequence[int]) -> Times:
    forms = tuple(
        (Form(tuple(f"{day} {form.formats[0]}" for day in _at_hour(one, hour)), True, True), min(rows, others))
        for one, rows in date.forms
        for hour in hours or (0,)
        for form, others in clock.forms
    )
    return replace(
        date, kind=Kind.INSTANT, forms=forms, joined=clock, odd=(*date.odd, *clock.odd),
        evidence=(f"'{date.name}' has the date and '{clock.name}' the time of day",),
    )  # fmt: skip


def _at_hour(form: Form, hour: int) -> tuple[str, ...]:
    """The formats of a date whose time of day is always this hour: its digits stand in the text as they are."""
    twelve, half = (hour + 11) % 12 + 1, "AM" if hour < 12 else "PM"
    swaps = {"%H": f"{hour:02}", "%I": f"{twelve:02}", "%M": "00", "%S": "00", "%f": "000", "%p": half}
    out = []
    for one in form.formats:
        for directive, text in swaps.items():
            one = one.replace(directive, text)  # noqa: PLW2901  the same format, step by step
        out.append(one)
    return tuple(out)


def _same_hours(looked: Looked, one: Times) -> tuple[int, ...]:
    """The full hours, one or two of them, that are the time of day in every row: then it is none.

    Two, since midnight of a zone with summer time, written in UTC, is at two hours."""
    found = looked.all(
        f"""SELECT epoch_us(t) // 1000000 % 86400 AS s, count(*) FROM (SELECT {one.stamp()} AS t FROM numbered)
        WHERE t IS NOT NULL GROUP BY s LIMIT 3"""
    )
    seconds = sorted(int(s) for s, _ in found)
    rows = sum(int(count) for _, count in found)
    if not 1 <= len(seconds) <= 2 or any(s % 3600 for s in seconds):
        return ()
    return tuple(s // 3600 for s in seconds) if seconds == [0] or rows >= ENOUGH_ROWS else ()
