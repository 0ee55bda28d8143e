"""The witness's door: one POST, small bodies, no state of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

from answerable.errors import AnswerableError

if TYPE_CHECKING:
    from answerable.wiring import Witness

LARGEST_BODY_BYTES = 65_536
"""A proof of 63 hashes and a checkpoint with a hundred signatures fit well."""

QUIET_S = 10
"""For how long a connection may say nothing."""


def serve(witness: Witness, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Answer until interrupted. `ready` hears the address once somebody can connect."""
    with witness_server(witness, host=host, port=port) as server:
        bound, number = server.server_address[:2]
        ready(f"http://{f'[{bound!s}]' if ':' in str(bound) else bound!s}:{number}")
        server.serve_forever()


def witness_server(witness: Witness, *, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is bound and not yet running."""
    handler = type("Handler", (_Handler,), {"witness": witness})

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    return Server((host, port), handler)


class _Handler(BaseHTTPRequestHandler):
    witness: ClassVar[Witness]
    timeout = QUIET_S
    server_version, sys_version = "answerable-witness", ""

    def do_POST(self) -> None:
        """`/add-checkpoint`; everything else is 404."""
        if self.path != "/add-checkpoint":
            self._answer(404, "there is only /add-checkpoint here\n")
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._answer(411, "the request does not say how long it is\n")
            return
        if int(length) > LARGEST_BODY_BYTES:
            self._answer(413, "the request is too large\n")
            return
        try:
            answer = self.witness.answer(self.rfile.read(int(length)))
        except AnswerableError:
            # its memory could not be written: it must not have cosigned
            self._answer(500, "the witness cannot write; nothing was cosigned\n")
            return
        self._answer(answer.status, answer.body, kind=answer.type)

    def _answer(self, status: int, body: str, *, kind: str = "text/plain; charset=utf-8") -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: what a log sends is no business of this terminal."""
