"""Clients that load the desk, in a process of their own: each sends a call, waits for its answer, sends the next.

Plain sockets: an HTTP library would take more of the two cores than the server that it measures.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

import uvloop

CALL = {
    "place": "1200 block of Harbor Avenue, behind the loading dock",
    "nature": "Two people shouting, one with a pipe",
    "narrative": "Caller says that two people shout at each other, and that one of them holds a length of pipe.",
    "caller_name": "A. Caller",
    "phone": "+1 503 555 0142",
    "caller_agency": "none",
    "district": "central",
    "beat": "841",
    "facts": {"life_safety": False, "kind": "call"},
}
"""A call with everything that a call has; six of its fields are private."""


@dataclass
class Tally:
    """What came of it: statuses, how long each answer took; of what was acknowledged, id, index and when."""

    statuses: Counter[int] = field(default_factory=Counter)
    taken_s: list[float] = field(default_factory=list)
    acknowledged: list[tuple[str, int, float]] = field(default_factory=list)


def request_bytes(path: str, body: bytes, *, host: str, token: str) -> bytes:
    """An HTTP request as it is sent."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def new_id(number: int) -> str:
    """An id that sorts by time, as clients of the desk make them."""
    ms = time.time_ns() // 1_000_000
    bits = ms << 80 | 7 << 76 | (number & 0xFFF) << 64 | 0b10 << 62 | uuid.uuid4().int >> 66
    return str(uuid.UUID(int=bits))


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and body of one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    at = head.lower().find(b"content-length:")
    length = int(head[at + 15 : head.index(b"\r\n", at)]) if at >= 0 else 0
    return status, await reader.readexactly(length) if length else b""


async def one_client(
    host: str, port: int, *, token: str, path: str, until: float, every_s: float, tally: Tally, keep: bool
) -> None:
    """One connection, until the time is up. `every_s`: how often a call is due, whether or not the one before is
    answered (its answer is counted from then on); 0: the next one as soon as the last is answered."""
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 20)
    number = 0
    due = time.perf_counter() + random.random() * every_s
    while max(due, time.perf_counter()) < until:
        number += 1
        id_ = new_id(number)
        body = json.dumps({"id": id_, **CALL}).encode()
        if every_s:
            await asyncio.sleep(due - time.perf_counter())
        begun = due if every_s else time.perf_counter()
        due += every_s
        writer.write(request_bytes(path, body, host=f"{host}:{port}", token=token))
        status, answer = await answer_of(reader)
        tally.taken_s.append(time.perf_counter() - begun)
        tally.statuses[status] += 1
        if keep and status in (200, 201):
            tally.acknowledged.append((id_, json.loads(answer)["index"], time.time()))
        if status == 503:
            await asyncio.sleep(0.2)
    writer.close()


async def load(
    host: str, port: int, *, token: str, path: str, clients: int, seconds: float, per_s: float, keep: bool
) -> Tally:
    """Many connections at once; `per_s`: calls due each second from all of them, 0: as many as are answered."""
    tally, every_s = Tally(), clients / per_s if per_s else 0.0
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(
            one_client(host, port, token=token, path=path, until=until, every_s=every_s, tally=tally, keep=keep)
            for _ in range(clients)
        )
    )
    return tally


def main() -> None:
    """`HOST PORT TOKEN PATH CLIENTS SECONDS PER_S KEEP`: load, then one line of JSON with what came of it."""
    host, port, token, path, clients, seconds, per_s, keep = sys.argv[1:]
    tally = uvloop.run(
        load(
            host, int(port), token=token, path=path, clients=int(clients), seconds=float(seconds), per_s=float(per_s),
            keep=keep == "keep",
        )
    )  # fmt: skip
    json.dump(
        {
            "statuses": {str(status): count for status, count in tally.statuses.items()},
            "taken_s": sorted(tally.taken_s),
            "acknowledged": tally.acknowledged,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
