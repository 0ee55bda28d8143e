"""What a blank means, which is always asked, and what the file can answer, which follows from its columns."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.sources.drafting.facts import percent
from answerable.sources.drafting.looking import Looked
from answerable.sources.drafting.paper import ANSWER, Paper, quoted
from answerable.sources.drafting.points import Points
from answerable.sources.drafting.roles import Roles

_IGNORED = "which calls get into the file decides it, and whether a blank means no"


def write_blanks(paper: Paper, looked: Looked, points: Points, roles: Roles) -> None:
    """The table [blank-means-no], where a column has blanks that could mean it."""
    blanks = [
        *_blank_times(looked, points, "dispatched"), *_blank_codes(roles), *_blank_times(looked, points, "closed"),
    ]  # fmt: skip
    if not blanks:
        return
    paper.table(
        "blank-means-no",
        "A blank says nothing, unless it is known that the system always fills the field when the thing happens.",
    )
    for key, name, blank in blanks:
        paper.ask(
            key, f"Does a blank in '{name}' mean that it did not happen ({key})?",
            how="If so, write in a sentence how that is known. If not, or not known, delete the line.",
            evidence=(f"blank in {percent(blank, looked.rows)} of the rows ({blank:,})",),
        )  # fmt: skip


def _blank_times(looked: Looked, points: Points, point: str) -> Iterator[tuple[str, str, int]]:
    times = points.of(point)
    if times is not None and times.read < looked.rows:
        yield point, times.name, looked.rows - times.read


def _blank_codes(roles: Roles) -> Iterator[tuple[str, str, int]]:
    facts = roles.of("disposition_raw")
    if facts is not None and facts.blank:
        yield "disposition", facts.name, facts.blank


def write_can_answer(paper: Paper, looked: Looked, points: Points, roles: Roles) -> None:
    """The table [can-answer]."""
    paper.table("can-answer", "What the file can answer, as its columns have it. Correct what you know better.")
    _answer(paper, "received", *_received(looked, points))
    _answer(paper, "sent", *_happened(looked, points, roles, "dispatched", "dispatch", "sent"))
    _answer(paper, "arrived", *_happened(looked, points, roles, "arrived", "arrival", "there"))
    if len(points.named) + len(points.asked) + len(roles.intervals) > 1:
        _answer(paper, "how_long", "partly", "only between the times that the file has, where both are recorded")
    else:
        _answer(paper, "how_long", "no", "only one time is in the file")
    _answer(paper, "who_decided", "no", "no column that is used says who closed a call, and why")
    paper.ask(
        "ignored", "Can the file show that a call was ignored?",
        how="Write no, unless [inclusion] rule is all_calls; then yes or partly.", allowed=("yes", "partly", "no"),
        value=f"{{ answer = {ANSWER}, because = {quoted(_IGNORED)} }}",
    )  # fmt: skip


def _received(looked: Looked, points: Points) -> tuple[str, str]:
    received = points.of("received")
    if received is not None:
        share = percent(received.read, looked.rows)
        return "yes" if share == "100 %" else "partly", f"{share} of the rows have a time of receipt"
    if points.starts:
        return "partly", f"the time {points.starts[0]} is in the file, not the time of receipt"
    return "partly", "which of its times is the receipt had to be asked"


def _happened(looked: Looked, points: Points, roles: Roles, point: str, noun: str, word: str) -> tuple[str, str]:
    """Whether the file says that somebody was sent, or came: by a time, by a flag, by a code, by nothing."""
    times = points.of(point)
    if times is not None:
        share = percent(times.read, looked.rows)
        return "partly", f"{share} of the rows have a time of {noun}; a missing one may only be missing"
    if any(flag.flag == point for flag in roles.flags):
        return "partly", "only a column of yes and no says it"
    if points.asked or roles.intervals:
        return "partly", "which times the file has had to be asked"
    if _has_codes(roles):
        return "partly", f"no {noun} is in the file; only a closing code may say it"
    return "no", f"nothing in the file says whether anyone was {word}"


def _has_codes(roles: Roles) -> bool:
    used = {use.canonical for use in roles.uses} | {choice.role for choice in roles.choices}
    return "disposition_raw" in used


def _answer(paper: Paper, key: str, answer: str, because: str) -> None:
    paper.plain(key, f"{{ answer = {quoted(answer)}, because = {quoted(because)} }}")
