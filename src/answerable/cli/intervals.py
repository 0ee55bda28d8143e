"""How long things took, on the terminal: every definition, and what the missing times could change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerable.cli.printing import Column, Page
from answerable.cli.text import listed
from answerable.model.examination import Description, IntervalStatistic
from answerable.model.times import spoken_duration
from answerable.report import bounds
from answerable.report.record_words import LEFT_OUT_WORDS, record_words
from answerable.report.spelling import number

_OFFICER = "Officer-initiated, where nobody was waiting, apart from the above:"


def print_intervals(page: Page, description: Description) -> None:
    """The figures under each definition, officer-initiated calls apart; then between what bounds they lie."""
    page.heading("How long it took: the answer depends on the definition")
    if why := bounds.why_no_interval(description):
        page.say(why, indent=2)
        return
    _interval_table(page, [each for each in description.intervals if each.population == "calls"])
    officer = [each for each in description.intervals if each.population == "officer_initiated" and each.counted]
    if officer:
        page.say(_OFFICER, indent=2)
        _interval_table(page, officer)
    print_bounds(page, description.intervals)


def _interval_table(page: Page, intervals: Sequence[IntervalStatistic]) -> None:
    measured = [each for each in intervals if each.counted]
    if measured:
        columns = [
            Column("from … to"), Column("calls", figures=True), Column("mean", figures=True),
            Column("median", figures=True), Column("P90", figures=True), Column("left out"),
        ]  # fmt: skip
        page.table(columns, [_interval_row(each) for each in measured])
    nowhere = [each.definition for each in intervals if not each.counted]
    if nowhere:
        page.say(f"Not measurable in this file: {listed(nowhere)}.", indent=2)


def _interval_row(each: IntervalStatistic) -> tuple[str, ...]:
    return (each.definition, *interval_figures(each), left_out_said(each))


def interval_figures(each: IntervalStatistic) -> tuple[str, ...]:
    """Calls, mean, median and P90."""
    waits = (each.mean_s, each.median_s, each.p90_s)
    return (number(each.counted), *("" if wait is None else spoken_duration(wait) for wait in waits))


def left_out_said(each: IntervalStatistic) -> str:
    """How many calls are not in the figures, by reason."""
    left_out = [
        f"{number(calls)} {record_words(LEFT_OUT_WORDS, reason).label}"
        for reason, calls in each.left_out.items()
        if calls
    ]
    return ", ".join(left_out) or "none"


def print_bounds(page: Page, intervals: Sequence[IntervalStatistic]) -> None:
    """Between what the figures lie, whatever the calls without a usable time would have shown."""
    calls, officer = (
        bounds.uncertain_statistics(intervals, population=which) for which in ("calls", "officer_initiated")
    )
    if not calls and not officer:
        return
    page.heading(bounds.HEADING)
    page.say(bounds.EXPLAINED, indent=2)
    if calls:
        page.blank()
        _bounds_table(page, calls)
    if officer:
        page.say(_OFFICER, indent=2)
        _bounds_table(page, officer)


def _bounds_table(page: Page, uncertain: Sequence[IntervalStatistic]) -> None:
    first = uncertain[0].bounds
    headings = bounds.within_headings(first) if first is not None else []
    figures = [Column(heading, figures=True) for heading in (*headings, "median", "P90", "mean")]
    rows = (line for each in uncertain for line in _bounds_lines(each))
    page.table([Column("from … to"), Column("at"), *figures], rows)


def _bounds_lines(each: IntervalStatistic) -> Iterator[Sequence[str]]:
    if each.bounds is None:
        return
    labels = (each.definition, f"  {bounds.unknown_said(each)}")
    for label, row in zip(labels, bounds.bound_rows(each.bounds), strict=True):
        yield (label, row.case, *row.within, row.median, row.p90, row.mean)
