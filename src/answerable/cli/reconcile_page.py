"""The reconciliation of many files on the terminal: rows accounted for, what each file is, what was not counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from answerable.cli.printing import Column, Page
from answerable.cli.text import counted
from answerable.model.reconciliation import ReconciledFile, Reconciliation, State
from answerable.model.source import Rows
from answerable.report.spelling import day, number, zone_of
from answerable.report.words import inclusion_words


def print_reconciliation(found: Reconciliation) -> None:
    """Tables of at most 100 columns, then the verdict in a sentence."""
    page = Page()
    name = _names(found.files)
    imported = [one for one in found.files if one.rows is not None]
    if imported:
        _print_rows(page, found, imported, name)
        _print_files(page, imported, name)
        _print_kinds(page, imported)
    faults = [one for one in found.files if one.state is not State.RECONCILES]
    if faults:
        page.heading("Not accounted for")
        page.bullets(f"{one.file}: {one.because}" for one in faults)
    if found.not_read:
        page.heading("Not read, by their names")
        page.say(", ".join(found.not_read), indent=2)
    page.blank()
    page.say(_verdict(found, len(imported)), style="bold")


def _names(files: Sequence[ReconciledFile]) -> Callable[[ReconciledFile], str]:
    """What a file is called in a table: its name, or its path where another one has that name."""
    last = {one.file: one.file.rpartition("/")[2] for one in files}
    times = Counter(last.values())
    return lambda one: last[one.file] if times[last[one.file]] == 1 else one.file


def _print_rows(
    page: Page, found: Reconciliation, imported: Sequence[ReconciledFile], name: Callable[[ReconciledFile], str]
) -> None:
    page.say("Rows: read = imported + quarantined + byte-identical duplicates", style="bold")
    headings = ("read", "imported", "quarantined", "duplicates", "calls", "s")
    columns = [Column("file"), *(Column(heading, figures=True) for heading in headings)]
    rows = [(name(one), *_figures(one.rows, one.calls, one.seconds)) for one in imported]
    total = ("all", *_figures(found.rows, found.calls, sum(one.seconds for one in imported)))
    page.table(columns, [*rows, total] if len(rows) > 1 else rows, indent=0)


def _figures(rows: Rows | None, calls: int | None, seconds: float) -> tuple[str, ...]:
    every = (*((rows.read, rows.imported, rows.quarantined, rows.duplicates) if rows else ()), calls or 0)
    return (*map(number, every), f"{seconds:.1f}")


def _print_files(page: Page, imported: Sequence[ReconciledFile], name: Callable[[ReconciledFile], str]) -> None:
    page.heading("What they are: as which source each was read, and when its calls came in")
    columns = [Column("file"), Column("read as"), Column("first", figures=True), Column("last", figures=True)]
    page.table(columns, [(name(one), one.profile or "", *_span(one)) for one in imported], indent=0)


def _span(one: ReconciledFile) -> tuple[str, str]:
    if one.first_us is None or one.last_us is None:
        return "not known", "not known"
    zone = zone_of(one.timezone or "UTC")
    return day(one.first_us, zone), day(one.last_us, zone)


def _print_kinds(page: Page, imported: Sequence[ReconciledFile]) -> None:
    page.heading("Which calls get into them, and whether they can show that a call was ignored")
    kinds = {one.profile or "": one for one in sorted(imported, key=lambda one: one.profile or "")}
    page.pairs([(profile, _kind(one)) for profile, one in kinds.items()])


def _kind(one: ReconciledFile) -> str:
    inclusion = inclusion_words(one.inclusion).label if one.inclusion else "not known"
    checked = "" if one.verified else ". Not checked against the publisher's own rows"
    return f"{inclusion}. Ignored calls: {one.ignored or 'no'}, {one.ignored_because}{checked}."


def _verdict(found: Reconciliation, imported: int) -> str:
    rows, faults = found.rows, sum(one.state is not State.RECONCILES for one in found.files)
    said = (
        f"{counted(imported, 'file')}, {counted(found.calls, 'call')}: {number(rows.read)} rows read = "
        f"{number(rows.imported)} imported + {number(rows.quarantined)} quarantined + {number(rows.duplicates)} "
        "byte-identical duplicates."
    )
    if not faults:
        return f"Every row is accounted for. {said}"
    return f"{faults} of {counted(len(found.files), 'file')} not accounted for." + (
        f" Imported: {said}" if imported else ""
    )
