"""The desk: one record, what it replays to, the policies in force, the spool, the ticker. The only thing doors talk to.

Commands are taken by one thread, in the order of their coming, as many at once as came while the last were written.
What everybody sees follows the record: a change is shown once it is durable (or spooled), in the order of its index.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from answerable.errors import (
    AnswerableError,
    InputError,
    MalformedError,
    NotAllowedError,
    OverloadedError,
    UnknownSubjectError,
)
from answerable.model.times import SECOND_US
from answerable.proof.receipt import Spoken
from answerable.proof.tree import leaf_hash
from answerable.record import acts
from answerable.record.entry import TOP
from answerable.record.ports import Clock, Head, StoredEntry
from answerable.record.prepared import disclosures_of
from answerable.record.proving import prove, receipt_of
from answerable.stores.record_folder import SETTINGS, RecordFolder, RecordSettings
from answerable.watch.alarms import AlarmKind
from answerable.watch.beside_calls import Allegation
from answerable.watch.commands import Command
from answerable.watch.events import Event, EventName
from answerable.watch.judging import check_role
from answerable.watch.people import DESK_ITSELF, Actor, Assignment, Role
from answerable.watch.roles import Sight, may_see
from answerable.watch.rules import DeskRules
from answerable.watch.showing import Looking, Rows, board, standing_denials
from answerable.watch.showing_call import decline_form, public_status, subject_view
from answerable.watch.states import PENDING, Kind
from answerable.watch.subject import Subject
from answerable.watch.ticking import alarm_of
from answerable.watch.views import (
    Board,
    Change,
    DeclineForm,
    DenialView,
    FilesChecked,
    PersonView,
    PolicyView,
    PublicStatus,
    RecordHealth,
    Row,
    SubjectView,
)
from answerable.watch.words import TICK_FAILED
from answerable.watch.world import CLOCK
from answerable.wiring.desk_answers import Done, bare_secret, policy_view, secret_of
from answerable.wiring.desk_calls import outcome_view
from answerable.wiring.desk_core import Answer, Asking, DeskCore, Written
from answerable.wiring.desk_entries import event_in, newest_event_us
from answerable.wiring.desk_erasing import erase_worked_out
from answerable.wiring.desk_keeping import Begun, Keeper, begin_from
from answerable.wiring.desk_kept import NAME as STATE
from answerable.wiring.desk_record import PATIENCE_S, OpenRecorder
from answerable.wiring.desk_spool import NAME, SpoolFile
from answerable.wiring.desk_time import SteadyTime
from answerable.wiring.policies import policy_files
from answerable.wiring.recording import OpenRecord, chance, create_record, now_us, open_record

Heard: TypeAlias = Callable[[Sequence[Change]], None]
"""Hears of changes, in the desk's thread, in the order of their indexes; it neither waits nor fails."""

MOST_WAITING: Final = 4_000
MOST_AT_ONCE: Final = 512
_TICK_S: Final = 0.5
_BREATH_S: Final = 0.02
_SLOW_S: Final = 0.025
"""A batch that was written for so long, beside what the processor did for it, was written to something slow."""
_GATHERED: Final = 1 / 4
_MOST_GATHERED_S: Final = 0.05
_pause = time.sleep
_logs = logging.getLogger(__name__)
_CHANGES_KEPT: Final = 20_000
_OPENED_AT_ONCE: Final = 32
"""Private values of so many calls are opened in a few thousandths of a second."""


Told: TypeAlias = Callable[[Sequence[tuple[Any, Done | AnswerableError]]], None]
"""Hears all answers of a batch at once, each with the key that its asker gave. In the desk's thread: it hands them on,
and neither waits nor fails."""


class _Waiting(msgspec.Struct):
    """A command in the queue. Whoever waits is told by a future, or by `told` under `key`."""

    command: Command
    by: Actor
    receipt: bool
    future: Future[Done] | None = None
    told: Told | None = None
    key: Any = None


