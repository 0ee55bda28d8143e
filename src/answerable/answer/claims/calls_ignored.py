"""Calls were ignored: sustained by one call that was (outcomes.md, "Findings", first row)."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.answer.claims.parts import (
    outcome_figures,
    proposed,
    source_limits,
    uncertain_recorder,
    without_a_unit,
    written_by_decider,
)
from answerable.answer.completeness import can_show_an_ignored_call, what_is_missing, why_it_cannot
from answerable.answer.judged import JudgedCall
from answerable.answer.ports import CaseRecord, Scoped
from answerable.model.claim import Claim
from answerable.model.finding import ClaimFinding, Finding
from answerable.model.outcome import IGNORED, Outcome, Reason

ANSWERED = frozenset({Outcome.ANSWERED, Outcome.ANSWERED_LATE})
NOT_IGNORED = ANSWERED | {Outcome.WITHDRAWN, Outcome.HANDED_OVER}
"""Outcomes that nobody can call ignored; withdrawn and handed over are stated beside the answered ones."""


def answer(claim: Claim, record: CaseRecord) -> ClaimFinding:
    """The finding, from the outcomes of the calls in scope."""
    scoped = record.calls.in_scope(claim.scope)
    waiting = Scoped(
        calls=tuple(call for call in scoped.calls if call.effective is not Outcome.NONE_OWED),
        possible=scoped.possible,
        missing=scoped.missing,
    )
    ignored = [call for call in waiting.calls if call.effective in IGNORED]
    if ignored:
        return _sustained(claim, record, waiting, ignored)
    if not can_show_an_ignored_call(record):
        return _cannot_be_determined(claim, record, waiting)
    return _not_ignored(claim, record, waiting)


def _sustained(claim: Claim, record: CaseRecord, scoped: Scoped, ignored: Sequence[JudgedCall]) -> ClaimFinding:
    share = f"{len(ignored):,} of {len(scoped.calls):,} calls in scope"
    return proposed(
        claim,
        Finding.SUSTAINED,
        rule="calls_ignored: some call in scope is unheard, closed without reason or declined against policy",
        answer=f"{share} {'was' if len(ignored) == 1 else 'were'} ignored.",
        because=[_tally(scoped), *_late(scoped)],
        calls=ignored,
        figures=outcome_figures(scoped.calls),
        limits=[*source_limits(record), "That a call was ignored is shown; why, and whether anybody meant it, is not."],
        would_change=[
            "A record of a response, a decision or a withdrawal for the calls named.",
            *_reply(ignored),
        ],
    )  # fmt: skip


def _reply(ignored: Sequence[JudgedCall]) -> list[str]:
    return [f"The agency's reply on {'this call' if len(ignored) == 1 else 'these calls'}, with its own records."]


def _cannot_be_determined(claim: Claim, record: CaseRecord, scoped: Scoped) -> ClaimFinding:
    why = why_it_cannot(record)
    return proposed(
        claim,
        Finding.NOT_SUSTAINED,
        cannot_be_determined=True,
        rule="calls_ignored: anything else (the source does not contain all calls)",
        answer=f"Cannot be determined from this source: {why}.",
        because=[
            f"An ignored call could not stand in this file: {why}.",
            _tally(scoped),
            *without_a_unit(scoped.calls),
        ],
        figures=outcome_figures(scoped.calls),
        limits=source_limits(record),
        would_change=["A record of all calls received, with those to which nobody was sent."],
    )


def _not_ignored(claim: Claim, record: CaseRecord, scoped: Scoped) -> ClaimFinding:
    missing = what_is_missing(claim, scoped, record)
    no_rule = [call for call in scoped.calls if call.ruling.reason is Reason.NO_RULE]
    declined = [call for call in scoped.calls if call.effective is Outcome.DECLINED_WITHIN_POLICY]
    unclear = [
        call
        for call in scoped.calls
        if call.effective not in NOT_IGNORED and call not in no_rule and call not in declined
    ]
    doubtful = uncertain_recorder(declined, claim)
    figures = outcome_figures(scoped.calls)
    if unclear or doubtful or not scoped.calls:
        return _not_sustained(claim, record, scoped, unclear + doubtful, missing)
    if no_rule:
        return proposed(
            claim, Finding.POLICY_FAILURE, rule="calls_ignored: no rule covered it",
            answer=f"No rule of the policy covered {len(no_rule):,} of {len(scoped.calls):,} calls in scope.",
            because=[_tally(scoped)], calls=no_rule, figures=figures, limits=source_limits(record),
            would_change=["A version of the policy in force then that covers these calls."],
        )  # fmt: skip
    if declined:
        return proposed(
            claim, Finding.EXONERATED, rule="calls_ignored: all such were declined within policy",
            answer=f"{len(declined):,} of {len(scoped.calls):,} calls in scope were declined, each within policy.",
            because=[_tally(scoped)], calls=declined, figures=figures,
            limits=[*source_limits(record), *written_by_decider(declined, claim)],
            would_change=["Evidence that a fact on which a refusal rested was otherwise."],
        )  # fmt: skip
    if missing:
        return _not_sustained(claim, record, scoped, [], missing)
    return proposed(
        claim, Finding.UNFOUNDED, rule="calls_ignored: every call in a complete scope was answered",
        answer=f"Every one of {len(scoped.calls):,} calls in scope was {_treated(scoped)}, and the scope is complete.",
        because=[_tally(scoped), *_counted(claim), *_late(scoped)], figures=figures, limits=source_limits(record),
        would_change=["A call of this scope that neither this record nor the independent count contains."],
    )  # fmt: skip


def _not_sustained(
    claim: Claim, record: CaseRecord, scoped: Scoped, unclear: Sequence[JudgedCall], missing: Sequence[str]
) -> ClaimFinding:
    found = "No ignored call was found in this file" if scoped.calls else "This file has no call in scope"
    rest = f"; {len(unclear):,} cannot be decided" if unclear else ""
    return proposed(
        claim,
        Finding.NOT_SUSTAINED,
        rule="calls_ignored: anything else",
        answer=f"{found}{rest}; the scope is not proven complete." if missing else f"{found}{rest}.",
        because=[_tally(scoped), *_late(scoped), *without_a_unit(scoped.calls)],
        calls=unclear,
        figures=outcome_figures(scoped.calls),
        limits=[*source_limits(record), *missing],
        would_change=["What is missing above, on record: then the same question has another answer."],
    )


_TREATED = (
    (ANSWERED, "answered"),
    (frozenset({Outcome.WITHDRAWN}), "withdrawn in time"),
    (frozenset({Outcome.HANDED_OVER}), "accepted by another agency"),
)


def _treated(scoped: Scoped) -> str:
    """What became of calls of which none was ignored: only what occurs is named."""
    outcomes = {call.effective for call in scoped.calls}
    return " or ".join(words for kinds, words in _TREATED if outcomes & kinds)


def _counted(claim: Claim) -> list[str]:
    count = claim.independent_count
    if count is None:
        return []
    return [f"Counted independently: {count.calls:,}, by {count.source[:1].lower()}{count.source[1:]}."]


def _tally(scoped: Scoped) -> str:
    figures = outcome_figures(scoped.calls)
    parts = [
        f"{count:,} {name.replace('_', ' ')}"
        for name, count in figures.items()
        if count and name not in ("calls_in_scope", Outcome.NONE_OWED)
    ]
    return f"{figures['calls_in_scope']:,} calls in scope: {', '.join(parts) or 'none'}."


def _late(scoped: Scoped) -> list[str]:
    late = sum(call.effective is Outcome.ANSWERED_LATE for call in scoped.calls)
    return (
        [f"{late:,} of them were answered late; late is answered, and the lateness is stated call by call."]
        if late
        else []
    )
