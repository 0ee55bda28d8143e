"""What later exports did to calls that had been published before, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerable.model.call import CLOCK_POINTS
from answerable.model.examination import Edits
from answerable.model.snapshot import Edited
from answerable.report.record_words import CLOCK_POINT_WORDS, record_words
from answerable.report.spelling import number
from answerable.report.words import outcome_words

_COLUMNS_SHOWN = 8
_CALLS_SHOWN = 5


def edited_sentences(edited: Edited) -> Iterator[str]:
    """How many calls were edited in what, how many are gone, and how many cannot be told apart."""
    if not edited.calls:
        yield "No call was edited in anything that an outcome may rest on."
    else:
        columns = sorted(edited.columns.items(), key=lambda one: -one[1])
        said = ", ".join(f"{column_words(column)} ({number(calls)})" for column, calls in columns[:_COLUMNS_SHOWN])
        rest = len(columns) - _COLUMNS_SHOWN
        more = f" and {rest} more {'column' if rest == 1 else 'columns'}" if rest > 0 else ""
        were = "call was" if edited.calls == 1 else "calls were"
        yield f"{number(edited.calls)} {were} edited in what an outcome may rest on: {said}{more}."
    if edited.gone:
        are = "call is" if edited.gone == 1 else "calls are"
        yield (
            f"{number(edited.gone)} {are} gone: published once, and lacking in a later export that reaches from before "
            "to after it. Kept here, and judged by what was last seen, up to the time of the last export that had it."
        )
    if edited.undetermined:
        calls = "call" if edited.undetermined == 1 else "calls"
        yield (
            f"{number(edited.undetermined)} {calls} cannot be told apart from another for want of a number of its own: "
            "every version is kept, so that one call may stand here twice."
        )


def column_words(column: str) -> str:
    """A canonical column for people: `time of “arrived”`, `priority class`, `life safety`."""
    point = column.removesuffix("_at")
    if point != column and point in CLOCK_POINTS:
        return f"time of “{record_words(CLOCK_POINT_WORDS, point).label}”"
    return column.removeprefix("fact_").replace("_", " ")


def scope_sentence(edits: Edits, calls: Sequence[str]) -> str | None:
    """For a claim's scope: which of its calls had another outcome as first published, or are gone. None: none of it."""
    inside = set(calls)
    found = {row.call: row for row in edits.rows if row.call in inside and row.outcome_first != row.outcome_now}
    gone = {row.call for row in edits.rows if row.call in inside and row.what == "gone"}
    named = [
        f"{call} ({outcome_words(row.outcome_first).label} then, {outcome_words(row.outcome_now).label} now)"
        for call, row in found.items()
    ]
    said = []
    if named:
        more = f" and {len(named) - _CALLS_SHOWN} more" if len(named) > _CALLS_SHOWN else ""
        said.append(f"edited after first publication, with another outcome: {', '.join(named[:_CALLS_SHOWN])}{more}")
    if gone:
        more = f" and {len(gone) - _CALLS_SHOWN} more" if len(gone) > _CALLS_SHOWN else ""
        said.append(f"gone from a later export: {', '.join(sorted(gone)[:_CALLS_SHOWN])}{more}")
    return f"Calls in scope {'; '.join(said)}." if said else None


def outcome_sentence(edits: Edits) -> str:
    """Whether the edits changed what is said of a call."""
    if not edits.outcomes:
        return "No call would have had another outcome as it was first published."
    pairs = ", ".join(
        f"{outcome_words(first).label} then and {outcome_words(now).label} now ({number(calls)})"
        for first, now, calls in edits.outcomes
    )
    calls = "call" if edits.other_outcome == 1 else "calls"
    return f"{number(edits.other_outcome)} {calls} would have had another outcome as first published: {pairs}."
