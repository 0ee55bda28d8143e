"""The desk without threads and without a clock of its own: commands in, entries written, state moved on.

A batch of commands is judged against a world that looks ahead, written at once, and only then applied, in the order of
the indexes. Where the record cannot take it, help goes on: what may not wait is spooled, shown at once and written
later; what ends something is refused until the record is back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

import msgspec

from answerable.errors import (
    AnswerableError,
    ConflictError,
    InputError,
    OverloadedError,
    RecordDownError,
    RecordError,
    StorageError,
    UncertainWriteError,
)
from answerable.proof.receipt import Spoken
from answerable.proof.tree import leaf_hash
from answerable.record.entry import public_part
from answerable.record.ids import new_id
from answerable.record.ports import Chance, Clock, Salts, Store, StoredEntry, Vault
from answerable.record.prepared import Prepared, prepare
from answerable.record.sequencer import Placed
from answerable.watch.alarms import AlarmKind
from answerable.watch.beside_calls import Allegation
from answerable.watch.commands import HELP_NEVER_WAITS, Command
from answerable.watch.entering import event_of
from answerable.watch.events import Event, EventName
from answerable.watch.judging import judged
from answerable.watch.kept import Still, still
from answerable.watch.people import Actor
from answerable.watch.rules import DeskRules
from answerable.watch.subject import Subject
from answerable.watch.ticking import alarm_of, alive, due_events, heartbeat
from answerable.watch.views import Change
from answerable.watch.words import RECORD_DAMAGED, RECORD_SPOOLS, RECORD_WELL, SPOOL_FAILED
from answerable.watch.world import BEGIN, RECORD, World
from answerable.wiring.desk_entries import draft_of, event_in, events_by_id, events_from
from answerable.wiring.desk_kept import Restored
from answerable.wiring.desk_spool import Kept

MOST_ENTRIES_AT_ONCE = 1_024
RETRY_US = 1_000_000
"""How long the record is left alone after it failed."""


class Recorder(Protocol):
    """The record as the desk needs it."""

    store: Store
    vault: Vault
    origin: str

    def submit(self, prepared: Sequence[Prepared]) -> list[Placed | AnswerableError]:
        """Write what is ready, in order. Raises OverloadedError and RecordError."""
        ...

    def promise(self, prepared: Prepared, *, at_us: int) -> bytes | None:
        """Signed word that this will be recorded; None where there is no key for it."""
        ...


class Spool(Protocol):
    """What waits for the record; each method raises StorageError."""

    def read(self) -> list[Kept]:
        """What waits, in order."""
        ...

    def add(self, kept: Sequence[Kept]) -> None:
        """Append, durably."""
        ...

    def replace(self, kept: Sequence[Kept]) -> None:
        """Keep only these."""
        ...


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command: where its entry stands, or that it waits in the spool with a promise."""

    id: str
    placed: Placed | None
    spooled: bool = False
    promise: bytes | None = None


Asking: TypeAlias = tuple[Command, Actor]
Answer: TypeAlias = Written | AnswerableError


class _Turn(msgspec.Struct, kw_only=True):
    """A command's way through a batch."""

    place: int
    command: Command
    events: tuple[Event, ...]
    known: bool = False
    prepared: tuple[Prepared, ...] = ()
    fault: AnswerableError | None = None
    """Why the record did not take it, where that was tried."""


