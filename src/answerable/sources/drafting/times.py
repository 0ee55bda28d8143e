"""Which columns hold times, and how they are written: formats, day and month, offsets, epochs, placeholders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from answerable.sources.drafting.facts import Facts, Shape, percent, value_of
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import INTERVAL, WAITS, no_point, says, words
from answerable.sources.drafting.paper import said
from answerable.sources.drafting.written import Form, day_first, form_of, month_first
from answerable.sources.profile import EpochUnit
from answerable.sources.sql_text import any_of, listed, literal

_MOSTLY = 0.6
"""A column is one of times if at least this share of its values is written as times."""
_EPOCH_FIRST_S, _EPOCH_END_S = 631_152_000, 1_893_456_000
"""Counts from 1970 are taken for times of 1990 to 2029: call numbers such as 2014000063173 lie beyond."""
_MOST_ODD = 5
_ENOUGH_ROWS = 10
"""So many rows with the same seconds, or the same hour, are no chance."""
_PLACEHOLDERS = ("1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "9999-12-31")
_TIME_WORDS = ("time", "date", "datetime", "dt", "tm", "ts", "dttm", "timestamp", "at", "epoch", "hour", "hr", "when",
               "utc", "unix", "stamp", "millis", "ms")  # fmt: skip


class Kind(StrEnum):
    """What a column of times gives."""

    INSTANT = "date and time"
    DATE = "date"
    CLOCK = "time of day"
    EPOCH = "count since 1970"


class Order(StrEnum):
    """Which comes first in dates that are digits alone."""

    PLAIN = "plain"
    MONTH = "month first"
    DAY = "day first"
    OPEN = "open"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times, or a date and a time of day in two (`joined`).

    `forms`: how they are written, with the rows of each; `odd`: values that are no times, with their rows;
    `placeholders`: texts of a date that means "no time"; `read`: rows with any other time. `evidence`: sentences on how
    it is read.
    """

    facts: Facts
    kind: Kind
    forms: tuple[tuple[Form, int], ...] = ()
    epoch: EpochUnit | None = None
    order: Order = Order.PLAIN
    order_seen: str = ""
    odd: tuple[tuple[str, int], ...] = ()
    placeholders: tuple[tuple[str, int], ...] = ()
    midnight: int = 0
    read: int = 0
    joined: Times | None = None
    evidence: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """Its column's name, the first of two."""
        return self.facts.name

    @property
    def both_names(self) -> tuple[str, ...]:
        """Its columns' names."""
        return (self.facts.name, self.joined.facts.name) if self.joined else (self.facts.name,)

    @property
    def text(self) -> str:
        """SQL for its text as an import would read it; NULL where one of two is blank."""
        if self.joined is None:
            return value_of(self.facts.cell)
        return f"({value_of(self.facts.cell)} || ' ' || {value_of(self.joined.facts.cell)})"

    @property
    def suffixes(self) -> frozenset[str]:
        """How its times mark their zone: `Z`, `%z`, nothing."""
        return frozenset(form.suffix for form, _ in self.forms)

    def formats(self, order: Order) -> tuple[str, ...]:
        """Its formats, day and month in this order; the commonest first."""
        chosen = (
            form.formats[0] if not form.open_order else
            day_first(form.formats) if order is Order.DAY else month_first(form.formats)
            for form, _ in self.forms
        )  # fmt: skip
        return tuple(dict.fromkeys(chosen))

    def stamp(self) -> str:
        """SQL for its time as written, as a TIMESTAMP; of offsets the instant in UTC; NULL where it cannot be read."""
        if self.epoch is not None:
            scale = 1_000_000 if self.epoch is EpochUnit.SECONDS else 1_000
            number = f"(CASE WHEN regexp_full_match({self.text}, '[0-9]{{1,13}}([.][0-9]+)?') THEN {self.text} END)"
            return f"make_timestamp(({number}::DOUBLE * {scale})::BIGINT)"
        return read_by(self.text, self.formats(self.order))


