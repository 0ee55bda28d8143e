"""The sheet that a draft is written on: TOML, each guess with its evidence, each question with its place."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Sequence

import msgspec

from answerable.sources.profiling.open_questions import mark

ANSWER = "\0"
"""Where an answer belongs, in TOML that is still to be written: a letter that no TOML has."""
_WIDTH = 116


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows show: the key it stands under, its value in TOML, and why."""

    key: str
    value: str
    evidence: tuple[str, ...]
    line: int


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What only a person can answer. `allowed` are the answers there are (empty: any text); `line`: where in the draft
    the answer belongs."""

    number: int
    key: str
    ask: str
    allowed: tuple[str, ...]
    evidence: tuple[str, ...]
    line: int


class Unused(msgspec.Struct, frozen=True, kw_only=True):
    """A column that the draft does not use, and why."""

    column: str
    why: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A drafted profile. `known` is the built-in profile that fits the file, and then nothing else is drafted; `rows`
    were looked at, of `rows_there` (None: not counted); `text` is the profile."""

    file: str
    known: str | None = None
    advice: str = ""
    encoding: str = ""
    columns: tuple[str, ...] = ()
    rows: int = 0
    sample: str = ""
    notes: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()
    questions: tuple[Question, ...] = ()
    unused: tuple[Unused, ...] = ()
    text: str = ""


def quoted(text: str) -> str:
    """A TOML basic string, on one line whatever the text holds."""
    plain = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in plain)


def array(texts: Iterable[str]) -> str:
    """A TOML array of strings."""
    return "[" + ", ".join(map(quoted, texts)) + "]"


def bare(key: str) -> str:
    """A TOML key, quoted where it must be."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else quoted(key)


def said(text: str) -> str:
    """Text from data for a comment: nothing in it can end the comment or the line."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def counted(count: int, one: str) -> str:
    """`1 row`, `2,055 rows`."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def _escaped(letter: str) -> str:
    code = ord(letter)
    if 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD  # half a letter cannot be written at all
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


class Paper:
    """Collects the lines of a draft in order, and remembers which say what."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._table = ""
        self.guesses: list[Guess] = []
        self.questions: list[Question] = []

    @property
    def text(self) -> str:
        """The draft so far."""
        return "\n".join(self._lines) + "\n"

    def table(self, name: str, *about: str) -> None:
        """Begin a table, a blank line before it."""
        self._lines += ["", f"[{name}]"]
        self._table = name
        self.comment(*about)

    def comment(self, *texts: str) -> None:
        """Comment lines, wrapped."""
        for text in texts:
            self._comment(text)

    def listing(self, lines: Iterable[str]) -> None:
        """Lines of TOML behind a #, one to one, to be made use of by taking it away."""
        self._lines += [f"# {line}" for line in lines]

    def plain(self, key: str, value: str) -> None:
        """A key that needs neither evidence nor an answer."""
        self._lines.append(f"{bare(key)} = {value}")

    def guess(self, key: str, value: str, *evidence: str) -> None:
        """A key whose value the rows show."""
        for text in evidence:
            self._comment(f"Evidence: {text}", hang=True)
        self.plain(key, value)
        self.guesses.append(
            Guess(key=self._path(key), value=value, evidence=evidence, line=len(self._lines))
        )  # fmt: skip

    def ask(
        self, key: str, ask: str, *, how: str, allowed: Sequence[str] = (), evidence: Sequence[str] = (),
        value: str | None = None, as_key: str | None = None,
    ) -> int:  # fmt: skip
        """A key whose value a person must write; its number. `value`: TOML with ANSWER where the answer belongs;
        `as_key`: TOML of the value where the answer is the key. `how` says what to write, and when to delete the line.
        """
        number = len(self.questions) + 1
        self._question(number, ask, how=how, allowed=allowed, evidence=evidence)
        answer = quoted(mark(number))
        if as_key is not None:
            self._lines.append(f"{answer} = {as_key}")
        else:
            self.plain(key, (value or ANSWER).replace(ANSWER, answer))
        self.questions.append(
            Question(
                number=number,
                key=self._path(key),
                ask=f"{ask} {how}",
                allowed=tuple(allowed),
                evidence=tuple(evidence),
                line=len(self._lines),
            )
        )
        return number

    def ask_each(
        self, key: str, ask: str, *, how: str, allowed: Sequence[str] = (), evidence: Sequence[str] = (),
        entries: Sequence[tuple[str, str, str]],
    ) -> int:  # fmt: skip
        """One question for several keys: (key, TOML with ANSWER where the answer belongs, remark behind it)."""
        number = len(self.questions) + 1
        self._question(number, ask, how=how, allowed=allowed, evidence=evidence)
        line = len(self._lines) + 1
        answer = quoted(mark(number))
        for name, value, remark in entries:
            self._lines.append(f"{bare(name)} = {value.replace(ANSWER, answer)}" + (f"  # {remark}" if remark else ""))
        self.questions.append(
            Question(
                number=number,
                key=self._path(key) if key else self._table,
                ask=f"{ask} {how}",
                allowed=tuple(allowed),
                evidence=tuple(evidence),
                line=line,
            )
        )
        return number

    def _question(
        self, number: int, ask: str, *, how: str, allowed: Sequence[str], evidence: Sequence[str]
    ) -> None:  # fmt: skip
        self._comment(f"Question {number}: {ask}")
        self._comment(f"  {how}", hang=True)
        if allowed:
            self._comment(f"  One of: {', '.join(allowed)}.", hang=True)
        for text in evidence:
            self._comment(f"  Seen: {text}", hang=True)

    def _comment(self, text: str, *, hang: bool = False) -> None:
        text = said(text)
        indent = len(text) - len(text.lstrip()) if hang else 0
        lines = textwrap.wrap(
            text.strip(), _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2 if hang else 0),
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        self._lines += [f"# {line}" for line in lines] or ["#"]

    def _path(self, key: str) -> str:
        return f"{self._table}.{key}" if self._table else key
