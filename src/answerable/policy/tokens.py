"""Words and signs of a condition: the first of the two steps from text to meaning (docs/formats/response-policy.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from answerable.policy.spelling import foreign_letter, quoted

LONGEST: Final = 4000
"""Characters a condition may have."""

KEYWORDS: Final = frozenset({"and", "or", "not", "in", "known", "true"})
DUTY: Final = "duty"
"""The reserved word for what the policy decides; promises alone may use it."""


class ConditionError(ValueError):
    """A condition that cannot be read: what is wrong, at which character (from 0), and what to do."""

    def __init__(self, message: str, *, offset: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.offset, self.hint = message, offset, hint


class Sort(Enum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, text or sign. `text` is the value of a text (without quotes), otherwise as written."""

    sort: Sort
    text: str
    offset: int

    def is_sign(self, *signs: str) -> bool:
        """Whether this is one of these signs."""
        return self.sort is Sort.SIGN and self.text in signs

    def is_word(self, word: str) -> bool:
        """Whether this is that word, bare."""
        return self.sort is Sort.NAME and self.text == word

    def shown(self) -> str:
        """How the token is named in a message."""
        return "the end" if self.sort is Sort.END else quoted(self.text)


_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
      (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>[0-9][0-9A-Za-z_.]*)
    | '(?P<text>[^'\n]*)'
    | (?P<sign>==|!=|<=|>=|<(?!>)|>|\(|\)|,)
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)
_WRONG: Final = (
    ("&&", "write 'and'"),
    ("||", "write 'or'"),
    ("<>", "write '!='"),
    ("!", "write 'not', or '!=' between a fact and a value"),
    ("=", "write '==' to compare"),
    ('"', "write text in single quotes: 'call'"),
    ("'", "the text is not closed; write it on one line in single quotes: 'call'"),
    (".", "there are no methods and no fractions in this language"),
    ("[", "write a list in round brackets: priority in (1, 2)"),
    ("{", "write a list in round brackets: priority in (1, 2)"),
    (":", "conditions compare facts with values; they assign nothing"),
    (";", "write one condition, joined by 'and' or 'or'"),
    ("#", "comments belong outside the quotes"),
    *((sign, "there is no arithmetic in this language; compare a fact with a value") for sign in "+-*/%^~&|@"),
)


def tokens(text: str) -> list[Token]:
    """All tokens of `text`, ending with one of `Sort.END`. Raises ConditionError."""
    if len(text) > LONGEST:
        raise ConditionError(f"a condition has at most {LONGEST} characters; this has {len(text)}", offset=LONGEST)
    found: list[Token] = []
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _strange(text, at)
        sort = Sort(match.lastgroup)
        found.append(Token(sort=sort, text=match[sort.value], offset=_start(match, sort)))
        if sort is Sort.END:
            return found
        at = match.end()


def _start(match: re.Match[str], sort: Sort) -> int:
    return match.start(sort.value) - (1 if sort is Sort.TEXT else 0)


def _strange(text: str, at: int) -> ConditionError:
    at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n"))
    hint = foreign_letter(text[at]) or next(
        (hint for sign, hint in _WRONG if text.startswith(sign, at)), "see docs/formats/response-policy.md"
    )
    return ConditionError(f"{quoted(text[at])} is not understood here", offset=at, hint=hint)
