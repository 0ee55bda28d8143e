"""A desk that is served by a process of its own, as `answerable serve` does it, and plain sockets to talk to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from answerable.stores.accounts import Accounts
from answerable.wiring.people import Scope, new_token
from answerable.wiring.recording import now_us

START_S = 60


class DoorProcess:
    """A running desk."""

    def __init__(self, folder: Path, *options: str) -> None:
        arguments = [sys.executable, "-m", "answerable", "serve", str(folder), "--listen", "127.0.0.1:0", "--json"]
        arguments += options
        if not folder.exists() and "--demo" not in options:
            arguments += ["--origin", "alder-city.example/desk/2018h1"]
        self.folder = folder
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
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
def served(folder: Path) -> Iterator[DoorProcess]:
    """A running desk, ended with the block."""
    with DoorProcess(folder) as process:
        yield process


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
    connection: socket.socket, method: str, path: str, *, host: str, token: str = "", body: bytes = b""
) -> tuple[int, bytes]:
    """One request on an open connection, and its answer."""
    head = f"{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(body)}\r\n"
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
        body += connection.recv(65_536)
    return int(head.split(b" ")[1]), body
