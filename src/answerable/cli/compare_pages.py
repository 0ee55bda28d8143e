"""Two versions of a policy on the terminal and as JSON: for whom what changes, then what is said differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import msgspec

from answerable.cli.printing import Page
from answerable.cli.text import counted, listed
from answerable.model.times import duration_text
from answerable.policy.search import call_in_words

if TYPE_CHECKING:
    from answerable.policy import Change
    from answerable.wiring import PolicyDiff, RegionCompared

_MOST_SHOWN: Final = 12
"""Regions of one change that are printed; JSON has all of them."""
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


_NOTHING: Final = "Nothing changes for anybody: proved for every possible call."
_NOTHING_DECIDED: Final = (
    "No call is decided otherwise: proved for every possible call. But what ends a refusal, or the ranks, are said "
    "differently: see below."
)


def _beside(diff: PolicyDiff) -> bool:
    """Whether something is said differently that binds without being part of a decision."""
    return any(one.what.startswith("ranks") or one.what.endswith(("reopen-when", "by rank")) for one in diff.revisions)


def diff_result(diff: PolicyDiff) -> dict[str, Any]:
    """What `policy diff --json` prints."""
    found = diff.differences
    return {
        "before": diff.before,
        "after": diff.after,
        "nothing_changes": found.decided and not found.regions,
        "decided": found.decided,
        "unlisted": found.unlisted,
        "regions": [
            {
                "for": in_words(one.region.where),
                "where": one.region.where,
                "changes": msgspec.to_builtins(one.region.changes),
                "example": one.region.example,
                "rule_before": one.before.rule,
                "rule_after": one.after.rule,
            }
            for one in diff.regions
        ],
        "said_differently": msgspec.to_builtins(diff.revisions),
    }


def print_diff(diff: PolicyDiff) -> None:
    """Sentences, the changes of the duty first."""
    page, found = Page(), diff.differences
    page.pairs([("Before", diff.before), ("Now", diff.after)])
    page.heading("For whom something changes")
    for changes, regions in groupby(diff.regions, key=lambda one: one.region.changes):
        _print_change(page, changes, [*regions])
    if not found.regions and found.decided:
        page.say(_NOTHING_DECIDED if _beside(diff) else _NOTHING, indent=2)
    if found.unlisted:
        page.say(f"The same changes touch {counted(found.unlisted, 'more kind')} of call, too many to tell.", indent=2)
    if not found.decided:
        page.say("Undecided: the budget was used up before all calls were compared. There may be more.", indent=2)
    page.heading("What is said differently")
    for one in diff.revisions:
        page.say(one.what, indent=2, style="bold")
        page.pairs([("before", one.before or "not there"), ("now", one.after or "not there")], indent=4)
    if not diff.revisions:
        page.say("Nothing.", indent=2)


def _print_change(page: Page, changes: Sequence[Change], regions: Sequence[RegionCompared]) -> None:
    said = listed([change_in_words(change) for change in changes])
    page.say(f"{said[0].upper()}{said[1:]}, for", indent=2, style="bold")
    for one in regions[:_MOST_SHOWN]:
        page.say(in_words(one.region.where), indent=4, lead=f"{page.mark} ")
        page.say(f"For example {_example(one)}", indent=6)
    if len(regions) > _MOST_SHOWN:
        page.say(f"and {counted(len(regions) - _MOST_SHOWN, 'more kind')} of call: --json lists all.", indent=4)


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
    return f"{noun or 'a call'} where {listed(said)}"


def _example(one: RegionCompared) -> str:
    old, new = one.before.rule or "no rule", one.after.rule or "no rule"
    rules = f"rule {old}" if old == new else f"rule {old} before, {new} now"
    call = call_in_words(one.region.example) if one.region.example else "a call of which nothing is known"
    return f"{call}: {rules}."