class Desk:
    """The live desk over one record. See `open_desk`."""

    def __init__(self, core: DeskCore, *, record: OpenRecord | None = None) -> None:
        self.core = core
        self._record = record
        self.still = self._lock = threading.RLock()  # held while the state moves on, and while it is read
        self._changed = threading.Condition()
        self._queue: deque[_Waiting] = deque()
        self._closing = self._resting = False
        self._heard: list[Heard] = []
        self._recent: deque[Change] = deque(maxlen=_CHANGES_KEPT)
        self._rows = Rows(core.world, core.spoken.get)
        self._thread: threading.Thread | None = None
        self._stumbled = False
        self.begun = Begun()
        self._look_at_clock: Callable[[], None] = lambda: None
        size = core.recorder.store.head().size
        self.files: Callable[[], FilesChecked] = lambda: FilesChecked(entries=size, of=size, whole=True)
        """How far the files of the record were checked; without a keeper they were when they were opened."""

    # commands

    def do(self, command: Command, *, by: Actor, receipt: bool = False) -> Future[Done]:
        """Take a command. Its answer comes when it is durable. Never blocks; `receipt` asks for the receipt's text.

        Raised at once or by the future: NotAllowedError (role, ownership; 403), RankError (403), UnknownSubjectError
        (404), NotPossibleError (state; 409), ConflictError (the id is another entry's; 409), IncompleteError (what is
        missing; 422), RecordDownError (no decision that ends something is taken while the record cannot; 503),
        OverloadedError (503).
        """
        (future,) = self.do_all([command], by=by, receipt=receipt)
        return future

    def do_all(self, commands: Sequence[Command], *, by: Actor, receipt: bool = False) -> list[Future[Done]]:
        """As `do`, for a feed: all in order, each with its own answer. All are queued, or none."""
        for command in commands:
            check_role(type(command), by)
        futures = [Future[Done]() for _ in commands]
        self._take_in([_Waiting(one, by, receipt, future) for one, future in zip(commands, futures, strict=True)])
        return futures

    def send(self, command: Command, *, by: Actor, receipt: bool, told: Told, key: object) -> None:
        """As `do`, for a loop that serves many: `told` hears all answers of a batch at once, this one with `key`.

        Raised at once: NotAllowedError, OverloadedError. What `do` raises else is the answer.
        """
        check_role(type(command), by)
        self._take_in([_Waiting(command, by, receipt, None, told, key)])

    def _take_in(self, waiting: Sequence[_Waiting]) -> None:
        with self._changed:
            if self._closing:
                raise OverloadedError("The desk is being closed.")
            if len(self._queue) + len(waiting) > MOST_WAITING:
                raise OverloadedError
            self._queue.extend(waiting)
            if self._resting:
                self._changed.notify()
        if self._thread is None:
            self._work()

    def tick(self, now_us: int | None = None) -> None:  # noqa: ARG002  the desk's own time is what counts
        """Raise what is due: alarms, heartbeats, reviews, feed gaps; write what the spool holds. Closes nothing."""
        with self._lock:
            self._look_at_clock()
            self.core.tick()
            self._publish()
            if self.core.world.forget_closed(self.core.time()):
                self._rows.forget()

    def _run(self) -> None:
        last_s, to_open = 0.0, bool(self.core.cold)
        while True:
            with self._changed:
                if not self._queue and not self._closing:
                    self._resting = True
                    self._changed.wait(_BREATH_S if to_open else _TICK_S)
                    self._resting = False
                idle = not self._queue
                if self._closing and not self._queue:
                    return
            waited_s = self._answer(self._next_batch())
            if waited_s >= _SLOW_S:
                # whoever was just answered comes again at once: now into the next batch, not into the one after it
                _pause(min(waited_s * _GATHERED, _MOST_GATHERED_S))
            if idle:
                to_open = self._open_and_live()
            if time.monotonic() - last_s >= _TICK_S:  # between batches too: no load keeps an alarm from ringing
                last_s = time.monotonic()
                self._tick_and_live()

    def _open_and_live(self) -> bool:
        """Open some private values while nothing else waits; whether there is more of it at once."""
        try:
            with self._lock:
                return self.core.open_some(_OPENED_AT_ONCE)
        except Exception as fault:  # noqa: BLE001
            _logs.error("private values could not be opened: %s", type(fault).__name__)
            return False

    def _tick_and_live(self) -> None:
        """Whatever goes wrong in a tick, the next one comes, and commands are taken."""
        try:
            self.tick()
            self._stumbled = False
        except Exception as fault:  # noqa: BLE001
            self._stumbled = True
            _logs.error("a tick of the desk failed: %s", type(fault).__name__)  # its words may be a caller's

    def _work(self) -> None:
        """Answer everything that waits, in its order."""
        while batch := self._next_batch():
            self._answer(batch)

    def _answer(self, batch: Sequence[_Waiting]) -> float:
        """Answer a batch; for how long (s) that took more than this thread's processor time."""
        if not batch:
            return 0.0
        begun_s, worked_s = time.monotonic(), time.thread_time()
        asked: list[Asking] = [(one.command, one.by) for one in batch]
        with self._lock:
            try:
                answers: Sequence[Answer] = self.core.take(asked)
            except Exception as fault:  # noqa: BLE001  whatever it was, nobody waits for ever
                answers = [_unforeseen(fault)] * len(batch)
            settled = [self._done(one, answer) for one, answer in zip(batch, answers, strict=True)]
            self._publish()
        _hand_out(batch, settled)
        return time.monotonic() - begun_s - (time.thread_time() - worked_s)

    def _next_batch(self) -> list[_Waiting]:
        """What waits, but no id twice: the second is asked again when the first is written."""
        with self._changed:
            batch, ids = list[_Waiting](), set[str]()
            while self._queue and len(batch) < MOST_AT_ONCE and self._queue[0].command.id not in ids:
                ids.add(self._queue[0].command.id)
                batch.append(self._queue.popleft())
        for one in batch:
            if one.future is not None:
                one.future.set_running_or_notify_cancel()
        return batch

    def _done(self, asked: _Waiting, answer: Answer) -> Done | AnswerableError:
        if not isinstance(answer, Written):
            return answer
        placed = answer.placed
        if placed is None:
            return Done(id=answer.id, index=None, spooled=True, promise=answer.promise)
        receipt = None
        if asked.receipt:
            receipt = receipt_of(placed, store=self.core.recorder.store).text().encode()
        return Done(
            id=answer.id,
            index=placed.index,
            spoken=self.core.spoken.get(answer.id) or self.core.number(placed.index, leaf_hash(placed.body)),
            receipt=receipt,
            secret=secret_of(placed.disclosures),
            again=placed.again,
        )

    def _publish(self) -> None:
        changes, self.core.changes = self.core.changes, []
        if not changes:
            return
        self._recent.extend(changes)
        for heard in tuple(self._heard):
            try:
                heard(changes)
            except Exception as fault:  # noqa: BLE001  one who listens badly keeps nobody from being helped
                _logs.error("a listener of the desk failed: %s", type(fault).__name__)

    # what everybody sees

    def board(self, now_us: int | None = None, *, by: Actor | None = None) -> Board:
        """The board now. `by` None, or somebody who may not see them: places and natures are withheld."""
        self._open_all(by)
        with self._lock:
            return board(
                self.core.world,
                self._rows,
                Looking(by=by),
                now_us=self._now(now_us),
                record=self.health(),
                spoken=self.core.spoken.get,
            )

    def call(self, id: str, *, by: Actor | None = None, now_us: int | None = None) -> SubjectView | None:  # noqa: A002
        """Everything of a call; None where there is none. Private values only for whoever may see them."""
        return self._view(id, Kind.CALL, by=by, now_us=now_us)

    def request(self, id: str, *, by: Actor | None = None, now_us: int | None = None) -> SubjectView | None:  # noqa: A002
        """As `call`, of a request for assistance; also of one that has become a call."""
        return self._view(id, Kind.REQUEST, by=by, now_us=now_us)

    def _open_all(self, by: Actor | None) -> None:
        """Before many calls are shown to somebody: what was not opened since the start is, in pieces, so that commands
        go on between them."""
        more = by is not None
        while more:
            with self._lock:
                more = self.core.open_some(_OPENED_AT_ONCE)

    def _view(self, id_: str, kind: Kind, *, by: Actor | None, now_us: int | None) -> SubjectView | None:
        with self._lock:
            subject = self.core.world.subject(id_)
            if subject is None or kind not in (subject.kind, subject.entered_as):
                return None
            subject = self.core.warm(id_) if subject.over else self.core.warmed(id_)
            assert subject is not None  # noqa: S101  it was there a line ago
            at_us = self._now(now_us)
            return subject_view(
                subject,
                self.core.events_of(subject),
                self.core.world,
                Looking(by=by),
                now_us=at_us,
                spoken=self.core.numbers_of(subject).get,
                outcome=outcome_view(subject, world=self.core.world, now_us=at_us),
            )

    def requests(self, *, by: Actor | None = None, now_us: int | None = None) -> tuple[Row, ...]:
        """Every request for assistance, newest first; of a requester only their agency's and their own."""
        self._open_all(by)
        with self._lock:
            looking, world = Looking(by=by), self.core.world
            own_only = by is not None and not may_see(by.role, Sight.BOARD)
            found = [
                self._rows.row(one, looking, self._now(now_us))
                for one in (world.subjects[id_] for id_ in world.requests)
                if not own_only or looking.sees(one)
            ]
        return tuple(sorted(found, key=lambda row: -row.waiting_since_us))

    def subjects(self) -> tuple[str, ...]:
        """The id of every call and request in the record, oldest first."""
        with self._lock:
            return tuple(self.core.world.subjects)

    def denials(self, now_us: int | None = None, *, by: Actor | None = None) -> tuple[DenialView, ...]:
        """The refusals that stand, the review that is due first on top."""
        self._open_all(by)
        with self._lock:
            return standing_denials(self.core.world, Looking(by=by), self._now(now_us), self.core.spoken.get)

    def decline_form(self, id: str, *, by: Actor, now_us: int | None = None) -> DeclineForm:  # noqa: A002
        """What the clause already fills, or why this person cannot decline it. Raises UnknownSubjectError."""
        with self._lock:
            return decline_form(self._known(id), self.core.world, by=by, now_us=self._now(now_us))

    def status_by_receipt(self, spoken_or_id: str, secret: str) -> PublicStatus | None:
        """How a call stands, for whoever has its receipt; None where number and secret do not belong together."""
        with self._lock:
            entry = self._entry_spoken(spoken_or_id)
            if entry is None or not hmac.compare_digest(self._secret(entry).encode(), bare_secret(secret).encode()):
                return None
            event = event_in(entry)
            subject = None if event is None else self.core.world.subject(event.about or event.id)
            if subject is None:
                return None
            events = self.core.events_of(subject)
            return public_status(subject, events, spoken=self.core.spoken.get(subject.id))

    def _secret(self, entry: StoredEntry) -> str:
        store, vault = self.core.recorder.store, self.core.recorder.vault
        salts = vault.salts([entry.id]).get(entry.id, {})
        try:
            disclosures = disclosures_of(entry.id, sealed=store.sealed(entry.id), salts=salts)
        except ValueError:
            return ""
        return secret_of(disclosures) if TOP in salts else ""

    def _entry_spoken(self, asked: str) -> StoredEntry | None:
        store = self.core.recorder.store
        try:
            spoken = Spoken.parse(asked)
        except MalformedError:
            return store.find([asked]).get(asked)
        entry = next(store.entries(spoken.index, 1), None)
        if entry is None or Spoken.of(origin=self.origin, index=entry.index, leaf=entry.leaf) != spoken:
            return None
        return entry

    def _known(self, id_: str) -> Subject:
        subject = self.core.warmed(id_)
        if subject is None:
            raise UnknownSubjectError
        return subject

    # changes

    def changes(self, after_index: int, *, most: int = 1_000) -> list[Change]:
        """The entries after an index, for a board that lost its line."""
        with self._lock:
            recent = [one for one in self._recent if one.index > after_index]
            oldest = next((one.index for one in self._recent if one.index >= 0), None)
            if oldest is not None and oldest <= after_index + 1:
                return recent[:most]
            found = list[Change]()
            for entry in self.core.recorder.store.entries(after_index + 1, most):
                event = event_in(entry)
                if event is not None:
                    about = event.about or (event.id if self.core.world.subject(event.id) else None)
                    found.append(Change(index=entry.index, event=event.name.value, about=about))
            return found

    def subscribe(self, heard: Heard) -> Callable[[], None]:
        """Hear of every change from now on; the function that is returned ends it."""
        with self._lock:
            self._heard.append(heard)

        def end() -> None:
            with self._lock:
                self._heard.remove(heard)

        return end

    # proofs

    def receipt(self, id: str, *, private: bool = True) -> bytes:  # noqa: A002
        """The receipt of any entry, with its disclosures where the vault has them. Raises UnknownSubjectError."""
        recorder = self.core.recorder
        entry = recorder.store.find([id]).get(id)
        if entry is None:
            raise UnknownSubjectError(f"There is no entry {id} in this record.")
        vault = recorder.vault if private else None
        return prove(entry, snapshot=self.record.snapshot(), store=recorder.store, vault=vault).text().encode()

    def spoken(self, id: str) -> str:  # noqa: A002
        """The number by which an entry is called on the telephone. Raises UnknownSubjectError."""
        entry = self.core.recorder.store.find([id]).get(id)
        if entry is None:
            raise UnknownSubjectError(f"There is no entry {id} in this record.")
        return str(Spoken.of(origin=self.origin, index=entry.index, leaf=entry.leaf))

    def head(self) -> Head:
        """The last signed state: size, root, note."""
        return self.record.writing.sequencer.snapshot.head

    @property
    def record(self) -> OpenRecord:
        """The record itself, for log files, proofs and entries."""
        if self._record is None:
            raise InputError("This desk has no record in a folder.")
        return self._record

    def redact(self, id: str, *, fields: tuple[str, ...], ground: str, by: Actor, approved_by: str) -> int:  # noqa: A002
        """Take private fields out of an entry, for good, in every copy; gives the index of the entry that says so.

        `by` is a records officer, and `approved_by` somebody else. What the desk still shows of it goes with it, and of
        an allegation what was worked out about it. Raises NotAllowedError, UnknownSubjectError, InputError,
        StorageError.
        """
        if by.role is not Role.RECORDS_OFFICER:
            raise NotAllowedError("A records officer takes out what is private, and a second person approves it.")
        with self._lock:
            record = self.record
            if self.core.damaged is not None:
                raise self.core.damaged
            entry = record.store.find([id]).get(id)
            if entry is None:
                raise UnknownSubjectError(f"There is no entry {id} in this record.")
            redaction = acts.Redaction(of=id, fields=fields, ground=ground, by=by.id, approved_by=approved_by)
            placed = acts.redact(
                record.writing,
                redaction,
                store=record.store,
                vault=record.vault,
                clock=self.core.time,
                chance=chance,
                patience_s=PATIENCE_S,  # calls wait for whoever holds the state
            )
            event = event_in(entry)
            if event is not None:
                self.core.warm(event.about or event.id)
            index = placed.index
        erase_worked_out(record.folder.path, store=record.store, vault=record.vault)
        return index

    # policies, people, allegations

    def policies(self, now_us: int | None = None) -> tuple[PolicyView, ...]:
        """Every version in the record, newest first: drafts, approved, in force, superseded, refused."""
        with self._lock:
            at_us, world = self._now(now_us), self.core.world
            in_force = world.meaning.in_force(at_us)
            found = [policy_view(one, in_force, at_us) for one in world.versions.values()]
        return tuple(reversed(found))

    def allegations(self, *, by: Actor | None = None) -> tuple[Allegation, ...]:
        """Every allegation in the record, newest first."""
        with self._lock:
            known = tuple(self.core.world.allegations.values())
        return tuple(reversed(self._allegations(known, by)))

    def allegation(self, id: str, *, by: Actor | None = None) -> Allegation | None:  # noqa: A002
        """One allegation; None where there is none."""
        with self._lock:
            known = self.core.world.allegations.get(id)
        return None if known is None else self._allegations((known,), by)[0]

    def _allegations(self, known: Sequence[Allegation], by: Actor | None) -> list[Allegation]:
        """What they say is opened while the desk goes on."""
        if by is not None and may_see(by.role, Sight.ALLEGATIONS):
            return self.core.opened(known)
        return [msgspec.structs.replace(one, by=None, text=None) for one in known]

    def people(self, now_us: int | None = None) -> tuple[PersonView, ...]:
        """Who holds and held which role and rank."""
        with self._lock:
            at_us = self._now(now_us)
            return tuple(
                PersonView(
                    person=person,
                    now=tuple(one for one in made if one.holds_at(at_us)),
                    before=tuple(one for one in made if not one.holds_at(at_us)),
                )
                for person, made in sorted(self.core.world.people.items())
            )

    def held(self, person: str, role: Role, *, at_us: int | None = None) -> Assignment | None:
        """The assignment by which a person holds a role; None where the record has none."""
        with self._lock:
            return self.core.world.held(person, role, self._now(at_us))

    def held_by(self, person: str, *, at_us: int | None = None) -> tuple[Assignment, ...]:
        """Every assignment of a person that is in force."""
        at_us = self._now(at_us)
        return tuple(one for one in self.core.world.people.get(person, ()) if one.holds_at(at_us))

    # itself

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.core.recorder.origin

    @property
    def index(self) -> int:
        """Index of the last entry that the desk knows; -1 where there is none."""
        return self.core.world.watch.index

    def now_us(self) -> int:
        """The desk's time, which never goes back."""
        return self.core.time()

    def start(self) -> None:
        """Begin to take commands in a thread of its own, and to tick."""
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer what waits, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def watch_clock(self, steady: SteadyTime) -> None:
        """From now on say in the record when the machine's clock jumps."""

        def look() -> None:
            jumped_us = steady.jumped_us(least_us=self.core.world.rules.clock_jump_s * SECOND_US)
            if jumped_us is not None:
                self.core.enter(_jumped(self.core, jumped_us))

        self._look_at_clock = look

    def _now(self, now_us: int | None) -> int:
        return self.core.time() if now_us is None else now_us

    def counts(self) -> dict[str, int]:
        """How many calls wait, are under way, are late, how many refusals stand and how many alarms ring."""
        with self._lock:
            world, at_us = self.core.world, self.core.time()
            rows = [self._rows.row(world.subjects[id_], Looking(), at_us) for id_ in world.open]
            return {
                "pending": sum(row.state in PENDING for row in rows),
                "active": sum(row.state not in PENDING for row in rows),
                "late": sum(row.late for row in rows),
                "denials": sum(world.subjects[id_].refused for id_ in world.open),
                "alarms": sum(alarm.rings for alarm in world.ringing()),
            }

    def health(self) -> RecordHealth:
        """Whether the record takes entries, and what waits for it. Cheap; holds no lock."""
        core = self.core
        writing = core.down is None
        text = core.record_text()
        if self._stumbled:
            text = f"{text} {TICK_FAILED}"
        return RecordHealth(
            writing=writing,
            spooling=not writing and not core.spool_broken,
            waiting=len(core.waiting),
            text=text,
            size=core.world.watch.index + 1,
            heartbeat_us=core.world.watch.heartbeat_us,
            files=self.files(),
        )


