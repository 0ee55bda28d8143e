"""What a file of calls is, on the terminal: its rows, what it can and cannot answer, coverage, waits, endings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from answerable.cli.intervals import print_intervals
from answerable.cli.printing import Column, Page
from answerable.cli.snapshots import print_snapshots
from answerable.cli.text import counted
from answerable.model.call import CLOCK_POINTS
from answerable.model.examination import Description, Examination, MonthCoverage
from answerable.model.source import QUESTIONS, CanAnswer, Rows, SourceManifest
from answerable.report.record_words import (
    CLOCK_POINT_WORDS,
    DISPOSITION_WORDS,
    ENTRY_KIND_WORDS,
    KNOWN_WORDS,
    ORIGIN_WORDS,
    record_words,
)
from answerable.report.spelling import day, month, number, share, zone_of
from answerable.report.words import Words, inclusion_words, quality_words

_MONTHS_SHOWN = 24
"""More months than this are shown by year; `--json` has them all."""

_VALUES_SHOWN = 12


def print_description(page: Page, examination: Examination) -> None:
    """Everything `examine` says without a policy."""
    manifest, description = examination.source, examination.description
    print_source(page, manifest)
    print_can_answer(page, manifest.can_answer)
    if manifest.snapshots is not None:
        print_snapshots(page, manifest.snapshots)
    print_coverage(page, description.coverage)
    print_intervals(page, description)
    _print_endings(page, description)
    print_flaws(page, manifest)
    if examination.limits:
        page.heading("What to keep in mind")
        page.bullets(examination.limits)


def print_source(page: Page, manifest: SourceManifest) -> None:
    """Whose file it is, how its rows were counted, and which calls get into it at all."""
    page.say(f"{manifest.file.name}: {manifest.title}", style="bold")
    licence = f", licence {manifest.licence}" if manifest.licence else ""
    checked = "" if manifest.verified else " This profile has not been checked against the publisher's own rows."
    page.say(f"Published by {manifest.publisher}{licence}; read as {manifest.source}, {manifest.encoding}.{checked}")
    page.blank()
    page.pairs(
        [
            ("Rows", rows_sentence(manifest.rows)),
            ("Calls", f"{number(manifest.calls)}{_span(manifest)}"),
            ("Which calls get in", _inclusion(manifest)),
        ]
    )


def rows_sentence(rows: Rows) -> str:
    """The sum that must come out: read = imported + quarantined + duplicates."""
    return (
        f"{number(rows.read)} read = {number(rows.imported)} imported + {number(rows.quarantined)} quarantined "
        f"+ {number(rows.duplicates)} byte-identical duplicates"
    )


def _span(manifest: SourceManifest) -> str:
    if manifest.first_us is None or manifest.last_us is None:
        return ", none with a time of receipt"
    zone = zone_of(manifest.timezone)
    return f", from {day(manifest.first_us, zone)} to {day(manifest.last_us, zone)} ({manifest.timezone})"


def _inclusion(manifest: SourceManifest) -> str:
    words = inclusion_words(manifest.inclusion)
    evidence = f" Evidence: {manifest.inclusion_evidence}" if manifest.inclusion_evidence else ""
    return f"{words.label}. {words.means}{evidence}"


def print_can_answer(page: Page, can_answer: Mapping[str, CanAnswer]) -> None:
    """The questions people ask of such a file, and whether it holds the answer."""
    page.heading("What this file can answer, and what it cannot")
    for key, question in QUESTIONS.items():
        if answer := can_answer.get(key):
            page.say(answer.because, indent=2, lead=f"{question:<26}{answer.answer:<8}")


def print_coverage(page: Page, months: Sequence[MonthCoverage]) -> None:
    """How much of each clock point is recorded, month by month; of many months by year."""
    if not months:
        return
    shown = months if len(months) <= _MONTHS_SHOWN else _by_year(months)
    unit = "month" if shown is months else "year"
    page.heading(f"Clock points recorded, by {unit} (share of the calls)")
    points = [point for point in CLOCK_POINTS if any(row.recorded.get(point) for row in months)]
    for chunk in _chunks(points, width=page.width - 22):
        columns = [Column(unit), Column("calls", figures=True)]
        columns += [Column(record_words(CLOCK_POINT_WORDS, point).label, figures=True) for point in chunk]
        page.table(
            columns,
            [
                (month(row.month), number(row.calls), *(share(row.recorded.get(p, 0), row.calls) for p in chunk))
                for row in shown
            ],
        )
    never = [record_words(CLOCK_POINT_WORDS, point).label for point in CLOCK_POINTS if point not in points]
    if never:
        page.say(f"Never recorded: {', '.join(never)}.", indent=2)


def _chunks(points: Sequence[str], *, width: int) -> list[list[str]]:
    """As many clock points side by side as the page is wide enough for; the rest goes into further tables."""
    chunks: list[list[str]] = [[]]
    left = width
    for point in points:
        needed = max(len(record_words(CLOCK_POINT_WORDS, point).label), 7) + 2
        if needed > left and chunks[-1]:
            chunks.append([])
            left = width
        chunks[-1].append(point)
        left -= needed
    return chunks


def _by_year(months: Sequence[MonthCoverage]) -> list[MonthCoverage]:
    years: dict[str, list[MonthCoverage]] = {}
    for row in months:
        years.setdefault(row.month.partition("-")[0], []).append(row)
    return [
        MonthCoverage(
            month=year,
            calls=sum(row.calls for row in rows),
            recorded={point: sum(row.recorded.get(point, 0) for row in rows) for point in CLOCK_POINTS},
        )
        for year, rows in years.items()
    ]


def _print_endings(page: Page, description: Description) -> None:
    page.heading("How the record says the calls ended")
    _counts_table(page, "ending", description.dispositions, DISPOSITION_WORDS)
    page.blank()
    page.pairs(
        [
            ("Somebody sent", _counts_line(description.dispatched, KNOWN_WORDS)),
            ("Somebody arrived", _counts_line(description.arrived, KNOWN_WORDS)),
            ("Came from", _counts_line(description.origins, ORIGIN_WORDS)),
            ("Entries", _counts_line(description.entry_kinds, ENTRY_KIND_WORDS)),
            ("Priorities", _counts_line(description.priorities, {})),
        ],
        indent=2,
    )


def _counts_table(page: Page, heading: str, counts: Mapping[str, int], table: dict[str, Words]) -> None:
    whole = sum(counts.values())
    shown = list(counts.items())[:_VALUES_SHOWN]
    page.table(
        [Column(heading), Column("calls", figures=True), Column("share", figures=True)],
        [(record_words(table, key).label, number(calls), share(calls, whole)) for key, calls in shown],
    )
    if len(counts) > len(shown):
        page.say(f"and {counted(len(counts) - len(shown), 'more')} (all of them: --json)", indent=2)


def _counts_line(counts: Mapping[str, int], table: dict[str, Words]) -> str:
    shown = list(counts.items())[:_VALUES_SHOWN]
    parts = [f"{record_words(table, key).label or 'left blank'} ({number(calls)})" for key, calls in shown]
    rest = f", and {len(counts) - len(shown)} more" if len(counts) > len(shown) else ""
    return (", ".join(parts) + rest) or "nothing recorded"


def print_flaws(page: Page, manifest: SourceManifest) -> None:
    """Flagged times, unexplained codes and the source's own notes: nothing is mended silently."""
    flagged = [
        f"{record_words(CLOCK_POINT_WORDS, point).label}: "
        + ", ".join(f"{number(calls)} {quality_words(name).label}" for name, calls in flaws.items() if calls)
        for point, flaws in manifest.quality.items()
        if any(calls for name, calls in flaws.items() if name != "missing")
    ]
    if flagged:
        page.heading("Times that are not plain, exact times (kept and flagged)")
        page.bullets(flagged)
    codes = [f"{column}: {_counts_line(found, {})}" for column, found in manifest.unlisted_codes.items() if found]
    if codes:
        page.heading("Codes that no list of the publisher explains")
        page.bullets(codes)
    notes = [*manifest.notes, *(f"Removed by the publisher: {removal}" for removal in manifest.removals)]
    if notes:
        page.heading("Notes on this source")
        page.bullets(notes)
