"""Two versions of a policy on the terminal and as JSON: for whom what changes, then what is said differently."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import msgspec

from answerable.cli.printing import Page
from answerable.cli.text import counted
from answerable.report.diff_words import (
    NOTHING,
    NOTHING_DECIDED,
    binds_beside,
    changes_in_words,
    example_in_words,
    in_words,
)

if TYPE_CHECKING:
    from answerable.policy import Change
    from answerable.wiring import PolicyDiff, RegionCompared

_MOST_SHOWN: Final = 12
"""Regions of one change that are printed; JSON has all of them."""


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
        page.say(NOTHING_DECIDED if binds_beside(diff.revisions) else NOTHING, indent=2)
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
    page.say(f"{changes_in_words(changes)}, for", indent=2, style="bold")
    for one in regions[:_MOST_SHOWN]:
        page.say(in_words(one.region.where), indent=4, lead=f"{page.mark} ")
        page.say(
            f"For example {example_in_words(one.region.example, before=one.before.rule, after=one.after.rule)}",
            indent=6,
        )
    if len(regions) > _MOST_SHOWN:
        page.say(f"and {counted(len(regions) - _MOST_SHOWN, 'more kind')} of call: --json lists all.", indent=4)
