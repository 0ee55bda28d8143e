"""Unpredictable bytes, drawn from the system in larger pieces.

Asking the system lets other threads run in between, which with a hundred callers costs more than all hashing together.
"""

from __future__ import annotations

import os
import threading

PIECE_BYTES = 4_096


class SystemChance(threading.local):
    """A `Chance`. Each thread has its own piece, and no process uses one that its parent drew."""

    def __init__(self) -> None:
        self._piece = b""
        self._process = 0

    def __call__(self, count: int) -> bytes:
        """So many unpredictable bytes; none of them is ever given twice."""
        if len(self._piece) < count or self._process != os.getpid():
            self._piece, self._process = os.urandom(max(PIECE_BYTES, count)), os.getpid()
        given, self._piece = self._piece[:count], self._piece[count:]
        return given
