"""A program that records calls from many threads and says on standard output what was acknowledged, until it is killed.

Give it a file to write to: what it wrote outlives it, and a pipe that nobody empties would make it wait.

python -m tests.support.killable_writer FOLDER FIRST [early]

With `early` it acknowledges what it commits only afterwards: the control, which must be caught.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tests.support.records import call, in_sqlite, sequencer

from answerable.record.log import Log
from answerable.record.ports import Batch, Store
from answerable.record.proving import receipt_of
from answerable.wiring.recording import now_us

THREADS = 16
LATE_S = 0.05


class LateStore:
    """A store that says it has committed, and does so a moment later."""

    def __init__(self, behind: Store) -> None:
        self._behind = behind
        self._batches = SimpleQueue[Batch]()
        threading.Thread(target=self._run, daemon=True).start()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def commit(self, batch: Batch) -> None:
        self._batches.put(batch)

    def _run(self) -> None:
        while True:
            batch = self._batches.get()
            time.sleep(LATE_S)
            self._behind.commit(batch)


def main(folder: Path, first: int, *, early: bool = False) -> None:
    parts = in_sqlite(folder)
    if early:
        parts.store = LateStore(parts.store)
    log = Log(sequencer(parts), clock=now_us, chance=os.urandom)
    out = threading.Lock()

    def run(number: int) -> None:
        while True:
            placed = log.append(call(number, phone=str(number)))
            receipt = receipt_of(placed, store=parts.store)
            line = f"{number} {placed.index} {receipt.text().encode().hex()}\n"
            with out:
                os.write(1, line.encode())
            number += THREADS

    os.write(1, b"ready\n")
    for thread in range(THREADS):
        threading.Thread(target=run, args=(first + thread,), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), early=sys.argv[3:] == ["early"])
