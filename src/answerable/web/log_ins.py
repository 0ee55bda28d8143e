"""Sessions, failed log-ins and used codes: in the file of accounts, and in memory while the disk takes nothing.

On a full disk whoever sends help can log in all the same, and is as safe from guessing as before: what cannot be
written counts here, and is written as soon as it can be (docs/decisions/0067). Everybody else waits.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Final, TypeVar

import msgspec

from answerable.errors import RecordError, StorageError
from answerable.stores.accounts import Accounts, Session, User

MOST_HELD: Final = 10_000
"""Sessions and failures in memory; beyond that nobody new gets in before there is room on the disk."""

CANNOT: Final = (StorageError, RecordError)
K = TypeVar("K")
_logs = logging.getLogger(__name__)


class _Held(msgspec.Struct, frozen=True):
    """A session in memory alone, and what its user logged in with: another password or second factor ends it."""

    session: Session
    password: str | None
    totp_secret: str | None


class LogIns:
    """The log-ins of one desk. Any thread may call. What the file takes again is moved there by `write_waiting`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._lock = threading.Lock()
        self._sessions = dict[bytes, _Held]()
        self._seen = dict[bytes, int]()
        self._ended = set[bytes]()
        self._failures = deque[tuple[str, int]]()
        self._forgiven = dict[str, int]()
        self._codes = dict[str, int]()

    @property
    def waiting(self) -> int:
        """How much is in memory alone."""
        counted = len(self._failures) + len(self._forgiven) + len(self._codes)
        return counted + len(self._sessions) + len(self._seen) + len(self._ended)

    # sessions

    def begin(self, session: Session, *, may_hold: bool) -> None:
        """Enter a session, in memory where it `may_hold`; else raises StorageError and RecordError."""
        try:
            self._accounts.begin(session)
        except CANNOT:
            user = self._accounts.user(session.user_id)
            if not may_hold or user is None or self.waiting >= MOST_HELD:
                raise
            with self._lock:
                if not self._sessions:
                    _logs.warning("log-ins cannot be written, and are kept in memory")
                self._sessions[session.hash] = _Held(session, user.password, user.totp_secret)

    def session(self, hash: bytes) -> Session | None:  # noqa: A002
        """The session of a cookie, last seen when it was in truth."""
        held = self._sessions.get(hash)
        if held is not None and not self._holds(held):
            return None
        found = self._accounts.session(hash) if held is None else held.session
        if found is None or hash in self._ended:
            return None
        seen_us = self._seen.get(hash, found.seen_us)
        return found if seen_us <= found.seen_us else msgspec.structs.replace(found, seen_us=seen_us)

    def _holds(self, held: _Held) -> bool:
        user = self._accounts.user(held.session.user_id)
        return user is not None and (user.password, user.totp_secret) == (held.password, held.totp_secret)

    def saw(self, hash: bytes, *, at_us: int) -> None:  # noqa: A002
        """That a session is in use: a full disk throws nobody out."""
        if hash in self._sessions:
            self._seen[hash] = at_us
            return
        try:
            self._accounts.saw(hash, at_us=at_us)
        except CANNOT:
            self._seen[hash] = at_us

    def end(self, hash: bytes) -> None:  # noqa: A002
        """Log out; on a full disk too."""
        with self._lock:
            self._seen.pop(hash, None)
            if self._sessions.pop(hash, None) is not None:
                return
        try:
            self._accounts.end(hash)
        except CANNOT:
            self._ended.add(hash)

    # what counts against guessing

    def failed(self, name: str, *, at_us: int, since_us: int) -> None:
        """Count a failure for a name. Raises StorageError and RecordError where it can be counted nowhere."""
        try:
            self._accounts.failed(name, at_us=at_us, since_us=since_us)
        except CANNOT:
            with self._lock:
                while self._failures and self._failures[0][1] < since_us:
                    self._failures.popleft()
                if self.waiting >= MOST_HELD:
                    raise
                self._failures.append((name, at_us))

    def failures(self, name: str, *, since_us: int) -> int:
        """How many log-ins of a name failed since."""
        since_us = max(since_us, self._forgiven.get(name, 0))
        with self._lock:
            held = sum(one == name and at_us >= since_us for one, at_us in self._failures)
        return held + self._accounts.failures(name, since_us=since_us)

    def forgive(self, name: str, *, at_us: int) -> None:
        """A log-in that succeeded ends the count."""
        with self._lock:
            self._failures = deque(one for one in self._failures if one[0] != name)
        try:
            self._accounts.forgive(name)
        except CANNOT:
            self._forgiven[name] = at_us + 1

    def use_code(self, user: User, step: int) -> bool:
        """Take a one-time code's time step; False where it, or a later one, was taken before."""
        with self._lock:
            if step <= self._codes.get(user.id, -1):
                return False
            try:
                return self._accounts.use_code(user.id, step)
            except CANNOT:
                current = self._accounts.user(user.id)
                if current is None or step <= current.totp_used or self.waiting >= MOST_HELD:
                    return False
                self._codes[user.id] = step
                return True

    # when there is room again

    def write_waiting(self) -> None:
        """Write what is in memory alone. Raises StorageError and RecordError; what is not written goes on waiting.

        Nobody who logs in meanwhile waits for the disk: what changed since it was read goes on waiting too.
        """
        for user_id, step in tuple(self._codes.items()):
            self._accounts.use_code(user_id, step)
            self._forget(self._codes, user_id, step)
        for name, at_us in tuple(self._forgiven.items()):
            self._accounts.forgive(name)
            self._forget(self._forgiven, name, at_us)
        while self._failures:
            failure = self._failures[0]
            self._accounts.failed(failure[0], at_us=failure[1], since_us=0)
            with self._lock:
                if self._failures and self._failures[0] is failure:
                    self._failures.popleft()
        self._write_sessions()

    def _write_sessions(self) -> None:
        for hash_ in tuple(self._ended):
            self._accounts.end(hash_)
            self._ended.discard(hash_)
        for hash_, held in tuple(self._sessions.items()):
            if self._holds(held):
                self._accounts.begin(held.session)
            with self._lock:
                ended = self._sessions.pop(hash_, None) is None
            if ended:
                self.end(hash_)
        for hash_, seen_us in tuple(self._seen.items()):
            self._accounts.saw(hash_, at_us=seen_us)
            self._forget(self._seen, hash_, seen_us)

    def _forget(self, held: dict[K, int], key: K, written: int) -> None:
        with self._lock:
            if held.get(key) == written:
                del held[key]
