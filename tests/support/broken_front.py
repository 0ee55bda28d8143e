"""Web processes with a fault, `python -m tests.support.broken_front NAME …`: a fault test must find them.

`FAULTS` of `broken_door` lets a desk begin these instead of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

from answerable.web import front

LATER_S = 1.0


def answers_for_the_desk() -> None:
    """Says that a call is recorded, and hands it over a second later."""
    hand_over = front.Front.__call__
    waiting = set[asyncio.Task[None]]()

    async def early(self: front.Front, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("method") != "POST":
            await hand_over(self, scope, receive, send)
            return
        body = (await receive())["body"]

        async def later() -> None:
            await asyncio.sleep(LATER_S)
            await hand_over(self, scope, _again(body), _nowhere)

        waiting.add(asyncio.create_task(later()))
        told = json.dumps({"index": 0, "receipt": "", "id": json.loads(body)["id"]}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(told)).encode())]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": told})

    front.Front.__call__ = early  # type: ignore[method-assign]


def _again(body: bytes) -> Callable[[], Any]:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _nowhere(_message: object) -> None:
    """Whoever asked was answered already."""


FAULTS: dict[str, Callable[[], None]] = {"answers-for-the-desk": answers_for_the_desk}

if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    front.main(*sys.argv[2:])
