"""The record of a folder as the desk writes to it: many entries at once, and a promise where it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from answerable.errors import AnswerableError
from answerable.record.ports import Store, Vault
from answerable.record.prepared import Prepared
from answerable.record.sequencer import Placed
from answerable.wiring.promising import Promiser, open_promiser
from answerable.wiring.recording import OpenRecord

PATIENCE_S: Final = 3.0
"""For how long the desk waits for the record. Longer than that it goes on from the spool."""


class OpenRecorder:
    """Implements `answerable.wiring.desk_core.Recorder` over a record that is open for writing."""

    def __init__(self, record: OpenRecord) -> None:
        self._record = record
        self.store: Store = record.store
        self.vault: Vault = record.vault
        self.origin = record.origin
        self._promiser: Promiser | None = None
        try:
            self._promiser = open_promiser(record.folder, record.writing)
        except AnswerableError:
            self._promiser = None  # a record that cannot be written to now announces no key; help goes on without

    def submit(self, prepared: Sequence[Prepared]) -> list[Placed | AnswerableError]:
        """See `Recorder.submit`."""
        return self._record.writing.submit(prepared, patience_s=PATIENCE_S)

    def promise(self, prepared: Prepared, *, at_us: int) -> bytes | None:
        """See `Recorder.promise`."""
        return None if self._promiser is None else self._promiser.promise(prepared, at_us=at_us)
