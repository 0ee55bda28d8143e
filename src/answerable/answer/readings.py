"""Several possible readings of one call, one ruling: what differs is undetermined, with what is missing.

A missing fact leaves several readings of the policy possible; an initial and a final priority give two calls. Only
what holds under every reading is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from answerable.model.outcome import SEVERITY, Outcome, Reason, Ruling


def of_one_call(rulings: Sequence[Ruling], *, open_facts: tuple[str, ...]) -> Ruling:
    """The common ruling of every reading; otherwise undetermined(fact), naming the open facts.

    `rulings` is not empty. Readings that are all undetermined keep the first one's reason.
    """
    first = rulings[0]
    if len({(ruling.outcome, ruling.carried) for ruling in rulings}) > 1:
        if all(ruling.outcome is Outcome.MERGED for ruling in rulings):
            return Ruling(outcome=Outcome.MERGED, carried=Outcome.UNDETERMINED, reason=Reason.FACT, facts=open_facts)
        return Ruling(outcome=Outcome.UNDETERMINED, reason=Reason.FACT, facts=open_facts)
    return _named(first, open_facts)


def _named(ruling: Ruling, open_facts: tuple[str, ...]) -> Ruling:
    if ruling.reason is not Reason.FACT:
        return ruling
    return Ruling(outcome=ruling.outcome, reason=Reason.FACT, facts=open_facts, carried=ruling.carried)


def of_two_priorities(initial: Ruling, final: Ruling) -> Ruling:
    """The ruling under the initial priority where the final one gives the same outcome; else undetermined(priority)."""
    if (initial.outcome, initial.carried) == (final.outcome, final.carried):
        return initial
    if initial.outcome is final.outcome is Outcome.MERGED:
        return Ruling(outcome=Outcome.MERGED, carried=Outcome.UNDETERMINED, reason=Reason.PRIORITY)
    return Ruling(outcome=Outcome.UNDETERMINED, reason=Reason.PRIORITY)


def worst(rulings: Sequence[Ruling]) -> Ruling:
    """The worst of a call's periods; of equals, the first. `rulings` is not empty."""
    return min(rulings, key=lambda ruling: _rank(ruling.outcome))


def _rank(outcome: Outcome) -> int:
    return SEVERITY.index(outcome) if outcome in SEVERITY else len(SEVERITY)
