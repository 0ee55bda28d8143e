"""A TCP proxy between a client and a server that does to a connection what networks do: cut, delay, deliver twice."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Final

PIECE_BYTES: Final = 65_536
WAIT_S: Final = 20.0


class Fault(StrEnum):
    """What becomes of a connection; each carries one request."""

    NONE = "none"
    CUT_IN_REQUEST = "cut in the request"
    CUT_IN_ANSWER = "cut in the answer"
    ANSWER_LOST = "answer lost"
    DELAYED = "delayed in pieces"
    TWICE = "delivered twice"
    TWICE_AT_ONCE = "delivered twice at once"


class FaultProxy:
    """Listens on this machine; `port` is where. `made` counts what was done. The chance repeats, the order does not."""

    def __init__(self, port: int, *, seed: int) -> None:
        self._server = ("127.0.0.1", port)
        self._chance, self._lock = random.Random(seed), threading.Lock()
        self.made = Counter[Fault]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name="fault-proxy")
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(WAIT_S)

    def _accept(self) -> None:
        threads = list[threading.Thread]()
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                break
            threads.append(threading.Thread(target=self._serve, args=(client,)))
            threads[-1].start()
        for thread in threads:
            thread.join(WAIT_S)

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            fault = self._chance.choice(list(Fault))
            share, pause_s = self._chance.random(), self._chance.uniform(0.0, 0.02)
            self.made[fault] += 1
        with client, suppress(OSError):
            client.settimeout(WAIT_S)
            request = _message(client)
            if fault is Fault.CUT_IN_REQUEST:
                self._delivered(request[: int(len(request) * share)], wait=False)
            elif fault is Fault.ANSWER_LOST:
                self._delivered(request)
            elif fault is Fault.CUT_IN_ANSWER:
                answer = self._delivered(request)
                client.sendall(answer[: int(len(answer) * share)])
            elif fault is Fault.DELAYED:
                client.sendall(self._delivered(request, pause_s=pause_s))
            elif fault is Fault.TWICE:
                self._delivered(request)
                client.sendall(self._delivered(request))
            elif fault is Fault.TWICE_AT_ONCE:
                other = threading.Thread(target=self._delivered, args=(request,))
                other.start()
                answer = self._delivered(request)
                other.join(WAIT_S)
                client.sendall(answer)
            else:
                client.sendall(self._delivered(request))

    def _delivered(self, request: bytes, *, wait: bool = True, pause_s: float = 0.0) -> bytes:
        """Bring a request to the server on a connection of its own; its whole answer."""
        with suppress(OSError), socket.create_connection(self._server, timeout=WAIT_S) as server:
            if pause_s:
                for at in range(0, len(request), 97):
                    server.sendall(request[at : at + 97])
                    threading.Event().wait(pause_s)
            else:
                server.sendall(request)
            return _message(server) if wait else b""
        return b""


def _message(connection: socket.socket) -> bytes:
    """One whole request or answer: a head, and as much body as it says."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _piece(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        piece = _piece(connection)
        data, body = data + piece, body + piece
    return data


def _piece(connection: socket.socket) -> bytes:
    piece = connection.recv(PIECE_BYTES)
    if not piece:
        raise ConnectionError("cut off")
    return piece


@contextmanager
def faults_before(port: int, *, seed: int) -> Iterator[FaultProxy]:
    """A proxy before the server at `port`."""
    proxy = FaultProxy(port, seed=seed)
    try:
        yield proxy
    finally:
        proxy.close()
