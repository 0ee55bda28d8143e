"""A mail server for tests, on the loopback: takes what it is sent, or refuses it as it is told to (RFC 5321)."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class Post:
    """What came, and what the next messages are answered with (250 where nothing is said)."""

    port: int = 0
    says: list[int] = field(default_factory=list)
    taken: list[tuple[str, tuple[str, ...], EmailMessage]] = field(default_factory=list)
    log_ins: list[str] = field(default_factory=list)
    tries: int = 0


class _Session(socketserver.StreamRequestHandler):
    timeout = 20

    @property
    def post(self) -> Post:
        return cast("_Server", self.server).post

    def say(self, *lines: str) -> None:
        for number, line in enumerate(lines):
            code, _, text = line.partition(" ")
            self.wfile.write(f"{code}{'-' if number + 1 < len(lines) else ' '}{text}\r\n".encode())

    def handle(self) -> None:
        self.say("220 post.test")
        sender, to = "", list[str]()
        while line := self.rfile.readline(4_096).decode("ascii", "replace").strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    self.say("250 post.test", "250 AUTH PLAIN")
                case "AUTH":
                    self.post.log_ins.append(base64.b64decode(rest.split()[-1]).decode())
                    self.say("235 welcome")
                case "MAIL":
                    sender, to = rest, []
                    self.say("250 ok")
                case "RCPT":
                    to.append(rest)
                    self.say("250 ok")
                case "DATA":
                    self.say("354 go on")
                    self._data(sender, tuple(to))
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("502 what")

    def _data(self, sender: str, to: tuple[str, ...]) -> None:
        body = b""
        while (line := self.rfile.readline(4_096)) not in (b".\r\n", b""):
            body += line.removeprefix(b".")
        self.post.tries += 1
        code = self.post.says.pop(0) if self.post.says else 250
        if code == 250:
            message = message_from_bytes(body, policy=policy.default)
            self.post.taken.append((sender, to, message))
        self.say(f"{code} said")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    post: Post


@contextmanager
def small_smtp(*says: int) -> Iterator[Post]:
    """A server that answers the first messages with `says`, and takes the rest."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.post = Post(port=server.server_address[1], says=list(says))
        thread = threading.Thread(target=server.serve_forever, name="post")
        thread.start()
        try:
            yield server.post
        finally:
            server.shutdown()
            thread.join()
