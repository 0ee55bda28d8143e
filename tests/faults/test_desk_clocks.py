"""The machine's clock jumps: every alarm rings when its time has truly passed, and the jump is an entry."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from tests.support.desk_simulation import Machine
from tests.support.desks import ADMIN, ALDER, CALM, DISPATCHER, HOUR, MINUTE, TAKER, SequencedRecorder
from tests.support.records import in_memory

from answerable.errors import AnswerableError
from answerable.watch import commands as do
from answerable.watch.events import Event, EventName
from answerable.watch.people import DESK_ITSELF
from answerable.wiring.desk import Desk
from answerable.wiring.desk_core import DeskCore
from answerable.wiring.desk_entries import event_in
from answerable.wiring.desk_spool import MemorySpool
from answerable.wiring.desk_time import SteadyTime

SECOND = 1_000_000
AT_S = 300
"""So long after the call the clock jumps."""

WAIT_S = 1_800


def at(*parts: int) -> int:
    """Microseconds since the epoch of an instant in UTC."""
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * SECOND  # type: ignore[misc,arg-type]


NOON = at(2018, 6, 19, 19)


class Case(NamedTuple):
    """When the call comes, and by how much the machine's clock jumps, so many seconds after it."""

    starts_us: int
    jumps: Mapping[int, int]

    def __str__(self) -> str:
        return f"{datetime.fromtimestamp(self.starts_us / SECOND, tz=UTC):%Y-%m-%d %H.%M} {dict(self.jumps)}"


CASES = {
    "an hour on": Case(NOON, {AT_S: HOUR}),
    "an hour back": Case(NOON, {AT_S: -HOUR}),
    "an hour on and back again": Case(NOON, {AT_S: HOUR, AT_S + 120: -HOUR}),
    "back and forth each minute": Case(NOON, {s: HOUR if s % 120 else -HOUR for s in range(60, 1_200, 60)}),
    "a leap second that the clock says twice": Case(at(2016, 12, 31, 23, 55), {AT_S: -SECOND}),
    "the hour that summer time leaves out": Case(at(2018, 3, 11, 9, 55), {}),
    "the hour that winter time says twice": Case(at(2018, 11, 4, 8, 55), {}),
    "a clock that is set to local summer time": Case(at(2018, 3, 11, 9, 55), {AT_S: HOUR}),
    "a clock that is set to local winter time": Case(at(2018, 11, 4, 8, 55), {AT_S: -HOUR}),
    "the end of 32 bits": Case(2_147_483_648 * SECOND - AT_S * SECOND, {}),
    "a clock that falls back to 1970 there": Case(
        2_147_483_648 * SECOND - AT_S * SECOND, {AT_S: -2_147_483_648 * SECOND}
    ),
}


class Rang(NamedTuple):
    """The seconds after which each alarm of the call truly rang, and everything that was entered."""

    after_s: dict[str, int]
    events: list[Event]


def played(case: Case, *, by_the_wall: bool = False) -> Rang:
    """A call that nobody answers, for half an hour of true time. `by_the_wall`: a desk that believes the machine."""
    machine, parts = Machine(), in_memory()
    machine.true_us = case.starts_us
    steady = SteadyTime(machine.wall, lambda: machine.true_us, after_us=0)
    time: Callable[[], int] = machine.wall if by_the_wall else steady
    core = DeskCore(SequencedRecorder(parts, time), MemorySpool(), time=time, chance=random.Random(3).randbytes)
    desk = Desk(core)
    desk.watch_clock(steady)
    text = ALDER.read_text(encoding="utf-8").replace(" = 2017-12", " = 2009-12").replace("from = 2018-", "from = 2010-")
    filed = Event(
        id="filed",
        name=EventName.POLICY_FILED,
        actor=DESK_ITSELF,
        recorded_at_us=time(),
        public={"text": text, "file": "alder.toml"},
    )
    core.enter([filed])
    core.tick()
    say(core, do.Assign(id="a", person=DISPATCHER.id, role=DISPATCHER.role, rank="dispatcher"))
    say(core, do.ReceiveCall(id="call", facts={"kind": "call", "asks_for": "help", "priority": 2, **CALM}))
    rang = dict[str, int]()
    for second in range(1, WAIT_S):
        machine.true_us += SECOND
        machine.off_us += case.jumps.get(second, 0)
        desk.tick()
        for alarm in core.world.subjects["call"].alarms:
            rang.setdefault(alarm.kind.value, second)
    entries = list(parts.store.entries(0, 100_000))
    assert [entry.index for entry in entries] == list(range(len(entries)))
    return Rang(rang, [event for entry in entries if (event := event_in(entry)) is not None])


def say(core: DeskCore, command: do.Command) -> None:
    (answer,) = core.take([(command, ADMIN if isinstance(command, do.Assign) else TAKER)])
    assert not isinstance(answer, AnswerableError), answer


@pytest.fixture(scope="module")
def usual() -> Rang:
    """What rings, and when, where no clock does anything."""
    rang = played(Case(NOON, {}))
    assert {"about_to_go_unheard", "unheard"} <= rang.after_s.keys()
    return rang


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_alarm_rings_when_its_time_has_truly_passed(case: Case, usual: Rang) -> None:
    rang = played(case)
    assert rang.after_s.keys() == usual.after_s.keys(), "none is lost, and none is made up"
    assert all(abs(rang.after_s[kind] - second) <= 1 for kind, second in usual.after_s.items()), (rang, usual)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_jump_is_entered_once_with_its_size_and_the_entries_are_in_the_order_of_their_times(case: Case) -> None:
    events = played(case).events
    told = [event.public["by_us"] for event in events if event.name is EventName.WATCH_CLOCK_JUMPED]
    large = [jump for jump in case.jumps.values() if abs(jump) > SECOND]
    assert told == large
    times = [event.recorded_at_us for event in events]
    assert times == sorted(times), "the desk's time never went back"
    assert all(json.dumps(event.public) for event in events)


@pytest.mark.parametrize("name", ["an hour on", "an hour back"])
def test_a_desk_that_believes_the_machine_is_found_out(name: str, usual: Rang) -> None:
    """The control."""
    rang = played(CASES[name], by_the_wall=True)
    assert rang.after_s != usual.after_s


def test_a_leap_second_is_no_jump_that_anybody_is_called_for() -> None:
    assert MINUTE > SECOND
    rang = played(CASES["a leap second that the clock says twice"])
    assert "clock_jumped" not in rang.after_s
