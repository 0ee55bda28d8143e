"""Strict reading of one table of a policy file: every key asked for once, everything else refused with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, NoReturn

from answerable.errors import PolicyError
from answerable.model.times import parse_duration_s, to_us
from answerable.model.vocabulary import FactType
from answerable.policy.condition import Condition, parse_condition
from answerable.policy.document import Spot
from answerable.policy.locate import Map, Path
from answerable.policy.spelling import nearest, quoted

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


def named(value: object) -> str:
    """What kind of value this is, in the words of a message."""
    return next(name for kind, name in _NAMES if isinstance(value, kind))


class Table:
    """One table, at `path` of the file. `rule` names it in messages."""

    def __init__(self, values: Mapping[str, Any], *, path: Path, places: Map, file: str, rule: str | None = None):
        self._values, self._places, self._file = values, places, file
        self.path, self.rule = path, rule
        self._asked: set[str] = set()

    def fail(
        self, message: str, *, key: str | None = None, index: int | None = None, hint: str | None = None
    ) -> NoReturn:
        """Refuse the file at a key's value (or an element of it, or at the table itself)."""
        path: Path = self.path if key is None else (*self.path, key)
        line, column = self._places.value(path if index is None else (*path, index))
        raise PolicyError(message, file=self._file, line=line, column=column, rule=self.rule, hint=hint)

    @property
    def spot(self) -> Spot:
        """Where the table begins."""
        line, column = self._places.key(self.path)
        return Spot(line=line, column=column)

    def names(self) -> Iterator[str]:
        """The keys as written, in order."""
        return iter(self._values)

    def has(self, key: str) -> bool:
        """Whether the key is there; if so it must still be asked for."""
        return key in self._values

    def only(self, allowed: Iterable[str]) -> None:
        """Refuse keys that are not `allowed`."""
        names = list(allowed)
        for key in self._values:
            if key not in names:
                line, column = self._places.key((*self.path, key))
                raise PolicyError(
                    f"there is no key {quoted(key)} here",
                    file=self._file, line=line, column=column, rule=self.rule, hint=nearest(key, names),
                )  # fmt: skip

    def raw(self, key: str, *, hint: str | None = None) -> Any:
        """The value as TOML has it; refuses where it is missing."""
        if key not in self._values:
            self.fail(f"the key {key!r} is missing", hint=hint)
        return self._values[key]

    def _typed(self, key: str, kind: type, wanted: str, example: str) -> Any:
        value = self.raw(key, hint=f"write {key} = {example}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fail(f"{key} must be {wanted}, not {named(value)}", key=key, hint=f"write {key} = {example}")
        return value

    def text(self, key: str, *, pattern: str | None = None, example: str = "'…'") -> str:
        """A text that is not empty, with its line breaks as spaces, and in the given pattern where there is one."""
        value = str(self._typed(key, str, "a text", example))
        said = " ".join(value.split())
        if not said:
            self.fail(f"{key} is empty", key=key)
        if _UNPRINTABLE.search(said):
            self.fail(f"{key} has a character that cannot be printed", key=key)
        if pattern is not None and re.fullmatch(pattern, value, re.ASCII) is None:
            self.fail(f"{key} cannot be {quoted(value)}", key=key, hint=f"write something like {example}")
        return said

    def optional_text(self, key: str, *, pattern: str | None = None, example: str = "'…'") -> str:
        """As `text`; empty where the key is absent."""
        return self.text(key, pattern=pattern, example=example) if self.has(key) else ""

    def one_of(self, key: str, values: Iterable[str]) -> str:
        """A text out of `values`."""
        possible = list(values)
        value = str(self._typed(key, str, "a text", f"'{possible[0]}'" if possible else "'…'"))
        if value not in possible:
            self.fail(f"{key} is never {quoted(value)}", key=key, hint=nearest(value, possible))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of one or more different texts."""
        values = self._typed(key, list, "a list of texts", "['…']")
        if not values:
            self.fail(f"{key} is an empty list", key=key, hint="leave the key out, or name at least one")
        for index, value in enumerate(values):
            if not isinstance(value, str):
                self.fail(f"{key} must list texts, not {named(value)}", key=key, index=index)
            if value in values[:index]:
                self.fail(f"{key} names {quoted(value)} twice", key=key, index=index)
        return tuple(values)

    def texts_of(self, key: str, values: Iterable[str]) -> tuple[str, ...]:
        """A list of one or more different texts out of `values`."""
        possible = list(values)
        found = self.texts(key)
        for index, value in enumerate(found):
            if value not in possible:
                self.fail(f"{key} names {quoted(value)}", key=key, index=index, hint=nearest(value, possible))
        return found

    def whole(self, key: str) -> int:
        """A whole number."""
        return int(self._typed(key, int, "a whole number", "0"))

    def truth(self, key: str) -> bool:
        """The value `true`: the only one such a key may have."""
        if self._typed(key, bool, "true", "true") is not True:
            self.fail(f"{key} = false says nothing", key=key, hint="leave the key out")
        return True

    def duration_s(self, key: str) -> int:
        """Seconds of a duration such as `15 min`."""
        value = self._typed(key, str, "a duration", "'15 min'")
        try:
            return parse_duration_s(value)
        except ValueError as fault:
            self.fail(str(fault), key=key)

    def optional_duration_s(self, key: str) -> int | None:
        """As `duration_s`; None where the key is absent."""
        return self.duration_s(key) if self.has(key) else None

    def instant_us(self, key: str) -> int:
        """Microseconds of a date and time with offset."""
        example = "2018-01-01T00:00:00-08:00"
        value = self._typed(key, datetime, "a date and time with an offset", example)
        if value.tzinfo is None:
            self.fail(f"{key} has no offset, so nobody knows which instant it is", key=key, hint=f"write {example}")
        return to_us(value)

    def condition(self, key: str, facts: Mapping[str, FactType]) -> Condition:
        """A condition over `facts`."""
        text = str(self._typed(key, str, "a condition in quotes", "'life_safety'"))
        path = (*self.path, key)
        return parse_condition(text, facts, file=self._file, place=self._place(path), rule=self.rule)

    def _place(self, path: Path) -> Callable[[int], tuple[int, int]]:
        return lambda offset: self._places.character(path, offset)

    def table(self, key: str) -> Table:
        """The table under a key."""
        value = self._typed(key, dict, "a table", "{ … }")
        return Table(value, path=(*self.path, key), places=self._places, file=self._file, rule=self.rule)

    def tables(self, key: str, *, called: str) -> list[Table]:
        """The tables of a list, `[[key]]`; none where the key is absent. Each is named by its id or number."""
        values = self._values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.fail(f"{key} must be a list of tables", key=key, hint=f"write [[{key}]] above each")
        found = []
        for index, value in enumerate(values):
            said = value.get("id")
            rule = said if isinstance(said, str) and said.isprintable() and said else f"{called} {index + 1}"
            found.append(Table(value, path=(key, index), places=self._places, file=self._file, rule=rule[:80]))
        return found
