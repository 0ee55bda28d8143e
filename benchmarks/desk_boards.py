"""Open boards: each keeps its live line, and notes when it heard of which index. In a process of their own."""

from __future__ import annotations

import asyncio
import json
import sys
import time

import uvloop


async def board(host: str, port: int, *, cookie: str, until: float, heard: list[tuple[float, int]]) -> None:
    """One board's line."""
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 20)
    writer.write(f"GET /events HTTP/1.1\r\nhost: {host}:{port}\r\ncookie: {cookie}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], head
    try:
        async with asyncio.timeout(until - time.time()):
            while line := await reader.readline():
                if line.startswith(b"id: "):
                    heard.append((time.time(), int(line[4:])))
    except TimeoutError:
        pass
    writer.close()


async def boards(host: str, port: int, *, cookie: str, count: int, seconds: float) -> list[list[tuple[float, int]]]:
    """So many boards for so long."""
    until = time.time() + seconds
    heard: list[list[tuple[float, int]]] = [[] for _ in range(count)]
    print("open", flush=True)
    await asyncio.gather(*(board(host, port, cookie=cookie, until=until, heard=one) for one in heard))
    return heard


def main() -> None:
    """`HOST PORT COOKIE COUNT SECONDS`: listen, then one line of JSON with what each board heard."""
    host, port, cookie, count, seconds = sys.argv[1:]
    heard = uvloop.run(boards(host, int(port), cookie=cookie, count=int(count), seconds=float(seconds)))
    json.dump(heard, sys.stdout)


if __name__ == "__main__":
    main()