def _hand_out(batch: Sequence[_Waiting], answers: Sequence[Done | AnswerableError]) -> None:
    """Tell everybody; who hears for many hears of them all at once."""
    together = dict[Told, list[tuple[Any, Done | AnswerableError]]]()
    for one, answer in zip(batch, answers, strict=True):
        if one.told is not None:
            together.setdefault(one.told, []).append((one.key, answer))
        elif one.future is not None and not one.future.cancelled():
            if isinstance(answer, Done):
                one.future.set_result(answer)
            else:
                one.future.set_exception(answer)
    for told, pairs in together.items():
        try:
            told(pairs)
        except Exception as fault:  # noqa: BLE001  one who listens badly keeps nobody from being helped
            _logs.error("an asker could not be told: %s", type(fault).__name__)


def _unforeseen(fault: Exception) -> AnswerableError:
    if isinstance(fault, AnswerableError):
        return fault
    error = AnswerableError()
    error.__cause__ = fault
    return error


def _jumped(core: DeskCore, jumped_us: int) -> list[Event]:
    now_us, by_s = core.time(), jumped_us // SECOND_US
    said = Event(
        id=core.new_id(),
        name=EventName.WATCH_CLOCK_JUMPED,
        actor=DESK_ITSELF,
        recorded_at_us=now_us,
        public={"by_us": jumped_us},
    )
    text = f"The machine's clock jumped by {by_s} s. The desk goes on by its steady clock; set the machine's clock."
    return [said, alarm_of(AlarmKind.CLOCK_JUMPED, CLOCK, now_us, core.new_id, text=text)]