def read_by(text: str, formats: Sequence[str]) -> str:
    """SQL for a text as a TIMESTAMP by the first format that reads it, an offset taken off."""
    plain = [one for one in formats if "%z" not in one]
    offset = [one for one in formats if "%z" in one]
    tries = [f"try_strptime({text}, {_listed(plain)})"] if plain else []
    if offset:
        spelled = f"regexp_replace({text}, ' ?Z$', '+00:00')"
        tries.append(f"make_timestamp(epoch_us(try_strptime({spelled}, {_listed(offset)})))")
    return f"coalesce({', '.join(tries)}, NULL::TIMESTAMP)" if tries else "NULL::TIMESTAMP"


def times_of(looked: Looked, columns: Sequence[Facts]) -> tuple[Times, ...]:
    """Every column of times, the date and time pairs joined, in the order of the columns."""
    found = [one for facts in columns if (one := _times(looked, facts)) is not None]
    settled = _settled_together(found)
    return tuple(_measured(looked, _to_the_minute(looked, one)) for one in _joined(looked, settled))


def looks_like_an_interval(name: str) -> bool:
    """Whether a name promises how long something took."""
    spoken = set(words(name))
    return bool(spoken & set(INTERVAL)) or ("time" in spoken and says(name, WAITS) and not spoken & {"of", "date"})


def _times(looked: Looked, facts: Facts) -> Times | None:
    return _epoch(looked, facts) or _formatted(looked, facts)


def _named_as_time(facts: Facts) -> bool:
    return any(word in _TIME_WORDS or word.startswith(("time", "date")) for word in words(facts.name))


def _formatted(looked: Looked, facts: Facts) -> Times | None:
    packed = _named_as_time(facts)
    forms: Counter[Form] = Counter()
    odd: list[Shape] = []
    for shape in facts.shapes:
        form = form_of(shape.example, packed=packed)
        if form is None:
            odd.append(shape)
        else:
            forms[form] += shape.rows
    forms = _plain_z(forms)
    if sum(forms.values()) < _MOSTLY * facts.filled:
        return None
    if looks_like_an_interval(facts.name) and _begins_with_zeros(facts):
        return None  # 00:05:12 of a waiting time
    kinds = {_kind(form) for form in forms}
    if len(kinds) > 1 and Kind.CLOCK in kinds:
        return None  # some are dates, some are none: what the others mean cannot be read
    # a date among times is a time to the day
    kind = Kind.INSTANT if Kind.INSTANT in kinds else kinds.pop()
    order, seen = _order(looked, facts, forms)
    return Times(
        facts=facts, kind=kind, forms=tuple(forms.most_common()), order=order, order_seen=seen,
        odd=tuple(_odd(looked, facts, odd)),
    )  # fmt: skip


def _begins_with_zeros(facts: Facts) -> bool:
    """Whether nearly every value is a few hours at most, as waits are and times of day are not."""
    short = sum(rows for value, rows in facts.values if re.match(r"0?[0-2]:", value))
    return short * 10 >= 9 * sum(rows for _, rows in facts.values)


def _plain_z(forms: Counter[Form]) -> Counter[Form]:
    """Beside times with an offset a Z is one too."""
    if not any(form.suffix == "%z" for form in forms):
        return forms
    out: Counter[Form] = Counter()
    for form, rows in forms.items():
        if form.suffix in ("Z", "UTC", "GMT") and form.suffix == "Z":
            out[replace(form, formats=tuple(one[:-1] + "%z" for one in form.formats), suffix="%z")] += rows
        else:
            out[form] += rows
    return out


def _kind(form: Form) -> Kind:
    return Kind.INSTANT if form.has_date and form.has_time else Kind.DATE if form.has_date else Kind.CLOCK


