"""A claimant waits longer, or gets fewer answers, than others under the same load (kinds slower_response and pattern).

The rules are docs/reference/findings.md; the figures come from `answerable.answer.compare`. In doubt: not sustained.
"""

from __future__ import annotations

from collections.abc import Sequence

from answerable.answer.claims.calls_ignored import NOT_IGNORED
from answerable.answer.claims.comparison_words import (
    bounds_said,
    detectable_said,
    difference_said,
    matching_said,
    placebos_said,
)
from answerable.answer.claims.parts import outcome_figures, proposed, source_limits, uncertain_recorder
from answerable.answer.compare.calls import FEWEST_INCIDENTS
from answerable.answer.completeness import can_show_an_ignored_call, what_is_missing, why_it_cannot
from answerable.answer.judged import JudgedCall
from answerable.answer.ports import CaseRecord, Scoped
from answerable.model.claim import Claim, ClaimKind
from answerable.model.comparison import BothTests, Comparison
from answerable.model.finding import ClaimFinding, Finding
from answerable.model.outcome import IGNORED, Outcome

LEAST_GAMMA = 1.5
WITHIN_POLICY = (NOT_IGNORED - {Outcome.ANSWERED_LATE}) | {Outcome.DECLINED_WITHIN_POLICY}
"""Outcomes of calls that were treated as the policy then in force allows."""

LATE_OR_UNHEARD = IGNORED | {Outcome.ANSWERED_LATE, Outcome.SENT_NOT_ARRIVED}

NEEDED_PLACEBOS = ("before", "others")
"""Both must have been made and be clean; the third must be clean where the record has it."""


def answer(claim: Claim, record: CaseRecord) -> ClaimFinding:
    """The finding, from the comparison that was made for this claim."""
    return _Judge(claim, record, record.comparisons[claim.id]).finding()


