"""Who looked at what is private: written before it is shown.

While the disk takes nothing, whoever sends help sees it all the same; their looks are written as soon as they can be
(docs/decisions/0056).
"""

from __future__ import annotations

import logging
from collections import deque

from answerable.errors import RecordError, StorageError
from answerable.stores.accounts import Accounts, Reading

MOST_WAITING = 50_000
_logs = logging.getLogger(__name__)


class Looks:
    """The looks of one desk. Any thread may call."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._waiting: deque[Reading] = deque()

    @property
    def waiting(self) -> int:
        """How many are in memory alone."""
        return len(self._waiting)

    def keep(self, reading: Reading, *, may_wait: bool) -> None:
        """Write a look down, or keep it for later where it `may_wait`; else raises StorageError and RecordError."""
        try:
            self._accounts.read(reading)
        except (StorageError, RecordError):
            if not may_wait or self.waiting >= MOST_WAITING:
                raise
            if not self._waiting:
                _logs.warning("looks cannot be written, and are kept in memory")
            self._waiting.append(reading)

    def write_waiting(self) -> None:
        """Write what waits, in order. Raises StorageError and RecordError; what is not written goes on waiting."""
        while self._waiting:
            self._accounts.read(self._waiting[0])
            self._waiting.popleft()
