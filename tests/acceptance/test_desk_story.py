"""The story at the desk: told as a live feed it comes to what an examination of its files finds, and to a finding."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.support.desks import AUDITOR, HandClock

from answerable.cli import app
from answerable.demo import Story, write_story
from answerable.model.times import iso, parse_instant
from answerable.wiring.desk import open_desk
from answerable.wiring.desk_demo import ORIGIN, Rehearsal, beginning, fast_clock, open_demo_desk, story_steps
from answerable.wiring.examining import examine_file

MINUTE = 60_000_000
BEGINS = parse_instant("2018-06-19T12:00:00-07:00")
ENDS = parse_instant("2018-06-19T14:30:00-07:00")
CLAIM = """answerable-claim = 1

[claim]
id = "request-of-19-june"
kind = "request_denied"
text = "The request of 19 June was refused without right."
alleged-by = "the requesting agency"

[scope]
calls = ["alder:R18-0007"]
"""


class Played:
    """The folder in which an afternoon of the story was played, with the story."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.folder, self.story = folder, story
        self.calls = folder / "calls"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("desk-story")
    story = write_story(folder / "story")
    steps, shows = story_steps(story)
    steps = [step for step in beginning(steps, BEGINS) if step.at_us <= ENDS]
    clock = HandClock(BEGINS)
    with open_desk(folder / "record", origin=ORIGIN, policies=story.policies, ticking=False, clock=clock) as desk:
        rehearsal = Rehearsal(desk, steps, shows_dispatch=shows, heard_every_s=300)
        rehearsal.cast()
        while clock.now_us < ENDS:
            clock.now_us += MINUTE
            rehearsal.play()
            desk.tick()
        assert rehearsal.refused == []
        assert rehearsal.entered == len(steps)
        (denial,) = desk.denials(by=AUDITOR)
        assert denial.number == "R18-0007"
    return Played(folder, story)


def test_the_commands_lead_from_the_record_to_a_finding_on_the_refusal(played: Played) -> None:
    calls, claim, result = played.calls, played.folder / "claim.toml", played.folder / "result"
    claim.write_text(CLAIM, encoding="utf-8")
    exported = run("log", "export-calls", str(played.folder / "record"), "--out", str(calls))
    assert "calls and requests written" in exported
    run(
        "examine", str(calls / "calls.csv"), "--source", str(calls / "profile.toml"), "--policy",
        str(calls / "policies"), "--facts", str(calls / "facts.csv"), "--decisions", str(calls / "decisions.csv"),
        "--claim", str(claim), "--out", str(result),
    )  # fmt: skip
    (found,) = json.loads((result / "finding.json").read_text(encoding="utf-8"))["claims"]
    (call,) = found["calls"]
    assert call["outcome"] == "declined_within_policy"
    assert "agency-resources" in call["because"]
    # the decider wrote it down: that alone does not exonerate
    assert found["finding"] == "not_sustained"


def test_the_desk_comes_to_what_the_storys_own_files_say(played: Played) -> None:
    calls, ours, theirs = played.calls, played.folder / "ours", played.folder / "theirs"
    run("log", "export-calls", str(played.folder / "record"), "--out", str(calls))
    examine_file(
        calls / "calls.csv", source=str(calls / "profile.toml"), policies=[calls / "policies"],
        facts=calls / "facts.csv", decisions=calls / "decisions.csv", out=ours,
    )  # fmt: skip
    story = played.story
    examine_file(
        story.calls, source="alder-city", policies=[story.policies], facts=story.facts, decisions=story.decisions,
        out=theirs, as_of=iso(ENDS),
    )  # fmt: skip
    mine, other = outcomes(ours / "calls.csv"), outcomes(theirs / "calls.csv")
    different = Counter(
        (outcome, other[number.removeprefix("alder:")])
        for number, outcome in mine.items()
        if outcome != other[number.removeprefix("alder:")]
    )
    assert len(mine) > 40
    # the file was exported weeks later, and knows who came after the desk's last minute
    later = [pair for pair in different if pair[0] == "pending"]
    assert sum(different.pop(pair) for pair in later) < len(mine) // 4
    # a file does not say when a priority changed, or when a caller's last word was heard; the desk does
    assert sum(different.values()) <= 3, different
    assert all("undetermined" in pair or "withdrawn" in pair for pair in different), different


def test_the_story_plays_by_itself_as_fast_as_one_likes(tmp_path: Path) -> None:
    with open_demo_desk(tmp_path, speed=3_600) as (desk, rehearsal):
        while rehearsal.entered < 40:
            desk.board()
        assert rehearsal.refused == []
        assert desk.now_us() < parse_instant("2018-07-31T00:00:00-07:00")
        (feed,) = desk.board().feeds
        assert feed.name == "alder"


def test_a_fast_clock_runs_as_fast_as_it_says() -> None:
    clock = fast_clock(speed=1_000_000)
    first = clock()
    assert first >= BEGINS
    while clock() < first + 1_000_000:
        pass


def run(*words: str) -> str:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def outcomes(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as text:
        return {row["call"]: row["outcome"] for row in csv.DictReader(text)}