class _Judge:
    """One comparison held against the rules, in their order."""

    def __init__(self, claim: Claim, record: CaseRecord, found: Comparison) -> None:
        self._claim, self._record, self._found = claim, record, found
        scoped = record.calls.in_scope(claim.scope)
        self._scoped = Scoped(
            calls=tuple(call for call in scoped.calls if call.effective is not Outcome.NONE_OWED),
            possible=scoped.possible,
            missing=scoped.missing,
        )
        self._alpha, self._margin = float(found.terms.alpha), float(found.terms.smallest_ratio)

    def finding(self) -> ClaimFinding:
        """The first rule that fits."""
        found = self._found
        if self._claim.kind is ClaimKind.PATTERN and not can_show_an_ignored_call(self._record):
            why = why_it_cannot(self._record)
            return self._not_sustained(
                f"Cannot be determined from this source: {why}.", "the source does not contain all calls", cannot=True
            )
        if found.judged is None:
            return self._too_few()
        if self._slower() and self._more_late():
            missing = self._what_sustaining_lacks()
            return self._not_sustained_yet(missing) if missing else self._sustained()
        if self._slower() and self._all_within_policy() and not self._what_any_finding_lacks():
            return self._exonerated()
        if self._excluded():
            return self._unfounded()
        return self._not_shown()

    # What the figures say, each by the reading that is unfavourable to the finding it leads to

    def _slower(self) -> bool:
        """Waits are longer, wherever calls that nobody came to are put, and whatever is missing."""
        holm, judged = self._found.p_holm, self._found.judged
        return bool(
            holm and judged and holm[0] <= self._alpha and judged.z > 0 and judged.p_slower_never <= self._alpha
        )

    def _more_late(self) -> bool:
        holm = self._found.p_holm
        return bool(holm and holm[1] <= self._alpha)

    def _excluded(self) -> bool:
        """A difference as large as would matter is excluded, and every call was answered in time in a whole record."""
        margin = self._found.margin
        return bool(
            self._found.registration
            and margin
            and margin.p_slower > self._alpha
            and margin.ratio_high is not None
            and margin.ratio_high < self._margin
            and not self._found.unmatched
            and all(
                call.effective in NOT_IGNORED and call.effective is not Outcome.ANSWERED_LATE for call in self._calls
            )
            and not what_is_missing(self._claim, self._scoped, self._record)
        )

    def _all_within_policy(self) -> bool:
        calls = self._calls
        declined = [call for call in calls if call.effective is Outcome.DECLINED_WITHIN_POLICY]
        return (
            bool(calls)
            and all(call.effective in WITHIN_POLICY for call in calls)
            and not uncertain_recorder(declined, self._claim)
            and not self._scoped.missing
            and not self._scoped.possible
        )

    def _what_any_finding_lacks(self) -> list[str]:
        if self._found.registration is None:
            return ["What is compared was not registered before: this is a screening, and a screening condemns nobody."]
        return []

    def _what_sustaining_lacks(self) -> list[str]:
        found, lacks = self._found, self._what_any_finding_lacks()
        for placebo in found.placebos:
            if placebo.clean is False or (placebo.clean is None and placebo.name in NEEDED_PLACEBOS):
                lacks.append(f"A comparison that should find nothing does not clear it. {placebo.said}")
        if found.unmatched > found.incidents:
            lacks.append(
                f"For more than half of these incidents nothing is comparable: {found.unmatched:,} of "
                f"{found.unmatched + found.incidents:,}."
            )
        if min(self._judged.gamma_time, self._judged.gamma_late) < LEAST_GAMMA:
            lacks.append(
                f"A hidden difference between the calls of a factor below {LEAST_GAMMA} in the odds could explain it "
                f"(time: {self._judged.gamma_time:.2f}, late or unheard: {self._judged.gamma_late:.2f})."
            )
        return lacks

    @property
    def _judged(self) -> BothTests:
        judged = self._found.judged
        assert judged is not None  # noqa: S101  only asked once there are figures
        return judged

    @property
    def _calls(self) -> tuple[JudgedCall, ...]:
        return self._scoped.calls

    # What is said

    def _sustained(self) -> ClaimFinding:
        return self._said(
            Finding.SUSTAINED,
            rule="both tests pass after Holm, the placebos are clean, and Gamma is at least 1.5",
            answer=f"{difference_said(self._found)} Chance, the load of that hour and a hidden cause of ordinary "
            "strength do not explain it. Why, and whether anybody meant it, is not shown.",
        )

    def _exonerated(self) -> ClaimFinding:
        return self._said(
            Finding.EXONERATED,
            rule="slower, and every call within the policy then in force",
            answer=f"{difference_said(self._found)} Each of these calls was treated within the policy then in force.",
            calls=[call for call in self._calls if call.effective is Outcome.DECLINED_WITHIN_POLICY],
        )

    def _unfounded(self) -> ClaimFinding:
        margin = self._found.margin
        assert margin is not None  # noqa: S101
        return self._said(
            Finding.UNFOUNDED,
            rule="in the record, answered within policy, and the interval ends below the registered margin",
            answer=f"Every call was answered in time in a complete record, and a difference as large as the registered "
            f"odds ratio of {self._margin:g} is excluded (at most {margin.ratio_high:.2g}).",
        )

    def _not_sustained_yet(self, lacks: Sequence[str]) -> ClaimFinding:
        return self._not_sustained(
            f"{difference_said(self._found)} But that is not enough: {lacks[0]}",
            "both tests pass, but something that sustaining needs is missing",
            limits=lacks,
        )

    def _not_shown(self) -> ClaimFinding:
        shown = "longer waits" if self._slower() else "more late or unheard calls" if self._more_late() else ""
        said = f"Of the two tests only one passes ({shown})." if shown else "No difference is shown."
        return self._not_sustained(
            f"{said} {difference_said(self._found)} {detectable_said(self._found)}",
            "anything else: with what this record could have shown",
        )

    def _too_few(self) -> ClaimFinding:
        many = self._found.incidents
        return self._not_sustained(
            f"{f'Only {many} incidents' if many else 'None of these calls'} can be compared; below {FEWEST_INCIDENTS} "
            "incidents nothing is said in statistics. What became of each call is said call by call.",
            f"fewer than {FEWEST_INCIDENTS} incidents can be compared",
        )

    def _not_sustained(
        self, answer_said: str, rule: str, *, cannot: bool = False, limits: Sequence[str] = ()
    ) -> ClaimFinding:
        return self._said(Finding.NOT_SUSTAINED, rule=rule, answer=answer_said, cannot=cannot, limits=limits)

    def _said(
        self, finding: Finding, *, rule: str, answer: str, calls: Sequence[JudgedCall] = (), cannot: bool = False,
        limits: Sequence[str] = (),
    ) -> ClaimFinding:  # fmt: skip
        found = self._found
        return proposed(
            self._claim,
            finding,
            cannot_be_determined=cannot,
            rule=f"{self._claim.kind.value}: {rule}",
            answer=answer,
            because=[self._facts_said(), *matching_said(found), *bounds_said(found), *placebos_said(found)],
            calls=calls or [call for call in self._calls if call.effective in LATE_OR_UNHEARD],
            figures=outcome_figures(self._calls),
            limits=[*limits, *self._limits()],
            would_change=[
                "A record of more such calls, of the times that are missing, or of what decided each of them."
            ],
            comparison=found,
        )

    def _facts_said(self) -> str:
        """What became of the calls themselves: one breach is a fact, and needs no comparison."""
        late = sum(call.effective in LATE_OR_UNHEARD for call in self._calls)
        return f"Call by call, {late:,} of {len(self._calls):,} were late or unheard; that needs no comparison."

    def _limits(self) -> list[str]:
        limits = [*source_limits(self._record), *what_is_missing(self._claim, self._scoped, self._record)]
        registration = self._found.registration
        if registration is None:
            limits.append("Not registered before the calls were looked at: no finding beyond a screening.")
        elif registration.sealed_at_us is None:
            limits.append("Registered, but sealed in no log: only its author can say when it was written.")
        if (apart := len(self._calls) - self._found.claimed_calls) > 0:
            limits.append(f"Calls in scope that were merged, or have no time of receipt, are not compared: {apart:,}.")
        if not can_show_an_ignored_call(self._record):
            limits.append("Calls to which nobody was sent are not in this source: only times can be compared.")
        return [*limits, "Comparable is what the record shows as alike; what it does not hold cannot be balanced."]
