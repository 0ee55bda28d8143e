"""A draft of a profile on the terminal and as JSON: what its rows show, what a person must answer, what comes next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from answerable.cli.printing import Page
from answerable.cli.source_pages import profile_summary
from answerable.cli.text import counted
from answerable.sources import Draft, OpenQuestion

if TYPE_CHECKING:
    from answerable.wiring import Drafted, ProfileChecked

_COLUMNS_SHOWN = 12
_UNUSED_SHOWN = 40


def draft_result(drafted: Drafted, *, files: Sequence[Path]) -> dict[str, Any]:
    """The draft but for its text, which is in the file; what to do next."""
    found: dict[str, Any] = msgspec.to_builtins(drafted.draft)
    del found["text"]
    return found | {"profile_file": drafted.profile_file, "next": _next(drafted, files)}


def print_draft(drafted: Drafted, *, files: Sequence[Path]) -> None:
    """Everything that was found out, with the evidence, and every question, with its line."""
    page, draft = Page(), drafted.draft
    if draft.known is not None:
        page.say(f"{draft.file}: a file that the profile {draft.known} describes", style="bold")
        page.say(f"{draft.advice} No draft was made.")
        _print_next(page, drafted, files)
        return
    page.say(f"{draft.file}: a draft of its profile", style="bold")
    page.say(
        f"It is in {drafted.profile_file}. Nothing is read by it until "
        f"{counted(len(draft.questions), 'question')} are answered there."
    )
    page.blank()
    page.pairs([("Looked at", draft.sample), ("Encoding", draft.encoding), ("Columns", _columns(draft))])
    page.bullets(draft.notes)
    page.heading("What the rows show (correct in the draft what is wrong)")
    for guess in draft.guesses:
        page.say(f"{guess.key} = {guess.value}", indent=2, hang=4, style="bold")
        page.say("; ".join(guess.evidence), indent=4)
    page.heading("What only a person can answer")
    for one in draft.questions:
        page.say(one.ask, indent=2, lead=f"{one.number:>2}  line {one.line:<4} ", hang=17)
        page.say(f"One of: {', '.join(one.allowed)}.", indent=17) if one.allowed else None
        page.bullets(one.evidence, indent=17)
    if draft.unused:
        page.heading("Columns that are not used (kept with every row)")
        page.pairs([(one.column, one.why) for one in draft.unused[:_UNUSED_SHOWN]], indent=2)
        more = len(draft.unused) - _UNUSED_SHOWN
        page.say(f"and {more} more, which the draft lists.", indent=2) if more > 0 else None
    page.blank()
    _print_next(page, drafted, files)


def _columns(draft: Draft) -> str:
    names = ", ".join(draft.columns[:_COLUMNS_SHOWN])
    more = len(draft.columns) - _COLUMNS_SHOWN
    return f"{len(draft.columns)}: {names}" + (f" and {more} more" if more > 0 else "")


def _next(drafted: Drafted, files: Sequence[Path]) -> list[str]:
    given = shlex.join(map(str, files))
    if drafted.profile_file is None:
        return [f"answerable examine {given} --source {drafted.draft.known}"]
    profile = shlex.quote(str(drafted.profile_file))
    return [
        f"answerable sources check {profile}",
        f"answerable import {given} --source {profile} --out calls.parquet",
    ]


def _print_next(page: Page, drafted: Drafted, files: Sequence[Path]) -> None:
    page.say("Next, once the questions are answered:" if drafted.profile_file else "Next:")
    for command in _next(drafted, files):
        page.command("  $", command)


def checked_result(checked: ProfileChecked) -> dict[str, Any]:
    """The open questions of a draft, or the profile in a line."""
    return {
        "file": checked.file,
        "complete": checked.profile is not None,
        "questions": msgspec.to_builtins(checked.questions),
        "profile": None if checked.profile is None else profile_summary(checked.profile),
    }


def print_checked(checked: ProfileChecked) -> None:
    """Which questions are open, with their lines; or that the profile can be used, and how."""
    page = Page()
    if checked.profile is None:
        page.say(f"{checked.file}: a draft with {counted(len(checked.questions), 'open question')}", style="bold")
        page.say("Write each answer into the file where its mark stands.")
        page.blank()
        for one in checked.questions:
            page.say(one.text or f"what belongs under {one.key}?", indent=2, lead=f"{one.number:>2}  {_lines(one):<11}")
        return
    profile = checked.profile
    state = "checked against the publisher's rows" if profile.verified else "not yet checked against the rows"
    page.say(f"{checked.file}: a whole profile, {profile.id}, {state}", style="bold")
    page.say(f"{profile.title}. Nothing in it is left to answer.")
    page.blank()
    page.say("Next:")
    page.command("  $", f"answerable sources show {shlex.quote(checked.file)}")
    page.command("  $", f"answerable import FILE --source {shlex.quote(checked.file)} --out calls.parquet")


def _lines(question: OpenQuestion) -> str:
    if not question.lines:
        return ""
    more = f"-{question.lines[-1]}" if len(question.lines) > 1 else ""
    return f"line {question.lines[0]}{more}"
