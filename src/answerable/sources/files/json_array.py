"""A JSON array of objects, `[{…}, {…}]`, as JSON lines: each of its elements on a line of its own, read in pieces.

Nothing is parsed here: elements are told apart by brackets and quotes alone, so that a broken one is rejected by itself
when its line is read. An array that does not end, or goes on after its end, is refused: rows may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from answerable.errors import SourceError
from answerable.sources.files.containers import Readable
from answerable.sources.files.json_lines import JsonLines, open_lines_of
from answerable.sources.files.opening import open_text
from answerable.sources.files.seal import seal_file
from answerable.sources.rows.careful import LONGEST_ROW_LETTERS

_CHUNK_LETTERS = 1 << 20
_OUTSIDE = re.compile(r'["{}\[\],]')
_INSIDE = re.compile(r'["\\]')
NOTE = "Read as a JSON array: a line is the number of an object in it; a key that an object lacks, and null, are blank."


def open_json_array(readable: Readable, folder: Path, *, stated: str | None) -> JsonLines:
    """Open an array of objects and gather their keys. Raises SourceError if it is cut short or holds no object."""
    text = open_text(readable, folder, stated=stated, long_lines=True)
    if text.undecodable:
        raise SourceError(
            "it cannot be decoded in this encoding", file=readable.shown, line=min(text.undecodable),
            hint="Say its encoding with --encoding.",
        )  # fmt: skip
    lines = folder / "array.jsonl"
    with lines.open("w", encoding="utf-8", newline="") as out:
        for element in _elements(text.path, readable.shown):
            out.write(element + "\n")
    if not lines.stat().st_size:
        raise SourceError(
            "its JSON array is empty: it has no calls", file=readable.shown, hint="Export or download it again."
        )
    return open_lines_of(replace(text, path=lines, bytes=seal_file(lines)), said=NOTE)


def _elements(path: Path, shown: str) -> Iterator[str]:
    """Each element of the array as it is written, its line ends as spaces."""
    splitter = _Splitter(shown)
    with path.open(encoding="utf-8-sig", newline="") as text:
        while piece := text.read(_CHUNK_LETTERS):
            yield from splitter.take(piece)
    splitter.end()


class _Splitter:
    """Where one stands in the array: how deep in brackets, and whether in a text."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._depth = 0
        self._inside = self._escaped = self._ended = False
        self._parts: list[str] = []
        self._letters = 0
        self._count = 0

    def take(self, piece: str) -> Iterator[str]:
        """The elements that end in this piece of the text."""
        at = 0
        while at < len(piece):
            if self._escaped:
                self._keep(piece[at])
                self._escaped, at = False, at + 1
                continue
            found = (_INSIDE if self._inside else _OUTSIDE).search(piece, at)
            if found is None:
                self._keep(piece[at:])
                return
            self._keep(piece[at : found.start()])
            at = found.end()
            if (element := self._mark(found[0])) is not None:
                yield element

    def end(self) -> None:
        """Raises SourceError unless the array is at its end."""
        if not self._ended:
            raise self._refusal("its JSON array does not end: the file is cut short", "Download or export it again.")
        self._refuse_after_the_end()

    def _mark(self, letter: str) -> str | None:
        """Take one letter that means something; the element that it ends."""
        if self._inside:
            self._inside, self._escaped = letter != '"', letter == "\\"
            self._keep(letter)
            return None
        self._refuse_after_the_end()
        if self._ended:
            raise self._refusal("it goes on after the end of its JSON array", "Keep one array in it.")
        closes = letter in "]}"
        opens = letter in "[{"
        if (letter == "," and self._depth == 1) or (letter == "]" and self._depth == 1):
            self._depth -= closes
            self._ended = closes
            return self._element(last=closes)
        self._depth += opens - closes
        if not (letter == "[" and self._depth == 1 and opens):
            self._keep(letter)
        self._inside = letter == '"'
        return None

    def _keep(self, text: str) -> None:
        if not text:
            return
        self._parts.append(text)
        self._letters += len(text)
        if self._letters > LONGEST_ROW_LETTERS:
            raise self._refusal(
                f"object {self._count + 1} of its JSON array is longer than {LONGEST_ROW_LETTERS:,} letters",
                "It is no array of calls, or a quote or bracket in it is never closed.",
            )

    def _element(self, *, last: bool) -> str | None:
        text = "".join(self._parts).replace("\r", " ").replace("\n", " ").strip()
        self._parts, self._letters = [], 0
        if not text and last and not self._count:
            return None
        self._count += 1
        # nothing between two commas is rejected as a line that is no JSON, and so is a comma before the end
        return text or "(nothing)"

    def _refuse_after_the_end(self) -> None:
        if self._ended and "".join(self._parts).strip():
            raise self._refusal("it goes on after the end of its JSON array", "Keep one array in it.")

    def _refusal(self, what: str, hint: str) -> SourceError:
        return SourceError(what, file=self._shown, hint=hint)
