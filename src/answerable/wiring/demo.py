"""The story, start to finish, on calls that the program makes."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import msgspec

from answerable.demo import Story, write_story
from answerable.model.examination import Examination
from answerable.wiring.demo_record import StoryRecord, record_story
from answerable.wiring.examining import examine_file

SOURCE = "alder-city"


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """The story that was made, what the record says to it, the folder of the report, and the log it is sealed in."""

    story: Story
    examination: Examination
    out: Path
    record: StoryRecord


def play_demo(out: Path, *, seed: int, progress: Callable[[str, int, int | None], None] | None = None) -> DemoResult:
    """Make the city into `out/city`, examine it into `out/report`, and enter all of it into a record of its own.

    The same seed gives the same calls and the same report; the record has a new key each time.
    """
    if progress is not None:
        progress("making the city", 0, None)
    story = write_story(out / "city", seed=seed)
    report = out / "report"
    command = [
        "answerable", "examine", str(story.calls), "--source", SOURCE, "--policy", str(story.policies),
        "--facts", str(story.facts), "--decisions", str(story.decisions),
        *(part for claim in story.claims for part in ("--claim", str(claim))), "--out", str(report),
    ]  # fmt: skip
    examination = examine_file(
        story.calls,
        source=SOURCE,
        policies=[story.policies],
        facts=story.facts,
        decisions=story.decisions,
        claims=story.claims,
        out=report,
        progress=progress,
        command=shlex.join(command),
        made_up=story.notice,
    )
    record = record_story(out, story, report=report, source=SOURCE, progress=progress)
    return DemoResult(story=story, examination=examination, out=report, record=record)
