"""Two PostgreSQL servers, one of which follows the other durably, until one is killed and the other takes over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql
from tests.support.postgres_server import OWNER, PostgresServer


class PostgresPair:
    """`first` is written to, `second` follows it. Their sockets stay where they are, whichever is which."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.first = PostgresServer(programs)
        self.first.start()
        self.second = PostgresServer(programs, copy_of=self.first)
        self.second.start()
        self._numbers = 0
        self._folders = (self.first.folder, self.second.folder)

    def follow(self) -> None:
        """From now on whatever is answered is on both."""
        self.first.wait_for_copies()

    def new_database(self) -> str:
        """The name of a new, empty database."""
        self._numbers += 1
        name = f"pair_{self._numbers}"
        self.first.command(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def take_over(self) -> None:
        """The second becomes the one that is written to."""
        self.second.promote()
        self.first, self.second = self.second, self.first

    def renew(self) -> None:
        """In place of the one that was killed: a new copy of the other, which follows it."""
        folder = self.second.folder
        self.second.remove()
        self.second = PostgresServer(self._programs, folder=folder, copy_of=self.first)
        self.second.start()
        self.follow()

    def url(self, database: str) -> str:
        """Names both; whichever can be written to is meant."""
        hosts = ",".join(str(folder) for folder in self._folders)
        return f"postgresql:///{database}?host={hosts}&user={OWNER}&target_session_attrs=read-write"

    def remove(self) -> None:
        """End both and take their folders away."""
        self.first.remove()
        self.second.remove()


@contextmanager
def postgres_pair(programs: Path) -> Iterator[PostgresPair]:
    """A pair that runs, the second following without anybody waiting for it yet."""
    pair = PostgresPair(programs)
    try:
        yield pair
    finally:
        pair.remove()
