"""What differs between two judgements of the same calls: the meaning of a back-test, as pure functions.

An engine judges every call twice and counts the pairs that occur; here it is decided what counts as a change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from answerable.model.backtest import DutyChange, LimitChange, OutcomeChange, Side
from answerable.model.duty import Duty
from answerable.model.outcome import Outcome

Limits: TypeAlias = dict[str, int]
"""Seconds by kind of limit (model.backtest.LIMIT_KINDS); no key: no such limit."""


def effective(side: Side) -> str:
    """The outcome that counts: what a merged call carried, where that is known."""
    return side.carried or side.outcome


def waits(side: Side) -> bool:
    """Whether somebody waits for this entry; if not, no duty and no limit concerns anybody."""
    return effective(side) != Outcome.NONE_OWED


def limits_of(side: Side) -> Limits:
    """The limits of one side by kind."""
    first = "dispatch_within" if side.duty in (None, Duty.MUST_RESPOND) else "decide_within"
    found = {
        first: side.limit_s,
        "arrive_within": side.arrive_limit_s,
        "answer_within": side.answer_limit_s,
        "tell_caller_within": side.tell_limit_s,
    }
    return {kind: limit for kind, limit in found.items() if limit is not None}


def owes_otherwise(before: Side, after: Side) -> bool:
    """Whether duty or a limit differs for somebody who waits."""
    return waits(after) and (before.duty != after.duty or limits_of(before) != limits_of(after))


def differs(before: Side, after: Side) -> bool:
    """Whether the call belongs on the list: another outcome, duty or limit."""
    return effective(before) != effective(after) or owes_otherwise(before, after)


def is_sooner(before: Side, after: Side) -> bool:
    """Whether the second side owes something more than the first, or earlier: a duty to respond that was none, a
    limit that was none, a tighter limit."""
    return waits(after) and (_responds(after) > _responds(before) or any(_tightened(before, after)))


def _responds(side: Side) -> bool:
    return side.duty == Duty.MUST_RESPOND


def _tightened(before: Side, after: Side) -> Iterator[bool]:
    """Of each kind that both duties know of: whether the limit is new or tighter."""
    old, new = limits_of(before), limits_of(after)
    for kind, limit_s in new.items():
        if kind == "decide_within" and _responds(before):
            continue  # a time to decide is no gain to whom a response was owed
        yield kind not in old or limit_s < old[kind]


class Comparison:
    """Counts pairs of sides. `add` them, then read the figures; see model.backtest.Backtest for each."""

    def __init__(self) -> None:
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._counts: Counter[str] = Counter()
        self._duties: Counter[tuple[str | None, str | None]] = Counter()
        self._limits: Counter[tuple[str, int | None, int | None]] = Counter()
        self._facts: Counter[str] = Counter()
        self._outcomes = (Counter[str](), Counter[str]())
        self._reasons = (Counter[str](), Counter[str]())

    def add(self, before: Side, after: Side, calls: int) -> None:
        """Count `calls` calls that were judged so."""
        for at, side in enumerate((before, after)):
            self._outcomes[at][side.outcome] += calls
            if side.outcome == Outcome.UNDETERMINED:
                self._reasons[at][side.reason or ""] += calls
        self._counts["calls"] += calls
        self._counts[_told(before, after)] += calls
        if effective(before) != effective(after):
            self._pairs[effective(before), effective(after)] += calls
        if differs(before, after):
            self._counts["listed"] += calls
        if waits(after):
            self._add_owed(before, after, calls)

    def _add_owed(self, before: Side, after: Side, calls: int) -> None:
        self._counts["waited"] += calls
        if before.duty != after.duty:
            self._duties[before.duty, after.duty] += calls
        old, new = limits_of(before), limits_of(after)
        for kind in {*old, *new}:
            if old.get(kind) != new.get(kind):
                self._limits[kind, old.get(kind), new.get(kind)] += calls
        self._counts["sooner"] += calls * is_sooner(before, after)
        self._counts["later"] += calls * is_sooner(after, before)
        missing = {*before.open_facts, *after.open_facts}
        self._counts["open_calls"] += calls * bool(missing)
        for fact in missing:
            self._facts[fact] += calls

    def figures(self) -> dict[str, Any]:
        """Every count of a Backtest by its name there."""
        names = (
            "calls", "waited", "same", "changed", "untold_both", "untold_before", "untold_after", "sooner", "later",
            "listed", "open_calls",
        )  # fmt: skip
        return {
            **{name: self._counts[name] for name in names},
            "outcomes_before": _every_outcome(self._outcomes[0]),
            "outcomes_after": _every_outcome(self._outcomes[1]),
            "undetermined_before": dict(self._reasons[0].most_common()),
            "undetermined_after": dict(self._reasons[1].most_common()),
            "outcome_changes": tuple(
                OutcomeChange(before=before, after=after, calls=calls)
                for (before, after), calls in _largest_first(self._pairs)
            ),
            "duty_changes": tuple(
                DutyChange(before=before, after=after, calls=calls)
                for (before, after), calls in _largest_first(self._duties)
            ),
            "limit_changes": tuple(
                LimitChange(kind=kind, before_s=before, after_s=after, calls=calls)
                for (kind, before, after), calls in _largest_first(self._limits)
            ),
            "open_facts": dict(_largest_first(self._facts)),
        }


def _told(before: Side, after: Side) -> str:
    """Which of the five groups of outcomes the pair belongs to."""
    one, other = (effective(side) == Outcome.UNDETERMINED for side in (before, after))
    if one or other:
        return "untold_both" if one and other else "untold_before" if one else "untold_after"
    return "same" if effective(before) == effective(after) else "changed"


def _every_outcome(counts: Mapping[str, int]) -> dict[str, int]:
    return {outcome.value: counts.get(outcome.value, 0) for outcome in Outcome}


def _largest_first(counts: Counter[Any]) -> Iterable[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
