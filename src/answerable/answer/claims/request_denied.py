"""A request was denied: whether the denial was within the policy (outcomes.md, "Findings", third row)."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.answer.because import because
from answerable.answer.claims.parts import (
    missed_reviews,
    outcome_figures,
    proposed,
    source_limits,
    uncertain_recorder,
    written_by_decider,
)
from answerable.answer.completeness import what_is_missing
from answerable.answer.judged import JudgedCall
from answerable.answer.ports import CaseRecord, Scoped
from answerable.model.claim import Claim
from answerable.model.finding import ClaimFinding, Finding
from answerable.model.outcome import Outcome, Reason
from answerable.model.times import iso


def answer(claim: Claim, record: CaseRecord) -> ClaimFinding:
    """The finding, from the outcomes of the requests in scope."""
    scoped = record.calls.in_scope(claim.scope)
    against = _with(scoped, Outcome.DECLINED_AGAINST_POLICY)
    within = _with(scoped, Outcome.DECLINED_WITHIN_POLICY)
    if against:
        return _finding(
            claim, record, scoped, Finding.SUSTAINED, against,
            rule="request_denied: declined against policy",
            answer=f"The denial of {_names(against)} was against the policy in force{_why(against)}.",
            would_change=["A record that mends the broken link: rank, reason, time or clause."],
        )  # fmt: skip
    uncovered = [call for call in scoped.calls if call.ruling.reason is Reason.NO_RULE]
    if uncovered:
        return _finding(
            claim, record, scoped, Finding.POLICY_FAILURE, uncovered,
            rule="request_denied: clause missing or contradictory",
            answer=f"No clause of the policy in force covers {_names(uncovered)}.",
            would_change=["A version in force then whose clause covers it."],
        )  # fmt: skip
    if within and not _doubts(scoped, within, claim):
        return _finding(
            claim, record, scoped, Finding.EXONERATED, within,
            rule="request_denied: declined within policy",
            answer=f"The denial of {_names(within)} was within the policy in force{_why(within)}.",
            extra_limits=written_by_decider(within, claim),
            would_change=["Evidence that a fact on which the denial rested was otherwise when it was taken."],
        )  # fmt: skip
    missing = what_is_missing(claim, scoped, record)
    if (
        scoped.calls
        and not within
        and not missing
        and all(call.effective is not Outcome.PENDING for call in scoped.calls)
    ):
        return _finding(
            claim, record, scoped, Finding.UNFOUNDED, (),
            rule="request_denied: no denial in a complete scope",
            answer=f"None of {len(scoped.calls):,} requests in a complete scope was denied.",
            would_change=["A denial that is not in this record."],
        )  # fmt: skip
    return _not_sustained(claim, record, scoped, within, missing)


def _not_sustained(
    claim: Claim, record: CaseRecord, scoped: Scoped, within: Sequence[JudgedCall], missing: Sequence[str]
) -> ClaimFinding:
    doubts = _doubts(scoped, within, claim)
    if within:
        said = "A denial within policy is on record, but it cannot exonerate: " + "; ".join(doubts) + "."
    elif not scoped.calls:
        said = "Not found in what was supplied."
    else:
        said = (
            "No denial was found in this file."
            if not doubts
            else f"Whether it was denied is not shown: {'; '.join(doubts)}."
        )
    return _finding(
        claim, record, scoped, Finding.NOT_SUSTAINED, scoped.calls,
        rule="request_denied: anything else", answer=said, extra_limits=missing,
        would_change=["The decision with its clause, rank, reason and time, written down by somebody else."],
    )  # fmt: skip


def _with(scoped: Scoped, outcome: Outcome) -> list[JudgedCall]:
    return [call for call in scoped.calls if call.effective is outcome]


def _names(calls: Sequence[JudgedCall]) -> str:
    return ", ".join(call.key for call in calls[:5]) + (f" and {len(calls) - 5:,} more" if len(calls) > 5 else "")


def _why(calls: Sequence[JudgedCall]) -> str:
    """Of a single denial, what was looked at and how it stood."""
    return f": {because(calls[0])}" if len(calls) == 1 else ""


def _doubts(scoped: Scoped, within: Sequence[JudgedCall], claim: Claim) -> list[str]:
    doubts = [f"{len(scoped.missing):,} listed are not in what was supplied"] if scoped.missing else []
    unknown = [call for call in scoped.calls if call.effective is Outcome.UNDETERMINED]
    if unknown:
        doubts.append(f"{_names(unknown)}: undetermined")
    own = uncertain_recorder(within, claim)
    if own:
        doubts.append(f"only the decider recorded {_names(own)}, and no other evidence was filed")
    return doubts


def _finding(  # noqa: PLR0913  one argument a part of the finding
    claim: Claim, record: CaseRecord, scoped: Scoped, finding: Finding, calls: Sequence[JudgedCall], *, rule: str,
    answer: str, would_change: Sequence[str], extra_limits: Sequence[str] = (),
) -> ClaimFinding:  # fmt: skip
    taken = [one for one in record.decisions if one.call in {call.key for call in scoped.calls}]
    figures = {**outcome_figures(scoped.calls), "decisions_on_record": len(taken)}
    return proposed(
        claim, finding, rule=rule, answer=answer, because=_because(record, scoped, calls), calls=calls,
        figures=figures, limits=[*source_limits(record), *extra_limits], would_change=would_change,
    )  # fmt: skip


def _because(record: CaseRecord, scoped: Scoped, calls: Sequence[JudgedCall]) -> list[str]:
    lines = [f"{len(scoped.calls):,} {'request' if len(scoped.calls) == 1 else 'requests'} in scope."]
    for call in calls[:5]:
        for decision in record.decisions:
            if decision.call == call.key and decision.decision.value.startswith("decline"):
                lines.append(
                    f"{call.key}: declined by {decision.actor or 'nobody named'} "
                    f"(rank {decision.rank or 'not recorded'}) under clause {decision.clause or 'not recorded'}, "
                    f"reason {decision.reason or 'not given'}; "
                    f"conditions: {(decision.conditions or 'none').rstrip('.')}."
                )
        reviews = sum(one.call == call.key and one.decision.value == "review" for one in record.decisions)
        missed = [iso(due_us) for due_us in _missed(record, call)]
        if reviews or missed:
            said = f"missed on {', '.join(missed)}" if missed else "none missed"
            lines.append(f"{call.key}: reviewed {reviews} {'time' if reviews == 1 else 'times'}, {said}.")
    return lines


def _missed(record: CaseRecord, call: JudgedCall) -> list[int]:
    """When reviews of a refusal on this call were due, within the record, that nobody held."""
    through_us = record.manifest.horizon_us
    if through_us is None:
        return []
    return [due_us for one, due_us in missed_reviews(record, from_us=None, to_us=through_us) if one.call == call.key]
