"""The matched calls of one claim: in its window, before it, and of every other claimant in the same window."""

from __future__ import annotations

import msgspec

from answerable.answer.compare.calls import Matched
from answerable.answer.compare.matching import match
from answerable.answer.compare.protocol import Gathered
from answerable.answer.ports import ComparableCalls
from answerable.model.claim import Claim, Scope
from answerable.model.comparison import Terms

MOST_OF_OTHERS = 200
"""Of another claimant with more calls so many are drawn by lot: its rank needs no more."""


def gather(claim: Claim, calls: ComparableCalls) -> Gathered:
    """Everything that the protocol compares for a claim whose scope has a condition (`where`) or lists calls."""
    terms, scope = claim.terms or Terms(), claim.scope
    now = calls.candidates(scope, neighbours=terms.neighbours)
    return Gathered(
        now=match(now.claimed, now.others, neighbours=terms.neighbours),
        before=None if scope.from_us is None or scope.calls else _before(scope, terms, calls),
        others={} if scope.calls else _others(scope, terms, calls),
        untouched=calls.untouched,
    )


def _before(scope: Scope, terms: Terms, calls: ComparableCalls) -> Matched:
    earlier = msgspec.structs.replace(scope, from_us=None, to_us=scope.from_us)
    found = calls.candidates(earlier, neighbours=terms.neighbours)
    return match(found.claimed, found.others, neighbours=terms.neighbours)


def _others(scope: Scope, terms: Terms, calls: ComparableCalls) -> dict[str, Matched]:
    """Every other value of the fact, without the calls of the claimant itself on either side."""
    found = {}
    window = Scope(from_us=scope.from_us, to_us=scope.to_us)
    for value in calls.values(terms.others, window):
        where = f"{terms.others} == '{value}'"
        theirs = calls.candidates(
            msgspec.structs.replace(window, where=where),
            neighbours=terms.neighbours,
            without=scope,
            most=MOST_OF_OTHERS,
        )
        matched = match(theirs.claimed, theirs.others, neighbours=terms.neighbours)
        if matched.strata:
            found[value] = matched
    return found
