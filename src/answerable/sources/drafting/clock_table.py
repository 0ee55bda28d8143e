"""The [clock] of a draft: how the times are written is a guess with evidence, whose clock it is a question."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.model.call import CLOCK_POINTS
from answerable.sources.drafting.evidence import columns_of_times, quiet_hours
from answerable.sources.drafting.facts import percent
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.paper import ANSWER, Paper, array, counted, quoted, said
from answerable.sources.drafting.points import STARTS, Points, is_instant
from answerable.sources.drafting.times import Kind, Order, Times

_MIDNIGHTS = 0.01
"""A share of exact midnights above this is no chance: one minute of a day is 0.07 % of it."""


def same_order(points: Points) -> None:
    """Put aside the times whose order of day and month no profile could read beside the others'."""
    first: dict[tuple[str, ...], Order] = {}
    for one in list(columns_of_times(points)):
        for form, _ in one.forms:
            if not form.open_order:
                continue
            twin = first.setdefault(tuple(sorted(form.formats)), one.order)
            if one.order is Order.MIXED or twin is not one.order:
                points.named = [each for each in points.named if each.times is not one]
                points.asked = [each for each in points.asked if each.times is not one]
                points.aside.append((one, f"day and month cannot be told apart beside the others: {one.order_seen}"))
                break


def write_clock(paper: Paper, looked: Looked, points: Points) -> None:
    """The table [clock]."""
    used = list(columns_of_times(points))
    start = _best_start(points, used)
    paper.table("clock")
    seen = (quiet_hours(looked, start),) if start is not None else ()
    paper.ask(
        "timezone", "In which time zone is the agency?",
        how="Write its name, such as America/Los_Angeles or Europe/Madrid.", evidence=seen,
    )  # fmt: skip
    _policy(paper, used)
    _formats(paper, used)
    _sentinels(paper, used)
    _midnights(paper, points)
    _start_point(paper, points)


def _best_start(points: Points, used: Sequence[Times]) -> Times | None:
    named = next((one for name in points.starts if (one := points.of(name)) is not None), None)
    return named or next((one for one in used if one.kind is not Kind.CLOCK), None)


def _policy(paper: Paper, used: Sequence[Times]) -> None:
    seen: tuple[str, ...] = ()
    if used and all(is_instant(one) for one in used):
        paper.guess("policy", quoted("utc"), "every time says its offset from UTC, or is counted from 1970")
        return
    if all(one.suffixes & {"Z", "UTC", "GMT"} for one in used if not is_instant(one)):
        seen = ("a letter Z or UTC stands behind the times, which some publishers write behind local ones too",)
    paper.ask(
        "policy", "Which clock do the times show?",
        how="local: the clock on the wall, summer and winter; standard: the zone's winter time all year; utc. If the "
        "quiet hours above are about 03:00 to 06:00 it is local; hours away from it, it is likely utc.",
        allowed=("local", "standard", "utc"), evidence=seen,
    )  # fmt: skip


def _formats(paper: Paper, used: Sequence[Times]) -> None:
    written = [one for one in used if one.kind not in (Kind.EPOCH, Kind.CLOCK)]
    settled = [text for one in written if one.order is not Order.OPEN for text in one.formats(one.order)]
    settled += [
        f
        for one in written
        if one.order is Order.OPEN
        for form, _ in one.forms
        if not form.open_order
        for f in form.formats
    ]
    formats = list(dict.fromkeys(settled))
    open_ones: dict[tuple[str, ...], Times] = {}
    for one in written:
        if one.order is Order.OPEN:
            for form, _ in one.forms:
                if form.open_order:
                    open_ones.setdefault(form.formats, one)
    seen = [f"{one.order_seen}" for one in written if one.order in (Order.DAY, Order.MONTH)]
    if open_ones:
        value = "[" + ", ".join((*map(quoted, formats), *(ANSWER for _ in open_ones))) + "]"
        paper.ask(
            "formats", "Does the day or the month come first in the dates?",
            how="Write the format with the true order: %m is the month, %d the day.",
            allowed=[one for pair in open_ones for one in pair],
            evidence=list(dict.fromkeys(one.order_seen for one in open_ones.values())), value=value,
        )  # fmt: skip
    elif formats:
        names = ", ".join(f"'{' + '.join(one.both_names)}'" for one in written)
        paper.guess("formats", array(formats), *dict.fromkeys(seen), f"the times of {names} are written so")
    clocks = list(dict.fromkeys(f for one in used if one.kind is Kind.CLOCK for f in one.formats(one.order)))
    if clocks:
        names = ", ".join(f"'{one.name}'" for one in used if one.kind is Kind.CLOCK)
        paper.guess("time-of-day", array(clocks), f"{names} has a time of day and no column its date")


def _sentinels(paper: Paper, used: Sequence[Times]) -> None:
    """Texts that mean no time: dates that no call can have, and words in a column of times."""
    found: dict[str, list[str]] = {}
    unread: list[str] = []
    for one in used:
        for text, rows in one.placeholders:
            found.setdefault(text, []).append(
                f"{said(text)} in {counted(rows, 'row')} of '{one.name}' is a date no call has"
            )
        for text, rows in one.odd:
            if any(letter.isdigit() for letter in text):
                unread.append(
                    f"{said(text)} in {counted(rows, 'row')} of '{one.name}' cannot be read and would be quarantined"
                )
            else:
                found.setdefault(text, []).append(f"{said(text)} in {counted(rows, 'row')} of '{one.name}' is no time")
    paper.comment(*unread)
    if found:
        paper.guess("sentinels", array(found), *(sentence for each in found.values() for sentence in each))


def _midnights(paper: Paper, points: Points) -> None:
    found = [one for one in points.named if _has_placeholder(one.times)]
    if found:
        paper.guess(
            "midnight-placeholder", array(one.point for one in found),
            *(
                f"'{one.times.name}' is exactly midnight in {percent(one.times.midnight, one.times.read)} of its rows"
                for one in found
            ),
        )  # fmt: skip


def _has_placeholder(times: Times) -> bool:
    return times.kind is Kind.INSTANT and times.midnight >= 20 and times.midnight > _MIDNIGHTS * times.read


def _start_point(paper: Paper, points: Points) -> None:
    if points.starts and (points.starts[0] == "received" or not points.asked):
        paper.guess("start-point", quoted(points.starts[0]), "the earliest clock point that a column is named after")
    elif points.asked or points.named:
        paper.ask(
            "start-point", "From which clock point can waiting be counted?",
            how="Write the earliest one that you map below, usually received. Delete the line if there is none.",
            allowed=[point for point in CLOCK_POINTS if point in STARTS],
        )  # fmt: skip
