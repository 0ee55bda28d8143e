r"""Where the keys and values of a TOML file stand: `tomllib` reads the values and forgets their places.

The text must already have been read by `tomllib` without complaint, so that this scanner may rely on its grammar
(TOML 1.0). Line breaks are `\n` here, as `tomllib` makes them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the top: ("duty", 0, "when")."""

DEEPEST: Final = 16
"""Arrays and inline tables a file may nest; no format here needs more than three."""

_SPACE = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_SCALAR = re.compile(r"[^,\]}\n#]+")
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[ \t]*\n[ \t\n]*|.)", re.DOTALL)
_LITERAL = re.compile(r"'''\n?(?P<long>.*?'{0,2})'''(?!')|'(?P<short>[^'\n]*)'", re.DOTALL)


class Where(msgspec.Struct, frozen=True):
    """Offsets in the text: of the key, of its value, and (a text value) of each of its characters."""

    key: int
    value: int
    characters: tuple[int, ...] | range = ()


class TooDeepError(ValueError):
    """The file nests arrays or tables more than `DEEPEST` deep."""


class Map:
    """The places of everything in one TOML text."""

    def __init__(self, text: str) -> None:
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._where = _Scanner(text).scanned()

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of a character of the file."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def key(self, path: Path) -> tuple[int, int]:
        """Where a key (or, missing that, the nearest table around it) stands."""
        where = self._nearest(path)
        return self.line_column(where.key if where else 0)

    def value(self, path: Path) -> tuple[int, int]:
        """Where a value (or, missing that, the nearest table around it) stands."""
        where = self._nearest(path)
        return self.line_column(where.value if where else 0)

    def character(self, path: Path, index: int) -> tuple[int, int]:
        """Where character `index` (from 0) of a text value stands; its end, for an index past the last one."""
        where = self._where.get(path)
        if where is None or not where.characters:
            return self.value(path)
        inside = index < len(where.characters)
        return self.line_column(where.characters[index] if inside else where.characters[-1] + 1)

    def _nearest(self, path: Path) -> Where | None:
        for length in range(len(path), 0, -1):
            if path[:length] in self._where:
                return self._where[path[:length]]
        return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._where: dict[Path, Where] = {}
        self._counts: dict[Path, int] = {}

    def scanned(self) -> dict[Path, Where]:
        table: Path = ()
        while self._skip() < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table, depth=0)
        return self._where

    def _skip(self) -> int:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _header(self) -> Path:
        start = self._at
        is_array = self._text.startswith("[[", start)
        self._at += 2 if is_array else 1
        path = self._resolved(self._keys(), is_array=is_array)
        self._at += 2 if is_array else 1
        self._where.setdefault(path, Where(start, start))
        return path

    def _resolved(self, keys: Sequence[str], *, is_array: bool) -> Path:
        """The keys of a header with the index of the current element after each array of tables."""
        path: Path = ()
        for key in keys[:-1]:
            path = self._element((*path, key))
        path = (*path, keys[-1])
        if not is_array:
            return path
        self._counts[path] = self._counts.get(path, -1) + 1
        return self._element(path)

    def _element(self, path: Path) -> Path:
        return (*path, self._counts[path]) if path in self._counts else path

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self._skip_blanks() == ".":
            self._at += 1
            keys.append(self._key())
        return keys

    def _skip_blanks(self) -> str:
        while self._text[self._at : self._at + 1] in (" ", "\t"):
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _key(self) -> str:
        if self._skip_blanks() in ('"', "'"):
            return "".join(self._text[at] for at in self._string())
        match = _BARE.match(self._text, self._at)
        self._at = match.end() if match else self._at + 1
        return match[0] if match else ""

    def _pair(self, table: Path, *, depth: int) -> None:
        start = self._skip()
        path: Path = (*table, *self._keys())
        self._skip_blanks()
        self._at += 1  # the equals sign
        self._skip_blanks()
        self._value(path, key=start, depth=depth)

    def _value(self, path: Path, *, key: int, depth: int) -> None:
        if depth > DEEPEST:
            raise TooDeepError
        start, sign = self._at, self._text[self._at : self._at + 1]
        characters: tuple[int, ...] | range = ()
        if sign in ('"', "'"):
            characters = self._string()
        elif sign == "[":
            self._array(path, depth=depth)
        elif sign == "{":
            self._inline(path, depth=depth)
        else:
            match = _SCALAR.match(self._text, self._at)
            self._at = match.end() if match else self._at + 1
        self._where[path] = Where(key, start, characters)

    def _array(self, path: Path, *, depth: int) -> None:
        self._at += 1
        index = 0
        while self._skip() < len(self._text) and self._text[self._at] != "]":
            self._value((*path, index), key=self._at, depth=depth + 1)
            index += 1
            self._comma()
        self._at += 1

    def _inline(self, path: Path, *, depth: int) -> None:
        self._at += 1
        while self._skip() < len(self._text) and self._text[self._at] != "}":
            self._pair(path, depth=depth + 1)
            self._comma()
        self._at += 1

    def _comma(self) -> None:
        self._skip()
        self._at += 1 if self._text.startswith(",", self._at) else 0

    def _string(self) -> tuple[int, ...] | range:
        """Reads a string; where each of its characters stands (of an escape: its backslash)."""
        match = _LITERAL.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
            return range(*match.span("short" if match["short"] is not None else "long"))
        quotes = '"""' if self._text.startswith('"""', self._at) else '"'
        self._at += len(quotes)
        if len(quotes) == 3 and self._text.startswith("\n", self._at):
            self._at += 1
        return tuple(self._basic(quotes))

    def _basic(self, quotes: str) -> list[int]:
        found: list[int] = []
        while self._at < len(self._text) and not self._closes(quotes):
            escape = _ESCAPE.match(self._text, self._at)
            if escape is None or "\n" not in escape[0]:  # a backslash before a line break is no character
                found.append(self._at)
            self._at = escape.end() if escape else self._at + 1
        self._at += len(quotes)
        return found

    def _closes(self, quotes: str) -> bool:
        """The last quotes of a run close a long string: up to two before them belong to it."""
        if not self._text.startswith(quotes, self._at):
            return False
        return quotes == '"' or not self._text.startswith('"', self._at + 3)
