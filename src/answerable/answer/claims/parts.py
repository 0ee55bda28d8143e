"""What every kind of claim says in the same way: figures, calls it rests on, and the frame of a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from answerable.answer.because import because
from answerable.answer.judged import JudgedCall
from answerable.answer.ports import CaseRecord
from answerable.model.call import Known
from answerable.model.claim import Claim
from answerable.model.comparison import Comparison
from answerable.model.decision import Decision, DecisionKind
from answerable.model.finding import CallInScope, ClaimFinding, Finding, PassageVerdict, Verdict
from answerable.model.listed import Identification
from answerable.model.outcome import Outcome

LISTED = 200
"""At most so many calls are named in a finding; the figures count all of them, and calls.csv lists them."""


def proposed(  # noqa: PLR0913  one argument a part of the finding
    claim: Claim,
    finding: Finding | Verdict,
    *,
    rule: str,
    answer: str,
    because: Sequence[str],
    calls: Sequence[JudgedCall] = (),
    figures: dict[str, int] | None = None,
    limits: Sequence[str] = (),
    would_change: Sequence[str] = (),
    passages: Sequence[PassageVerdict] = (),
    cannot_be_determined: bool = False,
    comparison: Comparison | None = None,
    identified: Sequence[Identification] = (),
) -> ClaimFinding:
    """The finding of a claim, with status "proposed": a person signs, never the program."""
    return ClaimFinding(
        id=claim.id,
        kind=claim.kind.value,
        text=claim.text,
        alleged_by=claim.alleged_by,
        status="proposed",
        finding=finding,
        cannot_be_determined=cannot_be_determined,
        answer=answer,
        rule=rule,
        because=tuple(because),
        calls=tuple(call_in_scope(call) for call in calls[:LISTED]),
        figures=figures or {},
        limits=tuple(limits),
        would_change=tuple(would_change),
        passages=tuple(passages),
        evidence=claim.evidence,
        claim_sha256=claim.file_sha256,
        comparison=comparison,
        identified=tuple(identified),
    )


def call_in_scope(call: JudgedCall) -> CallInScope:
    """A call as a finding names it."""
    return CallInScope(
        call=call.key,
        received_us=call.received_us,
        outcome=call.outcome.value,
        reason=None if call.ruling.reason is None else call.ruling.reason.value,
        rule=call.rule,
        because=because(call),
    )


def outcome_figures(calls: Iterable[JudgedCall]) -> dict[str, int]:
    """How many calls in scope, and how many of each outcome (merged calls as what happened to their caller)."""
    counts = Counter(call.effective for call in calls)
    return {"calls_in_scope": counts.total(), **{outcome.value: counts[outcome] for outcome in Outcome}}


def without_a_unit(calls: Sequence[JudgedCall]) -> list[str]:
    """The share of calls to which no unit was sent, with both bounds, where the record does not say it of each.

    It is no share of ignored calls: who withdrew, or was helped otherwise, needed no unit.
    """
    asked = [call.sent for call in calls if call.sent is not None]
    no, unknown = asked.count(Known.NO), asked.count(Known.NOT_RECORDED)
    if not asked or not no + unknown:
        return []
    least, most = 100 * no / len(asked), 100 * (no + unknown) / len(asked)
    share = f"{least:.0f} %" if not unknown else f"between {least:.0f} and {most:.0f} %"
    counted = f"by the record to {no:,}, and of {unknown:,} it does not say"
    return [f"No unit was sent to {share} of {len(asked):,} calls: {counted}. {_NO_UNIT}"]


_NO_UNIT = (
    "A call without a unit is not an ignored call: it may have been withdrawn, declined with a reason, or answered "
    "otherwise."
)


def uncertain_recorder(declined: Iterable[JudgedCall], claim: Claim) -> list[JudgedCall]:
    """Refusals that only their decider wrote down (or nobody says who did) and no document corroborates."""
    corroborated = {about for evidence in claim.evidence for about in evidence.about}
    return [call for call in declined if call.recorder_is_decider is not False and call.key not in corroborated]


def written_by_decider(declined: Sequence[JudgedCall], claim: Claim) -> list[str]:
    """That a refusal which exonerates was written down by its decider: allowed, corroborated, and said."""
    uncertain = {call.key for call in uncertain_recorder(declined, claim)}
    own = [call.key for call in declined if call.recorder_is_decider is not False and call.key not in uncertain]
    if not own:
        return []
    more = f" and {len(own) - 5:,} more" if len(own) > 5 else ""
    who = f"Who decided {', '.join(own[:5])}{more} also wrote it down, or nobody says who did."
    return [f"{who} What else was filed about it corroborates it: see the evidence of this claim."]


def missed_reviews(record: CaseRecord, *, from_us: int | None, to_us: int) -> Iterator[tuple[Decision, int]]:
    """Refusals, and reviews that let one stand, whose own review was due in the window, with when it was due, where
    nothing at all was decided on that call until then. Nothing where no decisions were supplied."""
    for one in record.decisions if record.decisions_supplied else ():
        due_us = one.review_due_us
        if one.decision in _STANDS and due_us is not None and (from_us is None or from_us <= due_us) and due_us < to_us:
            taken_up = any(
                other.call == one.call and one.at_us < other.at_us and other.recorded_at_us <= due_us
                for other in record.decisions
            )
            if not taken_up:
                yield one, due_us


_STANDS = (DecisionKind.DECLINE, DecisionKind.DECLINE_WITH_CONDITIONS, DecisionKind.REVIEW)


def source_limits(record: CaseRecord) -> list[str]:
    """What a reader must know about the source before believing any number from it."""
    manifest = record.manifest
    limits = [
        f"The source: {answer.because.rstrip('.')}." for key, answer in manifest.can_answer.items() if key == "ignored"
    ]
    if manifest.start_point not in (None, "received"):
        limits.append(
            f"Limits are counted from {manifest.start_point}, later than the call itself: "
            "late is conclusive, in time is not."
        )
    if not manifest.records_origin:
        limits.append(
            "The source does not say which entries an officer made: no call is called ignored without that, "
            "and what counts as late may include entries for which nobody waited."
        )
    return limits
