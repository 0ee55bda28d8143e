"""A newcomer's first look: what was alleged, what the record says, and where to read on."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.cli.findings import print_calls, print_claim
from answerable.cli.printing import Page
from answerable.cli.text import counted, listed
from answerable.model.examination import Examination
from answerable.model.outcome import IGNORED
from answerable.report.spelling import day, zone_of
from answerable.report.words import outcome_words

if TYPE_CHECKING:
    from answerable.wiring.demo_record import StoryRecord

_REASONS_SHOWN = 2
_CALLS_SHOWN = 2


def print_demo(page: Page, examination: Examination, *, out: Path, requests: int, record: StoryRecord) -> None:
    """About forty lines: the dispute, each claim with its finding, what nobody complained of, where the report is."""
    page.say(examination.made_up or "The city and its calls are made up.", style="bold")
    page.say(_made(examination, requests=requests))
    for claim in examination.claims:
        page.blank()
        print_claim(page, claim, because=_REASONS_SHOWN, brief=True)
    page.blank()
    _print_the_rest(page, examination)
    page.say(
        f"Every call, every decision and this finding are sealed in a record that nobody can edit unseen: "
        f"{record.entries:,} entries."
    )
    page.blank()
    page.verbatim(f"Read on    {out / 'report.html'}   (opens in any browser, without a network)")
    page.verbatim("Your own   answerable examine YOUR-CITYS-FILE.csv")
    page.verbatim(f"Receipt    {record.denial}   (of the refusal)")
    proofs = [str(path) for path in (out, record.public)]
    page.command("Verify   ", shlex.join(["answerable", "verify", *proofs, "--key", str(record.key)]))
    if examination.recompute:
        page.command("Recompute", examination.recompute)


def _made(examination: Examination, *, requests: int) -> str:
    source = examination.source
    zone = zone_of(source.timezone)
    span = ""
    if source.first_us is not None and source.last_us is not None:
        span = f", {day(source.first_us, zone)} to {day(source.last_us, zone)}"
    made = [
        counted(source.calls - requests, "call"),
        counted(requests, "request for assistance", "requests for assistance"),
        f"{counted(len(examination.policies), 'version')} of a response policy",
        "the facts and decisions recorded beside them",
        f"{counted(len(examination.claims), 'claim')} to test",
    ]
    return f"Made just now{span}: {listed(made)}."


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
