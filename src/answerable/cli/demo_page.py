"""A newcomer's first look: what was alleged, what the record says, and where to read on."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.cli.findings import FINDING_STYLES, print_calls
from answerable.cli.printing import Page
from answerable.cli.text import counted, listed
from answerable.model.examination import Examination
from answerable.model.finding import ClaimFinding
from answerable.model.outcome import IGNORED
from answerable.report.spelling import day, zone_of
from answerable.report.words import finding_words, outcome_words, verdict_words

if TYPE_CHECKING:
    from answerable.wiring.demo_record import StoryRecord

_CALLS_SHOWN = 2
_WIDE = 17
"""Columns for the word of a finding; what is said stands to the right of it."""


def print_demo(page: Page, examination: Examination, *, out: Path, requests: int, record: StoryRecord) -> None:
    """The dispute, each claim with its finding and why, what nobody complained of, where the report is."""
    page.say(examination.made_up or "The city and its calls are made up.", style="bold")
    page.say(_made(examination, requests=requests))
    page.blank()
    page.say("What the record supports (proposed, unsigned: a person signs):")
    for claim in examination.claims:
        page.blank()
        _print_claim(page, claim)
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
    versions = ["answerable", "log", "versions", str(record.public), "--policy", str(record.trust)]
    page.command("Versions ", shlex.join(versions))
    if examination.recompute:
        page.command("Recompute", examination.recompute)


def _print_claim(page: Page, claim: ClaimFinding) -> None:
    """The finding, the claim, and the sentence why; of a statement each passage with its verdict."""
    label = finding_words(claim.finding).label.upper()
    page.say(f"“{claim.text.strip()}”", lead=label.ljust(_WIDE), style=FINDING_STYLES.get(claim.finding, "bold"))
    if not claim.passages:
        page.say(claim.answer, indent=_WIDE)
    for passage in claim.passages:
        verdict = verdict_words(passage.verdict).label.partition(" from ")[0]
        page.say(f"{verdict}: “{passage.quote.strip()}”", indent=_WIDE, lead=f"{page.mark} ")


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