@contextmanager
def open_desk(
    folder: Path,
    *,
    origin: str | None = None,
    policies: Path | None = None,
    database: str | None = None,
    ticking: bool = True,
    clock: Clock = now_us,
    steady: Clock = lambda: time.monotonic_ns() // 1_000,
    rules: DeskRules | None = None,
) -> Iterator[Desk]:
    """Open the record in `folder` for a desk (made where the folder has none, which needs `origin`): replay it, take up
    the spool, begin to tick. Without `ticking` nothing has a thread: commands are answered at once, time is `clock`'s.

    `policies`: files that are entered as they are, where the record does not have them yet. Raises StorageError,
    ForkedLogError, UncertainWriteError, PolicyError.
    """
    _make_record(folder, origin=origin, database=database)
    with open_record(folder, checked=ticking) as record:
        recorder = OpenRecorder(record)
        last = newest_event_us(record.store)
        kept = SteadyTime(clock, steady if ticking else clock, after_us=last)
        core = DeskCore(recorder, SpoolFile(folder / NAME), time=kept if ticking else clock, chance=chance, rules=rules)
        begun = begin_from(folder / STATE, record, core)
        erase_worked_out(folder, store=record.store, vault=record.vault)
        _start(core, policies, set_back_us=kept.set_back_us if ticking else 0)
        desk = Desk(core, record=record)
        desk.begun = begun
        keeper = Keeper(folder / STATE, record, core, locked=desk.still)
        if ticking:
            desk.files = lambda: keeper.files
            desk.watch_clock(kept)
            desk.start()
            keeper.start(kept_size=begun.kept)
        try:
            yield desk
        finally:
            desk.close()
            keeper.close()


