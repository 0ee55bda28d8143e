"""Users, their sessions, device tokens, and who looked at what: one SQLite file beside the record, without its content.

Secrets are kept as SHA-256 of 256 random bits (nothing to guess); passwords as the door hashed them. Times are
microseconds since the epoch, and are given: there is no clock here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from answerable.errors import InputError
from answerable.stores.sqlite_file import SqliteFile

ACCOUNTS = "accounts.db"
PATIENCE_S = 5.0
"""A command adds a user while the desk runs: each waits for the other's short transaction."""

T = TypeVar("T")


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person. `id` stands in the record, `name` never does."""

    id: str
    name: str
    agency: str
    password: str | None
    totp_secret: str | None
    totp_used: int
    second_factor: bool
    locked: bool
    made_us: int


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A log-in: whose, how far (`open`, `code`, `enrol`), since when, and when last seen."""

    hash: bytes
    user_id: str
    csrf: str
    stage: str
    made_us: int
    seen_us: int


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A device's key to some of the interface until a day."""

    id: str
    hash: bytes
    name: str
    agency: str
    scopes: tuple[str, ...]
    made_us: int
    until_us: int
    revoked_us: int | None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A role that was asked for. `entry`: its index in the record, None while it waits; `from_us` None: from it on."""

    id: str
    user_id: str
    role: str
    rank: str | None
    from_us: int | None
    until_us: int | None
    acting: bool
    asked_us: int
    entry: int | None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Who looked at what is private: the kind of page, and the id of the call or request."""

    at_us: int
    user_id: str
    page: str
    about: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A try to tell another system of an alarm; `status` 0: nobody answered."""

    at_us: int
    address: str
    message: str
    tried: int
    status: int


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


class Accounts:
    """The file of accounts. Any thread may call; a second process may write beside it."""

    def __init__(self, folder: Path) -> None:
        self._file = SqliteFile(
            folder / ACCOUNTS, schema="accounts", write=True, secure_delete=True, patience_s=PATIENCE_S
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # users

    def add_user(self, user: User) -> None:
        """Enter a user. Raises InputError where the name is taken."""
        if self.user_named(user.name) is not None:
            raise InputError(f"There is a user {user.name!r} already.", hint="`answerable user list` names them all.")
        self._write(
            "INSERT INTO user VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                user.id, user.name, user.agency, user.password, user.totp_secret, user.totp_used,
                int(user.second_factor), int(user.locked), user.made_us,
            ),
        )  # fmt: skip

    def users(self) -> list[User]:
        """Every user, by name."""
        return [_made(User, row) for row in self._file.rows("SELECT * FROM user ORDER BY name")]

    def user(self, id: str) -> User | None:  # noqa: A002
        """The user with this pseudonym."""
        return self._one(User, "SELECT * FROM user WHERE id = ?", id)

    def user_named(self, name: str) -> User | None:
        """The user who logs in with this name."""
        return self._one(User, "SELECT * FROM user WHERE name = ?", name)

    def set_password(self, user_id: str, password: str) -> None:
        """A new password; sessions and the invitation that led to it are ended."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE user SET password = ? WHERE id = ?", (password, user_id))
            connection.execute("DELETE FROM session WHERE user_id = ?", (user_id,))
            connection.execute("DELETE FROM invitation WHERE user_id = ?", (user_id,))

    def set_totp(self, user_id: str, secret: str, *, used: int) -> None:
        """Enrol a second factor; `used` is the time step of the code that showed it works."""
        self._write("UPDATE user SET totp_secret = ?, totp_used = ? WHERE id = ?", (secret, used, user_id))

    def use_code(self, user_id: str, step: int) -> bool:
        """Take a one-time code's time step; False where it, or a later one, was taken before."""
        with self._file.transaction() as connection:
            done = connection.execute(
                "UPDATE user SET totp_used = ? WHERE id = ? AND totp_used < ?", (step, user_id, step)
            )
            return done.rowcount == 1

    def set_locked(self, user_id: str, *, locked: bool) -> None:
        """Lock a user out, with every session, or let them in again."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE user SET locked = ? WHERE id = ?", (int(locked), user_id))
            connection.execute("DELETE FROM session WHERE user_id = ?", (user_id,))

    # invitations

    def invite(self, user_id: str, secret: str, *, until_us: int) -> None:
        """A one-time link for a user, in place of any earlier one; password, second factor and sessions go."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM invitation WHERE user_id = ?", (user_id,))
            connection.execute("DELETE FROM session WHERE user_id = ?", (user_id,))
            connection.execute(
                "UPDATE user SET password = NULL, totp_secret = NULL, totp_used = 0 WHERE id = ?", (user_id,)
            )
            connection.execute("INSERT INTO invitation VALUES (?, ?, ?)", (digest(secret), user_id, until_us))

    def invited(self, secret: str, *, now_us: int) -> User | None:
        """Whom a link invites, while it holds."""
        return self._one(
            User,
            "SELECT user.* FROM invitation JOIN user ON user.id = user_id WHERE hash = ? AND until_us > ?",
            digest(secret),
            now_us,
        )

    # sessions

    def begin(self, session: Session) -> None:
        """Enter a session."""
        self._write(
            "INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?)",
            (session.hash, session.user_id, session.csrf, session.stage, session.made_us, session.seen_us),
        )

    def session(self, hash: bytes) -> Session | None:  # noqa: A002
        """The session of a cookie."""
        return self._one(Session, "SELECT * FROM session WHERE hash = ?", hash)

    def saw(self, hash: bytes, *, at_us: int) -> None:  # noqa: A002
        """That a session is in use."""
        self._write("UPDATE session SET seen_us = ? WHERE hash = ?", (at_us, hash))

    def end(self, hash: bytes) -> None:  # noqa: A002
        """Log out."""
        self._write("DELETE FROM session WHERE hash = ?", (hash,))

    def forget_sessions(self, *, seen_before_us: int, made_before_us: int) -> None:
        """Remove sessions that have run out."""
        self._write("DELETE FROM session WHERE seen_us < ? OR made_us < ?", (seen_before_us, made_before_us))

    # log-ins that failed

    def failed(self, name: str, *, at_us: int, since_us: int) -> None:
        """Count a failure for a name; those before `since_us` are forgotten."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM failure WHERE at_us < ?", (since_us,))
            connection.execute("INSERT INTO failure VALUES (?, ?)", (digest(name), at_us))

    def failures(self, name: str, *, since_us: int) -> int:
        """How many log-ins of a name failed since."""
        query = "SELECT COUNT(*) FROM failure WHERE name_hash = ? AND at_us >= ?"
        ((count,),) = self._file.rows(query, (digest(name), since_us))
        return int(count)

    def forgive(self, name: str) -> None:
        """A log-in that succeeded ends the count."""
        self._write("DELETE FROM failure WHERE name_hash = ?", (digest(name),))

    # tokens

    def add_token(self, token: Token) -> None:
        """Enter a device's token."""
        self._write(
            "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                token.id, token.hash, token.name, token.agency, " ".join(token.scopes), token.made_us, token.until_us,
                token.revoked_us,
            ),
        )  # fmt: skip

    def tokens(self) -> list[Token]:
        """Every token, the oldest first; revoked and expired ones too."""
        rows = self._file.rows("SELECT * FROM token ORDER BY made_us, id")
        return [_made(Token, row) for row in rows]

    def revoke(self, token_id: str, *, at_us: int) -> bool:
        """Take a token back; False where there is none, or it was taken back before."""
        with self._file.transaction() as connection:
            done = connection.execute(
                "UPDATE token SET revoked_us = ? WHERE id = ? AND revoked_us IS NULL", (at_us, token_id)
            )
            return done.rowcount == 1

    # roles asked for

    def ask(self, asked: Asked) -> None:
        """Keep an assignment until it is in the record."""
        self._write(
            "INSERT INTO assignment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                asked.id, asked.user_id, asked.role, asked.rank, asked.from_us, asked.until_us, int(asked.acting),
                asked.asked_us, asked.entry,
            ),
        )  # fmt: skip

    def asked(self, *, waiting: bool = False) -> list[Asked]:
        """Assignments in the order in which they were asked for; only those that wait, where so wanted."""
        where = "WHERE entry IS NULL" if waiting else ""
        return [_made(Asked, row) for row in self._file.rows(f"SELECT * FROM assignment {where} ORDER BY asked_us, id")]

    def end_role(self, user_id: str, role: str, *, at_us: int) -> None:
        """That a role is held no more."""
        self._write(
            "UPDATE assignment SET until_us = ? WHERE user_id = ? AND role = ? AND (until_us IS NULL OR until_us > ?)",
            (at_us, user_id, role, at_us),
        )

    def entered(self, asked_id: str, *, entry: int) -> None:
        """That an assignment is in the record, under this index."""
        self._write("UPDATE assignment SET entry = ? WHERE id = ?", (entry, asked_id))

    # readings

    def read(self, reading: Reading) -> None:
        """Keep who looked. Durable when this returns: only then is the page shown."""
        self._write(
            "INSERT INTO reading VALUES (?, ?, ?, ?)", (reading.at_us, reading.user_id, reading.page, reading.about)
        )

    def readings(self, *, most: int) -> list[Reading]:
        """The last readings, the newest first."""
        rows = self._file.rows("SELECT * FROM reading ORDER BY at_us DESC, rowid DESC LIMIT ?", (most,))
        return [_made(Reading, row) for row in rows]

    def delivered(self, delivery: Delivery) -> None:
        """Keep a try to tell another system."""
        self._write(
            "INSERT INTO delivery VALUES (?, ?, ?, ?, ?)",
            (delivery.at_us, delivery.address, delivery.message, delivery.tried, delivery.status),
        )

    def deliveries(self, *, most: int) -> list[Delivery]:
        """The last tries, the newest first."""
        rows = self._file.rows("SELECT * FROM delivery ORDER BY at_us DESC, rowid DESC LIMIT ?", (most,))
        return [_made(Delivery, row) for row in rows]

    def version(self) -> int:
        """Changes whenever another process has written to the file."""
        ((version,),) = self._file.rows("PRAGMA data_version")
        return int(version)

    def _write(self, sql: str, values: tuple[object, ...]) -> None:
        with self._file.transaction() as connection:
            connection.execute(sql, values)

    def _one(self, kind: Callable[..., T], sql: str, *values: object) -> T | None:
        rows = self._file.rows(sql, values)
        return _made(kind, rows[0]) if rows else None


def _made(kind: Callable[..., T], row: tuple[Any, ...]) -> T:
    fields: tuple[str, ...] = kind.__struct_fields__  # type: ignore[attr-defined]
    values = dict(zip(fields, row, strict=True))
    for name in ("second_factor", "locked", "acting"):
        if name in values:
            values[name] = bool(values[name])
    if "scopes" in values:
        values["scopes"] = tuple(values["scopes"].split())
    return kind(**values)