def _odd(looked: Looked, facts: Facts, shapes: list[Shape]) -> Iterator[tuple[str, int]]:
    """The commonest texts that are no times."""
    if not shapes:
        return
    shape = "regexp_replace(regexp_replace(v, '[0-9]', '9', 'g'), '[A-Za-z]', 'a', 'g')"
    for value, rows in looked.all(
        f"""SELECT v, count(*) FROM (SELECT {value_of(facts.cell)} AS v FROM numbered)
        WHERE {shape} IN {listed(one.shape for one in shapes)} GROUP BY v ORDER BY count(*) DESC, v LIMIT {_MOST_ODD}"""
    ):
        yield str(value), int(rows)


def _epoch(looked: Looked, facts: Facts) -> Times | None:
    if not facts.numbers or facts.numbers < _MOSTLY * facts.filled:
        return None
    for unit, scale, digits in ((EpochUnit.SECONDS, 1, 10), (EpochUnit.MILLISECONDS, 1000, 13)):
        within = (
            f"regexp_full_match(v, '[0-9]{{{digits - 1},{digits}}}([.]0+)?') AND "
            f"try_cast(v AS DOUBLE) BETWEEN {_EPOCH_FIRST_S * scale} AND {_EPOCH_END_S * scale}"
        )
        values = f"(SELECT {value_of(facts.cell)} AS v FROM numbered)"
        (rows,) = looked.one(f"SELECT count(*) FILTER ({within}) FROM {values}")
        if rows >= _MOSTLY * facts.filled and rows:
            odd = looked.all(
                f"""SELECT v, count(*) FROM {values} WHERE v IS NOT NULL AND NOT coalesce({within}, FALSE) GROUP BY v
                ORDER BY count(*) DESC, v LIMIT {_MOST_ODD}"""
            )
            return Times(
                facts=facts, kind=Kind.EPOCH, epoch=unit, odd=tuple((str(value), int(n)) for value, n in odd),
            )  # fmt: skip
    return None


def _order(looked: Looked, facts: Facts, forms: Counter[Form]) -> tuple[Order, str]:
    """Whether day or month comes first, shown by the values above 12."""
    if not any(form.open_order for form in forms):
        return Order.PLAIN, ""
    parts = (
        f"SELECT line, v, regexp_extract(v, '^([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]', ['a', 'b']) AS p "
        f"FROM (SELECT line, {value_of(facts.cell)} AS v FROM numbered)"
    )
    first, at_first, second, at_second, at_any, text_first, text_second, text_any = looked.one(
        f"""SELECT count(*) FILTER (a > 12), min(line) FILTER (a > 12), count(*) FILTER (b > 12),
        min(line) FILTER (b > 12), min(line) FILTER (a <> b),
        arg_min(v, line) FILTER (a > 12), arg_min(v, line) FILTER (b > 12), arg_min(v, line) FILTER (a <> b)
        FROM (SELECT line, v, try_cast(p.a AS INTEGER) AS a, try_cast(p.b AS INTEGER) AS b FROM ({parts}))"""
    )
    if first and second:
        return Order.MIXED, (
            f"'{facts.name}' has both orders: {said(text_first)} ({looked.place(at_first)}) has no such month, "
            f"{said(text_second)} ({looked.place(at_second)}) none the other way round"
        )
    if first:
        return Order.DAY, (
            f"the first number of '{facts.name}' is above 12 in {first:,} rows, the second in none: {said(text_first)} "
            f"({looked.place(at_first)})"
        )
    if second:
        return Order.MONTH, (
            f"the second number of '{facts.name}' is above 12 in {second:,} rows, the first in none: "
            f"{said(text_second)} ({looked.place(at_second)})"
        )
    example = (
        f"{said(text_any)} ({looked.place(at_any)}) could be both" if text_any else "day and month are the same in all"
    )
    return Order.OPEN, f"no row of '{facts.name}' has a number above 12 in either place: {example}"