def _make_record(folder: Path, *, origin: str | None, database: str | None) -> None:
    if (folder / SETTINGS).exists():
        if origin is not None and RecordFolder(folder).settings.origin != origin:
            raise InputError(f"{folder} holds the record of another log than {origin}.")
        return
    if origin is None:
        raise InputError(f"{folder} holds no record yet.", hint="Give it a name: host, agency, half-year (--origin).")
    settings = RecordSettings(origin=origin)
    create_record(folder, settings if database is None else msgspec.structs.replace(settings, database=database))


def _start(core: DeskCore, policies: Path | None, *, set_back_us: int) -> None:
    at_us = core.time()
    events = [Event(id=core.new_id(), name=EventName.WATCH_STARTED, actor=DESK_ITSELF, recorded_at_us=at_us)]
    known = {one.policy.text_sha256 for one in core.world.versions.values()}
    for file in () if policies is None else policy_files(policies):
        text = file.read_bytes()
        if hashlib.sha256(text).hexdigest() not in known:
            public = {"text": text.decode(), "file": file.name}
            events.append(
                Event(
                    id=core.new_id(),
                    name=EventName.POLICY_FILED,
                    actor=DESK_ITSELF,
                    recorded_at_us=at_us,
                    public=public,
                )
            )
    if set_back_us > core.world.rules.clock_jump_s * SECOND_US:
        events += _jumped(core, -set_back_us)
    core.enter(events)
    core.tick()


__all__ = ["Desk", "Done", "open_desk"]
