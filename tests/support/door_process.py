"""A desk that is served by a process of its own, as `answerable serve` does it, and plain sockets to talk to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from answerable.stores.accounts import Accounts, Session, digest
from answerable.watch.people import Role
from answerable.web.sessions import COOKIE
from answerable.wiring.people import NewUser, Scope, add_user, ask_role, new_token
from answerable.wiring.recording import now_us

START_S = 60
ROOT = Path(__file__).resolve().parents[2]


class DoorProcess:
    """A running desk; `broken` is one of `tests.support.broken_door`."""

    def __init__(self, folder: Path, *options: str, broken: str = "") -> None:
        program = ["tests.support.broken_door", broken] if broken else ["answerable"]
        arguments = [sys.executable, "-m", *program, "serve", str(folder), "--listen", "127.0.0.1:0", "--json"]
        arguments += options
        if not folder.exists() and "--demo" not in options:
            arguments += ["--origin", "alder-city.example/desk/2018h1"]
        self.folder = folder
        self.process = subprocess.Popen(
            arguments,
            cwd=ROOT if broken else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.endswith(b"}\n"):  # nothing, or the first line of an error
            assert self.process.stderr is not None
            said = (line + self.process.stdout.read() + self.process.stderr.read()).decode()
            self.process.wait()
            self.close()
            raise RuntimeError(said)
        self.opened: dict[str, Any] = json.loads(line)
        self.port = int(self.opened["url"].rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def fronts(self) -> list[int]:
        """The web processes that it has begun (`--processes`), by their numbers."""
        pid = self.process.pid
        return sorted(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()))

    @contextmanager
    def through(self, front: int) -> Iterator[None]:
        """While the others stand still, whoever connects comes to this one."""
        others = [pid for pid in self.fronts() if pid != front]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, how: signal.Signals = signal.SIGTERM, *, within_s: float = 30) -> int:
        self.process.send_signal(how)
        return self.process.wait(within_s)

    def errors(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@contextmanager
def served(folder: Path, *options: str, broken: str = "") -> Iterator[DoorProcess]:
    """A running desk, ended with the block."""
    with DoorProcess(folder, *options, broken=broken) as process:
        yield process


def person_at(desk: DoorProcess, name: str, *roles: Role, rank: str | None = None) -> dict[str, str]:
    """Somebody who is logged in at a running desk and holds these roles: the headers that their browser sends."""
    accounts = Accounts(desk.folder)
    try:
        user, _ = add_user(accounts, NewUser(name=name, agency="Alder City Police"), now_us=now_us())
        for role in roles:
            ask_role(accounts, user.id, role=role, rank=rank, now_us=now_us())
        cookie = f"cookie-of-{name}"
        session = Session(
            hash=digest(cookie), user_id=user.id, csrf=f"csrf-of-{name}", stage="open", made_us=now_us(),
            seen_us=now_us(),
        )  # fmt: skip
        accounts.begin(session)
        end = time.monotonic() + START_S
        while accounts.asked(waiting=True):
            assert time.monotonic() < end, "the desk does not enter roles"
            time.sleep(0.05)
    finally:
        accounts.close()
    host = f"127.0.0.1:{desk.port}"
    return {"cookie": f"{COOKIE}={cookie}", "x-csrf-token": session.csrf, "origin": f"http://{host}"}


def device_token(folder: Path, *scopes: Scope) -> str:
    """A token for the desk in `folder`, which need not run; a running one knows it within a second."""
    accounts = Accounts(folder)
    try:
        text, _ = new_token(
            accounts, name="cad", agency="Alder City", scopes=[one.value for one in scopes], days=1, now_us=now_us()
        )
    finally:
        accounts.close()
    return text


def sent(
    connection: socket.socket,
    method: str,
    path: str,
    *,
    host: str,
    token: str = "",
    body: bytes = b"",
    headers: Mapping[str, str] = {},
) -> tuple[int, bytes]:
    """One request on an open connection, and its answer."""
    head = f"{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(body)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if token:
        head += f"authorization: Bearer {token}\r\n"
    if body:
        head += "content-type: application/json\r\n"
    connection.sendall(head.encode() + b"\r\n" + body)
    return answer(connection)


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """The next answer on a connection; (0, b"") where it was closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            return 0, data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        piece = connection.recv(65_536)
        if not piece:
            raise ConnectionError("the answer was cut off")
        body += piece
    return int(head.split(b" ")[1]), body
