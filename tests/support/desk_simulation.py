"""A desk in a simulated world: a seed gives calls, people, faults of the store, crashes and clocks that jump.

Nothing in it looks at the machine's clock or disk; the same seed is the same history. `Simulation.check` holds it
against what must always be true, and the controls of the tests show that it would notice.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from tests.support.desks import (
    ADMIN,
    ALDER,
    ALDER_NAME,
    CAD,
    CALLER,
    CALM,
    DEPUTY,
    DISPATCHER,
    FPS,
    HOUR,
    MINUTE,
    NOON,
    RANKS,
    RESOURCES,
    SERGEANT,
    TAKER,
    SequencedRecorder,
)
from tests.support.records import Parts

from answerable.errors import AnswerableError, ConflictError, StorageError, UnansweredWriteError, UncertainWriteError
from answerable.proof.note import Note
from answerable.proof.promise import Promise
from answerable.proof.tree import root_of
from answerable.record.ports import Batch
from answerable.stores.memory import MemoryHighWater, MemoryStore, MemoryVault
from answerable.watch import commands as do
from answerable.watch.clocks import DISPATCH, unmet
from answerable.watch.events import Event, EventName
from answerable.watch.people import DESK_ITSELF, Actor
from answerable.watch.ringing import SOON_AND_PAST, cause_of
from answerable.watch.rules import DeskRules
from answerable.watch.subject import Subject
from answerable.wiring.desk_core import DeskCore, Written
from answerable.wiring.desk_entries import event_in
from answerable.wiring.desk_spool import Kept, MemorySpool
from answerable.wiring.desk_time import SteadyTime

SECOND = 1_000_000
STEP = 10 * SECOND
RULES = DeskRules(heartbeat_s=600)
DECISIONS = {"call.declined", "assistance.declined", "assistance.declined_conditionally"}
PEOPLE = (TAKER, DISPATCHER, SERGEANT, DEPUTY)


class Machine:
    """The machine's two clocks. `jump` moves the one that people can set."""

    def __init__(self) -> None:
        self.true_us = NOON
        self.off_us = 0

    def wall(self) -> int:
        return self.true_us + self.off_us

    def steady(self) -> int:
        return self.true_us - NOON + 7_000_000


class FaultyStore(MemoryStore):
    """Fails as it is told: `refuses` writes nothing; `loses` and `hides` fail uncertainly, `hides` having written. A
    server `drops` an answer or is `mute` having written, and then tells nothing for so long as `away` says."""

    def __init__(self) -> None:
        super().__init__()
        self.mode = "well"
        self.away = 0

    def commit(self, batch: Batch) -> None:
        if self.mode == "refuses":
            raise StorageError("The disk is full.")
        if self.mode == "loses":
            raise UncertainWriteError
        if self.mode == "drops":
            raise UnansweredWriteError
        super().commit(batch)
        if self.mode == "hides":
            raise UncertainWriteError
        if self.mode == "mute":
            raise UnansweredWriteError

    def settle(self) -> None:
        self.away = max(0, self.away - 1)
        if self.away:
            raise StorageError("Nobody answers.")
        if self.mode in ("drops", "mute"):
            self.mode = "well"


