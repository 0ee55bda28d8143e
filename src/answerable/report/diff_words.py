"""Two versions of a policy in sentences, for the page and the terminal alike: for whom what changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from answerable.model.times import duration_text
from answerable.model.vocabulary import FactValue
from answerable.policy import Change, Revision
from answerable.policy.search import call_in_words

_DURATIONS: Final = {
    "decide-within": "decided within",
    "review-every": "reviewed every",
    "answer-within": "answered within",
    "dispatch-within": "dispatched within",
    "arrive-within": "there within",
    "tell-caller-within": "the caller told within",
}
_LABELS: Final = {
    "decline-by": "declined by",
    "decline-ranks": "declined by any of",
    "satisfied-by": "answered by",
    "duty": "",
}
_NOUNS: Final = {"call": "a call for service", "request_for_assistance": "a request for assistance"}

NOTHING: Final = "Nothing changes for anybody: proved for every possible call."
NOTHING_DECIDED: Final = (
    "No call is decided otherwise: proved for every possible call. But what ends a refusal, or the ranks, are said "
    "differently: see below."
)


def binds_beside(revisions: Iterable[Revision]) -> bool:
    """Whether something is said differently that binds without being part of a decision."""
    return any(one.what.startswith("ranks") or one.what.endswith(("reopen-when", "by rank")) for one in revisions)


def changes_in_words(changes: Sequence[Change]) -> str:
    """Everything that is otherwise for one kind of call, as one sentence's beginning."""
    said = _listed([change_in_words(change) for change in changes])
    return f"{said[0].upper()}{said[1:]}"


def change_in_words(change: Change) -> str:
    """`dispatched within 20 min instead of 15 min`; `no longer …` and `now …` where there is only one side."""
    label = _DURATIONS.get(change.what)
    if change.what.startswith("calls "):
        return f"{'now' if change.after else 'no longer'} {change.what}"
    before, after = _value(change.before), _value(change.after)
    if change.what == "rule":
        return f"decided by rule {after or 'none'} instead of {before or 'none'}, on the same terms"
    label = label or _LABELS[change.what]
    if change.before is None:
        return f"now {label} {after}".replace("  ", " ")
    if change.after is None:
        return f"no longer {label} {before}".replace("  ", " ")
    return f"{label} {after} instead of {before}".strip()


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return " or ".join(value)
    return "" if value is None else duration_text(value) if isinstance(value, int) else str(value)


def in_words(where: Mapping[str, str]) -> str:
    """`a call for service where priority is 2 to 4 and life_safety is not known to be yes`."""
    noun = _NOUNS.get(where.get("kind", ""), "")
    said = [f"{fact} is {value}" for fact, value in where.items() if not (noun and fact == "kind")]
    if not said:
        return noun or "every call"
    return f"{noun or 'a call'} where {_listed(said)}"


def example_in_words(example: Mapping[str, FactValue | None], *, before: str | None, after: str | None) -> str:
    """A call of that kind, and the rules that decide it."""
    old, new = before or "no rule", after or "no rule"
    rules = f"rule {old}" if old == new else f"rule {old} before, {new} now"
    call = call_in_words(example) if example else "a call of which nothing is known"
    return f"{call}: {rules}."


def _listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
