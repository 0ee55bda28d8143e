"""The calls on a complainant's own list: found in the record first, then judged one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from answerable.answer.claims.calls_ignored import NOT_IGNORED
from answerable.answer.claims.parts import outcome_figures, proposed, source_limits, uncertain_recorder
from answerable.answer.completeness import can_show_an_ignored_call, why_it_cannot
from answerable.answer.judged import JudgedCall
from answerable.answer.ports import CaseRecord
from answerable.model.claim import Claim, Scope
from answerable.model.finding import ClaimFinding, Finding
from answerable.model.listed import Found, Identification
from answerable.model.outcome import IGNORED, Outcome, Reason


def answer(claim: Claim, record: CaseRecord) -> ClaimFinding:
    """The finding, from the calls that were identified; what was not identified is said, and clears nobody."""
    entries = record.identified[claim.id]
    named = tuple(dict.fromkeys(one.call for one in entries if one.call is not None))
    calls = record.calls.in_scope(Scope(calls=named)).calls if named else ()
    waiting = [call for call in calls if call.effective is not Outcome.NONE_OWED]
    return _Listed(claim, record, entries, waiting).finding()


class _Listed:
    def __init__(
        self, claim: Claim, record: CaseRecord, entries: Sequence[Identification], calls: Sequence[JudgedCall]
    ) -> None:
        self._claim, self._record, self._entries, self._calls = claim, record, entries, calls
        self._ignored = [call for call in calls if call.effective in IGNORED]
        self._declined = [call for call in calls if call.effective is Outcome.DECLINED_WITHIN_POLICY]
        self._no_rule = [call for call in calls if call.ruling.reason is Reason.NO_RULE]
        self._unclear = [
            call
            for call in calls
            if call.effective not in {*IGNORED, *NOT_IGNORED, Outcome.DECLINED_WITHIN_POLICY}
            and call not in self._no_rule
        ]

    def finding(self) -> ClaimFinding:
        """The first rule that fits."""
        many = len(self._entries)
        if self._ignored:
            return self._said(
                Finding.SUSTAINED,
                "some identified call is unheard, closed without reason or declined against policy",
                f"{len(self._ignored):,} of {many:,} listed calls "
                f"{'was' if len(self._ignored) == 1 else 'were'} identified and ignored"
                f"{self._first_ignored()}.{self._not_identified()}",
                calls=self._ignored,
            )
        found = len(self._calls)
        open_entries = many - sum(one.state is Found.IDENTIFIED for one in self._entries)
        repeated = len([one for one in self._entries if one.call]) != found
        if open_entries or repeated or self._unclear or uncertain_recorder(self._declined, self._claim) or not found:
            return self._not_sustained(open_entries)
        if self._no_rule:
            return self._said(
                Finding.POLICY_FAILURE, "no rule covered it",
                f"No rule of the policy covered {len(self._no_rule):,} of {many:,} listed calls.", calls=self._no_rule,
            )  # fmt: skip
        if self._declined:
            return self._said(
                Finding.EXONERATED, "all such were declined within policy",
                f"{len(self._declined):,} of {many:,} listed calls were declined, each within policy.",
                calls=self._declined,
            )  # fmt: skip
        return self._said(
            Finding.UNFOUNDED, "every listed call was identified and answered",
            f"Each of the {many:,} listed calls is in the record, and was answered.",
        )  # fmt: skip

    def _first_ignored(self) -> str:
        """Of a single one, how it was found."""
        how = [one.how for one in self._entries if len(self._ignored) == 1 and one.call == self._ignored[0].key]
        return f": {self._ignored[0].key} ({how[0]})" if how else ""

    def _not_identified(self) -> str:
        states = Counter(one.state for one in self._entries)
        parts = [
            f"{states[Found.IDENTIFIED]:,} identified in all",
            f"{states[Found.POSSIBLE]:,} possible" if states[Found.POSSIBLE] else "",
            f"{states[Found.NOT_FOUND]:,} not found" if states[Found.NOT_FOUND] else "",
        ]
        return f" {', '.join(part for part in parts if part)}."

    def _not_sustained(self, open_entries: int) -> ClaimFinding:
        parts = [
            f"{open_entries:,} of {len(self._entries):,} could not be identified" if open_entries else "",
            f"{len(self._unclear):,} cannot be decided" if self._unclear else "",
        ]
        rest = "; ".join(part for part in parts if part)
        cannot = not self._calls and not can_show_an_ignored_call(self._record)
        said = "No listed call was found to be ignored" + (f"; {rest}." if rest else ".")
        if cannot:
            said = f"Cannot be determined from this source: {why_it_cannot(self._record)}."
        return self._said(Finding.NOT_SUSTAINED, "anything else", said, calls=self._unclear, cannot=cannot)

    def _said(
        self, finding: Finding, rule: str, answer_said: str, *, calls: Sequence[JudgedCall] = (), cannot: bool = False
    ) -> ClaimFinding:
        states = Counter(one.state for one in self._entries)
        return proposed(
            self._claim,
            finding,
            cannot_be_determined=cannot,
            rule=f"listed_calls: {rule}",
            answer=answer_said,
            because=self._because(states),
            calls=calls,
            figures={"listed": len(self._entries), **{str(state): states[state] for state in Found}}
            | outcome_figures(self._calls),
            identified=self._entries,
            limits=[*source_limits(self._record), *self._limits()],
            would_change=[
                "Receipts or call numbers for what is possible or not found; the agency's reply on each call."
            ],
        )

    def _because(self, states: Counter[Found]) -> list[str]:
        counts = (
            f"{states[Found.IDENTIFIED]:,} of {len(self._entries):,} identified, {states[Found.POSSIBLE]:,} possible"
        )
        ignored = {call.key for call in self._ignored}
        return [
            f"{counts}, {states[Found.NOT_FOUND]:,} not found in what was supplied.",
            *(f"{one.entry} is {one.call}: {one.how}." for one in self._entries if one.call in ignored),
            *(f"{one.entry} was not found in what was supplied: {one.how}." for one in self._absent()),
        ]

    def _absent(self) -> list[Identification]:
        return [one for one in self._entries if one.state is Found.NOT_FOUND]

    def _limits(self) -> list[str]:
        limits = [MISSED_SAID] if self._absent() else []
        if any(one.candidates and one.call for one in self._entries):
            limits.append("Who made a call is taken from time, place and kind; the weights are in finding.json.")
        return limits


MISSED_SAID = (
    "Not found does not mean not made. How often calls that are in a record are missed was measured on made-up "
    "records: docs/explanation/statistics.md."
)