class DeskCore:
    """State and record of a desk. One thread uses it. `time` is the desk's, `chance` unpredictable bytes."""

    def __init__(
        self, recorder: Recorder, spool: Spool, *, time: Clock, chance: Chance, rules: DeskRules | None = None
    ) -> None:
        self.recorder, self.spool = recorder, spool
        self.time, self._chance = time, chance
        self.world = World(rules)
        self.spoken: dict[str, str] = {}
        self.waiting: list[Kept] = []
        self.waiting_events: dict[str, Event] = {}
        self.spool_broken = False
        self.down: AnswerableError | None = None
        self.damaged: AnswerableError | None = None
        """Why nothing is recorded any more, until somebody has looked at the files."""
        self._down_us = 0
        self.cold: dict[str, None] = {}
        """Calls whose private values were not opened since the start."""
        self._sure_index: int | None = None
        """The last entry that was known when a write ended without an answer; None while nothing is in doubt."""
        self._known_since: set[str] = set()
        self.changes: list[Change] = []
        """What was applied since somebody last took it."""

    # at the start

    def replay(self, after: Restored | None = None) -> int:
        """The state that the record and the spool come to, `after` one that was kept; how many entries were replayed.

        Nothing private is opened yet: that is done of each call when somebody needs it, or when nothing else waits.
        """
        if after is not None:
            self.world, self.spoken = after.world, after.spoken
        replayed = self._replay_record()
        self._take_up_spool()
        self.changes.clear()
        return replayed

    def _replay_record(self) -> int:
        """Apply what the record holds after the newest entry that the state has; how many entries."""
        replayed = 0
        for entry, event in events_from(self.recorder.store, self.world.watch.index + 1):
            replayed += 1
            if event is not None:
                self._applied(event, entry)
        self.cold = self.world.open | self.world.recent
        return replayed

    def open_some(self, most: int) -> bool:
        """Open the private values of some calls that nobody has asked for yet; whether there are more to open."""
        some = [id_ for id_, _ in zip(self.cold, range(most), strict=False)]
        for id_ in some:
            self.warmed(id_)
            if id_ in self.cold:  # they cannot be read now
                return False
        return bool(self.cold)

    def warmed(self, id: str) -> Subject | None:  # noqa: A002
        """A call with its private values, opened now where nobody has needed them since the start.

        Where they cannot be read it is as it is: without them, and tried again when it is next asked for.
        """
        if id in self.cold:
            try:
                return self.warm(id)
            except AnswerableError:
                self.cold[id] = None
        return self.world.subject(id)

    def warm(self, id: str) -> Subject | None:  # noqa: A002
        """A call with its private values, from its entries; what was erased since is gone from it."""
        self.cold.pop(id, None)
        subject = self.world.subject(id)
        if subject is None:
            return None
        with_private = World(self.world.rules).ahead()  # which rings for nobody
        with_private.meaning = self.world.meaning
        for event in self.events_of(subject):
            with_private.apply(event)
        return self._opened(subject, with_private.subject(id))

    def _opened(self, subject: Subject, again: Subject | None) -> Subject:
        """The state as it is, with the private values that its entries still open."""
        if again is None:
            return subject
        opened = {name: getattr(again, name) for name in _PRIVATE}
        denial = subject.denial
        if denial is not None and again.denial is not None and denial.id == again.denial.id:
            told = again.denial
            texts = zip(denial.conditions, told.conditions, strict=True)
            opened["denial"] = msgspec.structs.replace(
                denial,
                reason_text=told.reason_text,
                notice_text=told.notice_text,
                conditions=tuple(msgspec.structs.replace(mine, text=other.text) for mine, other in texts),
            )
        warm = msgspec.structs.replace(subject, **opened)
        self.world.subjects[warm.id] = warm  # in the same lists as before: nothing private decides on those
        return warm

    def still(self) -> Still | None:
        """The state as it is now, to be kept; None where it is not what the record alone comes to."""
        unsure = self.waiting or self.down is not None or self._sure_index is not None
        return None if unsure else still(self.world)

    def _take_up_spool(self) -> None:
        kept = self.spool.read()
        recorded = self.recorder.store.find([one.draft.id for one in kept])
        self.waiting = [one for one in kept if one.draft.id not in recorded]
        for one in self.waiting:
            event = _spooled_event(one)
            self.waiting_events[event.id] = event
            self._applied(event, None)

    def events_of(self, subject: Subject) -> list[Event]:
        """The entries of a call, in the order in which they came, with what of them can still be opened."""
        return self._opened_events(subject.entries)

    def opened(self, known: Sequence[Allegation]) -> list[Allegation]:
        """Allegations with who alleges what, as far as their entries can still be opened. Needs no lock: what waits in
        the spool is looked up before the record, into which it goes."""
        told = {event.id: event.private for event in self._opened_events(tuple(one.id for one in known))}
        return [
            msgspec.structs.replace(one, by=said.get("by"), text=said.get("text"))
            for one in known
            for said in (told.get(one.id, {}),)  # an entry that the record refused after all opens nothing
        ]

    def _opened_events(self, ids: tuple[str, ...]) -> list[Event]:
        """The events with these ids, in this order: from the record what can still be opened, or from the spool."""
        waiting = {id_: event for id_ in ids if (event := self.waiting_events.get(id_)) is not None}
        recorded = events_by_id(ids, store=self.recorder.store, vault=self.recorder.vault)
        found = {event.id: event for event in recorded} | waiting
        return [found[id_] for id_ in ids if id_ in found]

    # commands

    def take(self, asked: Sequence[Asking]) -> list[Answer]:
        """Judge, write and apply a batch; an answer each, in order. No two of a batch may have the same id."""
        now_us = self.time()
        self.drain(now_us)
        answers: list[Answer | None] = [None] * len(asked)
        turns = self._judged(asked, answers, now_us)
        if self.down is not None:
            self._without_record(turns, answers)
        else:
            self._with_record(turns, answers)
        return [answer if answer is not None else RecordError() for answer in answers]

    def _judged(self, asked: Sequence[Asking], answers: list[Answer | None], now_us: int) -> list[_Turn]:
        known = self._stored([command.id for command, _ in asked])
        ahead, turns = self.world.ahead(), list[_Turn]()
        for place, (command, by) in enumerate(asked):
            if self.cold:
                self._open_for(command)
            try:
                if command.id in known or command.id in self.waiting_events:
                    event = self._again(command, by, known.get(command.id), now_us)
                    turns.append(_Turn(place=place, command=command, events=(event,), known=True))
                    continue
                events = judged(command, by=by, world=ahead, now_us=now_us)
                prepared = tuple(self._prepared(event) for event in events)
            except AnswerableError as fault:
                answers[place] = fault
                continue
            for event in events:
                ahead.apply(event)
            turns.append(_Turn(place=place, command=command, events=events, prepared=prepared))
        return turns

    def _open_for(self, command: Command) -> None:
        """Whose request it is may be private, and decides what may be done."""
        for name in _NAMES_CALLS:
            id_ = getattr(command, name, None)
            if isinstance(id_, str):
                self.warmed(id_)

    def _stored(self, ids: Sequence[str]) -> dict[str, StoredEntry]:
        try:
            return self.recorder.store.find(ids)
        except AnswerableError:
            return {}

    def _again(self, command: Command, by: Actor, entry: StoredEntry | None, now_us: int) -> Event:
        """The same command once more: as it was entered then, so that the record can say whether it is the same."""
        told = self.waiting_events.get(command.id) if entry is None else event_in(entry)
        subject = self.world.subject(getattr(command, "about", ""))
        event = event_of(command, by=by, subject=subject, now_us=now_us)
        if told is None:
            return event
        same_person = told.actor.id == by.id and told.actor.role is by.role
        actor = told.actor if same_person else by
        return msgspec.structs.replace(event, actor=actor, recorded_at_us=told.recorded_at_us, late=told.late)

    def _prepared(self, event: Event, *, held: Mapping[str, bytes] | None = None) -> Prepared:
        """The entry of an event; with the salts `held` for its id by the vault, where they are those that it needs."""
        draft = draft_of(event)
        draft.check_sender()
        salts = held if held is not None and set(held) == set(draft.salted) else None
        return prepare(draft, recorded_at_us=event.recorded_at_us, chance=self._chance, salts=salts)

    def _with_record(self, turns: Sequence[_Turn], answers: list[Answer | None]) -> None:
        ready = list[_Turn]()
        for turn in turns:
            if not turn.known:
                ready.append(turn)
                continue
            try:
                ready.append(msgspec.structs.replace(turn, prepared=(self._prepared(turn.events[0]),)))
            except InputError as fault:
                answers[turn.place] = fault
        placed = self._submitted([one for turn in ready for one in turn.prepared])
        failed, at = list[_Turn](), 0
        for turn in ready:
            mine = placed[at : at + len(turn.prepared)]
            at += len(turn.prepared)
            answer = self._settled(turn, mine)
            if isinstance(answer, _Turn):
                failed.append(answer)
            else:
                answers[turn.place] = answer
        if failed:
            self._without_record(failed, answers)

    def _submitted(self, prepared: Sequence[Prepared]) -> list[Placed | AnswerableError]:
        """What became of each entry; where the record refuses them all, its fault for each."""
        placed = list[Placed | AnswerableError]()
        for begin in range(0, len(prepared), MOST_ENTRIES_AT_ONCE):
            some = prepared[begin : begin + MOST_ENTRIES_AT_ONCE]
            try:
                placed += self.recorder.submit(some)
            except AnswerableError as fault:
                placed += [fault] * len(some)
        return placed

    def _settled(self, turn: _Turn, placed: Sequence[Placed | AnswerableError]) -> Answer | _Turn:
        """The answer to a command, and its entries applied; the turn with its fault where the record failed it."""
        first = placed[0]
        if isinstance(first, ConflictError | InputError):
            return first
        faults = [one for one in placed if isinstance(one, AnswerableError)]
        if faults and isinstance(first, AnswerableError):
            self._is_down(faults[0])
            return msgspec.structs.replace(turn, fault=faults[0])
        for event, one in zip(turn.events, placed, strict=True):
            if isinstance(one, Placed) and not turn.known:
                self._placed(event, one)
        return Written(id=turn.command.id, placed=first if isinstance(first, Placed) else None)

    def _placed(self, event: Event, placed: Placed) -> None:
        if self._sure_index is not None:
            self._known_since.add(event.id)
        self._number(event, placed.index, leaf_hash(placed.body))
        self._apply(msgspec.structs.replace(event, index=placed.index))

    def _applied(self, event: Event, entry: StoredEntry | None) -> None:
        if entry is not None:
            self._number(event, entry.index, entry.leaf)
        self._apply(event)

    def _number(self, event: Event, index: int, leaf: bytes) -> None:
        """Calls are called by the number of their first entry; the numbers of others are asked for seldom."""
        if event.name in BEGIN:
            self.spoken[event.id] = self.number(index, leaf)

    def number(self, index: int, leaf: bytes) -> str:
        """By which an entry is called on the telephone."""
        return str(Spoken.of(origin=self.recorder.origin, index=index, leaf=leaf))

    def numbers_of(self, subject: Subject) -> dict[str, str]:
        """The spoken number of each entry of a call that is in the record."""
        found = self.recorder.store.find(subject.entries)
        return {id_: self.number(entry.index, entry.leaf) for id_, entry in found.items()}

    def _apply(self, event: Event) -> None:
        self.world.apply(event)
        about = event.about or (event.id if event.id in self.world.subjects else None)
        index = -1 if event.index is None else event.index
        self.changes.append(Change(index=index, event=event.name.value, about=about, **self._alarm_told(event)))

    def _alarm_told(self, event: Event) -> dict[str, str]:
        """Of an alarm that is raised or climbs: its kind, whom it rings for, which rank the policy has called."""
        if event.name is EventName.ALARM_RAISED:
            said = event.public
        elif event.name is EventName.ALARM_ESCALATED:
            alarm = self.world.alarm(event.public["alarm"])
            known = {} if alarm is None else {"kind": alarm.kind.value, "calls_rank": alarm.calls_rank}
            said = {**known, "rung": event.public["rung"]}
        else:
            return {}
        told = {"alarm": said.get("kind"), "rung": said.get("rung"), "calls_rank": said.get("calls_rank")}
        return {name: value for name, value in told.items() if value is not None}

    # while the record is down

    def _is_down(self, fault: AnswerableError) -> None:
        if isinstance(fault, OverloadedError):
            return
        self.down, self._down_us = fault, self.time()
        if isinstance(fault, UncertainWriteError) and self._sure_index is None:
            self._sure_index = self.world.watch.index

    def _without_record(self, turns: Sequence[_Turn], answers: list[Answer | None]) -> None:
        now_us, kept, promised = self.time(), list[Kept](), list[tuple[_Turn, Prepared]]()
        held = self._held([event.id for turn in turns for event in turn.events])
        for turn in turns:
            if turn.known:
                waits = turn.command.id in self.waiting_events
                answers[turn.place] = (
                    Written(id=turn.command.id, placed=None, spooled=True) if waits else self._refusal()
                )
            elif isinstance(turn.command, HELP_NEVER_WAITS):
                late = [msgspec.structs.replace(event, late=True) for event in turn.events]
                prepared = [self._prepared(event, held=None if held is None else held.get(event.id)) for event in late]
                kept += [self._keep(event, one) for event, one in zip(late, prepared, strict=True)]
                promised.append((turn, prepared[0]))
            else:
                answers[turn.place] = self._refusal()
        self._spooled(kept)
        for turn, first in promised:
            promise = None if held is None else self._promise(turn, first, now_us)
            answers[turn.place] = Written(id=turn.command.id, placed=None, spooled=True, promise=promise)
        self._ring_for_record(now_us)

    def _held(self, ids: Sequence[str]) -> Salts | None:
        """Salts that the vault has from a write that failed behind it; None where it cannot be asked. An entry that is
        written again gets them, so one that is promised must have them."""
        try:
            return self.recorder.vault.salts(ids)
        except AnswerableError:
            return None

    def _promise(self, turn: _Turn, prepared: Prepared, now_us: int) -> bytes | None:
        """None where it may not come true: what is in memory alone ends with the process, and where nobody knows
        whether it was written as it came, the late entry may never be."""
        if self.spool_broken or isinstance(turn.fault, UncertainWriteError):
            return None
        return self.recorder.promise(prepared, at_us=now_us)

    def _keep(self, event: Event, prepared: Prepared) -> Kept:
        self.waiting_events[event.id] = event
        self._apply(event)
        return Kept(draft=prepared.draft, salts=dict(prepared.salts), taken_at_us=event.recorded_at_us)

    def _spooled(self, kept: Sequence[Kept]) -> None:
        """Into the file; where even that fails, in memory, and everybody is told."""
        if not kept and not self.spool_broken:
            return
        self.waiting += kept
        try:
            if self.spool_broken:
                self.spool.replace(self.waiting)
            else:
                self.spool.add(kept)
            self.spool_broken = False
        except AnswerableError:
            self.spool_broken = True

    def _refusal(self) -> RecordDownError:
        why = "" if self.down is None else f" ({self.down.message})"
        return RecordDownError(f"{RecordDownError.__doc__}{why}")

    def record_text(self) -> str:
        """What it means for who works now that the record does, or does not, take entries."""
        if self.down is None:
            return RECORD_WELL
        return SPOOL_FAILED if self.spool_broken else RECORD_SPOOLS if self.damaged is None else RECORD_DAMAGED

    def _ring_for_record(self, now_us: int) -> None:
        text = self.record_text()
        standing = [one for one in self.world.general.values() if one.cause == RECORD]
        if self.down is None or any(one.text == text for one in standing):
            return
        self._by_the_desk([alarm_of(AlarmKind.RECORD_DOWN, RECORD, now_us, self.new_id, text=text)])

    def stop_recording(self, fault: AnswerableError) -> None:
        """The files are damaged: nothing more is signed on top of them. Help goes on, by the spool."""
        self.damaged = self.down = fault
        self._ring_for_record(self.time())

    def drain(self, now_us: int) -> None:
        """Write what waits, as soon as the record takes it; those entries say that they come late."""
        if self.damaged is not None:
            return
        if self.down is not None and now_us - self._down_us < RETRY_US:
            return
        if self.down is None and not self.waiting:
            return
        self.down = None
        while self.waiting and self.down is None:
            self._drain_some(self.waiting[:MOST_ENTRIES_AT_ONCE], now_us)
        if self._sure_index is not None and self.down is None:
            self._by_the_desk([alive(self.world, now_us, self.new_id)], spoolable=False)  # whether it takes anything
        if self.down is None:
            self._catch_up()
        if self.down is None:
            self._empty_spool()

    def _catch_up(self) -> None:
        """After a write without an answer: what is in the record, and was refused here as not recorded, counts."""
        sure_index, known = self._sure_index, self._known_since
        if sure_index is None:
            return
        try:
            after = [event for _, event in events_from(self.recorder.store, sure_index + 1) if event is not None]
            missed = [event for event in after if event.id not in known]
            if any(event.name is not EventName.WATCH_HEARTBEAT for event in missed):
                self._begin_again(missed)
        except AnswerableError as fault:
            self._is_down(fault)
            return
        self._sure_index = None
        self._known_since = set()

    def _begin_again(self, missed: Iterable[Event]) -> None:
        """The state anew, from all entries in their order; every board is told of what was missed, and of all calls."""
        changes, self.changes = self.changes, []
        vars(self.world).update(vars(World(self.world.rules)))
        self._replay_record()
        for one in self.waiting:
            self._applied(self.waiting_events[one.draft.id], None)
        told = dict.fromkeys([*(event.about or event.id for event in missed), *self.world.open])
        index = self.world.watch.index
        self.changes = changes + [Change(index=index, event="watch.reloaded", about=id_) for id_ in told]

    def _empty_spool(self) -> None:
        """What the file still holds is in the record, and is left out when the spool is taken up."""
        try:
            self.spool.replace([])
            self.spool_broken = False
        except AnswerableError:
            self.spool_broken = True

    def _drain_some(self, some: Sequence[Kept], now_us: int) -> None:
        try:
            recorded = self.recorder.store.find([one.draft.id for one in some])
        except AnswerableError as fault:
            self._is_down(fault)
            return
        for one in some:
            if (stored := recorded.get(one.draft.id)) is not None:
                self._was_written(one, index=stored.index, leaf=stored.leaf)
        new = [one for one in some if one.draft.id not in recorded]
        ready = [prepare(one.draft, recorded_at_us=now_us, chance=self._chance, salts=one.salts or None) for one in new]
        for one, placed in zip(new, self._submitted(ready), strict=True):
            if isinstance(placed, StorageError | RecordError) and not isinstance(placed, ConflictError):
                self._is_down(placed)
                return
            self._wrote_late(one, placed)
        self.waiting = self.waiting[len(some) :]

    def _wrote_late(self, one: Kept, placed: Placed | AnswerableError) -> None:
        if isinstance(placed, Placed):
            self._was_written(one, index=placed.index, leaf=leaf_hash(placed.body))
        else:
            self.waiting_events.pop(one.draft.id, None)

    def _was_written(self, one: Kept, *, index: int, leaf: bytes) -> None:
        """The state has it already; now it has an index and a number too."""
        if self._sure_index is not None:
            self._known_since.add(one.draft.id)
        event = self.waiting_events.pop(one.draft.id, None)
        if event is None:
            return
        self._number(event, index, leaf)
        self.world.watch = msgspec.structs.replace(self.world.watch, index=max(self.world.watch.index, index))
        about = event.about or (event.id if event.id in self.world.subjects else None)
        if about is not None and (subject := self.world.subject(about)) is not None:
            self.world.put(msgspec.structs.replace(subject, version=max(subject.version, index)))
        self.changes.append(Change(index=index, event=event.name.value, about=about))

    # by itself

    def tick(self) -> None:
        """What falls due by time alone: alarms, gaps, heartbeats, versions. It ends no call."""
        now_us = self.time()
        self.drain(now_us)
        if self.spool_broken:
            self._spooled([])
        self._by_the_desk(due_events(self.world, now_us, self.new_id))
        beat = heartbeat(self.world, now_us, self.new_id)
        if beat is not None and self.down is None:
            self._by_the_desk([beat], spoolable=False)
        if self.down is not None:
            self._ring_for_record(now_us)

    def enter(self, events: Iterable[Event]) -> None:
        """Entries of the desk's own: it started, a policy was filed, the clock jumped."""
        self._by_the_desk(list(events))

    def _by_the_desk(self, events: Sequence[Event], *, spoolable: bool = True) -> None:
        if not events:
            return
        failed = list(events)
        if self.down is None:
            failed = []
            for event, placed in zip(events, self._submitted([self._prepared(one) for one in events]), strict=True):
                if isinstance(placed, Placed):
                    self._placed(event, placed)
                else:
                    self._is_down(placed)
                    failed.append(event)
        if failed and spoolable:
            late = [msgspec.structs.replace(event, late=True) for event in failed]
            self._spooled([self._keep(event, self._prepared(event)) for event in late])

    def new_id(self) -> str:
        """An id that sorts by the desk's time."""
        return new_id(self.time, self._chance)


_NAMES_CALLS = ("about", "into", "other", "from_call")
_PRIVATE = ("agency", "nature", "place", "narrative", "caller_name", "phone", "referred_to")


def _spooled_event(kept: Kept) -> Event:
    """The event that waits in the spool."""
    draft = kept.draft
    body = public_part(draft, recorded_at_us=kept.taken_at_us)
    stored = StoredEntry(
        index=0, id=draft.id, recorded_at_us=kept.taken_at_us, leaf=b"", body=json.dumps(body).encode()
    )
    event = event_in(stored, draft.private)
    if event is None:
        raise StorageError(f"The spool holds an entry that is no event: {draft.id}")
    return msgspec.structs.replace(event, index=None)
