"""An examination of what the desk exports finds the outcome that the desk shows, for every call of random histories."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

import pytest
from tests.differential.test_desk_equals_examination import act
from tests.support.desks import CAD, CALLER, CALM, DAY, DISPATCHER, MINUTE, RESOURCES, TAKER, Room
from tests.support.fault_runs import runs
from tests.support.records import ORIGIN

from answerable.answer.intake.monitoring_file import read_monitoring
from answerable.errors import DeskError, InputError
from answerable.model.times import parse_instant
from answerable.watch import commands as do
from answerable.watch.rules import DeskRules
from answerable.wiring.desk_calls import assessed
from answerable.wiring.desk_export import export_desk
from answerable.wiring.examining import examine_file

CALLS = runs(90, full=1_500)


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_every_outcome_of_the_export_is_the_one_that_the_desk_shows(tmp_path: Path, zone: str) -> None:
    room = busy_room(random.Random(3))
    files = export_desk(room.parts.store, tmp_path / "files", origin=ORIGIN, at_us=room.clock(), zone=zone)
    assert files.gaps == 0
    assert files.subjects == len(room.core.world.subjects)
    examine_file(
        files.calls, source=str(files.profile), policies=[files.policies], facts=files.facts,
        decisions=files.decisions, out=tmp_path / "result",
    )  # fmt: skip
    found = outcomes(tmp_path / "result" / "calls.csv")
    world, shown = room.core.world, dict[str, str]()
    for subject in world.subjects.values():
        assessment = assessed(subject, world=world, versions=world.meaning.versions, now_us=room.clock())
        shown[subject.id] = assessment.ruling.outcome.value
    different = {id_: (shown[id_], found[id_]) for id_ in shown if shown[id_] != found.get(id_)}
    assert different == {}
    assert len(Counter(shown.values())) > 6, Counter(shown.values())


def test_times_are_those_of_the_desks_zone_with_their_offset_and_the_same_instants(tmp_path: Path) -> None:
    room = busy_room(random.Random(4), calls=20)
    here, there = (
        export_desk(room.parts.store, tmp_path / zone[:3], origin=ORIGIN, at_us=room.clock(), zone=zone)
        for zone in ("America/Los_Angeles", "UTC")
    )
    for local, utc, column in (
        (here.calls, there.calls, "received"),
        (here.facts, there.facts, "recorded_at"),
        (here.decisions, there.decisions, "at"),
        (here.monitoring, there.monitoring, "at"),
    ):
        said, same = (cells(path, column) for path in (local, utc))
        assert said, column
        assert all(one.endswith("-07:00") for one in said)
        assert all(one.endswith("Z") for one in same)
        assert [parse_instant(one) for one in said] == [parse_instant(one) for one in same]


def test_a_zone_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no time zone"):
        export_desk(Room().parts.store, tmp_path, origin=ORIGIN, at_us=1, zone="Alder/City")


def cells(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def test_what_the_watch_left_behind_is_a_monitoring_log(tmp_path: Path) -> None:
    room = busy_room(random.Random(5), calls=12)
    files = export_desk(room.parts.store, tmp_path / "files", origin=ORIGIN, at_us=room.clock())
    events = read_monitoring(files.monitoring.read_bytes(), file="monitoring.csv")
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert {event.event.value for event in events} >= {"heartbeat", "alarm"}


def test_an_alarm_that_somebody_ended_by_doing_something_counts_as_heard(tmp_path: Path) -> None:
    room = Room()
    sent, ignored = room.call(facts={"priority": 3}), room.call(facts={"priority": 3})
    room.pass_time(50 * MINUTE)
    alarms = {id_: room.alarm(id_).id for id_ in (sent, ignored)}
    room.unit(sent, do.UnitStatus.DISPATCHED)
    room.pass_time(11 * MINUTE)
    files = export_desk(room.parts.store, tmp_path / "files", origin=ORIGIN, at_us=room.clock())
    events = read_monitoring(files.monitoring.read_bytes(), file="monitoring.csv")
    heard = {event.about for event in events if event.event.value == "acknowledged"}
    assert alarms[sent] in heard
    assert alarms[ignored] not in heard


def test_a_silent_feed_makes_the_export_say_that_blanks_mean_nothing(tmp_path: Path) -> None:
    room = Room()
    room.say(do.HearFeed(id=room.id(), feed="cad", every_s=60), CAD)
    room.call(CAD)
    room.pass_time(10 * MINUTE)
    files = export_desk(room.parts.store, tmp_path / "files", origin=ORIGIN, at_us=room.clock())
    assert files.gaps == 1
    assert "[blank-means-no]" not in files.profile.read_text(encoding="utf-8")


def busy_room(chance: random.Random, *, calls: int = CALLS) -> Room:
    """A desk at which very different things happen to many calls and requests over a week."""
    room = Room(rules=DeskRules(heartbeat_s=86_400))
    ids = list[str]()
    for _ in range(calls):
        ids.append(_new(room, chance))
        for _ in range(4):
            room.clock.now_us += chance.choice((MINUTE, 7 * MINUTE, 40 * MINUTE))
            id_ = chance.choice(ids[-6:])
            if chance.random() < 0.4:
                act(room, id_, chance)
            else:
                _work(room, id_, chance)
        room.core.tick()
    room.clock.now_us += DAY
    room.core.tick()
    return room


def _new(room: Room, chance: random.Random) -> str:
    if chance.random() < 0.35:
        return room.request(facts={fact: RESOURCES[fact] for fact in RESOURCES if chance.random() < 0.97})
    by = chance.choice((CALLER, TAKER, CAD))
    facts = {fact: chance.random() < 0.15 for fact in CALM if chance.random() < 0.9}
    return room.call(by, facts={"priority": chance.randrange(7), **facts}, abandoned=chance.random() < 0.15)


def _work(room: Room, id_: str, chance: random.Random) -> None:
    subject = room.subject(id_)
    status = do.UnitStatus.DISPATCHED
    if subject.attached:
        status = chance.choice(
            (do.UnitStatus.ENROUTE, do.UnitStatus.ON_SCENE, do.UnitStatus.CLEARED, do.UnitStatus.CANCELLED)
        )
    new, reason = room.id(), chance.choice(list(do.CloseReason))
    commands: list[tuple[do.Command, object]] = [
        (do.RecordUnit(id=new, about=id_, unit="4A12", status=status), DISPATCHER),
        (do.RecordUnit(id=new, about=id_, unit="4A12", status=status), DISPATCHER),
        (do.Callback(id=new, about=id_, reached=True), TAKER),
        (do.Close(id=new, about=id_, reason_code=reason, reason_text="because"), DISPATCHER),
        (do.Close(id=new, about=id_), CAD),
        (do.Prioritize(id=new, about=id_, priority=chance.randrange(7)), TAKER),
        (do.Withdraw(id=new, about=id_, asserted_by="caller"), TAKER),
        (do.Transfer(id=new, about=id_, to="County", referred=True), DISPATCHER),
        (do.AcceptReferral(id=new, about=id_, by_agency="County"), DISPATCHER),
        (do.Merge(id=new, about=id_, into=chance.choice(list(room.core.world.subjects))), TAKER),
    ]
    command, by = chance.choice(commands)
    try:
        room.say(command, by)  # type: ignore[arg-type]
    except DeskError:
        return


def outcomes(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as text:
        return {row["call"]: row["outcome"] for row in csv.DictReader(text)}
