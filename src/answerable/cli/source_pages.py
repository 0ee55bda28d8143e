"""Source profiles on the terminal and as JSON: the list, one profile, and what a file was recognised as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from answerable.cli.describing import print_can_answer
from answerable.cli.printing import Column, Page
from answerable.report.record_words import CLOCK_POINT_WORDS, record_words
from answerable.report.words import inclusion_words
from answerable.sources import Profile, Recognition
from answerable.sources.profiling.profile import Definition
from answerable.sources.profiling.recognition import Candidate


def profile_summary(profile: Profile) -> dict[str, Any]:
    """A profile in a line: who, which calls get in, whether real rows were checked."""
    about = profile.definition.source
    return {
        "id": profile.id,
        "title": profile.title,
        "publisher": about.publisher,
        "agency": about.agency,
        "discipline": about.discipline,
        "inclusion": str(profile.definition.inclusion.rule),
        "verified": profile.verified,
        "ignored": profile.definition.can_answer["ignored"].answer,
    }


def profile_details(profile: Profile) -> dict[str, Any]:
    """The whole profile, with its seal."""
    details = {"sha256": profile.sha256, "profile_file": profile.file}
    return profile_summary(profile) | details | {"definition": msgspec.to_builtins(profile.definition)}


def print_profiles(profiles: Sequence[Profile]) -> None:
    """Every built-in profile, one a line."""
    page = Page()
    columns = [
        Column("name"),
        Column("publisher"),
        Column("calls that get in"),
        Column("ignored calls?"),
        Column("rows"),
    ]
    page.table(columns, [_row(profile_summary(profile)) for profile in profiles], indent=0)
    page.blank()
    page.say("ignored calls?: whether the file can show that a call was ignored. rows: whether the profile was checked "
             "against the publisher's real rows.")  # fmt: skip
    page.say("One of them in full: answerable sources show NAME. Another file: answerable sources check FILE.")


def _row(summary: dict[str, Any]) -> tuple[str, ...]:
    return (
        summary["id"],
        summary["publisher"],
        inclusion_words(summary["inclusion"]).label,
        summary["ignored"],
        "checked" if summary["verified"] else "not checked",
    )


def print_profile(profile: Profile) -> None:
    """One profile in words."""
    page = Page()
    definition = profile.definition
    about = definition.source
    page.say(f"{profile.id}: {profile.title}", style="bold")
    page.pairs(
        [
            ("Publisher", about.publisher),
            ("Agency", f"{about.agency} ({about.discipline})"),
            ("Licence", about.licence or "not stated"),
            ("Cite as", about.citation or "not stated"),
            ("Profile", f"version {about.version}, {profile.file}, SHA-256 {profile.sha256}"),
            ("Checked", f"{'yes' if about.verified else 'no'}: {about.verified_how}"),
            ("Which calls get in", _inclusion(definition)),
            ("One row is", definition.file.grain.replace("_", " ")),
            ("Clock", _clock(definition)),
            ("Clock points", ", ".join(_points(definition)) or "none"),
        ]
    )
    print_can_answer(page, definition.can_answer)
    _print_blanks(page, definition)
    if definition.notes:
        page.heading("Notes")
        page.bullets(definition.notes)


def _inclusion(definition: Definition) -> str:
    words = inclusion_words(definition.inclusion.rule)
    return f"{words.label}. {words.means} Evidence: {definition.inclusion.evidence}"


def _clock(definition: Definition) -> str:
    clock = definition.clock
    start = record_words(CLOCK_POINT_WORDS, clock.start_point).label if clock.start_point else "no clock point"
    looks = " or ".join((*clock.formats, *(f"{form} without a date" for form in clock.time_of_day)))
    return f"{clock.timezone}, {clock.policy} time; limits run from {start}; written as {looks}"


def _points(definition: Definition) -> list[str]:
    names = [*definition.columns, *(f"{point}_at" for point in definition.intervals)]
    return [words.label for point, words in CLOCK_POINT_WORDS.items() if f"{point}_at" in names or point in names]


def _print_blanks(page: Page, definition: Definition) -> None:
    page.heading("Where a blank means no")
    if definition.blank_means_no:
        page.bullets(f"{column}: {evidence}" for column, evidence in definition.blank_means_no.items())
    else:
        page.say("Nowhere: a blank in this file says nothing.", indent=2)
    if definition.removals:
        page.heading("What the publisher removes")
        page.bullets(definition.removals)


def recognition_result(recognition: Recognition, profile: Profile | None) -> dict[str, Any]:
    """What a file was recognised as; with a profile also what it can answer."""
    found: dict[str, Any] = msgspec.to_builtins(recognition)
    return found | {"can_answer": {} if profile is None else msgspec.to_builtins(profile.definition.can_answer)}


def print_recognition(recognition: Recognition, profile: Profile | None) -> None:
    """Whose file it is, with the evidence; or which profiles come nearest and what they miss."""
    page = Page()
    known = "not a file that a built-in profile describes" if profile is None else profile.title
    page.say(f"{recognition.file}: {known}", style="bold")
    page.say(recognition.advice)
    page.blank()
    page.pairs([("Encoding", recognition.encoding), ("Columns", ", ".join(recognition.columns))])
    if recognition.without_times:
        return
    if profile is None:
        _print_nearest(page, recognition.nearest)
        return
    fitting = [each for each in recognition.nearest if each.profile == profile.id]
    if fitting and fitting[0].unmapped:
        page.say(f"Columns the profile does not use (kept with every row): {', '.join(fitting[0].unmapped)}.")
    page.pairs([("Which calls get in", _inclusion(profile.definition))])
    print_can_answer(page, profile.definition.can_answer)


def _print_nearest(page: Page, nearest: Sequence[Candidate]) -> None:
    page.heading("The nearest profiles")
    page.table(
        [
            Column("profile"),
            Column("found", figures=True),
            Column("missing", figures=True),
            Column("columns it misses"),
        ],
        [
            (each.profile, str(len(each.found)), str(len(each.missing)), ", ".join(each.missing) or "none")
            for each in nearest
        ],
    )
