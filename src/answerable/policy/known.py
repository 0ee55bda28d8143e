"""Facts known at a time: conduct is judged by what was recorded then, and by whom it was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from answerable.model.decision import FactAssertion
from answerable.model.vocabulary import FactValue

STANDS_UNTIL_RESOLVED = ("life_safety", "officer_assaulted", "safe_exit_needed")
"""A requester's or caller's *yes* to one of these stands, whoever else says no."""


def facts_known_at(
    at_us: int, *, bound: Mapping[str, FactValue], assertions: Iterable[FactAssertion]
) -> dict[str, FactValue]:
    """The facts known at `at_us`: what the call's own record says, and what was recorded by then.

    Each asserter's latest word counts; two asserters who contradict each other make the fact unknown. What the
    row itself says counts as one more asserter.
    """
    said: dict[str, dict[str, FactValue | None]] = {fact: {"the record": value} for fact, value in bound.items()}
    for assertion in sorted(assertions, key=lambda one: one.recorded_at_us):
        if assertion.recorded_at_us <= at_us:
            said.setdefault(assertion.fact, {})[assertion.asserted_by] = assertion.value
    known = {fact: _settled(fact, words) for fact, words in said.items()}
    return {fact: value for fact, value in known.items() if value is not None}


def _settled(fact: str, words: Mapping[str, FactValue | None]) -> FactValue | None:
    values = {value for value in words.values() if value is not None}
    if len(values) == 1:
        return values.pop()
    waiting = any(value is True and _waits(asserter) for asserter, value in words.items())
    return True if waiting and fact in STANDS_UNTIL_RESOLVED else None


def _waits(asserter: str) -> bool:
    return asserter.casefold().startswith(("requester", "caller"))
