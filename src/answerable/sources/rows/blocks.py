"""Where a long text is cut: into blocks that begin where a row begins, each read by itself and kept once it is read.

A block ends at a line end before which the quotes are even in number, so that no field is cut in two. Where a stray
quote makes that impossible the end is no more than a wish: whoever reads the block says where its last row ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from answerable.sources.files.seal import LineEnds

BLOCK_BYTES = 32 << 20
"""The most that is read, and kept, at a time."""
PART_BYTES = 1 << 20
"""A block that is not clean is read again in parts of this size, so that a broken line makes only its part slow."""
_MOST_LINES_OF_A_FIELD = 1_000
_CHUNK_BYTES = 1 << 17


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes `start` (inclusive) to `end` (exclusive) of a file. `first_line`: the number of its first physical line
    (1-based). `whole_rows`: no quoted field is cut in two by its end, as far as counting quotes can tell."""

    start: int
    end: int
    first_line: int
    whole_rows: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What a block's bytes are. `newline`: the one line end in use (LF or CR LF), else None. `plain`: without NUL bytes
    and without spaces around quotes, which the bulk reader takes for other than they are."""

    lines: int
    newline: str | None
    plain: bool


def even_blocks(file_bytes: int, *, most_bytes: int, readers: int) -> int:
    """The size of blocks of which each of so many readers gets as many, so that all are done at about the same time."""
    blocks = -(-file_bytes // most_bytes)
    if blocks <= 1:
        return most_bytes
    even = file_bytes // (-(-blocks // readers) * readers)
    return even + even // 500 + 1  # a block ends where a row ends, before its size: nothing is left for one more


def next_block(file: BinaryIO, *, start: int, first_line: int, size: int, file_bytes: int) -> Block:
    """The block of about `size` bytes that begins at `start`, which is where a row begins."""
    if start + size >= file_bytes:
        return Block(start, file_bytes, first_line, whole_rows=True)
    file.seek(start)
    data = file.read(size)
    length = data.rfind(b"\n") + 1
    quotes = data.count(b'"', 0, length)
    file.seek(start + length)
    for _ in range(_MOST_LINES_OF_A_FIELD):
        if length and quotes % 2 == 0:
            return Block(start, start + length, first_line, whole_rows=True)
        line = file.readline()
        if not line:
            break
        length += len(line)
        quotes += line.count(b'"')
    return Block(start, start + length, first_line, whole_rows=quotes % 2 == 0)


def content(file: BinaryIO, block: Block, *, delimiter: str, copy: Path | None) -> Content:
    """Look at a block's bytes and, if asked, copy them to a file of their own."""
    mark = re.escape(delimiter.encode())
    # each quote is found first, since few bytes are quotes
    apart = re.compile(b'"(?: ' + mark + b"|(?<=" + mark + b' "))')
    ends = LineEnds()
    plain, last = True, b""
    file.seek(block.start)
    left = block.end - block.start
    out = copy.open("wb") if copy is not None else None
    try:
        while left and (chunk := file.read(min(left, _CHUNK_BYTES))):
            left -= len(chunk)
            joined = last + chunk
            ends.take(chunk)
            plain = plain and b"\0" not in chunk and apart.search(joined) is None
            last = joined[-2:]
            if out is not None:
                out.write(chunk)
    finally:
        if out is not None:
            out.close()
    return Content(lines=ends.lines, newline=ends.newline, plain=plain)
