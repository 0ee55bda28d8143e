"""A desk in a simulated world holds what must always hold; desks that were broken on purpose are found out.

Two hundred seeds in every run, ten thousand with FAULTS=full. A failing seed repeats: `Simulation(seed).run(STEPS)`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec
import pytest
from tests.support.desk_simulation import STRANGER, BrokenError, Simulation
from tests.support.desks import DAY, HOUR, Room
from tests.support.fault_runs import runs

from answerable.errors import AnswerableError
from answerable.record.prepared import Prepared
from answerable.record.sequencer import Placed
from answerable.watch.events import Event, EventName
from answerable.watch.people import Actor, Assignment, Role
from answerable.watch.rules import DeskRules
from answerable.wiring.desk_core import DeskCore
from answerable.wiring.desk_spool import Kept

SEEDS = runs(200, full=10_000)
STEPS = 25
PARTS = 4


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_history_keeps_every_promise(part: int, record_property: Callable[[str, object], None]) -> None:
    seen = {"acknowledged": 0, "spooled": 0, "promised": 0, "faults": 0, "crashes": 0, "jumps": 0, "rang": 0}
    for seed in range(part, SEEDS, PARTS):
        simulation = Simulation(seed)
        try:
            simulation.run(STEPS)
        except Exception as fault:
            raise AssertionError(f"seed {seed}: {fault}") from fault
        seen["acknowledged"] += len(simulation.acknowledged)
        seen["spooled"] += len(simulation.spooled)
        seen["promised"] += len(simulation.promised)
        for name in ("faults", "crashes", "jumps", "rang"):
            seen[name] += getattr(simulation, name)
    assert all(count > SEEDS // 50 for count in seen.values()), seen
    record_property(
        "counted",
        f"{len(range(part, SEEDS, PARTS)):,} seeds: {', '.join(f'{count:,} {name}' for name, count in seen.items())}",
    )


def test_a_seed_is_the_same_history_every_time() -> None:
    roots = []
    for _ in range(2):
        simulation = Simulation(7)
        simulation.run(STEPS)
        roots.append((simulation.store.head().size, simulation.acknowledged.keys()))
    assert roots[0] == roots[1]


# controls: each of these desks is broken, and must be found out


def closes_by_timer(core: DeskCore) -> None:
    """Whatever has rung is closed by itself, in somebody's name."""
    tick = core.tick

    def ticking() -> None:
        tick()
        for id_ in list(core.world.open):
            if core.world.subjects[id_].alarms:
                core.enter([_event(core, EventName.CALL_CLOSED, id_, Actor(id="u-dispatch", role=Role.DISPATCHER))])

    core.tick = ticking  # type: ignore[method-assign]


def never_rings(core: DeskCore) -> None:
    """An alarm for a call that has to be answered is dropped."""
    by_the_desk = core._by_the_desk

    def quiet(events: Sequence[Event], *, spoolable: bool = True) -> None:
        by_the_desk([one for one in events if one.about is None], spoolable=spoolable)

    core._by_the_desk = quiet  # type: ignore[method-assign]


def rings_too_early(core: DeskCore) -> None:
    """Rings as soon as it can."""
    core.world.rules = msgspec.structs.replace(core.world.rules, least_lead_s=100_000, most_lead_s=100_000)


def acknowledges_what_it_lost(core: DeskCore) -> None:
    """Says that an entry is recorded which the record refused."""
    submit = core.recorder.submit

    def lying(prepared: Sequence[Prepared]) -> list[Placed | AnswerableError]:
        answers = submit(prepared)
        snapshot = core.recorder.sequencer.snapshot  # type: ignore[attr-defined]
        if len(answers) == 1 and core.world.watch.index % 5 == 0:
            body = prepared[0].body
            return [Placed(index=snapshot.head.size + 7, body=body, disclosures=(), snapshot=snapshot)]
        return answers

    core.recorder.submit = lying  # type: ignore[method-assign]


def forgets_the_spool(core: DeskCore) -> None:
    """Takes what the record refuses, and keeps it nowhere."""

    def nowhere(kept: Sequence[Kept]) -> None:
        core.waiting.clear()
        core.waiting_events.clear()

    core._spooled = nowhere  # type: ignore[method-assign]


