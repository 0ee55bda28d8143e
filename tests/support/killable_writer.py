"""A program that records calls from many threads and says on standard output what was acknowledged, until it is killed.

python -m tests.support.killable_writer FOLDER FIRST
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from tests.support.records import call, in_sqlite, sequencer

from answerable.record.log import Log
from answerable.record.proving import receipt_of
from answerable.wiring.recording import now_us

THREADS = 16


def main(folder: Path, first: int) -> None:
    parts = in_sqlite(folder)
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
    main(Path(sys.argv[1]), int(sys.argv[2]))