class FaultySpool(MemorySpool):
    """Refuses to be written to while it is told so."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses = False

    def add(self, kept: Sequence[Kept]) -> None:
        if self.refuses:
            raise StorageError("The disk is full.")
        super().add(kept)

    def replace(self, kept: Sequence[Kept]) -> None:
        if self.refuses:
            raise StorageError("The disk is full.")
        super().replace(kept)


class BrokenError(AssertionError):
    """Something that must always be true was not."""


class Simulation:
    """One history. `mutate` makes a desk of the kind that a control needs."""

    def __init__(self, seed: int, *, mutate: Callable[[DeskCore], None] = lambda _: None) -> None:
        self.random = random.Random(seed)
        self.machine = Machine()
        self.store, self.spool = FaultyStore(), FaultySpool()
        self.parts = Parts(store=self.store, vault=MemoryVault(), high_water=MemoryHighWater())
        self.mutate = mutate
        self.sent: list[tuple[do.Command, Actor]] = []
        self.acknowledged: dict[str, tuple[int, bytes]] = {}
        self.spooled: set[str] = set()
        self.promised: dict[str, list[Promise]] = {}
        self.closed_by_command: set[str] = set()
        self.heads: dict[int, bytes] = {}
        self.true_told: dict[str, int] = {}
        self.doubtful_since_us = -1
        """Latest true time at which a desk ended or started with a clock that was off: no wait across it can be
        measured."""
        self.uncertain = False
        self.faults = self.crashes = self.jumps = self.rang = self.conflicts = 0
        self._number = 0
        self.time = SteadyTime(self.machine.wall, self.machine.steady, after_us=0)
        self.start()

    # the desk

    def start(self) -> None:
        """Start a desk on what is stored, as after a stop. Somebody has looked at a record that had stopped."""
        self.parts.high_water.resume()
        self.store.mode, self.store.away = "well", 0
        size = self.store.head().size
        newest = next(self.store.entries(size - 1, 1), None) if size else None
        after_us = 0 if newest is None else newest.recorded_at_us
        time = SteadyTime(self.machine.wall, self.machine.steady, after_us=after_us)
        if self.time() != self.machine.true_us or time() != self.machine.true_us:
            self.doubtful_since_us = self.machine.true_us
        seed = self.random.getrandbits(32)
        recorder = SequencedRecorder(self.parts, time, seed=seed)
        chance = random.Random(seed + 1).randbytes
        self.core = DeskCore(recorder, self.spool, time=time, chance=chance, rules=RULES)
        self.core.replay()
        self.time, self.uncertain = time, False
        self.mutate(self.core)
        if not self.core.world.versions:
            self.core.enter([self._filed()])
            for actor in PEOPLE:
                self.say(do.Assign(id=self.id(), person=actor.id, role=actor.role, rank=RANKS.get(actor)), ADMIN)
        self.tick()

    def _filed(self) -> Event:
        text = ALDER.read_text(encoding="utf-8").split("# What that means for single calls.")[0]
        public = {"text": text, "file": "alder.toml"}
        return Event(
            id="filed", name=EventName.POLICY_FILED, actor=DESK_ITSELF, recorded_at_us=self.core.time(), public=public
        )

    def crash(self) -> None:
        """The process ends; what is in memory alone is gone, and with it what was never spooled."""
        self.crashes += 1
        if self.spool.refuses or self.core.spool_broken:
            # everybody was told that this is known to the desk alone
            on_disk = {one.draft.id for one in self.spool.kept}
            self.spooled &= on_disk | {id_ for id_ in self.spooled if self.store.find([id_])}
            self.spool.refuses = False
        self.start()

    # what happens

    def id(self) -> str:
        self._number += 1
        return f"c{self._number}"

    def say(self, command: do.Command, by: Actor) -> Written | AnswerableError:
        (answer,) = self.core.take([(command, by)])
        self._heard(command, answer)
        self.sent.append((command, by))
        return answer

    def _heard(self, command: do.Command, answer: Written | AnswerableError) -> None:
        if isinstance(answer, UncertainWriteError):
            self.uncertain = True
        if not isinstance(answer, Written):
            return
        if isinstance(command, do.ReceiveCall | do.RequestAssistance):
            self.true_told.setdefault(command.id, self.machine.true_us)
        if isinstance(command, do.Close):
            self.closed_by_command.add(command.id)
        if answer.placed is None:
            self.spooled.add(command.id)
            if answer.promise is not None:
                self.promised.setdefault(command.id, []).append(Promise.parse(Note.parse(answer.promise).text))
            return
        index, body = answer.placed.index, answer.placed.body
        before = self.acknowledged.setdefault(command.id, (index, body))
        if before != (index, body):
            raise BrokenError(f"{command.id} has two receipts")
        head = answer.placed.snapshot.head
        if self.heads.setdefault(head.size, head.root) != head.root:
            raise BrokenError(f"two roots for {head.size} entries")

    def run(self, steps: int) -> None:
        """Let `steps` things happen, then heal everything, and check."""
        for _ in range(steps):
            self.happen()
        self.heal()
        self.check()

    def happen(self) -> None:
        chosen = self.random.random()
        if chosen < 0.30:
            self.pass_time(self.random.choice((MINUTE, 5 * MINUTE, 20 * MINUTE)))
        elif chosen < 0.40:
            self.fault()
        elif chosen < 0.43:
            self.crash()
        elif chosen < 0.46:
            self.jump()
        elif chosen < 0.52 and self.sent:
            self.again()
        else:
            self.act()

    def fault(self) -> None:
        self.faults += 1
        self.store.mode = self.random.choice(("well", "well", "refuses", "loses", "hides", "drops", "mute"))
        self.store.away = self.random.randrange(4)
        self.spool.refuses = self.store.mode != "well" and self.random.random() < 0.15

    def jump(self) -> None:
        """An hour on or back (summer time, a wrong hand), back to the right time, or to the end of 32 bits."""
        self.jumps += 1
        far_us = 2_147_483_648 * SECOND - self.machine.true_us
        self.machine.off_us = self.random.choice((HOUR, -HOUR, 0, 0, far_us, 90 * SECOND))
        said_us = self.time.jumped_us(least_us=SECOND)
        if said_us is not None:
            self.core.enter([self._jumped(said_us)])

    def _jumped(self, by_us: int) -> Event:
        return Event(
            id=self.core.new_id(), name=EventName.WATCH_CLOCK_JUMPED, actor=DESK_ITSELF,
            recorded_at_us=self.core.time(), public={"by_us": by_us},
        )  # fmt: skip

    def again(self) -> None:
        """Somebody sends what was sent before, sometimes with other content."""
        command, by = self.random.choice(self.sent)
        known = command.id in self.acknowledged
        if known and isinstance(command, do.ReceiveCall) and self.random.random() < 0.3:
            answer = self.core.take([(msgspec.structs.replace(command, nature="something else"), by)])[0]
            self.conflicts += isinstance(answer, ConflictError)
            if isinstance(answer, Written):
                raise BrokenError(f"{command.id} was taken twice with other content")
            return
        answer = self.core.take([(command, by)])[0]
        self._heard(command, answer)
        if known and isinstance(answer, AnswerableError) and self.core.down is None:
            raise BrokenError(f"{command.id} was recorded, and sending it again gives {answer!r}")

    def act(self) -> None:
        world, chance = self.core.world, self.random
        ids = list(world.open)[-12:]
        if not ids or chance.random() < 0.25:
            self.say(*self._new())
            return
        id_ = chance.choice(ids)
        self.say(*self._about(id_, world.subjects[id_]))

    def _new(self) -> tuple[do.Command, Actor]:
        chance, id_ = self.random, self.id()
        if chance.random() < 0.4:
            return do.RequestAssistance(id=id_, agency="FPS", asks="officers", facts={**RESOURCES}), FPS
        facts: dict[str, Any] = {"kind": "call", "asks_for": "help", "priority": chance.randrange(7), **CALM}
        by = chance.choice((CALLER, TAKER, CAD))
        return do.ReceiveCall(id=id_, facts=facts, nature="noise", abandoned=chance.random() < 0.1), by

    def _about(self, id_: str, subject: Subject) -> tuple[do.Command, Actor]:
        chance, new = self.random, self.id()
        staff = chance.choice(PEOPLE)
        base = subject.period.base
        review_us = self.core.time() + chance.randrange(1, 30) * HOUR
        choices: list[tuple[do.Command, Actor]] = [
            (
                do.ReportFact(
                    id=new, about=id_, fact=chance.choice((*CALM, "alternatives_exhausted")),
                    value=chance.choice((True, False)), asserted_by=chance.choice(("caller", "the officer")),
                ),
                staff,
            ),
            (
                do.RecordUnit(
                    id=new, about=id_, unit=f"u{chance.randrange(3)}", status=chance.choice(list(do.UnitStatus))
                ),
                chance.choice((DISPATCHER, CAD)),
            ),
            (do.DecideRespond(id=new, about=id_), staff),
            (
                do.Decline(
                    id=new, about=id_, policy_version=ALDER_NAME, clause="" if base is None else base.rule or "",
                    reason_code=do.ReasonCode.ALTERNATIVES_NOT_EXHAUSTED, review_due_us=review_us, notice_text="no",
                    conditions=(do.ConditionAsked(text="tried", fact="alternatives_exhausted"),)[chance.randrange(2) :],
                ),
                chance.choice((DEPUTY, DEPUTY, SERGEANT, STRANGER)),
            ),
            (
                do.Review(id=new, about=id_, result=chance.choice(list(do.ReviewResult)), review_due_us=review_us),
                chance.choice((DEPUTY, SERGEANT)),
            ),
            (do.ReportConditionMet(id=new, about=id_, condition=1, asserted_by="requester"), FPS),
            (
                do.Close(
                    id=new, about=id_, reason_code=chance.choice(list(do.CloseReason)), reason_text="because"
                ),
                chance.choice((DISPATCHER, CAD)),
            ),
            (do.Reopen(id=new, about=id_), staff),
            (do.HearFeed(id=new, feed="cad", every_s=300), CAD),
        ]  # fmt: skip
        if subject.alarms:
            choices.append((do.AcknowledgeAlarm(id=new, alarm=chance.choice(subject.alarms).id), staff))
        return chance.choice(choices)

    # time

    def pass_time(self, us: int) -> None:
        end_us = self.machine.true_us + us
        while self.machine.true_us < end_us:
            self.machine.true_us = min(end_us, self.machine.true_us + self._step_us())
            self.tick()

    def _step_us(self) -> int:
        """To the next thing that is due, but never further than a minute: between, nothing can happen."""
        next_us = self.core.world.next_due_us()
        wait_us = MINUTE if next_us is None else next_us - self.core.time()
        return max(SECOND, min(MINUTE, wait_us))

    def tick(self) -> None:
        before = len(self.core.changes)
        self.core.tick()
        self._check_rings(before)
        self._check_deadlines()

    def _check_rings(self, before: int) -> None:
        """Nothing rings more than a second before its time, by the time that truly passed."""
        for change in self.core.changes[before:]:
            told_us = self.true_told.get(change.about or "")
            raised = change.event == "alarm.raised" and change.alarm is not None
            if not raised or told_us is None or told_us <= self.doubtful_since_us:
                continue
            self.rang += 1
            subject = self.core.world.subjects[change.about or ""]
            waited_us = self.machine.true_us - told_us
            soonest_us = min((due.ring_us - subject.recorded_us for due in unmet(subject, RULES)), default=0)
            if waited_us < soonest_us - SECOND:
                raise BrokenError(f"{change.about} rang {(soonest_us - waited_us) / SECOND} s too early")

    def _check_deadlines(self) -> None:
        """Who must be answered is answered, or it has rung: never a deadline in silence."""
        world, now_us = self.core.world, self.core.time()
        for id_ in world.open:
            subject = world.subjects[id_]
            for due in unmet(subject, RULES):
                if due.what != DISPATCH or due.due_us > now_us or world.unseen(subject) is not None:
                    continue
                kinds = SOON_AND_PAST[due.what]
                if not any(f"{kind.value}:{cause_of(due)}" in subject.rung for kind in kinds):
                    raise BrokenError(f"the deadline of {id_} passed in silence")

    # at the end

    def heal(self) -> None:
        """The disk is well again and the clock right; what waits is written."""
        self.spool.refuses, self.store.away = False, 0
        self.tick()
        if self.store.mode in ("loses", "hides") or self.parts.high_water.halted():
            self.start()
        self.store.mode = "well"
        self.machine.off_us = 0
        self.pass_time(2 * MINUTE)

    def check(self) -> None:
        """Raises BrokenError for whatever of the list of the specification does not hold."""
        entries = list(self.store.entries(0, 1_000_000))
        bodies = {entry.id: (entry.index, entry.body) for entry in entries}
        if [entry.index for entry in entries] != list(range(len(entries))):
            raise BrokenError("the indexes have gaps")
        for id_, receipt in self.acknowledged.items():
            if bodies.get(id_) != receipt:
                raise BrokenError(f"{id_} was acknowledged and is not there")
        if lost := self.spooled - bodies.keys():
            raise BrokenError(f"{sorted(lost)} were taken into the spool and are not there")
        self._check_promises(bodies)
        leaves = [entry.leaf for entry in entries]
        for size, root in self.heads.items():
            if root_of(leaves[:size]) != root:
                raise BrokenError(f"the state of {size} entries is not how this one begins")
        self._check_decisions([event for entry in entries if (event := event_in(entry)) is not None])
        self._check_replay()

    def _check_promises(self, bodies: dict[str, tuple[int, bytes]]) -> None:
        """Whatever was promised is recorded as it was promised; what a crash took from a broken spool is not there."""
        for id_, promises in self.promised.items():
            if id_ in bodies and not all(promise.is_kept_by(bodies[id_][1]) for promise in promises):
                raise BrokenError(f"{id_} is not recorded as it was promised")

    def _check_decisions(self, events: Sequence[Event]) -> None:
        """Who refuses held the role then; nobody but a person's or a feed's own command closes."""
        held = set[tuple[str, str]]()
        for event in events:
            if event.name is EventName.ASSIGNMENT_MADE:
                held.add((event.public["person"], event.public["role"]))
            if event.name.value in DECISIONS and (event.actor.id, event.actor.role.value) not in held:
                raise BrokenError(f"{event.id}: {event.actor.id} decided without the role")
            if event.name.value.endswith(".closed") and not event.id.startswith("c"):
                raise BrokenError(f"{event.id} closed a call, and nobody asked for it")

    def _check_replay(self) -> None:
        running = self.core
        again = DeskCore(running.recorder, MemorySpool(), time=running.time, chance=bytes, rules=RULES)
        again.replay()
        if self.core.waiting or running.down is not None:
            raise BrokenError("the record is well and something still waits")
        for id_ in running.world.subjects.keys() | again.world.subjects.keys():
            one, other = running.warm(id_), again.warm(id_)
            if one != other:
                raise BrokenError(f"{id_} is not what its entries come to: {_difference(one, other)}")
        for name in ("feeds", "people", "general", "muted", "alarm_of", "open", "allegations"):
            mine, theirs = getattr(running.world, name), getattr(again.world, name)
            if mine != theirs:
                raise BrokenError(f"{name} is not what the entries come to")


STRANGER = Actor(id="u-stranger", role=DEPUTY.role)


def _difference(one: Subject | None, other: Subject | None) -> str:
    if one is None or other is None:
        return "one is missing"
    names = [name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name)]
    return json.dumps({name: [repr(getattr(one, name)), repr(getattr(other, name))] for name in names})
