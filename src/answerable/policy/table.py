"""Strict reading of one table of a policy file: every key asked for once, everything else refused with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from answerable.errors import PolicyError
from answerable.model.times import parse_duration_s, to_us
from answerable.model.vocabulary import FactType
from answerable.policy.condition import Condition, parse_condition
from answerable.policy.document import Spot
from answerable.policy.faults import Faults, Names, ToldAlreadyError
from answerable.policy.locate import Map, Path
from answerable.policy.spelling import foreign_letter, nearest, quoted

_NAMES = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number with a fraction"),
    (str, "a text"),
    (datetime, "a time"),
    (date, "a date"),
    (time, "a time of day"),
    (list, "a list"),
    (dict, "a table"),
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")

ALWAYS_TRUE: Final = parse_condition("true", {})
"""Stands in for a condition that was refused."""


def named(value: object) -> str:
    """What kind of value this is, in the words of a message."""
    return next(name for kind, name in _NAMES if isinstance(value, kind))


class Table:
    """One table, at `path` of the file. `rule` names it in messages.

    Nothing read here stops the reading: a fault is kept in `faults`, and a plain value stands in for what was refused.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        path: Path,
        places: Map,
        file: str,
        faults: Faults,
        rule: str | None = None,
    ) -> None:
        self._values, self._places, self._file = values, places, file
        self._strange: list[str] = []
        self._allowed: list[str] = []
        self.path, self.rule, self.faults = path, rule, faults

    def fault(
        self, message: str, *, key: str | None = None, index: int | None = None, hint: str | None = None
    ) -> PolicyError:
        """A fault at a key's value (or an element of it, or at the table itself), to be raised inside `kept`."""
        path: Path = self.path if key is None else (*self.path, key)
        line, column = self._places.value(path if index is None else (*path, index))
        return PolicyError(message, file=self._file, line=line, column=column, rule=self.rule, hint=hint)

    def tell(self, message: str, *, key: str | None = None, index: int | None = None, hint: str | None = None) -> None:
        """Keep a fault at a place, and go on."""
        self.faults.add(self.fault(message, key=key, index=index, hint=hint))

    @property
    def spot(self) -> Spot:
        """Where the table begins."""
        line, column = self._places.key(self.path)
        return Spot(line=line, column=column)

    def names(self) -> Iterator[str]:
        """The keys as written, in order, without those that were refused."""
        return (key for key in self._values if key not in self._strange)

    @property
    def refused(self) -> bool:
        """Whether some of its keys were refused."""
        return bool(self._strange)

    def has(self, key: str) -> bool:
        """Whether the key is there; if so it must still be asked for."""
        return key in self._values

    def only(self, allowed: Iterable[str]) -> None:
        """Refuse keys that are not `allowed`."""
        self._allowed = list(allowed)
        for key in self._values:
            if key not in self._allowed:
                self._strange.append(key)
                line, column = self._places.key((*self.path, key))
                self.faults.add(
                    PolicyError(
                        f"there is no key {quoted(key)} here",
                        file=self._file, line=line, column=column, rule=self.rule, hint=nearest(key, self._allowed),
                    )
                )  # fmt: skip

    def missing(self, key: str, *, hint: str | None = None) -> Exception:
        """The fault that a key is missing; where a misspelt one stands in its place, that was told already."""
        if any(key in difflib.get_close_matches(strange, self._allowed, n=1) for strange in self._strange):
            return ToldAlreadyError()
        return self.fault(f"the key {key!r} is missing", hint=hint)

    def demand(self, key: str, *, hint: str) -> None:
        """Tell where a key is missing."""
        if key not in self._values:
            self.faults.kept(lambda: self._raw(key, hint=hint), otherwise=None)

    def raw(self, key: str) -> Any:
        """The value as TOML has it; None where it is missing, which is told."""
        return self.faults.kept(lambda: self._raw(key), otherwise=None)

    def _raw(self, key: str, *, hint: str | None = None) -> Any:
        if key not in self._values:
            raise self.missing(key, hint=hint)
        return self._values[key]

    def _typed(self, key: str, kind: type, wanted: str, example: str) -> Any:
        value = self._raw(key, hint=f"write {key} = {example}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.fault(f"{key} must be {wanted}, not {named(value)}", key=key, hint=f"write {key} = {example}")
        return value

    def text(self, key: str, *, pattern: str | None = None, example: str = "'…'") -> str:
        """A text that is not empty, with its line breaks as spaces, and in the given pattern where there is one."""
        return self.faults.kept(lambda: self._text(key, pattern=pattern, example=example), otherwise="")

    def _text(self, key: str, *, pattern: str | None, example: str) -> str:
        value = str(self._typed(key, str, "a text", example))
        said = " ".join(value.split())
        if not said:
            raise self.fault(f"{key} is empty", key=key)
        if _UNPRINTABLE.search(said):
            raise self.fault(f"{key} has a character that cannot be printed", key=key)
        if pattern is not None and re.fullmatch(pattern, value, re.ASCII) is None:
            hint = foreign_letter(value) or f"write something like {example}"
            raise self.fault(f"{key} cannot be {quoted(value)}", key=key, hint=hint)
        return said

    def optional_text(self, key: str, *, pattern: str | None = None, example: str = "'…'") -> str:
        """As `text`; empty where the key is absent."""
        return self.text(key, pattern=pattern, example=example) if self.has(key) else ""

    def one_of(self, key: str, possible: Names) -> str:
        """A text out of `possible`; empty where it was refused."""
        return self.faults.kept(lambda: self._one_of(key, possible), otherwise="")

    def _one_of(self, key: str, possible: Names) -> str:
        value = str(self._typed(key, str, "a text", f"'{possible[0]}'" if possible else "'…'"))
        if possible is not None and value not in possible:
            raise self.fault(f"{key} is never {quoted(value)}", key=key, hint=nearest(value, possible))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of one or more different texts."""
        values = self.faults.kept(lambda: self._typed(key, list, "a list of texts", "['…']"), otherwise=None)
        if values == []:
            self.tell(f"{key} is an empty list", key=key, hint="leave the key out, or name at least one")
        found: dict[str, None] = {}
        for index, value in enumerate(values or ()):
            if not isinstance(value, str):
                self.tell(f"{key} must list texts, not {named(value)}", key=key, index=index)
            elif value in found:
                self.tell(f"{key} names {quoted(value)} twice", key=key, index=index)
            else:
                found[value] = None
        return tuple(found)

    def texts_of(self, key: str, possible: Names) -> tuple[str, ...]:
        """A list of one or more different texts out of `possible`; those that are not are told and left out."""
        found = self.texts(key)
        if possible is None:
            return found
        for value in found:
            if value not in possible:
                hint = nearest(value, possible)
                self.tell(f"{key} names {quoted(value)}", key=key, index=self._values[key].index(value), hint=hint)
        return tuple(value for value in found if value in possible)

    def whole(self, key: str) -> int | None:
        """A whole number."""
        return self.faults.kept(lambda: int(self._typed(key, int, "a whole number", "0")), otherwise=None)

    def truth(self, key: str) -> None:
        """The value `true`: the only one such a key may have."""
        value = self.faults.kept(lambda: self._typed(key, bool, "true", "true"), otherwise=True)
        if value is not True:
            self.tell(f"{key} = false says nothing", key=key, hint="leave the key out")

    def duration_s(self, key: str) -> int:
        """Seconds of a duration such as `15 min`."""
        return self.faults.kept(lambda: self._duration_s(key), otherwise=1)

    def _duration_s(self, key: str) -> int:
        value = self._typed(key, str, "a duration", "'15 min'")
        try:
            return parse_duration_s(value)
        except ValueError as fault:
            raise self.fault(str(fault), key=key) from None

    def optional_duration_s(self, key: str) -> int | None:
        """As `duration_s`; None where the key is absent."""
        return self.duration_s(key) if self.has(key) else None

    def instant_us(self, key: str) -> int | None:
        """Microseconds of a date and time with offset."""
        return self.faults.kept(lambda: self._instant_us(key), otherwise=None)

    def _instant_us(self, key: str) -> int:
        example = "2018-01-01T00:00:00-08:00"
        value = self._typed(key, datetime, "a date and time with an offset", example)
        if value.tzinfo is None:
            message = f"{key} has no offset, so nobody knows which instant it is"
            raise self.fault(message, key=key, hint=f"write {example}")
        return to_us(value)

    def condition(self, key: str, facts: Mapping[str, FactType]) -> Condition:
        """A condition over `facts`."""
        return self.faults.kept(lambda: self._condition(key, facts), otherwise=ALWAYS_TRUE)

    def _condition(self, key: str, facts: Mapping[str, FactType]) -> Condition:
        text = str(self._typed(key, str, "a condition in quotes", "'life_safety'"))
        path = (*self.path, key)
        return parse_condition(text, facts, file=self._file, place=self._place(path), rule=self.rule)

    def _place(self, path: Path) -> Callable[[int], tuple[int, int]]:
        return lambda offset: self._places.character(path, offset)

    def table(self, key: str) -> Table:
        """The table under a key; an empty one, of which nothing is demanded, where there is none."""
        value = self.faults.kept(lambda: self._typed(key, dict, "a table", "{ … }"), otherwise=None)
        path, faults = (*self.path, key), self.faults if value is not None else Faults()
        return Table(value or {}, path=path, places=self._places, file=self._file, faults=faults, rule=self.rule)

    def is_empty(self, key: str) -> bool:
        """Whether the key is there with a list of nothing."""
        return self._values.get(key) == []

    def tables(self, key: str, *, most: int) -> list[Table]:
        """The tables of a list, `[[key]]`; none where the key is absent. Each is named by its id or number."""
        values = self._values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.tell(f"{key} must be a list of tables", key=key, hint=f"write [[{key}]] above each")
            return []
        if len(values) > most:
            self.tell(f"[[{key}]] stands {len(values)} times; a policy has at most {most}", key=key, index=most)
            return []
        return [self._element(key, index, value) for index, value in enumerate(values)]

    def _element(self, key: str, index: int, value: Mapping[str, Any]) -> Table:
        said = value.get("id")
        rule = said if isinstance(said, str) and said.isprintable() and said else f"{key} {index + 1}"
        return Table(value, path=(key, index), places=self._places, file=self._file, faults=self.faults, rule=rule[:80])
