"""The desk's running duty period is the last one of an examination of the same history: one meaning, computed twice.

The desk moves on entry by entry; the examination (`answer.periods`) cuts the whole history at once.
"""

from __future__ import annotations

import random

import pytest
from tests.support.desks import DAY, DEPUTY, DISPATCHER, FPS, HOUR, MINUTE, RESOURCES, Room
from tests.support.fault_runs import runs

from answerable.answer.assess import Assessment
from answerable.errors import DeskError
from answerable.model.outcome import Outcome
from answerable.policy.governing import substance
from answerable.watch import commands as do
from answerable.watch.clocks import unmet
from answerable.watch.rules import DeskRules
from answerable.watch.subject import Subject
from answerable.wiring.desk_calls import assessed

SEEDS = runs(90, full=3_000)
FLIPPED = ("alternatives_exhausted", "own_service_used", "life_safety", "officer_assaulted")


@pytest.mark.parametrize("part", range(3))
def test_the_running_period_is_the_examinations_last_one(part: int) -> None:
    compared = refused = 0
    for seed in range(part, SEEDS, 3):
        room, id_ = history(random.Random(seed))
        subject = room.subject(id_)
        world = room.core.world
        assessment = assessed(subject, world=world, versions=world.meaning.versions, now_us=room.clock())
        if subject.over:
            continue
        compared += 1
        refused += subject.refused
        agree(subject, assessment, seed)
    assert compared > SEEDS // 6
    assert refused


def agree(subject: Subject, assessment: Assessment, seed: int) -> None:
    last = assessment.periods[-1].period
    if subject.refused:
        assert last.decline is not None or last.cause == "a missed review", seed
        return
    assert last.decline is None, seed
    assert last.start is not None
    assert last.start.lo_us == subject.period.start_us, (seed, last.cause, subject.period.cause)
    assert substance(last.stretch.base) == substance(subject.period.base), seed
    assert last.committed == subject.period.committed, seed
    assert last.stretch.facts == subject.facts, seed


@pytest.mark.parametrize("part", range(3))
def test_what_an_examination_calls_unheard_has_rung_at_the_desk(part: int) -> None:
    unheard = 0
    for seed in range(part, SEEDS, 3):
        room, id_ = history(random.Random(seed), ticking=True)
        subject, world = room.subject(id_), room.core.world
        ruling = assessed(subject, world=world, versions=world.meaning.versions, now_us=room.clock()).ruling
        if ruling.outcome is not Outcome.UNHEARD:
            continue
        unheard += 1
        rang = [event for event in room.core.events_of(subject) if event.name.value == "alarm.raised"]
        assert rang, seed
    assert unheard


def history(random_: random.Random, *, ticking: bool = False) -> tuple[Room, str]:
    """A request, and what happened to it over two days, at random."""
    room = Room(rules=DeskRules(heartbeat_s=86_400))
    facts = {**RESOURCES}
    for fact in FLIPPED:
        facts[fact] = random_.random() < 0.3
        if random_.random() < 0.2:
            del facts[fact]
    id_ = room.request(facts={**facts}) if random_.random() < 0.8 else room.call(facts={"priority": 3})
    for _ in range(random_.randrange(1, 9)):
        step = random_.choice((MINUTE, 20 * MINUTE, HOUR, 5 * HOUR))
        if ticking:
            room.pass_time(step, step_us=max(step // 4, MINUTE))
        else:
            room.clock.now_us += step
        act(room, id_, random_)
    if ticking:
        room.pass_time(DAY, step_us=HOUR)
    else:
        room.clock.now_us += DAY
    return room, id_


def act(room: Room, id_: str, random_: random.Random) -> None:
    subject = room.subject(id_)
    review = room.clock() + random_.randrange(1, 24) * HOUR
    try:
        match random_.randrange(7):
            case 0 | 1:
                value = random_.choice((True, False, None))
                room.fact(id_, random_.choice(FLIPPED), value, by=FPS, said_by="requester")
            case 2 | 3:
                base = subject.period.base
                room.decline(id_, clause="" if base is None else base.rule or "", conditions=(), review_due_us=review)
            case 4:
                result = random_.choice(list(do.ReviewResult))
                room.say(do.Review(id=room.id(), about=id_, result=result, review_due_us=review), DEPUTY)
            case 5:
                room.say(do.DecideRespond(id=room.id(), about=id_), DISPATCHER)
            case _:
                room.say(do.Reopen(id=room.id(), about=id_), DISPATCHER)
    except DeskError:
        return


def test_the_histories_reach_every_kind_of_period() -> None:
    causes = set()
    for seed in range(60):
        room, id_ = history(random.Random(seed))
        subject = room.subject(id_)
        causes.add(subject.period.cause.split(" ")[-1])
        assert unmet(subject, room.core.world.rules) is not None
    assert {"call", "recorded", "respond", "reopened"} <= causes
