"""A newcomer's first look: what was alleged, what the record says, and where to read on."""

from __future__ import annotations

from pathlib import Path

from answerable.cli.findings import print_calls, print_claim
from answerable.cli.printing import Page
from answerable.cli.text import counted, listed
from answerable.model.examination import Examination
from answerable.model.outcome import IGNORED
from answerable.report.words import outcome_words

_REASONS_SHOWN = 2
_CALLS_SHOWN = 2


def print_demo(page: Page, examination: Examination, *, out: Path, made: str) -> None:
    """About forty lines: the dispute, each claim with its finding, what nobody complained of, where the report is.

    `made` says in a sentence what was made up for it.
    """
    page.say(examination.made_up or "The city and its calls are made up.", style="bold")
    page.say(made)
    for claim in examination.claims:
        page.blank()
        print_claim(page, claim, because=_REASONS_SHOWN, brief=True)
    page.blank()
    _print_the_rest(page, examination)
    page.blank()
    page.verbatim(f"Read on    {out / 'report.html'}   (opens in any browser, without a network)")
    if examination.recompute:
        page.verbatim(f"Recompute  {examination.recompute}")
    page.verbatim("Your own   answerable examine YOUR-CITYS-FILE.csv")


def _print_the_rest(page: Page, examination: Examination) -> None:
    counts = [
        f"{counted(calls, 'call')} {outcome_words(key).label}"
        for key, calls in examination.outcomes.items()
        if key in IGNORED and calls
    ]
    page.say(f"In the whole record: {listed(counts) or 'no call is shown to be ignored'}.")
    if examination.nobody_complained:
        few = len(examination.nobody_complained)
        page.say(f"Nobody had complained of {counted(few, 'of these', 'of these')}:")
        print_calls(page, examination.nobody_complained, timezone=examination.source.timezone, most=_CALLS_SHOWN)
