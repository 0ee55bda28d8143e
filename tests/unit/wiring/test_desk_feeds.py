"""A desk beside a dispatch system: its files are told step by step, once, and what they cannot say is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.desks import ALDER, DISPATCHER, HandClock
from tests.support.published import published

from answerable.errors import SourceError
from answerable.model.times import parse_instant
from answerable.watch.alarms import AlarmKind
from answerable.watch.states import State
from answerable.wiring.desk import Desk, open_desk
from answerable.wiring.desk_feeds import Shadow, named_id, read_feed, shadowing, tell

ORIGIN = "alder.example/desk/2018h1"
POLICY = ALDER
PROFILE = """
answerable-profile = 1

[source]
id = "small-cad"
title = "A small dispatch system"
publisher = "Nobody"
agency = "Small Town"
discipline = "police"
licence = "none"
citation = "none"
version = "1"
verified = true
verified-how = "made up"

[file]
grain = "call"
identity = ["no"]

[inclusion]
rule = "all_calls"
evidence = "made up"

[clock]
timezone = "UTC"
formats = ["%Y-%m-%d %H:%M:%S"]
start-point = "received"

[columns]
call_id = "no"
received_at = "received"
dispatched_at = "sent"
arrived_at = "there"
closed_at = "closed"
disposition_raw = "how"
duplicate_of = "same"
place_text = "place"
first_unit = "unit"

[place]
precision = "exact"

[bind]
kind = { constant = "call" }
priority = { column = "priority", whole-number = true }

[disposition]
DONE = { means = "handled", text = "Done" }
DUP = { means = "duplicate", text = "Duplicate" }

SILENCE
[records]
callbacks = false
origin = false