def _settled_together(found: Sequence[Times]) -> list[Times]:
    """A column whose own values leave the order open has that of the others that are written alike."""
    out = []
    for one in found:
        if one.order is not Order.OPEN:
            out.append(one)
            continue
        orders = {
            other.order: other for other in found if _alike(one, other) and other.order in (Order.DAY, Order.MONTH)
        }
        if len(orders) == 1:
            order, other = next(iter(orders.items()))
            seen = (
                f"'{one.name}' leaves day and month open; it is written like '{other.name}', where {other.order_seen}"
            )
            out.append(replace(one, order=order, order_seen=seen))
        else:
            out.append(one)
    return out


def _alike(one: Times, other: Times) -> bool:
    separators = [{form.formats[0][2] for form, _ in each.forms if form.open_order} for each in (one, other)]
    return bool(separators[0] & separators[1])


def _joined(looked: Looked, found: Sequence[Times]) -> Iterator[Times]:
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
        word for word in words(name) if word not in _TIME_WORDS and not word.isdigit() and word not in ("d", "t")
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
    return tuple(s // 3600 for s in seconds) if seconds == [0] or rows >= _ENOUGH_ROWS else ()


def _to_the_minute(looked: Looked, one: Times) -> Times:
    """Seconds that are 00 in every row mean nothing: they stand in the format as they are."""
    if one.kind is not Kind.INSTANT or not any("%S" in form.formats[0] for form, _ in one.forms):
        return one
    rows, others = looked.one(
        f"""SELECT count(t), count(*) FILTER (epoch_us(t) % 60000000 <> 0) FROM (SELECT {one.stamp()} AS t
        FROM numbered)"""
    )
    if rows < _ENOUGH_ROWS or others:
        return one
    forms = tuple(
        (replace(form, formats=tuple(re.sub(r"%S(\.%f)?", _zeros, text) for text in form.formats)), count)
        for form, count in one.forms
    )
    return replace(one, forms=forms, evidence=(*one.evidence, "its seconds are 00 in every row: it is to the minute"))


def _zeros(found: re.Match[str]) -> str:
    return "00.000" if found[1] else "00"


def _measured(looked: Looked, one: Times) -> Times:
    """How many rows it reads, what it cannot read, and what looks like a placeholder."""
    if one.kind in (Kind.CLOCK,):
        return replace(one, read=one.facts.filled - sum(rows for _, rows in one.odd))
    stamp = one.stamp()
    base = f"(SELECT {one.text} AS v, {stamp} AS t FROM numbered)"
    days = any_of(f"t::DATE = DATE '{day}'" for day in _PLACEHOLDERS)
    read, placed_rows, midnight = looked.one(
        f"""SELECT count(t), count(*) FILTER ({days}),
        count(*) FILTER (epoch_us(t) % 86400000000 = 0 AND NOT ({days})) FROM {base}"""
    )
    placed = looked.all(
        f"SELECT v, count(*) FROM {base} WHERE {days} GROUP BY v ORDER BY count(*) DESC, v LIMIT {_MOST_ODD}"
    )
    rest = looked.all(
        f"""SELECT v, count(*) FROM {base} WHERE v IS NOT NULL AND t IS NULL GROUP BY v ORDER BY count(*) DESC, v
        LIMIT {_MOST_ODD}"""
    )
    filled = int(looked.one(f"SELECT count(v) FROM {base}")[0])
    share = f"{percent(read, filled)} of {filled:,} filled rows are read as a {one.kind.value}"
    return replace(
        one, read=read - placed_rows, midnight=midnight, odd=tuple((str(value), int(rows)) for value, rows in rest),
        placeholders=tuple((str(value), int(rows)) for value, rows in placed), evidence=(*one.evidence, share),
    )  # fmt: skip


def _listed(formats: Sequence[str]) -> str:
    return "[" + ", ".join(map(literal, formats)) + "]"
