"""The story, start to finish, on calls that the program makes."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import msgspec

from answerable.demo import Story, write_story
from answerable.model.examination import Examination
from answerable.wiring.bundling import Given
from answerable.wiring.demo_record import StoryDesk, StoryRecord
from answerable.wiring.examining import examine_file

SOURCE = "alder-city"


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """The story that was made, what the record says to it, the folder of the report, and the log it is sealed in."""

    story: Story
    examination: Examination
    out: Path
    record: StoryRecord


def play_demo(out: Path, *, seed: int, progress: Callable[[str, int, int | None], None] | None = None) -> DemoResult:
    """Make the city into `out/city`, enter all of it into a record of its own, and examine it into `out/report`.

    The same seed gives the same calls and the same findings; the record has a new key each time.
    """
    if progress is not None:
        progress("making the city", 0, None)
    story = write_story(out / "city", seed=seed)
    desk = StoryDesk(out, story, progress=progress)
    desk.keep()
    report = out / "report"
    examination = examine_file(
        story.calls,
        source=SOURCE,
        policies=[story.policies],
        facts=story.facts,
        decisions=story.decisions,
        claims=story.claims,
        log=desk.log,
        out=report,
        progress=progress,
        command=_command(story, log=desk.log, report=report),
        made_up=story.notice,
    )
    given = Given(
        files=(story.calls,),
        policies=(story.policies,),
        facts=story.facts,
        decisions=story.decisions,
        claims=story.claims,
        options=(("--source", SOURCE), ("--log", str(desk.log))),
    )
    return DemoResult(story=story, examination=examination, out=report, record=desk.conclude(report, given))


def _command(story: Story, *, log: Path, report: Path) -> str:
    words = [
        "answerable", "examine", str(story.calls), "--source", SOURCE, "--policy", str(story.policies),
        "--facts", str(story.facts), "--decisions", str(story.decisions), "--log", str(log),
        "--claim", str(story.claims[0].parent), "--out", str(report),
    ]  # fmt: skip
    return shlex.join(words)
