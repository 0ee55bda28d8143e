"""Which columns hold times, and how they are written: formats, day and month, offsets, epochs, placeholders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from answerable.sources.drafting.facts import Facts, Shape, percent, value_of
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.names import words
from answerable.sources.drafting.paired_times import joined
from answerable.sources.drafting.paper import said
from answerable.sources.drafting.times import ENOUGH_ROWS, TIME_WORDS, Kind, Order, Times, looks_like_an_interval
from answerable.sources.drafting.written import Form, form_of
from answerable.sources.profiling.profile import EpochUnit
from answerable.sources.sql_text import any_of, listed

_MOSTLY = 0.6
"""A column is one of times if at least this share of its values is written as times."""
_EPOCH_FIRST_S, _EPOCH_END_S = 631_152_000, 1_893_456_000
"""Counts from 1970 are taken for times of 1990 to 2029: call numbers such as 2014000063173 lie beyond."""
_MOST_ODD = 5
_PLACEHOLDERS = ("1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "9999-12-31")


def times_of(looked: Looked, columns: Sequence[Facts]) -> tuple[Times, ...]:
    """Every column of times, the date and time pairs joined, in the order of the columns."""
    found = [one for facts in columns if (one := _times(looked, facts)) is not None]
    settled = _settled_together(found)
    return tuple(_measured(looked, _to_the_minute(looked, one)) for one in joined(looked, settled))


def _times(looked: Looked, facts: Facts) -> Times | None:
    return _epoch(looked, facts) or _formatted(looked, facts)


def _named_as_time(facts: Facts) -> bool:
    return any(word in TIME_WORDS or word.startswith(("time", "date")) for word in words(facts.name))


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


def _to_the_minute(looked: Looked, one: Times) -> Times:
    """Seconds that are 00 in every row mean nothing: they stand in the format as they are."""
    if one.kind is not Kind.INSTANT or not any("%S" in form.formats[0] for form, _ in one.forms):
        return one
    rows, others = looked.one(
        f"""SELECT count(t), count(*) FILTER (epoch_us(t) % 60000000 <> 0) FROM (SELECT {one.stamp()} AS t
        FROM numbered)"""
    )
    if rows < ENOUGH_ROWS or others:
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
