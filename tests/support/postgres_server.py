"""A PostgreSQL server of one's own, for as long as tests run: Debian's program, a private folder, no network.

`postgres_server` is one server a session; `postgres_dsn` is an empty database on it for one test. Without the program
tests are skipped with the reason; with REQUIRE=postgres they fail.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

OWNER = "answerable"
START_S = 60
STOP_S = 30


class PostgresServer:
    """A running server, the direct child of this process. Only this folder's owner (and root) can reach its socket.

    `copy_of`: it begins as a copy of that running server, and follows it. `folder`: an empty one to be in.
    """

    def __init__(self, programs: Path, *, folder: Path | None = None, copy_of: PostgresServer | None = None) -> None:
        self._programs = programs
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._user = _unprivileged_user()
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._log = self.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        if copy_of is not None:
            self._run(
                "pg_basebackup", "--pgdata", self.folder / "data", "--host", copy_of.folder, "--username", OWNER,
                "--checkpoint", "fast", "--write-recovery-conf", "--wal-method", "stream", "--no-sync",
            )  # fmt: skip
            return
        self._run(
            "initdb", "--pgdata", self.folder / "data", "--username", OWNER, "--auth", "trust", "--encoding", "UTF8",
            "--locale", "C", "--no-sync",
        )  # fmt: skip

    def start(self, *, fsync: bool = False) -> None:
        """Start the server and wait until it answers."""
        # fsync is for power cuts: what a killed server has written is safe without it
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "on" if fsync else "off",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        # with setpriv the server ends when this process is killed
        tied = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*tied, self._programs / "postgres", "-D", self.folder / "data", *settings],
                stdout=log, stderr=log, cwd=self.folder, **self._as_user(),
            )  # fmt: skip
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self._log.read_text(errors="replace")[-2000:]
                self.stop()
                raise RuntimeError(f"PostgreSQL does not start:\n{said}")
            time.sleep(0.05)

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT at once and in order, SIGQUIT as a crash would."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """Kill every process of it with SIGKILL: it neither finishes nor says anything."""
        process, self._process = self._process, None
        if process is None:
            return
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        process.wait()

    def freeze(self, *, thaw: bool = False) -> None:
        """Stop every process of it where it is, or let them go on."""
        assert self._process is not None
        how = signal.SIGCONT if thaw else signal.SIGSTOP
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii")
        for process in (self._process.pid, *map(int, children.split())):
            with suppress(ProcessLookupError):
                os.kill(process, how)

    def promote(self) -> None:
        """Make a copy that follows into one that is written to; commits wait for no other copy any more."""
        self.wait_for_nobody()
        self.command(sql.SQL("SELECT pg_promote()"))

    def wait_for_nobody(self) -> None:
        """From now on a commit is answered once it is durable here."""
        self.command(sql.SQL("ALTER SYSTEM RESET synchronous_standby_names"))
        self.command(sql.SQL("SELECT pg_reload_conf()"))
        deadline = time.monotonic() + START_S
        while True:
            with psycopg.connect(self.dsn()) as connection:
                if connection.execute("SHOW synchronous_standby_names").fetchone() == ("",):
                    return
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not read its settings again")
            time.sleep(0.02)

    def wait_for_copies(self) -> None:
        """From now on a commit is answered once a copy has it, durably; returns when one follows."""
        self.command(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = '*'"))
        self.command(sql.SQL("SELECT pg_reload_conf()"))
        deadline = time.monotonic() + START_S
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            following = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
            while not connection.execute(following).fetchone():
                if time.monotonic() > deadline:
                    raise RuntimeError("no copy follows")
                time.sleep(0.02)

    def remove(self) -> None:
        """Stop it and take its folder away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def dsn(self, database: str = "postgres") -> str:
        """How psycopg reaches a database of this server."""
        return psycopg.conninfo.make_conninfo(host=str(self.folder), user=OWNER, dbname=database)

    def new_database(self) -> str:
        """The name of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self.command(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, ending whatever is still connected to it."""
        self.command(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def command(self, command: sql.Composed | sql.SQL) -> None:
        """Run one command of SQL."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(command)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, **self._as_user()
        )  # fmt: skip
        if done.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def programs() -> Path | None:
    """The folder of PostgreSQL's newest programs on this machine."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: _number(one.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("postgres")
    return None if found is None else Path(found).parent


def _number(version: str) -> float:
    try:
        return float(version)
    except ValueError:
        return 0


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server for the session."""
    where = programs()
    if where is None:
        if "postgres" in os.environ.get("REQUIRE", "").split(","):
            pytest.fail("REQUIRE names postgres, and there is none: install Debian's postgresql", pytrace=False)
        pytest.skip("no PostgreSQL server on this machine: install Debian's postgresql to test on it")
    server = PostgresServer(where)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_dsn(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database for one test."""
    name = postgres_server.new_database()
    yield postgres_server.dsn(name)
    postgres_server.drop_database(name)
