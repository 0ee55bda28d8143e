"""Which lines of a big text are looked at: its beginning and blocks spread over the rest, copied into a small one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from answerable.sources.files.json_lines import JsonLines
from answerable.sources.files.opening import Delimited, Opened
from answerable.sources.files.seal import seal_file

WHOLE_LINES = 200_000
"""A text of up to so many lines is looked at whole."""
FIRST_LINES = 20_000
BLOCKS, BLOCK_LINES = 30, 1_000
"""Of a longer one: its first lines, and so many blocks of so many lines, evenly spread."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Where the lines of a sample stand in the file: the sample's line `sample[i]` is the file's line `there[i]`."""

    sample: tuple[int, ...] = (1,)
    there: tuple[int, ...] = (1,)

    def line(self, line: int) -> int:
        """The file's line of a line of the sample, both 1-based."""
        at = bisect_right(self.sample, line) - 1
        return self.there[at] + line - self.sample[at]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A table with few enough lines to be looked at. `said`: which lines, in words; empty if all."""

    opened: Opened
    blocks: Blocks
    said: str


def sampled(opened: Opened, folder: Path, *, whole_lines: int = WHOLE_LINES) -> Sampled:
    """The table itself, or one of some of its lines. The file is read through once, a line at a time."""
    if not isinstance(opened, Delimited | JsonLines):
        return Sampled(opened, Blocks(), "")
    lines = opened.text.bytes.lines
    if lines <= whole_lines:
        return Sampled(opened, Blocks(), "")
    first = min(FIRST_LINES, whole_lines // 2)
    each = min(BLOCK_LINES, whole_lines // (4 * BLOCKS) or 1)
    ranges = [(1, first), *((at, min(at + each - 1, lines)) for at in _starts(first + 1, lines - each + 1))]
    copy = folder / "sample.csv"
    blocks = _copy(opened.text.path, copy, ranges)
    read = seal_file(copy)
    broken = frozenset(line for line in range(1, read.lines + 1) if blocks.line(line) in opened.text.undecodable)
    text = replace(opened.text, path=copy, bytes=read, undecodable=broken)
    said = f"the first {first:,} lines and {BLOCKS} blocks of {each:,} lines spread over the rest, of {lines:,} lines"
    return Sampled(replace(opened, text=text), blocks, said)


def _starts(first: int, last: int) -> list[int]:
    """Evenly spread, the last one at the end, none of them twice."""
    return sorted({first + (last - first) * at // (BLOCKS - 1) for at in range(BLOCKS)})


def _copy(path: Path, copy: Path, ranges: list[tuple[int, int]]) -> Blocks:
    sample, there = [], []
    written = 0
    with path.open(encoding="utf-8-sig", newline="") as text, copy.open("w", encoding="utf-8", newline="") as out:
        numbered = enumerate(text, start=1)
        for begins, ends in ranges:
            for line, content in _between(numbered, begins, ends):
                if line == begins:
                    sample.append(written + 1)
                    there.append(line)
                out.write(content)
                written += 1
    return Blocks(tuple(sample), tuple(there))


def _between(numbered: Iterator[tuple[int, str]], begins: int, ends: int) -> Iterator[tuple[int, str]]:
    for line, content in numbered:
        if line >= begins:
            yield line, content
        if line == ends:
            return
