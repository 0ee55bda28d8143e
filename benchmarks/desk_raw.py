"""What the desk is held against: a bare ASGI application whose one thread writes batches of rows into SQLite.

`synchronous=FULL` as the desk has it, rows of the same size, an answer only after the commit; no meaning, no proof.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

ROW_BYTES = 2_600
"""What an entry of the desk takes: body, leaf, sealed values, salts."""

MOST = 512


class Committer(threading.Thread):
    """Takes what waits, writes it in one transaction, and tells everybody at once."""

    def __init__(self, path: str) -> None:
        super().__init__(daemon=True)
        self._path = path
        self.waiting: queue.SimpleQueue[tuple[bytes, Callable[[int], object]]] = queue.SimpleQueue()

    def run(self) -> None:
        """Write until the process ends."""
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, body BLOB)")
        index = 0
        while True:
            batch = [self.waiting.get()]
            while len(batch) < MOST and not self.waiting.empty():
                batch.append(self.waiting.get())
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO entry (body) VALUES (?)", [(body.ljust(ROW_BYTES),) for body, _ in batch]
            )
            connection.execute("COMMIT")
            for _, told in batch:
                index += 1
                told(index)


def application(committer: Committer) -> Callable[..., Awaitable[None]]:
    """POST anything: 201 once it is durable."""

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        loop = asyncio.get_running_loop()
        done: asyncio.Future[int] = loop.create_future()
        committer.waiting.put((body, lambda index: loop.call_soon_threadsafe(done.set_result, index)))
        told = b'{"index":%d}' % await done
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(told))]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": told})

    return app


def main() -> None:
    """`PATH PORT`: serve until ended."""
    path, port = sys.argv[1:]
    committer = Committer(path)
    committer.start()
    uvicorn.run(application(committer), port=int(port), log_level="error", loop="uvloop", http="httptools")


if __name__ == "__main__":
    main()