def promises_other_salts(core: DeskCore) -> None:
    """Promises an entry without asking whether the vault has salts of it already, with which it will be written."""
    core._held = lambda _ids: {}  # type: ignore[method-assign,assignment]


def never_looks_again(core: DeskCore) -> None:
    """Goes on after a write without an answer as if nothing of it had been written."""
    core._catch_up = lambda: setattr(core, "_sure_index", None)  # type: ignore[method-assign]


def believes_anybody(core: DeskCore) -> None:
    """Takes a refusal from whoever says that they may."""
    held = core.world.held

    def anybody(person: str, role: Role, at_us: int) -> Assignment | None:
        if person == STRANGER.id:
            return Assignment(person=person, role=role, rank="deputy_chief", from_us=0, until_us=None)
        return held(person, role, at_us)

    core.world.held = anybody  # type: ignore[method-assign]
    ahead = core.world.ahead

    def ahead_with() -> object:
        world = ahead()
        world.held = anybody  # type: ignore[method-assign]
        return world

    core.world.ahead = ahead_with  # type: ignore[method-assign,assignment]


def knows_what_is_not_recorded(core: DeskCore) -> None:
    """Changes its state beside the record."""
    apply = core.world.apply

    def remembering(event: Event) -> None:
        apply(event)
        if event.about in core.world.subjects and event.name is EventName.DECISION_MADE:
            subject = core.world.subjects[event.about]
            core.world.put(msgspec.structs.replace(subject, told_us=subject.told_us + 1))

    core.world.apply = remembering  # type: ignore[method-assign]


CONTROLS: list[tuple[Callable[[DeskCore], None], str]] = [
    (closes_by_timer, "nobody asked for it"),
    (never_rings, "passed in silence"),
    (rings_too_early, "too early"),
    (acknowledges_what_it_lost, "two receipts|is not there|not how this one begins|two roots|sending it again"),
    (forgets_the_spool, "are not there"),
    (promises_other_salts, "not recorded as it was promised"),
    (never_looks_again, "not what its entries come to"),
    (believes_anybody, "decided without the role"),
    (knows_what_is_not_recorded, "not what its entries come to"),
]


@pytest.mark.parametrize(("mutate", "words"), CONTROLS, ids=[control.__name__ for control, _ in CONTROLS])
def test_a_desk_that_is_broken_on_purpose_is_found_out(mutate: Callable[[DeskCore], None], words: str) -> None:
    with pytest.raises(BrokenError, match=words):
        some_seeds(mutate)


def some_seeds(mutate: Callable[[DeskCore], None]) -> None:
    for seed in range(60):
        Simulation(seed, mutate=mutate).run(STEPS)


def _event(core: DeskCore, name: EventName, about: str, actor: Actor) -> Event:
    return Event(id=core.new_id(), name=name, about=about, actor=actor, recorded_at_us=core.time())


# a long time


def test_a_simulated_year_closes_nothing_loses_no_alarm_and_keeps_every_review(
    record_property: Callable[[str, object], None],
) -> None:
    days, begun = runs(60, full=366), time.process_time()
    room = Room(rules=DeskRules(heartbeat_s=86_400))
    call, request = room.call(), room.request()
    room.decline(request)
    for day in range(days):
        room.pass_time(DAY, step_us=HOUR)
        if day % 2 and room.subject(request).refused:
            from tests.support.desks import DEPUTY  # noqa: PLC0415

            from answerable.watch import commands as do  # noqa: PLC0415

            review_us = room.clock() + 20 * HOUR
            room.say(
                do.Review(id=room.id(), about=request, result=do.ReviewResult.UPHELD, review_due_us=review_us), DEPUTY
            )
    assert not room.subject(call).over
    assert room.alarms(call) == ["unheard"]
    assert room.alarm(call).rung.value == "command"
    denial = room.subject(request).denial
    assert denial is not None
    assert denial.reviews == days // 2
    told = [one.public.get("kind") for one in room.core.events_of(room.subject(request))]
    assert told.count("review_missed") >= days // 2
    record_property("counted", f"{days} days in {time.process_time() - begun:.1f} s of a processor")
