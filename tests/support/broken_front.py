"""Web processes with a fault, `python -m tests.support.broken_front NAME …`: a fault test must find them.

`FAULTS` of `broken_door` lets a desk begin these instead of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from answerable.web import front


def answers_for_the_desk() -> None:
    """Says that a call is recorded before the desk has heard of it: it hands over ten together."""
    hand_over = front.Front.__call__
    kept: list[Any] = []

    async def early(self: front.Front, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("method") != "POST":
            await hand_over(self, scope, receive, send)
            return
        body = (await receive())["body"]
        kept.append((scope, body))
        if len(kept) >= 10:
            for one, its in list(kept):
                await hand_over(self, one, _again(its), _nowhere)
            kept.clear()
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
