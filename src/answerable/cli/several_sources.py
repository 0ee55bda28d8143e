"""Several sources on the terminal: side by side, and all their calls together, under the same definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerable.cli.describing import print_coverage
from answerable.cli.intervals import interval_figures, left_out_said, print_bounds
from answerable.cli.printing import Column, Page
from answerable.cli.text import counted
from answerable.model.call import CLOCK_POINTS
from answerable.model.examination import IntervalStatistic, MonthCoverage, SeveralSources
from answerable.report.bounds import entries
from answerable.report.record_words import CLOCK_POINT_WORDS, record_words
from answerable.report.spelling import day, number, share, zone_of

_TOGETHER = "all together"


def print_sources(page: Page, found: SeveralSources) -> None:
    """Which sources there are, how complete they are, and how long things took: each, and all together."""
    page.say(f"{counted(len(found.sources), 'source')}, {number(found.calls)} calls", style="bold")
    page.say("Everything about one of them: answerable examine with its files alone.")
    page.blank()
    _print_spans(page, found)
    _print_completeness(page, found)
    print_coverage(page, found.coverage)
    page.heading("How long it took: the answer depends on the definition")
    if not any(one.counted for one in found.intervals):
        page.say("No interval can be computed: no call has both ends of one in order.", indent=2)
    for population, said in (("calls", ""), ("officer_initiated", ", officer-initiated, where nobody was waiting")):
        for whole in found.intervals:
            if whole.population == population and whole.counted:
                _print_interval(page, found, whole, said=said)
    print_bounds(page, found.intervals)
    if found.limits:
        page.heading("What to keep in mind")
        page.bullets(found.limits)


def _print_spans(page: Page, found: SeveralSources) -> None:
    rows = []
    for one in found.sources:
        source, zone = one.source, zone_of(one.source.timezone)
        ends = (source.first_us, source.last_us)
        rows.append(
            (
                source.source, number(source.calls),
                *("" if us is None else day(us, zone) for us in ends), source.timezone,
            )
        )  # fmt: skip
    columns = [Column("source"), Column("calls", figures=True), Column("from"), Column("to"), Column("time zone")]
    page.table(columns, rows)


def _print_completeness(page: Page, found: SeveralSources) -> None:
    page.heading("Clock points recorded, by source (share of the calls)")
    by_source = [(one.source.source, _summed(one.description.coverage)) for one in found.sources]
    named = [*by_source, (_TOGETHER, _summed(found.coverage))]
    points = [point for point in CLOCK_POINTS if named[-1][1].recorded[point]]
    page.table(
        [Column("source"), *(Column(record_words(CLOCK_POINT_WORDS, one).label, figures=True) for one in points)],
        [(name, *(share(row.recorded[one], row.calls) for one in points)) for name, row in named],
    )


def _summed(months: Sequence[MonthCoverage]) -> MonthCoverage:
    recorded = {point: sum(one.recorded.get(point, 0) for one in months) for point in CLOCK_POINTS}
    return MonthCoverage(month="", calls=sum(one.calls for one in months), recorded=recorded)


def _print_interval(page: Page, found: SeveralSources, whole: IntervalStatistic, *, said: str) -> None:
    page.blank()
    page.say(f"{whole.definition}{said}", indent=2, style="bold")
    rows = [*_each(found, whole), (_TOGETHER, whole)]
    figures = ("calls", "mean", "median", "P90", "left out")
    page.table(
        [Column("source"), *(Column(one, figures=True) for one in figures)],
        [(name, *interval_figures(each), number(sum(each.left_out.values()))) for name, each in rows if entries(each)],
    )
    page.say(f"Left out: {left_out_said(whole)}.", indent=2)


def _each(found: SeveralSources, whole: IntervalStatistic) -> Iterator[tuple[str, IntervalStatistic]]:
    for one in found.sources:
        for each in one.description.intervals:
            if (each.definition, each.population) == (whole.definition, whole.population):
                yield one.source.source, each
