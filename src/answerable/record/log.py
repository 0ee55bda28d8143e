"""A log that is open for appending: many callers, one writer thread, one batch at a time.

A batch is whatever queued up while the one before was being written; there is no timer. The caller of `append` gets
its answer only when the entry is durable and signed. After a write that a server did not answer, the writer looks what
the server holds before it writes the next (docs/decisions/0055).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, TypeAlias

from answerable.errors import AnswerableError, OverloadedError, RecordError, StorageError, UnansweredWriteError
from answerable.record.entry import Draft
from answerable.record.opening import looked_again
from answerable.record.ports import Chance, Clock
from answerable.record.prepared import Prepared, prepare
from answerable.record.sequencer import Placed, Sequencer

MOST_IN_A_BATCH = 1_024
MOST_BATCH_BYTES = 4_000_000
MOST_WAITING = 4_096
_SLOW = "The record has not answered in time."


Told: TypeAlias = Callable[[Placed | AnswerableError], None]
"""Hears the answer, in the writer's thread; it hands it on, and neither waits nor fails."""


class _Ticket:
    """An entry that waits for its turn, and its answer."""

    __slots__ = ("_open", "_told", "answer", "prepared")

    def __init__(self, prepared: Prepared, told: Told | None = None) -> None:
        self.prepared = prepared
        self._told = told
        self.answer: Placed | AnswerableError | None = None
        self._open = threading.Lock()  # held until there is an answer: a third of the cost of an Event
        self._open.acquire()

    def settle(self, answer: Placed | AnswerableError) -> None:
        self.answer = answer
        self._open.release()
        if self._told is not None:
            self._told(answer)

    def wait(self) -> Placed | AnswerableError:
        with self._open:
            assert self.answer is not None  # noqa: S101  settle has just set it
            return self.answer

    def is_settled(self, *, within_s: float) -> bool:
        """Whether it is answered by then."""
        if settled := self._open.acquire(timeout=within_s):
            self._open.release()
        return settled


class Log:
    """Appends for any number of threads. Close it, or use it with `with`, so that what waits is written."""

    def __init__(self, sequencer: Sequencer, *, clock: Clock, chance: Chance) -> None:
        self.sequencer = sequencer
        self._clock, self._chance = clock, chance
        self._waiting: deque[_Ticket] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._held_up = False
        self._writer = threading.Thread(target=self._run, name="record-writer", daemon=True)
        self._writer.start()

    def append(self, draft: Draft) -> Placed:
        """Record one entry. Raises InputError, ConflictError, OverloadedError, StorageError, UncertainWriteError."""
        (answer,) = self.append_all([draft])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def append_all(self, drafts: Sequence[Draft]) -> list[Placed | AnswerableError]:
        """Record many entries, in order; each has its own answer. Raises InputError before anything is written."""
        for draft in drafts:
            draft.check_sender()
        return self.submit([self.prepared(draft) for draft in drafts])

    def send(self, draft: Draft, told: Told) -> None:
        """Record one entry without waiting; `told` hears the answer. For a loop that serves many callers by itself.

        Raises InputError and OverloadedError at once.
        """
        draft.check_sender()
        self._queue([_Ticket(self.prepared(draft), told)])

    def prepared(self, draft: Draft) -> Prepared:
        """`draft`, ready to be submitted."""
        return prepare(draft, recorded_at_us=self._clock(), chance=self._chance)

    def submit(
        self, prepared: Sequence[Prepared], *, patience_s: float | None = None
    ) -> list[Placed | AnswerableError]:
        """Record what is ready, the record's own acts too. Raises OverloadedError; all or nothing is accepted.

        With `patience_s` nobody waits longer. What the writer had not begun is taken back then (StorageError: nothing
        was written); of what it had begun nobody knows yet (UnansweredWriteError). Until that has ended nothing more
        is accepted from anybody with such patience: raises StorageError at once.
        """
        tickets = [_Ticket(one) for one in prepared]
        self._queue(tickets, patient=patience_s is None)
        # they are answered in order, so the last comes last
        if patience_s is not None and tickets and not tickets[-1].is_settled(within_s=patience_s):
            return self._given_up(tickets)
        return [ticket.wait() for ticket in tickets]

    def _given_up(self, tickets: Sequence[_Ticket]) -> list[Placed | AnswerableError]:
        with self._changed:
            taken_back = set(self._waiting) & set(tickets)
            self._waiting = deque(one for one in self._waiting if one not in taken_back)
            answers = [
                StorageError(_SLOW) if one in taken_back else one.answer or UnansweredWriteError(_SLOW)
                for one in tickets
            ]
            self._held_up = self._held_up or any(isinstance(one, UnansweredWriteError) for one in answers)
            return answers

    def _queue(self, tickets: Sequence[_Ticket], *, patient: bool = True) -> None:
        with self._changed:
            if self._closing:
                raise RecordError("The record is being closed; nothing more is accepted.")
            if self._held_up and not patient:
                raise StorageError(_SLOW)
            if len(self._waiting) + len(tickets) > MOST_WAITING:
                raise OverloadedError
            self._waiting.extend(tickets)
            self._changed.notify()

    def close(self) -> None:
        """Write what waits, then stop. Nothing is accepted any more."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._writer.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        while batch := self._next_batch():
            try:
                self.sequencer = looked_again(self.sequencer)
                answers: Sequence[Placed | AnswerableError] = self.sequencer.write([one.prepared for one in batch])
            except AnswerableError as fault:
                answers = [fault] * len(batch)
            with self._changed:  # whoever gives up now sees all of the batch answered, or none
                for ticket, answer in zip(batch, answers, strict=True):
                    ticket.settle(answer)
                self._held_up = False

    def _next_batch(self) -> list[_Ticket]:
        """What waits now, up to the limits of a batch; empty once the log is closed and nothing waits."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            batch, size_bytes = list[_Ticket](), 0
            while self._waiting and len(batch) < MOST_IN_A_BATCH:
                size_bytes += len(self._waiting[0].prepared.body)
                if batch and size_bytes > MOST_BATCH_BYTES:
                    break
                batch.append(self._waiting.popleft())
            return batch