[can-answer]
received = { answer = "yes", because = "made up" }
sent = { answer = "yes", because = "made up" }
arrived = { answer = "yes", because = "made up" }
how_long = { answer = "yes", because = "made up" }
who_decided = { answer = "no", because = "made up" }
ignored = { answer = "yes", because = "made up" }
"""
HEAD = "no,received,sent,there,closed,how,same,place,unit,priority\n"
FIRST = "1,2018-06-19 19:00:00,,,,,,12 Elm,,1\n2,2018-06-19 19:01:00,2018-06-19 19:03:00,,,,,9 Oak,4A1,2\n"
SHOWS = '[blank-means-no]\ndispatched = "made up"\ndisposition = "made up"\n'


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(PROFILE.replace("SILENCE", SHOWS), encoding="utf-8")
    return path


def test_a_file_is_told_step_by_step_and_reading_it_again_tells_only_what_is_new(tmp_path: Path, profile: Path) -> None:
    clock = HandClock(parse_instant("2018-06-19T19:04:00Z"))
    folder = tmp_path / "feed"
    folder.mkdir()
    file = folder / "cad.csv"
    file.write_text(HEAD + FIRST, encoding="utf-8")
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=POLICY, ticking=False, clock=clock) as desk:
        shadow = Shadow(desk, folder, source=str(profile), feed="cad")
        first = shadow.look()
        assert (first.calls, first.entered, first.known, first.refused) == (2, 3, 0, ())
        assert state(desk, "cad:1") is State.RECEIVED
        assert state(desk, "cad:2") is State.DISPATCHED
        assert shadow.look().entered == 0
        later = FIRST.replace(
            "1,2018-06-19 19:00:00,,,,", "1,2018-06-19 19:00:00,2018-06-19 19:05:00,2018-06-19 19:09:00,,"
        )
        file.write_text(HEAD + later + "3,2018-06-19 19:06:00,,,2018-06-19 19:07:00,DUP,2,9 Oak,,2\n", encoding="utf-8")
        clock.now_us += 360_000_000
        second = shadow.look()
        assert (second.entered, second.known) == (4, 3)
        assert state(desk, "cad:1") is State.ON_SCENE
        assert state(desk, "cad:3") is State.MERGED
    with open_desk(tmp_path / "r", ticking=False, clock=clock) as desk:
        again = Shadow(desk, folder, source=str(profile), feed="cad").look()
        assert (again.entered, again.known, again.refused) == (0, 7, ())


def test_a_call_that_a_feed_left_alone_rings_as_any_other(tmp_path: Path, profile: Path) -> None:
    clock = HandClock(parse_instant("2018-06-19T19:00:10Z"))
    file = tmp_path / "cad.csv"
    file.write_text(HEAD + FIRST.splitlines(keepends=True)[0], encoding="utf-8")
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=POLICY, ticking=False, clock=clock) as desk:
        shadow = Shadow(desk, file, source=str(profile), feed="cad")
        shadow.look()
        for _ in range(20):
            clock.now_us += 30_000_000
            shadow.heard()
            desk.tick()
        assert AlarmKind.UNHEARD in {alarm.kind for alarm in desk.board(by=DISPATCHER).alarms}


def test_a_feed_that_never_tells_of_dispatches_makes_no_call_late(tmp_path: Path) -> None:
    profile = tmp_path / "blind.toml"
    profile.write_text(PROFILE.replace("SILENCE", ""), encoding="utf-8")
    file = tmp_path / "cad.csv"
    file.write_text(HEAD + FIRST, encoding="utf-8")
    clock = HandClock(parse_instant("2018-06-19T19:04:00Z"))
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=POLICY, ticking=False, clock=clock) as desk:
        shadow = Shadow(desk, file, source=str(profile), feed="page")
        assert not shadow.look().shows_dispatch
        for _ in range(20):
            clock.now_us += 60_000_000
            shadow.heard()
            desk.tick()
        board = desk.board(by=DISPATCHER)
        assert board.alarms == ()
        row = next(one for one in board.pending if one.id == "page:1")
        assert row.gap is not None
        assert "does not say whether anybody was sent" in row.gap
        assert not row.late
        view = desk.call("page:1", by=DISPATCHER)
        assert view is not None
        assert view.outcome is not None
        assert view.outcome.outcome == "undetermined"


def test_a_feed_that_is_not_heard_any_more_is_silent_in_words(tmp_path: Path, profile: Path) -> None:
    clock = HandClock(parse_instant("2018-06-19T19:04:00Z"))
    file = tmp_path / "cad.csv"
    file.write_text(HEAD + FIRST, encoding="utf-8")
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=POLICY, ticking=False, clock=clock) as desk:
        Shadow(desk, file, source=str(profile), feed="cad", every_s=30).look()
        clock.now_us += 91_000_000
        desk.tick()
        board = desk.board(by=DISPATCHER)
        assert [alarm.kind for alarm in board.alarms] == [AlarmKind.FEED_GAP]
        assert "(cad)" in board.alarms[0].text


def test_a_shadow_says_at_once_when_it_cannot_read_and_keeps_the_fault_of_later_looks(
    tmp_path: Path, profile: Path
) -> None:
    file = tmp_path / "cad.csv"
    file.write_text("something,else\n1,2\n", encoding="utf-8")
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=POLICY) as desk:
        with pytest.raises(SourceError), shadowing(desk, file, source=str(profile), feed="cad"):
            pass
        file.write_text(HEAD + FIRST, encoding="utf-8")
        with shadowing(desk, file, source=str(profile), feed="cad") as shadow:
            assert len(desk.subjects()) == 2
            file.write_text("something,else\n", encoding="utf-8")
            with pytest.raises(SourceError):
                shadow.look()


def test_what_cannot_be_an_id_is_replaced_by_its_digest() -> None:
    assert named_id("18-0001", feed="cad") == "cad:18-0001"
    odd = named_id("18 0001/ä", feed="cad")
    assert odd is not None
    assert odd.startswith("cad:")
    assert odd != named_id("18 0001/a", feed="cad")
    assert named_id(None, feed="cad") is None


@pytest.mark.data
def test_a_published_page_replays_as_a_live_feed_that_shows_no_dispatches(tmp_path: Path) -> None:
    source = published("milwaukee_wi/mpd_live_feed_2018-05.csv")
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path / "page.csv"
    file.write_text("".join(lines[:1_501]), encoding="utf-8")
    steps, manifest = read_feed(file, source="milwaukee-wi-feed", feed="mke")
    assert manifest.calls == 1_500
    clock = HandClock(steps[0].at_us)
    with open_desk(tmp_path / "r", origin=ORIGIN, policies=POLICY, ticking=False, clock=clock) as desk:
        shadow = Shadow(desk, file, source="milwaukee-wi-feed", feed="mke")
        clock.now_us = steps[-1].at_us
        read = shadow.look()
        assert (read.entered, read.refused, read.shows_dispatch) == (len(steps), (), False)
        desk.tick()
        clock.now_us += 40_000_000
        desk.tick()
        board = desk.board(by=DISPATCHER)
        assert not any(row.late for row in board.pending)
        assert not [alarm for alarm in board.alarms if alarm.about is not None]
        assert tell(desk, steps[:50]) == (0, 50, [])


def state(desk: Desk, id_: str) -> State:
    view = desk.call(id_)
    assert view is not None
    return view.row.state
