"""Findings on the terminal: what the record says to each claim, in plain words first, then the counts behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from answerable.cli.printing import Column, Page
from answerable.cli.text import counted
from answerable.model.call import Inclusion
from answerable.model.examination import Examination
from answerable.model.finding import CallInScope, ClaimFinding, PassageVerdict
from answerable.model.outcome import Outcome
from answerable.report.record_words import CLAIM_KIND_WORDS, record_words
from answerable.report.spelling import moment, number, share, zone_of
from answerable.report.words import (
    OUTCOMES,
    finding_words,
    inclusion_words,
    outcome_words,
    plain,
    proposed_sentence,
    reason_words,
    verdict_words,
)

FINDING_STYLES = {
    "sustained": "bold red",
    "policy_failure": "bold magenta",
    "not_sustained": "bold yellow",
    "exonerated": "bold green",
    "unfounded": "bold green",
}
_CALLS_SHOWN = 10


def print_findings(page: Page, examination: Examination) -> None:
    """The findings, the outcomes, what is undetermined and why, and the calls nobody answered for."""
    print_claims(page, examination.claims)
    if not examination.claims:
        page.say("No claim was given (--claim), so there is no finding; every call still has an outcome.")
        page.blank()
    _print_outcomes(page, examination)
    _print_undetermined(page, examination)
    _print_ignored(page, examination)
    if examination.limits:
        page.heading("What to keep in mind")
        page.bullets(examination.limits)


def print_claims(page: Page, claims: Sequence[ClaimFinding]) -> None:
    """Each claim with its limits and what would change it."""
    told: set[str] = set()
    for claim in claims:
        print_claim(page, claim)
        _print_remarks(page, "limits", claim.limits, told=told)
        _print_remarks(page, "would change it", claim.would_change, told=told)
        page.blank()


def print_claim(page: Page, claim: ClaimFinding) -> None:
    """One claim: what was said, what the record says, and why."""
    kind = record_words(CLAIM_KIND_WORDS, claim.kind).label
    page.say(f"{claim.id}: “{claim.text.strip()}”", hang=2)
    page.say(f"{kind}; alleged by {claim.alleged_by}", indent=2)
    page.say(finding_words(claim.finding).label.upper(), indent=2, style=FINDING_STYLES.get(claim.finding, "bold"))
    page.say(_answer(claim), indent=2)
    page.bullets((reason for reason in claim.because if reason.strip() != claim.answer.strip()), indent=4)
    _print_passages(page, claim.passages)


def _answer(claim: ClaimFinding) -> str:
    return proposed_sentence(answer=claim.answer, status=claim.status, cannot_be_determined=claim.cannot_be_determined)


def _print_passages(page: Page, passages: Sequence[PassageVerdict]) -> None:
    for passage in passages:
        verdict = verdict_words(passage.verdict).label
        page.say(f"“{passage.quote.strip()}”: {verdict}. {passage.because}", indent=4, lead=f"{page.mark} ")


def _print_remarks(page: Page, label: str, remarks: Sequence[str], *, told: set[str]) -> None:
    """What was said of an earlier claim is not said again: several claims share a scope, and so its limits."""
    if not remarks:
        return
    new = [remark for remark in remarks if remark not in told]
    told.update(new)
    page.say(f"{label}:" if new else f"{label}: as above", indent=4)
    page.bullets(new, indent=6)


def _print_outcomes(page: Page, examination: Examination) -> None:
    page.say("What became of the calls", style="bold")
    whole = sum(examination.outcomes.values())
    keys = [str(outcome) for outcome in OUTCOMES]
    keys += [key for key in examination.outcomes if key not in keys]
    page.table(
        [Column("outcome"), Column("calls", figures=True), Column("share", figures=True)],
        [
            (
                outcome_words(key).label,
                number(examination.outcomes.get(key, 0)),
                share(examination.outcomes.get(key, 0), whole),
            )
            for key in keys
        ],
    )
    if examination.merged_as:
        taken = ", ".join(
            f"{number(calls)} {outcome_words(key).label}" for key, calls in examination.merged_as.items() if calls
        )
        page.say(f"Merged calls take the outcome of the call they repeat: {taken or 'none known'}.", indent=2)


def _print_undetermined(page: Page, examination: Examination) -> None:
    counts = examination.undetermined.items()
    rows = sorted(((key, calls) for key, calls in counts if calls), key=lambda row: -row[1])
    if not rows:
        return
    page.heading("Undetermined, and what record would settle it")
    page.table(
        [Column("because"), Column("calls", figures=True), Column("what would settle it")],
        [(reason_words(key).label, number(calls), reason_words(key).settles) for key, calls in rows],
    )
    facts = [f"{plain(key).label} ({number(calls)})" for key, calls in examination.undetermined_facts.items() if calls]
    if facts:
        page.say(f"Facts that are missing: {', '.join(facts)}.", indent=2)


def _print_ignored(page: Page, examination: Examination) -> None:
    labels = ", ".join(
        outcome_words(key).label
        for key in (Outcome.UNHEARD, Outcome.CLOSED_WITHOUT_REASON, Outcome.DECLINED_AGAINST_POLICY)
    )
    if not examination.ignored:
        if examination.source.inclusion is not Inclusion.ALL_CALLS:
            page.heading("Whether calls were ignored cannot be determined from this source")
            page.say(inclusion_words(examination.source.inclusion).means, indent=2)
        else:
            page.heading(f"No call is shown to be ignored ({labels}: none found in this file)")
        return
    page.heading(f"{counted(len(examination.ignored), 'call')} shown to be ignored ({labels})")
    silent = {call.call for call in examination.nobody_complained}
    print_calls(page, examination.ignored, timezone=examination.source.timezone)
    if silent and examination.claims:
        named = [call.call for call in examination.ignored if call.call in silent]
        few = ", ".join(named[:_CALLS_SHOWN]) + (" …" if len(named) > _CALLS_SHOWN else "")
        page.say(f"Nobody complained of {counted(len(named), 'of these', 'of these')}: {few}", indent=2)


def print_calls(page: Page, calls: Sequence[CallInScope], *, timezone: str, most: int = _CALLS_SHOWN) -> None:
    """A few calls: number, when received, outcome, and the sentence that explains it."""
    zone = zone_of(timezone)
    for call in calls[:most]:
        received = "time not recorded" if call.received_us is None else moment(call.received_us, zone)
        page.say(f"{call.call}, {received}: {outcome_words(call.outcome).label}", indent=2, lead=f"{page.mark} ")
        page.say(call.because, indent=4)
    if len(calls) > most:
        page.say(f"and {counted(len(calls) - most, 'more', 'more')}, all in calls.csv", indent=2)


def print_where(page: Page, examination: Examination, out: Path) -> None:
    """Where the report lies, how to open it, and the command that gives this result again."""
    page.blank()
    page.verbatim(f"Report     {out / 'report.html'}   (opens in any browser, without a network)")
    page.verbatim(f"All files  {out}/   (manifest.json seals each of them)")
    if examination.recompute:
        page.command("Recompute", examination.recompute)
